"""Systems: all cells of one unit and period, laid out as arrays, with the box that each statement leaves.

Here: `Layout` (which cells, in which order, under which canonical key), the boxes that one release states,
and their combination over releases.
Not here: parsing (read.py), what sums imply (relations.py), any verdict (criteria.py).
A *face* is the set of dimensions a table is broken down by; the face () is the grand total. A shared margin
is one cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from math import prod

import numpy as np

from anonymisation.audit.hypergraph import Branch, Edge, cliques, is_acyclic, join_tree, maximal
from anonymisation.audit.read import Cube, Release, Rules, canonical_key
from anonymisation.audit.rows import EXACT, NO_VALUE, ROUNDED, UNAVAILABLE, WITHHELD, AuditError, Ints

CAP = 10_000_000
"""Upper end of a cell that nothing bounds. Counts of people in a partnership stay far below it."""
SEARCHABLE_COMBINATIONS = 100_000
"""Joint combinations of a cyclic core that exact search may hold. disclosure.md, Attack."""
UNSAID = -1
"""State of a cell that a release does not speak of."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The cells of one system. Published faces first, then those that must exist behind a cyclic core."""

    unit: str
    period: str
    categories: Mapping[str, tuple[str, ...]]
    edges: tuple[Edge, ...]
    """Maximal published dimension sets."""
    cubes: Mapping[str, Edge]
    """Cube name → its dimensions."""
    acyclic: bool
    tree: tuple[Branch, ...]
    """Empty where the cyclic core is too large to search."""
    offsets: Mapping[Edge, int]
    size: int
    n_published: int

    @property
    def searchable(self) -> bool:
        return bool(self.tree)

    def shape(self, face: Edge) -> tuple[int, ...]:
        return tuple(len(self.categories[d]) for d in face)

    def place(self, face: Edge) -> slice:
        return slice(self.offsets[face], self.offsets[face] + prod(self.shape(face)))

    def ids(self, face: Edge) -> Ints:
        where = self.place(face)
        return np.arange(where.start, where.stop, dtype=np.int64).reshape(self.shape(face))

    @property
    def published_faces(self) -> Iterator[Edge]:
        return (f for f, at in self.offsets.items() if at < self.n_published)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Canonical keys of the published cells, in order."""
        return tuple(
            canonical_key(self.unit, self.period, dict(zip(face, combo, strict=True)))
            for face in self.published_faces
            for combo in product(*(self.categories[d] for d in face))
        )

    @cached_property
    def index(self) -> dict[str, int]:
        return {k: i for i, k in enumerate(self.keys)}

    def sums(self) -> Iterator[tuple[Ints, Ints, bool]]:
        """Every relation margin = Σ cells as (margins, cells per margin, needed?); the rest follow from the
        needed ones.
        """
        done: set[tuple[Edge, Edge]] = set()
        for edge in self.edges:
            for n in range(len(edge)):
                for face in combinations(edge, n):
                    for turn, d in enumerate(v for v in edge if v not in face):
                        fine = tuple(sorted((*face, d)))
                        if (face, fine) not in done:
                            done.add((face, fine))
                            yield (*self.summed(face, fine), turn == 0)
        published = set(self.published_faces)
        for branch in self.tree:
            if branch.clique in published:
                continue
            inside = {f for f in published if set(f) < set(branch.clique)}
            inside |= {b.separator for b in self.tree if set(b.separator) < set(branch.clique)}
            for face in maximal(inside):
                yield (*self.summed(face, branch.clique), True)

    def summed(self, face: Edge, fine: Edge) -> tuple[Ints, Ints]:
        kept = [fine.index(d) for d in face]
        rest = [i for i in range(len(fine)) if i not in kept]
        cells = self.ids(fine).transpose(kept + rest).reshape(prod(self.shape(face)), -1)
        return self.ids(face).reshape(-1), cells


def layout(unit: str, period: str, cubes: Sequence[Cube]) -> Layout:
    """The layout of one system. Raises AuditError where two cubes list different categories for one
    dimension.
    """
    categories: dict[str, tuple[str, ...]] = {}
    for cube in cubes:
        for d, cats in cube.categories.items():
            if set(categories.setdefault(d, cats)) != set(cats):
                raise AuditError(
                    f"unit [{unit}]: cubes disagree on the categories of [{d}]; "
                    "they are no margins of one table"
                )
    edges = maximal(c.dimensions for c in cubes)
    sizes = {d: len(c) for d, c in categories.items()}
    nodes = cliques(edges, sizes) or edges
    latent = [n for n in nodes if not any(set(n) <= set(e) for e in edges)]
    tree = (
        join_tree(nodes) if sum(prod(sizes[d] for d in n) for n in latent) <= SEARCHABLE_COMBINATIONS else ()
    )
    faces = sorted(
        {f for e in edges for n in range(len(e) + 1) for f in combinations(e, n)}, key=lambda f: (len(f), f)
    )
    published = set(faces)
    offsets: dict[Edge, int] = {}
    at = n_published = 0
    behind = sorted(({b.clique for b in tree} | {b.separator for b in tree}) - published)
    for face in (*faces, *behind):
        offsets[face] = at
        at += prod(sizes[d] for d in face)
        if face in published:
            n_published = at
    return Layout(
        unit=unit, period=period, categories=categories, edges=edges,
        cubes={c.name: c.dimensions for c in cubes},
        acyclic=is_acyclic(edges), tree=tree, offsets=offsets, size=at, n_published=n_published,
    )  # fmt: skip


@dataclass(kw_only=True)
class Statement:
    """What a release, or several together, say of each cell of a layout. Arrays over the layout's cells."""

    lo: Ints
    up: Ints
    value: Ints
    state: Ints
    mixed: set[str] = field(default_factory=set)
    """Cubes in which a cell stands in two ways (two figures; exact and rounded)."""

    def copy(self) -> Statement:
        return Statement(
            lo=self.lo.copy(),
            up=self.up.copy(),
            value=self.value.copy(),
            state=self.state.copy(),
            mixed=set(self.mixed),
        )


