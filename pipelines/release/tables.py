"""Which tables a release has: every cube entry, unfolded over agencies, readings of the links and codes.

What belongs here: from ``schemas.measures.cubes`` and the partnership to concrete tables. What does not: the
true counts of each (``counts.py``), protecting them (``pipelines.steps.protect``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.release.coverage import Coverage
from pipelines.steps.aggregate import area_categories
from schemas.agencies import Agency
from schemas.measures.cubes import CUBES, Cube, Links
from schemas.measures.dimensions import AREAS, DIMENSIONS
from schemas.measures.identities import IDENTITIES, Identity
from schemas.measures.recorded import not_sent
from schemas.partnership import Partnership
from schemas.quarters import QUARTERS_PER_YEAR, Quarter


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a release: its file is ``cubes/<name>.csv``."""

    name: str
    cube: Cube
    unit: str
    """The cube's unit with its agency or its reading of the links: what is counted, never blurred."""
    agency: str
    """The one agency, or empty where people are counted across agencies."""
    links: str
    dimensions: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]
    periods: tuple[str, ...]
    """Quarters that can be counted."""
    missing: tuple[str, ...]
    """Quarters of which nothing of the unit can be counted: published as ``[x]``. A quarter that is counted,
    but with too short a history for this table, has no rows in it: a margin that others show cannot be the
    sum of what is not available."""
    not_sent: frozenset[str] = frozenset()
    """Dimensions of which the agency's extract holds no column: its noughts are those of a form (``[z]``)."""


def feeding(cube: Cube, agencies: dict[str, Agency], coverage: Coverage | None = None) -> list[Agency]:
    """Agencies that contribute to a cube. ``coverage``: what else is awaited of an agency than what its file
    says, which is its returns to the register."""
    return [
        a for a in agencies.values()
        if (cube.dataset in a.feeds or (coverage is not None and coverage.sends(a.agency, cube.dataset)))
        and (not cube.agency_kinds or a.kind in cube.agency_kinds)
        and (a.is_specialist or not cube.specialist_only)
    ]


def _categories(dimension: str, partnership: Partnership, agency: Agency | None) -> tuple[str, ...]:
    if dimension not in AREAS:
        return DIMENSIONS[dimension].categories
    own = agency.areas if agency is not None else partnership.areas
    return tuple(c for c in area_categories(partnership) if c in own or c not in partnership.areas)


def _periods(cube: Cube, members: list[Agency], coverage: Coverage, quarters: list[Quarter],
             partnership: Partnership) -> set[Quarter]:
    """Quarters that can be counted: any contributor has data and, for a look-back, each of those has its full
    history; for a look ahead, none that has not been followed for as long."""
    quarters = quarters[:max(0, len(quarters) - cube.follow_up_quarters)]
    counted: set[Quarter] = set()
    for agency in members:
        for quarter in coverage.has_data(agency.agency, cube.dataset):
            first = max(agency.joined, partnership.first_quarter)
            if not cube.needs_history or quarter >= first.plus(partnership.thresholds.full_quarters):
                counted.add(quarter)
    return counted & set(quarters)


def _full_years(quarters: list[Quarter]) -> list[str]:
    """Calendar years of which every quarter is among ``quarters``."""
    return [str(year) for year in sorted({q.year for q in quarters})
            if sum(q.year == year for q in quarters) == QUARTERS_PER_YEAR]


def tables(partnership: Partnership, agencies: dict[str, Agency], coverage: Coverage,
           quarter: Quarter) -> list[Table]:
    """Every table of the release of ``quarter``, in the order of the cube entries."""
    quarters = list(Quarter.range(partnership.first_quarter, quarter))
    found = []
    for cube in CUBES.values():
        members = feeding(cube, agencies, coverage)
        if not members:
            continue
        groups = [([a], a.agency, "", a) for a in members] if cube.by_agency else [
            (members, "", links.value, None) for links in cube.links]
        for contributing, agency, links, one in groups:
            counted = _periods(cube, contributing, coverage, quarters, partnership)
            periods = [str(q) for q in quarters] if cube.period_kind == "quarter" else _full_years(quarters)
            shown = {str(q)
                     for q in counted} if cube.period_kind == "quarter" else set(_full_years(sorted(counted)))
            for name, dimensions in cube.tables:
                if one is not None and cube.stands_as(name, one.kind) is not None:
                    continue
                found.append(Table(
                    name=f"{name}.{agency or links}", cube=cube, unit=f"{cube.unit}.{agency or links}",
                    agency=agency, links=links,
                    dimensions=dimensions,
                    categories={d: _categories(d, partnership, one) for d in dimensions},
                    periods=tuple(p for p in periods if p in shown),
                    missing=tuple(p for p in periods if p not in shown),
                    not_sent=frozenset() if one is None else not_sent(one, cube) & set(dimensions)))
    shown_units: dict[str, set[str]] = {}
    for table in found:
        shown_units.setdefault(table.unit, set()).update(table.periods)
    return [replace(t, missing=tuple(p for p in t.missing if p not in shown_units[t.unit])) for t in found]


