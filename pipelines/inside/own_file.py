"""An agency's own file, read where it lies: CSV, XLSX, ODS or plain text, every cell as text.

What belongs here: choosing the reader, and refusing with words. What does not: the readers
(``pipelines.intake``), what is done with the rows.

No agreement says what is in the file, so encoding and separator are worked out; nothing of it is kept or
written, and no message repeats a cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.intake.raw_table import ROW, RawTable
from pipelines.intake.reading import MAX_FILE_BYTES, read_table
from pipelines.intake.refusal import FileRefused, IntakeError, guarded
from schemas.agencies import FileSpec
from schemas.rules import RULES

_SEPARATORS = (",", ";", "\t", "|")
_WORKBOOKS = {".xlsx": "xlsx", ".ods": "ods"}
_TEXTS = frozenset({".txt", ".md"})


class InsideError(ValueError):
    """A tool cannot use what it was given; the text says what and what to do, never a cell."""


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnFile:
    """Rows of an agency's own file. Has no ``repr``: it would hold values."""

    header: tuple[str, ...]
    """Column names as they stand there; ``text`` for a plain text."""
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """(row as a spreadsheet shows it, cells); for a plain text each paragraph is a row."""

    def position(self, column: str) -> int:
        """Place of a column, from 0.

        Raises:
            InsideError: there is no such column, or two.
        """
        found = [i for i, name in enumerate(self.header) if name.casefold() == column.strip().casefold()]
        if len(found) != 1:
            raise InsideError(f"[{len(found)}] columns are called [{column}]. Name one column of the first "
                              "row as it stands there.")
        return found[0]


def read_own(path: Path, *, sheet: str | None = None) -> OwnFile:
    """Read a file.

    Raises:
        InsideError: it is not there, of no kind that can be read, damaged, or too large.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InsideError(f"[{path.name}] is larger than [{MAX_FILE_BYTES // 1_000_000}] MB. Take a "
                              "shorter period.")
        data = path.read_bytes()
    except OSError as error:
        raise InsideError(f"[{path.name}] could not be opened [{type(error).__name__}]. Check the "
                          "path.") from None
    try:
        with guarded(lambda: path.name):
            if path.suffix.lower() in _TEXTS:
                return _text(_decoded(data))
            return _rows(_table(data, path.suffix.lower(), sheet))
    except FileRefused as refusal:
        rule = RULES[refusal.trips[0].rule_id]
        raise InsideError(f"[{path.name}]: {rule.what} {rule.remedy} [{rule.rule_id}]") from None
    except IntakeError:
        raise InsideError(f"[{path.name}] could not be read. Save it as CSV or XLSX and try again.") from None


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _table(data: bytes, suffix: str, sheet: str | None) -> RawTable:
    if suffix in _WORKBOOKS:
        return read_table(data, FileSpec.model_validate(
            {"pattern": "*", "format": _WORKBOOKS[suffix], "sheet": sheet, "feeds": {}}))
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    return read_table(text.encode(), FileSpec.model_validate(
        {"pattern": "*", "format": "csv", "delimiter": separator, "feeds": {}}))


def _rows(table: RawTable) -> OwnFile:
    columns = [f"c{i}" for i in range(len(table.header))]
    frame = table.cells.select(ROW, *columns).fill_null("")
    return OwnFile(header=table.header, rows=tuple((row[0], tuple(row[1:])) for row in frame.rows()))


def _text(text: str) -> OwnFile:
    found, line = [], 1
    for paragraph in re.split(r"(\n[ \t]*\n\s*)", text.replace("\r\n", "\n")):
        if paragraph.strip():
            found.append((line, (paragraph.strip(),)))
        line += paragraph.count("\n")
    if not found:
        raise FileRefused.because("file_empty")
    return OwnFile(header=("text",), rows=tuple(found))
