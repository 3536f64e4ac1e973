"""Suppression: hiding cells so that every target keeps its interval.

Here: for each target the cheapest alternative tables that move it far enough; every cell they move is hidden;
witnesses are used again; then cells that turn out not to be needed are published after all. Small systems are
solved exactly (exact.py). Not here: targets (targets.py), the linear program (witnesses.py), what is
published (protection.py).

Sources: Fischetti, M. and Salazar-González, J.-J. (2001), "Solving the cell suppression problem on tabular
data with linear constraints", Management Science 47; Hundepool et al. (2012), Statistical Disclosure Control.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.rules import Rules
from anonymisation.disclosure.solver import Floats, Ints
from anonymisation.disclosure.sums import Sums
from anonymisation.disclosure.targets import Target
from anonymisation.disclosure.witnesses import Row, Witnesses, costs_of

PRUNE_S_PER_CELL = 0.001
"""Time given to publishing again what need not be hidden, processor seconds per cell of the system."""

PRUNE_S_LEAST = 1.5
"""The least time given to it."""

ROUNDS = 50
"""Times that new small sums of hidden cells may turn up in a line before this is called endless."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Problem:
    """Tied systems to be suppressed, laid end to end."""

    x: Ints
    rows: tuple[Row, ...]
    targets: tuple[Target, ...]
    shown: npt.NDArray[np.bool_]
    """Published before: cannot be hidden now."""
    withheld: npt.NDArray[np.bool_]
    """Withheld before: cannot be published now."""
    immovable: npt.NDArray[np.bool_]
    """Structural zeros and cells not available: known to all."""
    floors: Mapping[str, Ints] = field(default_factory=dict)
    """Per agency its own counts."""
    lines: tuple[tuple[int, tuple[int, ...]], ...] = ()
    """(parent, children) of every sum."""
    label: str = ""

    @cached_property
    def line_sums(self) -> Sums:
        """The children of every line, as rows of a sum each."""
        return Sums.of_rows((children, (1,) * len(children)) for _, children in self.lines)

    @cached_property
    def line_parents(self) -> Ints:
        return np.array([parent for parent, _ in self.lines], dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Suppressed:
    """Which cells are withheld, and why that is enough."""

    hidden: npt.NDArray[np.bool_]
    targets: int
    witnesses: int
    solves: int
    is_exact: bool
    seconds: float


class _Search:
    """The state of one search: cells hidden, witnesses found, and how far each witness moves each target."""

    def __init__(
        self, problem: Problem, rules: Rules, engine: Witnesses, hidden: npt.NDArray[np.bool_]
    ) -> None:
        self.problem, self.rules, self.engine, self.hidden = problem, rules, engine, hidden
        self.targets: list[Target] = []
        self.moves: list[Ints] = []
        self._amounts = np.zeros((0, 64), dtype=np.int64)
        """Row per target, column per witness."""
        self.add_targets(problem.targets)

    def add_targets(self, more: Sequence[Target]) -> None:
        self.targets.extend(more)
        self._cells = np.array([c for t in self.targets for c, _ in t.terms], dtype=np.int64)
        self._signs = np.array([s for t in self.targets for _, s in t.terms], dtype=np.int64)
        sizes = [len(t.terms) for t in self.targets]
        self._starts = (
            np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
            if sizes
            else np.zeros(0, dtype=np.int64)
        )
        threshold = self.rules.threshold
        value = np.array([t.value for t in self.targets], dtype=np.int64)
        self._fall = np.array([t.highest_floor() for t in self.targets], dtype=np.int64) - value
        self._rise = np.array([t.lowest_ceiling(threshold) for t in self.targets], dtype=np.int64) - value
        self._width = np.array([t.width(threshold) for t in self.targets], dtype=np.int64)
        self._amounts = np.zeros((len(self.targets), self._amounts.shape[1]), dtype=np.int64)
        for j, move in enumerate(self.moves):
            self._amounts[:, j] = self._measure(move)
        self._span()

    def _measure(self, move: Ints) -> Ints:
        """How far a witness moves each target; 0 where it is none to the reader that the target is kept
        from."""
        if not self.targets:
            return np.zeros(0, dtype=np.int64)
        amounts = np.add.reduceat(self._signs * move[self._cells], self._starts)
        for agency, floor in self.problem.floors.items():
            if (self.problem.x + move < floor).any():
                amounts[[t.agency == agency for t in self.targets]] = 0
        return np.asarray(amounts, dtype=np.int64)

    def add_witness(self, move: Ints) -> None:
        at = len(self.moves)
        if at == self._amounts.shape[1]:
            self._amounts = np.concatenate([self._amounts, np.zeros_like(self._amounts)], axis=1)
        amounts = self._amounts[:, at] = self._measure(move)
        self.moves.append(move)
        np.minimum(self._lowest, amounts, out=self._lowest)
        np.maximum(self._highest, amounts, out=self._highest)

    def keep(self, which: npt.NDArray[np.bool_]) -> None:
        """Drop the other witnesses."""
        n = len(self.moves)
        self._amounts[:, : int(which.sum())] = self._amounts[:, :n][:, which]
        self.moves = [m for m, kept in zip(self.moves, which.tolist(), strict=True) if kept]
        self._span()

    def _span(self) -> None:
        known = self._amounts[:, : len(self.moves)]
        self._lowest = known.min(axis=1, initial=0)
        self._highest = known.max(axis=1, initial=0)

    def alive(self) -> npt.NDArray[np.bool_]:
        """Which witnesses move hidden cells only."""
        return np.array([not m[~self.hidden].any() for m in self.moves], dtype=np.bool_)

    def lacking(self, without: npt.NDArray[np.bool_] | None = None) -> Ints:
        """Per target the move that it still lacks (negative: down), 0 when its interval is wide enough;
        `without`: as if these witnesses were not known."""
        down, up = self._lowest, self._highest
        if without is not None and without.any():
            known = self._amounts[:, : len(self.moves)]
            gone = known[:, without]
            touched = np.flatnonzero(
                ((gone.min(axis=1) == down) & (down < 0)) | ((gone.max(axis=1) == up) & (up > 0))
            )
            left = known[np.ix_(touched, np.flatnonzero(~without))]
            down, up = down.copy(), up.copy()
            down[touched], up[touched] = left.min(axis=1, initial=0), left.max(axis=1, initial=0)
        rise = np.maximum(np.maximum(self._rise, self._width + down), 0)
        return np.where(down > self._fall, self._fall, np.where(up < rise, rise, 0))

    def seek(self, i: int, least: int) -> Ints | None:
        """A witness that moves a target by `least`, or None when there is none."""
        target = self.targets[i]
        self.engine.know(self.problem.floors[target.agency] if target.agency is not None else None)
        return self.engine.move(target.terms, least)

    def cheaper(self, i: int, least: int) -> Ints | None:
        """As `seek`; where only the width is lacking, a deeper fall instead of a higher rise if it hides
        less."""
        witness = self.seek(i, least)
        deep = int(self._rise[i] - self._width[i])
        if least <= self._rise[i] or deep >= 0:
            return witness
        if witness is not None and not witness[~self.hidden].any():
            return witness
        other = self.seek(i, deep)
        if witness is None or other is None:
            return other if witness is None else witness
        return min(witness, other, key=lambda m: int(np.count_nonzero(m[~self.hidden])))


def suppress(problem: Problem, rules: Rules, *, start: npt.NDArray[np.bool_] | None = None) -> Suppressed:
    """Hide cells until every target has its interval, then publish again what need not be hidden.

    `start`: cells hidden to begin with (a better answer found elsewhere). Raises DisclosureError when cells
    published before leave a target open whatever is hidden now.
    """
    began = time.monotonic()
    cost = costs_of(problem.x)
    engine = Witnesses(problem.x, problem.rows, cost, problem.immovable | problem.shown)
    hidden = problem.withheld.copy()
    for target in problem.targets:
        if len(target.terms) == 1:
            hidden[target.terms[0][0]] = True
    if start is not None:
        hidden |= start
    forced = problem.withheld.copy()
    open_before = int((hidden & problem.shown).sum())
    if open_before:
        raise DisclosureError(
            f"[{problem.label}]: [{open_before}] cells that must be withheld were published before. What is "
            "out stays out: "
            "declare a new vintage for the period, or withdraw the cube."
        )
    search = _Search(problem, rules, engine, hidden)
    for target in search.targets:
        if len(target.terms) == 1:
            forced[target.terms[0][0]] = True
    engine.hide(hidden)
    is_pruned = False
    for _ in range(ROUNDS):
        _protect(search)
        _drop_unmoved(search, forced)
        more = _line_targets(search)
        if not more and not is_pruned:
            _publish_again(search, forced, cost)
            _drop_unmoved(search, forced)
            more, is_pruned = _line_targets(search), True
        if not more:
            break
        search.add_targets(more)
    else:
        raise DisclosureError(
            f"[{problem.label}]: hiding cells kept making new small sums. Publish coarser categories."
        )
    if search.lacking(~search.alive()).any():
        raise DisclosureError(
            f"[{problem.label}]: a target lost its witnesses. This is a defect: nothing is published."
        )
    return Suppressed(
        hidden=search.hidden,
        targets=len(search.targets),
        witnesses=len(search.moves),
        solves=engine.solves,
        is_exact=False,
        seconds=time.monotonic() - began,
    )


def _protect(search: _Search) -> None:
    order = sorted(
        range(len(search.targets)),
        key=lambda i: (search.targets[i].agency or "", -search.targets[i].value, i),
    )
    for i in order:
        while least := int(search.lacking()[i]):
            witness = search.cheaper(i, least)
            if witness is None:
                raise DisclosureError(
                    f"[{search.problem.label}]: a target ([{search.targets[i].reason}]) stays open whatever "
                    "is hidden, beside "
                    f"[{int(search.problem.shown.sum())}] cells published before and "
                    f"[{int(search.problem.immovable.sum())}] "
                    "that everybody knows. Publish coarser categories, or declare a new vintage."
                )
            search.add_witness(witness)
            search.hidden = search.hidden | (witness != 0)
            search.engine.hide(search.hidden)


def _drop_unmoved(search: _Search, forced: npt.NDArray[np.bool_]) -> None:
    """Publish cells that no witness moves: readers may work them out, so hiding them protects nothing."""
    kept = search.alive()
    search.keep(kept)
    moved = forced.copy()
    for move in search.moves:
        moved |= move != 0
    search.hidden = search.hidden & moved
    search.engine.hide(search.hidden)


def _line_targets(search: _Search) -> list[Target]:
    return line_targets(search.problem, search.hidden, search.targets, search.rules)


def line_targets(
    problem: Problem, hidden: npt.NDArray[np.bool_], known: Sequence[Target], rules: Rules
) -> list[Target]:
    """Sums of hidden cells that a reader can work out from one line, when they are small themselves."""
    total = problem.line_sums.of(np.where(hidden, problem.x, 0))
    small = np.flatnonzero((total > 0) & (total < rules.threshold) & ~hidden[problem.line_parents])
    if not len(small):
        return []
    listed = {target.terms for target in known}
    found = []
    for line in small.tolist():
        terms = tuple((c, 1) for c in problem.lines[line][1] if hidden[c])
        if terms not in listed:
            found.append(Target(terms=terms, value=int(total[line]), reason="line"))
    return found


def _publish_again(search: _Search, forced: npt.NDArray[np.bool_], cost: Floats) -> None:
    """Publish hidden cells that no target needs, those that serve fewest witnesses first, while time
    lasts."""
    deadline = time.process_time() + max(PRUNE_S_LEAST, PRUNE_S_PER_CELL * len(search.problem.x))
    search.engine.strict(True)
    second = np.flatnonzero(search.hidden & ~forced)
    use = np.sum([m != 0 for m in search.moves], axis=0) if search.moves else np.zeros(len(search.problem.x))
    for cell in sorted(second.tolist(), key=lambda c: (int(use[c]), -float(cost[c]))):
        if time.process_time() > deadline:
            break
        before = search.hidden
        search.hidden = before.copy()
        search.hidden[cell] = False
        if _line_targets(search) or not _still_protected(search, cell):
            search.hidden = before
    search.engine.hide(search.hidden)
    search.engine.strict(False)


def _still_protected(search: _Search, cell: int) -> bool:
    """Whether every target keeps its interval when `cell` is published; the witnesses follow if so."""
    had = len(search.moves)
    search.engine.hide(search.hidden)
    lost = np.array([m[cell] != 0 for m in search.moves], dtype=np.bool_)
    while True:
        lacking = search.lacking(lost)
        open_targets = np.flatnonzero(lacking)
        if len(open_targets) == 0:
            search.keep(~lost)
            return True
        witness = search.cheaper(int(open_targets[0]), int(lacking[open_targets[0]]))
        if witness is None:
            search.keep(np.arange(len(search.moves)) < had)
            return False
        search.add_witness(witness)
        lost = np.append(lost, False)
