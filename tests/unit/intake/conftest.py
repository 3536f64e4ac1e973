"""A small delivery that is good in every row, and ways to spoil it. The people in it are invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.intake.delivery import Intake, take_in
from schemas.agencies import Agency, read_agency
from schemas.quarters import Quarter

QUARTER = Quarter.parse("2026-Q3")
TODAY = date(2026, 10, 20)

INCIDENTS: list[dict[str, str]] = [
    {
        "Ref": f"I{i}",
        "Reported": f"{10 + i}/07/2026",
        "From": "01/07/2026",
        "To": "02/07/2026",
        "Class": "19C",
        "Code": "019/08",
        "Status": "Recorded",
        "Ground": "",
        "Area": "E08000025",
        "DA": "Y",
        "Faith": "N",
        "Harassment": "N",
        "Unit": "A words that nobody reads",
    }
    for i in range(1, 7)
]
PEOPLE: list[dict[str, str]] = [
    {
        "Ref": f"I{i}",
        "Person": f"P{i}",
        "Forename": "Wrenna",
        "Surname": "Quillfeather",
        "DOB": f"0{i}/03/1990",
        "NHS": "9990000018",
        "Postcode": "B15 2TT",
        "Age": "36",
        "Sex": "F",
        "Ethnicity": "white_irish",
        "May link": "Y",
    }
    for i in range(1, 7)
]
SUSPECTS: list[dict[str, str]] = [{"Ref": "I1", "Person": "S1", "PNC": "", "Stage": "named"}]

Delivery = dict[str, bytes]
Take = Callable[[Mapping[str, bytes]], Intake]


def csv_bytes(rows: list[dict[str, str]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Rows → CSV with the first row's names."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def workbook_bytes(sheet: str, rows: list[list[object]]) -> bytes:
    """Rows of typed cells → a workbook of one sheet; dates as dates."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet(sheet)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(r, c, cell, day)
            elif cell is not None:
                page.write(r, c, cell)
    book.close()
    return buffer.getvalue()


REFERRAL_HEADER: list[object] = [
    "Number",
    "Person",
    "Sent",
    "Contact",
    "Result",
    "Case",
    "Start",
    "End",
    "Health",
    "Fields",
    "Filled",
    "Reviewed",
]
REFERRALS: list[list[object]] = [
    ["Harbour Service"],
    [],
    REFERRAL_HEADER,
    ["R1", "P1", date(2026, 7, 14), date(2026, 7, 16), "Accepted", "C1", date(2026, 7, 20), None, 2, 12, 11,
     None],
    ["R2", "P2", date(2026, 8, 3), None, "Waiting", None, None, None, None, None, None, None],
    ["Total", 2],
]


@pytest.fixture(scope="session")
def harbour() -> Agency:
    """The tests' own agency."""
    return read_agency(Path(__file__).parent / "harbour.yaml")


@pytest.fixture
def good() -> Delivery:
    """A delivery of which every row is accepted."""
    return {
        "incidents_2026-Q3.csv": csv_bytes(INCIDENTS),
        "people_2026-Q3.csv": csv_bytes(PEOPLE),
        "suspects_2026-Q3.csv": csv_bytes(SUSPECTS),
        "referrals_2026-Q3.xlsx": workbook_bytes("Referrals", REFERRALS),
    }


@pytest.fixture
def take(harbour: Agency) -> Take:
    """Take in a delivery of the tests' agency."""
    return lambda files: take_in(harbour, QUARTER, files, today=TODAY)