@dataclass(frozen=True, kw_only=True)
class _Unit:
    """Everything that a release counts of one unit of people."""

    unit: str
    year_of: str | None
    periods: frozenset[str]


def _units(found: list[Table]) -> dict[tuple[str, str], _Unit]:
    """Units of people by the cube's unit and the reading of the links, with the periods of all their
    tables."""
    periods: dict[tuple[str, str], set[str]] = {}
    for table in found:
        if table.links:
            periods.setdefault((table.cube.unit, table.links), set()).update(table.periods)
    return {
        (t.cube.unit, t.links): _Unit(unit=t.unit, year_of=t.cube.year_of,
                                      periods=frozenset(periods[t.cube.unit, t.links]))
        for t in found if t.links
    }


def ties(found: list[Table]) -> list[dict[str, Any]]:
    """What everybody knows to hold between systems: all links make no more people of the same records than
    strict ones do; persons of a year are no fewer than those of any of its quarters, and no more than all of
    them together.

    In the form of ``systems.json``: protector and auditor are both told, since a reader can use it.
    """
    units = _units(found)
    known = []
    for (unit, links), strict in units.items():
        if links == Links.STRICT and (every := units.get((unit, Links.ALL.value))) is not None:
            known += [_no_more(_total(every, period), [_total(strict, period)],
                               "all links make no more people than strict ones")
                      for period in sorted(strict.periods & every.periods)]
    for (_, links), yearly in units.items():
        quarterly = units.get((yearly.year_of or "", links))
        if quarterly is None:
            continue
        for year in sorted(yearly.periods):
            quarters = [f"{year}-Q{n + 1}" for n in range(QUARTERS_PER_YEAR)]
            if quarterly.periods.issuperset(quarters):
                parts = [_total(quarterly, quarter) for quarter in quarters]
                known += [_no_more(part, [_total(yearly, year)],
                                   "persons of a quarter are among those of its year") for part in parts]
                known.append(_no_more(_total(yearly, year), parts,
                                      "persons of a year are persons of one of its quarters"))
    return known + [tie for identity in IDENTITIES for tie in _same(identity, found)]


def _same(identity: Identity, found: list[Table]) -> Iterator[dict[str, Any]]:
    """One sum for each unit and period whose tables show both sides."""
    margins = (identity.left, *identity.right)
    by_unit: dict[str, list[Table]] = {}
    for table in found:
        if table.cube.unit == identity.unit:
            by_unit.setdefault(table.unit, []).append(table)
    for unit, of_unit in by_unit.items():
        sides = [next((t for t in of_unit if category in t.categories.get(dimension, ())), None)
                 for dimension, category in margins]
        if any(side is None for side in sides):
            continue
        shown = [side for side in sides if side is not None]
        for period in shown[0].periods:
            if all(period in side.periods for side in shown):
                left, *right = ({"unit": unit, "period": period, "cell": {dimension: category}}
                                for dimension, category in margins)
                yield {"kind": "eq", "left": left, "right": right, "note": identity.why}


def _total(unit: _Unit, period: str) -> dict[str, Any]:
    return {"unit": unit.unit, "period": period, "cell": {}}


def _no_more(left: dict[str, Any], right: list[dict[str, Any]], note: str) -> dict[str, Any]:
    return {"kind": "le", "left": left, "right": right, "note": note}


def bound(units: Iterable[str], known: Iterable[Mapping[str, Any]]) -> list[set[str]]:
    """Units in groups that no tie crosses; ``known``: ties in the form of ``systems.json``."""
    groups = [{unit} for unit in units]
    for tie in known:
        tied = {tie["left"]["unit"], *(cell["unit"] for cell in tie["right"])}
        groups = [*(g for g in groups if not g & tied), set().union(*(g for g in groups if g & tied))]
    return groups
