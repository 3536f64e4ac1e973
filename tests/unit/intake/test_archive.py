"""Zipped containers, whole and damaged: whatever the bytes are, they are taken or refused in words."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from pipelines.intake import archive
from pipelines.intake.archive import check_archive
from pipelines.intake.refusal import FileRefused

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
N_DAMAGED = 400


def _container(method: int) -> bytes:
    rng = random.Random(7)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        cells = "".join(f'<c r="B{i}">{rng.random()}</c>' for i in range(300))
        made.writestr("xl/worksheets/sheet1.xml", cells)
        made.writestr("docProps/app.xml", "y" * 50)
    return buffer.getvalue()


@pytest.mark.parametrize("method", METHODS)
def test_archive_when_bytes_are_damaged_anywhere_then_is_taken_or_refused_in_words(method: int) -> None:
    """Before, a part packed by LZMA ended in the library's own error."""
    whole = _container(method)
    check_archive(whole)
    rng, refused = random.Random(method), set[str]()
    for _ in range(N_DAMAGED):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(2, len(damaged))] = rng.randrange(256)
        try:
            check_archive(bytes(damaged[: rng.randrange(4, len(damaged))] if rng.random() < 0.1 else damaged))
        except FileRefused as refusal:
            refused |= {trip.rule_id for trip in refusal.trips}
    assert "file_truncated" in refused
    assert refused <= {"file_encrypted", "file_truncated", "file_unreadable", "file_too_large"}


def test_archive_when_the_fault_is_ours_then_it_is_not_said_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: bytes) -> int:
        raise ValueError("ours")

    monkeypatch.setattr(archive, "_column_number", broken)
    with pytest.raises(ValueError, match="ours"):
        check_archive(_container(zipfile.ZIP_DEFLATED))
