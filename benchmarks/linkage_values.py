"""Values as strangers write them, in the form that normalisation knows: dates, postcodes, initials.

What belongs here: readings that a file of any country may need before it is compared. What does not: files
and column maps (linkage_files.py), the product's own rules (anonymisation.normalise), by which an agency's
extract is read as it is.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from anonymisation.normalise import RULES

DATE_FORMATS: Final = (
    (r"^\d{4}-\d{1,2}-\d{1,2}$", "%Y-%m-%d"),
    (r"^\d{4}/\d{1,2}/\d{1,2}$", "%Y/%m/%d"),
    (r"^\d{8}$", "%Y%m%d"),
    (r"^\d{1,2}/\d{1,2}/\d{4}$", "%d/%m/%Y"),
    (r"^\d{1,2}-\d{1,2}-\d{4}$", "%d-%m-%Y"),
    (r"^\d{1,2}\.\d{1,2}\.\d{4}$", "%d.%m.%Y"),
    (r"^\d{1,2} \p{L}{3} \d{4}$", "%d %b %Y"),
    (r"^\d{1,2} \p{L}{4,} \d{4}$", "%d %B %Y"),
    (r"^\d{1,2}-\p{L}{3}-\d{4}$", "%d-%b-%Y"),
    (r"^\d{1,2}-\p{L}{3}-\d{2}$", "%d-%b-%y"),
    (r"^\p{L}{3} \d{1,2},? \d{4}$", "%b %d %Y"),
    (r"^\d{1,2}/\d{1,2}/\d{2}$", "%d/%m/%y"),
    (r"^\d{1,2}-\d{1,2}-\d{2}$", "%d-%m-%y"),
)
"""What a date looks like, and how it is then read: formats alone would read 13/02/15 as the year 13."""
LATEST_YEAR: Final = 2030
"""Two-digit years above it are of the last century."""
EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
"""A spreadsheet's dates are days since then: 10000 is of 1927, 60000 of 2064."""
MOST: Final = 0.5
"""Share of a column's values that must be written so for the column to be read so."""


def _is_mostly(values: pl.Series, pattern: str) -> bool:
    told = values.drop_nulls()
    return bool(len(told) and told.str.contains(pattern).sum() > MOST * len(told))


def dates(raw: pl.Series) -> pl.Series:
    """ISO dates from any of DATE_FORMATS, one value at a time; month first only where the column leaves no
    doubt."""
    text = raw.str.strip_chars().str.replace(r"[T ]\d{1,2}:\d{2}.*$", "").str.replace(r"^(\d{8})\.0$", "$1")
    text = text.str.replace(r"^(\p{L}{3} \d{1,2}),", "$1")
    if _is_mostly(text, r"^[1-5]\d{4}$"):
        days = pl.lit(text.str.extract(r"^(\d{5})$").cast(pl.Int64))
        day = pl.lit(EXCEL_DAY_ZERO) + pl.duration(days=days)
        return pl.select(pl.coalesce(day.dt.strftime("%Y-%m-%d"), text)).to_series()
    # who tells a year or a month alone is written down as of its first day, as case systems do
    text = text.str.replace(r"^(\d{4})$", "$1-01-01").str.replace(r"^(\d{4}-\d{2})$", "$1-01")
    numbers = text.str.extract_groups(r"^(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-]\d{2,4}$")
    first = numbers.struct.field("a").cast(pl.Int32)
    second = numbers.struct.field("b").cast(pl.Int32)
    month_first = bool((second > 12).any()) and not bool((first > 12).any())
    read = []
    for shape, style in DATE_FORMATS:
        turned = style.replace("%d/%m", "%m/%d").replace("%d-%m", "%m-%d") if month_first else style
        shaped = pl.select(pl.when(text.str.contains(shape)).then(text)).to_series()
        read.append(shaped.str.to_date(turned, strict=False))
    parsed = pl.select(pl.coalesce(read)).to_series()
    parsed = pl.select(
        pl.when(parsed.dt.year() > LATEST_YEAR).then(parsed.dt.offset_by("-100y")).otherwise(parsed)
    ).to_series()
    return pl.select(pl.coalesce(parsed.dt.strftime("%Y-%m-%d"), text)).to_series()


def postcodes(raw: pl.Series) -> pl.Series:
    """Codes of other countries in the form that normalisation knows, numbers of four to six digits: of ZIP+4
    and longer ones the first five digits, of Dutch ones the four."""
    plain = raw.str.replace_all(r"[\s-]", "")
    return plain.str.replace(r"^(\d{5})\d{2,4}$", "$1").str.replace(r"^(\d{4})\p{L}{2}$", "$1")


def initials(forenames: pl.Series) -> pl.Series:
    """A column of forenames that are mostly initials ("J", "J. R."): those together, a single one twice. One
    letter is no name to normalisation, and here it is all the name that there is."""
    if not _is_mostly(forenames, INITIALS):
        return forenames
    letters = forenames.str.replace_all(r"[^\p{L}]", "").str.replace(r"^(\p{L})$", "$1$1")
    return forenames.zip_with(~forenames.str.contains(INITIALS), letters)


INITIALS: Final = r"^\s*\p{L}(?:[.\s]+\p{L})*\.?\s*$"


def foreign_postcodes(given: pl.Series) -> pl.Series:
    """Postcodes that are mostly of no form that normalisation knows (K1A 0B1, D02 X285), as numbers of six
    digits: four for what begins with the same three characters, two for the whole code within.

    A code is compared as it is: a slip in it makes another one.
    """
    plain = given.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    told = plain.drop_nulls()
    if not len(told) or len(RULES["postcode"](told).drop_nulls()) > (1 - MOST) * len(told):
        return given
    codes = pl.DataFrame({"plain": plain}).with_columns(begins=pl.col("plain").str.head(3))
    area = 1000 + (pl.col("begins").rank("dense") - 1) % 9000
    within = (pl.col("plain").rank("dense").over("begins") - 1) % 100
    numbered = codes.select(pl.when(pl.col("plain").str.len_chars() > 0).then(100 * area + within))
    return numbered.to_series().cast(pl.String).alias(given.name)
