"""What a certificate says of each system.

Here: `certify`, from a bench and the public attack on it to the entries of certificate.json. Public tables
only. Not here: the closed form itself (certificates.py), the check (verify.py).
"""

from __future__ import annotations

import numpy as np

from anonymisation.audit.attackers import Attack, Bench
from anonymisation.audit.certificates import microdata, record_types
from anonymisation.audit.rows import ROUNDED, WITHHELD, Ints


def certify(bench: Bench, attack: Attack) -> list[dict[str, object]]:
    """One entry per system of the certificate; built from public tables only."""
    whole, said = bench.component, bench.component.said
    hidden = bool((bench.withheld & (said.state == WITHHELD)).any())
    proof = next((b for b in bench.public_bases if not hidden and bench.roomy(b)), None)
    rooms = None if proof is None else whole.room(proof, said.lo, said.up)
    entries: list[dict[str, object]] = []
    for i, plan in enumerate(whole.plans):
        here = whole.part(i)
        entry: dict[str, object] = {
            "unit": plan.unit, "period": plan.period, "acyclic": plan.acyclic,
            "cubes": sorted(plan.cubes), "dimensions": sorted(plan.categories),
        }  # fmt: skip
        if proof is not None and rooms is not None:
            table, room = proof[here], rooms[0][here]
            mine = np.flatnonzero(bench.rounded_candidates[here])
            figures = said.state[here] == ROUNDED
            same = bool((table[figures] == said.value[here][figures]).all())
            closed = plan.acyclic and same and len(whole.ties) == len(whole.sums[i])
            entry |= {
                "method": "closed_form" if closed else "ilp",
                "targets": len(mine),
                "min_width": bench.width if len(mine) else None,
                "equals_release": same,
                "microdata": [[*r, n] for r, n in microdata(plan, table)],
            }
            if whole.sums[i] or _is_short(bench, i, room):
                types = record_types(plan, room, bench.width, mine, whole.sums[i])
                entry["record_types"] = [list(r) for r in types]
        else:
            cells = np.flatnonzero((bench.rounded_candidates | bench.withheld)[here]) + here.start
            widths = attack.outcome.iup[cells] - attack.outcome.ilo[cells]
            entry |= {
                "method": "ilp" if attack.outcome.n_searched else "lp",
                "targets": len(cells),
                "min_width": int(max(widths.min(), 0)) if len(cells) else None,
                "microdata": None,
            }
        entries.append(entry)
    return entries


def _is_short(bench: Bench, i: int, room: Ints) -> bool:
    """Whether copies of some record type lack room; no record is of a category that nobody can be of."""
    plan, up = bench.component.plans[i], bench.component.said.up[bench.component.part(i)]
    short = room[: plan.n_published] < bench.width
    short[plan.nobodys(up)] = False
    return bool(short.any())
