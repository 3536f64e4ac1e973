"""Is it a change? Control-chart rules (XmR) over released numbers only.

What belongs here: limits, the four rules and their verdict. What does not: where the numbers come from
(``measure.py``) and the sentence about them (``words.py``).

Method: individuals and moving-range chart, limits at mean ± 2.66 × mean moving range (Wheeler 2000), with
the rules and their precedence as in the NHS "Making Data Count" practice, checked against the test vectors
of NHSRplotthedots (MIT, commit 050b07d, 29 September 2025). Limits are computed from the released series:
limits of the hidden one would give it away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

LIMIT_FACTOR = 2.66
"""3 / d2 for moving ranges of two (d2 = 1.128)."""
NEAR_FACTOR = LIMIT_FACTOR * 2 / 3
SCREEN_FACTOR = 3.267
"""Moving ranges above this multiple of their mean are left out of it once (D4 for two points)."""
RUN_LENGTH = 7
TREND_LENGTH = 7
BASELINE_POINTS = 12
ENOUGH_POINTS = 13
"""Fewer points: limits are trial limits, and the page says so."""
RUN_CHART_MEAN = 5.0
"""Counts with a smaller mean bear no limits: a run chart is drawn."""
LEAST_COUNTED = BASELINE_POINTS // 2
"""Fewer points of the baseline that read more than a rounded nought: what is usual cannot be told from it."""
LEAST_POINTS = BASELINE_POINTS
"""Fewer points: too early to say anything."""


class Verdict(StrEnum):
    """What the rules say of one point."""

    NONE = "none"
    """No clear change."""
    ABOVE = "above"
    BELOW = "below"
    RISING = "rising"
    FALLING = "falling"
    NEAR_TOP = "near_top"
    NEAR_BOTTOM = "near_bottom"
    RUN_ABOVE = "run_above"
    RUN_BELOW = "run_below"
    TOO_EARLY = "too_early"
    RUN_CHART = "run_chart"
    """Counts too small for limits."""
    NO_RANGE = "no_range"
    """A baseline of noughts, or of figures that are all alike, says nothing of what is usual."""
    UNKNOWN = "unknown"
    """No number, or one that may not be compared."""

    @property
    def is_signal(self) -> bool:
        """Whether the point is called a change."""
        return self not in (
            Verdict.NONE, Verdict.TOO_EARLY, Verdict.RUN_CHART, Verdict.NO_RANGE, Verdict.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The usual range."""

    mean: float
    low: float
    high: float
    near_low: float
    near_high: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One series with its limits and the verdict on each point."""

    values: tuple[float | None, ...]
    limits: Limits | None
    verdicts: tuple[Verdict, ...]
    n_points: int
    """Points that bear on the limits and rules."""

    @property
    def latest(self) -> Verdict:
        """Verdict on the last point."""
        return self.verdicts[-1]

    @property
    def is_trial(self) -> bool:
        """Whether the limits rest on fewer than thirteen points."""
        return self.limits is not None and self.n_points < ENOUGH_POINTS


def limits_of(values: Sequence[float | None], *, screen: bool = True) -> Limits:
    """Mean and limits of the points given; a moving range is taken between neighbours only, never across a
    gap.

    Raises:
        ValueError: no value at all.
    """
    known = [v for v in values if v is not None]
    if not known:
        raise ValueError("limits need at least one value")
    mean = sum(known) / len(known)
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    spread = sum(ranges) / len(ranges) if ranges else 0.0
    if screen and ranges:
        kept = [r for r in ranges if r <= SCREEN_FACTOR * spread]
        spread = sum(kept) / len(kept) if kept else spread
    return Limits(
        mean=mean,
        low=mean - LIMIT_FACTOR * spread,
        high=mean + LIMIT_FACTOR * spread,
        near_low=mean - NEAR_FACTOR * spread,
        near_high=mean + NEAR_FACTOR * spread,
    )


def seven_one_side(sides: Sequence[int]) -> list[int]:
    """1 where a point is at least the seventh in a row on the same side of the mean (``sides``: -1, 0 or
    1)."""
    flags, run, last = [], 0, 0
    for side in sides:
        run = run + 1 if side == last and side != 0 else abs(side)
        last = side
        flags.append(int(run >= RUN_LENGTH))
    return flags


def seven_trend(values: Sequence[float]) -> list[int]:
    """1 or -1 where a point ends at least seven in a row that rise or fall without a standstill."""
    flags, run, last = [], 1, 0
    for index, value in enumerate(values):
        step = 0 if index == 0 else (value > values[index - 1]) - (value < values[index - 1])
        run = run + 1 if step != 0 and step == last else 1 + abs(step)
        last = step
        flags.append(step if run >= TREND_LENGTH else 0)
    return flags


def two_in_three(close: Sequence[int], sides: Sequence[int]) -> list[int]:
    """1 for every point of three neighbours on one side of the mean of which two or more are near its
    limit."""
    flags = [0] * len(close)
    for start in range(len(close) - 2):
        window = range(start, start + 3)
        if sum(close[i] for i in window) >= 2 and len({sides[i] for i in window}) == 1 and sides[start] != 0:
            for i in window:
                flags[i] = 1
    return flags


def _segments(values: Sequence[float | None]) -> list[tuple[int, list[float]]]:
    """(start, values) of every stretch without a gap: runs and trends do not reach across one."""
    found: list[tuple[int, list[float]]] = []
    for index, value in enumerate(values):
        if value is None:
            continue
        if found and found[-1][0] + len(found[-1][1]) == index:
            found[-1][1].append(value)
        else:
            found.append((index, [value]))
    return found


def _baseline(values: Sequence[float | None]) -> Sequence[float | None]:
    """The first twelve known points, with the gaps between them."""
    seen = 0
    for index, value in enumerate(values):
        seen += value is not None
        if seen == BASELINE_POINTS:
            return values[: index + 1]
    return values


def _judge(value: float, near: int, trend: int, run: int, limits: Limits) -> Verdict:
    """One point, in order of precedence: outside, trend, two of three, run."""
    if value > limits.high:
        return Verdict.ABOVE
    if value < limits.low:
        return Verdict.BELOW
    if trend:
        return Verdict.RISING if trend > 0 else Verdict.FALLING
    if near:
        return Verdict.NEAR_TOP if value > limits.mean else Verdict.NEAR_BOTTOM
    if run:
        return Verdict.RUN_ABOVE if value > limits.mean else Verdict.RUN_BELOW
    return Verdict.NONE


def chart_of(
    values: Sequence[float | None], *, counts: Sequence[float | None] | None, screen: bool = True
) -> Chart:
    """Limits from the first twelve points, and the verdict on every point; None is a gap.

    ``counts``: the counts themselves, or those above the line of a share: where their mean is small, or those
    of the baseline are mostly noughts or all alike, there are no limits. None where nothing is counted.

    A limit of a count or share below 0 is drawn and said as 0 by the caller; the rules use it as computed.
    """
    known = [v for v in values if v is not None]
    if len(known) < LEAST_POINTS:
        rest = Verdict.TOO_EARLY
    elif counts is not None and _mean(counts) < RUN_CHART_MEAN:
        rest = Verdict.RUN_CHART
    elif counts is not None and _is_flat(_baseline(values), counts):
        rest = Verdict.NO_RANGE
    else:
        limits = limits_of(_baseline(values), screen=screen)
        return Chart(
            values=tuple(values),
            limits=limits,
            verdicts=tuple(_verdicts(values, limits)),
            n_points=len(known),
        )
    return Chart(
        values=tuple(values),
        limits=None,
        n_points=len(known),
        verdicts=tuple(Verdict.UNKNOWN if v is None else rest for v in values),
    )


def _is_flat(baseline: Sequence[float | None], counts: Sequence[float | None]) -> bool:
    """Whether the baseline is mostly noughts, or does not move at all."""
    known = [(value, count) for value, count in zip(baseline, counts, strict=False) if value is not None]
    return sum(bool(count) for _, count in known) < LEAST_COUNTED or len({value for value, _ in known}) == 1


def _mean(values: Sequence[float | None]) -> float:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else 0.0


def _verdicts(values: Sequence[float | None], limits: Limits) -> list[Verdict]:
    verdicts = [Verdict.UNKNOWN] * len(values)
    for start, stretch in _segments(values):
        sides = [(v > limits.mean) - (v < limits.mean) for v in stretch]
        close = [int(v > limits.near_high or v < limits.near_low) for v in stretch]
        rules = zip(
            stretch, two_in_three(close, sides), seven_trend(stretch), seven_one_side(sides), strict=True
        )
        for offset, (value, near, trend, run) in enumerate(rules):
            verdicts[start + offset] = _judge(value, near, trend, run, limits)
    return verdicts
