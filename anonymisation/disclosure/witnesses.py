"""Witnesses: alternative tables that differ from the true one in hidden cells only.

Here: one linear program, kept between questions, that finds the cheapest alternative table moving an
expression by a given amount. Not here: which cells are hidden because of it (suppression.py), and the exact
method (exact.py). A witness is whole-numbered: it is a table that could have been the true one, not a point
of a relaxation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.solver import INTEGRALITY, Floats, Ints
from anonymisation.disclosure.targets import Terms

Row = tuple[tuple[int, ...], tuple[int, ...], int | None]
"""(cells, coefficients, slack): Σ coefficient · move = 0 when slack is None, else ≤ slack."""

HIDDEN_COST = 1e-4
"""Cost of moving a hidden cell by one: nearly nothing, so that witnesses stay short."""

DEPTH_REWARD = 0.05
"""Reward for moving a falling target further: less than the cost of any other published cell, more than a
path of hidden ones. A deep fall needs less of a rise to be as wide."""

SCALES = (2, 3, 4, 6)
"""Multiples of a fractional witness that are tried."""

INTEGER_GAP = 0.5
"""A witness need not be the cheapest."""

SOLUTION_FEASIBLE = 2
"""HiGHS: the point is feasible."""

INTEGER_SECONDS = 30.0
"""Longest search for a whole-numbered witness where the linear program gives a fractional one."""


class Witnesses:
    """Moves d = up − down of all cells, with A d = 0 and x + d ≥ 0, at least cost."""

    def __init__(self, x: Ints, rows: Sequence[Row], cost: Floats, immovable: npt.NDArray[np.bool_]) -> None:
        """`immovable`: cells that are published already, structural zeros, not available."""
        import highspy

        self._n = len(x)
        self._x = x
        self._cost = cost
        self._immovable = immovable
        self._hidden = np.zeros(self._n, dtype=np.bool_)
        self._is_strict = False
        self._floor = np.zeros(self._n, dtype=np.int64)
        self._expressions: dict[Terms, int] = {}
        self._inf = highspy.kHighsInf
        self._integer = highspy.HighsVarType.kInteger
        self._continuous = highspy.HighsVarType.kContinuous
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._infeasible = (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        )
        self.solves = 0
        h = self._h = cast(Any, highspy).Highs()
        h.silent()
        h.setOptionValue("threads", 1)
        h.setOptionValue("dual_simplex_cost_perturbation_multiplier", 0.0)  # a third fewer steps (measured)
        self._most_up = np.where(immovable, 0.0, self._inf)
        """How far each cell may rise now."""
        self._most_down = np.where(immovable, 0, x).astype(np.float64)
        """How far it may fall."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = 2 * self._n, len(rows)
        lp.col_cost_ = np.concatenate([cost, cost])
        lp.col_lower_ = np.zeros(2 * self._n)
        lp.col_upper_ = np.concatenate([self._most_up, self._most_down])
        lp.row_lower_ = np.array([0.0 if row[2] is None else -self._inf for row in rows])
        lp.row_upper_ = np.array([0.0 if row[2] is None else float(row[2]) for row in rows])
        index = [j for cells, _, _ in rows for c in cells for j in (c, c + self._n)]
        value = [float(v) for _, signs, _ in rows for s in signs for v in (s, -s)]
        lengths = [2 * len(cells) for cells, _, _ in rows]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        lp.a_matrix_.index_ = np.array(index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(value, dtype=np.float64)
        h.passModel(lp)
        sizes = [len(cells) for cells, _, _ in rows]
        self._row_of = np.repeat(np.arange(len(rows)), sizes)
        self._cell_of = np.array([c for cells, _, _ in rows for c in cells], dtype=np.int64)
        self._sign_of = np.array([s for _, signs, _ in rows for s in signs], dtype=np.int64)
        self._slack = np.array([0 if slack is None else slack for _, _, slack in rows], dtype=np.int64)
        self._is_equality = np.array([slack is None for _, _, slack in rows], dtype=np.bool_)

    def hide(self, cells: npt.NDArray[np.bool_]) -> None:
        """Say which cells are hidden: moving them is all but free."""
        self._hidden = cells.copy()
        self._costs()
        if self._is_strict:
            self._bounds()

    def strict(self, on: bool) -> None:
        """On: only hidden cells may move."""
        if on != self._is_strict:
            self._is_strict = on
            self._bounds()

    def know(self, floor: Ints | None) -> None:
        """The reader's own share of each cell: no alternative may go below it."""
        new = np.zeros(self._n, dtype=np.int64) if floor is None else floor
        if not np.array_equal(new, self._floor):
            self._floor = new
            self._bounds()

    def _costs(self) -> None:
        cost = np.where(self._hidden, HIDDEN_COST, self._cost)
        both = np.concatenate([cost, cost])
        self._h.changeColsCost(2 * self._n, np.arange(2 * self._n, dtype=np.int32), both)

    def _bounds(self, times: int = 1) -> None:
        still = self._immovable | (~self._hidden if self._is_strict else False)
        upper = np.where(still, 0.0, self._inf)
        down = np.where(still, 0, self._x - self._floor).astype(np.float64) / times
        n = 2 * self._n
        self._h.changeColsBounds(n, np.arange(n, dtype=np.int32), np.zeros(n), np.concatenate([upper, down]))
        self._most_up, self._most_down = upper, down

    def _expression(self, terms: Terms) -> int:
        """Row that holds Σ coefficient · move."""
        if terms not in self._expressions:
            index = np.array([j for c, _ in terms for j in (c, c + self._n)], dtype=np.int32)
            value = np.array([float(v) for _, s in terms for v in (s, -s)])
            self._h.addRow(-self._inf, self._inf, len(index), index, value)
            self._expressions[terms] = self._h.getNumRow() - 1
        return self._expressions[terms]

    def _ask(self, terms: Terms, least: float) -> None:
        """Demand that the expression rises by `least` or more (falls, when negative)."""
        if len(terms) > 1:
            row = (least, self._inf) if least > 0 else (-self._inf, least)
            self._h.changeRowBounds(self._expression(terms), *row)
            return
        # the move of one cell is a column: with no new row the solver keeps all that it has worked out
        ((cell, sign),) = terms
        rises = (least > 0) == (sign > 0)
        column, other = (cell, cell + self._n) if rises else (cell + self._n, cell)
        self._h.changeColBounds(column, abs(least), self._inf if rises else self._most_down[cell])
        self._h.changeColBounds(other, 0.0, 0.0)

    def _ask_nothing(self, terms: Terms) -> None:
        if len(terms) > 1:
            self._h.changeRowBounds(self._expression(terms), -self._inf, self._inf)
            return
        cell = terms[0][0]
        self._h.changeColBounds(cell, 0.0, self._most_up[cell])
        self._h.changeColBounds(cell + self._n, 0.0, self._most_down[cell])

    def _is_beyond(self, terms: Terms, least: int) -> bool:
        """A single cell that may not move so far, whatever else moves."""
        if len(terms) > 1:
            return False
        ((cell, sign),) = terms
        rises = (least > 0) == (sign > 0)
        return abs(least) > float(self._most_up[cell] if rises else self._most_down[cell])

    def move(self, terms: Terms, least: int) -> Ints | None:
        """The cheapest witness whose expression rises by `least` or more (falls, when negative); None: there
        is none."""
        if self._is_beyond(terms, least):
            return None
        falling = terms[0][0] + self._n if len(terms) == 1 and least < 0 else None
        self._ask(terms, float(least))
        if falling is not None:
            self._h.changeColCost(falling, -DEPTH_REWARD)
        try:
            return self._answer(terms, least)
        finally:
            self._ask_nothing(terms)
            if falling is not None:
                cell = terms[0][0]
                self._h.changeColCost(falling, HIDDEN_COST if self._hidden[cell] else float(self._cost[cell]))

    def _answer(self, terms: Terms, least: int) -> Ints | None:
        self.solves += 1
        self._h.run()
        status = self._h.getModelStatus()
        if status in self._infeasible:
            return None
        if status != self._optimal:
            raise DisclosureError(
                f"the solver stopped with status [{status}] while looking for an alternative table."
            )
        found = self._whole(1)
        if found is None:
            found = self._scaled(terms, least)
        if found is None and not self._is_strict:
            found = self._integral()
        if found is not None:
            self._check(found, terms, least)
        return found

    def _whole(self, times: int) -> Ints | None:
        """The solution so many times over, if that is whole-numbered."""
        point = np.array(self._h.getSolution().col_value)
        moves = times * (point[: self._n] - point[self._n :])
        near = np.rint(moves)
        return near.astype(np.int64) if bool((np.abs(near - moves) < INTEGRALITY).all()) else None

    def _scaled(self, terms: Terms, least: int) -> Ints | None:
        """A whole-numbered witness as a multiple of a fractional one: fractions are halves, thirds or
        quarters as a rule, and half a move, made twice, is a move."""
        if not bool(self._is_equality.all()):
            return None
        try:
            for times in SCALES:
                self._bounds(times)
                self._ask(terms, least / times)
                self._h.run()
                self.solves += 1
                if self._h.getModelStatus() == self._optimal and (found := self._whole(times)) is not None:
                    return found
            return None
        finally:
            self._bounds()
            self._ask(terms, float(least))

    def _integral(self) -> Ints | None:
        """The witness from a mixed-integer search. Raises when the search ends without an answer either
        way."""
        n = 2 * self._n
        every = np.arange(n, dtype=np.int32)
        self._h.changeColsIntegrality(n, every, np.array([self._integer] * n))
        self._h.setOptionValue("time_limit", self._h.getRunTime() + INTEGER_SECONDS)
        self._h.setOptionValue("mip_rel_gap", INTEGER_GAP)
        try:
            self._h.run()
            if self._h.getModelStatus() in self._infeasible:
                return None
            if self._h.getInfo().primal_solution_status != SOLUTION_FEASIBLE:
                raise DisclosureError(
                    f"no whole-numbered alternative table was found within [{INTEGER_SECONDS:g}] seconds. "
                    "Publish fewer crossed dimensions or coarser categories, or use rounding."
                )
            point = np.array(self._h.getSolution().col_value)
        finally:
            self._h.changeColsIntegrality(n, every, np.array([self._continuous] * n))
            self._h.setOptionValue("time_limit", self._inf)
        return np.asarray(np.rint(point[: self._n] - point[self._n :]), dtype=np.int64)

    def _check(self, moves: Ints, terms: Terms, least: int) -> None:
        """Integer arithmetic only: the witness is a table, beside the true one, with every published cell as
        it is."""
        still = self._immovable | (~self._hidden if self._is_strict else False)
        reached = sum(s * int(moves[c]) for c, s in terms)
        activity = np.zeros(len(self._slack), dtype=np.int64)
        np.add.at(activity, self._row_of, self._sign_of * moves[self._cell_of])
        is_table = (
            bool((self._x + moves >= self._floor).all())
            and not bool(moves[still].any())
            and bool(((activity == 0) | (~self._is_equality & (activity <= self._slack))).all())
        )
        if not is_table or (reached < least if least > 0 else reached > least):
            raise DisclosureError(
                "the solver gave an alternative table that does not add up; nothing is published on its word."
            )


def costs_of(values: Ints) -> Floats:
    """Cost of hiding a cell: one each, and a little more for larger counts (which tell readers more)."""
    return np.asarray(1.0 + 0.02 * np.log2(1.0 + values), dtype=np.float64)
