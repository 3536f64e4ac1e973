"""Before a file is read: size, two looks, and the manifest."""

from __future__ import annotations

import pytest

from pipelines.intake.file_guards import Look, check_manifest, check_settled, check_size
from pipelines.intake.reading import MAX_FILE_BYTES
from pipelines.intake.refusal import FileRefused

LOG, GOOD = "log_2026-Q3.csv", b"Ref\r\nI1\r\n"


@pytest.mark.parametrize(
    ("size", "is_refused"), [(MAX_FILE_BYTES - 1, False), (MAX_FILE_BYTES, False), (MAX_FILE_BYTES + 1, True)]
)
def test_size_when_around_the_limit_then_only_above_it_is_refused(size: int, is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(FileRefused, match="file_too_large"):
            check_size(size)
    else:
        check_size(size)


def test_looks_when_they_differ_then_the_file_is_unfinished() -> None:
    first = Look(size_bytes=10, modified_ns=1)
    check_settled(first, Look(size_bytes=10, modified_ns=1))
    for second in (Look(size_bytes=11, modified_ns=1), Look(size_bytes=10, modified_ns=2)):
        with pytest.raises(FileRefused, match="file_unfinished"):
            check_settled(first, second)


@pytest.mark.parametrize("manifest", [b"{", b"[]", b'{"files": 3}'])
def test_manifest_when_not_of_the_agreed_form_then_it_is_refused(manifest: bytes) -> None:
    with pytest.raises(FileRefused, match="file_unreadable"):
        check_manifest({LOG: GOOD}, manifest)


def test_manifest_when_it_says_nothing_of_files_then_nothing_is_refused() -> None:
    check_manifest({LOG: GOOD}, b'{"received_on": "2026-06-20"}')
