"""The landing folder: finding deliveries, knowing a finished one, and keeping what was received only
encrypted.

What belongs here: files as bytes. What does not: what is in them (``pipelines.intake``).

A delivery is the folder ``landing/<agency>/<quarter>/``. It is finished when its ``manifest.json`` names
every file with its SHA-256, or says ``"nil": true``; without a manifest, when no file has changed for the
settling time.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.store.places import Places
from schemas.quarters import Quarter

MANIFEST = "manifest.json"
SETTLE_SECONDS = 30.0
"""A file that has not changed for so long is taken to be finished (network copies pause for a few
seconds)."""
MAX_FILE_BYTES = 200 * 1024 * 1024
"""Larger than any quarter's extract by two orders of magnitude."""
_NONCE_BYTES = 12  # AES-GCM, NIST SP 800-38D


class LandingError(RuntimeError):
    """A delivery cannot be read; the text says which, why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One finished delivery, in memory."""

    agency: str
    quarter: Quarter
    files: dict[str, bytes] = field(repr=False)
    received_on: date
    is_nil: bool = False

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file, by name."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(self.files.items())}


def waiting(places: Places) -> list[tuple[str, Quarter]]:
    """(agency, quarter) of every delivery folder that holds anything, in order; folders that name no quarter
    are left alone."""
    found = []
    for folder in sorted(places.landing.glob("[!.]*/*")):
        if folder.is_dir() and any(folder.iterdir()):
            try:
                found.append((folder.parent.name, Quarter.parse(folder.name)))
            except ValueError:
                continue
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def _manifest(folder: Path) -> dict[str, object]:
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        content = None
    if not isinstance(content, dict):
        raise LandingError(f"[{folder.parent.name}/{folder.name}/{MANIFEST}] is not JSON with keys. Write it "
                           "again, or leave it out.")
    return content


def is_finished(folder: Path, *, settle_seconds: float = SETTLE_SECONDS, now: float | None = None) -> bool:
    """Whether a delivery is complete: its manifest is met, or nothing has changed for ``settle_seconds``."""
    manifest = _manifest(folder)
    if manifest.get("nil") is True:
        return True
    listed = manifest.get("files")
    files = {path.name: path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST}
    if isinstance(listed, dict) and listed:
        return all(
            name in files and hashlib.sha256(files[name].read_bytes()).hexdigest() == sha
            for name, sha in listed.items())
    moment = time.time() if now is None else now
    return bool(files) and all(moment - path.stat().st_mtime >= settle_seconds for path in files.values())


def pick_up(places: Places, agency: str, quarter: Quarter, *, today: date) -> Delivery | None:
    """Read a delivery into memory; None where its folder is empty or absent.

    Raises:
        LandingError: a file is too large, cannot be read, or changed while it was read.
    """
    folder = places.landing / agency / str(quarter)
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    manifest = _manifest(folder)
    files: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name == MANIFEST:
            continue
        before = path.stat()
        if before.st_size > MAX_FILE_BYTES:
            raise LandingError(
                f"[{agency}/{quarter}/{path.name}] has [{before.st_size // 1024**2}] MB; a quarter's extract "
                "has at most "
                f"[{MAX_FILE_BYTES // 1024**2}]. Send one quarter only.")
        files[path.name] = path.read_bytes()
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise LandingError(f"[{agency}/{quarter}/{path.name}] was still being written. It is read at the "
                               "next look.")
    told = manifest.get("received_on")
    received_on = date.fromisoformat(told) if isinstance(told, str) else today
    return Delivery(agency=agency, quarter=quarter, files=files, received_on=received_on,
                    is_nil=manifest.get("nil") is True)


def _sealed(places: Places, agency: str, quarter: Quarter, sha: str) -> tuple[Path, bytes]:
    """Path of a sealed file, and the place that is bound into its encryption."""
    return places.received / agency / str(quarter) / f"{sha}.sealed", f"{agency}/{quarter}/{sha}".encode()


def seal(places: Places, delivery: Delivery, key: bytes) -> None:
    """Keep the delivery encrypted (AES-256-GCM, its place bound in) and remove the plain files.

    The plain files go only when every sealed copy is safely on disk.
    """
    for name, sha in delivery.hashes.items():
        path, bound = _sealed(places, delivery.agency, delivery.quarter, sha)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        nonce = os.urandom(_NONCE_BYTES)
        temporary = path.with_suffix(".part")
        with temporary.open("wb") as file:
            file.write(nonce + AESGCM(key).encrypt(nonce, delivery.files[name], bound))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    folder = places.landing / delivery.agency / str(delivery.quarter)
    for name in (*delivery.files, MANIFEST):
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def unseal(places: Places, agency: str, quarter: Quarter, kind: str, sha: str, key: bytes) -> bytes:
    """Read a received file back.

    Raises:
        LandingError: it was erased on its retention date, was tampered with, or the key is another.
    """
    path, bound = _sealed(places, agency, quarter, sha)
    place = f"The file [{kind}] of [{agency}] for [{quarter}]"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise LandingError(
            f"{place} is no longer kept. Ask the agency to send the whole quarter again.") from None
    try:
        return AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], bound)
    except InvalidTag:
        raise LandingError(f"{place} cannot be opened: another key, or the file was changed. Check the key "
                           "[landing].") from None


def erase_expired(places: Places, agency: str, retention_months: int, *, today: date) -> int:
    """Remove the agency's received files past their retention; how many went. Counts from the end of the
    quarter."""
    erased = 0
    for path in sorted((places.received / agency).glob("*/*.sealed")):
        end = Quarter.parse(path.parent.name).last_day
        months = (today.year - end.year) * 12 + today.month - end.month
        if months > retention_months:
            path.unlink()
            erased += 1
    return erased


def moment() -> datetime:
    """Now, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def fingerprint(places: Places, agency: str, quarter: Quarter) -> str:
    """A hash over names, sizes and times of a delivery: the same while nothing in the folder changes."""
    folder = places.landing / agency / str(quarter)
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.iterdir())]
    return hashlib.sha256(f"{agency}|{quarter}|{stats}".encode()).hexdigest()


def reseal(places: Places, old_key: bytes, new_key: bytes) -> int:
    """Seal every received file anew under another key; how many. A file that is sealed anew already is left
    as it is."""
    done = 0
    for path in sorted(places.received.glob("*/*/*.sealed")):
        agency, quarter, sha = path.parent.parent.name, path.parent.name, path.stem
        bound, content = f"{agency}/{quarter}/{sha}".encode(), path.read_bytes()
        try:
            plain = AESGCM(old_key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], bound)
        except InvalidTag:
            continue
        nonce = os.urandom(_NONCE_BYTES)
        temporary = path.with_suffix(".part")
        temporary.write_bytes(nonce + AESGCM(new_key).encrypt(nonce, plain, bound))
        temporary.replace(path)
        done += 1
    return done
