"""Systems: all cells of one unit and period, and the sums that hold between them.

Here: canonical keys, frames of counts turned into cells, shared margins met once, the additive relations,
ties between systems. Not here: the definition of a cube (cubes.py), which cells need protection (targets.py),
protection itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from anonymisation.disclosure.cubes import ALL, Cube, check_cubes, facets
from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.sums import Sums

Ints = npt.NDArray[np.int64]
Coordinates = tuple[tuple[str, str], ...]
"""Sorted (dimension, node) pairs, without the margins."""


def cell_key(unit: str, period: str, cell: Mapping[str, str]) -> str:
    """Canonical key of a cell: unit | period | sorted `dimension=category` pairs joined by `;` (none: the
    total)."""
    pairs = sorted((d, c) for d, c in cell.items() if c != ALL)
    return f"{unit}|{period}|" + ";".join(f"{d}={c}" for d, c in pairs)


@dataclass(frozen=True, kw_only=True)
class Relation:
    """One sum that holds between cells: value[parent] = Σ value[children]."""

    parent: int
    children: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Tie:
    """left ≤ Σ right (`le`) or left = Σ right (`eq`), between cells of different systems, by key."""

    kind: str
    left: str
    right: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.kind not in ("le", "eq"):
            raise DisclosureError(
                f"a tie of kind [{self.kind}] is unknown: use `le` (left ≤ sum of right) or `eq`."
            )
        if not self.right:
            raise DisclosureError("a tie has nothing on its right side.")

    @staticmethod
    def parse(entry: Mapping[str, Any]) -> Tie:
        """From the form of systems.json: {"kind", "left": {unit, period, cell}, "right": [{…}, …]}."""
        try:
            sides = [entry["left"], *entry["right"]]
            keys = [cell_key(side["unit"], side["period"], side["cell"]) for side in sides]
            return Tie(kind=entry["kind"], left=keys[0], right=tuple(keys[1:]))
        except (KeyError, TypeError, AttributeError):
            raise DisclosureError(
                "a tie must hold `kind`, `left` and `right`, each side with `unit`, `period` and `cell`."
            ) from None


@dataclass(frozen=True, kw_only=True, eq=False)
class System:
    """All cells of one unit and period. Arrays are indexed by cell."""

    unit: str
    period: str
    cubes: tuple[Cube, ...]
    keys: tuple[str, ...]
    coordinates: tuple[Coordinates, ...]
    values: Ints
    """True counts. Never leaves protection."""
    missing: npt.NDArray[np.bool_]
    """`[x]`: not reported, no part of the sums."""
    structural: npt.NDArray[np.bool_]
    """Zero by definition."""
    relations: tuple[Relation, ...]
    sums: Sums
    """The relations as arrays: Σ children − parent = 0."""
    layout: Mapping[str, Ints]
    """Per cube: cell index of each of its rows, in the order published."""

    def __repr__(self) -> str:
        return f"System(unit={self.unit!r}, period={self.period!r}, cells={len(self.keys)})"


def check_frame(cube: Cube, frame: pl.DataFrame) -> pl.DataFrame:
    """A cube's counts with text dimensions and whole counts `n`; null n: not available. Raises otherwise."""
    where = f"cube [{cube.name}]"
    wanted = {"period", *cube.dimensions, "n"}
    if set(frame.columns) != wanted:
        raise DisclosureError(
            f"{where}: the counts must have exactly the columns {sorted(wanted)}; "
            f"missing {sorted(wanted - set(frame.columns))}, "
            f"not wanted {sorted(set(frame.columns) - wanted)}."
        )
    dtype = frame.schema["n"]
    if dtype.is_float():
        whole = frame["n"].drop_nulls()
        odd = int((~(whole.is_finite() & (whole == whole.round(0)))).sum())
        if odd:
            raise DisclosureError(
                f"{where}: [{odd}] counts are not whole numbers. Counts of units are; weights or rates are "
                "not."
            )
    elif not dtype.is_integer() and dtype != pl.Null:
        raise DisclosureError(f"{where}: the counts are [{dtype}], not whole numbers.")
    frame = frame.with_columns(
        pl.col("n").cast(pl.Int64), *(pl.col(c).cast(pl.String) for c in ("period", *cube.dimensions))
    )
    negative = int((frame["n"] < 0).sum())
    if negative:
        raise DisclosureError(f"{where}: [{negative}] counts are negative.")
    for dimension in ("period", *cube.dimensions):
        if frame[dimension].null_count():
            raise DisclosureError(
                f"{where}: column [{dimension}] is empty in [{frame[dimension].null_count()}] rows."
            )
    for dimension in cube.dimensions:
        unknown = frame.filter(~pl.col(dimension).is_in([*cube.nodes(dimension), ALL]))
        if len(unknown):
            raise DisclosureError(
                f"{where}: [{len(unknown)}] rows hold a category of [{dimension}] that the cube does not "
                "define. "
                "Add it to the cube, or map it before counting."
            )
    if frame.select("period", *cube.dimensions).is_duplicated().any():
        raise DisclosureError(
            f"{where}: a cell stands twice. Each (period, {', '.join(cube.dimensions)}) must stand once."
        )
    return frame


