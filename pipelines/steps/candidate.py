"""Part of a release, drawn and attacked until it withstands every reader.

What belongs here: true counts of some units on one side, bytes on the other, and what is drawn again, held
back or left out when a reader opens them. What does not: which units make a part, and the release that the
parts make (``protect.py``); how protection and attack work (``anonymisation.disclosure``,
``anonymisation.audit``).

A part may be worked out in another process: what it is handed needs no database, and passes through memory.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

from anonymisation.audit import AuditResult, Benches, Release, audit, read_release
from anonymisation.audit.attackers import TOTALS
from anonymisation.disclosure import Cube as ProtectedCube
from anonymisation.disclosure import Rules, protect
from anonymisation.disclosure.refusal import DisclosureError
from pipelines.release.counts import TrueCounts
from pipelines.release.files import cube_csv, systems_json, with_forms
from pipelines.release.past import Past
from pipelines.release.tables import Table, bound, feeding, ties
from schemas.agencies import Agency
from schemas.partnership import PublishedElsewhere
from schemas.quarters import Quarter

SEED_BYTES = 32
TRIES = 8
"""What the attacker opens is drawn again, system by system, this often; then cubes must be coarsened."""

TRIES_BESIDE_TOTALS = 2
"""After so many draws, tables in which a holder of exact figures published elsewhere still narrows a small
count are left out of that quarter: what is not told gives nothing away, and the rest need not wait."""

TRIES_TO_RESTATE = 3
"""After so many draws a unit's final figures are given up and its provisional ones stay: two tellings of
nearly equal counts can meet in an interval that is too narrow, whatever the draw."""


class ReleaseOpen(RuntimeError):
    """The attacker opened the release; nothing was stored. The text names the cubes to coarsen, never a
    value."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Part:
    """Units of a release that nothing ties to the others. Has no ``repr``: it holds true counts."""

    quarter: Quarter
    found: list[Table]
    past: Past
    before: list[dict[str, bytes]]
    """The releases published before, oldest first: ``systems.json``, and the tables of the part's units."""
    units: frozenset[str]
    """The units of the part, those that only earlier releases told of among them."""
    rules: Rules
    counts: TrueCounts
    agencies: dict[str, Agency]
    published_elsewhere: tuple[PublishedElsewhere, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class Withstood:
    """What a part came to: what may be published of it, and the verdict."""

    verdict: AuditResult
    files: dict[str, bytes]
    """``systems.json`` and the tables of the part, as they were attacked."""
    made: dict[str, pl.DataFrame | None]
    """By table, its rows as published."""
    draws: int
    elastic: frozenset[str]
    withdrawn: frozenset[tuple[str, str]]
    """(table, quarter) left out for the sake of figures that others publish."""
    unfitted: frozenset[str]
    """Tables that could not be fitted to figures that stay."""


def withstood(part: Part) -> Withstood:
    """Draw a part until every reader is withstood.

    Raises:
        ReleaseOpen: the draws are used up.
        anonymisation.disclosure.refusal.DisclosureError: the counts cannot be protected as the cubes are
            defined.
    """
    candidate = Candidate(part)
    verdict = withstanding(candidate, part.quarter)
    return Withstood(
        verdict=verdict, files=candidate.files, made=candidate.made, draws=candidate.draws,
        elastic=frozenset(candidate.elastic), withdrawn=frozenset(candidate.withdrawn),
        unfitted=frozenset(candidate.unfitted))


class Candidate:
    """A part while it is drawn and attacked: true counts on one side, bytes on the other. What is drawn,
    and drawn again, is a system: ``unit|period``."""

    def __init__(self, part: Part) -> None:
        self.found, self.past, self.rules = part.found, part.past, part.rules
        self.before = [read_release(files, units=part.units) for files in part.before]
        self.made: dict[str, pl.DataFrame | None] = {}
        self.files: dict[str, bytes] = {}
        self.draws = 0
        self._part, self._counts = part, part.counts
        self._drawn: dict[str, pl.DataFrame] = {}
        self._joined: dict[str, pl.DataFrame] = {}
        self.withdrawn: set[tuple[str, str]] = set()
        """(table, period) that a holder of figures published elsewhere opened in a second draw as well."""
        self._moved: set[tuple[str, str]] = set()
        """(table, system) with cells one step further away."""
        told = (tie for files in part.before for tie in json.loads(files["systems.json"])["ties"]
                if tie["left"]["unit"] in part.units)
        self._bound = bound(part.units, [*ties(part.found), *told])
        self._benches = Benches()
        self._told: Release | None = None
        self._look()

    def _look(self) -> None:
        """Gather the true counts of what this release works out."""
        past = self.past
        # the tables with the quarters that this release works out; the others stand as they were published
        fresh = [replace(t, periods=tuple(p for p in t.periods if past.is_fresh(t.unit, p)))
                 for t in self.found]
        self._known = self._counts.known_elsewhere(fresh, self._part.published_elsewhere)
        self._fresh = [
            replace(t, periods=tuple(p for p in t.periods if (t.name, p) not in self.withdrawn))
            for t in fresh]
        # tables that join figures which stay: such as cohorts that have now been followed long enough. Where
        # several agencies know the people, each would have to be let at them with its own counts: not told.
        # Nor is what was withdrawn for the sake of figures published elsewhere
        beside = {theirs.unit for theirs in self._part.published_elsewhere}
        self._joining = [replace(t, periods=tuple(p for p in t.periods if past.is_joining(t, p)))
                         for t in self.found
                         if (t.agency or len(feeding(t.cube, self._part.agencies)) == 1)
                         and (t.unit not in beside or t.cube.follow_up_quarters)]
        self.contributors = self._counts.of_contributors(self._fresh, self._part.agencies)
        self.truth = self._counts.of_every_cell(self._fresh)

    @property
    def units(self) -> set[str]:
        """What is counted."""
        return {table.unit for table in self.found}

    def tied(self, units: set[str]) -> set[str]:
        """The units, and those that a tie of this release or of one before binds to them."""
        return units.union(*(group for group in self._bound if group & units))

    @property
    def systems(self) -> set[str]:
        """What is drawn: each unit in each period that this release works out or tells more of."""
        return {f"{t.unit}|{p}" for t in (*self._fresh, *self._joining) for p in t.periods}

    @property
    def elastic(self) -> set[str]:
        """Tables whose cells may be one step further away."""
        return {table for table, _ in self._moved} | self.past.elastic

    @property
    def unfitted(self) -> set[str]:
        """Tables that could not be fitted to figures that stay; their quarter reads as not available."""
        return {t.name for t in self._joining if t.periods and t.name not in self._joined}

    def hold(self, units: set[str]) -> None:
        """Let the provisional figures of units stand instead of final ones."""
        self.past = replace(self.past, held=self.past.held | units)
        self._look()

    def withdraw(self, tables: Collection[str], systems: Collection[str]) -> None:
        """Leave tables out of systems."""
        self.withdrawn |= {(t.name, p) for t in self._fresh for p in t.periods
                            if t.name in tables and f"{t.unit}|{p}" in systems}
        self._look()

    def draw(self, systems: set[str]) -> None:
        """Draw systems anew. A final figure that would narrow its provisional one is not told: that unit's
        provisional figures stay."""
        self.draws += 1
        self._draw_fresh(systems)
        self._draw_joining(systems)
        units = units_of(systems)
        for table in self.found:
            if table.unit in units or table.name not in self.made:
                self.made[table.name] = _whole(
                    self.past.carried(table), self._drawn.get(table.name), self._joined.get(table.name))
                self.files[f"cubes/{table.name}.csv"] = cube_csv(table, self.made[table.name])
        self.files["systems.json"] = systems_json(
            self.found, self.made, threshold=self.rules.threshold, base=self.rules.base, elastic=self.elastic,
            finals=self.past.now_final, earlier=self.past.releases)

    def _draw_fresh(self, systems: set[str]) -> None:
        """The figures that this release works out. Units whose final figures would narrow their provisional
        ones are drawn once more without them; the others stand."""
        restated = self.past.restated
        while shown := _within(self._fresh, systems):
            new, narrowing = self._protected(shown, vintages=() if restated is None else (restated,))
            for table in shown:
                kept = self._drawn.get(table.name)
                rows = [] if kept is None else [kept.filter(~pl.col("period").is_in(table.periods))]
                self._drawn[table.name] = pl.concat([*rows, new[table.name]])
            crossed = narrowing - self.past.held
            if not crossed:
                break
            tied = self.tied(crossed)
            self.hold(tied)  # together: of half of what a tie binds, no true counts could be handed over
            systems = {s for s in systems if s.partition("|")[0] in tied}
        for table in self._fresh:  # without what is no longer told
            if (told := self._drawn.get(table.name)) is not None:
                self._drawn[table.name] = told.filter(pl.col("period").is_in(table.periods))

    def _draw_joining(self, systems: set[str]) -> None:
        """Tables told for the first time beside figures that stay, fitted to those. A unit in which that
        cannot be done, since its counts have moved too far, goes without."""
        for unit in sorted(units_of(systems)):
            shown = [t for t in self._joining if t.unit == unit and t.periods]
            if not _within(shown, systems):
                continue
            for table in shown:
                self._joined.pop(table.name, None)
            try:
                self._joined |= self._protected(shown, vintages=())[0]
            except DisclosureError:
                continue

    def _protected(
        self, shown: list[Table], *, vintages: tuple[str, ...]
    ) -> tuple[dict[str, pl.DataFrame], set[str]]:
        """Tables as they may be published, and the units whose final figures would narrow their provisional
        ones."""
        cubes = [ProtectedCube(name=t.name, unit=t.unit, dimensions=t.dimensions, categories=t.categories,
                               structural_zeros=tuple(dict(zero) for zero in t.cube.structural_zeros))
                 for t in shown]
        counts = {t.name: self._counts.of(t) for t in shown}
        new = protect(
            cubes, counts, contributors=self.contributors,
            ledger=self.past.cells, ties=ties(shown),
            vintages=vintages,
            seed=secrets.token_bytes(SEED_BYTES), elsewhere={known.key for known in self._known},
            rules=self.rules)
        drawn = {(t.name, f"{t.unit}|{p}") for t in shown for p in t.periods}
        moved = {key.rpartition("|")[0] for key in new.elastic}
        self._moved = (self._moved - drawn) | {
            (name, system) for name, system in drawn if name in new.elastic_cubes and system in moved}
        return {t.name: with_forms(t, new.tables[t.name], counts[t.name]) for t in shown}, set(new.crossed)

    def attack(self, units: set[str]) -> AuditResult:
        """Every reader against what the release says of some units."""
        self._told = told = read_release(self.files, like=self._told)
        past = self.before
        if units != self.units:
            told, past = told.of_units(units), [release.of_units(units) for release in past]
        return audit(told, earlier=past, contributors=self.contributors, truth=self.truth,
                     known=self._known, benches=self._benches)


def withstanding(candidate: Candidate, quarter: Quarter) -> AuditResult:
    """Draw until every reader is withstood. The systems that are opened, or that a reader could not be let
    at, are drawn again and their units attacked alone, which is quicker; the last word is on the whole.

    Raises:
        ReleaseOpen: the draws are used up.
    """
    units = candidate.units
    candidate.draw(candidate.systems)
    for attempt in range(1, TRIES + 1):
        verdict = candidate.attack(units)
        if verdict.passed and units != candidate.units:
            units = candidate.units
            verdict = candidate.attack(units)
        if verdict.passed and (not verdict.idle or attempt == TRIES):
            return verdict
        opened = {t.unit for t in candidate.found if t.name in verdict.failures}
        drawn = set(verdict.open_systems) & candidate.systems or {
            s for s in candidate.systems if s.partition("|")[0] in candidate.tied(opened)}
        drawn = drawn or candidate.systems
        if attempt >= TRIES_TO_RESTATE and candidate.past.restated is not None:
            candidate.hold(units_of(drawn))
        if attempt >= TRIES_BESIDE_TOTALS:
            holder = next(a for a in verdict.attackers if a.name == TOTALS)
            candidate.withdraw(holder.failures, holder.systems)
        if attempt < TRIES:
            candidate.draw(drawn)
            units = candidate.tied(units_of(drawn))
    raise ReleaseOpen(
        f"The release of [{quarter}] was opened by our own attacker in [{TRIES}] draws and was not made. "
        "Coarsen these cubes in schemas/measures: "
        f"{', '.join(sorted(verdict.failures)) or 'see the report'}.")


def units_of(systems: Collection[str]) -> set[str]:
    """The units of some systems."""
    return {system.partition("|")[0] for system in systems}


def _within(tables: list[Table], systems: Collection[str]) -> list[Table]:
    """The tables that tell of some systems, with those periods alone."""
    kept = [replace(t, periods=tuple(p for p in t.periods if f"{t.unit}|{p}" in systems)) for t in tables]
    return [t for t in kept if t.periods]


def _whole(*told: pl.DataFrame | None) -> pl.DataFrame | None:
    """What stays as it was published, what is new, and what joins it."""
    parts = [part for part in told if part is not None]
    return pl.concat([p.select(parts[0].columns) for p in parts], how="vertical_relaxed") if parts else None
