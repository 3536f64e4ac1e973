"""What a page says of a cell is what the released table says: value and mark, word for word.

What belongs here: the files of the pages beside ``cubes/``, read with none of our code. What does not: which
marks a table bears (``tests/unit/release/test_files.py``).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import Street

NO_PLACE_FOR_IT = {
    "convicted_repeat_own.probation": "is_multiple", "incidents_by_setting.housing": "setting",
    "incidents_by_setting.isva": "setting", "known_by_religion.housing": "religion",
    "known_by_religion.police": "religion", "referrals_by_form.sarc": "form_version",
    "referrals_declined.housing": "decline_reason", "referrals_declined.sarc": "decline_reason",
    "referrals_fate_by_ethnicity.police": "ethnicity5", "referrals_fate_by_sex.police": "sex",
}
"""Tables of the sample, and what the agency's extract has no place for."""
UNKNOWN = ("not_recorded", "unmapped", "all")


@cache
def rows_of(path: Path) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


@pytest.fixture(scope="module")
def breakdowns(street: Street) -> list[tuple[dict[str, str], tuple[dict[str, str], ...]]]:
    """Each line of each breakdown's file on the pages, with the lines of its table."""
    told = []
    for path in sorted((street.release / "dashboard" / "data").glob("*.csv")):
        for row in rows_of(path):
            source = street.release / "cubes" / row.get("source", "")
            if "breakdown" in row and source.is_file():
                told.append((row, rows_of(source)))
    return told


def test_breakdown_when_its_file_is_read_then_each_line_stands_in_the_released_table(
    breakdowns: list[tuple[dict[str, str], tuple[dict[str, str], ...]]],
) -> None:
    astray = []
    for row, table in breakdowns:
        # overlapping codes have a table each, of which the page shows one category
        has_own_table = f".{row['category']}." in row["source"]
        here = {
            (line["value"], line["marker"]) for line in table
            if line["period"] == row["period"] and (has_own_table or row["category"] in line.values())
        }
        # an agency that sent nothing of the quarter has nothing told of it, whatever the table says
        if (row["value"], row["marker"]) not in here and row["marker"] != "[x]":
            astray.append((row["breakdown"], row["source"], row["category"]))
    assert len(breakdowns) > 500
    assert astray == []


def test_table_when_the_extract_has_no_place_for_it_then_its_noughts_are_not_applicable_here_and_on_pages(
    street: Street, breakdowns: list[tuple[dict[str, str], tuple[dict[str, str], ...]]]
) -> None:
    marked = {}
    for path in sorted((street.release / "cubes").glob("*.csv")):
        rows = rows_of(path)
        if any(row["marker"] == "[z]" for row in rows):
            dimension = NO_PLACE_FOR_IT[path.stem]
            marked[path.stem] = dimension
            known = [row for row in rows if row[dimension] not in UNKNOWN]
            assert {(row["value"], row["marker"]) for row in known if row["marker"] != "[x]"} == {("", "[z]")}
    assert marked == NO_PLACE_FOR_IT
    on_pages = {row["source"].removesuffix(".csv") for row, _ in breakdowns if row["marker"] == "[z]"}
    assert on_pages
    assert on_pages <= set(marked)
