"""Exact intervals by optimisation: how low and how high can a cell be, given everything that was said?

Here: `Search`, one persistent HiGHS model per group of linked cells; only the cost changes from question to
question.
Not here: which cells matter and what interval is enough (criteria.py), proofs without search
(certificates.py).

**What the intervals mean.** For each cell two pairs are kept. `outer` [olo, oup] comes from propagation and
linear relaxation: no table that fits lies outside it, so a narrow outer interval is a proof that a cell is
open. `inner` [ilo, iup] spans whole-number tables that were found and re-checked in integer arithmetic
against every row: so a wide inner interval is a proof that a reader cannot do better. A cell withstands by
its inner interval only. Where the two differ after the relaxation, the integer programme decides and both
become one exact interval. A solver status other than optimal leaves the cell unsolved: a failure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from anonymisation.audit.criteria import Need, Width
from anonymisation.audit.relations import ContradictionError, Relations, free_parts, propagate
from anonymisation.audit.rows import Ints, Mask
from anonymisation.audit.solver import Floats, Model, UnsolvedError, fits
from anonymisation.audit.systems import CAP

INTEGRAL_WITHIN = 1e-6
"""A vertex this near to whole numbers is rounded and re-checked; HiGHS' own feasibility tolerance is 1e-7."""
WHOLE_TRIES = 12
"""Vertices of the relaxation that are looked at for a whole-numbered one before the integer programme is
asked: each takes a twentieth of its time."""
WARM_UP_QUESTIONS = 6
"""Random joint questions first: their answers settle many cells at once."""


@dataclass(kw_only=True)
class Tally:
    """How the answers were found."""

    linear: int = 0
    integer: int = 0
    unsolved: int = 0


class Search:
    """Inner and outer intervals of cells under boxes and relations.

    Raises ContradictionError when no table fits.
    """

    def __init__(
        self,
        lo: Ints,
        up: Ints,
        rows: Relations,
        *,
        seconds: float = 600.0,
        integer: bool = True,
        seed: int = 1,
    ) -> None:
        self.rows = rows
        self.olo, self.oup = propagate(lo, up, rows)
        self.ilo = np.where(self.olo == self.oup, self.olo, CAP + 1)
        self.iup = np.where(self.olo == self.oup, self.oup, -1)
        self.tally = Tally()
        self.integer = integer
        self._ends = time.monotonic() + seconds
        self._random = np.random.default_rng(seed)
        self._part_of = np.full(rows.size, -1, dtype=np.int64)
        self._groups = free_parts(self.olo, self.oup, rows)
        for i, (cells, _) in enumerate(self._groups):
            self._part_of[cells] = i
        self._parts: dict[int, _Part] = {}

    def offer(self, point: Ints) -> bool:
        """Take a whole-number table found elsewhere as a witness, if it fits. Grain: one number per cell."""
        if (point < self.olo).any() or (point > self.oup).any() or not fits(point, self.rows):
            return False
        np.minimum(self.ilo, point, out=self.ilo)
        np.maximum(self.iup, point, out=self.iup)
        return True

    def widen(self, lo: Ints, up: Ints) -> None:
        """Take inner intervals proved elsewhere (certificates.py)."""
        np.minimum(self.ilo, lo, out=self.ilo)
        np.maximum(self.iup, up, out=self.iup)

    def one_table(self) -> Ints:
        """Some whole-number table that fits. Raises ContradictionError or UnsolvedError where none is
        found.
        """
        table = self.olo.copy()
        for number, (cells, _) in enumerate(self._groups):
            table[cells] = self._part(number).any_point()
        if not fits(table, self.rows):
            raise UnsolvedError
        return table

    def check_feasible(self) -> None:
        """Raise ContradictionError where some group of linked cells has no table at all (relaxation)."""
        for number in range(len(self._groups)):
            if number not in self._parts:
                self._part(number).warm_up([int(self._groups[number][0][0])])

    def settle(self, cells: Iterable[int], need: Need) -> list[int]:
        """Work on each cell until `need` is met or shown to fail; returns the cells left unsolved."""
        waiting: dict[int, list[int]] = {}
        asked = np.fromiter(cells, dtype=np.int64)
        for c in asked[~self._met(need, asked)].tolist():
            waiting.setdefault(int(self._part_of[c]), []).append(c)
        unsolved: list[int] = []
        for number, wanted in sorted(waiting.items()):
            if number < 0:
                continue  # fixed by reasoning: its interval is one point, whatever the need
            part = self._part(number)
            try:
                part.warm_up(wanted)
            except UnsolvedError:
                unsolved.extend(wanted)
                continue
            for c in wanted:
                try:
                    self._settle_one(part, c, need)
                except UnsolvedError:
                    unsolved.append(c)
        self.tally.unsolved += len(unsolved)
        return unsolved

    def _met(self, need: Need, cells: Ints) -> Mask:
        return need.met(cells, self.ilo[cells], self.iup[cells], self.olo[cells], self.oup[cells])

    def _settle_one(self, part: _Part, c: int, need: Need) -> None:
        one = np.array([c], dtype=np.int64)

        def done() -> bool:
            return bool(self._met(need, one)[0])

        for ask in (part.linear, part.nearby, part.integer):
            if ask == part.integer and isinstance(need, Width):
                self._reach_width(part, c, need.width, done)
            for upward in (True, False):
                if done():
                    return
                if self.iup[c] < self.oup[c] if upward else self.ilo[c] > self.olo[c]:
                    self._in_time()
                    ask(c, upward)
            if done() or need.failed(int(self.olo[c]), int(self.oup[c])) or not self.integer:
                return

    def _reach_width(self, part: _Part, c: int, width: int, done: Callable[[], bool]) -> None:
        """Is there any table `width` above the lowest found, or below the highest? Easier to answer than
        how far it goes."""
        for upward in (True, False):
            if self.iup[c] < 0 or done():
                return
            goal = int(self.ilo[c]) + width if upward else int(self.iup[c]) - width
            if self.olo[c] <= goal <= self.oup[c]:
                self._in_time()
                part.integer_beyond(c, goal, upward)

    def _in_time(self) -> None:
        if time.monotonic() > self._ends:
            raise UnsolvedError

    def _part(self, number: int) -> _Part:
        if number not in self._parts:
            self._parts[number] = _Part(self, *self._groups[number])
        return self._parts[number]


