"""Closed form on rounded tables that we did not make: copies of one record.

Here: `widen_by_copies`. The published figures are one table that fits (with unpublished margins filled in).
Adding some copies of one record (a category of every dimension) to it, or taking them away, keeps every sum;
as long as each cell that holds the record stays inside its box, the result is another table that fits. Each
is re-checked row by row in whole numbers by `Search.offer`, so nothing rests on this file being right.
Not here: closed form on our own releases (certificates.py), the search for what is left (intervals.py).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anonymisation.audit.intervals import Search
from anonymisation.audit.linking import JOINT, POPULATION, Cell, Linked
from anonymisation.audit.relations import ContradictionError
from anonymisation.audit.rows import Ints
from anonymisation.audit.solver import UnsolvedError
from anonymisation.audit.tables import FIGURE_KIND, RANGE_KIND

Mask = npt.NDArray[np.bool_]

TRIES = 4
"""Finest cells tried for one cell and direction."""


def widen_by_copies(linked: Linked, search: Search, lo: Ints, up: Ints) -> None:
    """Widen the inner intervals of rounded cells as far as copies of one record reach."""
    if (linked.rows.rlo != 0).any() or (linked.rows.rup != 0).any():
        return  # relations between files, which copies may break
    base = _figures(linked, lo, up)
    if base is None or not search.offer(base):
        return
    records = _Records(linked)
    for room, sign in ((search.oup - base, 1), (base - search.olo, -1)):
        for cell in np.flatnonzero(room > 0).tolist():
            inner = search.iup[cell] if sign > 0 else search.ilo[cell]
            if inner == base[cell] + sign * room[cell]:
                continue
            held = records.roomiest(cell, room)
            if held is not None:
                search.offer(base + sign * int(room[held].min()) * held)


def _figures(linked: Linked, lo: Ints, up: Ints) -> Ints | None:
    """The table of the figures themselves; None where none lies behind them."""
    low, high = lo.copy(), up.copy()
    for i, cell in enumerate(linked.cells):
        figure = _figure(cell)
        if figure is not None and lo[i] <= figure <= up[i]:
            low[i] = high[i] = figure
    try:
        return Search(low, high, linked.rows).one_table()
    except (ContradictionError, UnsolvedError):
        return None


def _figure(cell: Cell) -> int | None:
    """As published; a printed rounded zero (`0 to 4`) is a zero."""
    kinds = {s.kind for s in cell.said}
    if kinds == {FIGURE_KIND}:
        return cell.said[-1].lo
    return 0 if kinds == {RANGE_KIND} and all(s.lo == 0 for s in cell.said) else None


class _Records:
    """Which cells a record is counted in."""

    def __init__(self, linked: Linked) -> None:
        self.universe = {d: sorted(leaves) for d, leaves in linked.universe.items()}
        self.keys = [{d: p for d, p in c.key if d != JOINT} for c in linked.cells]
        n = len(self.keys)
        self.member: dict[str, dict[str, Mask]] = {}
        self.names: dict[str, Mask] = {}
        for d, leaves in self.universe.items():
            own = {leaf: np.ones(n, dtype=np.bool_) for leaf in leaves}
            named = np.zeros(n, dtype=np.bool_)
            for i, key in enumerate(self.keys):
                if d in key:
                    named[i] = True
                    for leaf in leaves:
                        own[leaf][i] = leaf in key[d]
            self.member[d], self.names[d] = own, named
        sets = {frozenset(key) - {POPULATION} for key in self.keys}
        largest = {s for s in sets if not any(s < other for other in sets)}
        self.finest = np.array([
            i for i, key in enumerate(self.keys)
            if frozenset(key) - {POPULATION} in largest and all(len(p) == 1 for p in key.values())
        ], dtype=np.int64)  # fmt: skip

    def roomiest(self, cell: int, room: Ints) -> Mask | None:
        """The cells that hold some record of `cell`, chosen so that the least room among them is large."""
        key = self.keys[cell]
        near = np.ones(len(self.finest), dtype=np.bool_)
        for d, part in key.items():
            inside = np.any([self.member[d][leaf] for leaf in part], axis=0)
            near &= inside[self.finest]
        found = self.finest[near & (room[self.finest] > 0)]
        shared = np.array([len(self.keys[f].keys() & key.keys()) for f in found.tolist()], dtype=np.int64)
        best: Mask | None = None
        for f in found[np.lexsort((-room[found], -shared))][:TRIES].tolist():
            held = self._completed({**key, **self.keys[f]}, room)
            if best is None or room[held].min() > room[best].min():
                best = held
        return best

    def _completed(self, parts: dict[str, frozenset[str]], room: Ints) -> Mask:
        """One leaf for each dimension, the roomiest first."""
        held = np.ones(len(self.keys), dtype=np.bool_)
        waiting = np.zeros(len(self.keys), dtype=np.int64)
        for d in self.universe:
            waiting += self.names[d]
        for d in sorted(self.universe, key=lambda d: len(parts.get(d, self.universe[d]))):
            waiting = waiting - self.names[d]
            choices = [held & self.member[d][leaf] for leaf in sorted(parts.get(d, self.universe[d]))]
            decided = waiting == 0
            held = max(choices, key=lambda c: int(room[c & decided].min(initial=np.iinfo(np.int64).max)))
        return held
