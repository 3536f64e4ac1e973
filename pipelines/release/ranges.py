"""Measures that count people across records, as ranges: strict links less the estimated false ones to all
links plus the estimated missed ones, wider for people who cannot be linked, for rounding and for chance.

What belongs here: the published file ``ranges.csv``, worked out from protected counts and the estimates of
linkage quality, which are the one thing beside counts that leaves the warehouse. What does not: the
arithmetic of links (``anonymisation.linkage.ranges``).

Rounding to a base b moves a count by a known law, of variance (b² - 1) / 6 over evenly spread counts; how
many links are false or missed in one quarter varies by chance (Poisson). Both are drawn together into one
margin at each end. Where one quarter's people are too few for a range that says something, the quarters
before are taken in, a year at most, and ``n_quarters`` says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import sqrt
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
          "high_pct": pl.Float64,
          "strict_pct": pl.Float64, "all_pct": pl.Float64, "n_quarters": pl.Int64}
_ROLE = {"victims": "victim", "suspects": "suspect"}
MAX_WIDTH_PCT: Final = 4.0
"""Percentage points: a wider range would tell a board nothing."""
MOST_QUARTERS: Final = 4
"""Quarters that are taken together at most: a year, so that no season weighs more than another."""
MARGIN_SD: Final = 1.28
"""Standard deviations of rounding and chance on each side: nine in ten ends hold against these two
alone, and the readings of the links leave room beyond them."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """People of one or more quarters under one reading of the links."""

    n_with: int
    """With the property."""
    n_people: int
    """With or without it."""
    n_unknown: int
    """Of whom it is not known, since they cannot be linked."""

    def plus(self, other: Share) -> Share:
        """Both together."""
        return Share(n_with=self.n_with + other.n_with, n_people=self.n_people + other.n_people,
                     n_unknown=self.n_unknown + other.n_unknown)

    def moved(self, by: float) -> float:
        """People with the property if ``by`` more had it, within none and all."""
        return min(max(self.n_with + by, 0.0), float(self.n_people))


def ranges(found: list[Table], protected: Mapping[str, pl.DataFrame],
           quality: Mapping[str, Mapping[str, float]], *, rounding_base: int,
           elastic: Collection[str] = ()) -> pl.DataFrame:
    """One row per measure, property and quarter: the range in per cent, the two readings of the quarter that
    it was made from, and how many quarters, the named one the last, it is over.

    Args:
        protected: by table, the protected counts.
        quality: by role, ``estimated_precision`` and ``estimated_recall`` of the run.
        rounding_base: a protected count is less than this away from the true one …
        elastic: … and less than twice this in these tables.
    """
    rows: list[tuple[str, str, str, float, float, float, float, int]] = []
    tables = {(t.cube.name, t.links): t for t in found}
    for (name, links), strict in tables.items():
        every = tables.get((name, Links.ALL.value))
        role = _ROLE.get(strict.cube.dataset)
        if links != Links.STRICT or every is None or role is None or role not in quality:
            continue
        is_moved = strict.name in elastic or every.name in elastic
        base = (2 if is_moved else 1) * rounding_base
        for dimension in (d for d in strict.dimensions if d.startswith("is_")):
            shares: dict[str, tuple[Share, Share]] = {}
            for period in strict.periods:
                narrow = _share(protected[strict.name], strict.dimensions, dimension, period)
                wide = _share(protected[every.name], every.dimensions, dimension, period)
                if narrow is not None and wide is not None:
                    shares[period] = narrow, wide
            for period, (narrow, wide) in shares.items():
                made, n_quarters = narrowest(shares, period, quality[role], base)
                rows.append((name, dimension, period, round(made.low_pct, 1), round(made.high_pct, 1),
                             round(100 * narrow.n_with / narrow.n_people, 1),
                             round(100 * wide.n_with / wide.n_people, 1), n_quarters))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def narrowest(shares: Mapping[str, tuple[Share, Share]], period: str, quality: Mapping[str, float],
               base: int) -> tuple[PeopleRange, int]:
    """The range over the fewest quarters that is narrow enough, else the narrowest there is; and how many
    quarters."""
    last = Quarter.parse(period)
    narrow, wide = shares[period]
    best = _range(narrow, wide, quality, base, 1), 1
    for n in range(2, MOST_QUARTERS + 1):
        before = shares.get(str(last.plus(1 - n)))
        if before is None or _width(best[0]) <= MAX_WIDTH_PCT:
            break
        narrow, wide = narrow.plus(before[0]), wide.plus(before[1])
        made = _range(narrow, wide, quality, base, n)
        if _width(made) < _width(best[0]):
            best = made, n
    return best


def _width(made: PeopleRange) -> float:
    """As published, in tenths of a point."""
    return round(made.high_pct, 1) - round(made.low_pct, 1)


def _range(narrow: Share, wide: Share, quality: Mapping[str, float], base: int, n_quarters: int
           ) -> PeopleRange:
    """Range of one or more quarters together, its ends moved by the margin of rounding and chance."""
    # more links find more; where rounding has turned the readings round, the range covers both
    first, last = sorted((narrow, wide), key=lambda share: share.n_with / share.n_people)
    precision, recall = quality["estimated_precision"], quality["estimated_recall"]
    rounding = n_quarters * (base**2 - 1) / 6
    below = MARGIN_SD * sqrt(rounding + first.n_with * (1 - precision))
    above = MARGIN_SD * sqrt(rounding + last.n_with * (1 / recall - 1))
    low, high = (
        range_for(
            n_with_strict=first.moved(by), n_people_strict=first.n_people, n_with_all=last.moved(by),
            n_people_all=last.n_people, precision=precision, recall=recall, n_unlinkable=wide.n_unknown)
        for by in (-below, above))
    return PeopleRange(low_pct=low.low_pct, high_pct=high.high_pct,
                       strict_pct=100 * first.n_with / first.n_people,
                       all_pct=100 * last.n_with / last.n_people)


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
