"""The verdict on a release: every reader against every system, before anything leaves.

Here: `audit` and its settings.
Not here: what each reader knows (attackers.py), what a verdict is (verdict.py), how it reads (report.py), the
check of a certificate (verify.py).
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl

from anonymisation.audit import attackers as readers
from anonymisation.audit.assembly import components
from anonymisation.audit.attackers import ATTACKERS, Attack, Bench, Benches
from anonymisation.audit.certificates import certificate
from anonymisation.audit.components import Component, by_system, known_cells
from anonymisation.audit.groups import open_groups
from anonymisation.audit.proof import certify
from anonymisation.audit.read import Known, Release, sequence_of_releases
from anonymisation.audit.rows import AuditError, Ints
from anonymisation.audit.verdict import AttackerResult, AuditResult

UNCHANGED = "systems stand as the last release published them and were settled then"
WIDTH_BINS = ((0, 0), (1, 1), (2, 3), (4, 4), (5, 8), (9, None))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How hard to try."""

    seconds: float = 600.0
    """Search time per system and reader; what is unsolved by then counts as open."""
    again: bool = False
    """Attack anew what the last release already published word for word? Its readers hold it already:
    whatever it gives away was settled at its own gate, and no later release can take it back.
    """

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise AuditError("settings: seconds must be more than 0")


@dataclass(kw_only=True)
class _Count:
    """Sums over components of one reader's attacks."""

    ran: bool = True
    targets: int = 0
    opened: int = 0
    unsolved: int = 0
    closed: int = 0
    searched: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    systems: set[str] = field(default_factory=set)
    notes: Counter[str] = field(default_factory=Counter)
    """What is said of the attack → of how many systems or figures; 0: of the attack as a whole."""
    seconds: float = 0.0

    def add(self, bench: Bench, attack: Attack) -> None:
        self.targets += len(attack.targets)
        self.opened += len(attack.opened)
        self.unsolved += attack.n_unsolved
        self.closed += attack.outcome.n_closed
        self.searched += attack.outcome.n_searched
        self.failures.update(cubes_of(bench.component, attack.opened))
        if len(attack.opened) or attack.outcome.contradiction:
            self.systems |= {f"{p.unit}|{p.period}" for p in bench.component.plans}
        if attack.outcome.contradiction:
            self.notes["systems in which no table fits all that is published"] += 1
            self.failures.update({c: 1 for p in bench.component.plans for c in p.cubes})


def audit(
    release: Release | Mapping[str, bytes],
    *,
    earlier: Sequence[Release | Mapping[str, bytes]] = (),
    contributors: pl.DataFrame | None = None,
    truth: Mapping[str, int] | None = None,
    known: Sequence[Known] = (),
    settings: Settings | None = None,
    benches: Benches | None = None,
) -> AuditResult:
    """Attack a release as its readers would.

    release: file name → bytes about to be published, or what was read of them. earlier: releases already
    published, oldest first.
    contributors: frame key, agency, n (each agency's own true count). truth: canonical key → true count,
    used to tell which cells are small, that the stated intervals hold it, and as one table that fits. known:
    exact figures of others beside those in systems.json. benches: held by the caller from one draw of a
    release to the next, so that systems that stand are not attacked again. Reads no file. Raises AuditError
    for material that cannot be read.
    """
    began = time.monotonic()
    how = settings or Settings()
    told = sequence_of_releases(earlier, release)
    present = told[-1]
    held = benches or Benches()
    counts_of, layouts = held.true_counts(truth), held.layouts
    alone = components([present], counts_of, present=present, layouts=layouts)
    together = components(told, counts_of, present=present, layouts=layouts) if earlier else alone
    own = [held.of(c, present.rules, how.seconds) for c in alone]
    by_words = {b.component.words: b for b in own}
    joint = [
        (None if c.restated else by_words.get(c.words)) or held.of(c, present.rules, how.seconds)
        for c in together
    ]
    outside = by_system((*present.known, *known))
    fresh = joint
    if earlier and not how.again:
        left = components(told[:-1], counts_of, present=told[-2], layouts=layouts)
        fresh = _fresh(joint, {c.words for c in left}, by_system(told[-2].known), outside)
    fresh = [held.of(b.component.without_revised(), present.rules, how.seconds) for b in fresh]
    counts = {name: _Count() for name in ATTACKERS}
    publics = _public(own, fresh, counts)
    _rule_aware(own, publics, counts[readers.RULE_AWARE])
    _contributors(fresh, held, contributors, counts[readers.CONTRIBUTOR])
    _person(fresh, counts[readers.PERSON])
    _totals(fresh, outside, counts[readers.TOTALS])
    if len(fresh) < len(joint):
        for name in (readers.EARLIER, readers.CONTRIBUTOR, readers.PERSON, readers.TOTALS):
            counts[name].notes[UNCHANGED] = len(joint) - len(fresh)
    faults = _faults(own, joint, publics) + _groups(own, publics, present)
    results = tuple(_result(name, counts[name]) for name in ATTACKERS)
    failures: Counter[str] = Counter()
    for r in results:
        failures.update(r.failures)
    proof = certificate(present.sha256, [s for b in own for s in _certified(b, publics[id(b)])])
    return AuditResult(
        passed=all(r.passed for r in results) and not faults,
        attackers=results, histogram=_histogram(own, publics), failures=dict(failures), faults=faults,
        certificate=proof, certificate_sha256=hashlib.sha256(proof).hexdigest(),
        systems=sum(len(c.plans) for c in alone), acyclic=sum(p.acyclic for c in alone for p in c.plans),
        seconds=time.monotonic() - began,
    )  # fmt: skip


