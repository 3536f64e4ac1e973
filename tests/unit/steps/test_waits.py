"""Working days and bands of waits: the day of the start is never one of them, weekends and bank holidays
neither."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from anonymisation.waits import wait_band

FRIDAY, SATURDAY, SUNDAY = date(2026, 6, 5), date(2026, 6, 6), date(2026, 6, 7)


@pytest.mark.parametrize(
    ("start", "end", "band"),
    [
        (FRIDAY, FRIDAY, "le_2_working_days"),
        (FRIDAY, date(2026, 6, 9), "le_2_working_days"),  # Monday, Tuesday
        (FRIDAY, date(2026, 6, 10), "le_7_days"),
        (SATURDAY, date(2026, 6, 9), "le_2_working_days"),
        (SATURDAY, date(2026, 6, 10), "le_7_days"),  # Monday, Tuesday, Wednesday: three
        (SUNDAY, date(2026, 6, 10), "le_7_days"),
        (FRIDAY, date(2026, 6, 12), "le_7_days"),
        (FRIDAY, date(2026, 6, 13), "le_28_days"),
        (FRIDAY, date(2026, 7, 3), "le_28_days"),
        (FRIDAY, date(2026, 7, 4), "le_90_days"),
        (FRIDAY, date(2026, 9, 3), "le_90_days"),
        (FRIDAY, date(2026, 9, 4), "over_90_days"),
        (
            date(2025, 12, 24),
            date(2025, 12, 30),
            "le_2_working_days",
        ),  # two bank holidays and a weekend between
        (date(2025, 12, 24), date(2025, 12, 31), "le_7_days"),
        (date(2026, 6, 10), FRIDAY, "le_2_working_days"),  # contact came before: no wait
        (None, FRIDAY, None),
        (FRIDAY, None, None),
    ],
)
def test_wait_when_banded_then_working_days_follow_the_start(
    start: date | None, end: date | None, band: str | None
) -> None:
    frame = pl.DataFrame({"start": [start], "end": [end]}, schema={"start": pl.Date, "end": pl.Date})
    assert frame.select(wait_band(pl.col("start"), pl.col("end"))).to_series().to_list() == [band]
