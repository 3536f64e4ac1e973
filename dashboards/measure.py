"""Indicators read off a release: one number in every quarter, with who contributed and what stands in its
way.

What belongs here: which published cells answer an indicator, for which agencies, and whether two quarters
may be compared. What does not: whether a difference is a change (``change.py``) and the words for it
(``words.py``).

A series is drawn for the same agencies throughout, those expected in the latest quarter: a quarter to which
another set contributed, or one of them only in part, is shown and never compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import ceil

from dashboards.release import NOT_AVAILABLE, NOT_SENT, ROUNDED_ZERO, Cell, Member, PublishedRange, Release
from schemas.agencies import Tier
from schemas.measures.cubes import CUBES, Cube, Links
from schemas.measures.indicators import Indicator
from schemas.measures.questions import Cells
from schemas.quarters import QUARTERS_PER_YEAR, Quarter

HAS_DATA = frozenset({"submitted", "nil", "partial"})
"""Statuses of a delivery whose figures stand in the release."""
IS_OUTSIDE = frozenset({"not_joined", "left"})
"""Statuses of an agency that is not expected to deliver."""
LOW_BASE = "[u]"
"""Marker of a percentage that is not shown because its base is too small to bear one."""
HALF_WIDTH = 4
"""With base 5, a published r stands for a count from r - 4 to r + 4 (the release's rules, said on the
methods page)."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Who contributed to a figure of one quarter."""

    contributed: frozenset[str]
    expected: frozenset[str]
    partial: frozenset[str] = frozenset()

    @property
    def n(self) -> int:
        """Agencies whose figures are in."""
        return len(self.contributed)

    @property
    def m(self) -> int:
        """Agencies that were expected to deliver."""
        return len(self.expected)

    @property
    def missing(self) -> frozenset[str]:
        """Agencies expected but not in."""
        return self.expected - self.contributed


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One indicator in one quarter."""

    quarter: Quarter
    numerator: Cell
    denominator: Cell | None
    coverage: Coverage
    base_minimum: int
    is_comparable: bool
    """Whether exactly the agencies expected in the latest quarter contributed, and in full."""
    is_provisional: bool

    @property
    def value(self) -> float | None:
        """The count, or the percentage; None where either is not to be had."""
        if self.numerator.value is None:
            return None
        if self.denominator is None:
            return float(self.numerator.value)
        if self.denominator.value is None or self.denominator.value < self.base_minimum:
            return None
        return 100 * self.numerator.value / self.denominator.value

    @property
    def marker(self) -> str:
        """Why there is no value, or how a rounded zero is printed; empty otherwise."""
        if self.denominator is None:
            return self.numerator.marker
        for cell in (self.numerator, self.denominator):
            if cell.value is None:
                return cell.marker
        return LOW_BASE if self.value is None else ""

    @property
    def text(self) -> str:
        """As a reader sees it: whole numbers, whole percentages, or the marker."""
        if self.marker:
            return self.marker
        assert self.value is not None
        if self.denominator is None:
            return f"{whole(self.value):,}"
        if self.numerator.marker == ROUNDED_ZERO:
            assert self.denominator.value is not None
            return f"0% to {ceil(100 * HALF_WIDTH / (self.denominator.value - HALF_WIDTH))}%"
        return f"{whole(self.value)}%"


@dataclass(frozen=True, kw_only=True)
class Series:
    """One indicator over every published quarter, for one agency or across agencies."""

    indicator: Indicator
    agency: str | None
    """None: distinct people across agencies."""
    links: Links | None
    readings: tuple[Reading, ...]

    @property
    def latest(self) -> Reading:
        """The quarter of the release; of what is followed up, the last that has been."""
        return self.readings[-1]

    @property
    def year_ago(self) -> Reading | None:
        """The same quarter of the year before; None where the release does not go back so far or may not be
        compared."""
        if len(self.readings) <= QUARTERS_PER_YEAR:
            return None
        reading = self.readings[-1 - QUARTERS_PER_YEAR]
        return reading if reading.is_comparable and reading.value is not None else None

    @property
    def rolling_year(self) -> Cell | None:
        """Sum of the last four quarters, for units that add up over time (people do not); None for rates
        and people."""
        if self.indicator.is_rate or self.links is not None or len(self.readings) < QUARTERS_PER_YEAR:
            return None
        return total(r.numerator for r in self.readings[-QUARTERS_PER_YEAR:])

    @property
    def is_all_small(self) -> bool:
        """Whether every count that the release tells reads 0 to 4: a chart of it would be empty."""
        told = [r.numerator.value for r in self.readings if r.numerator.value is not None]
        return bool(told) and not any(told)

    @property
    def is_not_sent(self) -> bool:
        """Whether the agency's extract has no place for it in any quarter of which it sent something."""
        told = {r.numerator for r in self.readings} - {NOT_AVAILABLE}
        return told == {NOT_SENT}

    @property
    def has_values(self) -> bool:
        """Whether any quarter has a value."""
        return any(r.value is not None for r in self.readings)


