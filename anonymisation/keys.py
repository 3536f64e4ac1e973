"""Keys: loading, refusing, deriving, checking and rotating the secrets of the hub.

What belongs here: the key ring (which keys there are, where they are read from, which are refused),
HKDF-SHA-256 (RFC 5869), key check values, and fresh keys for a rotation. What does not: hashing records
with a key (tokens.py), encrypting files or databases (pipelines/store), who may hold which key (docs).
Standard library only, so that the part that makes tokens can later run inside an agency.

A key never appears in a message, a repr, a pickle or a log. What names a key in provenance is its check
value.

The `linkage` key is a list of layers, oldest first. A token is HMAC(layer n, … HMAC(layer 1, message)): an
HMAC cannot be re-keyed without its message, and the hub keeps no message, so a rotation *adds* a layer over
the stored tokens and new records pass through all layers. Whoever learns some of the layers but not all
cannot enumerate the tokens of the vault. The first layer is the one that an agency will hold when it makes
tokens itself.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NoReturn

KEY_NAMES: Final = ("vault_db", "warehouse_db", "landing", "linkage", "warehouse", "receipt")
"""Every key of the hub: two databases, received files, tokens, warehouse ids, signatures of receipts."""

LAYERED_KEYS: Final = frozenset({"linkage"})
"""Keys whose file may hold several lines, one per layer, oldest first."""

KEY_BYTES: Final = 32
"""256 bits, the size of a SHA-256 digest and of an AES-256 key (linkage.md §6.5)."""

MIN_DISTINCT_BYTES: Final = 20
"""32 random bytes hold about 30 distinct values; fewer than 20 is no accident of chance (below 1 in
10^10)."""

CHECK_VALUE_MESSAGE: Final = b"kcv"
CHECK_VALUE_HEX: Final = 8
ENVIRONMENT_PREFIX: Final = "TESSERA_KEY_"
SPEC_VERSION: Final = "v1"
"""Version of the token specification; inside every derivation label and every message."""

_SAMPLE_LABEL: Final = "tessera sample key, never for real people"
_OTHERS_MAY_ACCESS: Final = stat.S_IRWXG | stat.S_IRWXO


class KeyProblem(Exception):
    """A key is missing, malformed, weak, exposed, a sample key outside sample mode, or the wrong one."""


def hkdf(key: bytes, info: str, *, salt: bytes = b"", length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA-256 of RFC 5869 (extract, then expand): `length` bytes bound to the label `info`."""
    digest_size = hashlib.sha256().digest_size
    if not 0 < length <= 255 * digest_size:
        raise ValueError(f"HKDF gives 1 to {255 * digest_size} bytes; [{length}] were asked for.")
    extracted = hmac.digest(salt or bytes(digest_size), key, "sha256")
    block, out, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(extracted, block + info.encode() + bytes([counter]), "sha256")
        out += block
        counter += 1
    return out[:length]


def key_check_value(key: bytes) -> str:
    """First eight hex digits of HMAC(key, "kcv"): names a key without telling it."""
    return hmac.new(key, CHECK_VALUE_MESSAGE, hashlib.sha256).hexdigest()[:CHECK_VALUE_HEX]


def sample_key(name: str) -> bytes:
    """The published key of this name for tests and golden vectors; refused outside sample mode."""
    return hashlib.sha256(f"{_SAMPLE_LABEL}: {name}".encode()).digest()


def _is_run(key: bytes) -> bool:
    """True if the bytes rise or fall by one constant step, as keyboards and examples do."""
    return len({(b - a) % 256 for a, b in pairwise(key)}) == 1


