"""Statements: what releases say of the cells of a system, and the box that each statement leaves.

Here: `Statement`, the boxes that one release states for systems of one shape, and what several say together.
Not here: which cells there are (systems.py), parsing (read.py), what sums imply (relations.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from anonymisation.audit.read import Cube, Release, Rules
from anonymisation.audit.rows import EXACT, NO_VALUE, ROUNDED, UNAVAILABLE, WITHHELD, Ints, Mask
from anonymisation.audit.systems import CAP, Layout

UNSAID = -1
"""State of a cell that a release does not speak of."""


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


def end_to_end(statements: Sequence[Statement]) -> Statement:
    """What is said of several systems, one after another."""
    return Statement(
        lo=np.concatenate([s.lo for s in statements]),
        up=np.concatenate([s.up for s in statements]),
        value=np.concatenate([s.value for s in statements]),
        state=np.concatenate([s.state for s in statements]),
        mixed={name for s in statements for name in s.mixed},
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
    return statements(plan, release, [plan.period])[0]


def statements(plan: Layout, release: Release, periods: Sequence[str]) -> list[Statement]:
    """What one release says of the systems of several periods that have the shape of `plan`, and of which the
    same cubes speak; all periods at once, one row of arrays each."""
    n = (len(periods), plan.size)
    said = Statement(
        lo=np.zeros(n, dtype=np.int64), up=np.full(n, CAP, dtype=np.int64),
        value=np.full(n, NO_VALUE, dtype=np.int64), state=np.full(n, UNSAID, dtype=np.int64),
    )  # fmt: skip
    mine = [c for c in release.cubes if c.unit == plan.unit and periods[0] in c.value]
    mixed: list[set[str]] = [set() for _ in periods]
    for cube in mine:
        value, state = (
            _ordered(np.stack([a[p] for p in periods]), cube, plan) for a in (cube.value, cube.state)
        )
        for k in range(len(cube.dimensions) + 1):
            for face in combinations(cube.dimensions, k):
                pick = (slice(None), *(slice(0, -1) if d in face else -1 for d in cube.dimensions))
                flat = (len(periods), -1)
                twice = _say(
                    said, plan.place(face), value[pick].reshape(flat), state[pick].reshape(flat),
                    release.rules, cube.elastic,
                )  # fmt: skip
                for i in np.flatnonzero(twice).tolist():
                    mixed[i].add(cube.name)
    gone = said.state == UNAVAILABLE
    for edge in plan.edges:
        where = plan.place(edge)
        said.up[:, where][gone[:, where]] = 0
    for cube in mine:
        for zero in cube.structural_zeros:
            for face in plan.offsets:
                if set(zero) <= set(face):
                    pick = tuple(
                        plan.categories[d].index(zero[d]) if d in zero else slice(None) for d in face
                    )
                    said.up[:, plan.ids(face)[pick].reshape(-1)] = 0
    return [
        Statement(lo=said.lo[i], up=said.up[i], value=said.value[i], state=said.state[i], mixed=mixed[i])
        for i in range(len(periods))
    ]


def _ordered(array: Ints, cube: Cube, plan: Layout) -> Ints:
    """The array, periods first, with categories in the layout's order (cubes may list them in another)."""
    for axis, d in enumerate(cube.dimensions, start=1):
        if cube.categories[d] != plan.categories[d]:
            order = [cube.categories[d].index(c) for c in plan.categories[d]] + [len(plan.categories[d])]
            array = np.take(array, order, axis=axis)
    return array


def _say(said: Statement, where: slice, value: Ints, state: Ints, rules: Rules, elastic: bool) -> Mask:
    """Enter what one table says of a face; per period, whether it says another thing than before."""
    lo, up = boxes(value, state, rules, elastic)
    at = (slice(None), where)
    before, figure = said.state[at], said.value[at]
    speaks = state != UNAVAILABLE
    both = ((before == EXACT) | (before == ROUNDED)) & ((state == EXACT) | (state == ROUNDED))
    twice = (both & ((before != state) | (figure != value))).any(axis=1)
    said.lo[at] = np.where(speaks, np.maximum(said.lo[at], lo), said.lo[at])
    said.up[at] = np.where(speaks, np.minimum(said.up[at], up), said.up[at])
    fresh = (before == UNSAID) | ((before == UNAVAILABLE) & speaks)
    hides = speaks & (state == WITHHELD)
    said.value[at] = np.where(hides, NO_VALUE, np.where(fresh, value, figure))
    said.state[at] = np.where(fresh | hides, state, before)
    return np.asarray(twice)


def combined(now: Statement, before: Sequence[Statement], truth: Ints | None) -> Statement:
    """What a reader holds who kept every earlier release.

    He takes a cell's figures, old and new, to be of one count unless they exclude each other (or, where the
    truth is known to us, unless the old one excludes the truth: then the cell was revised and his inference
    would be wrong).
    """
    held = now.copy()
    for old in reversed(before):
        lo, up = np.maximum(held.lo, old.lo), np.minimum(held.up, old.up)
        is_told = ~np.isin(old.state, (UNSAID, UNAVAILABLE))  # not available then says nothing of now
        usable = (lo <= up) & is_told
        if truth is not None:
            usable &= ~((truth != NO_VALUE) & ((truth < old.lo) | (truth > old.up)))
        held.lo, held.up = np.where(usable, lo, held.lo), np.where(usable, up, held.up)
        fresh = (held.state == UNSAID) & is_told
        held.state, held.value = (
            np.where(fresh, old.state, held.state),
            np.where(fresh, old.value, held.value),
        )
    return held


def restated(now: Statement, old: Statement) -> int:
    """Cells with another figure than before."""
    figures = np.isin(old.state, (EXACT, ROUNDED)) & np.isin(now.state, (EXACT, ROUNDED))
    return int((figures & (old.value != now.value)).sum())
