"""Assembly: from releases to components.

Here: `components`: which systems ties bind together, and what each release that speaks of a system says.
Not here: what a component can be asked (components.py), statements themselves (statements.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anonymisation.audit.components import Component
from anonymisation.audit.read import Cube, Release, Tie
from anonymisation.audit.rows import AuditError, Ints
from anonymisation.audit.statements import Statement, combined, end_to_end, restated, statements
from anonymisation.audit.systems import Layout, Layouts
from anonymisation.audit.truth import TrueCounts


def components(
    releases: Sequence[Release], truth: TrueCounts, *, present: Release, layouts: Layouts
) -> list[Component]:
    """Systems of `present` with everything that the releases (oldest first, the last is the newest) say of
    them. `layouts`: kept by the caller, so that the same systems are laid out once.
    """
    systems = sorted({(c.unit, p) for r in releases for c in r.cubes for p in c.value})
    wanted = {(c.unit, p) for c in present.cubes for p in c.value}
    ties = tuple(dict.fromkeys(t for r in releases for t in r.ties))
    group = {s: s for s in systems}

    def root(s: tuple[str, str]) -> tuple[str, str]:
        while group[s] != s:
            s = group[s]
        return s

    usable: list[tuple[Tie, tuple[str, str]]] = []
    for tie in ties:
        names = [_system_of(k) for k in (tie.left, *tie.right)]
        missing = [n for n in names if n not in group]
        if tie.kind == "le" and names[0] in group and missing:
            continue  # an unpublished system on the right leaves the left free
        if missing:
            continue
        usable.append((tie, names[0]))
        for n in names[1:]:
            group[root(n)] = root(names[0])
    members: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for s in systems:
        members.setdefault(root(s), []).append(s)
    bound: dict[tuple[str, str], list[Tie]] = {}
    for tie, name in usable:
        bound.setdefault(root(name), []).append(tie)
    heads = sorted({root(s) for s in wanted})
    told = _told(releases, [s for head in heads for s in members[head]], layouts)
    return [_component(members[head], told, bound.get(head, []), truth) for head in heads]


def _system_of(key: str) -> tuple[str, str]:
    unit, period, _ = key.split("|", 2)
    return unit, period


@dataclass(frozen=True, kw_only=True)
class _Told:
    """One system, and what the releases that speak of it say, the newest last."""

    plan: Layout
    statements: tuple[Statement, ...]
    vintages: tuple[str | None, ...]
    """Of each statement, the declared vintage of the period."""


def _told(
    releases: Sequence[Release], systems: Sequence[tuple[str, str]], layouts: Layouts
) -> dict[tuple[str, str], _Told]:
    """What the releases say of each system. A release that repeats the one before word for word is heard
    once; systems of one shape are laid out and worked through together."""
    cubes: dict[tuple[str, str], list[list[Cube]]] = {s: [[] for _ in releases] for s in systems}
    for i, release in enumerate(releases):
        for cube in release.cubes:
            for period in cube.value:
                if (cube.unit, period) in cubes:
                    cubes[cube.unit, period][i].append(cube)
    plans = {s: layouts.of(*s, [c for cs in told for c in cs]) for s, told in cubes.items()}
    groups: dict[tuple[int, int, tuple[str, ...]], list[tuple[str, str]]] = {}
    spoken: dict[tuple[str, str], list[int]] = {}
    for s, told in cubes.items():
        last: tuple[object, ...] | None = None
        for i, mine in enumerate(told):
            if not mine:
                continue
            vintage = releases[i].vintages.get(s[1])
            boxes = ((id(c.value[s[1]]), c.elastic, repr(c.structural_zeros)) for c in mine)
            words = (vintage, releases[i].rules, *boxes)
            if words == last:
                continue
            last = words
            spoken.setdefault(s, []).append(i)
            names = tuple(sorted(c.name for c in mine))
            groups.setdefault((i, id(plans[s].shared), names), []).append(s)
    said: dict[tuple[int, tuple[str, str]], Statement] = {}
    for (number, _, _), group in groups.items():
        found = statements(plans[group[0]], releases[number], [period for _, period in group])
        said |= {(number, s): statement for s, statement in zip(group, found, strict=True)}
    return {
        s: _Told(
            plan=plans[s],
            statements=tuple(said[i, s] for i in spoken[s]),
            vintages=tuple(releases[i].vintages.get(s[1]) for i in spoken[s]),
        )
        for s in systems
    }


def _component(
    members: list[tuple[str, str]],
    told: Mapping[tuple[str, str], _Told],
    ties: list[Tie],
    truth: TrueCounts,
) -> Component:
    """Systems that `ties` bind together."""
    plans: list[Layout] = []
    saids: list[Statement] = []
    latest: list[Statement] = []
    truths: list[Ints | None] = []
    n_restated = 0
    for member in members:
        plan, (*before, now), (*earlier, vintage) = (
            told[member].plan, told[member].statements, told[member].vintages
        )  # fmt: skip
        mine = truth.of(plan)
        n_restated += sum(
            restated(now, old) for old, its in zip(before, earlier, strict=True) if its == vintage
        )
        plans.append(plan)
        saids.append(combined(now, before, mine))
        latest.append(now)
        truths.append(mine)
    offsets = tuple(np.concatenate([[0], np.cumsum([p.size for p in plans])])[:-1].tolist())
    laid = zip(offsets, plans, strict=True) if ties else ()
    index = {k: o + i for o, p in laid for k, i in p.index.items()}
    lost = sum(any(k not in index for k in (t.left, *t.right)) for t in ties)
    if lost:
        raise AuditError(f"systems.json: {lost} ties name cells that no cube publishes")
    known = [t for t in truths if t is not None]
    return Component(
        plans=tuple(plans), offsets=offsets,
        said=end_to_end(saids), latest=end_to_end(latest),
        restated=n_restated,
        truth=np.concatenate(known) if len(known) == len(plans) else None,
        ties=tuple((t.kind, index[t.left], tuple(index[k] for k in t.right)) for t in ties),
    )  # fmt: skip
