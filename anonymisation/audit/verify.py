"""Check of a certificate, by whole-number arithmetic alone, from a release's published bytes.

Here: `verify`, which a reader can run without trusting the program that made the release: no solver, no
search, no floating point.
Not here: making a certificate (gate.py, certificates.py).

For each system the certificate lists microdata W. The check is: the files are the ones certified; W's sums
lie inside every box that the release states (and equal its figures where that is claimed); sums that hold by
definition hold in them; with `min_width` more copies of one record type every cell that holds the type still
lies inside its box, and those sums still hold; and every published cell that may be small holds such a type.
So each of these cells has two tables behind it, `min_width` apart,
both of which print as the release does: no reader of it can tell them apart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anonymisation.audit.certificates import CERTIFICATE_FORMAT, Sum
from anonymisation.audit.hypergraph import is_acyclic
from anonymisation.audit.read import Release, read_release
from anonymisation.audit.rows import ROUNDED, UNAVAILABLE, WITHHELD, AuditError, Ints, Mask
from anonymisation.audit.statements import Statement, statement
from anonymisation.audit.systems import Layout, Layouts

CERTIFIED_METHODS = ("closed_form", "ilp", "lp")


@dataclass(frozen=True, kw_only=True)
class Verified:
    """The check's result. `proved`: systems whose proof holds; `claimed`: systems that rest on the
    publisher's own search.
    """

    passed: bool
    proved: int
    claimed: int
    cells: int
    """Cells that may be small, each proved to keep its width."""
    min_width: int | None
    problems: tuple[str, ...]


def verify(release: Mapping[str, bytes], certificate: bytes) -> Verified:
    """Check a certificate against the bytes of its release. Raises AuditError where either cannot be read."""
    told = read_release(release)
    try:
        claims = json.loads(certificate)
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise AuditError("certificate: not JSON") from None
    if (
        not isinstance(claims, dict)
        or claims.get("format") != CERTIFICATE_FORMAT
        or not isinstance(claims.get("systems"), list)
    ):
        raise AuditError(f"certificate: format is not [{CERTIFICATE_FORMAT}]")
    problems = _files(release, told, claims.get("files", {}))
    plans = _plans(told)
    tables: dict[tuple[str, str], Ints] = {}
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in claims["systems"]:
        name = (str(entry.get("unit")), str(entry.get("period")))
        where = f"system [{name[0]}] [{name[1]}]"
        if name not in plans or name in entries:
            problems.append(f"{where}: the release has no such system, or the certificate names it twice")
            continue
        entries[name] = entry
        if entry.get("method") not in CERTIFIED_METHODS:
            problems.append(f"{where}: unknown method")
        if bool(entry.get("acyclic")) != is_acyclic(plans[name].edges):
            problems.append(f"{where}: acyclic or not is stated wrongly")
        if entry.get("microdata") is not None:
            table = _sums(plans[name], entry["microdata"])
            if table is None:
                problems.append(f"{where}: the microdata hold a record that is not of this system")
            else:
                tables[name] = table
    problems += [
        f"system [{u}] [{p}]: the certificate does not speak of it" for u, p in plans if (u, p) not in entries
    ]
    cells, widths, proved = 0, [], 0
    for name, table in tables.items():
        sums = _own_sums(plans[name], told)
        n, found = _check(plans[name], statement(plans[name], told), table, entries[name], told, sums)
        found += _ties(name, plans, tables, told, entries[name])
        problems += [f"system [{name[0]}] [{name[1]}]: {text}" for text in found]
        if not found:
            proved, cells = proved + 1, cells + n
            if n:
                widths.append(int(entries[name]["min_width"]))
    return Verified(
        passed=not problems, proved=proved, claimed=len(entries) - len(tables), cells=cells,
        min_width=min(widths) if widths else None, problems=tuple(problems),
    )  # fmt: skip


def _files(release: Mapping[str, bytes], told: Release, stated: object) -> list[str]:
    if not isinstance(stated, dict):
        raise AuditError("certificate: no file hashes")
    found = [f"file [{f}] is not the one certified" for f in told.sha256
             if stated.get(f) != hashlib.sha256(release[f]).hexdigest()]  # fmt: skip
    return found + [f"file [{f}] was certified and is missing" for f in stated if f not in told.sha256]


def _plans(told: Release) -> dict[tuple[str, str], Layout]:
    names = sorted({(c.unit, p) for c in told.cubes for p in c.value})
    shapes = Layouts()
    return {
        (u, p): shapes.of(u, p, [c for c in told.cubes if c.unit == u and p in c.value]) for u, p in names
    }  # fmt: skip


def _places(plan: Layout, records: list[list[str]]) -> list[dict[str, int]] | None:
    dimensions = sorted(plan.categories)
    index = {d: {c: i for i, c in enumerate(plan.categories[d])} for d in dimensions}
    places: list[dict[str, int]] = []
    for record in records:
        if len(record) != len(dimensions) or any(
            v not in index[d] for d, v in zip(dimensions, record, strict=True)
        ):
            return None
        places.append({d: index[d][v] for d, v in zip(dimensions, record, strict=True)})
    return places


def _cells(plan: Layout, places: list[dict[str, int]]) -> list[Ints]:
    """Per published face, the cell that each record falls in."""
    return [
        np.array([plan.ids(face)[()] if not face else 0 for _ in places], dtype=np.int64)
        if not face
        else plan.ids(face)[tuple(np.array([p[d] for p in places], dtype=np.int64) for d in face)]
        for face in plan.published_faces
    ]


def _sums(plan: Layout, microdata: list[list[Any]]) -> Ints | None:
    """Counts of the published cells from records with a count each; None if a record does not fit the
    system.
    """
    counts = [r[-1] for r in microdata]
    if any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in counts):
        return None
    places = _places(plan, [r[:-1] for r in microdata])
    if places is None:
        return None
    table = np.zeros(plan.n_published, dtype=np.int64)
    for cells in _cells(plan, places):
        np.add.at(table, cells, np.array(counts, dtype=np.int64))
    return table


def _check(
    plan: Layout,
    said: Statement,
    table: Ints,
    entry: Mapping[str, Any],
    told: Release,
    sums: Sequence[Sum],
) -> tuple[int, list[str]]:
    n = plan.n_published
    lo, up, state, value = said.lo[:n], said.up[:n], said.state[:n], said.value[:n]
    problems: list[str] = []
    outside = int(((table < lo) | (table > up)).sum())
    if outside:
        problems.append(f"the microdata leave the box of {outside} cells")
    if (state == WITHHELD).any():
        problems.append("a system with withheld cells has no proof of this kind")
    unequal = sum(int(table[left]) != int(table[list(right)].sum()) for left, right in sums)
    if unequal:
        problems.append(f"{unequal} sums that hold by definition do not hold in the microdata")
    figures = state == ROUNDED
    if entry.get("equals_release") and (table[figures] != value[figures]).any():
        problems.append("the microdata's sums are not the released figures")
    if entry.get("method") == "closed_form" and not (is_acyclic(plan.edges) and entry.get("equals_release")):
        problems.append("closed form is claimed without an acyclic system and equal figures")
    candidates = np.flatnonzero(figures & (up > 0) & (lo < told.rules.threshold))
    if entry.get("targets") != len(candidates):
        problems.append(f"{entry.get('targets')} cells are certified where {len(candidates)} may be small")
    if not len(candidates):
        return 0, problems
    width = entry.get("min_width")
    if not isinstance(width, int) or isinstance(width, bool) or width < told.rules.base - 1:
        return 0, [*problems, f"the stated width is not at least {told.rules.base - 1}"]
    roomy: Mask = up - table >= width
    roomy[state == UNAVAILABLE] &= up[state == UNAVAILABLE] > 0
    roomy_but_for = roomy.copy()
    roomy_but_for[plan.nobodys(up)] = True
    if roomy_but_for.all() and not sums:
        return len(candidates), problems  # any record type will do that somebody can be of
    places = _places(plan, entry.get("record_types", []))
    if places is None:
        return 0, [*problems, "a record type is not of this system"]
    holds = np.zeros((len(places), n), dtype=np.int64)
    for cells in _cells(plan, places):
        holds[np.arange(len(places)), cells] = 1
    if holds[:, ~roomy].any():
        return 0, [*problems, "a record type has no room for its copies"]
    if any(np.any(holds[:, left] != holds[:, list(right)].sum(axis=1)) for left, right in sums):
        return 0, [*problems, "copies of a record type break a sum that holds by definition"]
    held: Mask = holds.sum(axis=0) > 0
    bare = int((~held[candidates]).sum())
    if bare:
        problems.append(f"{bare} cells that may be small are in no record type")
    return len(candidates), problems


def _own_sums(plan: Layout, told: Release) -> list[Sum]:
    """Sums that hold by definition within one system, as far as it shows both sides."""
    found: list[Sum] = []
    for tie in told.ties:
        keys = (tie.left, *tie.right)
        if tie.kind == "eq" and all(k in plan.index for k in keys):
            found.append((plan.index[tie.left], tuple(plan.index[k] for k in tie.right)))
    return found


def _ties(
    name: tuple[str, str],
    plans: Mapping[tuple[str, str], Layout],
    tables: Mapping[tuple[str, str], Ints],
    told: Release,
    entry: Mapping[str, Any],
) -> list[str]:
    """left + width ≤ Σ right: copies may be added on the left side without breaking a tie; adding on the
    right never does. Sums within one system are checked with its record types; no proof keeps others.
    """

    def count(key: str) -> int | None:
        unit, period, _ = key.split("|", 2)
        plan = plans.get((unit, period))
        if plan is None or key not in plan.index:
            return None
        return int(tables[unit, period][plan.index[key]]) if (unit, period) in tables else 0

    width = entry.get("min_width")
    spare = width if isinstance(width, int) else 0
    found: list[str] = []
    broken = 0
    for tie in told.ties:
        if tuple(tie.left.split("|", 2)[:2]) != name:
            continue
        right = [count(k) for k in tie.right]
        left = count(tie.left)
        if left is None or any(r is None for r in right):
            continue  # a side that is not published binds nothing
        if tie.kind == "eq" and all(k in plans[name].index for k in (tie.left, *tie.right)):
            continue
        if tie.kind == "eq" or left + spare > sum(r for r in right if r is not None):
            broken += 1
    if broken:
        found.append(f"{broken} ties leave no room for the stated width")
    return found
