"""Before a file is read: is it finished, whole, and of a size that can be an extract?

What belongs here: decisions from sizes, times and hashes. What does not: looking at folders, which the
doors and the store do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.intake.reading import MAX_FILE_BYTES
from pipelines.intake.refusal import FileRefused


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one look at a file showed."""

    size_bytes: int
    modified_ns: int


def check_size(size_bytes: int) -> None:
    """Refuse, unread, a file that is larger than any delivery.

    Raises:
        FileRefused: ``file_too_large``.
    """
    if size_bytes > MAX_FILE_BYTES:
        raise FileRefused.because("file_too_large", hint=f"at most [{MAX_FILE_BYTES // 1_000_000}] MB")


def check_settled(first: Look, second: Look) -> None:
    """Refuse a file that changed between two looks: it is still being written.

    Raises:
        FileRefused: ``file_unfinished``.
    """
    if first != second:
        raise FileRefused.because("file_unfinished")


def check_manifest(files: Mapping[str, bytes], manifest: bytes) -> None:
    """Hold a delivery against its manifest (``{"files": {name: sha256}}``); a manifest without ``files`` says
    nothing.

    Raises:
        FileRefused: ``file_unreadable``, the manifest is not JSON of that form; ``file_unfinished``, a file
        it names is not
            there or its hash differs.
    """
    try:
        content = json.loads(manifest)
        named = dict(content.get("files", {}))
    except (ValueError, AttributeError, TypeError):
        raise FileRefused.because("file_unreadable", hint="the manifest is not of the agreed form") from None
    for name, expected in named.items():
        if name not in files or hashlib.sha256(files[name]).hexdigest() != str(expected).lower():
            raise FileRefused.because(
                "file_unfinished", hint="it is not what the manifest says, or not there"
            )
