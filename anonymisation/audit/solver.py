"""HiGHS, the linear and integer programmes behind the search.

Here: `Model` (one group of cells, many questions), `roomiest` (one table with as much room as can be had),
`fits`. Not here: which question is asked and what its answer means (intervals.py). The solver is imported
when it is first used, so that a reader who only checks a certificate needs none.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from anonymisation.audit.relations import ContradictionError, Relations, propagate
from anonymisation.audit.rows import Ints
from anonymisation.audit.systems import CAP

Floats = npt.NDArray[np.float64]

MIP_SECONDS = 60.0
"""Longest time for one integer question; then it is unsolved, which counts as a failure."""
PRIMAL_SIMPLEX = 4  # the cost changes, the last point stays feasible: HiGHS option simplex_strategy


class UnsolvedError(RuntimeError):
    """A solver status other than optimal."""


class Programme(Protocol):
    """Boxes and rows of one group of cells; rows are held as start, index, weight."""

    lower: Ints
    upper: Ints
    start: Ints
    index: Ints
    weight: Ints
    rlo: Ints
    rup: Ints


class Model:
    """One persistent HiGHS model; only its cost changes from question to question."""

    def __init__(self, part: Programme, *, integral: bool) -> None:
        import highspy

        self.integral = integral
        self.optimal = highspy.HighsModelStatus.kOptimal
        self.infeasible = highspy.HighsModelStatus.kInfeasible
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        options: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 1}
        if integral:
            options |= {
                "mip_rel_gap": 0.0,
                "mip_abs_gap": 0.5,
                "time_limit": MIP_SECONDS,
                "mip_feasibility_tolerance": 1e-7,
            }
        else:
            options |= {"presolve": "off", "solver": "simplex", "simplex_strategy": PRIMAL_SIMPLEX}
        for name, value in options.items():
            solver.setOptionValue(name, value)
        model = highspy.HighsLp()
        n, m = len(part.lower), len(part.rlo)
        model.num_col_, model.num_row_ = n, m
        model.col_cost_ = np.zeros(n)
        model.col_lower_, model.col_upper_ = part.lower.astype(float), part.upper.astype(float)
        model.row_lower_ = np.where(part.rlo <= -CAP, -highspy.kHighsInf, part.rlo.astype(float))
        model.row_upper_ = np.where(part.rup >= CAP, highspy.kHighsInf, part.rup.astype(float))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = part.start.astype(np.int32)
        model.a_matrix_.index_ = part.index.astype(np.int32)
        model.a_matrix_.value_ = part.weight.astype(float)
        if integral:
            model.integrality_ = [highspy.HighsVarType.kInteger] * n
        solver.passModel(model)
        self.solver, self.n = solver, n
        self.all = np.arange(n, dtype=np.int32)

    def ask(self, cost: Floats) -> tuple[Floats, float]:
        """Minimise; the point and its cost. Raises UnsolvedError, or ContradictionError where no table
        fits.
        """
        self.solver.changeColsCost(self.n, self.all, cost)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status == self.infeasible:
            raise ContradictionError(
                "no table fits everything that was published; the files do not count the same people"
            )
        if status != self.optimal:
            raise UnsolvedError(str(status))
        point = np.array(self.solver.getSolution().col_value)
        return point, float(cost @ point)


def roomiest(lo: Ints, up: Ints, wish: Ints, rows: Relations, *, seconds: float) -> Ints | None:
    """A table that fits and leaves each cell, as far as it can, `wish` more below its upper end; None if
    none is found.

    The best table within the time will do: a table is a witness whether or not it is the best, and it is
    re-checked in whole numbers.
    """
    import highspy

    try:
        low, high = propagate(lo, up, rows)
    except ContradictionError:
        return None
    n = rows.size
    asked = np.flatnonzero(wish > 0)
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 1),
        ("mip_rel_gap", 0.02),
        ("time_limit", seconds),
    ):
        solver.setOptionValue(name, value)
    keep = np.flatnonzero(rows.needed)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n + len(asked), len(keep) + len(asked)
    model.col_cost_ = np.concatenate([np.zeros(n), np.ones(len(asked))])
    model.col_lower_ = np.concatenate([low, np.zeros(len(asked))]).astype(float)
    model.col_upper_ = np.concatenate([high, wish[asked]]).astype(float)
    bounds = [
        np.where(rows.rlo[keep] <= -CAP, -highspy.kHighsInf, rows.rlo[keep]),
        np.where(rows.rup[keep] >= CAP, highspy.kHighsInf, rows.rup[keep]),
    ]
    model.row_lower_ = np.concatenate([bounds[0], np.full(len(asked), -highspy.kHighsInf)])
    model.row_upper_ = np.concatenate([bounds[1], (high - wish)[asked].astype(float)])
    where, begin = rows.entries(keep)
    ends = len(where) + 2 * np.arange(len(asked) + 1)  # then a row of two entries for each wish
    pairs = np.stack([asked, n + np.arange(len(asked))], axis=1).reshape(-1)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.concatenate([begin, ends]).astype(np.int32)
    model.a_matrix_.index_ = np.concatenate([rows.cell[where], pairs]).astype(np.int32)
    model.a_matrix_.value_ = np.concatenate([rows.weight[where], np.tile([1, -1], len(asked))]).astype(float)
    kinds = [highspy.HighsVarType.kInteger] * n + [highspy.HighsVarType.kContinuous] * len(asked)
    for integrality in ([], kinds):  # the relaxation's corner is whole more often than not
        model.integrality_ = integrality
        solver.passModel(model)
        solver.run()
        point = np.array(solver.getSolution().col_value)[:n]
        if len(point) < n:
            return None
        table: Ints = np.rint(point).astype(np.int64)
        if (table >= low).all() and (table <= high).all() and fits(table, rows):
            return table
    return None


def fits(point: Ints, rows: Relations) -> bool:
    """Whole-number check of every row."""
    if not rows.n_rows:
        return True
    total = np.add.reduceat(rows.weight * point[rows.cell], rows.start[:-1])
    return bool(((total >= rows.rlo) & (total <= rows.rup)).all())
