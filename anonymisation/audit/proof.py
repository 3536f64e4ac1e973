"""What a certificate says of each system.

Here: `certify`, from a bench and the public attack on it to the entries of certificate.json. Public tables
only. Not here: the closed form itself (certificates.py), the check (verify.py).
"""

from __future__ import annotations

import numpy as np

from anonymisation.audit.attackers import Attack, Bench
from anonymisation.audit.certificates import Sum, microdata, record_types, record_types_beside
from anonymisation.audit.rows import ROUNDED, WITHHELD, Ints

Records = list[tuple[str, ...]]


def certify(bench: Bench, attack: Attack) -> list[dict[str, object]]:
    """One entry per system of the certificate; built from public tables only."""
    whole, said = bench.component, bench.component.said
    proof = _proof(bench)
    entries: list[dict[str, object]] = []
    for i, plan in enumerate(whole.plans):
        here = whole.part(i)
        entry: dict[str, object] = {
            "unit": plan.unit, "period": plan.period, "acyclic": plan.acyclic,
            "cubes": sorted(plan.cubes), "dimensions": sorted(plan.categories),
        }  # fmt: skip
        if proof is not None:
            table, types = proof[0][here], proof[1][i]
            figures = said.state[here] == ROUNDED
            same = bool((table[figures] == said.value[here][figures]).all())
            closed = plan.acyclic and same and len(whole.ties) == len(whole.equal_sums)
            n = int(bench.rounded_candidates[here].sum())
            entry |= {
                "method": "closed_form" if closed else "ilp",
                "targets": n,
                "min_width": bench.width if n else None,
                "equals_release": same,
                "microdata": [[*r, n] for r, n in microdata(plan, table)],
            }
            if types is not None:
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


def _proof(bench: Bench) -> tuple[Ints, list[Records | None]] | None:
    """A table that fits and, per system, the record types whose copies have room in it (None: any has)."""
    whole, said = bench.component, bench.component.said
    if (bench.withheld & (said.state == WITHHELD)).any():
        return None
    for table in bench.public_bases:
        rooms = whole.room(table, said.lo, said.up, beside_sums=True)
        if rooms is None or not (whole.equal_sums or bench.roomy(table)):
            continue
        found: list[Records | None] = []
        for i, plan in enumerate(whole.plans):
            here, sums = whole.part(i), _own_sums(bench, i)
            wanted = np.flatnonzero(bench.rounded_candidates[here])
            room = rooms[0][here]
            types: Records | None = None
            if sums is None:
                break
            if sums:
                types = record_types_beside(plan, room, bench.width, wanted, sums)
                if types is None:
                    break
            elif _is_short(bench, i, room):
                types = record_types(plan, room, bench.width, wanted)
            found.append(types)
        else:
            return table, found
    return None


def _is_short(bench: Bench, i: int, room: Ints) -> bool:
    """Whether copies of some record type lack room; no record is of a category that nobody can be of."""
    plan, up = bench.component.plans[i], bench.component.said.up[bench.component.part(i)]
    short = room[: plan.n_published] < bench.width
    short[plan.nobodys(up)] = False
    return bool(short.any())


def _own_sums(bench: Bench, i: int) -> list[Sum] | None:
    """Equal sums of one system; None where one holds across systems: nobody can keep that by a record."""
    here = bench.component.part(i)
    own: list[Sum] = []
    for left, right in bench.component.equal_sums:
        inside = [here.start <= cell < here.stop for cell in (left, *right)]
        if any(inside) and not all(inside):
            return None
        if all(inside):
            own.append((left - here.start, tuple(cell - here.start for cell in right)))
    return own
