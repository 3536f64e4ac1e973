"""From two days to a waiting band: the days stay behind, the band goes on.

What belongs here: the bands of waits inside one record. What does not: the calendar of bank holidays
(``coarsen.py``), and how long somebody *still* waits, which depends on the day of asking
(``pipelines/marts/core``).

Bands are those of ``schemas/codes/waiting_bands.csv``; two working days is the Victims' Code's time for a
referral.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from anonymisation.coarsen import BANK_HOLIDAYS

WORKING_DAYS: Final = 2
DAY_LIMITS: Final = ((7, "le_7_days"), (28, "le_28_days"), (90, "le_90_days"))


def wait_band(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Band of the wait from ``start`` to ``end`` (dates); null where either is missing.

    Working days are Monday to Friday without bank holidays in England, the day of ``start`` not counted.
    """
    # the count takes in its first day and leaves out its last: moved by one, it leaves out the day of the
    # start and takes in that of the end
    day = pl.duration(days=1)
    working = pl.business_day_count(start + day, end + day, holidays=sorted(BANK_HOLIDAYS))
    days = (end - start).dt.total_days()
    later = ((days <= limit, name) for limit, name in DAY_LIMITS)
    tests = [(working <= WORKING_DAYS, "le_2_working_days"), *later]
    band = pl.coalesce(*(pl.when(test).then(pl.lit(name)) for test, name in tests), pl.lit("over_90_days"))
    return pl.when(start.is_not_null() & end.is_not_null()).then(band)