def _full_tables(
    cube: Cube, frame: pl.DataFrame, periods: Sequence[str]
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """(counts, not available) of every period over all nodes of the cube (categories, groups, all); margins
    built and checked. The first axis is the period."""
    nodes = [(*cube.nodes(d), ALL) for d in cube.dimensions]
    places = [_codes(frame["period"], periods)]
    places += [_codes(frame[d], names) for d, names in zip(cube.dimensions, nodes, strict=True)]
    n, told = frame["n"].fill_null(0).to_numpy(), frame["n"].is_not_null().to_numpy()
    leaf = np.ones(len(frame), dtype=np.bool_)
    for d, codes in zip(cube.dimensions, places[1:], strict=True):
        leaf &= codes < len(cube.categories[d])
    values = np.zeros([len(periods), *(len(cube.categories[d]) for d in cube.dimensions)], dtype=np.int64)
    available = np.ones(values.shape, dtype=np.int64)
    at = tuple(codes[leaf] for codes in places)
    values[at], available[at] = n[leaf], told[leaf]
    for axis, (dimension, names) in enumerate(zip(cube.dimensions, nodes, strict=True), start=1):
        leaves = {c: i for i, c in enumerate(cube.categories[dimension])}
        summing = np.zeros((len(names), len(leaves)), dtype=np.int64)
        for i, node in enumerate(names):
            summing[i, [leaves[c] for c in cube.leaves(dimension, node)]] = 1
        values = np.moveaxis(np.tensordot(summing, values, axes=(1, axis)), 0, axis)
        available = np.moveaxis(np.tensordot(summing, available, axes=(1, axis)), 0, axis)
    wrong = told & (values[tuple(places)] != n)
    if wrong.any():
        first = int(places[0][wrong].min())
        raise DisclosureError(
            f"cube [{cube.name}], period [{periods[first]}]: [{int((wrong & (places[0] == first)).sum())}] "
            "margins do not add up to their cells. "
            "Count the margins from the same records, or leave them out: they are built here."
        )
    return values, available == 0


def _codes(column: pl.Series, names: Sequence[str]) -> Ints:
    """The place of each entry among the names; every entry is one of them."""
    return column.cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()


def _relations(cubes: Sequence[Cube], index: Mapping[Coordinates, int]) -> list[Relation]:
    """Sums enough to make every table additive, each once: a cell is expanded along as few dimensions as
    reach all the tables that it is a margin of (then, by induction from the finest tables, it is the margin
    of each)."""
    tables = facets(cubes)
    groups = {d: dict(cube.hierarchies.get(d, ())) for cube in cubes for d in cube.dimensions}
    categories = {d: cube.categories[d] for cube in cubes for d in cube.dimensions}
    chosen: dict[tuple[frozenset[str], frozenset[str]], tuple[str, ...]] = {}

    def expansions(support: frozenset[str], grouped: frozenset[str]) -> tuple[str, ...]:
        if grouped:
            return (min(grouped),)
        left = [t for t in tables if support < t]
        found: list[str] = []
        while left:
            options = sorted({d for t in left for d in t - support})
            best = max(options, key=lambda d: (sum(d in t for t in left), -len(categories[d]), d))
            found.append(best)
            left = [t for t in left if best not in t]
        return tuple(found)

    relations = []
    for cell, parent in index.items():
        support = frozenset(d for d, _ in cell)
        grouped = frozenset(d for d, node in cell if node in groups[d])
        if (support, grouped) not in chosen:
            chosen[support, grouped] = expansions(support, grouped)
        at = dict(cell)
        for dimension in chosen[support, grouped]:
            members = groups[dimension][at[dimension]] if dimension in at else categories[dimension]
            children = tuple(index[tuple(sorted({**at, dimension: m}.items()))] for m in members)
            relations.append(Relation(parent=parent, children=children))
    return relations


@dataclass(frozen=True, kw_only=True, eq=False)
class _Shape:
    """What some cubes of one unit are together, whatever is counted: the same for every period of theirs."""

    cubes: tuple[Cube, ...]
    cells: tuple[str, ...]
    """Third part of each key."""
    coordinates: tuple[Coordinates, ...]
    structural: npt.NDArray[np.bool_]
    relations: tuple[Relation, ...]
    sums: Sums
    layout: Mapping[str, Ints]
    origin: Ints
    """Per cell the cube, by number, that it was first met in."""


def _shape(cubes: Sequence[Cube]) -> _Shape:
    index: dict[Coordinates, int] = {}
    origin: list[int] = []
    layout: dict[str, Ints] = {}
    for number, cube in enumerate(cubes):
        order = sorted(range(len(cube.dimensions)), key=lambda i: cube.dimensions[i])
        names = [[(d, node) for node in cube.nodes(d)] + [None] for d in cube.dimensions]
        rows = []
        for cell in itertools.product(*names):
            coordinates = tuple(pair for i in order if (pair := cell[i]) is not None)
            at = index.setdefault(coordinates, len(index))
            if at == len(origin):
                origin.append(number)
            rows.append(at)
        layout[cube.name] = np.array(rows, dtype=np.int64)
    structural = np.zeros(len(index), dtype=np.bool_)
    zeros = [{*zero.items()} for cube in cubes for zero in cube.structural_zeros]
    if zeros:
        for cell, at in index.items():
            structural[at] = any(zero <= set(cell) for zero in zeros)
    relations = tuple(_relations(cubes, index))
    return _Shape(
        cubes=tuple(cubes),
        cells=tuple(";".join(f"{d}={c}" for d, c in cell) for cell in index),
        coordinates=tuple(index),
        structural=structural,
        relations=relations,
        sums=Sums.of_rows(((*r.children, r.parent), (*([1] * len(r.children)), -1)) for r in relations),
        layout=layout,
        origin=np.array(origin, dtype=np.int64),
    )


def _systems(
    unit: str, periods: Sequence[str], cubes: Sequence[Cube], frames: Mapping[str, pl.DataFrame]
) -> list[System]:
    """The systems of the periods of which the same cubes speak."""
    shape = _shape(cubes)
    values = np.zeros((len(periods), len(shape.cells)), dtype=np.int64)
    missing = np.zeros(values.shape, dtype=np.bool_)
    for number, cube in enumerate(cubes):
        frame = frames[cube.name].filter(pl.col("period").is_in(list(periods)))
        table, absent = (a.reshape(len(periods), -1) for a in _full_tables(cube, frame, periods))
        at = shape.layout[cube.name]
        is_new = shape.origin[at] == number
        values[:, at[is_new]], missing[:, at[is_new]] = table[:, is_new], absent[:, is_new]
        apart = (values[:, at] != table) | (missing[:, at] != absent)
        if apart.any():
            first = int(np.argmax(apart.any(axis=1)))
            other = cubes[int(shape.origin[at][np.flatnonzero(apart[first])[-1]])].name
            raise DisclosureError(
                f"unit [{unit}], period [{periods[first]}]: cubes [{cube.name}] and [{other}] differ in "
                f"[{int(apart[first].sum())}] margins "
                "that they share, so they do not add up to the same units. Count both from the same records, "
                "with the same "
                "areas available."
            )
    broken = (shape.structural & (values > 0)).sum(axis=1)
    if broken.any():
        first = int(np.argmax(broken > 0))
        raise DisclosureError(
            f"unit [{unit}], period [{periods[first]}]: [{int(broken[first])}] cells declared structural "
            "zeros hold somebody. Mend the declaration."
        )
    return [
        System(
            unit=unit,
            period=period,
            cubes=shape.cubes,
            keys=tuple(f"{unit}|{period}|{cell}" for cell in shape.cells),
            coordinates=shape.coordinates,
            values=values[i],
            missing=missing[i],
            structural=shape.structural,
            relations=shape.relations,
            sums=shape.sums,
            layout=shape.layout,
        )
        for i, period in enumerate(periods)
    ]


def systems_of(cubes: Iterable[Cube], counts: Mapping[str, pl.DataFrame]) -> list[System]:
    """The systems of these cubes, one per unit and period. A cube without a row for a period is not published
    for it.

    `counts`: per cube name a frame (period, its dimensions, n): leaves, with or without margins; a leaf that
    is absent is 0, a null n is not available. Raises DisclosureError on anything that cannot be protected
    truthfully.
    """
    listed = list(cubes)
    check_cubes(listed)
    lacking = sorted({cube.name for cube in listed} ^ set(counts))
    if lacking:
        raise DisclosureError(
            f"cubes and counts must bear the same names; these stand on one side only: {lacking}."
        )
    frames = {cube.name: check_frame(cube, counts[cube.name]) for cube in listed}
    periods: dict[tuple[str, str], list[Cube]] = {}
    for cube in listed:
        for period in sorted(frames[cube.name]["period"].unique().to_list()):
            if not period or any(sign in period for sign in "|;="):
                raise DisclosureError(
                    f"cube [{cube.name}]: a period is empty or holds one of the signs that part keys."
                )
            periods.setdefault((cube.unit, period), []).append(cube)
    if not periods:
        raise DisclosureError("the counts hold no row: there is nothing to protect.")
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (unit, period), group in sorted(periods.items()):
        together.setdefault((unit, tuple(cube.name for cube in group)), []).append(period)
    named = {cube.name: cube for cube in listed}
    found = [
        system
        for (unit, names), own in together.items()
        for system in _systems(unit, own, [named[name] for name in names], frames)
    ]
    return sorted(found, key=lambda system: (system.unit, system.period))
