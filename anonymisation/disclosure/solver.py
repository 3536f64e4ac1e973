"""The solver: one small door to HiGHS, for mixed-integer and linear programs held as arrays.

Here: a program as arrays, and one way to solve it. Not here: what the program means (rounding.py,
suppression.py). highspy is imported when first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

INTEGRALITY = 1e-5
"""How far from a whole number a solver's "integer" may be before it is refused."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """minimise cost · y, lower ≤ y ≤ upper, row_lower ≤ A y ≤ row_upper; A by rows (start, index, value)."""

    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    start: Ints
    index: Ints
    value: Floats
    is_integer: bool = True

    @staticmethod
    def of_rows(
        cost: Floats,
        lower: Floats,
        upper: Floats,
        rows: Sequence[tuple[Sequence[int], Sequence[float], float, float]],
        *,
        is_integer: bool = True,
    ) -> Program:
        """From rows (columns, coefficients, lower, upper)."""
        lengths = np.fromiter((len(row[0]) for row in rows), dtype=np.int64, count=len(rows))
        return Program(
            cost=cost,
            lower=lower,
            upper=upper,
            row_lower=np.array([row[2] for row in rows], dtype=np.float64),
            row_upper=np.array([row[3] for row in rows], dtype=np.float64),
            start=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]),
            index=np.array([j for row in rows for j in row[0]], dtype=np.int64),
            value=np.array([v for row in rows for v in row[1]], dtype=np.float64),
            is_integer=is_integer,
        )

    def is_met_by(self, y: Ints) -> bool:
        """Whether a whole-number point meets every bound and row, by integer arithmetic."""
        activity = np.zeros(len(self.row_lower), dtype=np.int64)
        lengths = np.diff(self.start)
        terms = self.value.astype(np.int64) * y[self.index]
        np.add.at(activity, np.repeat(np.arange(len(lengths)), lengths), terms)
        inside = (activity >= self.row_lower) & (activity <= self.row_upper)
        return bool(inside.all() and (y >= self.lower).all() and (y <= self.upper).all())


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What the solver found."""

    point: Floats | None
    """The best point, or None."""
    is_infeasible: bool
    """Proved that there is none."""
    is_optimal: bool
    """Within the gap asked for."""
    work: int
    """Simplex iterations: a measure of effort that is the same on every machine."""


def solve(
    program: Program,
    *,
    gap: float,
    seconds: float,
    nodes: int | None = None,
    first_only: bool = False,
    start: Floats | None = None,
) -> Answer:
    """The best point found within the limits. `first_only`: stop at the first feasible one."""
    if len(program.cost) == 0:
        met = bool(((program.row_lower <= 0) & (program.row_upper >= 0)).all())
        return Answer(point=np.zeros(0) if met else None, is_infeasible=not met, is_optimal=met, work=0)
    import highspy

    h: Any = cast(Any, highspy).Highs()
    h.silent()
    h.setOptionValue("threads", 1)
    h.setOptionValue("mip_rel_gap", gap)
    h.setOptionValue("time_limit", float(seconds))
    if nodes is not None:
        h.setOptionValue("mip_max_nodes", nodes)
    if first_only:
        h.setOptionValue("mip_max_improving_sols", 1)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = program.start.astype(np.int32)
    lp.a_matrix_.index_ = program.index.astype(np.int32)
    lp.a_matrix_.value_ = program.value
    # the cost of the wish (every column at its cheaper bound) is 0, so that a relative gap means something
    lp.offset_ = -float(
        np.where(program.cost < 0, program.cost * program.upper, program.cost * program.lower).sum()
    )
    if program.is_integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(program.cost)
    h.passModel(lp)
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        h.setSolution(known)
    h.run()
    status, info = h.getModelStatus(), h.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Answer(
        point=np.array(h.getSolution().col_value) if found else None,
        is_infeasible=status
        in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible),
        is_optimal=status == highspy.HighsModelStatus.kOptimal,
        work=int(info.simplex_iteration_count),
    )


def whole(point: Floats) -> Ints | None:
    """A solver's point as whole numbers, or None when it is not one."""
    near = np.rint(point)
    return near.astype(np.int64) if bool((np.abs(near - point) < INTEGRALITY).all()) else None
