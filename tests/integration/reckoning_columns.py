"""Columns that every reckoning works out: quarters, groups, bands, the latest value of a person.

What belongs here: how one column follows from another, written a second time. What does not: which records
(``reckoning.py``), the cubes (``reckoning_people.py``, ``reckoning_help.py``).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from anonymisation.coarsen import BANK_HOLIDAYS
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED

UNKNOWN = (NOT_RECORDED, UNMAPPED)


def quarter_of(column: str) -> pl.Expr:
    """Calendar quarter of a day, as ``period``."""
    return pl.format("{}-Q{}", pl.col(column).dt.year(), pl.col(column).dt.quarter()).alias("period")


def counted(frame: pl.DataFrame, *dimensions: str) -> pl.DataFrame:
    """agency, contributor, period, dimensions, n."""
    made = frame.group_by("agency", "period", *dimensions).agg(pl.len().cast(pl.Int64).alias("n"))
    return made.with_columns(pl.lit("").alias("contributor"))


def group_of(column: str, listed: str, group: str = "group") -> pl.Expr:
    """A code folded to its group; what is in no group keeps its code."""
    groups = {e.code: e.attributes[group] for e in codelist(listed).entries if e.attributes.get(group)}
    return pl.col(column).replace(groups)


def latest_of(
    frame: pl.DataFrame, column: str, by: tuple[str, ...], ignored: tuple[str, ...] = UNKNOWN
) -> pl.DataFrame:
    """The value that was recorded last, by day (month, where the person may not be linked), agency, value."""
    known = frame.filter(~pl.col(column).is_in(list(ignored))).sort(
        "month", "day", "agency", column, nulls_last=False
    )
    return known.group_by(*by, maintain_order=True).agg(pl.col(column).last())


def wait_band(start: date | None, end: date | None) -> str | None:
    """Band of a wait; working days are counted from the day after the start, the day of the end among
    them."""
    if start is None or end is None:
        return None
    days = (end - start).days
    after = (start + timedelta(days=n) for n in range(1, min(days, 31) + 1))
    if sum(1 for day in after if day.weekday() < 5 and day not in BANK_HOLIDAYS) <= 2:
        return "le_2_working_days"
    return next(
        (name for limit, name in ((7, "le_7_days"), (28, "le_28_days"), (90, "le_90_days")) if days <= limit),
        "over_90_days",
    )


def is_child(lower: str, upper: str) -> bool | None:
    """Whether everybody in an age band is a child, or nobody is; None where the band does not say."""
    if upper and int(upper) < 16:
        return True
    return False if lower and int(lower) >= 16 else None
