"""From two days to a waiting band: the days stay behind, the band goes on.

What belongs here: the bands of waits inside one record. What does not: the calendar of bank holidays
(``coarsen.py``), and how long somebody *still* waits, which depends on the day of asking
(``pipelines/marts/core``).

Bands are those of ``schemas/codes/waiting_bands.csv``, and of ``arrest_bands.csv``, ``outcome_days.csv``,
``assessed_bands.csv`` and ``review_timing.csv`` where another clock is asked for; two working days is the
Victims' Code's time for
a referral.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from anonymisation.coarsen import BANK_HOLIDAYS

NOT_RECORDED: Final = "not_recorded"
WORKING_DAYS: Final = 2
ASSESSED_WORKING_DAYS: Final = 5
"""Just after the start of support (West Midlands standards), as we read it: own reading."""
ARREST_LIMITS: Final = ((1, "le_1_day"), (7, "le_7_days"), (28, "le_28_days"))
"""Whole days: no clock time reaches the hub, so a day stands for 24 hours."""
OUTCOME_LIMITS: Final = ((30, "le_30_days"), (90, "le_90_days"), (180, "le_180_days"), (365, "le_365_days"))
DAY_LIMITS: Final = ((7, "le_7_days"), (28, "le_28_days"), (90, "le_90_days"))


def wait_band(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Band of the wait from ``start`` to ``end`` (dates); null where either is missing.

    Working days are Monday to Friday without bank holidays in England, the day of ``start`` not counted.
    """
    days = (end - start).dt.total_days()
    later = ((days <= limit, name) for limit, name in DAY_LIMITS)
    first = (_working_days(start, end) <= WORKING_DAYS, "le_2_working_days")
    return _first_of(start, end, [first, *later], "over_90_days")


def arrest_band(named: pl.Expr, arrested: pl.Expr) -> pl.Expr:
    """Band from the day of being named to that of the arrest; null where either is missing."""
    days = (arrested - named).dt.total_days()
    return _first_of(named, arrested, [(days <= limit, name) for limit, name in ARREST_LIMITS],
                     "over_28_days")


def outcome_band(reported: pl.Expr, outcome: pl.Expr) -> pl.Expr:
    """Band from the report to the police outcome; null where either day is missing or they are out of
    order."""
    days = (outcome - reported).dt.total_days()
    band = _first_of(reported, outcome, [(days <= limit, name) for limit, name in OUTCOME_LIMITS],
                     "over_365_days")
    return pl.when(days >= 0).then(band)


def assessed_band(start: pl.Expr, assessed: pl.Expr) -> pl.Expr:
    """Whether needs were assessed by the start of support, just after it or later; null where either day is
    missing."""
    tests = [(assessed <= start, "by_start"),
             (_working_days(start, assessed) <= ASSESSED_WORKING_DAYS, "le_5_working_days")]
    return _first_of(start, assessed, tests, "later")


def review_timing(due: pl.Expr, reviewed: pl.Expr, on: date) -> pl.Expr:
    """Whether a review came in time, as on the day ``on``: ``not_due`` before its day, ``overdue`` after it
    without one, ``not_recorded`` where no day was set."""
    return (
        pl.when(due.is_null()).then(pl.lit(NOT_RECORDED))
        .when(reviewed <= due).then(pl.lit("on_time"))
        .when(reviewed.is_not_null()).then(pl.lit("late"))
        .when(due > on).then(pl.lit("not_due"))
        .otherwise(pl.lit("overdue"))
    )


def _working_days(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    # the count takes in its first day and leaves out its last: moved by one, it leaves out the day of the
    # start and takes in that of the end
    day = pl.duration(days=1)
    return pl.business_day_count(start + day, end + day, holidays=sorted(BANK_HOLIDAYS))


def _first_of(start: pl.Expr, end: pl.Expr, tests: list[tuple[pl.Expr, str]], otherwise: str) -> pl.Expr:
    """Name of the first test that holds; null where a day is missing."""
    band = pl.coalesce(*(pl.when(test).then(pl.lit(name)) for test, name in tests), pl.lit(otherwise))
    return pl.when(start.is_not_null() & end.is_not_null()).then(band)
