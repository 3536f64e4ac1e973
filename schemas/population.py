"""How many people live where: the denominators of rates and the yardstick of under-reporting.

What belongs here: residents by area and characteristic, by vintage. What does not: rates (``measures/``),
areas (``areas.py``), and which vintage a partnership uses (``partnership.yaml``).

A population file is a versioned, swappable input: estimates made before Census 2021 overshoot it by up to a
third in some authorities. So every reader names the vintage it wants, and a release says which it used.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache

import polars as pl

from schemas.areas import check_places
from schemas.codelists import CodeListError, codelist, rows

_FILE = "codes/population.csv"
_AGE = "age"


class Characteristic(StrEnum):
    """What residents are counted by."""

    AGE = "age"
    """Sex and five-year age group, rounded to 100."""
    ETHNICITY19 = "ethnicity19"
    RELIGION = "religion"
    DISABILITY = "disability"
    SEXUAL_ORIENTATION = "sexual_orientation"
    """Residents aged 16 and over only."""


@cache
def vintages() -> tuple[str, ...]:
    """Every vintage the file holds, such as ``census_2021``."""
    return tuple(dict.fromkeys(row["vintage"] for row in rows("population")))


def population(
    areas: Iterable[str], characteristic: Characteristic | str, *, vintage: str
) -> pl.DataFrame:
    """Residents of ``areas`` by one characteristic.

    Grain: one row per area, sex and category. Columns: ``area, sex, category, n``; ``sex`` is ``female`` or
    ``male`` for ``age`` and ``all`` otherwise; ``category`` is a code of the list of the same name, or an age
    group such as ``10to14``. In the order of ``areas`` and of the list.

    Raises:
        CodeListError: the vintage, the characteristic or an area is not in the file.
    """
    wanted = tuple(areas)
    table = _table(vintage)
    if characteristic not in set(Characteristic):
        raise CodeListError(
            f"{_FILE}: no characteristic [{characteristic}]. Use one of [{', '.join(Characteristic)}]"
        )
    check_places(wanted)
    held = set(table.get_column("area"))
    absent = [area for area in wanted if area not in held]
    if absent:
        raise CodeListError(
            f"{_FILE}: vintage [{vintage}] has no residents of [{', '.join(absent)}]. "
            f"Add the rows of that area with their source, or leave the area out"
        )
    order = pl.DataFrame({"area": wanted}, schema={"area": pl.String}).with_row_index("_area")
    return (
        table.filter(pl.col("characteristic") == str(characteristic))
        .join(order, on="area", how="inner")
        .with_columns(pl.col("category").replace_strict(_place(characteristic), default=0).alias("_place"))
        .sort("_area", "sex", "_place", "category")
        .select("area", "sex", "category", "n")
    )


def population_by_age_band(areas: Iterable[str], *, vintage: str) -> pl.DataFrame:
    """Residents by sex and by the age bands that five-year groups can give (``u25``, ``25to34`` …
    ``55plus``).

    The standard bands under 25 divide a five-year group, so no denominator exists for them: a rate by age is
    given for the ``population_band`` of ``age_bands.csv``. Columns and errors as ``population``.
    """
    bands = codelist("age_bands")
    lower, upper = bands.attribute("lower_years"), bands.attribute("upper_years")
    names = dict.fromkeys(name for name in bands.attribute("population_band").values() if name)
    limits = {band: (int(lower[band]), int(upper[band] or 999)) for band in names}
    by_group = population(areas, Characteristic.AGE, vintage=vintage)
    band_of = {
        group: next(band for band, (low, high) in limits.items() if low <= int(group[:2]) <= high)
        for group in set(by_group.get_column("category"))
    }
    return (
        by_group.with_columns(pl.col("category").replace_strict(band_of).cast(pl.Enum(list(limits))))
        .group_by("area", "sex", "category", maintain_order=True)
        .agg(pl.col("n").sum())
        .with_columns(pl.col("category").cast(pl.String))
    )


def residents(areas: Iterable[str], *, vintage: str) -> pl.DataFrame:
    """All usual residents of ``areas``: columns ``area, n``. Counted by ethnic group, which is not rounded.

    Raises:
        CodeListError: as ``population``.
    """
    return (
        population(areas, Characteristic.ETHNICITY19, vintage=vintage)
        .group_by("area", maintain_order=True)
        .agg(pl.col("n").sum())
    )


def _place(characteristic: Characteristic | str) -> dict[str, int]:
    if characteristic == _AGE:
        return {}
    return {code: i for i, code in enumerate(codelist(str(characteristic)).codes)}


@cache
def _table(vintage: str) -> pl.DataFrame:
    if vintage not in vintages():
        raise CodeListError(
            f"{_FILE}: no vintage [{vintage}]. Use one of [{', '.join(vintages())}], "
            f"or add its rows with their source"
        )
    held = [row for row in rows("population") if row["vintage"] == vintage]
    return pl.DataFrame(
        {
            "area": [row["area"] for row in held],
            "characteristic": [row["characteristic"] for row in held],
            "sex": [row["sex"] or "all" for row in held],
            "category": [row["category"] for row in held],
            "n": [int(row["n"]) for row in held],
        },
        schema_overrides={"n": pl.Int64},
    )
