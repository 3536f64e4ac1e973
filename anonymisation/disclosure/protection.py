"""Protection: a whole set of cubes, with everything published before, turned into tables that may be attacked
and published.

Here: systems and ties brought together, the method of each, the published tables with their markers, and what
was done. Not here: the methods (rounding.py, suppression.py), the ledger's form (ledger.py), files (the
caller), the attack (anonymisation/audit, which shares nothing with this).
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from anonymisation.disclosure.cubes import ALL, Cube, is_acyclic
from anonymisation.disclosure.draws import Draws
from anonymisation.disclosure.exact import hide_exactly
from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.rounding import round_systems
from anonymisation.disclosure.rules import Rules
from anonymisation.disclosure.sums import Sums
from anonymisation.disclosure.suppression import Problem, suppress
from anonymisation.disclosure.systems import Ints, System, Tie, systems_of
from anonymisation.disclosure.targets import Target, by_system, largest_contributions, own_counts, targets_of
from anonymisation.disclosure.witnesses import Row

WITHHELD = "[c]"
NOT_AVAILABLE = "[x]"


@dataclass(frozen=True, kw_only=True)
class SystemStats:
    """What was done to some tied systems: sizes and times, never a count of units."""

    label: str
    """unit|period, joined by + where systems were tied."""
    method: str
    cells: int
    relations: int
    is_acyclic: bool
    frozen: int
    """Cells published before, left as they are."""
    withheld: int
    elastic: int
    mean_abs_error: float
    """Over non-zero cells. For the release report, rounded there."""
    targets: int
    """Suppression: expressions protected; rounding: 0, every cell is."""
    is_exact: bool
    """Suppression: the cheapest pattern was found."""
    seconds: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Protected:
    """The tables of a release, ready to be attacked."""

    tables: dict[str, pl.DataFrame]
    """Per cube: period, its dimensions (`all` for a margin), value (null when not shown), marker."""
    cells: dict[str, int | None]
    """Per canonical key the published value; None: withheld. Not available cells are in neither."""
    unavailable: tuple[str, ...]
    """Keys of `[x]` cells."""
    withheld: tuple[str, ...]
    """Keys of `[c]` cells."""
    elastic: tuple[str, ...]
    """Keys that moved one step more. Not to be published: the class is."""
    elastic_cubes: tuple[str, ...]
    """The declared class: cubes whose cells may be one step further away, and are to be attacked with it."""
    crossed: tuple[str, ...]
    """Units in which a cell had to be told anew with another figure although its earlier one still fits: a
    reader of both would narrow it. Their earlier figures had better stay."""
    stats: tuple[SystemStats, ...]


def protect(
    cubes: Iterable[Cube],
    counts: Mapping[str, pl.DataFrame],
    *,
    seed: bytes,
    contributors: pl.DataFrame | None = None,
    ledger: Mapping[str, int | None] | None = None,
    ties: Sequence[Tie | Mapping[str, Any]] = (),
    vintages: Collection[str] = (),
    persons: Mapping[str, int] | None = None,
    elsewhere: Collection[str] = (),
    rules: Rules | None = None,
) -> Protected:
    """Protect cubes jointly with everything published before.

    `counts`: per cube a frame (period, its dimensions, n) of true counts, with or without margins; null n:
    not available. `contributors`: (key, agency, n). `ledger`: published values by key, None where withheld:
    these cells stay as they are. `ties`: sums between systems (`Tie`, or the mapping of systems.json).
    `vintages`: periods restated on a published date, whose cells may change (what was withheld stays so).
    `persons`: per key the distinct persons behind a count of something else. `elsewhere`: keys of which
    others publish the exact count; ours are rounded so that they give no more away beside it, where the sums
    let them (rounding). `seed`: secret, drawn for this
    release, destroyed after it.

    Raises DisclosureError (nothing is half done) on counts that are negative, not whole, of an unknown
    category or that do not add, on a tie to something neither here nor published, and when the published past
    leaves no way.
    """
    used = rules or Rules()
    draws = Draws(seed)
    listed = list(cubes)
    systems = systems_of(listed, counts)
    past = dict(ledger or {})
    parsed = [tie if isinstance(tie, Tie) else Tie.parse(tie) for tie in ties]
    largest = largest_contributions(contributors)
    shares = by_system(contributors)
    for system in systems:
        own_counts(system, shares.get((system.unit, system.period)))
    shown: dict[str, int] = {}
    hidden: set[str] = set()
    elastic: list[str] = []
    crossed: set[str] = set()
    stats: list[SystemStats] = []
    for group, tied in _tied(systems, parsed, past):
        began = time.monotonic()
        method = _method(group)
        frozen = {
            k: past[k]
            for s in group
            for k in s.keys
            if k in past and (s.period not in vintages or past[k] is None)
        }
        earlier = {
            k: v for s in group if s.period in vintages for k in s.keys if (v := past.get(k)) is not None
        }
        acyclic = all(is_acyclic(system.cubes) for system in group if system.cubes)
        if method == "rounding":
            rounded = round_systems(
                group,
                ties=tied,
                frozen={k: v for k, v in frozen.items() if v is not None},
                earlier=earlier,
                largest_contribution=largest,
                draws=draws,
                rules=used,
                elsewhere=elsewhere,
            )
            values = rounded.values
            withheld = np.array(
                [k in frozen and frozen[k] is None for s in group for k in s.keys], dtype=np.bool_
            )
            moved, targets, is_exact, relations = rounded.elastic, 0, False, rounded.relations
            units = (system.unit for system in group for _ in system.keys)
            crossed |= {unit for unit, is_so in zip(units, rounded.crossed.tolist(), strict=True) if is_so}
        else:
            problem = _problem(group, tied, frozen, past, shares, persons, used)
            start = hide_exactly(problem, used)
            suppressed = suppress(problem, used, start=start)
            values, withheld = problem.x, suppressed.hidden
            moved = np.zeros(len(values), dtype=np.bool_)
            targets, is_exact, relations = suppressed.targets, start is not None, len(problem.rows)
        keys = [key for system in group for key in system.keys]
        available = np.concatenate(
            [~system.missing if system.cubes else system.missing & False for system in group]
        )
        for key, value, is_hidden, is_there in zip(keys, values.tolist(), withheld, available, strict=True):
            if is_there and is_hidden:
                hidden.add(key)
            elif is_there:
                shown[key] = value
        elastic += [key for key, is_moved in zip(keys, moved, strict=True) if is_moved and key not in frozen]
        x = np.concatenate([system.values for system in group])
        error = np.abs(values - x)[(x > 0) & available & ~withheld]
        stats.append(
            SystemStats(
                label="+".join(f"{s.unit}|{s.period}" for s in group if s.cubes),
                method=method,
                cells=int(available.sum()),
                relations=relations,
                is_acyclic=acyclic,
                frozen=len(frozen),
                withheld=int((withheld & available).sum()),
                elastic=int(moved.sum()),
                mean_abs_error=float(error.mean()) if len(error) else 0.0,
                targets=targets,
                is_exact=is_exact,
                seconds=time.monotonic() - began,
            )
        )
    tables = {cube.name: _table(cube, systems, shown, hidden, used) for cube in listed}
    moved_keys = set(elastic)
    return Protected(
        tables=tables,
        cells={**shown, **dict.fromkeys(hidden)},
        unavailable=tuple(k for s in systems for k, x in zip(s.keys, s.missing, strict=True) if x),
        withheld=tuple(sorted(hidden)),
        elastic=tuple(elastic),
        elastic_cubes=tuple(
            cube.name
            for cube in listed
            if any(
                s.keys[i] in moved_keys for s in systems if cube.name in s.layout for i in s.layout[cube.name]
            )
        ),
        crossed=tuple(sorted(crossed)),
        stats=tuple(stats),
    )


def _method(group: Sequence[System]) -> str:
    methods = {cube.method for system in group for cube in system.cubes}
    if len(methods) > 1:
        raise DisclosureError(
            f"tied systems {[f'{s.unit}|{s.period}' for s in group if s.cubes]} use different methods: a tie "
            "would carry exact "
            "figures into rounded ones. Use one method for both, or publish one of them only."
        )
    return methods.pop()


def _tied(
    systems: Sequence[System], ties: Sequence[Tie], past: Mapping[str, int | None]
) -> list[tuple[list[System], list[Tie]]]:
    """Groups of systems that ties connect, each with its ties. What is published already joins as a system of
    its own."""
    home = {key: i for i, system in enumerate(systems) for key in system.keys} if ties else {}
    leader = list(range(len(systems)))

    def top(i: int) -> int:
        while leader[i] != i:
            i = leader[i]
        return i

    outside: dict[int, dict[str, int]] = {}
    placed: list[tuple[Tie, int]] = []
    for tie in ties:
        keys = (tie.left, *tie.right)
        inside = [home[key] for key in keys if key in home]
        if not inside:
            continue
        lost = [key for key in keys if key not in home and past.get(key) is None]
        if lost:
            raise DisclosureError(
                f"a tie names [{len(lost)}] cells that are neither in these cubes nor published with a "
                "value. Is an earlier "
                "release missing from the folder, or its cube left out here?"
            )
        for i in inside[1:]:
            leader[top(i)] = top(inside[0])
        placed.append((tie, inside[0]))
    for tie, i in placed:
        for key in (tie.left, *tie.right):
            if key not in home:
                value = past[key]
                assert value is not None
                outside.setdefault(top(i), {})[key] = value
    groups: dict[int, tuple[list[System], list[Tie]]] = {}
    for i, system in enumerate(systems):
        groups.setdefault(top(i), ([], []))[0].append(system)
    for tie, i in placed:
        groups[top(i)][1].append(tie)
    for lead, values in outside.items():
        groups[lead][0].append(_published_system(values))
    return [groups[lead] for lead in sorted(groups)]


def _published_system(values: Mapping[str, int]) -> System:
    n = len(values)
    return System(
        unit="published",
        period="before",
        cubes=(),
        keys=tuple(values),
        coordinates=tuple(((key, ""),) for key in values),
        values=np.array(list(values.values()), dtype=np.int64),
        missing=np.zeros(n, dtype=np.bool_),
        structural=np.zeros(n, dtype=np.bool_),
        relations=(),
        sums=Sums.of_rows(()),
        layout={},
    )


def _problem(
    group: Sequence[System],
    ties: Sequence[Tie],
    frozen: Mapping[str, int | None],
    past: Mapping[str, int | None],
    shares: Mapping[tuple[str, str], pl.DataFrame],
    persons: Mapping[str, int] | None,
    rules: Rules,
) -> Problem:
    """Tied systems laid end to end for suppression."""
    x: Ints = np.concatenate([system.values for system in group])
    keys = [key for system in group for key in system.keys]
    at = {key: i for i, key in enumerate(keys)}
    label = "+".join(f"{s.unit}|{s.period}" for s in group if s.cubes)
    changed = sum(value is not None and value != x[at[key]] for key, value in frozen.items())
    if changed:
        raise DisclosureError(
            f"[{label}]: [{changed}] cells were published before with other values. Declare a new vintage "
            "for the period."
        )
    here = {(system.unit, system.period) for system in group}
    lost = sum(key not in at and tuple(key.split("|")[:2]) in here for key in past)
    if lost:
        raise DisclosureError(
            f"[{label}]: [{lost}] cells of the same unit and period were published before in cubes that are "
            "not given here. "
            "Give those cubes and their counts too: hidden cells are protected jointly."
        )
    rows: list[Row] = []
    lines: list[tuple[int, tuple[int, ...]]] = []
    targets: list[Target] = []
    floors: dict[str, Ints] = {}
    first = 0
    for system in group:
        for relation in system.relations:
            children = tuple(first + c for c in relation.children)
            rows.append(((*children, first + relation.parent), (*([1] * len(children)), -1), None))
            lines.append((first + relation.parent, children))
        own = shares.get((system.unit, system.period))
        for target in (
            targets_of(system, rules, contributors=own, persons=persons) if system.cubes else ()
        ):
            targets.append(replace(target, terms=tuple((first + c, s) for c, s in target.terms)))
        for agency, counts in own_counts(system, own).items():
            floors.setdefault(agency, np.zeros(len(x), dtype=np.int64))[first : first + len(counts)] = counts
        first += len(system.keys)
    for tie in ties:
        cells = (at[tie.left], *(at[key] for key in tie.right))
        slack = int(sum(x[c] for c in cells[1:]) - x[cells[0]])
        if slack < 0 or (tie.kind == "eq" and slack):
            raise DisclosureError(
                f"[{label}]: a declared tie does not hold in the true counts. Mend the tie or the counts."
            )
        rows.append((cells, (1, *([-1] * len(tie.right))), None if tie.kind == "eq" else slack))
    none = np.zeros(len(x), dtype=np.bool_)
    shown, withheld = none.copy(), none.copy()
    for key, value in frozen.items():
        (withheld if value is None else shown)[at[key]] = True
    return Problem(
        x=x,
        rows=tuple(rows),
        targets=tuple(targets),
        shown=shown,
        withheld=withheld,
        immovable=np.concatenate([s.structural | s.missing if s.cubes else ~s.missing for s in group]),
        floors=floors if any(t.agency for t in targets) else {},
        lines=tuple(lines),
        label=label,
    )


def _table(
    cube: Cube, systems: Sequence[System], shown: Mapping[str, int], hidden: set[str], rules: Rules
) -> pl.DataFrame:
    """A cube as published: every period, every margin."""
    mine = [s for s in systems if s.unit == cube.unit and cube.name in s.layout]
    if not mine:
        raise DisclosureError(
            f"cube [{cube.name}] has no row in any period: leave it out, or give it rows with 0."
        )
    names = list(itertools.product(*[(*cube.nodes(d), ALL) for d in cube.dimensions]))
    low = f"0 to {rules.base - 1}" if cube.method == "rounding" else ""
    values: list[int | None] = []
    markers: list[str] = []
    for system in mine:
        at = system.layout[cube.name]
        keys = [system.keys[i] for i in at.tolist()]
        own = [None if key in hidden else shown.get(key) for key in keys]
        values += own
        markers += [
            NOT_AVAILABLE if missing else WITHHELD if value is None else "" if value or structural else low
            for value, missing, structural in zip(
                own, system.missing[at].tolist(), system.structural[at].tolist(), strict=True
            )
        ]
    columns = {d: [row[i] for row in names] * len(mine) for i, d in enumerate(cube.dimensions)}
    periods = [system.period for system in mine for _ in names]
    return pl.DataFrame(
        {"period": periods, **columns, "value": values, "marker": markers},
        schema={
            "period": pl.String, **dict.fromkeys(cube.dimensions, pl.String),
            "value": pl.Int64, "marker": pl.String,
        },
    )  # fmt: skip
