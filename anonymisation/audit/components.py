"""Components: systems that ties bind together, and what each kind of reader knows of them.

Here: the joint layout of tied systems, their rows, statements, true counts, tables known to fit, and
`Outcome`, the intervals of one reader.
Not here: who the readers are (attackers.py), the proof itself (certificates.py), the search itself
(intervals.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from math import prod

import numpy as np
import numpy.typing as npt

from anonymisation.audit.certificates import Sum, reach
from anonymisation.audit.criteria import Need, Width
from anonymisation.audit.intervals import Search
from anonymisation.audit.read import Known
from anonymisation.audit.relations import ContradictionError, Relations, Row, end_to_end, sums_of
from anonymisation.audit.rows import ROUNDED, Ints
from anonymisation.audit.solver import UnsolvedError, roomiest
from anonymisation.audit.statements import UNSAID, Statement
from anonymisation.audit.systems import CAP, Layout

BOUNDLESS = CAP * 1_000
ROOMY_SECONDS = 3.0
"""Time for one table with as much room as can be had; whatever is found by then serves."""
NEARBY_CELLS = 1_000
"""Largest programme that is tried around one dimension before the whole system is searched."""


@dataclass(kw_only=True)
class Outcome:
    """Intervals that one reader is left with. Arrays over the component's cells."""

    ilo: Ints
    iup: Ints
    olo: Ints
    oup: Ints
    unsolved: set[int] = field(default_factory=set)
    n_closed: int = 0
    n_searched: int = 0
    contradiction: str = ""

    def lacking(self, need: Need, cells: Ints) -> Ints:
        """The cells whose need is not met."""
        met = need.met(cells, self.ilo[cells], self.iup[cells], self.olo[cells], self.oup[cells])
        return np.asarray(cells[~met])


