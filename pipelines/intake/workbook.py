"""XLSX and ODS bytes → a table of text.

What belongs here: sheets, header row, and how a typed cell is written as text. What does not: what the
container unpacks to (``archive.py``), the spreadsheet of tier ``counts`` (``counts_template.py``).
"""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta

import python_calamine

from pipelines.intake.archive import check_archive
from pipelines.intake.raw_table import MAX_CELLS, RawTable, is_totals, tidy
from pipelines.intake.refusal import FileRefused
from schemas.agencies import FileSpec

Cell = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(data: bytes, spec: FileSpec) -> RawTable:
    """Read the agreed sheet of a workbook (the first, where none is named) into text.

    Raises:
        FileRefused: the workbook is locked, damaged or too large, or the sheet is not in it.
    """
    check_archive(data)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        if spec.sheet is not None and spec.sheet not in workbook.sheet_names:
            raise FileRefused.because(
                "file_unreadable", hint=f"the workbook has no sheet called [{spec.sheet}]"
            )
        sheet = workbook.get_sheet_by_name(spec.sheet) if spec.sheet else workbook.get_sheet_by_index(0)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise FileRefused.because("file_too_large")
        grid: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    except python_calamine.PasswordError:
        raise FileRefused.because("file_encrypted") from None
    except python_calamine.CalamineError:
        raise FileRefused.because("file_unreadable") from None
    return table_of(grid, spec, sheet=sheet.name if spec.sheet else "1")


def table_of(grid: list[list[Cell]], spec: FileSpec, *, sheet: str) -> RawTable:
    """Rows of typed cells → a table of text; row 1 of ``grid`` is the sheet's row 1.

    Raises:
        FileRefused: nothing stands in the header row or below it.
    """
    if len(grid) < spec.header_row:
        raise FileRefused.because("file_empty")
    header = [cell_text(cell).strip(" \t\r\n\u00a0\ufeff") for cell in grid[spec.header_row - 1]]
    body = grid[spec.header_row :]
    while header and not header[-1] and not any(row[len(header) - 1] != "" for row in body):
        header.pop()
    if not any(header):
        raise FileRefused.because("file_empty")
    totals: list[int] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, row in enumerate(body, start=spec.header_row + 1):
        if is_totals(cell_text(row[0]), spec):
            totals.append(number)
        else:
            rows.append([cell_text(cell) for cell in row[: len(header)]])
            numbers.append(number)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    return RawTable(
        header=tuple(header),
        cells=tidy(columns, numbers),
        sheet=sheet,
        has_typed_dates=True,
        totals_rows=tuple(totals),
    )


def cell_text(cell: Cell) -> str:
    """One typed cell as text: whole numbers without a point, dates as ``2026-07-14``, truth as ``TRUE`` and
    ``FALSE``."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
        )
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)