def _weakness(key: bytes) -> str | None:
    """What is weak about a key, in words that do not tell it; None if nothing."""
    if len(key) != KEY_BYTES:
        return f"holds [{len(key)}] bytes; a key has {KEY_BYTES}"
    if len(set(key)) == 1:
        return "repeats one byte"
    if _is_run(key):
        return "counts up or down"
    if key[: KEY_BYTES // 2] == key[KEY_BYTES // 2 :]:
        return "repeats its first half"
    if all(32 <= byte < 127 for byte in key):
        return "is readable text; a passphrase is not a key"
    if len(set(key)) < MIN_DISTINCT_BYTES:
        return f"has fewer than {MIN_DISTINCT_BYTES} distinct bytes; it was not drawn at random"
    return None


def _known_sample_keys() -> frozenset[bytes]:
    return frozenset(sample_key(name) for name in KEY_NAMES)


@dataclass(frozen=True, kw_only=True, repr=False)
class KeyRing:
    """The six keys of a hub. Shows check values only; refuses to be pickled or copied out."""

    vault_db: bytes
    """Encrypts vault.duckdb."""
    warehouse_db: bytes
    """Encrypts warehouse.duckdb."""
    landing: bytes
    """Encrypts extracts as received."""
    linkage: tuple[bytes, ...]
    """Master keys of the tokens, oldest layer first."""
    warehouse: bytes
    """Makes person ids, record ids and agencies' references of the warehouse."""
    receipt: bytes
    """Signs receipts."""
    sample_mode: bool = field(default=False)
    """True only for invented people: sample keys are then allowed."""

    def __post_init__(self) -> None:
        seen: dict[bytes, str] = {}
        for name in KEY_NAMES:
            layers = self._layers(name)
            if not layers:
                raise KeyProblem(f"Key [{name}] is empty. Make keys with generate_keys.")
            for key in layers:
                if (weakness := _weakness(key)) is not None:
                    raise KeyProblem(
                        f"Key [{name}] {weakness}. Replace it by 32 random bytes (64 hex digits)."
                    )
                if key in _known_sample_keys() and not self.sample_mode:
                    raise KeyProblem(
                        f"Key [{name}] is a published sample key; it protects nobody. "
                        "Make keys with generate_keys, or run in sample mode with invented people only."
                    )
                if key in seen:
                    raise KeyProblem(
                        f"Keys [{seen[key]}] and [{name}] are the same. Each key needs its own random bytes."
                    )
                seen[key] = name

    def _layers(self, name: str) -> tuple[bytes, ...]:
        value = getattr(self, name)
        return value if isinstance(value, tuple) else (value,)

    def check_value(self, name: str) -> str:
        """Check value of one key; over all layers for a layered key."""
        if name not in KEY_NAMES:
            raise KeyProblem(f"There is no key [{name}]. Keys are: {', '.join(KEY_NAMES)}.")
        layers = self._layers(name)
        if len(layers) == 1:
            return key_check_value(layers[0])
        return key_check_value(hashlib.sha256(b"".join(layers)).digest())

    def check_values(self) -> dict[str, str]:
        """Check value of every key by name: what provenance and receipts store."""
        return {name: self.check_value(name) for name in KEY_NAMES}

    def require(self, name: str, check_value: str) -> None:
        """Refuse to go on unless key `name` has this check value. Call it before anything is written."""
        if not hmac.compare_digest(self.check_value(name), check_value):
            raise KeyProblem(
                f"Key [{name}] has check value [{self.check_value(name)}]; these data were made with "
                f"[{check_value}]. Use the key directory that belongs to this data directory; "
                "nothing was written."
            )

    def token_keys(self, role: str, purpose: str) -> tuple[str, ...]:
        """Hex HMAC keys, one per layer, of one role namespace and purpose (for example "victim", "name")."""
        labels = (
            f"tessera|{SPEC_VERSION}|{role}|{purpose}"
            if number == 0
            else f"tessera|{SPEC_VERSION}|layer|{role}|{purpose}"
            for number in range(len(self.linkage))
        )
        return tuple(hkdf(key, label).hex() for key, label in zip(self.linkage, labels, strict=True))

    def warehouse_key(self, purpose: str) -> str:
        """Hex HMAC key of one kind of warehouse id (for example "person", "record", "reference")."""
        return hkdf(self.warehouse, f"tessera|{SPEC_VERSION}|warehouse|{purpose}").hex()

    def rotated(self, name: str) -> KeyRing:
        """The ring with one fresh key; a fresh layer is added to a layered key. Data must follow
        (tokens.rewrap …)."""
        if name not in KEY_NAMES:
            raise KeyProblem(f"There is no key [{name}]. Keys are: {', '.join(KEY_NAMES)}.")
        fresh = secrets.token_bytes(KEY_BYTES)
        if name in LAYERED_KEYS:
            return replace(self, linkage=(*self.linkage, fresh))
        changed: dict[str, Any] = {name: fresh}
        return replace(self, **changed)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}=<{value}>" for name, value in self.check_values().items())
        return f"KeyRing({shown})"

    __str__ = __repr__

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A KeyRing is not pickled or copied: keys stay in the process that loaded them.")


def sample_ring() -> KeyRing:
    """Published keys, for tests and golden vectors with invented people only."""
    keys: dict[str, Any] = {name: sample_key(name) for name in KEY_NAMES if name not in LAYERED_KEYS}
    return KeyRing(**keys, linkage=(sample_key("linkage"),), sample_mode=True)


def random_ring() -> KeyRing:
    """Fresh random keys that live in this process only: for benchmarks and for links made once."""
    keys: dict[str, Any] = {n: secrets.token_bytes(KEY_BYTES) for n in KEY_NAMES if n not in LAYERED_KEYS}
    return KeyRing(**keys, linkage=(secrets.token_bytes(KEY_BYTES),))


def key_path(key_dir: Path, name: str) -> Path:
    """Where the key of this name is kept."""
    return key_dir / f"{name}.key"


def _parse(text: str, name: str, place: str) -> tuple[bytes, ...]:
    lines = text.split()
    if not lines:
        raise KeyProblem(f"{place} is empty. It should hold {2 * KEY_BYTES} hex digits for key [{name}].")
    if len(lines) > 1 and name not in LAYERED_KEYS:
        raise KeyProblem(f"{place} holds [{len(lines)}] lines; key [{name}] has one.")
    keys = []
    for line in lines:
        try:
            key = bytes.fromhex(line)
        except ValueError:
            raise KeyProblem(
                f"{place} does not hold hex digits. Key [{name}] is {2 * KEY_BYTES} hex digits (0-9, a-f)."
            ) from None
        if len(key) != KEY_BYTES:
            raise KeyProblem(
                f"{place} holds [{len(line)}] hex digits. Key [{name}] is {2 * KEY_BYTES} hex digits."
            )
        keys.append(key)
    return tuple(keys)


