"""Bytes of an agreed format → a table of text.

What belongs here: the choice of reader, and limits that hold for every format. What does not: the readers
themselves, and files on disk (``file_guards.py``).
"""

from __future__ import annotations

from pipelines.intake.csv_file import read_csv
from pipelines.intake.parquet_file import read_parquet
from pipelines.intake.raw_table import RawTable
from pipelines.intake.refusal import FileRefused
from pipelines.intake.workbook import read_workbook
from schemas.agencies import FileSpec

MAX_FILE_BYTES = 200_000_000
"""A quarter of the largest force is under 100 MB as text; what is larger is more than a quarter, or not an
extract."""


def read_table(data: bytes, spec: FileSpec) -> RawTable:
    """Read one file in its agreed format, every cell as text.

    Raises:
        FileRefused: the file is empty, too large, or not what was agreed.
    """
    if not data.strip():
        raise FileRefused.because("file_empty")
    if len(data) > MAX_FILE_BYTES:
        raise FileRefused.because("file_too_large")
    match spec.format:
        case "csv":
            return read_csv(data, spec)
        case "xlsx" | "ods":
            return read_workbook(data, spec)
        case "parquet":
            return read_parquet(data, spec)
        case "counts_template":
            from pipelines.intake.counts_template import read_counts

            return read_counts(data, spec)
    raise AssertionError(f"format [{spec.format}] has no reader")
