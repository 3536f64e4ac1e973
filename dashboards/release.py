"""Reading one release folder: who is in it, what arrived, and every published cell.

What belongs here: from released bytes to typed values, and the refusal of a folder that is not one. What
does not: what is computed from the cells (``measure.py``, ``change.py``) and how it reads (``words.py``,
``story.py``).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from schemas.measures.dimensions import ALL
from schemas.quarters import Quarter

FORMAT = 1
BOARD_LICENCE = "Management information for the board; not for onward publication"
"""Stands where the release names no licence of its own."""
WITHHELD = "[c]"
UNAVAILABLE = "[x]"
ROUNDED_ZERO = "0 to 4"
NOT_APPLICABLE = "[z]"
MARKERS = ("", WITHHELD, UNAVAILABLE, NOT_APPLICABLE, ROUNDED_ZERO)
VALUELESS = (WITHHELD, UNAVAILABLE, NOT_APPLICABLE)
"""Markers of a cell without a value; of a sum the first that any part bears."""


class ReleaseError(ValueError):
    """A release folder cannot be read; names file, place and remedy."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One published count: a value, or the marker that stands in its place."""

    value: int | None
    marker: str = ""

    def __post_init__(self) -> None:
        """Refuse a cell that is neither.

        Raises:
            ValueError: unknown marker, or a value beside a marker that says that there is none.
        """
        if self.marker not in MARKERS:
            raise ValueError(f"marker [{self.marker}] is not one of [{'] ['.join(MARKERS[1:])}]")
        if (self.value is None) != (self.marker in VALUELESS):
            raise ValueError("a cell holds a value, or a marker that says why there is none")

    @property
    def text(self) -> str:
        """As a reader sees it."""
        if self.marker:
            return self.marker
        assert self.value is not None
        return f"{self.value:,}"

    def __add__(self, other: Cell) -> Cell:
        """The sum of two cells; unknown where either is, and withheld rather than unavailable where they
        differ."""
        if self.value is None or other.value is None:
            return Cell(
                value=None, marker=next(m for m in VALUELESS if m in (self.marker, other.marker)))
        total = self.value + other.value
        return Cell(
            value=total,
            marker=ROUNDED_ZERO if total == 0 and ROUNDED_ZERO in (self.marker, other.marker) else "",
        )


NOT_AVAILABLE = Cell(value=None, marker=UNAVAILABLE)
NOT_SENT = Cell(value=None, marker=NOT_APPLICABLE)
"""The agency's extract has no place for it: a nought would be one of the form."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One file of ``cubes/``: a table of counts with its margins in every published period."""

    name: str
    """File name without its ending, such as ``reports_by_status.police``."""
    dimensions: tuple[str, ...]
    cells: Mapping[tuple[str, ...], Cell] = field(repr=False)
    """By (period, category of each dimension or ``all``)."""

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Published periods in order."""
        return tuple(sorted({key[0] for key in self.cells}))

    @cached_property
    def _categories(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(found) for found in zip(*(key[1:] for key in self.cells), strict=True))

    def cell(self, period: str, **categories: str) -> Cell:
        """One cell; ``[x]`` where the table has no such period.

        A category that no line of the table names has never occurred: it reads as a rounded zero wherever the
        margin over it has a value.

        Raises:
            KeyError: a dimension that the table does not have.
        """
        if unknown := categories.keys() - self.dimensions:
            raise KeyError(f"table [{self.name}] has no dimension [{min(unknown)}]")
        key = tuple(categories.get(d, ALL) for d in self.dimensions)
        found = self.cells.get((period, *key))
        if found is not None:
            return found
        known = tuple(c if c in names else ALL for c, names in zip(key, self._categories, strict=False))
        if known == key:
            return NOT_AVAILABLE
        margin = self.cells.get((period, *known), NOT_AVAILABLE)
        return margin if margin.value is None else Cell(value=0, marker=ROUNDED_ZERO)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One agency as the release lists it."""

    agency: str
    name: str
    kind: str
    tier: str
    is_specialist: bool
    joined: Quarter
    left: Quarter | None
    areas: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One line of ``coverage.csv``: what became of one dataset of one agency in one quarter."""

    agency: str
    dataset: str
    quarter: Quarter
    status: str
    received_on: str


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One published estimate of how good the linkage is."""

    quarter: str
    role: str
    measure: str
    breakdown: str
    """``all``, or the characteristic whose ``category`` it is of."""
    category: str
    value: str


