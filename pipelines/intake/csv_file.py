"""CSV bytes → a table of text, with guards before anything is parsed.

What belongs here: encoding, separators, quotes, line lengths, ragged and missing ends. What does not:
column names and their agreement (``layout.py``), other formats (``workbook.py``, ``parquet_file.py``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import polars as pl

from pipelines.intake.raw_table import BATCH_ROWS, RawTable, is_totals, tidy
from pipelines.intake.refusal import FileRefused
from schemas.agencies import FileSpec

MAX_LINE_BYTES = 1_000_000
"""No record of any agency is near a megabyte; a longer line has lost its line ends."""

MAX_DAMAGED_SHARE = 0.05
"""Above this share of damaged lines the file is in another encoding than agreed; below it, a few cells were
damaged before."""

_DELIMITERS = (",", ";", "\t", "|")
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
DAMAGED = r"[ÃÂÄÅ][\u0080-\u00bf\u0152-\u0178\u2013-\u2122]|\ufffd"
"""A two-byte letter of UTF-8 that was read as cp1252, or the mark that stands for a lost letter."""


def read_csv(data: bytes, spec: FileSpec) -> RawTable:
    """Read a CSV into text.

    Raises:
        FileRefused: the encoding, the separator, a line's length, a quotation mark or the end of the file
        is wrong.
    """
    _check_lines(data)
    text = _decode(data, spec)
    records = _records(text, spec.delimiter)
    header = _header(records, spec)
    n_named = max(i for i, name in enumerate(header, start=1) if name)
    batches: list[pl.DataFrame] = []
    totals: list[int] = []
    ragged: list[int] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    last = (0, n_named)
    for number, record in records:
        if not record:
            continue
        if is_totals(record[0], spec):
            totals.append(number)
            last = (number, n_named)
            continue
        last = (number, len(record))
        if n_named <= len(record) < len(header):
            record += [""] * (len(header) - len(record))
        if len(record) != len(header):
            if any(cell.strip() for cell in record):
                ragged.append(number)
            continue
        rows.append(record)
        numbers.append(number)
        if len(rows) == BATCH_ROWS:
            batches.append(tidy(list(zip(*rows, strict=True)), numbers))
            rows, numbers = [], []
    if last[1] < n_named:
        raise FileRefused.because("file_truncated", row=last[0])
    batches.append(tidy(list(zip(*rows, strict=True)) if rows else [()] * len(header), numbers))
    return RawTable(
        header=header, cells=pl.concat(batches), totals_rows=tuple(totals), ragged_rows=tuple(ragged)
    )


def _check_lines(data: bytes) -> None:
    start = 0
    size = len(data)
    while size - start > MAX_LINE_BYTES:
        window = data[start : start + MAX_LINE_BYTES + 1]
        end = max(window.rfind(b"\n"), window.rfind(b"\r"))
        if end < 0:
            raise FileRefused.because("file_line_too_long")
        start += end + 1


def _decode(data: bytes, spec: FileSpec) -> str:
    agreed = f"the agreed encoding is [{spec.encoding}]"
    if data.startswith(_UTF16_BOMS) or b"\0" in data:
        raise FileRefused.because("file_encoding", hint=agreed)
    encoding = "utf-8-sig" if spec.encoding == "utf-8" or data.startswith(_UTF8_BOM) else spec.encoding
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused.because("file_encoding", hint=f"{agreed}; line [{line}] is not in it") from None
    if not text.isascii():
        lines = text.splitlines()
        damaged = sum(1 for line in lines if re.search(DAMAGED, line))
        if damaged > MAX_DAMAGED_SHARE * len(lines):
            raise FileRefused.because(
                "file_encoding", hint=f"{agreed}; [{damaged}] of [{len(lines)}] lines hold damaged letters"
            )
    return text


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise FileRefused.because(
                    "file_line_too_long", row=number, hint="or a quotation mark is not closed"
                ) from None
            if "unexpected end" in str(error):
                raise FileRefused.because(
                    "file_truncated", row=number, hint="a quotation mark is not closed"
                ) from None
            raise FileRefused.because(
                "file_unreadable",
                row=number,
                hint="a quotation mark inside a cell is not doubled, or not closed",
            ) from None
        yield number, record


def _header(records: Iterator[tuple[int, list[str]]], spec: FileSpec) -> tuple[str, ...]:
    for number, record in records:
        if number < spec.header_row:
            continue
        header = tuple(cell.strip(" \t\r\n\u00a0\ufeff") for cell in record)
        _check_delimiter(header, spec)
        if not any(header):
            raise FileRefused.because("file_empty")
        return header
    raise FileRefused.because("file_empty")


def _check_delimiter(header: tuple[str, ...], spec: FileSpec) -> None:
    permitted = {name.casefold() for name in spec.permitted}
    if any(name.casefold() in permitted for name in header) and len(permitted) > 1 < len(header):
        return
    line = spec.delimiter.join(header)
    for other in _DELIMITERS:
        found = {name.strip(' "').casefold() for name in line.split(other)}
        if other != spec.delimiter and len(found & permitted) > 1:
            raise FileRefused.because(
                "file_delimiter",
                hint=f"the agreed separator is [{_name(spec.delimiter)}], the file has [{_name(other)}]",
            )


def _name(delimiter: str) -> str:
    return {"\t": "tab", ",": "comma", ";": "semicolon", "|": "vertical bar"}.get(delimiter, delimiter)