def whole(value: float) -> int:
    """Nearest whole number, halves up, so that the printed figure does not depend on the parity of its
    neighbour."""
    return int(value + 0.5) if value >= 0 else -int(-value + 0.5)


def total(cells: Iterable[Cell]) -> Cell:
    """Sum of cells; a sum with a withheld or unavailable part is none.

    Raises:
        ValueError: there is nothing to add.
    """
    result: Cell | None = None
    for cell in cells:
        result = cell if result is None else result + cell
    if result is None:
        raise ValueError("there are no cells to add")
    return result


def feeders(release: Release, cube: Cube) -> tuple[Member, ...]:
    """Agencies that feed a cube at some time, in the order of the release."""
    delivering = release.datasets.get(cube.dataset, frozenset())
    return tuple(
        m
        for m in release.members
        if m.agency in delivering
        and (not cube.agency_kinds or m.kind in cube.agency_kinds)
        and (not cube.specialist_only or m.is_specialist)
        and (not cube.links or m.tier == Tier.IDENTIFIED)
    )


def coverage(release: Release, cube: Cube, quarter: Quarter, agency: str | None = None) -> Coverage:
    """Who contributed to a cube in a quarter; to one agency's own table where ``agency`` is given."""
    names = {m.agency for m in feeders(release, cube)} if agency is None else {agency}
    status = release.statuses.get((cube.dataset, quarter), {})
    expected = frozenset(a for a in names if status.get(a, "missing") not in IS_OUTSIDE)
    return Coverage(
        expected=expected,
        contributed=frozenset(a for a in expected if status.get(a) in HAS_DATA),
        partial=frozenset(a for a in expected if status.get(a) == "partial"),
    )


def quarters_of(release: Release, cube: Cube) -> tuple[Quarter, ...]:
    """Quarters of which a cube can tell: all, or those that have been followed for as long as it looks
    ahead."""
    return release.quarters[: max(0, len(release.quarters) - cube.follow_up_quarters)]


def cell_of(release: Release, cells: Cells, period: Quarter | str, of: str, **more: str) -> Cell:
    """The published count that ``cells`` names: in the table of one agency, or of one reading of the links
    (``of``); in another table of the unit, where its count stands there."""
    asked = (*cells.where, *((dimension, (category,)) for dimension, category in more.items()))
    table = release.table(f"{cells.table}.{of}")
    if table is None:
        kind = next((m.kind for m in release.members if m.agency == of), "")
        other = CUBES[cells.cube].stands_as(cells.table, kind)
        if other is None or ("yes",) not in [chosen for _, chosen in asked]:
            return NOT_AVAILABLE
        cube, dimension, category = other
        return cell_of(release, Cells(cube=cube), period, of, **{dimension: category})
    if not cells.where and not more:
        return table.cell(str(period))
    where = dict(cells.where)
    if not {*where, *more} <= set(table.dimensions):  # a public release holds less of the same table
        return NOT_AVAILABLE
    names = tuple(where)
    if all(len(chosen) == 1 for chosen in where.values()):
        return table.cell(str(period), **{name: where[name][0] for name in names}, **more)
    return total(
        table.cell(str(period), **dict(zip(names, chosen, strict=True)), **more)
        for chosen in product(*(where[name] for name in names))
    )


def subjects(release: Release, cube: Cube) -> tuple[tuple[str | None, Links | None], ...]:
    """(agency, links) of every table that stands for one unit of a cube: agencies, or readings of the
    links."""
    if cube.by_agency:
        return tuple((m.agency, None) for m in feeders(release, cube))
    return tuple((None, links) for links in cube.links)


