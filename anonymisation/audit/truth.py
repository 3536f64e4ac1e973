"""True counts, handed over by the release step, laid out as a system's cells.

Here: `TrueCounts`, and each contributor's share in them. The auditor uses them to tell which cells are
small, that the stated intervals hold them, and as one table that fits. Not here: anything published; no
certificate and no report is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from anonymisation.audit.rows import NO_VALUE, AuditError, Ints
from anonymisation.audit.systems import Layout

Shares = dict[str, dict[str, list[tuple[str, int]]]]
"""System → agency → (key, its own count)."""

UNTOLD = np.iinfo(np.int64).min


class TrueCounts:
    """True counts by canonical key (`truth`; None: none were handed over), laid out system by system."""

    def __init__(self, truth: Mapping[str, int] | None) -> None:
        self._truth = truth or {}
        self._systems = {key.rpartition("|")[0] for key in self._truth}
        self._tables: dict[int, tuple[Layout, Ints | None]] = {}

    def __repr__(self) -> str:
        return f"TrueCounts(systems={len(self._systems)})"

    def of(self, plan: Layout) -> Ints | None:
        """True counts of the published cells; None where nothing is known of the system. A missing margin is
        summed. Each layout is worked through once.

        Cells behind a cyclic core stay without a value. Raises AuditError where the handed counts are
        incomplete or do not add.
        """
        if id(plan) not in self._tables:
            known = f"{plan.unit}|{plan.period}" in self._systems
            self._tables[id(plan)] = (plan, self._laid_out(plan) if known else None)
        return self._tables[id(plan)][1]

    def _laid_out(self, plan: Layout) -> Ints | None:
        truth = self._truth
        told = np.fromiter((truth.get(k, UNTOLD) for k in plan.keys), dtype=np.int64, count=len(plan.keys))
        if (told == UNTOLD).all():
            return None
        if ((told < 0) & (told != UNTOLD)).any():
            raise AuditError(f"true counts of [{plan.unit}] [{plan.period}]: a count is negative")
        table = np.full(plan.size, NO_VALUE, dtype=np.int64)
        table[: len(told)] = np.where(told == UNTOLD, NO_VALUE, told)
        for edge in plan.edges:
            if (table[plan.place(edge)] == NO_VALUE).any():
                raise AuditError(
                    f"true counts of [{plan.unit}] [{plan.period}]: "
                    f"{int((table[plan.place(edge)] < 0).sum())} cells missing"
                )
        for face in sorted(plan.published_faces, key=len, reverse=True):
            where = plan.place(face)
            for edge in plan.edges:
                if set(face) < set(edge):
                    margins, cells = plan.summed(face, edge)
                    total = table[cells].sum(axis=1)
                    here = table[margins]
                    if ((here != NO_VALUE) & (here != total)).any():
                        raise AuditError(
                            f"true counts of [{plan.unit}] [{plan.period}]: margins do not add"
                        )
                    table[where] = total
        return table


def shares_of(frame: pl.DataFrame) -> Shares:
    """Contributors' own counts (key, agency, n) by system and agency. Raises AuditError for another frame."""
    missing = {"key", "agency", "n"} - set(frame.columns)
    if missing:
        raise AuditError(f"contributors: columns missing: {sorted(missing)}")
    if frame.filter(pl.col("n").is_null() | (pl.col("n") < 0)).height:
        raise AuditError("contributors: a count is missing or negative")
    own: Shares = {}
    for agency, key, n in frame.sort("agency").select("agency", "key", "n").iter_rows():
        system = str(key).rpartition("|")[0]
        own.setdefault(system, {}).setdefault(str(agency), []).append((str(key), int(n)))
    return own
