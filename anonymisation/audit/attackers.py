"""The six readers: what each knows beyond the page, and what he must not learn.

Here: `Bench` (a component with the tables known to fit) and one function per reader, each giving an `Attack`.
Not here: intervals (components.py), what is enough (criteria.py), the verdict on a release (gate.py).
Sources: disclosure.md, Attack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from anonymisation.audit.components import (
    ROOMY_SECONDS,
    Component,
    Outcome,
    known_cells,
    with_joint_cells,
)
from anonymisation.audit.criteria import CONTRIBUTOR_WIDTH, Need, Suppressed, Unknown, Width
from anonymisation.audit.read import Known, Rules
from anonymisation.audit.relations import propagate
from anonymisation.audit.rows import EXACT, NO_VALUE, ROUNDED, UNAVAILABLE, WITHHELD, Ints
from anonymisation.audit.solver import roomiest
from anonymisation.audit.systems import CAP, Layouts
from anonymisation.audit.truth import Shares, TrueCounts, shares_of

Mask = npt.NDArray[np.bool_]
T = TypeVar("T")

PUBLIC = "public"
RULE_AWARE = "rule-aware"
"""Knows threshold, base and code. The boxes that the public reads are already those of the rule, and a
withheld cell may be a zero that protects another, so his intervals are the public's: one attack serves both
(gate.py). What the rule makes
likelier within an interval is a matter of guessing, not of intervals: the benchmark measures it."""
EARLIER = "holder of all earlier releases and vintages"
CONTRIBUTOR = "contributing agency"
PERSON = "one person"
TOTALS = "holder of exact police totals"
ATTACKERS = (PUBLIC, RULE_AWARE, EARLIER, CONTRIBUTOR, PERSON, TOTALS)


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One reader against one component."""

    targets: Ints
    """Cells he was asked about."""
    opened: Ints
    """Those that he narrows too far, or that stayed unsolved."""
    n_unsolved: int
    outcome: Outcome
    n_outside: int = 0
    """Cells whose true count is not in the interval that the release states."""


@dataclass(kw_only=True)
class Bench:
    """A component laid out to be attacked."""

    component: Component
    rules: Rules
    seconds: float
    answers: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    def once(self, *question: object, answer: Callable[[], T]) -> T:
        """What `answer` gives, worked out once for each question that is put to this component."""
        if question not in self.answers:
            self.answers[question] = answer()
        found: T = self.answers[question]
        return found

    @property
    def width(self) -> int:
        return self.rules.base - 1

    @cached_property
    def published_table(self) -> Ints | None:
        """The figures themselves, where every cell has one and microdata lie behind them."""
        said, whole = self.component.said, self.component
        table = said.value.copy()
        gone = said.state == UNAVAILABLE
        table[gone] = 0
        for offset, plan in zip(whole.offsets, whole.plans, strict=True):
            if gone[offset : offset + plan.n_published].any():
                for face in sorted(plan.published_faces, key=len, reverse=True):
                    for edge in plan.edges:
                        if set(face) < set(edge):
                            margins, cells = plan.summed(face, edge)
                            here = margins[gone[margins + offset]]
                            table[here + offset] = table[cells + offset].sum(axis=1)[gone[margins + offset]]
        if (table[whole.published] == NO_VALUE).any() or not _adds(whole, table):
            return None
        return with_joint_cells(whole, table, self.seconds)

    @cached_property
    def public_bases(self) -> list[Ints]:
        """Tables that fit, found from the published bytes alone."""
        table = self.published_table
        if table is not None and self.roomy(table):
            return [table]
        other = (
            self._search_roomy()
            if (self.component.said.state[self.component.published] == ROUNDED).any()
            else None
        )
        return [t for t in (table, other) if t is not None]

    def roomy(self, table: Ints) -> bool:
        """Does the table leave every candidate room for `width` more?"""
        said = self.component.said
        rooms = self.component.room(table, said.lo, said.up)
        return rooms is not None and not self.uncovered(rooms[0]).size

    def _search_roomy(self) -> Ints | None:
        return self.component.roomy_table(
            self.component.said.lo, self.component.said.up, self.width, self.seconds
        )

    def uncovered(self, room: Ints) -> Ints:
        """Candidates to which no record type can be added `width` times."""
        wide = np.zeros(self.component.size, dtype=bool)
        for i, plan in enumerate(self.component.plans):
            if plan.searchable:
                here = self.component.part(i)
                wide[here] = self.component.reach(i, room[here]) >= self.width
        return np.flatnonzero(self.rounded_candidates & ~wide)

    @cached_property
    def truth_table(self) -> Ints | None:
        """The true counts, with joint cells filled in."""
        truth = self.component.truth
        return None if truth is None else with_joint_cells(self.component, truth, self.seconds)

    @cached_property
    def rounded_candidates(self) -> Mask:
        """Rounded cells that may be small, as far as the page tells."""
        said = self.component.said
        return np.asarray((said.state == ROUNDED) & (said.up > 0) & (said.lo < self.rules.threshold))

    @cached_property
    def withheld(self) -> Mask:
        said = self.component.said
        return np.asarray((said.state == WITHHELD) & (said.up > 0))

    @cached_property
    def small(self) -> Mask | None:
        truth = self.component.truth
        return None if truth is None else np.asarray((truth > 0) & (truth < self.rules.threshold))

    def groups(self, without: Sequence[int] = ()) -> list[tuple[Ints, Need]]:
        """The public's targets and what must be left of each."""
        asked = np.ones(self.component.size, dtype=bool)
        asked[list(without)] = False
        rounded = np.flatnonzero(self.rounded_candidates & asked)
        hidden = self.withheld & asked
        truth, t = self.component.truth, self.rules.threshold
        if truth is None or self.small is None:
            return [(rounded, Width(width=self.width)), (np.flatnonzero(hidden), Unknown(threshold=t))]
        targets = np.flatnonzero(hidden & self.small)
        counts = {c: int(truth[c]) for c in targets.tolist()}
        return [(rounded, Width(width=self.width)), (targets, Suppressed(threshold=t, counts=counts))]

    def attack(
        self,
        lo: Ints,
        up: Ints,
        groups: list[tuple[Ints, Need]],
        *,
        private: bool,
        small: Mask | None,
        more: Sequence[Ints] = (),
    ) -> Attack:
        """`private`: the true counts may serve as a table that fits (the gate knows them; a certificate may
        not use them). `more`: other tables that may fit.
        """
        bases = [*self.public_bases, *more]
        if private and self.truth_table is not None:
            bases.append(self.truth_table)
        outcome = self.component.attack(lo, up, groups, bases, small=small, seconds=self.seconds)
        none = [np.zeros(0, dtype=np.int64)]
        lacking = np.concatenate([outcome.lacking(need, cells) for cells, need in groups] or none)
        targets = np.concatenate([c for c, _ in groups] or none)
        return Attack(
            targets=targets,
            opened=np.sort(lacking if small is None else lacking[small[lacking]]),
            n_unsolved=len(outcome.unsolved),
            outcome=outcome,
        )


