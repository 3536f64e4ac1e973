"""Systems: all cells of one unit and period, laid out as arrays.

Here: `Layout`: which cells, in which order, under which canonical key, and the sums between them.
Not here: parsing (read.py), what releases say of the cells (statements.py), what sums imply (relations.py).
A *face* is the set of dimensions a table is broken down by; the face () is the grand total. A shared margin
is one cell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, product
from math import prod
from typing import Any, TypeVar

import numpy as np

from anonymisation.audit.hypergraph import Branch, Edge, cliques, is_acyclic, join_tree, maximal
from anonymisation.audit.read import Cube, canonical_key
from anonymisation.audit.rows import AuditError, Ints

CAP = 1_000_000_000
"""Upper end of a cell that nothing bounds. Counts of people stay far below it."""
SEARCHABLE_COMBINATIONS = 100_000
"""Joint combinations of a cyclic core that exact search may hold. disclosure.md, Attack."""
T = TypeVar("T")


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
    shared: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False, compare=False)
    """What is worked out of the shape alone, once for all periods of it."""

    @property
    def searchable(self) -> bool:
        return bool(self.tree)

    def once(self, *name: object, make: Callable[[], T]) -> T:
        """What `make` gives, made once for all periods of this shape."""
        if name not in self.shared:
            self.shared[name] = make()
        found: T = self.shared[name]
        return found

    def shape(self, face: Edge) -> tuple[int, ...]:
        return tuple(len(self.categories[d]) for d in face)

    def place(self, face: Edge) -> slice:
        start = self.offsets[face]
        return self.once("place", face, make=lambda: slice(start, start + prod(self.shape(face))))

    def ids(self, face: Edge) -> Ints:
        where = self.place(face)
        return np.arange(where.start, where.stop, dtype=np.int64).reshape(self.shape(face))

    @property
    def shape_digest(self) -> bytes:
        """Equal for layouts of the same cells."""
        cells = self.once("cells", make=self._cells)
        return self.once("digest", make=lambda: hashlib.sha256(repr((cells, self.size)).encode()).digest())

    @property
    def published_faces(self) -> Iterator[Edge]:
        return (f for f, at in self.offsets.items() if at < self.n_published)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Canonical keys of the published cells, in order."""
        system = canonical_key(self.unit, self.period, {})
        return tuple(system + cell for cell in self.once("cells", make=self._cells))

    def _cells(self) -> tuple[str, ...]:
        """The third part of each key."""
        return tuple(
            canonical_key("", "", dict(zip(face, combo, strict=True))).removeprefix("||")
            for face in self.published_faces
            for combo in product(*(self.categories[d] for d in face))
        )

    @cached_property
    def index(self) -> dict[str, int]:
        return {k: i for i, k in enumerate(self.keys)}

    def nobodys(self, up: Ints) -> Ints:
        """The published cells (by number) of categories that nobody can be of: no cell of theirs may hold
        anybody (`up`). None where that leaves some dimension without a category: then nobody is counted."""
        found = [np.zeros(0, dtype=np.int64)]
        for dimension, names in self.categories.items():
            empty = [cells for cells in self._by_category(dimension) if not up[cells].any()]
            if len(empty) == len(names):
                return np.zeros(0, dtype=np.int64)
            found += empty
        return np.unique(np.concatenate(found))

    def _by_category(self, dimension: str) -> list[Ints]:
        """Per category of a dimension, the published cells that hold it."""
        def make() -> list[Ints]:
            faces = [f for f in self.published_faces if dimension in f]
            return [
                np.concatenate([np.take(self.ids(f), i, axis=f.index(dimension)).reshape(-1) for f in faces])
                for i in range(len(self.categories[dimension]))
            ]

        return self.once("by_category", dimension, make=make)

    def sums(self) -> list[tuple[Ints, Ints, bool]]:
        """Every relation margin = Σ cells as (margins, cells per margin, needed?); the rest follow from the
        needed ones.
        """
        return self.once("sums", make=lambda: list(self._sums()))

    def _sums(self) -> Iterator[tuple[Ints, Ints, bool]]:
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
        """(margins, cells per margin) of a face in a finer one."""
        return self.once("summed", face, fine, make=lambda: self._summed(face, fine))

    def _summed(self, face: Edge, fine: Edge) -> tuple[Ints, Ints]:
        kept = [fine.index(d) for d in face]
        rest = [i for i in range(len(fine)) if i not in kept]
        cells = self.ids(fine).transpose(kept + rest).reshape(prod(self.shape(face)), -1)
        return self.ids(face).reshape(-1), cells


class Layouts:
    """Layouts, each made once, and the shape of them once for all periods of a unit that share it."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[object, ...], Layout] = {}
        self._known: dict[tuple[object, ...], Layout] = {}

    def of(self, unit: str, period: str, cubes: Sequence[Cube]) -> Layout:
        """The layout of one system. Raises as `layout`."""
        shape = (unit, frozenset(c.shape for c in cubes))
        if (shape, period) not in self._known:
            if shape not in self._shapes:
                self._shapes[shape] = layout(unit, period, cubes)
            self._known[shape, period] = replace(self._shapes[shape], period=period)
        return self._known[shape, period]


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
