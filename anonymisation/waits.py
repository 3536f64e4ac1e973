"""From two days to a waiting band: the days stay behind, the band goes on.

What belongs here: the bands of waits inside one record. What does not: the calendar of bank holidays (``coarsen.py``), and
how long somebody *still* waits, which depends on the day of asking (``pipelines/marts/core``).

Bands are those of ``schemas/codes/waiting_bands.csv``; two working days is the Victims' Code's time for a referral.
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
    # the count takes in its first day and leaves out its last: moved by one, the day of the start is out and that of the end is in
    day = pl.duration(days=1)
    working = pl.business_day_count(start + day, end + day, holidays=sorted(BANK_HOLIDAYS))
    days = (end - start).dt.total_days()
    band = pl.when(working <= WORKING_DAYS).then(pl.lit("le_2_working_days"))
    for limit, name in DAY_LIMITS:
        band = band.when(days <= limit).then(pl.lit(name))
    return pl.when(start.is_null() | end.is_null()).then(None).otherwise(band.otherwise(pl.lit("over_90_days")))
