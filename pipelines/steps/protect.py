"""Step 10: the whole release is protected, jointly with every release before it, and then attacked by our own
auditor.

What belongs here: parting a release where nothing ties its units, handing each part to be drawn and attacked,
and storing the whole if it withstands. What does not: drawing and attacking a part (``candidate.py``), how
either works (``anonymisation.disclosure``, ``anonymisation.audit``), and the folder (``release.py``).

A second core takes part in the work. The rounded counts are stored before the release is written: rebuilding
it is a re-rendering and gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from anonymisation.audit import joined
from anonymisation.audit.report import report_text
from anonymisation.disclosure import Rules
from dashboards.beside import both
from pipelines.hub import Hub
from pipelines.release.counts import TrueCounts
from pipelines.release.coverage import coverage
from pipelines.release.files import systems_json
from pipelines.release.loss import loss_text
from pipelines.release.past import past_of
from pipelines.release.ranges import ranges
from pipelines.release.registers import register_files
from pipelines.release.sign_off import check_past, require_latest
from pipelines.release.tables import Table, bound, tables, ties
from pipelines.steps.aggregate import AsOf
from pipelines.steps.candidate import Part, ReleaseOpen, withstood
from pipelines.store.connect import connect
from pipelines.store.releases import earlier, folder_name, tables_of
from pipelines.store.warehouse import link_quality, prepare, store_protected
from schemas.quarters import Quarter


def protect_release(hub: Hub, quarter: Quarter) -> dict[str, Any]:
    """Protect and attack the release of ``quarter`` and store what withstood; counts for the log.

    Raises:
        ReleaseOpen: the attacker opened it in each of its draws, or a reader was not let at it.
        pipelines.store.releases.ReleaseError: what was published before is not whole (a release, a file or a
            line of the ledger is missing or was changed), or a later quarter is out.
        anonymisation.disclosure.refusal.DisclosureError: the counts cannot be protected as the cubes are
            defined.
    """
    blocks = check_past(hub.places)
    require_latest(hub.places, quarter)
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        as_of = AsOf.of(quarter, hub.partnership)
        known = coverage(connection, hub.partnership, hub.agencies, as_of)
        found = tables(hub.partnership, hub.agencies, known, quarter)
        before = {folder.name: tables_of(folder)
                  for folder in earlier(hub.places, folder_name(hub.places, quarter))}
        past = past_of(before, blocks, quarter)
        thresholds = hub.partnership.thresholds
        rules = Rules(threshold=thresholds.small_count, base=thresholds.rounding_base)
        counts = TrueCounts(connection, quarter)
        told = [json.loads(files["systems.json"]) for files in before.values()]
        parts = []
        for units in parted(found, told):
            own = [table for table in found if table.unit in units]
            parts.append(Part(
                quarter=quarter, found=own, past=past.of(own, units),
                before=[_of_units(files, spec, units)
                        for files, spec in zip(before.values(), told, strict=True)],
                units=units, rules=rules,
                counts=counts.of_tables(own), agencies=hub.agencies,
                published_elsewhere=tuple(hub.partnership.published_elsewhere)))
        done = both(withstood, parts)
        made = {name: frame for part in done for name, frame in part.made.items()}
        elastic = frozenset(table for part in done for table in part.elastic)
        files = {name: content for part in done for name, content in part.files.items()} | {
            "systems.json": systems_json(found, made, threshold=rules.threshold, base=rules.base,
                                         elastic=elastic, finals=past.now_final, earlier=past.releases)}
        verdict = joined([(part.files, part.verdict) for part in done], files)
        require_all_readers(quarter, verdict.idle)
        withdrawn = [left for part in done for left in part.withdrawn]
        unfitted = [table for part in done for table in part.unfitted]
        loss = loss_text(made, base=rules.base, elastic=elastic, withdrawn=withdrawn, unfitted=unfitted)
        files |= {
            "certificate.json": verdict.certificate,
            "report.md": f"{report_text(verdict)}\n{loss}".encode(),
            "coverage.csv": known.to_csv()} | register_files(connection, as_of)
        files["ranges.csv"] = ranges(
            found, {name: frame for name, frame in made.items() if frame is not None},
            link_quality(connection, quarter), rounding_base=rules.base, elastic=elastic).write_csv().encode()
        store_protected(connection, str(quarter), files)
    return {"tables": len(found), "attackers": len(verdict.attackers),
            "draws": max(part.draws for part in done),
            "tables_left_out": len({table for table, _ in withdrawn} | set(unfitted)),
            "seconds": round(verdict.seconds, 1)}


def parted(found: Sequence[Table], told: Sequence[Mapping[str, Any]]) -> list[frozenset[str]]:
    """The units of a release and of those before it, in parts that no tie crosses, the largest first.
    ``told``: ``systems.json`` of the releases before."""
    cells: dict[str, int] = {}
    for table in found:
        size = prod(len(categories) + 1 for categories in table.categories.values())
        cells[table.unit] = cells.get(table.unit, 0) + size * len(table.periods)
    for spec in told:
        for cube in spec["cubes"]:
            cells.setdefault(cube["unit"], 0)
    known = [*ties(list(found)), *(tie for spec in told for tie in spec["ties"])]
    return sorted(map(frozenset, bound(cells, known)),
                  key=lambda part: (-sum(cells[unit] for unit in part), min(part)))


def _of_units(files: Mapping[str, bytes], spec: Mapping[str, Any], units: frozenset[str]) -> dict[str, bytes]:
    """What a release told of some units; ``spec``: its ``systems.json``."""
    own = {f"cubes/{cube['name']}.csv" for cube in spec["cubes"] if cube["unit"] in units}
    return {name: content for name, content in files.items() if name == "systems.json" or name in own}


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
