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


def residents(context: Context) -> dict[str, int]:
    """Residents of each area of the partnership."""
    frame = population(
        context.partnership.areas, Characteristic.AGE, vintage=context.partnership.population_vintage
    )
    counts: dict[str, int] = {}
    for area, n in frame.select("area", "n").iter_rows():
        counts[area] = counts.get(area, 0) + n
    return counts
