"""The search for the additive rounding nearest to the draw.

Here: a first table in which every sum holds, then repairs of neighbourhoods within the time there is. How
near the search comes bears on the error of the figures; protection and unbiasedness do not depend on it. Not
here: the program (rounding.py), the solver (solver.py).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from anonymisation.disclosure.draws import Draws
from anonymisation.disclosure.rules import SHARE_COST, Rules
from anonymisation.disclosure.solver import Answer, Floats, Ints, Program, solve, whole

DIRECT_COLUMNS = 900
"""Up to here the whole program goes to the solver at once (under a second); beyond, neighbourhoods."""

DIRECT_NODES = 60
"""Branch-and-bound nodes of a direct solve."""

NEIGHBOURHOOD = 1000
"""Cells freed together in one repair, at first; fewer when a step takes too long, more when it does not."""

STEP_S = 0.4
"""Longest repair of one neighbourhood, seconds."""

REPAIR_S_PER_COLUMN = 0.0015
"""Time given to repairs, processor seconds per cell that may move (measured: little is gained beyond)."""

CLOCK_PER_WORK = 4
"""On a busy machine repairs may take so many times as long on the clock."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shares:
    """How many of some groups of columns should be at 1: what sums ask for shifts these numbers, and with
    them the mean error, by more than chance would."""

    group: Ints
    """Per column its group, or -1."""
    wanted: Ints
    """Per group how many."""

    def over(self, y: Ints) -> Ints:
        """Per group how many too many are at 1; too few: below 0."""
        inside = self.group >= 0
        return np.bincount(self.group[inside & (y == 1)], minlength=len(self.wanted)) - self.wanted

    def cost(self, y: Ints) -> float:
        """What standing apart from the wanted numbers costs."""
        return SHARE_COST * float(np.abs(self.over(y)).sum())

    def rows(self, y: Ints, free: Ints) -> list[tuple[list[int], list[float], float, float]]:
        """A row per group over the columns `free`, and behind these one that says too many and one that says
        too few."""
        over = self.over(y)
        rows = []
        for g in range(len(self.wanted)):
            own = np.flatnonzero(self.group[free] == g)
            level = float(y[free[own]].sum() - over[g])
            apart = len(free) + 2 * g
            rows.append(([*own.tolist(), apart, apart + 1], [*[1.0] * len(own), -1.0, 1.0], level, level))
        return rows


def search(
    program: Program, shares: Shares, draws: Draws, label: str, rules: Rules, *, elastic: bool
) -> tuple[Ints | None, bool]:
    """(best point or None, proved infeasible). Where the draw keeps every sum it is the best there is.
    Repairs keep to the `shares` as well."""
    n = len(program.cost)
    wish = (program.cost < 0).astype(np.int64)
    if program.is_met_by(wish):
        return wish, False
    if n <= DIRECT_COLUMNS:
        answer = solve(program, gap=rules.gap, seconds=rules.time_limit_s, nodes=DIRECT_NODES)
        if answer.point is None and not answer.is_infeasible:
            answer = solve(program, gap=1.0, seconds=rules.time_limit_s, first_only=True)
    else:
        answer = solve(program, gap=rules.gap, seconds=rules.time_limit_s, first_only=True)
    if answer.point is None:
        return None, answer.is_infeasible
    y = whole(answer.point)
    if y is None or not program.is_met_by(y):
        return None, False
    if n > DIRECT_COLUMNS and not answer.is_optimal:
        clock = min(rules.time_limit_s, CLOCK_PER_WORK * REPAIR_S_PER_COLUMN * n)
        deadline = time.monotonic() + clock
        y = _repair(program, shares, y, draws.generator(f"{label}|{elastic}"), deadline)
    return y, False


def _repair(program: Program, shares: Shares, y: Ints, rng: np.random.Generator, deadline: float) -> Ints:
    """Better points from y: free the cells around one that stands against its draw, hold the rest, solve,
    repeat."""
    by_row = [program.index[a:b] for a, b in zip(program.start[:-1], program.start[1:], strict=True)]
    coefficients = [program.value[a:b] for a, b in zip(program.start[:-1], program.start[1:], strict=True)]
    rows_of: list[list[int]] = [[] for _ in range(len(program.cost))]
    for i, columns in enumerate(by_row):
        for j in columns.tolist():
            rows_of[j].append(i)
    wish = (program.cost < 0).astype(np.int64)
    size = float(NEIGHBOURHOOD)
    work_ends = time.process_time() + REPAIR_S_PER_COLUMN * len(y)
    while time.monotonic() < deadline and time.process_time() < work_ends:
        against = np.flatnonzero(y != wish)
        if len(against) == 0:
            break
        pull = np.abs(program.cost[against])
        seed = int(rng.choice(against, p=pull / pull.sum()))
        free = _around(seed, int(size), by_row, rows_of, rng)
        answer = _solve_part(program, shares, y, free, by_row, coefficients, rows_of)
        part = whole(answer.point[: len(free)]) if answer.point is not None else None
        if part is not None:
            tried = y.copy()
            tried[free] = part
            gain = program.cost @ (y - tried) + shares.cost(y) - shares.cost(tried)
            if gain >= -1e-9 and program.is_met_by(tried):
                y = tried
        size = min(float(len(y)), size * 1.05) if answer.is_optimal else max(200.0, size * 0.85)
    return y


def _around(
    seed: int, size: int, by_row: list[Ints], rows_of: list[list[int]], rng: np.random.Generator
) -> Ints:
    """About `size` columns near the seed, breadth first through shared sums in random order."""
    order, seen, met = [seed], {seed}, set()
    for j in order:
        for i in rng.permutation(rows_of[j]).tolist():
            if i in met:
                continue
            met.add(i)
            for other in by_row[i].tolist():
                if other not in seen:
                    seen.add(other)
                    order.append(other)
        if len(order) >= size:
            break
    return np.array(sorted(order[:size]), dtype=np.int64)


def _solve_part(
    program: Program,
    shares: Shares,
    y: Ints,
    free: Ints,
    by_row: list[Ints],
    coefficients: list[Floats],
    rows_of: list[list[int]],
) -> Answer:
    """The best point when only `free` may change, to 5 %."""
    local = np.full(len(y), -1, dtype=np.int64)
    local[free] = np.arange(len(free))
    rows = []
    for i in sorted({i for j in free.tolist() for i in rows_of[j]}):
        columns, values = by_row[i], coefficients[i]
        inside = local[columns] >= 0
        constant = float(values[~inside] @ y[columns[~inside]])
        low, high = program.row_lower[i] - constant, program.row_upper[i] - constant
        rows.append((local[columns[inside]].tolist(), values[inside].tolist(), low, high))
    apart = np.clip(np.outer(shares.over(y), (1, -1)), 0, None).ravel()  # per group: too many, too few
    rows += shares.rows(y, free)
    part = Program.of_rows(
        np.append(program.cost[free], np.full(len(apart), SHARE_COST)),
        np.append(program.lower[free], np.zeros(len(apart))),
        np.append(program.upper[free], np.full(len(apart), float(len(y)))),
        rows,
    )
    return solve(part, gap=0.05, seconds=STEP_S, start=np.append(y[free], apart).astype(np.float64))
