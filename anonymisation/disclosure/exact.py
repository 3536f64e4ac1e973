"""Exact suppression: the cheapest set of hidden cells, for small systems.

Here: a master program over "is this cell hidden", and for each target the two linear programs of an attacker;
where an attacker still comes too near, the dual of his program is a cut that the master must meet (Benders;
Fischetti and Salazar-González 2001). Not here: larger systems and the last word on every target
(suppression.py, which starts from what is found here and checks it with whole-numbered witnesses).
"""

from __future__ import annotations

import time
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from anonymisation.disclosure.rules import Rules
from anonymisation.disclosure.solver import Floats, Ints
from anonymisation.disclosure.suppression import Problem, line_targets
from anonymisation.disclosure.targets import Target
from anonymisation.disclosure.witnesses import costs_of

EXACT_CELLS = 250
"""Systems up to this many cells are solved exactly (disclosure control, "Alternative")."""

EXACT_SECONDS = 10.0
"""Longest exact search; without an answer by then the heuristic one stands."""

TOLERANCE = 1e-6


class _Attacker:
    """max or min of one expression over all tables that agree on what is published."""

    def __init__(self, problem: Problem, reach: int) -> None:
        import highspy

        self._highspy = highspy
        self._n = n = len(problem.x)
        still = problem.immovable | problem.shown
        self.up = np.where(still, 0.0, float(reach))
        self.down = np.where(still, 0.0, np.minimum(problem.x, reach).astype(np.float64))
        self._h = h = cast(Any, highspy).Highs()
        h.silent()
        h.setOptionValue("threads", 1)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n, len(problem.rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(n), -self.down, self.up
        lp.row_lower_ = lp.row_upper_ = np.zeros(len(problem.rows))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(r[0]) for r in problem.rows])]).astype(
            np.int32
        )
        lp.a_matrix_.index_ = np.array([c for r in problem.rows for c in r[0]], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([float(s) for r in problem.rows for s in r[1]])
        h.passModel(lp)
        self._every = np.arange(n, dtype=np.int32)

    def bound(self, hidden: Floats) -> None:
        """Each cell may move in proportion to how far the master hides it."""
        self._h.changeColsBounds(self._n, self._every, -self.down * hidden, self.up * hidden)

    def best(self, target: Target, direction: int) -> tuple[float, Floats]:
        """(how far the target moves, coefficients: it never moves further than coefficients · hidden)."""
        cost = np.zeros(self._n)
        for c, s in target.terms:
            cost[c] = -direction * s
        self._h.changeColsCost(self._n, self._every, cost)
        self._h.run()
        if self._h.getModelStatus() != self._highspy.HighsModelStatus.kOptimal:
            return np.inf, np.zeros(self._n)
        dual = np.array(self._h.getSolution().col_dual)
        return -float(self._h.getInfo().objective_function_value), np.where(
            dual > 0, dual * self.down, -dual * self.up
        )


def hide_exactly(problem: Problem, rules: Rules) -> npt.NDArray[np.bool_] | None:
    """The cheapest set of hidden cells, or None when it was not found in time or the system is not of this
    kind.

    Moves of a single cell are taken to be no larger than the largest that a target asks for; for sums of the
    usual kind (each move parts into cycles) nothing is lost by it, for others the answer is safe and may not
    be the very cheapest.
    """
    deadline = time.monotonic() + EXACT_SECONDS
    targets = [t for t in problem.targets if t.agency is None]
    if (
        len(problem.x) > EXACT_CELLS
        or problem.floors
        or any(row[2] is not None for row in problem.rows)
        or not targets
    ):
        return None
    attacker = _Attacker(problem, max(max(_asks(target, rules)) for target in targets))
    master = _Master(problem)
    is_integer = False
    while time.monotonic() < deadline:
        hidden = master.solve(is_integer=is_integer, seconds=deadline - time.monotonic())
        if hidden is None:
            return None
        if _cut(master, attacker, targets, [_asks(target, rules) for target in targets], hidden):
            continue
        if not is_integer:
            is_integer = True
            continue
        pattern = np.asarray(hidden > 0.5, dtype=np.bool_)
        more = line_targets(problem, pattern, targets, rules)
        if not more:
            return pattern
        targets.extend(more)
    return None


def _asks(target: Target, rules: Rules) -> tuple[int, int, int]:
    """(fall, rise, width) that a target needs."""
    fall = target.value - target.highest_floor()
    return fall, max(0, target.lowest_ceiling(rules.threshold) - target.value), target.width(rules.threshold)


def _cut(
    master: _Master,
    attacker: _Attacker,
    targets: list[Target],
    asks: list[tuple[int, int, int]],
    hidden: Floats,
) -> int:
    """Add every violated cut; how many."""
    attacker.bound(hidden)
    added = 0
    for target, (fall, rise, width) in zip(targets, asks, strict=True):
        down, down_cut = attacker.best(target, -1)
        up, up_cut = attacker.best(target, 1)
        for reached, coefficients, need in (
            (down, down_cut, fall),
            (up, up_cut, rise),
            (down + up, down_cut + up_cut, width),
        ):
            if reached < need - 1e-4 and need > 0:
                # hidden is 0 or 1: a coefficient beyond the need says no more than the need
                master.add(np.minimum(coefficients, need), need)
                added += 1
    return added


class _Master:
    """Which cells to hide, at least cost, under the cuts so far."""

    def __init__(self, problem: Problem) -> None:
        import highspy

        self._highspy = highspy
        n = len(problem.x)
        lower = problem.withheld.astype(np.float64)
        for target in problem.targets:
            if len(target.terms) == 1:
                lower[target.terms[0][0]] = 1.0
        upper = np.where(problem.shown | problem.immovable, 0.0, 1.0)
        self._h = cast(Any, highspy).Highs()
        self._h.silent()
        self._h.setOptionValue("threads", 1)
        self._h.setOptionValue("mip_rel_gap", 1e-6)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n, 0
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = costs_of(problem.x), lower, np.maximum(lower, upper)
        lp.a_matrix_.start_ = np.zeros(n + 1, dtype=np.int32)
        self._h.passModel(lp)
        self._n, self._is_integer = n, False
        self._x: Ints = problem.x

    def add(self, coefficients: Floats, need: float) -> None:
        index = np.flatnonzero(coefficients > TOLERANCE).astype(np.int32)
        self._h.addRow(float(need), self._highspy.kHighsInf, len(index), index, coefficients[index])

    def solve(self, *, is_integer: bool, seconds: float) -> Floats | None:
        if is_integer and not self._is_integer:
            kinds = np.array([self._highspy.HighsVarType.kInteger] * self._n)
            self._h.changeColsIntegrality(self._n, np.arange(self._n, dtype=np.int32), kinds)
            self._is_integer = True
        self._h.setOptionValue("time_limit", self._h.getRunTime() + max(seconds, 0.01))
        self._h.run()
        if self._h.getModelStatus() != self._highspy.HighsModelStatus.kOptimal:
            return None
        point = np.array(self._h.getSolution().col_value)
        return np.asarray(np.rint(point) if is_integer else np.clip(point, 0.0, 1.0), dtype=np.float64)
