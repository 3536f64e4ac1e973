"""Keyed hashing of whole columns: HMAC-SHA-256, layer over layer, to hex, bytes or numbers.

What belongs here: the hash and the shapes of its output. What does not: what is hashed (tokens.py), keys
(keys.py). Standard library and polars; polars-hash when it is there, with the same results. The key is text
(64 hex digits, one block of the hash) and stands in no plan that is kept: every call is eager.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence

import polars as pl


def hmac_stdlib(messages: pl.Series, key: str) -> pl.Series:
    """HMAC-SHA-256 in hex with the standard library alone; two cached states, copied for each row."""
    block = key.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block))
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in block))

    def digest(message: str | None) -> str | None:
        if message is None:
            return None
        first, second = inner.copy(), outer.copy()
        first.update(message.encode())
        second.update(first.digest())
        return second.hexdigest()

    if len(key.encode()) > 64:
        return pl.Series(
            messages.name,
            [m if m is None else hmac.new(key.encode(), m.encode(), "sha256").hexdigest() for m in messages],
            dtype=pl.String,
        )
    return pl.Series(messages.name, [digest(m) for m in messages], dtype=pl.String)


def _plugin() -> Callable[[str, str], pl.Expr] | None:
    """Column and key → the hash as an expression, where polars-hash is there."""
    try:
        import polars_hash
    except ImportError:
        return None

    def hashed(column: str, key: str) -> pl.Expr:
        expression: pl.Expr = polars_hash.col(column).chash.hmac_sha256(key=key)
        return expression

    return hashed


def hmac_columns(messages: pl.DataFrame, keys: Mapping[str, str]) -> pl.DataFrame:
    """HMAC-SHA-256 of each column of `keys` under its own key, in hex, in one query; null stays null, other
    columns stay as they are."""
    hashed = _plugin()
    if hashed is None:
        return messages.with_columns(hmac_stdlib(messages[name], key) for name, key in keys.items())
    return messages.with_columns(hashed(name, key).alias(name) for name, key in keys.items())


def hmac_hex(messages: pl.Series, key: str) -> pl.Series:
    """HMAC-SHA-256 of each text under a text key, in hex; null stays null."""
    name = messages.name or "message"
    return hmac_columns(messages.rename(name).to_frame(), {name: key}).to_series().rename(messages.name)


def layered_columns(
    messages: pl.DataFrame, keys: Mapping[str, Sequence[str]], hex_digits: Mapping[str, int]
) -> pl.DataFrame:
    """One HMAC per layer and column, each over the truncated hex of the one before."""
    for layer in range(max((len(layers) for layers in keys.values()), default=0)):
        here = {name: layers[layer] for name, layers in keys.items() if layer < len(layers)}
        messages = hmac_columns(messages, here).with_columns(
            pl.col(name).str.slice(0, hex_digits[name]) for name in here
        )
    return messages


def layered(messages: pl.Series, keys: Sequence[str], hex_digits: int) -> pl.Series:
    """`layered_columns` of one column."""
    name = messages.name or "message"
    made = layered_columns(messages.rename(name).to_frame(), {name: keys}, {name: hex_digits})
    return made.to_series().rename(messages.name)


def as_binary(hex_text: pl.Expr) -> pl.Expr:
    """The bytes that hex digits stand for."""
    return hex_text.str.decode("hex", strict=True)


def as_number(hex_text: pl.Expr) -> pl.Expr:
    """Sixteen hex digits as a 64-bit number, big-endian."""
    return hex_text.str.decode("hex", strict=True).bin.reinterpret(dtype=pl.UInt64, endianness="big")


def as_hex(numbers: pl.Series) -> pl.Series:
    """Sixteen hex digits, big-endian: what `as_number` was made from."""
    text = [None if n is None else f"{n:016x}" for n in numbers]
    return pl.Series(numbers.name, text, dtype=pl.String)
