"""Our own links against the truth of the sample: what linkage error does to each measure that is published."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.hub import Hub
from pipelines.steps.link import link_people
from schemas.quarters import Quarter
from tests.conftest import Street
from tests.integration.conftest import copied
from tests.integration.linked import Linked, true_repeat_pct
from tests.integration.reckoning import Reckoning

LAST = Quarter.parse("2026-Q3")
RANGE_WIDTH_LIMIT = 4.0
"""Percentage points: a wider range would tell a board nothing (issue 3)."""
SEEN_BY_TWO_TOLERANCE = 3.0
"""Percentage points between the share of people whom two agencies know, as linked and in truth (issue 3)."""
BIAS_TOLERANCE = 1.0
"""Percentage points by which the repeat rate with all links may miss the truth: overall, and for each ethnic group (measured
-0.4 overall and -1.0 at most, for the smallest groups, in which one person is 0.4 points)."""
GROUP_BIAS_TOLERANCE = 2.0
FALSE_RELATIVES_LIMIT = 0.01
"""Share of twins, and of people of one household, who may be taken for one person (issue 3)."""
GROUPS = ("asian", "black", "mixed", "other", "white")


@pytest.fixture(scope="module")
def linked(taken_in: Hub, tmp_path_factory: pytest.TempPathFactory) -> Linked:
    hub = copied(taken_in, tmp_path_factory.mktemp("linked"))
    told = link_people(hub, LAST)
    made = Linked(hub, Reckoning(LAST, hub.partnership))
    counted = dict(made.records.group_by("role").len().iter_rows())
    assert counted == {role: told[f"{role}_records"] for role in ("victim", "suspect")}, "every linked record has a truth"
    return made


def _repeat_pct(linked: Linked, who: str) -> dict[str, float]:
    rows = linked.repeats(who, linked.hub.partnership.first_quarter.plus(4))
    groups = rows.group_by("ethnicity5").agg((100 * pl.col("is_repeat").mean()).alias("pct"))
    return {"all": 100 * float(rows["is_repeat"].mean() or 0), **dict(groups.iter_rows())}  # type: ignore[arg-type]


def test_repeat_rate_when_linked_then_bias_is_within_tolerance_overall_and_in_each_ethnic_group(linked: Linked) -> None:
    true, found = _repeat_pct(linked, "true_person"), _repeat_pct(linked, "person_uid")
    assert set(true) == {"all", *GROUPS}
    bias = {group: round(found[group] - true[group], 2) for group in true}
    over = {group: value for group, value in bias.items()
            if abs(value) > (BIAS_TOLERANCE if group == "all" else GROUP_BIAS_TOLERANCE)}
    assert over == {}, bias


def test_seen_by_two_agencies_when_linked_then_within_three_points_of_the_truth(linked: Linked) -> None:
    true, found = linked.seen_by_two_pct("true_person"), linked.seen_by_two_pct("person_uid")
    assert abs(found - true) <= SEEN_BY_TWO_TOLERANCE, (true, found)


def test_relatives_when_linked_then_people_of_one_household_are_told_apart(linked: Linked) -> None:
    mistaken, pairs = linked.mistaken_relatives("victim", "person_uid")["household"]
    assert pairs > 50
    assert mistaken / pairs < FALSE_RELATIVES_LIMIT, (mistaken, pairs)


def test_twins_when_linked_then_they_are_told_apart(linked: Linked) -> None:
    mistaken, pairs = linked.mistaken_relatives("victim", "person_uid")["twins"]
    assert pairs > 20
    assert mistaken / pairs < FALSE_RELATIVES_LIMIT, (mistaken, pairs)


def test_repeat_range_when_published_then_contains_the_truth_and_is_narrow(street: Street) -> None:
    assert street.returncode == 0, street.output
    hub = Hub(places=_places(street))
    true = true_repeat_pct(Reckoning(LAST, hub.partnership))
    published = pl.read_csv(street.release / "ranges.csv").filter(
        pl.col("measure") == "victims_repeat", pl.col("dimension") == "is_repeat")
    rows = published.select("period", "low_pct", "high_pct").rows()
    assert [period for period, _, _ in rows] == [str(q) for q in Quarter.range(hub.partnership.first_quarter.plus(4), LAST)]
    assert [(p, low, true[p], high) for p, low, high in rows if not low <= true[p] <= high] == []
    assert [(p, low, high) for p, low, high in rows if high - low > RANGE_WIDTH_LIMIT] == []


def _places(street: Street):  # type: ignore[no-untyped-def]
    from pipelines.store.places import Places

    return Places(data_dir=street.data_dir, key_dir=street.key_dir)