def boxes(value: Ints, state: Ints, rules: Rules, elastic: bool) -> tuple[Ints, Ints]:
    """The interval that the rule itself leaves around each figure.

    Rounded r: the truth is less than one base away, [max(0, r−b+1), r+b−1]; an elastic class may go one step
    more, and a true zero never moves, so r > 0 leaves at least 1.
    """
    reach = rules.base - 1 + (rules.base if elastic else 0)
    exact, rounded = state == EXACT, state == ROUNDED
    lo = np.where(exact, value, np.where(rounded & (value > 0), np.maximum(1, value - reach), 0))
    up = np.where(exact, value, np.where(rounded, value + reach, CAP))
    return lo, up


def statement(plan: Layout, release: Release) -> Statement:
    """What one release says of the cells of a system."""
    said = Statement(
        lo=np.zeros(plan.size, dtype=np.int64), up=np.full(plan.size, CAP, dtype=np.int64),
        value=np.full(plan.size, NO_VALUE, dtype=np.int64), state=np.full(plan.size, UNSAID, dtype=np.int64),
    )  # fmt: skip
    mine = [c for c in release.cubes if c.unit == plan.unit and plan.period in c.value]
    for cube in mine:
        value, state = (_ordered(a[plan.period], cube, plan) for a in (cube.value, cube.state))
        for n in range(len(cube.dimensions) + 1):
            for face in combinations(cube.dimensions, n):
                pick = tuple(slice(0, -1) if d in face else -1 for d in cube.dimensions)
                _say(
                    said,
                    plan.place(face),
                    value[pick].reshape(-1),
                    state[pick].reshape(-1),
                    release.rules,
                    cube,
                )
    gone = said.state == UNAVAILABLE
    for edge in plan.edges:
        where = plan.place(edge)
        said.up[where][gone[where]] = 0
    for cube in mine:
        for zero in cube.structural_zeros:
            for face in plan.offsets:
                if set(zero) <= set(face):
                    pick = tuple(
                        plan.categories[d].index(zero[d]) if d in zero else slice(None) for d in face
                    )
                    said.up[plan.ids(face)[pick]] = 0
    return said


def _ordered(array: Ints, cube: Cube, plan: Layout) -> Ints:
    """The array with categories in the layout's order (cubes may list them in another)."""
    for axis, d in enumerate(cube.dimensions):
        if cube.categories[d] != plan.categories[d]:
            order = [cube.categories[d].index(c) for c in plan.categories[d]] + [len(plan.categories[d])]
            array = np.take(array, order, axis=axis)
    return array


def _say(said: Statement, where: slice, value: Ints, state: Ints, rules: Rules, cube: Cube) -> None:
    lo, up = boxes(value, state, rules, cube.elastic)
    before, figure = said.state[where], said.value[where]
    speaks = state != UNAVAILABLE
    twice = speaks & np.isin(before, (EXACT, ROUNDED)) & np.isin(state, (EXACT, ROUNDED))
    if (twice & ((before != state) | (figure != value))).any():
        said.mixed.add(cube.name)
    said.lo[where] = np.where(speaks, np.maximum(said.lo[where], lo), said.lo[where])
    said.up[where] = np.where(speaks, np.minimum(said.up[where], up), said.up[where])
    fresh = (before == UNSAID) | ((before == UNAVAILABLE) & speaks)
    hides = speaks & (state == WITHHELD)
    said.value[where] = np.where(hides, NO_VALUE, np.where(fresh, value, figure))
    said.state[where] = np.where(fresh | hides, state, before)


def combined(now: Statement, before: Sequence[Statement], truth: Ints | None) -> Statement:
    """What a reader holds who kept every earlier release.

    He takes a cell's figures, old and new, to be of one count unless they exclude each other (or, where the
    truth is known to us, unless the old one excludes the truth: then the cell was revised and his inference
    would be wrong).
    """
    held = now.copy()
    for old in reversed(before):
        lo, up = np.maximum(held.lo, old.lo), np.minimum(held.up, old.up)
        usable = (lo <= up) & (old.state != UNSAID)
        if truth is not None:
            usable &= ~((truth != NO_VALUE) & ((truth < old.lo) | (truth > old.up)))
        held.lo, held.up = np.where(usable, lo, held.lo), np.where(usable, up, held.up)
        fresh = (held.state == UNSAID) & (old.state != UNSAID)
        held.state, held.value = (
            np.where(fresh, old.state, held.state),
            np.where(fresh, old.value, held.value),
        )
    return held


def restated(now: Statement, old: Statement) -> int:
    """Cells with another figure than before."""
    figures = np.isin(old.state, (EXACT, ROUNDED)) & np.isin(now.state, (EXACT, ROUNDED))
    return int((figures & (old.value != now.value)).sum())
