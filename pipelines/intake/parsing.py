"""From text to typed values, column by column. What cannot be read is a finding, never a silent null.

What belongs here: one function for each kind of column, over a whole column at once. What does not:
offences, which are read from two columns together (``offence_columns.py``), identity (``identity.py``),
what one row's values mean beside each other (``schemas.models``, ``checking.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from anonymisation import coarsen
from anonymisation.normalise import FILLER_DATES
from pipelines.intake.layout import folded
from pipelines.intake.mapping import is_missing, missing_spellings
from schemas.codelists import codelist, rows
from schemas.columns import FLAG_VALUES, NOT_RECORDED, UNMAPPED, Column
from schemas.models import OLDEST_AGE_YEARS, SCORES

EARLIEST_YEAR = 1900
"""Before this no person of an extract was born; two-digit years read with a four-digit format land in the
first century."""

LAST_YEAR = 9999
"""The last year of most systems: such a date stands for "not known"; another date to come may be a slip,
and is asked about."""

ISO_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
"""How the readers write the dates of formats that know what a date is."""

EXCEL = "excel"
"""In an agency's formats: a spreadsheet's day number."""

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_DIGITS = r"^[+-]?\d{1,9}(?:\.0+)?$"
_HIDDEN = (
    r"^(?:[<≤>~]\s*=?\s*\d+|\*+|\d+\s*(?:-|–|to)\s*\d+|\[?(?:c|low|x|z|u|p|r|s)\]?"
    r"|(?:less|fewer) than \d+|suppressed)$"
)
_NOTHING = (NOT_RECORDED, "not_stated")
_OBSERVED = r"(?i)^ic\s*-?\s*[0-9]$"


@dataclass(frozen=True, kw_only=True, repr=False)
class Parsed:
    """A column after reading. Has no ``repr``: it would hold values."""

    values: pl.Series
    trips: Mapping[str, pl.Series]
    """Rule id → True where the cell trips it."""


def reference(text: pl.Series) -> Parsed:
    """A reference: text, declared spellings of nothing left out."""
    return Parsed(values=_without(text, is_missing(text)), trips={})


def day(
    text: pl.Series, formats: tuple[str, ...], *, is_needed: bool, has_typed_dates: bool, today: date
) -> Parsed:
    """A calendar day in the first format that reads it.

    ``date_placeholder``: a day that stands for "not known". ``date_unreadable`` (needed) or
    ``date_optional_unreadable``: no format reads it, or no such day exists. ``date_optional_future``: after
    today.
    """
    asked, read, filler = pl.col("asked"), pl.col("read"), pl.col("filler")
    styles = (*formats, *(ISO_FORMATS if has_typed_dates else ()))
    judged = (
        text.to_frame("asked").lazy()
        .with_columns(missing=is_missing(asked).fill_null(value=False))
        .with_columns(asked=pl.when(~pl.col("missing")).then("asked"))
        .with_columns(read=pl.coalesce(_read_days(asked, style) for style in styles))
        .with_columns(
            filler=read.dt.strftime("%Y%m%d").is_in(list(FILLER_DATES)).fill_null(value=False)
            & ((read <= today) | (read.dt.year() == LAST_YEAR)).fill_null(value=False)
        )
        .with_columns(
            placeholder=pl.col("missing") | filler,
            unread=asked.is_not_null() & ~filler
            & (read.is_null() | (read.dt.year() < EARLIEST_YEAR).fill_null(value=False)),
            late=pl.lit(value=False) if is_needed else (read > today).fill_null(value=False) & ~filler,
        )
        .with_columns(read=pl.when(~(filler | pl.col("unread") | pl.col("late"))).then("read"))
        .collect()
    )  # fmt: skip
    trips = {
        "date_placeholder": judged["placeholder"],
        "date_unreadable" if is_needed else "date_optional_unreadable": judged["unread"],
        "date_optional_future": judged["late"],
    }
    return Parsed(values=judged["read"].alias(text.name), trips=trips)


def _read_days(text: pl.Expr, style: str) -> pl.Expr:
    if style == EXCEL:
        number = text.str.extract(r"^(\d{1,6})(?:\.\d+)?$", 1).cast(pl.Int32, strict=False)
        days = pl.when(number.is_between(1, 80_000)).then(number)
        return (pl.lit(_EXCEL_DAY_ZERO) + pl.duration(days=days)).cast(pl.Date)
    if "%H" in style or "%I" in style:
        return text.str.to_datetime(style, strict=False, time_unit="us").cast(pl.Date)
    return text.str.to_date(style, strict=False)


def code(text: pl.Series, column: Column, code_map: Mapping[str, str] | None = None) -> Parsed:
    """A code of the column's list; empty cells and declared spellings of nothing are ``not_recorded``.

    With a code map, only what the map knows is a code; without one, the list's own codes are expected, in
    any case. ``code_unmapped``: anything else. ``observed_as_self_defined``: an officer-observed code as
    self-defined ethnicity.
    """
    assert column.codelist is not None
    table = _code_table(codelist(column.codelist).codes, code_map)
    observed = pl.Series([False] * len(text), dtype=pl.Boolean)
    if column.name == "ethnicity":
        observed = text.str.contains(_OBSERVED).fill_null(value=False) & ~_is_known(text, table)
    values, unmapped = _looked_up(_without(text, observed), table)
    return Parsed(values=values, trips={"code_unmapped": unmapped, "observed_as_self_defined": observed})


def flag(text: pl.Series, code_map: Mapping[str, str] | None = None) -> Parsed:
    """``yes``, ``no`` or ``not_recorded``. ``code_unmapped``: anything else, counted and read as not
    recorded."""
    table = _code_table(FLAG_VALUES, code_map if code_map is not None else _yes_no())
    values, unmapped = _looked_up(text, table)
    return Parsed(values=_filled(values, unmapped, NOT_RECORDED), trips={"code_unmapped": unmapped})


def many_codes(
    text: pl.Series, column: Column, *, separator: str | None, code_map: Mapping[str, str] | None = None
) -> Parsed:
    """Several codes in one cell; null where nothing is recorded. ``code_unmapped``: at least one part is not
    known."""
    assert column.codelist is not None
    table = _code_table(codelist(column.codelist).codes, code_map)
    split: dict[str, list[str]] = {}
    for cell in text.drop_nulls().unique().to_list():
        parts = [folded(part) for part in (cell.split(separator) if separator else [cell])]
        found = [table.get(part, UNMAPPED) for part in parts if part]
        split[cell] = [c for c in dict.fromkeys(found) if c not in _NOTHING]
    looked = pl.DataFrame(
        {"text": list(split), "codes": list(split.values())},
        schema={"text": pl.String, "codes": pl.List(pl.String)},
    )
    joined = pl.DataFrame({"text": text}).join(looked, on="text", how="left", maintain_order="left")
    values = joined.select(pl.when(pl.col("codes").list.len() > 0).then("codes")).to_series()
    return Parsed(
        values=values, trips={"code_unmapped": values.list.contains(UNMAPPED).fill_null(value=False)}
    )


def many_flags(columns: Mapping[str, pl.Series], codes: Mapping[str, str]) -> Parsed:
    """Several yes/no columns, each with its code: the codes that were ticked; null where no column says yes
    or no."""
    read = {name: flag(text) for name, text in columns.items()}
    frame = pl.DataFrame({name: parsed.values for name, parsed in read.items()})
    ticked = pl.concat_list(pl.when(pl.col(name) == "yes").then(pl.lit(codes[name])) for name in read)
    anything = pl.any_horizontal(pl.col(name) != NOT_RECORDED for name in read)
    values = frame.select(
        pl.when(anything).then(ticked.list.drop_nulls().list.unique(maintain_order=True))
    ).to_series()
    unmapped = pl.DataFrame({n: p.trips["code_unmapped"] for n, p in read.items()}).select(
        pl.any_horizontal(pl.all())
    )
    return Parsed(values=values, trips={"code_unmapped": unmapped.to_series()})


def age(text: pl.Series) -> Parsed:
    """Age in whole years. ``age_impossible``: not a whole number from 0 to 120."""
    asked = _without(text, is_missing(text))
    years = _whole(asked)
    wrong = asked.is_not_null() & ~years.is_between(0, OLDEST_AGE_YEARS).fill_null(value=False)
    return Parsed(values=_without(years, wrong).cast(pl.Int16), trips={"age_impossible": wrong})


def age_band(text: pl.Series, column: Column, code_map: Mapping[str, str] | None = None) -> Parsed:
    """An age band of the list, or an age in years from which the band follows. ``age_impossible``: a number
    that is no age.

    The code map comes first, so that an agency's code ``1`` for a group is not read as one year.
    """
    assert column.codelist is not None
    table = _code_table(codelist(column.codelist).codes, code_map)
    is_number = text.str.contains(_DIGITS).fill_null(value=False) & ~_is_known(text, table)
    years = age(_without(text, ~is_number))
    banded = code(_without(text, is_number), column, code_map)
    values = band_of(years.values).zip_with(years.values.is_not_null(), banded.values)
    return Parsed(values=values, trips={**banded.trips, **years.trips})


def band_of(years: pl.Series) -> pl.Series:
    """Standard age band of an age in years; ``not_recorded`` where there is none."""
    return pl.DataFrame({"age": years}).select(coarsen.age_band(pl.col("age"), standard_bands())).to_series()


def score(text: pl.Series) -> Parsed:
    """A score from 1 to 5. ``score_out_of_range``: anything else, set aside."""
    asked = _without(text, is_missing(text))
    number = _whole(asked)
    wrong = asked.is_not_null() & ~number.is_between(*SCORES).fill_null(value=False)
    return Parsed(values=_without(number, wrong).cast(pl.Int8), trips={"score_out_of_range": wrong})


def number(text: pl.Series) -> Parsed:
    """A whole number of zero or more. ``number_suppressed``: hidden or a range. ``number_unreadable``:
    anything else."""
    hidden = text.str.to_lowercase().str.contains(_HIDDEN).fill_null(value=False)
    value = _whole(text)
    wrong = text.is_not_null() & ~hidden & ~(value >= 0).fill_null(value=False)
    return Parsed(
        values=_without(value, hidden | wrong),
        trips={"number_suppressed": hidden, "number_unreadable": wrong},
    )


def _whole(text: pl.Series) -> pl.Series:
    plain = text.str.contains(_DIGITS)
    return (
        _without(text, ~plain.fill_null(value=False)).str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
    )


def _without(values: pl.Series, where: pl.Series) -> pl.Series:
    """``values`` with nothing where ``where`` is true."""
    if not where.any():
        return values
    nothing = pl.Series([None], dtype=values.dtype).new_from_index(0, len(values))
    return nothing.zip_with(where.fill_null(value=False), values)


def _filled(values: pl.Series, where: pl.Series, value: str) -> pl.Series:
    return pl.Series([value]).new_from_index(0, len(values)).zip_with(where, values)


def _code_table(own_codes: tuple[str, ...], code_map: Mapping[str, str] | None) -> dict[str, str]:
    """Folded cell → code: the agency's map, or else the list's own codes; and the declared spellings of
    nothing."""
    nothing = {
        spelling: meaning if meaning in own_codes else NOT_RECORDED
        for spelling, meaning in missing_spellings().items()
    }
    return nothing | {
        folded(cell): target for cell, target in (code_map or {c: c for c in own_codes}).items()
    }


def _is_known(text: pl.Series, table: Mapping[str, str]) -> pl.Series:
    known = [cell for cell in text.drop_nulls().unique().to_list() if folded(cell) in table]
    return text.is_in(known).fill_null(value=False)


def _looked_up(text: pl.Series, table: Mapping[str, str]) -> tuple[pl.Series, pl.Series]:
    """Codes of cells, and where a cell is in no table; each distinct cell is looked up once."""
    cells = text.to_list()
    codes = {cell: NOT_RECORDED if cell is None else table.get(folded(cell), UNMAPPED) for cell in set(cells)}
    values = pl.Series(text.name, [codes[cell] for cell in cells], dtype=pl.String)
    return values, values == UNMAPPED


@cache
def _yes_no() -> dict[str, str]:
    declared = {r["source_code"]: r["code"] for r in rows("source_codes") if r["list"] == "yes_no"}
    return {"true": "yes", "false": "no"} | {c: c for c in FLAG_VALUES} | declared


@cache
def standard_bands() -> tuple[tuple[str, int, int | None], ...]:
    """The age bands that cover every age once: code, lowest and highest age."""
    bands = codelist("age_bands")
    lower, upper = bands.attribute("lower_years"), bands.attribute("upper_years")
    return tuple(
        (name, int(lower[name]), int(upper[name]) if upper[name] else None)
        for name in bands.where("is_standard", "yes")
        if lower[name]
    )
