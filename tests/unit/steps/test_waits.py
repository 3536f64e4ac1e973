"""Working days and bands of waits: the day of the start is never one of them, weekends and bank holidays
neither."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from anonymisation.waits import arrest_band, assessed_band, outcome_band, review_timing, wait_band

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


def _banded(band: pl.Expr, start: date | None, end: date | None) -> object:
    frame = pl.DataFrame({"start": [start], "end": [end]}, schema={"start": pl.Date, "end": pl.Date})
    return frame.select(band).item()


@pytest.mark.parametrize(
    ("arrested", "band"),
    [
        (FRIDAY, "le_1_day"),
        (date(2026, 6, 6), "le_1_day"),
        (date(2026, 6, 7), "le_7_days"),
        (date(2026, 6, 12), "le_7_days"),
        (date(2026, 6, 13), "le_28_days"),
        (date(2026, 7, 3), "le_28_days"),
        (date(2026, 7, 4), "over_28_days"),
        (None, None),
    ],
)
def test_arrest_when_banded_then_days_follow_the_naming(arrested: date | None, band: str | None) -> None:
    assert _banded(arrest_band(pl.col("start"), pl.col("end")), FRIDAY, arrested) == band


@pytest.mark.parametrize(
    ("outcome", "band"),
    [
        (FRIDAY, "le_30_days"),
        (date(2026, 7, 5), "le_30_days"),  # the thirtieth day
        (date(2026, 7, 6), "le_90_days"),
        (date(2026, 9, 3), "le_90_days"),
        (date(2026, 9, 4), "le_180_days"),
        (date(2027, 6, 5), "le_365_days"),
        (date(2027, 6, 6), "over_365_days"),
        (date(2026, 6, 4), None),  # before the report: a slip
        (None, None),
    ],
)
def test_outcome_when_banded_then_days_follow_the_report(outcome: date | None, band: str | None) -> None:
    assert _banded(outcome_band(pl.col("start"), pl.col("end")), FRIDAY, outcome) == band


@pytest.mark.parametrize(
    ("assessed", "band"),
    [
        (date(2026, 6, 1), "by_start"),
        (FRIDAY, "by_start"),
        (SATURDAY, "le_5_working_days"),
        (date(2026, 6, 12), "le_5_working_days"),  # the fifth working day
        (date(2026, 6, 14), "le_5_working_days"),  # the Sunday after it
        (date(2026, 6, 15), "later"),
        (None, None),
    ],
)
def test_assessment_when_banded_then_five_working_days_after_the_start_are_just_after(
    assessed: date | None, band: str | None
) -> None:
    assert _banded(assessed_band(pl.col("start"), pl.col("end")), FRIDAY, assessed) == band


@pytest.mark.parametrize(
    ("due", "reviewed", "timing"),
    [
        (FRIDAY, FRIDAY, "on_time"),
        (FRIDAY, date(2026, 6, 1), "on_time"),
        (FRIDAY, SATURDAY, "late"),
        (FRIDAY, None, "overdue"),
        (date(2026, 6, 30), None, "not_due"),
        (date(2026, 6, 29), None, "overdue"),
        (None, FRIDAY, "not_recorded"),
        (None, None, "not_recorded"),
    ],
)
def test_review_when_judged_on_a_day_then_in_time_or_not_or_not_yet_due(
    due: date | None, reviewed: date | None, timing: str
) -> None:
    judged = review_timing(pl.col("start"), pl.col("end"), date(2026, 6, 29))
    assert _banded(judged, due, reviewed) == timing
