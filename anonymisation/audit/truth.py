"""True counts, handed over by the release step, laid out as a system's cells.

Here: `true_counts`. The auditor uses them to tell which cells are small, that the stated intervals hold
them, and as one table that fits. Not here: anything published; no certificate and no report is made of
them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from anonymisation.audit.rows import NO_VALUE, AuditError, Ints
from anonymisation.audit.systems import Layout


def true_counts(plan: Layout, truth: Mapping[str, int] | None) -> Ints | None:
    """True counts of the published cells; None where nothing is known of the system. A missing margin is
    summed.

    Cells behind a cyclic core stay without a value. Raises AuditError where the handed counts are incomplete
    or do not add.
    """
    if truth is None or not any(k in truth for k in plan.keys):
        return None
    table = np.full(plan.size, NO_VALUE, dtype=np.int64)
    for i, key in enumerate(plan.keys):
        n = truth.get(key, NO_VALUE)
        if key in truth and n < 0:
            raise AuditError(f"true counts of [{plan.unit}] [{plan.period}]: a count is negative")
        table[i] = n
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
                    raise AuditError(f"true counts of [{plan.unit}] [{plan.period}]: margins do not add")
                table[where] = total
    return table
