"""Step 10: the whole release is protected, jointly with every release before it, and then attacked by our own
auditor.

What belongs here: handing true counts to the protector, its bytes to the auditor, and storing them if they
withstand. What does not: how either works (``anonymisation.disclosure``, ``anonymisation.audit``), and the
folder (``release.py``).

The rounded counts are stored before the release is written: rebuilding it is a re-rendering and gives the
same bytes.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import polars as pl

from anonymisation.audit import AuditResult, Benches, Release, Settings, audit, read_release
from anonymisation.audit.attackers import TOTALS
from anonymisation.audit.report import report_text
from anonymisation.disclosure import Cube as ProtectedCube
from anonymisation.disclosure import Protected, Rules, protect
from anonymisation.disclosure.refusal import DisclosureError
from pipelines.hub import Hub
from pipelines.release.counts import TrueCounts
from pipelines.release.coverage import coverage
from pipelines.release.files import cube_csv, systems_json
from pipelines.release.past import Past, past_of
from pipelines.release.ranges import ranges
from pipelines.release.registers import register_files
from pipelines.release.sign_off import check_past
from pipelines.release.tables import Table, feeding, tables, ties
from pipelines.steps.aggregate import AsOf
from pipelines.store.connect import connect
from pipelines.store.releases import earlier, tables_of
from pipelines.store.warehouse import link_quality, prepare, store_protected
from schemas.quarters import Quarter

SEED_BYTES = 32
TRIES = 8
"""What the attacker opens is drawn again, unit by unit, this often; then cubes must be coarsened."""

TRIES_TO_RESTATE = 3
"""After so many draws a unit's final figures are given up and its provisional ones stay: two tellings of
nearly equal counts can meet in an interval that is too narrow, whatever the draw."""


class ReleaseOpen(RuntimeError):
    """The attacker opened the release; nothing was stored. The text names the cubes to coarsen, never a
    value."""


def protect_release(hub: Hub, quarter: Quarter) -> dict[str, Any]:
    """Protect and attack the release of ``quarter`` and store what withstood; counts for the log.

    Raises:
        ReleaseOpen: the attacker opened it ``TRIES`` times, or a reader was not let at it.
        pipelines.store.releases.ReleaseError: what was published before is not whole: a release, a file or a
            line of the
            ledger is missing or was changed.
        anonymisation.disclosure.refusal.DisclosureError: the counts cannot be protected as the cubes are
            defined.
    """
    blocks = check_past(hub.places)
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        as_of = AsOf.of(quarter, hub.partnership)
        known = coverage(connection, hub.partnership, hub.agencies, as_of)
        found = tables(hub.partnership, hub.agencies, known, quarter)
        folders = earlier(hub.places, quarter)
        before = [tables_of(folder) for folder in folders]
        names = {folder.name for folder in folders}
        past = past_of(before, (b for b in blocks if b.release in names), quarter)
        thresholds = hub.partnership.thresholds
        candidate = Candidate(
            found=found, past=past,
            rules=Rules(threshold=thresholds.small_count, base=thresholds.rounding_base),
            before=[read_release(files) for files in before], counts=TrueCounts(connection, quarter), hub=hub)
        verdict = _withstanding(candidate, quarter)
        require_all_readers(quarter, verdict.idle)
        files = candidate.files | {
            "certificate.json": verdict.certificate, "report.md": report_text(verdict).encode(),
            "coverage.csv": known.to_csv()} | register_files(connection, as_of)
        files["ranges.csv"] = ranges(
            found, {name: frame for name, frame in candidate.made.items() if frame is not None},
            link_quality(connection, quarter), rounding_base=candidate.rules.base,
            elastic=candidate.elastic).write_csv().encode()
        store_protected(connection, str(quarter), files)
    return {"tables": len(found), "attackers": len(verdict.attackers), "draws": candidate.draws,
            "tables_left_out": len(candidate.left_out),
            "seconds": round(verdict.seconds, 1)}


class Candidate:
    """A release while it is drawn and attacked: true counts on one side, bytes on the other."""

    def __init__(self, *, found: list[Table], past: Past, rules: Rules, before: list[Release],
                 counts: TrueCounts, hub: Hub) -> None:
        self.found, self.past, self.rules, self.before = found, past, rules, before
        self.made: dict[str, pl.DataFrame | None] = {}
        self.files: dict[str, bytes] = {}
        self.draws = 0
        self.left_out: set[str] = set()
        """Tables that could not be fitted to figures that stay; their quarter reads as not available."""
        self._counts, self._hub = counts, hub
        self._moved: set[str] = set()
        self._benches = Benches()
        self._look()

    def _look(self) -> None:
        """Gather the true counts of what this release works out."""
        past = self.past
        # the tables with the quarters that this release works out; the others stand as they were published
        self._fresh = [replace(t, periods=tuple(p for p in t.periods if past.is_fresh(t.unit, p)))
                       for t in self.found]
        # tables that join figures which stay: such as cohorts that have now been followed long enough. Where
        # several agencies know the people, each would have to be let at them with its own counts: not told
        self._joining = [replace(t, periods=tuple(p for p in t.periods if past.is_joining(t, p)))
                         for t in self.found
                         if t.agency or len(feeding(t.cube, self._hub.agencies)) == 1]
        self.contributors = self._counts.of_contributors(self._fresh, self._hub.agencies)
        self.truth = self._counts.of_every_cell(self._fresh)
        self._known = self._counts.known_elsewhere(self._fresh, self._hub.partnership.published_elsewhere)

    @property
    def units(self) -> set[str]:
        """What is counted."""
        return {table.unit for table in self.found}

    @property
    def known_units(self) -> set[str]:
        """Units of which somebody else publishes exact figures, with those tied to them."""
        return _tied({known.key.partition("|")[0] for known in self._known}, self.found) & self.units

    @property
    def elastic(self) -> set[str]:
        """Tables whose cells may be one step further away."""
        return self._moved | self.past.elastic

    def hold(self, units: set[str]) -> None:
        """Let the provisional figures of units stand instead of final ones."""
        self.past = replace(self.past, held=self.past.held | units)
        self._look()

    def draw(self, units: set[str]) -> None:
        """Draw units anew. A final figure that would narrow its provisional one is not told: that unit's
        provisional figures stay."""
        self.draws += 1
        new = self._protected(units)
        if crossed := set(new.crossed) - self.past.held:
            self.hold(crossed)
            new = self._protected(units)
        again = [t for t in self.found if t.unit in units]
        self._moved = {name for name in self._moved if name not in new.tables} | set(new.elastic_cubes)
        joined = self._joined(units)
        for table in again:
            self.made[table.name] = _whole(
                self.past.carried(table), new.tables.get(table.name), joined.get(table.name))
            self.files[f"cubes/{table.name}.csv"] = cube_csv(table, self.made[table.name])
        self.files["systems.json"] = systems_json(
            self.found, threshold=self.rules.threshold, base=self.rules.base, elastic=self.elastic,
            restated=self.past.restated)

    def _joined(self, units: set[str]) -> dict[str, pl.DataFrame]:
        """Tables told for the first time beside figures that stay, fitted to those. A unit in which that
        cannot be done, since its counts have moved too far, goes without."""
        found: dict[str, pl.DataFrame] = {}
        for unit in sorted(units):
            shown = [t for t in self._joining if t.unit == unit and t.periods]
            if not shown:
                continue
            try:
                fitted = self._drawn(shown, vintages=())
            except DisclosureError:
                self.left_out |= {t.name for t in shown}
                continue
            self.left_out -= {t.name for t in shown}
            found |= fitted.tables
            self._moved |= set(fitted.elastic_cubes)
        return found

    def _protected(self, units: set[str]) -> Protected:
        restated = self.past.restated
        return self._drawn([t for t in self._fresh if t.unit in units and t.periods],
                           vintages=() if restated is None else (restated,))

    def _drawn(self, shown: list[Table], *, vintages: tuple[str, ...]) -> Protected:
        cubes = [ProtectedCube(name=t.name, unit=t.unit, dimensions=t.dimensions, categories=t.categories,
                               structural_zeros=tuple(dict(zero) for zero in t.cube.structural_zeros))
                 for t in shown]
        return protect(
            cubes, {t.name: self._counts.of(t) for t in shown}, contributors=self.contributors,
            ledger=self.past.cells, ties=ties(shown),
            vintages=vintages,
            seed=secrets.token_bytes(SEED_BYTES), rules=self.rules)

    def attack(self, units: set[str]) -> AuditResult:
        """Every reader against what the release says of some units."""
        if units == self.units:
            told, past = read_release(self.files), self.before
        else:
            told = read_release(self._files_of(units)).of_units(units)
            past = [release.of_units(units) for release in self.before]
        return audit(told, earlier=past, contributors=self.contributors, truth=self.truth,
                     known=self._known, settings=Settings(totals_gate=False), benches=self._benches)

    def _files_of(self, units: set[str]) -> dict[str, bytes]:
        """The files that tell of some units."""
        found = [t for t in self.found if t.unit in units]
        system = systems_json(found, threshold=self.rules.threshold, base=self.rules.base,
                              elastic=self.elastic, restated=self.past.restated)
        names = [f"cubes/{t.name}.csv" for t in found]
        return {"systems.json": system} | {name: self.files[name] for name in names}


def _withstanding(candidate: Candidate, quarter: Quarter) -> AuditResult:
    """Draw until every reader is withstood. What is opened is drawn again and attacked alone, which is
    quicker; the last word is on the whole.

    Raises:
        ReleaseOpen: the draws are used up.
    """
    drawn, is_whole = candidate.units, True
    candidate.draw(drawn)
    if beside := candidate.known_units:  # what others' exact figures open is drawn again once, then reported
        holder = next(a for a in candidate.attack(beside).attackers if a.name == TOTALS)
        if holder.failures:
            candidate.draw(beside)
    for attempt in range(1, TRIES + 1):
        if attempt > 1:
            candidate.draw(drawn)
        verdict = candidate.attack(candidate.units if is_whole else drawn)
        if verdict.passed and not is_whole:
            verdict, is_whole = candidate.attack(candidate.units), True
        if verdict.passed:
            return verdict
        opened = {t.unit for t in candidate.found if t.name in verdict.failures}
        drawn = _tied(opened, candidate.found) or drawn
        is_whole = drawn == candidate.units
        if attempt >= TRIES_TO_RESTATE and candidate.past.restated is not None:
            candidate.hold(drawn)
    raise ReleaseOpen(
        f"The release of [{quarter}] was opened by our own attacker in [{TRIES}] draws and was not made. "
        "Coarsen these cubes in schemas/measures: "
        f"{', '.join(sorted(verdict.failures)) or 'see the report'}.")


def require_all_readers(quarter: Quarter, idle: tuple[str, ...]) -> None:
    """Refuse a release at which some reader was not let.

    Raises:
        ReleaseOpen: readers stayed idle, for want of true counts or contributors' counts.
    """
    if idle:
        raise ReleaseOpen(
            f"The release of [{quarter}] was not attacked by every reader and was not made: "
            f"[{', '.join(idle)}] did not run. Hand the true counts and the contributors' counts of every "
            "system to the audit.")


def _tied(units: set[str], found: list[Table]) -> set[str]:
    """The units, and those that an inequality ties to them: strict and all links of the same people, and the
    same people by quarter and by year."""
    kinds = {t.cube.unit for t in found if t.unit in units and t.links}
    kinds |= {unit for t in found if t.cube.year_of and {t.cube.unit, t.cube.year_of} & kinds
              for unit in (t.cube.unit, t.cube.year_of)}
    return units | {t.unit for t in found if t.cube.unit in kinds}


def _whole(*told: pl.DataFrame | None) -> pl.DataFrame | None:
    """What stays as it was published, what is new, and what joins it."""
    parts = [part for part in told if part is not None]
    return pl.concat([p.select(parts[0].columns) for p in parts], how="vertical_relaxed") if parts else None