def _read_file(path: Path, name: str) -> tuple[bytes, ...] | None:
    if not path.exists():
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS_MAY_ACCESS:
        raise KeyProblem(
            f"Key file [{path.name}] may be read by others (mode {mode:04o}). "
            "Set it to 0600 and consider whether the key was seen."
        )
    try:
        text = path.read_text(encoding="ascii")
    except (UnicodeDecodeError, OSError) as problem:
        raise KeyProblem(f"Key file [{path.name}] cannot be read ({type(problem).__name__}).") from None
    return _parse(text, name, f"Key file [{path.name}]")


def load_keys(key_dir: Path, *, environ: Mapping[str, str], sample_mode: bool = False) -> KeyRing:
    """Read all keys from `<key_dir>/<name>.key` (mode 0600) or `TESSERA_KEY_<NAME>` of `environ`.

    Raises KeyProblem, naming the key and the remedy and never the key, if one is missing, malformed, weak,
    readable by others, given twice with different values, or a sample key outside sample mode.
    """
    found: dict[str, tuple[bytes, ...]] = {}
    for name in KEY_NAMES:
        variable = f"{ENVIRONMENT_PREFIX}{name.upper()}"
        from_file = _read_file(key_path(key_dir, name), name)
        from_environment = (
            _parse(environ[variable], name, f"Environment variable [{variable}]")
            if variable in environ
            else None
        )
        if from_file is not None and from_environment is not None and from_file != from_environment:
            raise KeyProblem(
                f"Key [{name}] is given twice and differs: in [{name}.key] and in [{variable}]. Keep one."
            )
        key = from_file or from_environment
        if key is None:
            raise KeyProblem(
                f"Key [{name}] is missing: neither [{name}.key] in the key directory nor [{variable}] is "
                "there. "
                "Restore it from its backup; without it, what it protects cannot be read. "
                "For a new hub, make keys with generate_keys."
            )
        found[name] = key
    single: dict[str, Any] = {name: layers[0] for name, layers in found.items() if name not in LAYERED_KEYS}
    return KeyRing(**single, linkage=found["linkage"], sample_mode=sample_mode)


def _write_key(path: Path, layers: tuple[bytes, ...], *, replace_existing: bool) -> None:
    """Write hex lines with mode 0600, whole or not at all, durable before it returns."""
    text = "".join(f"{layer.hex()}\n" for layer in layers).encode("ascii")
    target = path.with_suffix(".new") if replace_existing else path
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyProblem(
            f"Key file [{target.name}] already exists; an existing key is never overwritten. "
            "Nothing was changed."
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if replace_existing:
        target.replace(path)


def generate_keys(key_dir: Path) -> KeyRing:
    """Make six random keys in `key_dir` (0700, files 0600). Refuses, before writing any, if one exists
    already."""
    existing = [name for name in KEY_NAMES if key_path(key_dir, name).exists()]
    if existing:
        raise KeyProblem(
            f"Keys exist already in the key directory: {', '.join(f'[{name}]' for name in existing)}. "
            "An existing key is never overwritten; to change one, rotate it."
        )
    ring = random_ring()
    key_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in KEY_NAMES:
        _write_key(key_path(key_dir, name), ring._layers(name), replace_existing=False)
    return ring


def store_rotated(key_dir: Path, ring: KeyRing, name: str) -> None:
    """Put the staged key in the place of the old one. Call it after the data have been re-keyed."""
    if name not in KEY_NAMES:
        raise KeyProblem(f"There is no key [{name}]. Keys are: {', '.join(KEY_NAMES)}.")
    staged = key_path(key_dir, name).with_suffix(".new")
    if staged.exists():
        staged.replace(key_path(key_dir, name))
    else:
        _write_key(key_path(key_dir, name), ring._layers(name), replace_existing=True)


def stage_rotated(key_dir: Path, ring: KeyRing, name: str) -> None:
    """Write the rotated key beside the old one, as `<name>.new`, before the data are re-keyed: it can then
    not be lost."""
    if name not in KEY_NAMES:
        raise KeyProblem(f"There is no key [{name}]. Keys are: {', '.join(KEY_NAMES)}.")
    staged = key_path(key_dir, name).with_suffix(".new")
    if staged.exists():
        raise KeyProblem(
            f"A rotation of the key [{name}] was begun and not ended: [{staged.name}] stands in the key "
            f"directory. If the databases refuse [{name}.key], the new key is in force: put [{staged.name}] "
            f"in its place. Otherwise remove [{staged.name}]."
        )
    _write_key(staged, ring._layers(name), replace_existing=False)
