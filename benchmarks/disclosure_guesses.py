"""A rule-aware reader who guesses: how often is his best guess of a small count right?

Here: tables whose small counts are evenly spread, so that a guess is worth something; the reader's training
on other tables of the same kind, protected with the same code; his rate on tables that he has not seen. Not
here: intervals (the auditor's), the run (disclosure.py).

He knows threshold, base, code and the spread of true counts, and is told that the count is small (1 to 4).
His first guess uses the cell and the rule alone; his second also the rounded sums around the cell and how
many of its siblings are rounded to more than 0. The difference is what is given away beyond the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from anonymisation.disclosure import Cube, System, protect, systems_of

TABLES = 600
TRAINING = 400
SHAPES = ((5, 6), (3, 3, 4))
LARGEST_COUNT = 9
"""Counts are drawn evenly from 0 to this: with 0 and 5 to 9 beside them the small ones are not told apart by
their spread."""
SMALL = 5
Ints = np.ndarray[Any, Any]
Clue = tuple[Any, ...]


def _table(shape: Sequence[int], seed: int) -> tuple[Cube, pl.DataFrame]:
    rng = np.random.default_rng(seed)
    dims = tuple(f"d{i}" for i in range(len(shape)))
    categories = {d: tuple(f"{d}_{v}" for v in range(n)) for d, n in zip(dims, shape, strict=True)}
    spots = np.array(list(np.ndindex(*shape)))
    frame = pl.DataFrame({
        "period": ["p"] * len(spots), **{d: [f"{d}_{v}" for v in spots[:, i]] for i, d in enumerate(dims)},
        "n": rng.integers(0, LARGEST_COUNT + 1, len(spots)),
    })  # fmt: skip
    return Cube(name="t", unit="u", dimensions=dims, categories=categories), frame


def _clues(system: System, shown: Ints) -> dict[int, tuple[Clue, Clue, Clue]]:
    """Per small cell: (alone, with its tightest sum, with every sum that it is part of)."""
    around: dict[int, list[tuple[int, int]]] = {}
    for relation in system.relations:
        positive = int((shown[list(relation.children)] > 0).sum())
        for child in relation.children:
            others = positive - int(shown[child] > 0)
            per_cell = int(shown[relation.parent]) // len(relation.children)
            around.setdefault(child, []).append((min(per_cell, 8), min(others, 5)))
    found = {}
    for cell in np.flatnonzero((system.values > 0) & (system.values < SMALL)).tolist():
        near = sorted(around.get(cell, [(8, 5)]))
        alone = (int(shown[cell]),)
        found[cell] = (alone, (*alone, near[0]), (*alone, *(per_cell for per_cell, _ in near)))
    return found


def _right(seen: Sequence[tuple[Clue, int]], asked: Sequence[tuple[Clue, int]]) -> float:
    """Per cent of guesses that are right; a clue never seen before is guessed by its first part alone."""
    counts: dict[Clue, Ints] = {}
    for clue, n in seen:
        counts.setdefault(clue, np.zeros(SMALL))[n] += 1
        if len(clue) > 1:
            counts.setdefault(clue[:1], np.zeros(SMALL))[n] += 1
    hits = sum(int(np.argmax(counts.get(clue, counts[clue[:1]]))) == n for clue, n in asked)
    return 100 * hits / len(asked)


def ours(cube: Cube, frame: pl.DataFrame, system: System, seed: int) -> Ints:
    """Our rounding."""
    cells = protect([cube], {"t": frame}, seed=b"guessing benchmark" + seed.to_bytes(4, "big")).cells
    return np.array([cells[k] for k in system.keys])


def nearest(cube: Cube, frame: pl.DataFrame, system: System, seed: int) -> Ints:
    """Each cell to its nearest multiple: the error-minimising practice."""
    return 5 * ((system.values + 2) // 5)


METHODS: dict[str, Callable[[Cube, pl.DataFrame, System, int], Ints]] = {
    "tessera_rounding": ours, "nearest_5_each_cell_alone": nearest,
}  # fmt: skip


def guesses(
    method: str, shape: Sequence[int], tables: int = TABLES, training: int = TRAINING
) -> dict[str, float]:
    """guess_alone_pct, guess_joint_pct (the better of two readers), lift_points, guesses."""
    clues: list[list[tuple[Clue, int]]] = [[], [], []]
    held_out: list[list[tuple[Clue, int]]] = [[], [], []]
    for seed in range(tables):
        cube, frame = _table(shape, seed)
        (system,) = systems_of([cube], {"t": frame})
        shown = METHODS[method](cube, frame, system, seed)
        for cell, kinds in _clues(system, shown).items():
            for kind, clue in enumerate(kinds):
                (clues if seed < training else held_out)[kind].append((clue, int(system.values[cell])))
    alone, *joint = (_right(seen, asked) for seen, asked in zip(clues, held_out, strict=True))
    return {"guess_alone_pct": alone, "guess_joint_pct": max(joint), "lift_points": max(joint) - alone,
            "guesses": float(len(held_out[0]))}
