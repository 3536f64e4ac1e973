"""Balance: an unbiased draw that keeps the sums, as far as whole numbers can.

Here: a random walk from the chances p to a corner of {b : A b = A p, 0 ≤ b ≤ 1}. Every step moves along the
sums by a random sign whose mean move is 0, until one more cell is at 0 or 1, so that each cell ends up with
mean p exactly. Where the corner is whole (two-way tables, acyclic ones as a rule) the draw is an additive
rounding already, and unbiased; what is left between 0 and 1 is drawn cell by cell, and mended by rounding.py.
Not here: the program that mends (rounding.py), the secret numbers (draws.py).

Source: the flight phase of the cube method, Deville, J.-C. and Tillé, Y. (2004), "Efficient balanced
sampling: the cube method", Biometrika 91; for tables, Cox (1987).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anonymisation.disclosure.solver import Floats, Ints
from anonymisation.disclosure.sums import Sums

MOST_ENTRIES = 4_000_000
"""Largest tableau (sums × cells): 32 MB, some 4 seconds. Beyond, cells are drawn one by one: large systems
have no bias to speak of without it."""

ZERO = 1e-9
WHOLE = 1e-7


def balanced_draw(
    rows: Sums, p: Floats, *, order: npt.NDArray[np.int64], uniform: Floats
) -> Floats:
    """A corner of {b : A b = A p, 0 ≤ b ≤ 1} with mean p, entries strictly between 0 and 1 where it is not
    whole.

    `rows`: A. `order`: the order in which columns are moved; `uniform`: at
    least one number in [0, 1) per column.
    """
    n = len(p)
    if rows.n_rows * n > MOST_ENTRIES or n == 0:
        return p.copy()
    tableau, basis = _solved(rows, n)
    b = p.copy()
    active = np.ones(n, dtype=np.bool_)
    active[basis] = False
    for step, j in enumerate(order.tolist()):
        if not active[j]:
            continue
        _move(tableau, basis, b, active, int(j), float(uniform[step]))
    near = np.rint(b)
    return np.where(np.abs(b - near) < WHOLE, near, b)


def evenly_drawn(chances: Floats, residual: Ints, *, order: Floats, start: float) -> Ints:
    """0 or 1 per cell, 1 with its chance: among the cells of one residual as many as their chances add up to,
    to within 1.

    `order`: a number in [0, 1) per cell, which puts those of one residual in random order; `start`: one in
    [0, 1).
    """
    line = np.lexsort((order, residual))
    reached = np.floor(np.cumsum(chances[line]) + start)
    drawn = np.zeros(len(chances), dtype=np.int64)
    drawn[line] = np.diff(reached, prepend=0.0)
    return drawn


def _solved(rows: Sums, n: int) -> tuple[Floats, Ints]:
    """(A solved for one column per row, those columns); rows that say nothing new are dropped."""
    a = np.zeros((rows.n_rows, n))
    np.add.at(a, (rows.row, rows.cell), rows.sign)
    sharing = np.count_nonzero(a, axis=0)
    kept: list[int] = []
    basis: list[int] = []
    for i in range(rows.n_rows):
        columns = (np.abs(a[i]) > ZERO).nonzero()[0]
        if len(columns) == 0:
            continue
        # among columns in few rows the largest entry: little fill, and no division by little
        best = columns[np.lexsort((-np.abs(a[i, columns]), sharing[columns]))[0]]
        a[i, columns] /= a[i, best]
        others = (np.abs(a[:, best]) > ZERO).nonzero()[0]
        others = others[others != i]
        if len(others):
            block = (others[:, None], columns)
            before = a[block]
            after = before - np.outer(a[others, best], a[i, columns])
            after[np.abs(after) <= ZERO] = 0.0
            sharing[columns] += np.count_nonzero(after, axis=0) - np.count_nonzero(before, axis=0)
            a[block] = after
        kept.append(i)
        basis.append(int(best))
    return a[kept], np.array(basis, dtype=np.int64)


def _move(
    tableau: Floats, basis: Ints, b: Floats, active: npt.NDArray[np.bool_], j: int, chance: float
) -> None:
    """Move column j and what depends on it to the nearest bound on a side drawn fairly; one column leaves
    play."""
    touched = (np.abs(tableau[:, j]) > ZERO).nonzero()[0]
    slope = -tableau[touched, j]
    now = b[basis[touched]]
    room_up = np.where(slope > 0, (1.0 - now) / np.abs(slope), now / np.abs(slope))
    room_down = np.where(slope > 0, now / np.abs(slope), (1.0 - now) / np.abs(slope))
    up = max(0.0, min(1.0 - b[j], float(room_up.min(initial=np.inf))))
    down = max(0.0, min(b[j], float(room_down.min(initial=np.inf))))
    goes_up = chance * (up + down) < down if up + down > 0 else True
    amount, room, own = (up, room_up, 1.0 - b[j]) if goes_up else (-down, room_down, b[j])
    b[j] = min(1.0, max(0.0, b[j] + amount))
    b[basis[touched]] = np.minimum(1.0, np.maximum(0.0, now + slope * amount))
    active[j] = False
    if own <= abs(amount) + ZERO:
        return
    stops = (room <= abs(amount) + ZERO).nonzero()[0]
    leaving = touched[stops[np.argmax(np.abs(slope[stops]))]]
    columns = (active & (np.abs(tableau[leaving]) > ZERO)).nonzero()[0]
    pivot = tableau[leaving, j]
    others = touched[touched != leaving]
    new = tableau[leaving, columns] / pivot
    tableau[others[:, None], columns] -= np.outer(tableau[others, j], new)
    tableau[leaving, columns] = new
    basis[leaving] = j
