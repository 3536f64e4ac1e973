"""Tables of a release: which quarters each has, and what everybody knows to hold between them."""

from __future__ import annotations

from functools import cache
from typing import cast

import pytest

from pipelines.release.coverage import Coverage
from pipelines.release.files import systems_json
from pipelines.release.tables import Table, bound, tables, ties
from schemas.agencies import AGENCY_DIR, read_agencies
from schemas.partnership import read_partnership
from schemas.quarters import Quarter

PARTNERSHIP = read_partnership()
AGENCIES = read_agencies(AGENCY_DIR)


class Everything:
    """Coverage of agencies that have sent everything since they joined."""

    def has_data(self, agency: str, dataset: str) -> set[Quarter]:
        first = max(AGENCIES[agency].joined, PARTNERSHIP.first_quarter)
        return set(Quarter.range(first, PARTNERSHIP.last_quarter))

    def sends(self, agency: str, dataset: str) -> bool:
        return False


@cache
def made(quarter: str) -> dict[str, Table]:
    found = tables(PARTNERSHIP, AGENCIES, cast(Coverage, Everything()), Quarter.parse(quarter))
    return {table.name: table for table in found}


@pytest.mark.parametrize(("quarter", "n"), [("2023-Q3", 0), ("2023-Q4", 1), ("2024-Q1", 2), ("2026-Q3", 12)])
def test_table_when_it_looks_ahead_then_only_quarters_followed_for_a_year_are_in_it(
    quarter: str, n: int
) -> None:
    followed = made(quarter)["victims_next_report.all"]
    all_of_it = made(quarter)["incidents_by_recency.police"]
    assert followed.periods == all_of_it.periods[:n]
    assert len(all_of_it.periods) == n + 4


def test_table_when_it_looks_back_and_ahead_then_both_ends_are_left_out() -> None:
    assert made("2026-Q3")["crimes_repeat_referred.all"].periods == made("2026-Q3")[
        "incidents_by_recency.police"].periods[4:12]


def test_area_of_residence_when_it_is_a_category_then_the_partnership_s_own_and_outside() -> None:
    assert made("2026-Q3")["crimes_by_residence.all"].categories["residence_area"] == (
        *PARTNERSHIP.areas, "outside", "withheld", "not_recorded", "unmapped")


def test_ties_when_people_are_counted_by_quarter_and_by_year_then_said_in_both_directions() -> None:
    known = ties(list(made("2026-Q3").values()))
    year = {"unit": "police_victim_of_year.all", "period": "2024", "cell": {}}
    quarters = [{"unit": "police_victim.all", "period": f"2024-Q{n}", "cell": {}} for n in (1, 2, 3, 4)]
    yearly = [(tie["left"], tie["right"]) for tie in known if year in (tie["left"], *tie["right"])]
    assert yearly == [*((quarter, [year]) for quarter in quarters), (year, quarters)]


def test_ties_when_a_quarter_of_the_year_is_not_counted_then_none_is_said() -> None:
    found = [table for name, table in made("2023-Q4").items() if name.endswith(".all")]
    shown = {p for t in found if t.unit == "police_victim.all" for p in t.periods}
    assert shown == {"2023-Q4"}  # those before have no history
    assert not [tie for tie in ties(found) if "year" in tie["note"]]


def test_cells_that_can_hold_nobody_when_a_table_is_told_then_readers_are_told_them() -> None:
    found = [made("2026-Q3")["victims_repeat_by_suspect.all"]]
    text = systems_json(found, {}, threshold=5, base=5).decode()
    assert '"is_repeat": "no", "is_same_suspect": "yes"' in " ".join(text.split())


def test_bound_when_ties_meet_in_one_unit_then_all_of_them_are_one_group() -> None:
    def tie(left: str, *right: str) -> dict[str, object]:
        return {"left": {"unit": left}, "right": [{"unit": unit} for unit in right]}

    groups = bound("abcde", [tie("a", "b"), tie("c", "d"), tie("d", "a")])
    assert sorted(map(sorted, groups)) == [["a", "b", "c", "d"], ["e"]]