class Benches:
    """Benches by everything that an attack follows from, so that what was attacked once, and stands as it did
    when other systems were drawn anew, is not attacked twice."""

    def __init__(self) -> None:
        self.layouts = Layouts()
        """Systems laid out once for every draw."""
        self._counts: tuple[Mapping[str, int] | None, TrueCounts] = (None, TrueCounts(None))
        self._shares: tuple[pl.DataFrame | None, Shares] = (None, {})
        self._known: dict[tuple[object, ...], Bench] = {}

    def true_counts(self, truth: Mapping[str, int] | None) -> TrueCounts:
        """True counts; those of the draw before, where the same are handed over."""
        if truth is not self._counts[0]:
            self._counts = (truth, TrueCounts(truth))
        return self._counts[1]

    def shares(self, frame: pl.DataFrame) -> Shares:
        """Contributors' own counts; those of the draw before, where the same frame is handed over."""
        if frame is not self._shares[0]:
            self._shares = (frame, shares_of(frame))
        return self._shares[1]

    def of(self, component: Component, rules: Rules, seconds: float) -> Bench:
        """The bench of a component."""
        truth = component.truth
        cubes = repr([sorted(p.cubes.items()) for p in component.plans])
        name = (
            component.words, component.restated, frozenset(component.said.mixed), cubes,
            None if truth is None else truth.tobytes(), rules, seconds,
        )  # fmt: skip
        if name not in self._known:
            self._known[name] = Bench(component=component, rules=rules, seconds=seconds)
        return self._known[name]


def _adds(component: Component, table: Ints) -> bool:
    """Do published margins equal the sums of published cells?"""
    for offset, plan in zip(component.offsets, component.plans, strict=True):
        for face in plan.published_faces:
            for edge in plan.edges:
                if set(face) < set(edge):
                    margins, cells = plan.summed(face, edge)
                    if (table[margins + offset] != table[cells + offset].sum(axis=1)).any():
                        return False
    return True


def public(bench: Bench) -> Attack:
    """Reads the page: every figure with the interval that its rule leaves."""
    said = bench.component.said
    truth, published = bench.component.truth, bench.component.published
    found = bench.attack(said.lo, said.up, bench.groups(), private=True, small=bench.small)
    outside = 0
    if truth is not None:
        outside = int(((truth < said.lo) | (truth > said.up))[published].sum())
    return replace(found, n_outside=outside)