def series_of(release: Release, indicator: Indicator, *, agency: str | None, links: Links | None) -> Series:
    """One indicator over every quarter of the release."""
    cube = CUBES[indicator.numerator.cube]
    of = agency if agency is not None else str(links)
    quarters = quarters_of(release, cube)
    covered = {q: coverage(release, cube, q, agency) for q in quarters}
    whole_set = covered[quarters[-1]].expected or frozenset(a for a in (agency,) if a is not None)
    return Series(
        indicator=indicator,
        agency=agency,
        links=links,
        readings=tuple(
            Reading(
                quarter=q,
                numerator=_seen(release, indicator.numerator, q, of, covered[q]),
                denominator=None
                if indicator.denominator is None
                else _seen(release, indicator.denominator, q, of, covered[q]),
                coverage=covered[q],
                base_minimum=indicator.base_minimum,
                is_comparable=covered[q].contributed == whole_set and not covered[q].partial,
                is_provisional=q in release.provisional_quarters,
            )
            for q in quarters
        ),
    )


def _seen(release: Release, cells: Cells, quarter: Quarter, of: str, covered: Coverage) -> Cell:
    """The cell, and ``[x]`` whatever the file says where nobody contributed: a missing agency is never a
    zero."""
    return cell_of(release, cells, quarter, of) if covered.contributed else NOT_AVAILABLE


def published_range(release: Release, reading: Reading, indicator: Indicator) -> PublishedRange | None:
    """The range that the release publishes for an indicator in one quarter; None where it publishes none."""
    dimensions = [name for name, _ in indicator.numerator.where]
    if len(dimensions) != 1:
        return None
    return release.ranges.get((indicator.numerator.cube, dimensions[0], str(reading.quarter)))


def people_span(release: Release, strict: Reading, every: Reading, indicator: Indicator) -> Span | None:
    """The range of one quarter of an indicator that counts people; None where it has none, or none that is
    published."""
    return span_of([strict, every], published_range(release, every, indicator))


def all_series(release: Release, indicator: Indicator) -> tuple[Series, ...]:
    """One series for each agency, or for each reading of the links (strict first); none where no quarter has
    been followed for long enough, or the agency's extract has no place for it."""
    cube = CUBES[indicator.numerator.cube]
    if not quarters_of(release, cube):
        return ()
    found = (series_of(release, indicator, agency=agency, links=links)
             for agency, links in subjects(release, cube))
    return tuple(series for series in found if not series.is_not_sent)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Lowest and highest figure that the published counts leave open."""

    low: float
    high: float
    is_pct: bool
    is_published: bool = False
    """Whether the release publishes the range itself, in tenths: then it is shown as it is."""
    n_quarters: int = 1
    """Quarters that it is over, taken together."""

    @property
    def text(self) -> tuple[str, str]:
        """Both ends in figures: as published; else whole, and rounded outwards."""
        if self.is_published:
            return f"{self.low:.1f}%", f"{self.high:.1f}%"
        low, high = int(self.low), ceil(self.high)
        return (f"{low}%", f"{high}%") if self.is_pct else (f"{low:,}", f"{high:,}")


def span_of(readings: Iterable[Reading], published: PublishedRange | None = None) -> Span | None:
    """The range from strict links to all links, widened for rounding on both sides; None where a reading
    has no value.

    A share's ends are those of its two counts: (r - 4) / (n + 4) and (r + 4) / (n - 4), within 0 and 100 %.
    Where the release publishes the range that linkage error allows (strict links less the false ones to all
    links plus the missed ones, widened for rounding there), it is taken as it is; where it withholds it as
    too wide, there is none.
    """
    lows: list[float] = []
    highs: list[float] = []
    is_pct = False
    for reading in readings:
        if reading.value is None or reading.numerator.value is None:
            return None
        least, most = max(0, reading.numerator.value - HALF_WIDTH), reading.numerator.value + HALF_WIDTH
        if reading.denominator is None:
            lows.append(float(least))
            highs.append(float(most))
            continue
        assert reading.denominator.value is not None
        is_pct = True
        base = reading.denominator.value
        lows.append(100 * least / (base + HALF_WIDTH))
        highs.append(min(100.0, 100 * most / (base - HALF_WIDTH)))
    if not lows:
        return None
    if published is not None and is_pct:
        if published.low_pct is None or published.high_pct is None:
            return None
        return Span(low=published.low_pct, high=published.high_pct, is_pct=True, is_published=True,
                    n_quarters=published.n_quarters)
    low, high = min(lows), max(highs)
    return Span(low=low, high=high, is_pct=is_pct)
