"""Keyed hashing of whole columns: HMAC-SHA-256, layer over layer, to hex, bytes or numbers.

What belongs here: the hash and the shapes of its output. What does not: what is hashed (tokens.py), keys
(keys.py). Standard library and polars; polars-hash when it is there, with the same results. The key is text
(64 hex digits, one block of the hash) and stands in no plan that is kept: every call is eager.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence

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


def _hmac_plugin() -> Callable[[pl.Series, str], pl.Series] | None:
    try:
        import polars_hash
    except ImportError:
        return None

    def hashed(messages: pl.Series, key: str) -> pl.Series:
        name = messages.name or "message"
        expression: pl.Expr = polars_hash.col(name).chash.hmac_sha256(key=key)
        return messages.rename(name).to_frame().select(expression).to_series()

    return hashed


def hmac_hex(messages: pl.Series, key: str) -> pl.Series:
    """HMAC-SHA-256 of each text under a text key, in hex; null stays null."""
    return (_hmac_plugin() or hmac_stdlib)(messages, key)


def layered(messages: pl.Series, keys: Sequence[str], hex_digits: int) -> pl.Series:
    """One HMAC per layer, each over the truncated hex of the one before."""
    digest = messages
    for key in keys:
        digest = hmac_hex(digest, key).str.slice(0, hex_digits)
    return digest


def as_binary(hex_text: pl.Series) -> pl.Series:
    return hex_text.str.decode("hex", strict=True)


def as_number(hex_text: pl.Series) -> pl.Series:
    return hex_text.str.decode("hex", strict=True).bin.reinterpret(dtype=pl.UInt64, endianness="big")


def as_hex(numbers: pl.Series) -> pl.Series:
    """Sixteen hex digits, big-endian: what `as_number` was made from."""
    text = [None if n is None else f"{n:016x}" for n in numbers]
    return pl.Series(numbers.name, text, dtype=pl.String)
