"""The offences of the sample: pairs of the counting rules, allowed by law for the victim."""

from __future__ import annotations

import random
from datetime import date

import pytest

from data.synthesise.offending import NEW_OFFENCES_FROM, TABLES, offence, relation
from data.synthesise.police import RECLASSIFIED
from schemas.offences import AGE_BOUNDS, is_in_reach, is_pair
from schemas.offences import offence as listed


def test_tables_when_read_then_hold_only_pairs_of_the_list() -> None:
    pairs = {(category, code) for table in TABLES for category, code, _ in table} | set(RECLASSIFIED.values())

    assert [p for p in sorted(pairs) if not (is_pair(*p) and is_in_reach(*p))] == []


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("age", [5, 12, 13, 15, 16, 17, 18, 60])
def test_offence_when_drawn_then_the_law_allows_it_for_sex_and_age(sex: str, age: int) -> None:
    rng = random.Random(7)
    for _ in range(300):
        found = offence(
            rng, sex=sex, age=age, on=date(2025, 1, 1), relationship=relation(rng, sex=sex, age=age)
        )
        fixed = listed(found.category, found.code)
        assert fixed is not None
        low, high = AGE_BOUNDS.get(fixed.victim_age or "", (0, None))
        assert fixed.victim_sex in (None, "", "F" if sex == "female" else "M")
        assert low <= age and (high is None or age <= high)


def test_offence_when_before_the_day_it_was_created_then_is_never_drawn() -> None:
    rng = random.Random(7)
    new = {"088/14", "088/15", "175/08"}

    def drawn(day: date) -> set[str]:
        return {offence(rng, sex="female", age=30, on=day, relationship="friend").code for _ in range(500)}

    assert not new & drawn(date(2024, 1, 30))
    assert new <= drawn(NEW_OFFENCES_FROM)
