"""``tessera reconcile --quarter Q``: a workbook that ties each cube to submissions, for the analyst alone.

What belongs here: the workbook and the CSV, where they go, the exit code. What does not: the chain
(``pipelines.steps.reconcile``).

The sheet holds true counts: it is written inside the data directory, readable by its owner alone, and never
into a release.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipelines.hub import Hub
from pipelines.steps.reconcile import Line, ReconcileError, Verdict, reconcile
from schemas.quarters import Quarter

OK, NO = 0, 1
COLUMNS = ("table", "link", "above", "n above", "below", "n below", "difference", "between", "verdict")
SHEET_NAME = 31
"""Longest name of a sheet that spreadsheet programs take."""
_WIDTHS = (36, 10, 34, 10, 34, 10, 10, 60, 13)


def write_reconciliation(hub: Hub, quarter_text: str, outside: Path | None = None) -> int:
    """Write workbook and CSV; 0 where every link holds or is explained, 1 where one is not.

    Raises:
        ReconcileError: as :func:`pipelines.steps.reconcile.reconcile`, or the quarter or file cannot be used.
    """
    try:
        quarter = Quarter.parse(quarter_text)
        content = outside.read_bytes() if outside is not None else None
    except ValueError:
        raise ReconcileError("The quarter is not written as [2026-Q3]. Write it so.") from None
    except OSError as error:
        raise ReconcileError(f"The file of outside figures could not be opened [{type(error).__name__}]. "
                             "Check the path.") from None
    lines = reconcile(hub, quarter, content)
    folder = hub.places.data_dir / "reconciliation"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for suffix, made in ((".csv", _csv(lines)), (".xlsx", _workbook(lines))):
        path = folder / f"{quarter}{suffix}"
        path.write_bytes(made)
        path.chmod(0o600)
    verdicts = [line.verdict for line in lines]
    tables = {line.table for line in lines if line.verdict is Verdict.UNEXPLAINED}
    print(f"{quarter.label}: [{len(lines)}] links, [{verdicts.count(Verdict.TIED)}] tied, "
          f"[{verdicts.count(Verdict.EXPLAINED)}] explained, [{verdicts.count(Verdict.UNEXPLAINED)}] "
          f"unexplained{': ' + ', '.join(sorted(tables)) if tables else ''}.")
    print(f"True counts, for the analyst alone: {folder / f'{quarter}.xlsx'}")
    return NO if tables else OK


def _row(line: Line) -> tuple[str | int, ...]:
    return (line.table, line.link, line.above, line.n_above, line.below, line.n_below,
            line.n_above - line.n_below, line.between, str(line.verdict))


def _csv(lines: Sequence[Line]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("sheet", *COLUMNS))
    writer.writerows((line.sheet, *_row(line)) for line in lines)
    return out.getvalue().encode()


def _workbook(lines: Sequence[Line]) -> bytes:
    """A sheet of all that is unexplained, then one for the submissions and one for each cube."""
    import xlsxwriter  # type: ignore[import-untyped]  # ships no type information; remove when it does

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False,
                                      "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    bold = book.add_format({"bold": True})
    sheets = {"unexplained": [line for line in lines if line.verdict is Verdict.UNEXPLAINED]}
    for line in lines:
        sheets.setdefault(line.sheet, []).append(line)
    for name, own in sheets.items():
        sheet = book.add_worksheet(name[:SHEET_NAME])
        sheet.freeze_panes(1, 1)
        for column, (title, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, bold)
        for number, line in enumerate(own, start=1):
            for column, cell in enumerate(_row(line)):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, cell)
    book.close()
    return held.getvalue()