def cubes_of(component: Component, cells: Ints) -> Counter[str]:
    """Cube → how many of the cells stand in it."""
    found: Counter[str] = Counter()
    if not len(cells):
        return found
    for offset, plan in zip(component.offsets, component.plans, strict=True):
        here = cells[(cells >= offset) & (cells < offset + plan.n_published)] - offset
        for face in plan.published_faces:
            where = plan.place(face)
            n = int(((here >= where.start) & (here < where.stop)).sum())
            if n:
                found.update({cube: n for cube, dims in plan.cubes.items() if set(face) <= set(dims)})
    return found


def _fresh(
    joint: list[Bench],
    before: Collection[bytes],
    known: Mapping[str, Sequence[Known]],
    outside: Mapping[str, Sequence[Known]],
) -> list[Bench]:
    """Systems that the last release did not leave its readers with, word for word (`before`) and with the
    same outside figures (`known`)."""
    return [
        b
        for b in joint
        if set(known_cells(b.component, outside)) - set(known_cells(b.component, known))
        or b.component.restated
        or b.component.words not in before
    ]


def _certified(bench: Bench, found: Attack) -> list[Mapping[str, object]]:
    return bench.once("certificate", answer=lambda: list(certify(bench, found)))


def _public(benches: list[Bench], joint: list[Bench], counts: dict[str, _Count]) -> dict[int, Attack]:
    publics: dict[int, Attack] = {}
    for name, group in ((readers.PUBLIC, benches), (readers.EARLIER, joint)):
        began = time.monotonic()
        for bench in group:
            if id(bench) not in publics:
                publics[id(bench)] = bench.once(readers.PUBLIC, answer=partial(readers.public, bench))
            counts[name].add(bench, publics[id(bench)])
        counts[name].seconds = time.monotonic() - began
    return publics


def _rule_aware(benches: list[Bench], publics: dict[int, Attack], count: _Count) -> None:
    for bench in benches:
        count.add(bench, publics[id(bench)])
    count.notes["his intervals are the public's: the rule is what the public's intervals are made of"] = 0


def _contributors(joint: list[Bench], held: Benches, frame: pl.DataFrame | None, count: _Count) -> None:
    began = time.monotonic()
    if frame is None:
        count.ran = False
        count.notes["not attacked: no contributors' counts were handed over"] = 0
        return
    own = held.shares(frame)
    for bench in joint:
        cells: dict[str, dict[int, int]] = {}
        for plan in bench.component.plans:
            for agency, rows in own.get(f"{plan.unit}|{plan.period}", {}).items():
                index = bench.component.index
                cells.setdefault(agency, {}).update({index[k]: n for k, n in rows if k in index})
        asked = tuple((agency, *mine.items()) for agency, mine in cells.items() if mine)
        for attack in bench.once(readers.CONTRIBUTOR, asked, answer=partial(_each_agency, bench, cells)):
            count.add(bench, attack)
    count.seconds = time.monotonic() - began


