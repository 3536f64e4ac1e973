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
from itertools import product
from typing import Any

import polars as pl

from anonymisation.audit.gate import audit
from anonymisation.audit.report import report_text
from anonymisation.disclosure import Cube as ProtectedCube
from anonymisation.disclosure import Protected, Rules, protect
from pipelines.hub import Hub
from pipelines.release.coverage import coverage
from pipelines.release.files import cube_csv, keyed, margins, only_units, systems_json
from pipelines.release.past import Past, past_of
from pipelines.release.ranges import ranges
from pipelines.release.registers import register_files
from pipelines.release.sign_off import check_past
from pipelines.release.tables import Table, feeding, tables, ties, true_counts
from pipelines.steps.aggregate import AsOf
from pipelines.store.connect import Connection, connect
from pipelines.store.releases import earlier, tables_of
from pipelines.store.warehouse import link_quality, prepare, store_protected
from schemas.quarters import Quarter

SEED_BYTES = 32
TRIES = 8
"""What the attacker opens is drawn again, unit by unit, this often; then cubes must be coarsened. The draw
minds agencies' own counts only softly: about one whole draw in three leaves one of twenty thousand cells open
to one agency."""


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
    check_past(hub.places)
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        as_of = AsOf.of(quarter, hub.partnership)
        known = coverage(connection, hub.partnership, hub.agencies, as_of)
        found = tables(hub.partnership, hub.agencies, known, quarter)
        before = [tables_of(folder) for folder in earlier(hub.places, quarter)]
        past = past_of(before, quarter)
        thresholds = hub.partnership.thresholds
        rules = Rules(threshold=thresholds.small_count, base=thresholds.rounding_base)
        made: dict[str, pl.DataFrame | None] = {}
        elastic: set[str] = set()
        drawn = {table.unit for table in found}
        fresh = _fresh(found, past)
        counts = {table.name: true_counts(connection, table, quarter) for table in fresh}
        contributors = _contributors(connection, hub, fresh, quarter)
        truth = _truth(connection, fresh, quarter)
        for attempt in range(TRIES):
            again = [t for t in fresh if t.unit in drawn]
            new = _protected(again, counts, contributors, past, rules)
            elastic = {name for name in elastic if name not in new.tables} | set(new.elastic_cubes)
            made |= {t.name: _whole(past.carried(t), new.tables.get(t.name)) for t in again}
            files = {f"cubes/{table.name}.csv": cube_csv(table, made[table.name]) for table in found}
            files["systems.json"] = systems_json(
                found, threshold=rules.threshold, base=rules.base, elastic=elastic | past.elastic,
                restated=past.restated)
            if attempt:  # what was drawn again is attacked alone first, which is quicker
                verdict = audit(only_units(files, drawn), earlier=[only_units(f, drawn) for f in before],
                                contributors=contributors, truth=truth)
            if not attempt or verdict.passed:
                verdict = audit(files, earlier=before, contributors=contributors, truth=truth)
            if verdict.passed:
                break
            drawn = _tied({t.unit for t in found if t.name in verdict.failures}, found) or drawn
            if attempt + 1 >= TRIES_TO_RESTATE and past.restated is not None and not drawn <= past.held:
                past = replace(past, held=past.held | drawn)
                fresh = _fresh(found, past)
                counts = {table.name: true_counts(connection, table, quarter) for table in fresh}
                contributors = _contributors(connection, hub, fresh, quarter)
                truth = _truth(connection, fresh, quarter)
        else:
            raise ReleaseOpen(
                f"The release of [{quarter}] was opened by our own attacker in [{TRIES}] draws and was not "
                "made. "
                "Coarsen these cubes in schemas/measures: "
                f"{', '.join(sorted(verdict.failures)) or 'see the report'}.")
        require_all_readers(quarter, verdict.idle)
        files |= {"certificate.json": verdict.certificate, "report.md": report_text(verdict).encode()}
        files["coverage.csv"] = known.to_csv()
        files |= register_files(connection, as_of)
        files["ranges.csv"] = ranges(found, {name: frame for name,
                                             frame in made.items() if frame is not None},
                                     link_quality(connection, quarter), rounding_base=rules.base,
                                     elastic=elastic | past.elastic).write_csv().encode()
        store_protected(connection, str(quarter), files)
    return {"tables": len(found), "attackers": len(verdict.attackers), "seconds": round(verdict.seconds, 1)}


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


def _fresh(found: list[Table], past: Past) -> list[Table]:
    """The tables with the quarters that this release works out; the others stand as they were published."""
    return [replace(t, periods=tuple(p for p in t.periods if past.is_fresh(t.unit, p))) for t in found]


def _protected(
    fresh: list[Table], counts: dict[str, pl.DataFrame], contributors: pl.DataFrame, past: Past, rules: Rules
) -> Protected:
    shown = [t for t in fresh if t.periods]
    cubes = [ProtectedCube(name=t.name, unit=t.unit, dimensions=t.dimensions, categories=t.categories)
             for t in shown]
    return protect(
        cubes, {t.name: counts[t.name] for t in shown}, contributors=contributors, ledger=past.cells,
        ties=ties(shown),
        vintages=() if past.restated is None else (past.restated,), seed=secrets.token_bytes(SEED_BYTES),
        rules=rules)


def _tied(units: set[str], found: list[Table]) -> set[str]:
    """The units, and those that an inequality ties to them: strict and all links of the same people."""
    kinds = {t.cube.unit for t in found if t.unit in units and t.links}
    return units | {t.unit for t in found if t.cube.unit in kinds}


def _whole(carried: pl.DataFrame | None, new: pl.DataFrame | None) -> pl.DataFrame | None:
    """What stays as it was published, and what is new."""
    parts = [part for part in (carried, new) if part is not None]
    return pl.concat([p.select(parts[0].columns) for p in parts], how="vertical_relaxed") if parts else None


def _truth(connection: Connection, found: list[Table], quarter: Quarter) -> dict[str, int]:
    """Key to true count of every finest cell of the systems that are shown, also of cells that are not
    (``[x]``)."""
    shown: dict[str, set[str]] = {}
    for table in found:
        shown.setdefault(table.unit, set()).update(table.periods)
    truth: dict[str, int] = {}
    for table in found:
        periods = tuple(sorted(shown[table.unit]))
        grid = pl.DataFrame(
            [(period, *cell, 0) for period in periods
             for cell in product(*(table.categories[d] for d in table.dimensions))],
            schema={"period": pl.String, **dict.fromkeys(table.dimensions, pl.String), "n": pl.Int64},
            orient="row")
        truth |= dict(keyed(grid, table.unit, table.dimensions).iter_rows())
        own = true_counts(connection, table, quarter, periods=periods)
        truth |= dict(keyed(own, table.unit, table.dimensions).iter_rows())
    return truth


def _contributors(connection: Connection, hub: Hub, found: list[Table], quarter: Quarter) -> pl.DataFrame:
    """key, agency, n: of every cell of people counted across agencies, how many of them each agency knows."""
    parts = [pl.DataFrame(schema={"key": pl.String, "agency": pl.String, "n": pl.Int64})]
    for table in found:
        for agency in feeding(table.cube, hub.agencies) if table.links else []:
            own = true_counts(connection, table, quarter, contributor=agency.agency)
            if own.height:
                cells = keyed(margins(own, table.dimensions), table.unit, table.dimensions)
                parts.append(cells.select("key", pl.lit(agency.agency).alias("agency"), "n"))
    return pl.concat(parts).unique(maintain_order=True)
