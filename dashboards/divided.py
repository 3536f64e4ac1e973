"""How counts divide over categories: the cells of one agency, or of people, in one period.

What belongs here: from a release's tables to `Divided`, its shares and bounds, and which categories are used.
What does not: bars, sentences and tables of them (``breakdowns.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards.context import UNKNOWN, Context
from dashboards.measure import cell_of, coverage, quarters_of, subjects, total, whole
from dashboards.release import NOT_AVAILABLE, Cell
from schemas.measures.breakdowns import Breakdown
from schemas.measures.cubes import CUBES, Cube, Links
from schemas.quarters import Quarter


@dataclass(frozen=True, kw_only=True)
class Divided:
    """The categories of one agency, or of people, in one quarter."""

    of: str
    agency: str | None
    cells: Mapping[str, Cell]
    total: Cell
    base_minimum: int
    revised: frozenset[str] = frozenset()
    """Categories that read otherwise in the release before: only of a period that it told of."""

    def text(self, category: str) -> str:
        """The figure as a table prints it."""
        return self.cells[category].text + " [r]" * (category in self.revised)

    def share(self, category: str) -> str:
        """Percentage of the total in words; empty where the base does not bear one."""
        value = self.cells[category].value
        if value is None or self.total.value is None or self.total.value < self.base_minimum:
            return ""
        return f"{whole(100 * value / self.total.value)}%"

    def highest(self, category: str) -> str:
        """The share if everybody whose group is not known were of this one; the share itself is the lowest.

        Bounds for the missing (Manski's worst case): with many not recorded they say how little is known.
        """
        if category in UNKNOWN:
            return "[z]"
        value, unknown = self.cells[category].value, self.unknown
        base = self.total.value
        if (
            value is None
            or unknown is None
            or unknown.value is None
            or base is None
            or base < self.base_minimum
        ):
            return "[u]"
        return f"{whole(100 * (value + unknown.value) / base)}%"

    @property
    def has_known(self) -> bool:
        """Whether any category that says something reads more than a rounded zero."""
        return any(cell.value for c, cell in self.cells.items() if c not in UNKNOWN)

    @property
    def largest(self) -> str | None:
        """The largest known category; None where none stands out: all small, or two alike."""
        known = {
            c: cell.value
            for c, cell in self.cells.items()
            if cell.value and c not in UNKNOWN and c != "other"
        }
        if not known:
            return None
        best = max(known.values())
        leaders = [c for c, v in known.items() if v == best]
        return leaders[0] if len(leaders) == 1 else None

    @property
    def unknown(self) -> Cell | None:
        """Cells that say that something is not known, together; None where the breakdown has none."""
        cells = [cell for c, cell in self.cells.items() if c in UNKNOWN]
        return total(cells) if cells else None


def periods_of(context: Context, item: Breakdown) -> tuple[Quarter | str, ...]:
    """Published periods of a breakdown, the latest last: quarters, or the years of a cube that is counted
    by year."""
    cube = CUBES[item.cells.cube]
    if cube.period_kind == "quarter":
        return quarters_of(context.release, cube)
    tables = [
        context.release.table(f"{item.cells.table}.{agency or links}")
        for agency, links in subjects(context.release, cube)
    ]
    return tuple(sorted({p for t in tables if t is not None for p in t.periods})) or (
        str(context.release.quarter.year),
    )


def divide(context: Context, item: Breakdown, period: Quarter | str) -> tuple[Divided, ...]:
    """One set of categories for each agency with figures, or for people by all links."""
    key = ("divided", item.name, str(period))
    if key not in context.memory:
        context.memory[key] = _divide(context, item, period)
    divided: tuple[Divided, ...] = context.memory[key]
    return divided


def _divide(context: Context, item: Breakdown, period: Quarter | str) -> tuple[Divided, ...]:
    cube = CUBES[item.cells.cube]
    return tuple(
        _divided(context, item, cube, period, agency, links)
        for agency, links in subjects(context.release, cube)
        if links is not Links.STRICT
    )


def _divided(
    context: Context,
    item: Breakdown,
    cube: Cube,
    period: Quarter | str,
    agency: str | None,
    links: Links | None,
) -> Divided:
    of = agency or str(links)
    is_in = not isinstance(period, Quarter) or bool(
        coverage(context.release, cube, period, agency).contributed
    )
    if cube.each == item.dimension:
        stem = item.dimension.removesuffix("s")
        cells = {
            code: cell_of(
                context.release,
                replace(item.cells, code=code),
                period,
                of,
                **{f"{stem}_{code}": item.category},
            )
            for code in context.labels(item.dimension)
            if f"{cube.name}.{code}" in dict(cube.tables)
        }
    else:
        cells = {
            code: cell_of(context.release, item.cells, period, of, **{item.dimension: code})
            for code in context.labels(item.dimension)
        }
    base = cell_of(context.release, item.cells, period, of)
    seen = () if cube.each else cells
    revised = frozenset(c for c in seen if context.is_revised(item.cells, period, of, **{item.dimension: c}))
    return Divided(
        revised=revised,
        of=of,
        agency=agency,
        base_minimum=context.partnership.thresholds.rate_base,
        cells=cells if is_in else dict.fromkeys(cells, NOT_AVAILABLE),
        total=base if is_in else NOT_AVAILABLE,
    )


def used_in(context: Context, item: Breakdown, divided: tuple[Divided, ...]) -> tuple[str, ...]:
    """Categories that read more than a rounded zero at some agency in some published quarter, unknown ones
    last."""
    seen: set[str] = set()
    for period in periods_of(context, item):
        for part in divide(context, item, period):
            seen |= {c for c, cell in part.cells.items() if cell.value or cell.marker == "[c]"}
    order = [c for c in divided[0].cells if c in seen]
    return tuple([c for c in order if c not in UNKNOWN] + [c for c in order if c in UNKNOWN])
