"""How tables that we did not make hang together: one cell, however many tables speak of it, and the sums
between cells.

Here: `link`, from `Table`s to boxes and relations over whole cells.
Not here: reading a figure (tables.py), intervals (intervals.py), the verdict (foreign.py).

A category is read as a set of leaves (a leaf, a parent of a hierarchy, the total of what its table lists),
and a cell as one set per dimension. Two rows in two tables are one cell when their sets are the same, so
margins link tables even where one of them breaks a smaller population down, and unpublished margins link
them as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

import numpy as np

from anonymisation.audit.hypergraph import Edge, cliques, join_tree, maximal
from anonymisation.audit.parts import Part, atoms_of, leaves_of, populations, split_relation
from anonymisation.audit.relations import Relations, Row, relations
from anonymisation.audit.rows import AuditError
from anonymisation.audit.systems import CAP, SEARCHABLE_COMBINATIONS
from anonymisation.audit.tables import FIGURE_KIND, HIDDEN_KIND, UNKNOWN_KIND, Said, Table

Key = tuple[tuple[str, Part], ...]
"""Sorted (dimension, set of leaves); a dimension taken whole is left out."""

JOINT = "(joint)"
"""Marks the joint cells of a cyclic core among the keys."""
BOUNDLESS = CAP * 1_000
POPULATION = "(file)"
"""The dimension that tells files apart which count different people or times."""


@dataclass(frozen=True, kw_only=True)
class Linking:
    """How to put tables together."""

    hierarchies: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    """Dimension → parent → children (which may be parents)."""
    absent: str = "zero"
    """A combination without a row: `zero`, or `withheld`."""
    vintages: bool = False
    """A later file may revise an earlier one: where two figures exclude each other the later one stands."""
    relations: tuple[str, ...] = ()
    """`a = b + c` or `a <= b`, by name of file."""
    base: int | None = None
    within: int = 0
    """How far from a rounded figure the truth may be."""
    total: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.absent not in ("zero", "withheld"):
            raise AuditError("absent combinations: neither [zero] nor [withheld]")


@dataclass(kw_only=True)
class Cell:
    """One cell and all that is said of it."""

    key: Key
    lo: int
    up: int
    said: list[Said] = field(default_factory=list)
    boxes: list[tuple[int, int]] = field(default_factory=list)
    """The interval that each statement leaves by itself."""
    tables: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def published(self) -> bool:
        return bool(self.said)

    @property
    def is_hidden(self) -> bool:
        """Does any table withhold it? A dash or colon may mean that too: what a sign was meant to say keeps
        no reader from working out the count."""
        return any(s.kind in (HIDDEN_KIND, UNKNOWN_KIND) or s.beside for s in self.said)

    @property
    def is_counted(self) -> bool:
        """Does any table give a figure?"""
        return any(s.kind == FIGURE_KIND for s in self.said)


@dataclass(kw_only=True)
class Linked:
    """All cells, all sums."""

    cells: list[Cell]
    rows: Relations
    dimensions: tuple[str, ...]
    universe: Mapping[str, Part]
    n_absent: int
    n_conflicts: int
    exact_joint: bool
    """False where a cyclic core is too large for its joint cells: intervals are then of the tables, not of
    people.
    """


class _Linker:
    def __init__(self, tables: Sequence[Table], how: Linking) -> None:
        self.how, self.tables = how, tables
        self.words = {w.lower() for w in how.total}
        self.parents = {
            d: {p: leaves_of(p, tree, set()) for p in tree} for d, tree in how.hierarchies.items()
        }
        self.population = populations(how.relations, _files(tables))
        self.dims: dict[str, tuple[str, ...]] = {
            t.name: t.dimensions + ((POPULATION,) if self.population else ()) for t in tables
        }
        self.parts: dict[str, dict[str, dict[str, Part]]] = {}
        self.universe: dict[str, Part] = {}
        self.wholes: dict[tuple[str, str], Part] = {}
        for t in tables:
            for i, d in enumerate(t.dimensions):
                listed = frozenset().union(*self._named(t, i, d).values())
                self.wholes[t.file, d] = self.wholes.get((t.file, d), frozenset()) | listed
        for t in tables:
            self.parts[t.name] = {d: self._labels(t, i, d) for i, d in enumerate(t.dimensions)}
            if self.population:
                mine = self.population.get(t.file, frozenset({"(others)"}))
                self.parts[t.name][POPULATION] = {t.name: mine}
            for d, labels in self.parts[t.name].items():
                self.universe[d] = self.universe.get(d, frozenset()).union(*labels.values())
        if self.population:
            self.universe[POPULATION] = self.universe[POPULATION] | {"(none)"}
        self.atoms = {
            t.name: {d: atoms_of(set(labels.values())) for d, labels in self.parts[t.name].items()}
            for t in tables
        }
        self.cells: list[Cell] = []
        self.index: dict[Key, int] = {}
        self.sums: dict[tuple[int, tuple[int, ...]], bool] = {}
        self.n_absent = self.n_conflicts = 0

    def _named(self, table: Table, position: int, d: str) -> dict[str, Part]:
        """The leaves behind each label that is no total."""
        parents = self.parents.get(d, {})
        labels = {cell[position] for cell, _ in table.rows}
        return {
            v: parents.get(v, frozenset({v})) for v in labels if v in parents or v.lower() not in self.words
        }

    def _labels(self, table: Table, position: int, d: str) -> dict[str, Part]:
        named = self._named(table, position, d)
        if not named:
            raise AuditError(f"table [{table.name}]: dimension [{d}] holds nothing but totals")
        labels = {cell[position] for cell, _ in table.rows}
        return named | dict.fromkeys(labels - set(named), self.wholes[table.file, d])

    def key(self, parts: Mapping[str, Part]) -> Key:
        return tuple(sorted((d, p) for d, p in parts.items() if p != self.universe[d]))

    def cell(self, key: Key, lo: int = 0, up: int = CAP) -> int:
        if key not in self.index:
            self.index[key] = len(self.cells)
            self.cells.append(Cell(key=key, lo=lo, up=up))
        return self.index[key]

    def state(self, table: Table) -> None:
        """Enter what a table says."""
        for labels, said in table.rows:
            parts = {d: self.parts[table.name][d][v] for d, v in zip(table.dimensions, labels, strict=True)}
            if self.population:
                parts[POPULATION] = self.parts[table.name][POPULATION][table.name]
            cell = self.cells[self.cell(self.key(parts))]
            lo, up = self._box(said)
            if max(cell.lo, lo) > min(cell.up, up):
                self.n_conflicts += 1
                cell.lo, cell.up = lo, up
            else:
                cell.lo, cell.up = max(cell.lo, lo), min(cell.up, up)
            cell.said.append(said)
            cell.boxes.append((lo, up))
            cell.tables.append(table.file)
            cell.labels |= dict(zip(table.dimensions, labels, strict=True))

    def _box(self, said: Said) -> tuple[int, int]:
        if said.kind != FIGURE_KIND or self.how.base is None:
            return said.lo, said.up
        least = 1 if said.lo else 0  # a true zero never moves
        return max(least, said.lo - self.how.within), said.lo + self.how.within

    def sum_of(self, table: Table, parts: dict[str, Part]) -> None:
        """The relations of one cell of a table to its finer cells, down to atoms; missing margins become
        cells.
        """
        queue = [parts]
        done: set[Key] = set()
        while queue:
            now = queue.pop()
            margin = self.cell(self.key(now))
            if self.key(now) in done:
                continue
            done.add(self.key(now))
            coarse = [d for d, p in now.items() if p not in self.atoms[table.name][d][0]]
            options = [
                (d, [{**now, d: a} for a in self.atoms[table.name][d][0] if a <= now[d]]) for d in coarse
            ]
            given = [o for o in options if all(self._there(table, c) for c in o[1])]
            for d, finer in given or options[:1]:
                members: list[int] = []
                for c in finer:
                    at = self._find(table, c)
                    if at is not None:
                        members.append(at)
                        if not self.cells[at].published:
                            queue.append(c)
                del d
                self._sum(margin, members, needed=not given or finer is given[0][1])

    def _there(self, table: Table, parts: dict[str, Part]) -> bool:
        return self.key(parts) in self.index or self._is_atom(table, parts)

    def _is_atom(self, table: Table, parts: dict[str, Part]) -> bool:
        return all(p in self.atoms[table.name][d][0] for d, p in parts.items())

    def _find(self, table: Table, parts: dict[str, Part]) -> int | None:
        """The cell, made if need be; None for a combination without a row that is read as zero."""
        key = self.key(parts)
        if key in self.index:
            return self.index[key]
        listed = all(self.atoms[table.name][d][1] for d in parts)
        if self._is_atom(table, parts) and listed and self.how.absent == "zero":
            self.n_absent += 1
            self.cell(key, 0, 0)
            return None
        return self.cell(key)

    def _sum(self, margin: int, members: list[int], *, needed: bool) -> None:
        kept = tuple(sorted(members))
        if kept == (margin,):
            return
        name = (margin, kept)
        self.sums[name] = self.sums.get(name, False) or needed

    def implied_margins(self) -> None:
        """Margins over the dimensions that two tables share, published or not."""
        for one in self.tables:
            mine = self.dims[one.name]
            shared = {
                tuple(d for d in mine if d in self.dims[other.name])
                for other in self.tables
                if other is not one
            }
            for dims in shared:
                rest = {d: self._whole(one, d) for d in mine if d not in dims}
                choices = [self.atoms[one.name][d][0] for d in dims]
                for combo in product(*choices):
                    parts = dict(zip(dims, combo, strict=True)) | rest
                    if not self._is_atom(one, parts):
                        self.sum_of(one, parts)
                self.sum_of(one, {d: self._whole(one, d) for d in mine})

    def _whole(self, table: Table, d: str) -> Part:
        return frozenset().union(*self.parts[table.name][d].values())

    def across(self) -> None:
        """A set in one table whose leaves stand in another."""
        for key, margin in list(self.index.items()):
            have = dict(key)
            for d in self.universe:
                whole = have.get(d, self.universe[d])
                if len(whole) == 1 or (d == POPULATION and d not in have):
                    continue
                finer = [self.index.get(self.key({**have, d: frozenset({leaf})})) for leaf in sorted(whole)]
                if all(f is not None for f in finer):
                    self._sum(margin, [f for f in finer if f is not None], needed=True)

    def joint(self) -> bool:
        """Joint cells of cyclic cores (hypergraph.py), so that intervals are those of people, not of
        separate tables.
        """
        edges = maximal(self.dims.values())
        sizes = {d: len(p) for d, p in self.universe.items()}
        nodes = cliques(edges, sizes)
        latent = [n for n in nodes if not any(set(n) <= set(e) for e in edges)]
        if sum(prod(sizes[d] for d in n) for n in latent) > SEARCHABLE_COMBINATIONS:
            return False
        separators = {b.separator for b in join_tree(nodes)}
        for node in latent:
            self._joint_of(node, edges, separators)
        return True

    def _joint_of(self, node: Edge, edges: Sequence[Edge], separators: set[Edge]) -> None:
        leaves = [sorted(self.universe[d]) for d in node]
        place = [{v: i for i, v in enumerate(own)} for own in leaves]
        first = len(self.cells)
        for combo in product(*leaves):
            name = tuple((d, frozenset({v})) for d, v in zip(node, combo, strict=True))
            self.cell(((JOINT, frozenset({"joint"})), *name))
        grid = np.arange(first, len(self.cells)).reshape([len(own) for own in leaves])
        inside = {tuple(sorted(set(e) & set(node))) for e in edges} | {
            s for s in separators if set(s) < set(node)
        }
        for face in maximal(inside):
            for combo in product(*(sorted(self.universe[d]) for d in face)):
                self.cell(self.key({d: frozenset({v}) for d, v in zip(face, combo, strict=True)}))
            for key, margin in list(self.index.items()):
                have = dict(key)
                if not set(have) <= set(face) or (len(have) < len(face) and not self.cells[margin].published):
                    continue
                pick = [
                    [at[v] for v in have[d]] if d in have else list(range(len(at)))
                    for d, at in zip(node, place, strict=True)
                ]
                self._sum(margin, grid[np.ix_(*pick)].reshape(-1).tolist(), needed=len(have) == len(face))


def link(tables: Sequence[Table], how: Linking) -> Linked:
    """Put tables together. Raises AuditError where figures exclude each other and no vintage explains it."""
    if len({t.name for t in tables}) != len(tables):
        raise AuditError("two tables share one name")
    linker = _Linker(tables, how)
    for table in tables:
        linker.state(table)
    if linker.n_conflicts and not how.vintages:
        raise AuditError(
            f"{linker.n_conflicts} cells are published with two figures that exclude each other; "
            "say --vintages if a later file "
            "revises an earlier one, or tie files that count different people or times with --relation"
        )
    for table in tables:
        for labels, _ in table.rows:
            parts = {d: linker.parts[table.name][d][v] for d, v in zip(table.dimensions, labels, strict=True)}
            if linker.population:
                parts[POPULATION] = linker.parts[table.name][POPULATION][table.name]
            if not linker._is_atom(table, parts):
                linker.sum_of(table, parts)
    if len(tables) > 1:
        linker.implied_margins()
        linker.across()
    exact = linker.joint() if len(tables) > 1 else True
    rows: list[Row] = [
        ([m, *parts], [1] + [-1] * len(parts), 0, 0, needed) for (m, parts), needed in linker.sums.items()
    ]
    rows += _inequalities(linker)
    return Linked(
        cells=linker.cells, rows=relations(len(linker.cells), rows),
        dimensions=tuple(dict.fromkeys(d for t in tables for d in t.dimensions)),
        universe=linker.universe, n_absent=linker.n_absent, n_conflicts=linker.n_conflicts, exact_joint=exact,
    )  # fmt: skip


def _files(tables: Sequence[Table]) -> list[str]:
    return list(dict.fromkeys(t.file for t in tables))


def _inequalities(linker: _Linker) -> list[Row]:
    rows: list[Row] = []
    for text in linker.how.relations:
        sign, left, right = split_relation(text, _files(linker.tables))
        if sign == "=":
            continue
        for key, at in list(linker.index.items()):
            have = dict(key)
            if have.get(POPULATION) != linker.population[left]:
                continue
            others = [linker.index.get(linker.key({**have, POPULATION: linker.population[r]})) for r in right]
            if all(o is not None for o in others):
                members = [o for o in others if o is not None]
                rows.append(([*members, at], [1] * len(members) + [-1], 0, BOUNDLESS, True))
    return rows
