"""Measures that count people across records, as ranges: strict links less the estimated false ones to all
links plus the estimated missed ones, wider for people who cannot be linked and for rounding.

What belongs here: the published file ``ranges.csv``, worked out from protected counts and the estimates of
linkage quality, which are the one thing beside counts that leaves the warehouse. What does not: the
arithmetic (``anonymisation.linkage.ranges``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from anonymisation.linkage.ranges import range_for
from pipelines.release.tables import Table
from schemas.columns import NOT_RECORDED
from schemas.measures.cubes import Links
from schemas.measures.dimensions import ALL
from schemas.measures.indicators import RATE_BASE_MINIMUM

SCHEMA = {"measure": pl.String, "dimension": pl.String, "period": pl.String, "low_pct": pl.Float64,
          "high_pct": pl.Float64,
          "strict_pct": pl.Float64, "all_pct": pl.Float64}
_ROLE = {"victims": "victim", "suspects": "suspect"}


def ranges(found: list[Table], protected: Mapping[str, pl.DataFrame],
           quality: Mapping[str, Mapping[str, float]], *, rounding_base: int,
           elastic: Collection[str] = ()) -> pl.DataFrame:
    """One row per measure, property and quarter: the range in per cent, and the two readings that it was made
    from.

    Args:
        protected: by table, the protected counts.
        quality: by role, ``estimated_precision`` and ``estimated_recall`` of the run.
        rounding_base: a protected count is less than this away from the true one …
        elastic: … and less than twice this in these tables.
    """
    rows: list[tuple[str, str, str, float, float, float, float]] = []
    tables = {(t.cube.name, t.links): t for t in found}
    for (name, links), strict in tables.items():
        every = tables.get((name, Links.ALL.value))
        role = _ROLE.get(strict.cube.dataset)
        if links != Links.STRICT or every is None or role is None or role not in quality:
            continue
        for dimension in (d for d in strict.dimensions if d.startswith("is_")):
            for period in strict.periods:
                narrow = _share(protected[strict.name], strict.dimensions, dimension, period)
                wide = _share(protected[every.name], every.dimensions, dimension, period)
                if narrow is None or wide is None:
                    continue
                is_moved = strict.name in elastic or every.name in elastic
                off = (2 if is_moved else 1) * rounding_base - 1
                # more links find more; where rounding has turned the readings round, the range covers both
                first, last = sorted((narrow, wide), key=lambda share: share[0] / share[1])
                low, _ = _range(_moved(first, -off), _moved(last, -off), quality[role])
                _, high = _range(_moved(first, off), _moved(last, off), quality[role])
                rows.append((name, dimension, period, round(low, 1), round(high, 1),
                             round(100 * narrow[0] / narrow[1], 1), round(100 * wide[0] / wide[1], 1)))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


Share = tuple[int, int, int]
"""People with the property, people with or without it, and people of whom it is not known."""


def _moved(share: Share, off: int) -> Share:
    """The share if ``off`` people had the property who are told to be without it: rounding may have moved so
    many from one count to the other."""
    return min(max(share[0] + off, 0), share[1]), share[1], share[2]


def _range(narrow: Share, wide: Share, quality: Mapping[str, float]) -> tuple[float, float]:
    made = range_for(
        n_with_strict=narrow[0], n_people_strict=narrow[1], n_with_all=wide[0], n_people_all=wide[1],
        precision=quality["estimated_precision"], recall=quality["estimated_recall"], n_unlinkable=wide[2])
    return made.low_pct, made.high_pct


def _share(frame: pl.DataFrame, dimensions: tuple[str, ...], dimension: str, period: str) -> Share | None:
    """(with the property, with or without it, not known) of one quarter from the one-way margin; None on too
    small a base."""
    one_way = frame.filter(
        pl.col("period") == period, *(pl.col(d) == ALL
                                      for d in dimensions if d != dimension)).select(dimension, "value")
    value = dict(one_way.iter_rows())
    yes, no, unknown = (int(value.get(c) or 0) for c in ("yes", "no", NOT_RECORDED))
    return (yes, yes + no, unknown) if yes + no >= RATE_BASE_MINIMUM else None
