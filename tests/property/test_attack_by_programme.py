"""The auditor against an integer programme over people, on tables that strangers write: linked, with groups,
ranges and words that are hard to read.

Here nothing of the auditor's machinery is used on the other side: one unknown for each way to be a person,
one row for each statement, and the least and the most of each target. Brute force (the file beside) lists the
crowds; this reaches tables that are too large for that.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

import highspy
import numpy as np
import polars as pl

from anonymisation.audit import attack_tables

N_TABLES = 40
DIMENSIONS = ("value", "status", "age", "area")
WORDS = ("a", "b,c", 'say "hi"', "é", "A|B", "p=q", "10", "007", "7", "0 to 4", "*", "<5", "yes", "1-4", "5+")
MANY = 100_000
"""Nothing bounds a cell that may hold as many."""
Cell = tuple[frozenset[str], ...]
"""One set of categories for each dimension."""


class Crowd:
    """People of a table, what is said of them, and how few or many may be in a cell."""

    def __init__(self, categories: Sequence[Sequence[str]]) -> None:
        self.kinds = list(itertools.product(*categories))
        self.solver = highspy.Highs()
        self.solver.silent()
        self.people = [
            self.solver.addVariable(lb=0, ub=MANY, type=highspy.HighsVarType.kInteger) for _ in self.kinds
        ]

    def inside(self, cell: Cell) -> list[int]:
        together = [all(k in s for k, s in zip(kind, cell, strict=True)) for kind in self.kinds]
        return np.flatnonzero(together).tolist()

    def say(self, cell: Cell, low: int, high: int) -> None:
        held = self.inside(cell)
        self.solver.addRow(low, high, len(held), np.array(held, dtype=np.int32), np.ones(len(held)))

    def ends(self, cell: Cell) -> tuple[int, int]:
        total = sum(self.people[i] for i in self.inside(cell))
        found = []
        for ask in (self.solver.minimize, self.solver.maximize):
            ask(total)
            assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            found.append(round(self.solver.getInfo().objective_function_value))
        return found[0], found[1]


def cells_of(
    face: Sequence[int], categories: Sequence[Sequence[str]], groups: dict[str, frozenset[str]]
) -> Iterator[tuple[tuple[str, ...], Cell]]:
    """Every cell of a table with its margins: (its words, its sets). Groups stand in the last dimension."""
    last = len(categories) - 1
    for kept in (k for n in range(len(face) + 1) for k in itertools.combinations(face, n)):
        for words in itertools.product(*([*categories[d], *(groups if d == last else ())] for d in kept)):
            at = dict(zip(kept, words, strict=True))
            yield tuple(at.get(d, "all") for d in range(last + 1)), tuple(
                groups.get(at[d], frozenset({at[d]})) if d in at else frozenset(own)
                for d, own in enumerate(categories)
            )


def test_attack_when_strangers_wrote_the_tables_then_intervals_are_those_of_the_programme() -> None:
    asked = 0
    for seed in range(N_TABLES):
        rng = random.Random(seed)
        n = rng.randint(1, 4)
        categories = [rng.sample(WORDS, rng.randint(2, 3)) for _ in range(n)]
        groups = {"G": frozenset(categories[-1][:2])} if rng.random() < 0.5 else {}
        faces = [f for k in range(1, n + 1) for f in itertools.combinations(range(n), k)]
        tables = [*rng.sample(faces, min(len(faces), rng.randint(1, 3))), (n - 1,)]
        crowd = Crowd(categories)
        kinds = [rng.choice((0, 1, 3, 8, 30)) for _ in crowd.kinds]
        said: dict[Cell, str] = {}
        frames: dict[str, pl.DataFrame] = {}
        for number, face in enumerate(tables):
            rows = []
            for words, cell in cells_of(face, categories, groups):
                true = sum(kinds[i] for i in crowd.inside(cell))
                if cell not in said:
                    hide = rng.random() < (0.5 if len(face) > 1 else 0.2)
                    said[cell] = rng.choice(["c", f"0 to {true + 3}"]) if hide else f"{true}.0"
                    most = true + 3 if " to " in said[cell] else MANY if hide else true
                    crowd.say(cell, 0 if hide else true, most)
                rows.append([*(words[d] for d in face), said[cell]])
            columns = [*(DIMENSIONS[d] for d in face), "n"]
            frames[f"t{number}"] = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
        found = attack_tables(
            frames, count="n", dimensions=DIMENSIONS[:n], threshold=50, method="suppression",
            hierarchies={DIMENSIONS[n - 1]: {g: sorted(m) for g, m in groups.items()}},
        )  # fmt: skip
        for row in found.frame.iter_rows(named=True):
            words = tuple(row.get(d, "all") for d in DIMENSIONS[:n])
            cell = tuple(
                groups.get(w, frozenset({w})) if w != "all" else frozenset(own)
                for w, own in zip(words, categories, strict=True)
            )
            assert row["exact"]
            low, high = crowd.ends(cell)
            assert (row["lo"], row["up"]) == (low, None if high >= MANY else high), seed
            asked += 1
    assert asked > 250
