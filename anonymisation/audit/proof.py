"""What a certificate says of each system.

Here: `certify`, from a bench and the public attack on it to the entries of certificate.json. Public tables
only. Not here: the closed form itself (certificates.py), the check (verify.py).
"""

from __future__ import annotations

import numpy as np

from anonymisation.audit.attackers import Attack, Bench
from anonymisation.audit.certificates import microdata, record_types
from anonymisation.audit.rows import ROUNDED, WITHHELD


def certify(bench: Bench, attack: Attack) -> list[dict[str, object]]:
    """One entry per system of the certificate; built from public tables only."""
    whole, said = bench.component, bench.component.said
    candidates = np.flatnonzero(bench.rounded_candidates)
    hidden = int((bench.withheld & (said.state == WITHHELD)).sum())
    proof = next((b for b in bench.public_bases if not hidden and bench.roomy(b)), None)
    entries: list[dict[str, object]] = []
    rooms = None if proof is None else whole.room(proof, said.lo, said.up)
    for i, plan in enumerate(whole.plans):
        here = whole.part(i)
        mine = candidates[(candidates >= here.start) & (candidates < here.stop)] - here.start
        entry: dict[str, object] = {
            "unit": plan.unit, "period": plan.period, "acyclic": plan.acyclic, "targets": len(mine),
            "cubes": sorted(plan.cubes), "dimensions": sorted(plan.categories),
        }  # fmt: skip
        if proof is not None and rooms is not None:
            table = proof[here]
            figures = said.state[here] == ROUNDED
            same = bool((table[figures] == said.value[here][figures]).all())
            closed = plan.acyclic and same and not whole.ties
            entry |= {
                "method": "closed_form" if closed else "ilp",
                "min_width": bench.width if len(mine) else None,
                "equals_release": same,
                "microdata": [[*r, n] for r, n in microdata(plan, table)],
            }
            if (rooms[0][here][: plan.n_published] < bench.width).any():
                entry["record_types"] = [
                    list(r) for r in record_types(plan, rooms[0][here], bench.width, mine)
                ]
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