@dataclass(kw_only=True)
class Component:
    """Systems bound by ties, one after another in one array of cells."""

    plans: tuple[Layout, ...]
    offsets: tuple[int, ...]
    said: Statement
    latest: Statement
    """What the last release that speaks of a system says of it by itself."""
    restated: int
    """Cells whose figure is not the one published before, in periods without a declared vintage."""
    truth: Ints | None
    ties: tuple[tuple[str, int, tuple[int, ...]], ...]
    reached: dict[tuple[int, bytes], Ints] = field(default_factory=dict, repr=False)
    """Answers of `reach`, by system and room."""

    @property
    def size(self) -> int:
        return self.offsets[-1] + self.plans[-1].size

    @property
    def searchable(self) -> bool:
        return all(p.searchable for p in self.plans)

    @cached_property
    def words(self) -> bytes:
        """A digest of what is said: equal where releases say the same of the same cells."""
        said = self.said
        digest = hashlib.sha256(repr(([(p.unit, p.period) for p in self.plans], self.ties)).encode())
        for part in (*(p.shape_digest for p in self.plans), said.lo, said.up, said.state, said.value):
            digest.update(part if isinstance(part, bytes) else np.ascontiguousarray(part).data)
        return digest.digest()

    def without_revised(self) -> Component:
        """The same, less the earlier figures of each system in which no table fits all that was ever said.

        Its counts were revised between two vintages: that a reader can see, and what was said of the counts
        before narrows none of the counts after. Cells that are no longer spoken of keep what was said. (Where
        the truth is at hand, revised cells are told one by one: `combined`.)
        """
        lo, up = self.said.lo.copy(), self.said.up.copy()
        for i, plan in enumerate(self.plans):
            own, now = self.part(i), self.latest
            is_narrower = (lo[own] != now.lo[own]) | (up[own] != now.up[own])
            if not is_narrower.any() or not plan.searchable:
                continue
            try:
                Search(lo[own], up[own], end_to_end(plan.size, [(0, sums_of(plan))], ())).check_feasible()
            except ContradictionError:
                is_said = now.state[own] != UNSAID
                lo[own] = np.where(is_said, now.lo[own], lo[own])
                up[own] = np.where(is_said, now.up[own], up[own])
            except UnsolvedError:
                continue
        if (lo == self.said.lo).all() and (up == self.said.up).all():
            return self
        return replace(self, said=replace(self.said, lo=lo, up=up), reached={})

    def part(self, i: int) -> slice:
        return slice(self.offsets[i], self.offsets[i] + self.plans[i].size)

    @cached_property
    def published(self) -> Ints:
        """Cells with a key, by number."""
        return np.concatenate(
            [o + np.arange(p.n_published) for o, p in zip(self.offsets, self.plans, strict=True)]
        )

    @cached_property
    def index(self) -> dict[str, int]:
        return {k: o + i for o, p in zip(self.offsets, self.plans, strict=True) for k, i in p.index.items()}

    @cached_property
    def rows(self) -> Relations:
        return self._rows_with(self.tie_rows(0))

    @cached_property
    def sum_relations(self) -> Relations:
        return self._rows_with(())

    def _rows_with(self, more: Sequence[Row]) -> Relations:
        parts = [(o, sums_of(p)) for o, p in zip(self.offsets, self.plans, strict=True)]
        return end_to_end(self.size, parts, more)

    def tie_rows(self, spare: int) -> list[Row]:
        """Σ right − left ≥ `spare` (for `eq`: = 0)."""
        return [
            (
                [*right, left],
                [1] * len(right) + [-1],
                spare if kind == "le" else 0,
                BOUNDLESS if kind == "le" else 0,
                True,
            )
            for kind, left, right in self.ties
        ]

    def additive(self, table: Ints) -> bool:
        rows = self.sum_relations
        return not rows.n_rows or not np.add.reduceat(rows.weight * table[rows.cell], rows.start[:-1]).any()

    def reach(self, i: int, room: Ints) -> Ints:
        """Copies of one record type that the cells of a system have room for; each question is answered
        once."""
        name = (i, room.tobytes())
        if name not in self.reached:
            self.reached[name] = reach(self.plans[i], room, self.sums[i])
        return self.reached[name]

    @cached_property
    def sums(self) -> tuple[tuple[Sum, ...], ...]:
        """Per system the sums within it that hold by definition."""
        own: list[tuple[Sum, ...]] = []
        for i in range(len(self.plans)):
            at = self.part(i)
            own.append(tuple(
                (left - at.start, tuple(cell - at.start for cell in right))
                for kind, left, right in self.ties
                if kind == "eq" and all(at.start <= cell < at.stop for cell in (left, *right))
            ))  # fmt: skip
        return tuple(own)

    def room(self, table: Ints, lo: Ints, up: Ints) -> tuple[Ints, Ints] | None:
        """Room above and below each cell of a table that fits; None if it does not fit. Ties take their
        share, but for `sums`, which `reach` keeps.
        """
        kept = {
            (left + at, tuple(cell + at for cell in right))
            for at, own in zip(self.offsets, self.sums, strict=True)
            for left, right in own
        }
        above, below = up - table, table - lo
        for kind, left, right in self.ties:
            spare = int(table[list(right)].sum() - table[left]) if right else -int(table[left])
            if spare < 0 or (kind == "eq" and spare):
                return None
            if kind == "eq" and (left, right) in kept:
                continue
            spare = 0 if kind == "eq" else spare
            above[left] = min(int(above[left]), spare)
            for cell in right:
                below[cell] = min(int(below[cell]), spare)
            if kind == "eq":
                below[left] = 0
                above[list(right)] = 0
        return (above, below) if (above >= 0).all() and (below >= 0).all() else None

    def attack(
        self,
        lo: Ints,
        up: Ints,
        groups: Sequence[tuple[Ints, Need]],
        bases: Sequence[Ints],
        *,
        small: npt.NDArray[np.bool_] | None,
        seconds: float,
    ) -> Outcome:
        """Closed form from every base that fits, then search for the cells that it leaves (among `small`, if
        given).
        """
        out = Outcome(
            ilo=np.full(self.size, CAP + 1), iup=np.full(self.size, -1), olo=lo.copy(), oup=up.copy()
        )
        for base in bases:
            self._widen_from(base, lo, up, out)
        left: list[tuple[Ints, Need]] = []
        for cells, need in groups:
            waiting = out.lacking(need, cells)
            out.n_closed += len(cells) - len(waiting)
            left.append((waiting if small is None else waiting[small[waiting]], need))
        left = self._still(out, left)
        if not left or not self.searchable:
            out.unsolved |= {c for w, _ in left for c in w.tolist()}
            return out
        out.n_searched = sum(len(w) for w, _ in left)
        for base in reversed(bases):
            left = self._still(out, left)
            self._look_nearby(base, lo, up, out, left, seconds)
        left = self._still(out, left)
        table = self._roomiest(lo, up, left, seconds) if left else None
        if table is not None:
            bases = [*bases, table]
            self._widen_from(table, lo, up, out)
            self._look_nearby(table, lo, up, out, self._still(out, left), seconds)
        left = self._still(out, left)
        if not left:
            return out
        try:
            search = Search(lo, up, self.rows, seconds=seconds)
            for base in bases:
                search.offer(base)
            search.widen(out.ilo, out.iup)
            for waiting, need in left:
                out.unsolved |= set(search.settle(waiting.tolist(), need))
        except ContradictionError as error:
            out.contradiction = str(error)
            return out
        except UnsolvedError:
            out.unsolved |= {c for w, _ in left for c in w.tolist()}
            return out
        out.ilo, out.iup, out.olo, out.oup = search.ilo, search.iup, search.olo, search.oup
        return out

    @staticmethod
    def _still(out: Outcome, groups: Sequence[tuple[Ints, Need]]) -> list[tuple[Ints, Need]]:
        """Cells whose need is not met yet."""
        waiting = [(out.lacking(need, cells), need) for cells, need in groups]
        return [(cells, need) for cells, need in waiting if len(cells)]

    def _roomiest(
        self, lo: Ints, up: Ints, left: Sequence[tuple[Ints, Need]], seconds: float
    ) -> Ints | None:
        """A table with as much room as can be had, if rounded cells wait for width."""
        widths = [need.width for _, need in left if isinstance(need, Width)]
        if not widths:
            return None
        wish = np.where((self.said.state == ROUNDED) & (up - lo >= max(widths)), max(widths), 0)
        return roomiest(lo, up, wish, self.rows, seconds=min(seconds, ROOMY_SECONDS))

    def _look_nearby(
        self,
        base: Ints,
        lo: Ints,
        up: Ints,
        out: Outcome,
        left: Sequence[tuple[Ints, Need]],
        seconds: float,
    ) -> None:
        """Search with everything held at `base` but the tables that hold one dimension: small programmes,
        whose tables fit the whole as well. What they do not find proves nothing."""
        if not self.additive(base) or self.room(base, lo, up) is None:
            return
        for offset, plan in zip(self.offsets, self.plans, strict=True):
            for dimension, pair in _neighbourhoods(plan):
                free = self._free_cells(offset, plan, dimension, pair)
                mine = [(cells[free[cells]], need) for cells, need in self._still(out, left)]
                if not any(len(cells) for cells, _ in mine):
                    continue
                search = Search(
                    np.where(free, lo, base), np.where(free, up, base), self.rows, seconds=seconds
                )
                search.offer(base)
                search.widen(out.ilo, out.iup)
                for cells, need in mine:
                    search.settle(cells.tolist(), need)
                out.ilo, out.iup = search.ilo, search.iup

    def _free_cells(
        self, offset: int, plan: Layout, dimension: str, pair: tuple[int, ...]
    ) -> npt.NDArray[np.bool_]:
        """Cells in one of the categories `pair` of a dimension (all of them where `pair` is empty)."""
        free = np.zeros(self.size, dtype=bool)
        for face in plan.offsets:
            if dimension in face:
                ids = plan.ids(face)
                kept = np.take(ids, pair, axis=face.index(dimension)) if pair else ids
                free[kept.reshape(-1) + offset] = True
        return free

    def _widen_from(self, base: Ints, lo: Ints, up: Ints, out: Outcome) -> None:
        rooms = self.room(base, lo, up) if self.additive(base) else None
        if rooms is None:
            return
        np.minimum(out.ilo, base, out=out.ilo)
        np.maximum(out.iup, base, out=out.iup)
        for i, plan in enumerate(self.plans):
            if plan.searchable:
                here = self.part(i)
                out.iup[here] = np.maximum(out.iup[here], base[here] + self.reach(i, rooms[0][here]))
                out.ilo[here] = np.minimum(out.ilo[here], base[here] - self.reach(i, rooms[1][here]))

    def roomy_table(self, lo: Ints, up: Ints, width: int, seconds: float) -> Ints | None:
        """A table inside every box with room for `width` more in every rounded cell, by one integer
        programme.
        """
        if not self.searchable or any(kind == "eq" for kind, _, _ in self.ties):
            return None
        less = np.where((self.said.state == ROUNDED) & (up > 0), up - width, up)
        if (less < lo).any():
            return None
        try:
            rows = self._rows_with(self.tie_rows(width))
            search = Search(lo, less, rows, seconds=seconds)
            table = search.one_table()
        except (ContradictionError, UnsolvedError):
            return None
        return table