class _Part:
    """One group of linked cells: its model and its questions."""

    def __init__(self, search: Search, cells: Ints, held: Ints) -> None:
        self.search, self.cells = search, cells
        rows = search.rows
        at = np.full(rows.size, -1, dtype=np.int64)
        at[cells] = np.arange(len(cells))
        self.at = at
        index: list[int] = []
        weight: list[int] = []
        start = [0]
        rlo: list[int] = []
        rup: list[int] = []
        seen: set[tuple[object, ...]] = set()
        where, begin = rows.entries(held)
        places, weights = at[rows.cell[where]], rows.weight[where]
        is_free = places >= 0
        fixed = np.where(is_free, 0, weights * search.olo[rows.cell[where]])
        spent = np.add.reduceat(fixed, begin) if len(held) else np.zeros(0, dtype=np.int64)
        ends = np.cumsum(np.add.reduceat(is_free.astype(np.int64), begin)).tolist() if len(held) else []
        own_places, own_weights = places[is_free].tolist(), weights[is_free].tolist()
        lows, highs = (rows.rlo[held] - spent).tolist(), (rows.rup[held] - spent).tolist()
        for first, last, low, high in zip([0, *ends[:-1]], ends, lows, highs, strict=False):
            local, own = own_places[first:last], own_weights[first:last]
            name = (tuple(sorted(zip(local, own, strict=True))), low, high)
            if name in seen:
                continue
            seen.add(name)
            index += local
            weight += own
            start.append(len(index))
            rlo.append(low)
            rup.append(high)
        self.index, self.weight = np.array(index, dtype=np.int64), np.array(weight, dtype=np.int64)
        self.start = np.array(start, dtype=np.int64)
        self.rlo, self.rup = np.array(rlo, dtype=np.int64), np.array(rup, dtype=np.int64)
        self.lower, self.upper = search.olo[cells], search.oup[cells]
        self._linear = Model(self, integral=False)
        self._integer: Model | None = None
        self._warm = False

    def warm_up(self, wanted: list[int]) -> None:
        """Joint questions: all cells low, all high, random mixtures."""
        if self._warm:
            return
        self._warm = True
        first: Floats | None = None
        local = self.at[np.array(wanted)]
        for turn in range(WARM_UP_QUESTIONS if len(wanted) > WARM_UP_QUESTIONS else 1):
            cost = np.zeros(len(self.cells))
            cost[local] = (
                [1.0, -1.0][turn] if turn < 2 else self.search._random.choice([-1.0, 1.0], size=len(local))
            )
            point, _ = self._linear.ask(cost)
            self.search.tally.linear += 1
            first = point if first is None else first
            self._witness(point)

    def any_point(self) -> Ints:
        """One whole-number point: the relaxation's vertex if it is whole, else the integer programme's."""
        for model in (self._linear, None):
            asked = model or Model(self, integral=True)
            point, _ = asked.ask(np.zeros(len(self.cells)))
            whole = self._whole(point)
            if whole is not None:
                return whole
        raise UnsolvedError

    def linear(self, c: int, upward: bool) -> None:
        self.search.tally.linear += 1
        self._bound(self._linear, c, upward)

    def nearby(self, c: int, upward: bool) -> None:
        """Look for a whole-numbered table with the cell at the end of its outer interval, from vertex to
        vertex: where a vertex is not whole, what is not is pushed about. What is not found proves nothing."""
        at, solver = int(self.at[c]), self._linear.solver
        goal = float((self.search.oup if upward else self.search.olo)[c])
        low, high = float(self.lower[at]), float(self.upper[at])
        cost = np.zeros(len(self.cells))
        solver.changeColBounds(at, goal, goal)
        try:
            for _ in range(WHOLE_TRIES):
                self.search.tally.linear += 1
                point, _ = self._linear.ask(cost)
                broken = np.flatnonzero(np.abs(point - np.rint(point)) > INTEGRAL_WITHIN)
                if not len(broken):
                    self._witness(point)
                    return
                cost = np.zeros(len(self.cells))
                cost[broken] = self.search._random.choice([-1.0, 1.0], size=len(broken))
        except (ContradictionError, UnsolvedError):
            return
        finally:
            solver.changeColBounds(at, low, high)

    def integer(self, c: int, upward: bool) -> None:
        if self._integer is None:
            self._integer = Model(self, integral=True)
        self.search.tally.integer += 1
        self._bound(self._integer, c, upward)

    def integer_beyond(self, c: int, goal: int, upward: bool) -> None:
        """A table with the cell at `goal` or beyond; if there is none, the outer interval ends before it."""
        if self._integer is None:
            self._integer = Model(self, integral=True)
        self.search.tally.integer += 1
        at, solver = int(self.at[c]), self._integer.solver
        low, high = int(self.lower[at]), int(self.upper[at])
        solver.changeColBounds(at, float(goal if upward else low), float(high if upward else goal))
        try:
            point, _ = self._integer.ask(np.zeros(len(self.cells)))
        except ContradictionError:
            if upward:
                self.search.oup[c] = goal - 1
            else:
                self.search.olo[c] = goal + 1
            return
        finally:
            solver.changeColBounds(at, float(low), float(high))
        if self._whole(point) is None:
            raise UnsolvedError
        self._witness(point)

    def _bound(self, model: Model, c: int, upward: bool) -> None:
        cost = np.zeros(len(self.cells))
        cost[self.at[c]] = -1.0 if upward else 1.0
        point, value = model.ask(cost)
        self._witness(point)
        outer = self.search.oup if upward else self.search.olo
        if model.integral:
            found = round(float(point[self.at[c]]))
            outer[c] = found
            if (self.search.iup if upward else self.search.ilo)[c] != found:
                raise UnsolvedError  # the integer programme's point did not survive the integer re-check
        elif upward:
            outer[c] = min(int(outer[c]), int(np.floor(-value + INTEGRAL_WITHIN)))
        else:
            outer[c] = max(int(outer[c]), int(np.ceil(value - INTEGRAL_WITHIN)))

    def _witness(self, point: Floats) -> None:
        table = self._whole(point)
        if table is not None:
            self.search.ilo[self.cells] = np.minimum(self.search.ilo[self.cells], table)
            self.search.iup[self.cells] = np.maximum(self.search.iup[self.cells], table)

    def _whole(self, point: Floats) -> Ints | None:
        """The point in whole numbers if it is one and, re-checked in integer arithmetic, fits every row."""
        rounded = np.rint(point)
        if np.abs(point - rounded).max(initial=0.0) > INTEGRAL_WITHIN:
            return None
        table = rounded.astype(np.int64)
        if (table < self.lower).any() or (table > self.upper).any():
            return None
        if len(self.rlo):
            total = np.add.reduceat(self.weight * table[self.index], self.start[:-1])
            if (total < self.rlo).any() or (total > self.rup).any():
                return None
        return table
