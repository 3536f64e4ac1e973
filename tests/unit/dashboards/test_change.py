"""The change rules against published vectors and at their thresholds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.change import (
    BASELINE_POINTS,
    LEAST_COUNTED,
    LIMIT_FACTOR,
    Chart,
    Limits,
    Verdict,
    chart_of,
    limits_of,
    seven_one_side,
    seven_trend,
    two_in_three,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "xmr_vectors.json").read_text(encoding="utf-8")
)
FLAT = [100.0, 110.0] * 6
"""Twelve points: mean 105, moving ranges of 10, limits 105 ± 26.6."""


@pytest.mark.parametrize("case", VECTORS["limits"])
def test_limits_of_when_given_published_series_then_equal_published_limits(case: dict[str, Any]) -> None:
    found = limits_of(case["values"], screen=case["screened"])
    assert (round(found.low, 2), round(found.mean, 2), round(found.high, 2)) == (
        case["low"],
        case["mean"],
        case["high"],
    )


@pytest.mark.parametrize("case", VECTORS["seven_one_side"])
def test_seven_one_side_when_given_published_series_then_equals_published_flags(
    case: list[list[int]],
) -> None:
    assert seven_one_side(case[0]) == case[1]


@pytest.mark.parametrize("case", VECTORS["seven_trend"])
def test_seven_trend_when_given_published_series_then_equals_published_flags(case: list[list[int]]) -> None:
    assert seven_trend(case[0]) == case[1]


@pytest.mark.parametrize("case", VECTORS["two_in_three"])
def test_two_in_three_when_given_published_series_then_equals_published_flags(case: list[list[int]]) -> None:
    assert two_in_three(case[0], case[1]) == case[2]


def test_chart_of_when_the_baseline_is_flat_then_limits_come_from_its_first_twelve_points() -> None:
    chart = chart_of([*FLAT, 500.0], counts=[*FLAT, 500.0])
    assert chart.limits == Limits(
        mean=105.0,
        low=105.0 - 10 * LIMIT_FACTOR,
        high=105.0 + 10 * LIMIT_FACTOR,
        near_low=105.0 - 10 * LIMIT_FACTOR * 2 / 3,
        near_high=105.0 + 10 * LIMIT_FACTOR * 2 / 3,
    )
    assert (chart.latest, chart.is_trial, chart.n_points) == (Verdict.ABOVE, False, 13)


@pytest.mark.parametrize(
    ("last", "verdict"),
    [(131.6, Verdict.NONE), (131.61, Verdict.ABOVE), (78.4, Verdict.NONE), (78.39, Verdict.BELOW)],
)
def test_chart_of_when_a_point_crosses_the_limit_then_and_only_then_it_is_a_signal(
    last: float, verdict: Verdict
) -> None:
    assert chart_of([*FLAT, last], counts=[*FLAT, last]).latest is verdict


@pytest.mark.parametrize(
    ("n", "verdict", "trial"),
    [
        (BASELINE_POINTS - 1, Verdict.TOO_EARLY, False),
        (BASELINE_POINTS, Verdict.NONE, True),
        (BASELINE_POINTS + 1, Verdict.NONE, False),
    ],
)
def test_chart_of_when_points_are_few_then_says_so(n: int, verdict: Verdict, trial: bool) -> None:
    chart = chart_of(([*FLAT, 100.0])[:n], counts=([*FLAT, 100.0])[:n])
    assert (chart.latest, chart.is_trial) == (verdict, trial)


@pytest.mark.parametrize(
    ("value", "verdict"), [(4.0, Verdict.RUN_CHART), (5.0, Verdict.NONE), (6.0, Verdict.NONE)]
)
def test_chart_of_when_counts_are_small_then_no_limits(value: float, verdict: Verdict) -> None:
    around = [value - 1, value + 1] * 6 + [value]
    assert chart_of(around, counts=around).latest is verdict
    assert chart_of(around, counts=None).latest is Verdict.NONE


@pytest.mark.parametrize(("n_counted", "verdict"), [
    (LEAST_COUNTED - 1, Verdict.NO_RANGE), (LEAST_COUNTED, Verdict.NONE), (LEAST_COUNTED + 1, Verdict.NONE),
])
@pytest.mark.parametrize("of", [1.0, 200.0], ids=["a_count", "a_share"])
def test_chart_of_when_the_baseline_is_mostly_noughts_then_no_limits(
    n_counted: int, verdict: Verdict, of: float
) -> None:
    above_nought = (0, 2, 4, 6, 8, 10, 11)[:n_counted]
    counts = [*(20.0 if i in above_nought else 0.0 for i in range(12)), 25.0]
    chart = chart_of([count / of for count in counts], counts=counts)
    assert chart.latest is verdict
    assert (chart.limits is None) is (verdict is Verdict.NO_RANGE)


@pytest.mark.parametrize(("baseline", "verdict"), [
    ([100.0] * 12, Verdict.NO_RANGE), ([*([100.0] * 11), 105.0], Verdict.BELOW),
])
def test_chart_of_when_the_baseline_does_not_move_then_no_limits(
    baseline: list[float], verdict: Verdict
) -> None:
    values = [*baseline, 80.0]
    assert chart_of(values, counts=values).latest is verdict


def test_chart_of_when_the_last_point_is_missing_then_it_is_unknown_and_never_zero() -> None:
    chart = chart_of([*FLAT, None], counts=[*FLAT, None])
    assert (chart.latest, chart.values[-1]) == (Verdict.UNKNOWN, None)


def test_chart_of_when_a_gap_lies_in_a_run_then_the_run_begins_anew() -> None:
    high = [112.0, 113.0, 112.0]
    whole = chart_of([*FLAT, *high, *high, 112.0], counts=[*FLAT, *high, *high, 112.0])
    broken = chart_of([*FLAT, *high, None, *high, 112.0], counts=[*FLAT, *high, None, *high, 112.0])
    assert (whole.latest, broken.latest) == (Verdict.RUN_ABOVE, Verdict.NONE)


def test_chart_of_when_seven_rise_within_limits_then_rising_takes_precedence_over_run() -> None:
    chart = chart_of([*FLAT, *(106.0 + i for i in range(7))], counts=[*FLAT, *(106.0 + i for i in range(7))])
    assert chart.latest is Verdict.RISING


series = st.lists(st.one_of(st.none(), st.integers(0, 400).map(float)), min_size=1, max_size=30)


@given(series)
def test_chart_of_when_given_any_series_then_every_point_has_one_verdict(values: list[float | None]) -> None:
    chart = chart_of(values, counts=values)
    assert isinstance(chart, Chart)
    assert len(chart.verdicts) == len(values)
    assert all(
        (v is None) == (verdict is Verdict.UNKNOWN) for v, verdict in zip(values, chart.verdicts, strict=True)
    )


@given(series, st.integers(1, 1000))
def test_chart_of_when_every_value_is_moved_alike_then_verdicts_stay(
    values: list[float | None], shift: int
) -> None:
    moved = [None if v is None else v + shift for v in values]
    assert chart_of(values, counts=None).verdicts == chart_of(moved, counts=None).verdicts


@given(series)
def test_chart_of_when_the_series_is_mirrored_then_verdicts_are_mirrored(values: list[float | None]) -> None:
    mirror = {
        Verdict.ABOVE: Verdict.BELOW,
        Verdict.RISING: Verdict.FALLING,
        Verdict.NEAR_TOP: Verdict.NEAR_BOTTOM,
        Verdict.RUN_ABOVE: Verdict.RUN_BELOW,
    }
    both = {**mirror, **{b: a for a, b in mirror.items()}}
    found = chart_of([None if v is None else -v for v in values], counts=None).verdicts
    assert tuple(both.get(v, v) for v in found) == chart_of(values, counts=None).verdicts


@pytest.mark.parametrize(("above", "verdict"), [(4.0, Verdict.RUN_CHART), (5.0, Verdict.NONE)])
def test_chart_of_when_a_share_is_of_few_people_then_no_limits(above: float, verdict: Verdict) -> None:
    shares = [2.0, 3.0] * 6 + [2.0]
    assert chart_of(shares, counts=[above] * 13).latest is verdict
