"""Answers that others published, through our own SQL: time to the next event, and how many have one.

Data sets as lifelines ships them; the files are read, the package is not imported. ``rossi``: 432 people
released from prison, followed for 52 weeks, 114 arrested again (Rossi, Berk and Lenihan, 1980; survival at
13, 26, 39 and 52 weeks as in Fox and Weisberg, 2011). ``recur``: 400 people, up to four episodes each
(Hosmer, Lemeshow and May, 2008).
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from importlib.metadata import distribution
from pathlib import Path

import polars as pl
import pytest

from schemas.measures.cubes import Links
from schemas.quarters import Quarter
from tests.integration.hand_made import HandMade, counted

FIRST_DAY = date(2025, 1, 1)
RELEASE = Quarter.parse("2026-Q2")
WEEKS = {13: 0.954, 26: 0.875, 39: 0.812, 52: 0.736}
"""Share not yet arrested again, by week."""
DAYS_TO_NEXT = (
    "SELECT person_id, days_to_next FROM warehouse.core_next_reports "
    f"WHERE links = '{Links.ALL}' AND period = '{Quarter.of(FIRST_DAY)}'"
)


def rows_of(name: str) -> list[dict[str, str]]:
    path = Path(str(distribution("lifelines").locate_file(f"lifelines/datasets/{name}.csv")))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def events(made: HandMade, person: str, days: list[int]) -> None:
    """A first event of a person, and those so many days after it."""
    for number, after in enumerate([0, *days]):
        reported, ref = FIRST_DAY + timedelta(days=after), f"{person}.{number}"
        made.crime(ref, reported)
        made.add("victims", "police", reported, person, incident_id=ref, agency_person_id=person)


@pytest.fixture(scope="module")
def rearrested(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    made = HandMade()
    for number, row in enumerate(rows_of("rossi")):
        events(made, str(number), [7 * int(row["week"])] if row["arrest"] == "1" else [])
    return counted(made, tmp_path_factory.mktemp("rossi"), RELEASE, ["incidents_repeat"],
                   {"next": DAYS_TO_NEXT})  # fmt: skip


@pytest.mark.parametrize(("week", "survival"), WEEKS.items())
def test_time_to_next_when_the_people_are_rossi_s_then_survival_is_the_published_one(
    rearrested: dict[str, pl.DataFrame], week: int, survival: float
) -> None:
    days = rearrested["next"]["days_to_next"]
    assert len(days) == 432
    assert round(1 - int((days <= 7 * week).sum()) / len(days), 3) == survival


def test_repeats_when_the_people_are_rossi_s_then_114_of_432_within_the_year(
    rearrested: dict[str, pl.DataFrame],
) -> None:
    again = rearrested["incidents_repeat"].filter(
        pl.col("is_repeat") == "yes", pl.col("links") == Links.ALL.value
    )
    assert int(again["n"].sum()) == 114


@pytest.fixture(scope="module")
def episodes() -> dict[str, list[int]]:
    """Person → days of their episodes since enrolment, in order."""
    found: dict[str, list[int]] = {}
    for row in rows_of("recur"):
        found.setdefault(row["ID"], [])
        if row["CENSOR"] == "1":
            found[row["ID"]].append(int(row["TIME1"]))
    return {person: sorted(days) for person, days in found.items()}


@pytest.fixture(scope="module")
def recurring(
    episodes: dict[str, list[int]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, pl.DataFrame]:
    made = HandMade()
    for person, days in episodes.items():
        events(made, person, days)
    return counted(made, tmp_path_factory.mktemp("recur"), RELEASE,
                   ["incidents_repeat", "victims_of_year_by_crimes"], {"next": DAYS_TO_NEXT})  # fmt: skip


def test_repeats_when_people_have_several_episodes_then_all_939_follow_another(
    episodes: dict[str, list[int]], recurring: dict[str, pl.DataFrame]
) -> None:
    assert (len(episodes), sum(map(len, episodes.values()))) == (400, 939)
    again = recurring["incidents_repeat"].filter(pl.col("is_repeat") == "yes")
    assert int(again["n"].sum()) == 939


def test_time_to_next_when_people_have_several_episodes_then_it_is_that_to_the_first(
    episodes: dict[str, list[int]], recurring: dict[str, pl.DataFrame]
) -> None:
    found = dict(recurring["next"].iter_rows())
    assert found == {person: (days[0] if days else None) for person, days in episodes.items()}


def test_concentration_when_people_have_several_episodes_then_it_is_their_number(
    episodes: dict[str, list[int]], recurring: dict[str, pl.DataFrame]
) -> None:
    bands = {1: "1", 2: "2", 3: "3_or_4", 4: "3_or_4", 5: "5_or_more"}
    year = (date(2025, 12, 31) - FIRST_DAY).days
    expected = Counter(bands[1 + sum(day <= year for day in days)] for days in episodes.values())
    frame = recurring["victims_of_year_by_crimes"].filter(pl.col("period") == "2025")
    assert dict(frame.select("n_crimes", "n").iter_rows()) == dict(expected)
