"""Measures that count people across records, as ranges: strict links less the estimated false ones to all
links plus the estimated missed ones, wider for people who cannot be linked, for rounding and for chance.

What belongs here: the published file ``ranges.csv``, worked out from protected counts and the estimates of
linkage quality, which are the one thing beside counts that leaves the warehouse. What does not: the
arithmetic of links (``anonymisation.linkage.ranges``).

How much more all links find than strict ones is a property of the links and not of a quarter, and one
quarter shows it through four roundings: so it is learnt over every quarter published, and both readings of a
quarter then tell of one number. Rounding to a base b moves a count by a known law, of variance (b² - 1) / 6
over evenly spread counts; how many links are weak, false or missed in one quarter varies by chance (Poisson).
All of it is drawn together into one margin at each end. Where one quarter's people are too few for a range
that says something, the quarters before are taken in, a year at most, and ``n_quarters`` says so. What is
too wide all the same is not published, and reads ``[u]``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

import polars as pl

from anonymisation.linkage.ranges import PeopleRange, range_for
from pipelines.release.tables import Table
from schemas.columns import NOT_RECORDED
from schemas.measures.cubes import Links
from schemas.measures.dimensions import ALL
from schemas.measures.indicators import RATE_BASE_MINIMUM
from schemas.quarters import Quarter

SCHEMA = {"measure": pl.String, "dimension": pl.String, "period": pl.String, "low_pct": pl.Float64,
          "high_pct": pl.Float64, "strict_pct": pl.Float64, "all_pct": pl.Float64, "n_quarters": pl.Int64,
          "marker": pl.String}
_ROLE = {"victims": "victim", "suspects": "suspect"}
MAX_WIDTH_PCT: Final = 4.0
"""Percentage points: a wider range would tell a board nothing."""
MOST_QUARTERS: Final = 4
"""Quarters that are taken together at most: a year, so that no season weighs more than another."""
PUBLISHED_UP_TO_PCT: Final[Mapping[str, float]] = {"victims_repeat": MAX_WIDTH_PCT}
"""By measure, the widest range that is published. Repeat victims are read from one quarter to the next, whose
differences are a few points; the ranges of other measures say how far the links carry, and are published
however wide."""
TOO_WIDE: Final = "[u]"
"""Of low reliability (Government Analysis Function, symbols in tables): too wide to be acted on."""
HELD: Final = 0.90
"""Share of ranges that hold the truth against rounding and chance, wherever between the ends it is."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """People of one or more quarters under one reading of the links."""

    n_with: float
    """With the property."""
    n_people: float
    """With or without it."""
    n_unknown: float
    """Of whom it is not known, since they cannot be linked."""

    def moved(self, by: float) -> float:
        """People with the property if ``by`` more had it, within none and all."""
        return min(max(self.n_with + by, 0.0), self.n_people)

    @property
    def of_people(self) -> float:
        """Share of those of whom it is known."""
        return self.n_with / self.n_people


Readings = tuple[Share, Share]
"""Strict links, all links."""


def ranges(found: list[Table], protected: Mapping[str, pl.DataFrame],
           quality: Mapping[str, Mapping[str, float]], *, rounding_base: int,
           elastic: Collection[str] = ()) -> pl.DataFrame:
    """One row per measure, property and quarter: the range in per cent, the two readings of the quarter that
    it was made from, how many quarters, the named one the last, it is over, and ``[u]`` where it is too wide.

    Args:
        protected: by table, the protected counts.
        quality: by role, ``estimated_precision`` and ``estimated_recall`` of the run.
        rounding_base: a protected count is less than this away from the true one …
        elastic: … and less than twice this in these tables.
    """
    rows: list[tuple[str, str, str, float | None, float | None, float, float, int, str]] = []
    tables = {(t.cube.name, t.links): t for t in found}
    for (name, links), strict in tables.items():
        every = tables.get((name, Links.ALL.value))
        role = _ROLE.get(strict.cube.dataset)
        if links != Links.STRICT or every is None or role is None or role not in quality:
            continue
        is_moved = strict.name in elastic or every.name in elastic
        base = (2 if is_moved else 1) * rounding_base
        for dimension in (d for d in strict.dimensions if d.startswith("is_")):
            shares: dict[str, Readings] = {}
            for period in strict.periods:
                narrow = _share(protected[strict.name], strict.dimensions, dimension, period)
                wide = _share(protected[every.name], every.dimensions, dimension, period)
                if narrow is not None and wide is not None:
                    shares[period] = narrow, wide
            for period, (narrow, wide) in shares.items():
                made, n_quarters = narrowest(shares, period, quality[role], base)
                told = is_told(name, made)
                rows.append((name, dimension, period, round(made.low_pct, 1) if told else None,
                             round(made.high_pct, 1) if told else None, round(100 * narrow.of_people, 1),
                             round(100 * wide.of_people, 1), n_quarters, "" if told else TOO_WIDE))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def is_told(measure: str, made: PeopleRange) -> bool:
    """Whether a range is narrow enough to be published."""
    return round(_width(made), 1) <= PUBLISHED_UP_TO_PCT.get(measure, 100.0)


def narrowest(shares: Mapping[str, Readings], period: str, quality: Mapping[str, float],
               base: int) -> tuple[PeopleRange, int]:
    """The range over the fewest quarters that is narrow enough, else the narrowest there is; and how many
    quarters."""
    last = Quarter.parse(period)
    history = list(shares.values())
    taken = [shares[period]]
    best = _range(taken, history, quality, base), 1
    for n in range(2, MOST_QUARTERS + 1):
        before = shares.get(str(last.plus(1 - n)))
        if before is None or round(_width(best[0]), 1) <= MAX_WIDTH_PCT:
            break
        taken.append(before)
        made = _range(taken, history, quality, base)
        if _width(made) < _width(best[0]):
            best = made, n
    return best


def _width(made: PeopleRange) -> float:
    """As published, in tenths of a point."""
    return round(made.high_pct, 1) - round(made.low_pct, 1)


def _sum(shares: Sequence[Share]) -> Share:
    return Share(n_with=sum(s.n_with for s in shares), n_people=sum(s.n_people for s in shares),
                 n_unknown=sum(s.n_unknown for s in shares))


def _steady(taken: Sequence[Readings], history: Sequence[Readings]) -> Readings:
    """Both readings of the quarters taken, each from both, as far apart as they are over all of history."""
    strict, every = (_sum(reading) for reading in zip(*history, strict=True))
    sums = [_sum(reading) for reading in zip(*taken, strict=True)]
    if strict.of_people > every.of_people:
        # more links find more: where rounding has turned the readings round, the range covers both
        strict, every = every, strict
        sums.reverse()
    with_ratio = every.n_with / strict.n_with if strict.n_with else 1.0
    people_ratio = every.n_people / strict.n_people
    n_with = (sums[0].n_with * with_ratio + sums[1].n_with) / 2
    n_people = (sums[0].n_people * people_ratio + sums[1].n_people) / 2
    n_unknown = (sums[0].n_unknown + sums[1].n_unknown) / 2
    return (Share(n_with=n_with / with_ratio, n_people=n_people / people_ratio, n_unknown=n_unknown),
            Share(n_with=n_with, n_people=n_people, n_unknown=n_unknown))


def deviations(apart: float) -> float:
    """Standard deviations that the margin at each end takes for ``HELD``, with the ends ``apart`` standard
    deviations without it.

    Of two ends far apart the truth can be near one only, and one side counts (1.28); of ends that meet, both
    do (1.64): Imbens and Manski 2004, *Econometrica* 72(6), equation 7.
    """
    normal = NormalDist()
    low, high = normal.inv_cdf(HELD), normal.inv_cdf((1 + HELD) / 2)
    while high - low > 1e-3:
        middle = (low + high) / 2
        is_enough = normal.cdf(middle + apart) - normal.cdf(-middle) >= HELD
        low, high = (low, middle) if is_enough else (middle, high)
    return high


def _range(taken: Sequence[Readings], history: Sequence[Readings], quality: Mapping[str, float], base: int
           ) -> PeopleRange:
    """Range of one or more quarters together, its ends moved by the margin of rounding and chance.

    A mean of both readings through a ratio of N quarters has, over n of them, (1 + n / N) / 2 of the variance
    that one reading has; half of the weak links that a quarter has by chance is in it.
    """
    first, last = _steady(taken, history)
    n = len(taken)
    precision, recall = quality["estimated_precision"], quality["estimated_recall"]
    n_false, n_missed = first.n_with * (1 - precision), last.n_with * (1 / recall - 1)
    n_weak = max(last.n_with - first.n_with, 0.0)
    shared = n * (base**2 - 1) / 6 * (1 + n / len(history)) / 2 + n_weak / 4
    sd_low, sd_high = sqrt(shared + n_false), sqrt(shared + n_missed)
    widest = max(sd_low, sd_high)
    taken_sd = deviations((n_false + n_weak + n_missed) / widest) if widest else 0.0
    low, high = (
        range_for(
            n_with_strict=first.moved(by), n_people_strict=first.n_people, n_with_all=last.moved(by),
            n_people_all=last.n_people, precision=precision, recall=recall, n_unlinkable=last.n_unknown)
        for by in (-taken_sd * sd_low, taken_sd * sd_high))
    return PeopleRange(low_pct=low.low_pct, high_pct=high.high_pct,
                       strict_pct=100 * first.of_people, all_pct=100 * last.of_people)


def _share(frame: pl.DataFrame, dimensions: tuple[str, ...], dimension: str, period: str) -> Share | None:
    """People of one quarter from the one-way margin; None on too small a base."""
    one_way = frame.filter(
        pl.col("period") == period, *(pl.col(d) == ALL
                                      for d in dimensions if d != dimension)).select(dimension, "value")
    value = dict(one_way.iter_rows())
    yes, no, unknown = (int(value.get(c) or 0) for c in ("yes", "no", NOT_RECORDED))
    if yes + no < RATE_BASE_MINIMUM:
        return None
    return Share(n_with=yes, n_people=yes + no, n_unknown=unknown)
