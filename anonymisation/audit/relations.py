"""Linear relations between cells, and the intervals that they leave by simple reasoning.

Here: `Relations`, sparse rows rlo ≤ Σ coefficient · cell ≤ rup over whole numbers, and bound propagation to
a fixed point (a sound outer box: no table that fits is lost).
Not here: optimisation (intervals.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from anonymisation.audit.rows import AuditError, Ints
from anonymisation.audit.systems import CAP, Layout

MAX_ROUNDS = 200
"""Propagation stops here at the latest; a box that could still shrink is larger than need be, never too
small.
"""


class ContradictionError(AuditError):
    """The statements exclude each other: no table fits them all."""


@dataclass(frozen=True, kw_only=True)
class Relations:
    """Rows over `size` cells; `needed` marks those from which the others follow."""

    size: int
    start: Ints
    """Where each row begins in `cell` and `weight`; one more than rows."""
    cell: Ints
    weight: Ints
    rlo: Ints
    rup: Ints
    needed: Ints

    @property
    def n_rows(self) -> int:
        return len(self.rlo)

    def entries(self, wanted: Ints) -> tuple[Ints, Ints]:
        """Where the entries of some rows stand, row after row, and where each row begins among them."""
        lengths = self.start[wanted + 1] - self.start[wanted]
        begin = np.cumsum(lengths) - lengths
        return np.repeat(self.start[wanted] - begin, lengths) + np.arange(lengths.sum()), begin


Row = tuple[Sequence[int], Sequence[int], int, int, bool]
"""cells, weights, lower, upper, needed"""


def relations(size: int, rows: Iterable[Row]) -> Relations:
    """Rows to arrays; a row without cells is dropped."""
    kept = [r for r in rows if len(r[0])]
    lengths = [len(r[0]) for r in kept]
    return Relations(
        size=size,
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        cell=np.array([c for r in kept for c in r[0]], dtype=np.int64),
        weight=np.array([w for r in kept for w in r[1]], dtype=np.int64),
        rlo=np.array([r[2] for r in kept], dtype=np.int64),
        rup=np.array([r[3] for r in kept], dtype=np.int64),
        needed=np.array([r[4] for r in kept], dtype=np.int64),
    )


def sums_of(plan: Layout) -> Relations:
    """margin − Σ cells = 0 for every sum of a system; made once for all periods of its shape."""
    return plan.once("relations", make=lambda: _sums_of(plan))


def _sums_of(plan: Layout) -> Relations:
    cells, weights, lengths, needed = [], [], [], []
    for margins, parts, is_needed in plan.sums():
        rows = np.concatenate([margins[:, None], parts], axis=1)
        weight = np.full(rows.shape, -1, dtype=np.int64)
        weight[:, 0] = 1
        cells.append(rows.reshape(-1))
        weights.append(weight.reshape(-1))
        lengths += [rows.shape[1]] * len(rows)
        needed += [is_needed] * len(rows)
    none: list[Ints] = [np.zeros(0, dtype=np.int64)]
    return Relations(
        size=plan.size, start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        cell=np.concatenate(cells or none), weight=np.concatenate(weights or none),
        rlo=np.zeros(len(lengths), dtype=np.int64), rup=np.zeros(len(lengths), dtype=np.int64),
        needed=np.array(needed, dtype=np.int64),
    )  # fmt: skip


def end_to_end(size: int, parts: Sequence[tuple[int, Relations]], more: Sequence[Row]) -> Relations:
    """Relations laid end to end: (where its cells begin, relations) each, and rows besides."""
    if len(parts) == 1 and not more:
        return parts[0][1]
    last = relations(size, more)
    every = [*parts, (0, last)]
    lengths = np.concatenate([np.diff(r.start) for _, r in every])
    return Relations(
        size=size,
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        cell=np.concatenate([r.cell + at for at, r in every]),
        weight=np.concatenate([r.weight for _, r in every]),
        rlo=np.concatenate([r.rlo for _, r in every]),
        rup=np.concatenate([r.rup for _, r in every]),
        needed=np.concatenate([r.needed for _, r in every]),
    )


def propagate(lo: Ints, up: Ints, rows: Relations) -> tuple[Ints, Ints]:
    """The smallest box that repeated reasoning row by row gives. Raises ContradictionError where it is
    empty.
    """
    lo, up = lo.copy(), np.minimum(up, CAP)
    if rows.n_rows:
        begin = rows.start[:-1]
        of_row = np.repeat(np.arange(rows.n_rows), np.diff(rows.start))
        positive = rows.weight > 0
        for _ in range(MAX_ROUNDS):
            least = rows.weight * np.where(positive, lo[rows.cell], up[rows.cell])
            most = rows.weight * np.where(positive, up[rows.cell], lo[rows.cell])
            room = (rows.rup - np.add.reduceat(least, begin))[of_row] + least  # weight · cell ≤ room
            need = (rows.rlo - np.add.reduceat(most, begin))[of_row] + most  # weight · cell ≥ need
            size = np.abs(rows.weight)
            new_up = np.where(positive, room // size, (-need) // size)
            new_lo = np.where(positive, -((-need) // size), -(room // size))
            after_lo, after_up = lo.copy(), up.copy()
            np.maximum.at(after_lo, rows.cell, new_lo)
            np.minimum.at(after_up, rows.cell, new_up)
            if (after_lo > after_up).any():
                raise ContradictionError(
                    "no table fits the published figures: "
                    f"{int((after_lo > after_up).sum())} cells have no possible value; "
                    "margins do not add, or the files do not count the same people"
                )
            if (after_lo == lo).all() and (after_up == up).all():
                break
            lo, up = after_lo, after_up
    if (lo > up).any():
        raise ContradictionError(
            f"{int((lo > up).sum())} cells are stated in two ways that exclude each other"
        )
    return lo, up


def free_parts(lo: Ints, up: Ints, rows: Relations) -> list[tuple[Ints, Ints]]:
    """Cells that are not yet fixed, in groups that no row connects: (cells, rows that hold them)."""
    free = lo < up
    # only rows that hold a free cell matter: most programmes set few cells of many free
    asked = np.flatnonzero(np.repeat(rows.needed != 0, np.diff(rows.start)) & free[rows.cell])
    cells = rows.cell[asked].tolist()
    of_row = np.searchsorted(rows.start, asked, side="right") - 1
    found = np.flatnonzero(free).tolist()
    parent = dict(zip(found, found, strict=True))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    touching: dict[int, int] = {}
    for i, c in zip(of_row.tolist(), cells, strict=True):
        parent[root(c)] = root(touching.setdefault(i, c))
    members: dict[int, list[int]] = {}
    for c in found:
        members.setdefault(root(c), []).append(c)
    held: dict[int, list[int]] = {r: [] for r in members}
    for i, c in touching.items():
        held[root(c)].append(i)
    return [(np.array(members[r], dtype=np.int64), np.array(held[r], dtype=np.int64)) for r in members]