@dataclass(frozen=True, kw_only=True)
class PublishedRange:
    """One line of ``ranges.csv``: the share of people that linkage error allows, in percent."""

    low_pct: float | None
    """None where the range is too wide to be published; so is the other end."""
    high_pct: float | None
    n_quarters: int = 1
    """Quarters that the range is over, the named one the last; releases of before say nothing, and mean
    one."""
    marker: str = ""
    """``[u]`` where it is not published."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """One release folder, read."""

    folder: Path = field(repr=False)
    number: str
    """Such as ``2026-Q3.1``."""
    quarter: Quarter
    created_on: str
    audience: str
    licence: str
    status: str
    approved_by: str | None
    is_sample: bool
    partnership: str
    is_attacked: bool
    first_quarter: Quarter
    final_quarters: frozenset[Quarter]
    provisional_quarters: frozenset[Quarter]
    members: tuple[Member, ...]
    linkage: tuple[Estimate, ...]
    provenance: Mapping[str, Any] = field(repr=False)
    deliveries: tuple[Delivery, ...] = field(repr=False)
    register: tuple[Mapping[str, str], ...] = field(repr=False)
    """Entries of the register that count nobody; empty where none was loaded."""
    ranges: Mapping[tuple[str, str, str], PublishedRange] = field(repr=False)
    """By (cube, dimension, quarter)."""

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """Every published quarter in order."""
        return tuple(Quarter.range(self.first_quarter, self.quarter))

    @cached_property
    def statuses(self) -> Mapping[tuple[str, Quarter], Mapping[str, str]]:
        """Status of the delivery of each agency, by dataset and quarter."""
        found: dict[tuple[str, Quarter], dict[str, str]] = {}
        for d in self.deliveries:
            found.setdefault((d.dataset, d.quarter), {})[d.agency] = d.status
        return found

    @cached_property
    def datasets(self) -> Mapping[str, frozenset[str]]:
        """Agencies that deliver each dataset at some time."""
        found: dict[str, set[str]] = {}
        for d in self.deliveries:
            found.setdefault(d.dataset, set()).add(d.agency)
        return {dataset: frozenset(agencies) for dataset, agencies in found.items()}

    @cached_property
    def table_names(self) -> tuple[str, ...]:
        """Names of every table of the release, in order."""
        return tuple(sorted(path.name.removesuffix(".csv") for path in (self.folder / "cubes").glob("*.csv")))

    @cached_property
    def _tables(self) -> dict[str, Table | None]:
        return {}

    def table(self, name: str) -> Table | None:
        """One table by file name without ending; None where the release does not have it."""
        if name not in self._tables:
            path = self.folder / "cubes" / f"{name}.csv"
            self._tables[name] = _read_table(path, name) if path.is_file() else None
        return self._tables[name]

    def tables(self) -> Iterator[Table]:
        """Every table in order of its name."""
        for name in self.table_names:
            table = self.table(name)
            assert table is not None
            yield table

    def member(self, agency: str) -> Member:
        """One agency by its short name.

        Raises:
            KeyError: no such agency in the release.
        """
        for member in self.members:
            if member.agency == agency:
                return member
        raise KeyError(f"release [{self.number}] has no agency [{agency}]")


def read_release(folder: Path) -> Release:
    """Read one release folder.

    Raises:
        ReleaseError: a file is absent or not of the form that ``docs`` gives; names file, key and remedy.
    """
    path = folder / "release.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReleaseError(
            f"[{folder.name}]: holds no [release.json]. Give the folder of one release."
        ) from None
    except ValueError:
        raise ReleaseError(
            "[release.json]: is not readable as JSON. Take the folder from the release step again."
        ) from None
    try:
        return _release(folder, content)
    except KeyError as error:
        raise ReleaseError(
            f"[release.json], key [{error.args[0]}]: is missing. Take the folder from the release step again."
        ) from None


def _release(folder: Path, content: dict[str, Any]) -> Release:
    if content["format"] != FORMAT:
        raise ReleaseError(
            f"[release.json], key [format]: is [{content['format']}], this version reads [{FORMAT}]."
        )
    return Release(
        folder=folder,
        number=content["release"],
        quarter=Quarter.parse(content["quarter"]),
        created_on=content["created_on"],
        audience=content["audience"],
        licence=content.get("licence", BOARD_LICENCE),
        status=content["status"],
        approved_by=content["approved_by"],
        is_sample=content["is_sample"],
        partnership=content["partnership"],
        is_attacked=content["attacked"],
        first_quarter=Quarter.parse(content["first_quarter"]),
        final_quarters=frozenset(map(Quarter.parse, content["final_quarters"])),
        provisional_quarters=frozenset(map(Quarter.parse, content["provisional_quarters"])),
        members=tuple(_member(entry) for entry in content["agencies"]),
        linkage=tuple(_estimate(entry) for entry in content["linkage"]),
        provenance=content["provenance"],
        deliveries=tuple(_deliveries(folder / "coverage.csv")),
        register=tuple(_rows(folder / "registers.csv")) if (folder / "registers.csv").exists() else (),
        ranges={
            (row["measure"], row["dimension"], row["period"]): PublishedRange(
                low_pct=float(row["low_pct"]) if row["low_pct"] else None,
                high_pct=float(row["high_pct"]) if row["high_pct"] else None,
                n_quarters=int(row.get("n_quarters") or 1),
                marker=row.get("marker") or "",
            )
            for row in (_rows(folder / "ranges.csv") if (folder / "ranges.csv").exists() else ())
        },
    )


def _estimate(entry: dict[str, Any]) -> Estimate:
    value = entry["value"]
    return Estimate(
        quarter=str(entry["quarter"]),
        role=str(entry.get("role", "")),
        measure=str(entry["measure"]),
        breakdown=str(entry.get("breakdown", ALL)),
        category=str(entry.get("category", "")),
        value=UNAVAILABLE if value is None else f"{value:.3f}" if isinstance(value, float) else str(value),
    )


def _member(entry: dict[str, Any]) -> Member:
    return Member(
        agency=entry["agency"],
        name=entry["name"],
        kind=entry["kind"],
        tier=entry["tier"],
        is_specialist=entry["is_specialist"],
        joined=Quarter.parse(entry["joined"]),
        left=Quarter.parse(entry["left"]) if entry["left"] else None,
        areas=tuple(entry["areas"]),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        raise ReleaseError(
            f"[{path.name}]: is not in the release folder. Take the folder from the release step again."
        ) from None


def _deliveries(path: Path) -> Iterator[Delivery]:
    for row in _rows(path):
        yield Delivery(
            agency=row["agency"],
            dataset=row["dataset"],
            quarter=Quarter.parse(row["quarter"]),
            status=row["status"],
            received_on=row["received_on"],
        )


def _read_table(path: Path, name: str) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if len(header) < 3 or header[0] != "period" or header[-2:] != ["value", "marker"]:
            raise ReleaseError(f"[cubes/{path.name}]: the header is not period, dimensions, value, marker.")
        cells: dict[tuple[str, ...], Cell] = {}
        known: dict[tuple[str, str], Cell] = {}
        for line, row in enumerate(reader, start=2):
            try:
                *key, value, marker = row
                cell = known.get((value, marker))
                if cell is None:
                    cell = known[value, marker] = Cell(value=int(value) if value else None, marker=marker)
                cells[tuple(key)] = cell
            except ValueError:
                raise ReleaseError(
                    f"[cubes/{path.name}], line [{line}]: value and marker do not make a cell."
                ) from None
    return Table(name=name, dimensions=tuple(header[1:-2]), cells=cells)
