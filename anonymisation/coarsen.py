"""Coarsening: exact days and ages → the month, the band and the count of working days that the warehouse
may keep.

What belongs here: age at an event, age bands, months, working days and England's bank holidays, as polars
expressions. What does not: waiting bands (waits.py), areas (agencies send them), tokens of a date of birth
(tokens.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Final

import polars as pl

MAX_AGE_YEARS: Final = 115
"""No victim in the counts is older; above it the date of birth or the event's date is wrong."""

NOT_RECORDED: Final = "not_recorded"

_HOLIDAYS_BY_YEAR: Final = {
    2018: "0101 0330 0402 0507 0528 0827 1225 1226",
    2019: "0101 0419 0422 0506 0527 0826 1225 1226",
    2020: "0101 0410 0413 0508 0525 0831 1225 1228",
    2021: "0101 0402 0405 0503 0531 0830 1227 1228",
    2022: "0103 0415 0418 0502 0602 0603 0829 0919 1226 1227",
    2023: "0102 0407 0410 0501 0508 0529 0828 1225 1226",
    2024: "0101 0329 0401 0506 0527 0826 1225 1226",
    2025: "0101 0418 0421 0505 0526 0825 1225 1226",
    2026: "0101 0403 0406 0504 0525 0831 1225 1228",
    2027: "0101 0326 0329 0503 0531 0830 1227 1228",
    2028: "0103 0414 0417 0501 0529 0828 1225 1226",
}
"""Bank holidays in England and Wales as proclaimed (GOV.UK, UK bank holidays). 2020: the early May day
moved to the 8th; 2022: jubilee on 2 and 3 June, state funeral on 19 September; 2023: coronation on 8
May."""

BANK_HOLIDAYS: Final[frozenset[dt.date]] = frozenset(
    dt.date(year, int(day[:2]), int(day[2:]))
    for year, days in _HOLIDAYS_BY_YEAR.items()
    for day in days.split()
)


def age_on(dob: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Age in completed years on a day; null if either date is, or the age is negative or above MAX_AGE_YEARS.

    Somebody born on 29 February is a year older on 1 March of a common year.
    """
    # months are 8-bit numbers in polars: widened before they are multiplied
    had_birthday = (day.dt.month().cast(pl.Int16) * 100 + day.dt.day()) >= (
        dob.dt.month().cast(pl.Int16) * 100 + dob.dt.day()
    )
    age = day.dt.year() - dob.dt.year() - pl.when(had_birthday).then(0).otherwise(1)
    return pl.when(age.is_between(0, MAX_AGE_YEARS)).then(age).otherwise(None).cast(pl.Int16)


def age_band(age: pl.Expr, bands: Sequence[tuple[str, int, int | None]]) -> pl.Expr:
    """Code of the band (code, lowest age, highest age or None) that holds an age; `not_recorded` if none
    does.

    Raises ValueError if two bands overlap: an age must not depend on their order.
    """
    ordered = sorted(bands, key=lambda band: band[1])
    for (code, _, upper), (next_code, lower, _) in pairwise(ordered):
        if upper is None or upper >= lower:
            raise ValueError(f"Age bands [{code}] and [{next_code}] overlap. Mend the list of age bands.")
    banded = pl.lit(NOT_RECORDED)
    for code, lower, upper in ordered:
        is_inside = age >= lower if upper is None else age.is_between(lower, upper)
        banded = pl.when(is_inside.fill_null(False)).then(pl.lit(code)).otherwise(banded)
    return banded


def month_of(day: pl.Expr) -> pl.Expr:
    """The month of a date as text, "2026-07"; null stays null."""
    return day.dt.strftime("%Y-%m")


def working_days(start: pl.Expr, end: pl.Expr, bank_holidays: Collection[dt.date] = BANK_HOLIDAYS) -> pl.Expr:
    """Working days after `start` up to and including `end`: Monday to Friday without bank holidays in
    England.

    The day of `start` itself does not count, as in the Victims' Code. Negative if `end` is before `start`.
    """
    after = pl.business_day_count(
        start + dt.timedelta(days=1), end + dt.timedelta(days=1), holidays=sorted(bank_holidays)
    )
    before = pl.business_day_count(
        end + dt.timedelta(days=1), start + dt.timedelta(days=1), holidays=sorted(bank_holidays)
    )
    return pl.when(end >= start).then(after).otherwise(-before)
