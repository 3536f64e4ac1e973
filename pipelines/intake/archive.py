"""Zipped workbooks, measured before anything unpacks them in earnest.

What belongs here: what a ZIP container says and what it really unpacks to. What does not: the sheets inside
(``workbook.py``).
"""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.intake.raw_table import MAX_CELLS
from pipelines.intake.refusal import FileRefused

MAX_UNPACKED_BYTES = 600_000_000
"""Three times the largest file that is taken: a force's quarter as a workbook unpacks to a tenth of it."""

MAX_UNPACK_RATIO = 200
"""Spreadsheet XML packs to a tenth, repetitive ones to a fiftieth; beyond this it is made to harm."""

RATIO_COUNTS_FROM_BYTES = 20_000_000
"""A small part may pack well and harms nobody."""

MAX_PARTS = 5_000

_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0"
_CELL = re.compile(rb'<c[^>]{0,200}?\sr="([A-Z]{1,3})(\d{1,7})"')
_REPEATED = re.compile(
    rb'number-(?:columns|rows)-repeated="(\d{1,12})"[^>]*?office:value-type|office:value-type[^>]*?'
    rb'number-(?:columns|rows)-repeated="(\d{1,12})"'
)
_MAX_REPEATED = 20_000
_OVERLAP = 300
"""Bytes carried from chunk to chunk, so that a tag across the seam is seen."""


def check_archive(data: bytes) -> None:
    """Refuse a container that is damaged, locked, or unpacks to more than any delivery.

    Every part is unpacked once, counted and thrown away: sizes that the container claims may be lies.

    Raises:
        FileRefused: ``file_encrypted``, ``file_truncated``, ``file_unreadable`` or ``file_too_large``.
    """
    if data.startswith(_OLE):
        raise FileRefused.because(
            "file_encrypted", hint="or it is a workbook of before 2007: save it as [xlsx]"
        )
    if not data.startswith(b"PK"):
        raise FileRefused.because("file_unreadable", hint="it is not a workbook")
    with _unpacking():
        archive = zipfile.ZipFile(io.BytesIO(data))
    with archive:
        _check_parts(archive)


_FAULTS = (zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What the standard library raises beside BadZipFile for a part that is damaged (the first three, and OSError
for bzip2), packed by a method or under a password that it does not know, or of which the container lies where
it is."""


@contextmanager
def _unpacking() -> Iterator[None]:
    """Around the library's own calls and nothing else: a fault of ours is no fault of the file."""
    try:
        yield
    except zipfile.BadZipFile:
        raise FileRefused.because("file_truncated", hint="the workbook is not whole") from None
    except _FAULTS:
        raise FileRefused.because(
            "file_unreadable", hint="a part of the workbook cannot be unpacked"
        ) from None


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with _unpacking():
        stream = archive.open(part)
    with stream:
        while True:
            with _unpacking():
                chunk = stream.read(_CHUNK)
            if not chunk:
                return
            yield chunk


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise FileRefused.because("file_too_large")
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileRefused.because("file_encrypted")
    unpacked = 0
    for part in parts:
        unpacked += _check_part(archive, part)
        if unpacked > MAX_UNPACKED_BYTES:
            raise FileRefused.because("file_too_large")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Unpack one part, counting bytes and cells; give the bytes."""
    is_sheet = part.filename.endswith(".xml")
    size = last_row = last_column = 0
    tail = b""
    for chunk in _chunks(archive, part):
        size += len(chunk)
        if size > RATIO_COUNTS_FROM_BYTES and size > MAX_UNPACK_RATIO * max(part.compress_size, 1):
            raise FileRefused.because("file_too_large")
        if not is_sheet:
            continue
        seen = tail + chunk
        if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
            raise FileRefused.because(
                "file_unreadable", hint="the workbook holds definitions that no spreadsheet writes"
            )
        for letters, row in _CELL.findall(seen):
            last_row = max(last_row, int(row))
            last_column = max(last_column, _column_number(letters))
        if any(int(a or b) > _MAX_REPEATED for a, b in _REPEATED.findall(seen)):
            raise FileRefused.because("file_too_large")
        if last_row * last_column > MAX_CELLS:
            raise FileRefused.because(
                "file_too_large", hint="a cell far below or far right of the table is filled"
            )
        tail = seen[-_OVERLAP:]
    return size


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
