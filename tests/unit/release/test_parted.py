"""A release in parts that are attacked at the same time: nothing is lost, and nothing tied is parted."""

from __future__ import annotations

import json
from math import prod

from pipelines.release.files import systems_json
from pipelines.release.tables import ties
from pipelines.steps.protect import parted
from tests.unit.release.test_tables import made

FOUND = list(made("2026-Q3").values())
UNITS = {table.unit for table in FOUND}


def size(units: frozenset[str]) -> int:
    """Cells of the tables of some units, with their margins."""
    return sum(prod(len(c) + 1 for c in t.categories.values()) * len(t.periods)
               for t in FOUND if t.unit in units)


def test_parted_when_parted_then_each_unit_is_in_one_part_and_no_tie_is_cut() -> None:
    parts = parted(FOUND, [])
    assert sum(map(len, parts)) == len(UNITS)
    assert frozenset().union(*parts) == UNITS
    bound = [{tie["left"]["unit"], *(cell["unit"] for cell in tie["right"])} for tie in ties(FOUND)]
    assert bound, "the sample's units are tied"
    assert all(any(units <= part for part in parts) for units in bound)
    tied = frozenset().union(*bound)
    assert all(len(part) == 1 or part <= tied for part in parts), "only what is tied stays together"


def test_parted_when_the_units_are_many_then_what_takes_long_stands_first() -> None:
    sizes = [size(part) for part in parted(FOUND, [])]
    assert sizes == sorted(sizes, reverse=True)


def test_parted_when_an_earlier_release_tied_two_units_then_they_stay_together() -> None:
    left, right = (min(part) for part in parted(FOUND, [])[:2])
    spec = json.loads(systems_json(FOUND, {}, threshold=5, base=5))
    spec["ties"] = [{"kind": "le", "left": {"unit": left, "period": "2026-Q1", "cell": {}},
                     "right": [{"unit": right, "period": "2026-Q1", "cell": {}}]}]
    assert any({left, right} <= part for part in parted(FOUND, [spec]))


def test_parted_when_a_unit_is_no_longer_told_then_it_is_attacked_all_the_same() -> None:
    spec = json.loads(systems_json(FOUND, {}, threshold=5, base=5))
    spec["cubes"] = [{**spec["cubes"][0], "name": "gone", "unit": "gone.police"}]
    found = parted(FOUND, [spec | {"ties": []}])
    assert found[-1] == frozenset({"gone.police"})


def test_parted_when_one_unit_is_all_there_is_then_one_part() -> None:
    unit = FOUND[0].unit
    assert parted([t for t in FOUND if t.unit == unit], []) == [frozenset({unit})]