def _neighbourhoods(plan: Layout) -> list[tuple[str, tuple[int, ...]]]:
    """What to set free, the smallest first: a dimension whole, or two of its categories where that is too
    much."""
    found: list[tuple[int, str, tuple[int, ...]]] = []
    for dimension, categories in plan.categories.items():
        n = sum(prod(plan.shape(f)) for f in plan.offsets if dimension in f)
        if n <= NEARBY_CELLS:
            found.append((n, dimension, ()))
        else:
            k = len(categories)
            found += [
                (2 * n // k, dimension, pair)
                for pair in combinations(range(k), 2)
                if 2 * n // k <= NEARBY_CELLS
            ]
    return [(dimension, pair) for _, dimension, pair in sorted(found)]


def with_joint_cells(component: Component, table: Ints, seconds: float) -> Ints | None:
    """The table with the joint cells of cyclic cores filled in; None where no microdata lie behind it."""
    if all(p.size == p.n_published for p in component.plans):
        return table
    if not component.searchable:
        return None
    lo, up = table.copy(), table.copy()
    for offset, plan in zip(component.offsets, component.plans, strict=True):
        lo[offset + plan.n_published : offset + plan.size] = 0
        up[offset + plan.n_published : offset + plan.size] = CAP
    try:
        return Search(lo, up, component.sum_relations, seconds=seconds).one_table()
    except (ContradictionError, UnsolvedError):
        return None


def by_system(known: Iterable[Known]) -> dict[str, list[Known]]:
    """Figures of others by the system that they speak of."""
    found: dict[str, list[Known]] = {}
    for figure in known:
        found.setdefault(figure.key.rpartition("|")[0], []).append(figure)
    return found


def known_cells(component: Component, known: Mapping[str, Sequence[Known]]) -> list[tuple[int, int]]:
    """Known figures (by system) that speak of this component: (cell, value)."""
    told = [k for p in component.plans for k in known.get(f"{p.unit}|{p.period}", ())]
    return [(component.index[k.key], k.value) for k in told if k.key in component.index]
