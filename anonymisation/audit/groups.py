"""Group disclosure: everybody of a group, or all but one, falls into one category of something sensitive.

Here: `open_groups`, which finds such groups in exact tables and asks what a reader is left with for those
outside the category. Not here: intervals of single cells (attackers.py, components.py).
Source: disclosure.md, Attack: for a 100 % cell, the complement's upper bound is at least the threshold. A
rounded cell is never known to be 100 %: its interval and its margin's leave room for others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from anonymisation.audit.attackers import Attack, Bench
from anonymisation.audit.read import Cube
from anonymisation.audit.rows import ROUNDED, Ints


def open_groups(bench: Bench, attack: Attack, cubes: Sequence[Cube]) -> Counter[str]:
    """Cube → groups whose complement cannot reach the threshold, as far as the page tells."""
    whole, found = bench.component, Counter[str]()
    low, high = attack.outcome.olo, attack.outcome.oup
    counted = low if whole.truth is None else whole.truth
    for offset, plan in zip(whole.offsets, whole.plans, strict=True):
        for cube in cubes:
            if cube.unit != plan.unit or plan.period not in cube.value or cube.method != "suppression":
                continue
            for face in plan.published_faces:
                for d in set(cube.sensitive) & set(face) if set(face) <= set(cube.dimensions) else ():
                    margins, cells = plan.summed(tuple(x for x in face if x != d), face)
                    here = (whole.said.state[cells + offset] != ROUNDED).all(axis=1)
                    n = _open(margins[here] + offset, cells[here] + offset, low, high, counted,
                              bench.rules.threshold)
                    if n:
                        found[cube.name] += n
    return found


def _open(margins: Ints, cells: Ints, low: Ints, high: Ints, counted: Ints, threshold: int) -> int:
    """Of each margin's cells, those that hold all but one or all of it, and are known to hold nearly all."""
    group, parts = counted[margins][:, None], counted[cells]
    is_whole = (group >= 1) & (parts >= 1) & (group - parts <= 1)
    others = high[cells].sum(axis=1, keepdims=True) - high[cells]
    complement = np.minimum(others, high[margins][:, None] - low[cells])
    return int((is_whole & (complement < threshold)).sum())
