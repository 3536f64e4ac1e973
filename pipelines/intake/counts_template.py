"""The spreadsheet of tier ``counts``: written for an agency, read back when it comes filled in.

What belongs here: the workbook. What does not: its columns and words (``schemas.template``), the checks of
its rows, which are those of any other dataset.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime

import xlsxwriter  # type: ignore[import-untyped]

from pipelines.intake.raw_table import RawTable
from pipelines.intake.workbook import read_workbook
from schemas.agencies import Agency, FileSpec
from schemas.quarters import Quarter
from schemas.template import SHEET, template_columns

FILLABLE_ROWS = 1_000
"""Rows with drop-down lists: more than every combination that a small service counts."""

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Written into the workbook instead of the hour, so that the same template has the same bytes."""

_WIDTHS = (44, 34, 28, 18, 10)


def write_template(agency: Agency, quarter: Quarter) -> bytes:
    """The empty workbook for one agency and quarter: sheet ``Counts`` to fill in, ``Read me`` and ``Lists``.

    The same arguments give the same bytes.
    """
    columns = template_columns(agency.areas)
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": f"Counts for {quarter.label}", "created": _CREATED})
    bold = workbook.add_format({"bold": True, "bottom": 1})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    counts = workbook.add_worksheet(SHEET)
    lists = workbook.add_worksheet("Lists")
    for i, column in enumerate(columns):
        counts.write_string(0, i, column.title, bold)
        lists.write_string(0, i, column.title, bold)
        counts.set_column(i, i, _WIDTHS[i])
        lists.set_column(i, i, _WIDTHS[i])
        for row, word in enumerate(column.words, start=1):
            lists.write_string(row, i, word)
        if column.words:
            letter = chr(ord("A") + i)
            rule: dict[str, object] = {
                "validate": "list",
                "source": f"=Lists!${letter}$2:${letter}${len(column.words) + 1}",
                "error_title": column.title,
                "error_message": "Choose a word from the list.",
            }
        else:
            rule = {
                "validate": "integer",
                "criteria": ">=",
                "value": 0,
                "error_title": column.title,
                "error_message": "Enter a whole number of zero or more.",
            }
        counts.data_validation(1, i, FILLABLE_ROWS, i, rule)
    counts.freeze_panes(1, 0)
    guide = workbook.add_worksheet("Read me")
    guide.set_column(0, 0, 100)
    for row, line in enumerate(_guide(agency, quarter, [f"{c.title}: {c.help}" for c in columns])):
        guide.write_string(row, 0, line, wrap)
    workbook.close()
    return buffer.getvalue()


def _guide(agency: Agency, quarter: Quarter, columns: list[str]) -> list[str]:
    return [
        f"Counts of {agency.name} for {quarter.label}",
        "Fill in the sheet Counts: one row for each measure, area, sex and age group with somebody in it.",
        "Leave out rows with nobody in them.",
        "Enter the numbers themselves, also small ones: protecting them is our work.",
        "Sex and age group may stay empty where you do not record them.",
        "Never enter a name, a date of birth or any words about a person.",
        *columns,
    ]


def read_counts(data: bytes, spec: FileSpec) -> RawTable:
    """Read a filled template: the sheet ``Counts``, as any workbook.

    Raises:
        pipelines.intake.refusal.FileRefused: as for any workbook.
    """
    return read_workbook(data, spec.model_copy(update={"sheet": spec.sheet or SHEET}))
