"""Coarsening: ages at the birthday, bands at their limits, working days over Easter."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from anonymisation.coarsen import BANK_HOLIDAYS, MAX_AGE_YEARS, age_band, age_on, month_of, working_days

BANDS = [("u13", 0, 12), ("13to17", 13, 17), ("18plus", 18, None)]


def _age(dob: dt.date | None, day: dt.date | None) -> int | None:
    frame = pl.DataFrame({"dob": [dob], "day": [day]}, schema={"dob": pl.Date, "day": pl.Date})
    value: int | None = frame.select(age_on(pl.col("dob"), pl.col("day"))).item()
    return value


@pytest.mark.parametrize(
    ("dob", "day", "expected"),
    [
        (dt.date(2000, 6, 15), dt.date(2018, 6, 14), 17),
        (dt.date(2000, 6, 15), dt.date(2018, 6, 15), 18),
        (dt.date(2000, 6, 15), dt.date(2018, 6, 16), 18),
        (dt.date(2004, 2, 29), dt.date(2017, 2, 28), 12),
        (dt.date(2004, 2, 29), dt.date(2017, 3, 1), 13),
        (dt.date(2004, 2, 29), dt.date(2020, 2, 29), 16),
        (dt.date(2000, 6, 15), dt.date(2000, 6, 15), 0),
        (dt.date(2000, 6, 15), dt.date(2000, 6, 14), None),
        (dt.date(1900, 6, 15), dt.date(1900 + MAX_AGE_YEARS, 6, 15), MAX_AGE_YEARS),
        (dt.date(1900, 6, 15), dt.date(1901 + MAX_AGE_YEARS, 6, 15), None),
        (None, dt.date(2018, 6, 14), None),
        (dt.date(2000, 6, 15), None, None),
    ],
)
def test_age_on_when_birthday_is_near_then_turns_on_the_day(
    dob: dt.date | None, day: dt.date | None, expected: int | None
) -> None:
    assert _age(dob, day) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, "u13"),
        (12, "u13"),
        (13, "13to17"),
        (17, "13to17"),
        (18, "18plus"),
        (99, "18plus"),
        (None, "not_recorded"),
        (-1, "not_recorded"),
    ],
)
def test_age_band_when_age_is_at_a_limit_then_takes_the_band_that_holds_it(
    age: int | None, expected: str
) -> None:
    frame = pl.DataFrame({"age": [age]}, schema={"age": pl.Int16})
    assert frame.select(age_band(pl.col("age"), BANDS)).item() == expected
    assert frame.select(age_band(pl.col("age"), BANDS[::-1])).item() == expected


def test_age_band_when_bands_overlap_then_refuses() -> None:
    with pytest.raises(ValueError, match=r"Age bands \[u13\] and \[13to17\] overlap"):
        age_band(pl.col("age"), [("u13", 0, 13), ("13to17", 13, 17)])


def test_month_of_when_day_is_last_of_month_then_gives_that_month() -> None:
    frame = pl.DataFrame({"day": [dt.date(2026, 7, 31), None]})
    assert frame.select(month_of(pl.col("day")))["day"].to_list() == ["2026-07", None]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (dt.date(2026, 4, 2), dt.date(2026, 4, 2), 0),
        (dt.date(2026, 4, 2), dt.date(2026, 4, 3), 0),
        (dt.date(2026, 4, 2), dt.date(2026, 4, 6), 0),
        (dt.date(2026, 4, 2), dt.date(2026, 4, 7), 1),
        (dt.date(2026, 6, 5), dt.date(2026, 6, 8), 1),
        (dt.date(2026, 6, 6), dt.date(2026, 6, 8), 1),
        (dt.date(2026, 6, 8), dt.date(2026, 6, 5), -1),
        (dt.date(2026, 12, 24), dt.date(2026, 12, 29), 1),
    ],
)
def test_working_days_when_weekend_or_bank_holiday_lies_between_then_does_not_count(
    start: dt.date, end: dt.date, expected: int
) -> None:
    frame = pl.DataFrame({"start": [start], "end": [end]})
    assert frame.select(working_days(pl.col("start"), pl.col("end"))).to_series().to_list() == [expected]


def _easter(year: int) -> dt.date:
    """Anonymous Gregorian computus (Nature, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)


@pytest.mark.parametrize("year", range(2018, 2029))
def test_bank_holidays_when_worked_out_from_easter_and_weekdays_then_are_those_of_the_table(
    year: int,
) -> None:
    easter = _easter(year)
    days = {easter - dt.timedelta(days=2), easter + dt.timedelta(days=1)}
    may = dt.date(year, 5, 8) if year == 2020 else _monday(year, 5, last=False)
    spring = dt.date(2022, 6, 2) if year == 2022 else _monday(year, 5, last=True)
    days |= {may, spring, _monday(year, 8, last=True)}
    extra = {2022: {dt.date(2022, 6, 3), dt.date(2022, 9, 19)}, 2023: {dt.date(2023, 5, 8)}}
    days |= extra.get(year, set())
    fixed = [dt.date(year, 1, 1), dt.date(year, 12, 25), dt.date(year, 12, 26)]
    for day in fixed:
        moved = day
        while moved.weekday() >= 5 or moved in days:
            moved += dt.timedelta(days=1)
        days.add(moved)
    assert {d for d in BANK_HOLIDAYS if d.year == year} == days


def _monday(year: int, month: int, *, last: bool) -> dt.date:
    days = [dt.date(year, month, d) for d in range(1, 32)]
    mondays = [d for d in days if d.weekday() == 0]
    return mondays[-1] if last else mondays[0]