def _each_agency(bench: Bench, cells: Mapping[str, Mapping[int, int]]) -> list[Attack]:
    """Every contributing agency, with its own counts by cell, against one component."""
    total: Ints = np.zeros(bench.component.size, dtype=np.int64)
    most = total.copy()
    for mine in cells.values():
        at, n = list(mine), np.array(list(mine.values()), dtype=np.int64)
        total[at] += n
        most[at] = np.maximum(most[at], n)
    roomy = readers.roomy_for_all(bench, most) if most.any() else None
    found: list[Attack] = []
    for mine in cells.values():
        if not mine:
            continue
        others = None
        if bench.component.truth is None:
            others = total.copy()
            others[list(mine)] -= np.array(list(mine.values()), dtype=np.int64)
        elif (bench.component.truth[list(mine)] < np.array(list(mine.values()))).any():
            raise AuditError("contributors: an agency's own count is larger than the count of all")
        found.append(readers.contributor(bench, mine, others, roomy))
    return found


def _person(joint: list[Bench], count: _Count) -> None:
    began = time.monotonic()
    for bench in joint:
        attack = bench.once(readers.PERSON, answer=partial(readers.one_person, bench))
        if attack is None:
            count.ran = False
            count.systems |= {f"{p.unit}|{p.period}" for p in bench.component.plans}
            count.notes["systems not attacked: the true counts were not handed over"] += 1
        else:
            count.add(bench, attack)
    count.seconds = time.monotonic() - began


def _totals(joint: list[Bench], known: Mapping[str, Sequence[Known]], count: _Count) -> None:
    began = time.monotonic()
    if not known:
        count.notes["no exact figure of others is declared"] = 0
    for bench in joint:
        attack, unused = bench.once(
            readers.TOTALS, *known_cells(bench.component, known),
            answer=partial(readers.exact_totals, bench, known),
        )  # fmt: skip
        if attack is not None:
            count.add(bench, attack)
        if unused:
            count.notes[
                "exact figures of others do not fit ours (another definition) and cannot be used"
            ] += unused
    count.seconds = time.monotonic() - began


def _result(name: str, count: _Count) -> AttackerResult:
    return AttackerResult(
        name=name, ran=count.ran, targets=count.targets, opened=count.opened, unsolved=count.unsolved,
        n_closed_form=count.closed, n_searched=count.searched, failures=dict(count.failures),
        systems=frozenset(count.systems), notes=dict(count.notes), seconds=count.seconds,
    )  # fmt: skip


def _faults(benches: list[Bench], joint: list[Bench], publics: dict[int, Attack]) -> tuple[str, ...]:
    found: list[str] = []
    outside = sum(publics[id(b)].n_outside for b in benches)
    if outside:
        found.append(f"{outside} true counts lie outside the interval that the release states")
    mixed = sorted({c for b in benches for c in b.component.said.mixed})
    if mixed:
        found.append(
            f"one cell stands with two figures or in two ways in {', '.join(f'[{c}]' for c in mixed)}"
        )
    restated = sum(b.component.restated for b in joint)
    if restated:
        found.append(
            f"{restated} figures differ from those published before without a declared vintage: "
            "no silent restatement"
        )
    large = [p for b in benches for p in b.component.plans if not p.searchable]
    for plan in large:
        cubes = ", ".join(f"[{c}]" for c in sorted(plan.cubes))
        found.append(
            f"system [{plan.unit}] [{plan.period}] is not certified: its cyclic core is too large to search; "
            f"break the cycle among {cubes}"
        )
    return tuple(found)


def _groups(benches: list[Bench], publics: dict[int, Attack], present: Release) -> tuple[str, ...]:
    found: Counter[str] = Counter()
    for bench in benches:
        found.update(open_groups(bench, publics[id(bench)], present.cubes))
    return tuple(
        f"{n} groups in [{cube}] are known to fall, all or all but one, into one sensitive category: coarsen "
        "it or hide more" for cube, n in sorted(found.items()))


def _histogram(benches: list[Bench], publics: dict[int, Attack]) -> dict[str, int]:
    widths: list[Ints] = []
    for bench in benches:
        out = publics[id(bench)].outcome
        cells = np.flatnonzero(bench.rounded_candidates | bench.withheld)
        widths.append(np.maximum(out.iup[cells] - out.ilo[cells], 0))
    every = np.concatenate(widths) if widths else np.zeros(0, dtype=np.int64)
    names = [f"{a}" if a == b else f"{a} or more" if b is None else f"{a} to {b}" for a, b in WIDTH_BINS]
    return {
        name: int(((every >= a) & (every <= (b if b is not None else every.max(initial=0)))).sum())
        for name, (a, b) in zip(names, WIDTH_BINS, strict=True)
    }
