"""Incidence is prevalence times concentration, by area: worked out by hand from the released tables and the
census alone, with none of our code, and compared with what the page's file says."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.conftest import ROOT, Street

YEAR = "2025"
HALF_OF_A_HUNDREDTH = Decimal("0.005")
"""Each rate is printed to two places."""


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def printed(rate: Decimal) -> str:
    return str(rate.quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.fixture(scope="module")
def told(street: Street) -> list[dict[str, str]]:
    return list(rows_of(street.release / "dashboard" / "data" / "incidence.csv"))


@pytest.fixture(scope="module")
def by_hand(street: Street) -> dict[str, tuple[int, int, int]]:
    """Area → crimes of the year's quarters, people of the year, residents."""
    crimes: dict[str, int] = defaultdict(int)
    for row in rows_of(street.release / "cubes" / "crimes_by_residence.all.csv"):
        if row["period"].startswith(YEAR) and row["value"]:
            crimes[row["residence_area"]] += int(row["value"])
    people = {row["area"]: int(row["value"])
              for row in rows_of(street.release / "cubes" / "victims_of_year_by_area.all.csv")
              if row["period"] == YEAR}
    residents: dict[str, int] = defaultdict(int)
    for row in rows_of(ROOT / "schemas" / "codes" / "population.csv"):
        if (row["vintage"], row["characteristic"]) == ("census_2021", "age"):
            residents[row["area"]] += int(row["n"])
    return {area: (crimes[area], people[area], residents[area]) for area in people if area in residents}


def test_incidence_when_worked_out_by_hand_from_the_tables_then_the_file_of_the_page_says_it(
    told: list[dict[str, str]], by_hand: dict[str, tuple[int, int, int]]
) -> None:
    assert {row["year"] for row in told} == {YEAR}
    assert {row["area"] for row in told} == set(by_hand)
    for row in told:
        crimes, people, residents = by_hand[row["area"]]
        assert crimes > people > 0
        assert (row["numerator"], row["value"], row["residents"]) == (
            str(crimes), str(people), str(residents)), row["area"]
        assert (row["per_1000"], row["people_per_1000"], row["crimes_per_person"]) == (
            printed(Decimal(1000 * crimes) / residents), printed(Decimal(1000 * people) / residents),
            printed(Decimal(crimes) / people)), row["area"]


def test_incidence_when_prevalence_is_multiplied_by_concentration_then_within_what_printing_leaves(
    told: list[dict[str, str]],
) -> None:
    for row in told:
        incidence, prevalence, concentration = (
            Decimal(row[name]) for name in ("per_1000", "people_per_1000", "crimes_per_person"))
        slack = HALF_OF_A_HUNDREDTH * (1 + prevalence + concentration + HALF_OF_A_HUNDREDTH)
        assert abs(incidence - prevalence * concentration) <= slack, row["area"]
