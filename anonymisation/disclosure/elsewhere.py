"""Figures that others publish exactly: what the rounding beside them must not give away.

Here: for each cell of which somebody else publishes the exact count, the tables that it is a margin of, and
what holds in them. Not here: the program (rounding.py), the reader who holds those figures and tries
(anonymisation/audit).

**Why.** Say that others publish x of a cell, that ours reads r > x, and that among its parts in one of our
tables one alone is not rounded to 0, and so reads r too. That part is r − base + 1 or more and no more than
x, and the parts rounded to 0 share what it leaves of x, which is less than base − 1. Where ours is r ≤ x, or
where two parts stand above 0, what is certain of the parts that stand above 0 falls short of x by base − 1 or
more, and each part has that much to move in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from anonymisation.disclosure.systems import Coordinates, Ints, System

ENOUGH = 2
"""So many parts above 0 leave room for each other."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Beside:
    """One cell with an exact figure elsewhere, and its parts in one table."""

    margin: int
    parts: Ints


def margins_known(systems: Sequence[System], elsewhere: Collection[str]) -> list[Beside]:
    """Each cell whose key is in `elsewhere`, with its parts along each dimension of the tables that hold it;
    cells numbered end to end. Parts that others publish too need no protection beside it."""
    found: list[Beside] = []
    first = 0
    for system in systems:
        known = [i for i, key in enumerate(system.keys) if key in elsewhere and not system.missing[i]]
        if known:
            index = {cell: i for i, cell in enumerate(system.coordinates)}
            for i in known:
                for parts in _parts(system, system.coordinates[i], index):
                    if not all(system.keys[j] in elsewhere for j in parts):
                        found.append(Beside(margin=first + i, parts=first + np.array(parts, dtype=np.int64)))
        first += len(system.keys)
    return found


def _parts(system: System, cell: Coordinates, index: dict[Coordinates, int]) -> Iterator[list[int]]:
    """The cell broken down by one more dimension, for each that a table crosses it with."""
    held = {d for d, _ in cell}
    categories = {
        d: cube.categories[d]
        for cube in system.cubes
        if held <= set(cube.dimensions)
        for d in cube.dimensions
        if d not in held
    }
    for dimension, names in categories.items():
        yield [index[tuple(sorted((*cell, (dimension, name))))] for name in names]
