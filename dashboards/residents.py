"""Residents as a yardstick: their shares by a breakdown's categories, and how many live in an area.

What belongs here: from population to the categories of a page. What does not: population itself
(``schemas.population``).
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.context import Context
from schemas.codelists import codelist
from schemas.measures.breakdowns import Breakdown
from schemas.population import Characteristic, population

_BY_SEX = "sex"
_ETHNICITY5 = "ethnicity5"
_DIVIDED, _GROUP_YEARS, _YEARS_OVER_15 = 15, 5, 4
"""The group 15 to 19 holds five ages, four of them adult in the survey's sense."""


def shares_of_residents(context: Context, item: Breakdown) -> dict[str, float] | None:
    """Percentage of residents of the partnership's areas in each category; None where no yardstick fits."""
    if item.population is None:
        return None
    counts = _counts(context, item.population)
    whole = sum(counts.values())
    return {category: 100 * n / whole for category, n in counts.items()} if whole else None


def _counts(context: Context, characteristic: str) -> Mapping[str, int]:
    areas, vintage = context.partnership.areas, context.partnership.population_vintage
    if characteristic == _BY_SEX:
        frame, column = population(areas, Characteristic.AGE, vintage=vintage), "sex"
    elif characteristic == _ETHNICITY5:
        frame, column = population(areas, Characteristic.ETHNICITY19, vintage=vintage), "category"
    else:
        frame, column = population(areas, characteristic, vintage=vintage), "category"
    groups = codelist("ethnicity19").attribute(_ETHNICITY5) if characteristic == _ETHNICITY5 else {}
    counts: dict[str, int] = {}
    for category, n in frame.select(column, "n").iter_rows():
        code = groups.get(category, category)
        counts[code] = counts.get(code, 0) + n
    return counts


def adults_by_sex(context: Context) -> dict[str, int]:
    """Residents of the partnership aged 16 and over, by sex. Of those aged 15 to 19 four fifths are counted:
    the census groups of ages do not divide at 16."""
    frame = population(
        context.partnership.areas, Characteristic.AGE, vintage=context.partnership.population_vintage
    )
    fifths: dict[str, int] = {}
    for sex, group, n in frame.select("sex", "category", "n").iter_rows():
        first = int(group[:2])
        weight = 0 if first < _DIVIDED else _YEARS_OVER_15 if first == _DIVIDED else _GROUP_YEARS
        fifths[sex] = fifths.get(sex, 0) + weight * n
    return {sex: n // _GROUP_YEARS for sex, n in sorted(fifths.items())}


def residents(context: Context) -> dict[str, int]:
    """Residents of each area of the partnership."""
    frame = population(
        context.partnership.areas, Characteristic.AGE, vintage=context.partnership.population_vintage
    )
    counts: dict[str, int] = {}
    for area, n in frame.select("area", "n").iter_rows():
        counts[area] = counts.get(area, 0) + n
    return counts
