"""No count stands twice in one unit unless protector and reader are told: two roundings of one count would
meet in a narrower interval than either leaves.

What belongs here: margins of the sample's truth, compared within each unit. What does not: the release's own
attack (``tests/unit/anonymisation/audit``).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import pytest

from pipelines.release.tables import ties
from schemas.measures.cubes import CUBES
from schemas.measures.identities import IDENTITIES, Identity, Margin
from schemas.partnership import read_partnership
from schemas.quarters import Quarter
from tests.integration.reckoning import Reckoning
from tests.unit.release.test_tables import made

LAST = Quarter.parse("2026-Q3")
LARGEST_SUM = 3
"""Categories of one dimension that are added up on either side."""
ENOUGH_PERIODS, ENOUGH = 4, 20
"""Equal in fewer quarters, or of fewer people, two sums may be equal by chance."""
Series = tuple[int, ...]
Side = tuple[str, frozenset[str]]
NOT_BY_DEFINITION: dict[str, str] = {
    "has_charge = outcome_group": "crossed in one table: an outcome that is a charge is a structural zero",
    "form_completeness = form_version": "crossed in one table: who refers without a form may fill one later",
    "is_repeat = referred_within": "crossed in one table: structural zeros",
    "is_repeat = is_same_offence": "crossed in one table: structural zeros",
    "is_repeat = is_same_suspect": "crossed in one table: structural zeros",
    "kind_rape = offence_group": "of the police it stands once, as the offence group (``Cube.counted_as``)",
    "kind_pressure = offence_category": "offences of two other categories may be of the kind as well",
    "kind_vulnerable_adults = offence_category": "of the police it stands once, as the category "
                                                 "(``Cube.counted_as``)",
    "offence_category = offence_group": "crossed in one table: structural zeros",
    "interview_venue = is_specialist_interview": "who led it may be on record where the place is not",
    "is_same_offence = is_same_suspect": "each is crossed with one dimension, is_repeat: structural zeros",
    "referral_fate = referral_status": "fates weigh reasons as well; few agencies of the sample give any",
    "referral_fate = wait_band": "an open referral may hold a reason, and then has another fate",
    "referral_status = wait_band": "a referral may have been contacted in any status",
}
"""Pairs of dimensions that agree in the sample and need not, or that one table crosses: why."""


def _margins() -> dict[tuple[str, str], dict[str, dict[str, dict[str, int]]]]:
    """(unit, agency) → cube and dimension → category → period → true count."""
    found: dict[tuple[str, str], dict[str, dict[str, dict[str, int]]]] = defaultdict(
        lambda: defaultdict(dict))
    for name, frame in Reckoning(LAST, read_partnership()).cubes.items():
        for agency, contributor, period, n, *codes in frame.select(
            "agency", "contributor", "period", "n", *CUBES[name].columns
        ).iter_rows():
            if contributor:
                continue
            for dimension, code in zip(CUBES[name].columns, codes, strict=True):
                counts = found[CUBES[name].unit, agency][f"{name} {dimension}"].setdefault(code, {})
                counts[period] = counts.get(period, 0) + n
    return found


def _sums(categories: dict[str, dict[str, int]], periods: list[str], *, without: str | None = None
          ) -> dict[Series, list[frozenset[str]]]:
    sums: dict[Series, list[frozenset[str]]] = defaultdict(list)
    for size in range(1, LARGEST_SUM + 1):
        for codes in combinations(sorted(categories.keys() - {without}), size):
            series = tuple(sum(categories[c].get(p, 0) for c in codes) for p in periods)
            if sum(n > 0 for n in series) >= ENOUGH_PERIODS and sum(series) > ENOUGH:
                sums[series].append(frozenset(codes))
    return sums


def _equal() -> set[tuple[str, Side, Side]]:
    """Sums of categories of two dimensions of one unit and agency that are equal in every period. Where sums
    are equal, so is what is left of both: the largest category of the first dimension is in no sum."""
    found = set()
    for (unit, _), dimensions in _margins().items():
        named = {label.split()[1]: label for label in dimensions}  # one table of each dimension: they agree
        for one, other in combinations(sorted(named), 2):
            left, right = dimensions[named[one]], dimensions[named[other]]
            periods = sorted({p for c in left.values() for p in c} & {p for c in right.values() for p in c})
            largest = max(left, key=lambda code: sum(left[code].values()))
            sums = _sums(left, periods, without=largest), _sums(right, periods)
            for series in sums[0].keys() & sums[1].keys():
                found |= {(unit, (one, a), (other, b)) for a in sums[0][series] for b in sums[1][series]}
    return found


def _is_said(unit: str, one: Side, other: Side) -> bool:
    """Whether an identity says it, or it follows from two that share a side."""
    def side(margins: tuple[Margin, ...]) -> Side:
        return margins[0][0], frozenset(c for _, c in margins)

    said = {frozenset((side((i.left,)), side(i.right))) for i in IDENTITIES if i.unit == unit}
    said |= {a ^ b for a in said for b in said if len(a & b) == 1}
    return frozenset((one, other)) in said


@pytest.fixture(scope="module")
def equal() -> set[tuple[str, Side, Side]]:
    return _equal()


def test_margins_of_the_sample_when_two_of_a_unit_are_equal_then_it_is_said_or_not_by_definition(
    equal: set[tuple[str, Side, Side]],
) -> None:
    unsaid = {f"{unit}: {one[0]} {sorted(one[1])} = {other[0]} {sorted(other[1])}"
              for unit, one, other in equal
              if f"{one[0]} = {other[0]}" not in NOT_BY_DEFINITION and not _is_said(unit, one, other)}
    assert unsaid == set()


def test_exception_when_listed_then_the_sample_shows_it(equal: set[tuple[str, Side, Side]]) -> None:
    assert set(NOT_BY_DEFINITION) <= {f"{one[0]} = {other[0]}" for _, one, other in equal}


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda i: f"{i.left[0]}_{i.left[1]}_{i.right[0][0]}")
def test_identity_when_a_release_is_made_then_protector_and_readers_are_told_in_every_period(
    identity: Identity,
) -> None:
    found = list(made(str(LAST)).values())
    sides = {dimension for dimension, _ in (identity.left, *identity.right)}
    shown: dict[str, list[set[str]]] = defaultdict(list)
    for dimension in sides:
        for unit in {t.unit for t in found if t.cube.unit == identity.unit and dimension in t.dimensions}:
            its = [t for t in found if t.unit == unit and dimension in t.dimensions]
            shown[unit].append({p for t in its for p in t.periods})
    expected = {(unit, period) for unit, periods in shown.items() if len(periods) == len(sides)
                for period in set.intersection(*periods)}
    told = [t for t in ties(found) if t["note"] == identity.why
            and {*t["left"]["cell"]} == {identity.left[0]}
            and {*t["right"][0]["cell"]} == {identity.right[0][0]}]
    assert expected
    assert {(t["left"]["unit"], t["left"]["period"]) for t in told} == expected
    assert {t["kind"] for t in told} == {"eq"}