def roomy_for_all(bench: Bench, most: Ints) -> Ints | None:
    """One table in which every cell holds the largest own count of an agency (`most`) and has room for two
    more, as nearly as can be: it settles most questions of every agency at once."""
    said = bench.component.said
    lo, up = np.maximum(said.lo, most), said.up
    if (lo > up).any() or not bench.component.searchable:
        return None
    wish = np.where((said.state == ROUNDED) & (up - lo >= CONTRIBUTOR_WIDTH), CONTRIBUTOR_WIDTH, 0)
    return roomiest(lo, up, wish, bench.component.rows, seconds=ROOMY_SECONDS)


def contributor(
    bench: Bench, own: Mapping[int, int], others: Ints | None, roomy: Ints | None = None
) -> Attack:
    """Subtracts its own rows (`own`: cell → its count). May learn that nobody else is in a cell, and no
    more. `roomy`: a table that fits all agencies' rows.
    """
    said, truth = bench.component.said, bench.component.truth
    mine = np.zeros(bench.component.size, dtype=np.int64)
    mine[list(own)] = list(own.values())
    rest = others if others is not None else None if truth is None else truth - mine
    if rest is None:
        raise ValueError("a contributor's attack needs the true counts")
    lo = np.maximum(said.lo, mine)
    more = () if roomy is None else (roomy,)
    return bench.attack(lo, said.up, _others(bench, rest, exact=True), private=True, small=None, more=more)


def _others(bench: Bench, rest: Ints, *, exact: bool) -> list[tuple[Ints, Need]]:
    """Other people's positive counts: any in rounded cells; small ones in withheld and (`exact`) exact
    cells.
    """
    state = bench.component.said.state
    few = (rest > 0) & (rest < bench.rules.threshold)
    asked = ((state == ROUNDED) & (rest > 0)) | ((state == WITHHELD) & few)
    if exact:
        asked |= (state == EXACT) & few
    return [(np.flatnonzero(asked), Width(width=CONTRIBUTOR_WIDTH))]


def one_person(bench: Bench) -> Attack | None:
    """Knows that she is counted once in each cell that holds her. None: not attacked, for the true counts
    are not known here.

    Without search: where W + (base−1) copies of any record type fit, so do W + hers and W + hers + (base−2)
    copies: width base−2 for every target and every person at once. Else she is given more than she has,
    every true positive cell as ≥ 1.
    """
    said, truth = bench.component.said, bench.component.truth
    proof = (
        bench.width - 1 >= CONTRIBUTOR_WIDTH
        and not bench.withheld.any()
        and any(bench.roomy(base) for base in bench.public_bases)
    )
    if proof:
        cells = np.flatnonzero(bench.rounded_candidates)
        base = next(b for b in bench.public_bases if bench.roomy(b))
        outcome = Outcome(
            ilo=np.maximum(base, 1), iup=base + bench.width, olo=said.lo, oup=said.up, n_closed=len(cells)
        )
        return Attack(targets=cells, opened=np.zeros(0, dtype=np.int64), n_unsolved=0, outcome=outcome)
    if truth is None:
        return None
    lo = np.where(truth > 0, np.maximum(said.lo, 1), said.lo)
    return bench.attack(lo, said.up, _others(bench, truth - 1, exact=False), private=True, small=None)


def exact_totals(bench: Bench, known: Mapping[str, Sequence[Known]]) -> tuple[Attack | None, int]:
    """Holds figures that others publish exactly, and must learn no more from ours: a cell keeps `width`, or
    what those figures alone leave of it. Also: how many of them do not fit ours (another definition), and are
    unused.
    """
    said, truth = bench.component.said, bench.component.truth
    lo, up = said.lo.copy(), said.up.copy()
    cells = known_cells(bench.component, known)
    used: list[int] = []
    for cell, value in cells:
        if said.lo[cell] <= value <= said.up[cell] and (truth is None or truth[cell] == value):
            lo[cell] = up[cell] = value
            used.append(cell)
    if not used:
        return None, len(cells)
    groups = bench.groups(without=used)
    alone = _left_by_others(bench, used, lo)
    groups = [(c, replace(need, least=alone) if isinstance(need, Width) else need) for c, need in groups]
    attack = bench.attack(lo, up, groups, private=True, small=bench.small)
    return attack, len(cells) - len(used)


def _left_by_others(bench: Bench, used: Sequence[int], figures: Ints) -> Ints:
    """Per cell the width that others' exact figures leave without our release: what it cannot take away."""
    lo = np.zeros(bench.component.size, dtype=np.int64)
    up = np.full(bench.component.size, CAP, dtype=np.int64)
    lo[list(used)] = up[list(used)] = figures[list(used)]
    low, high = propagate(lo, up, bench.component.rows)
    return high - low
