"""The audit in words: for the release folder and the methods page.

Here: `report_data` (plain data) and `report_text` (markdown). Attacks withstood, widths, certificate, time;
names of cubes.
Not here: any cell's value, how many small counts there are in truth, or how many each agency has (those stay
with the gate).
"""

from __future__ import annotations

from typing import Any

from anonymisation.audit import attackers as readers
from anonymisation.audit.verdict import AttackerResult, AuditResult

KNOWS = {
    readers.PUBLIC: "reads every figure of the release, and the interval that its rule leaves",
    readers.RULE_AWARE: "knows threshold, base and this code",
    readers.EARLIER: "kept every earlier release and every vintage of a figure",
    readers.CONTRIBUTOR: "subtracts its own rows from every figure; may learn that nobody else is in a cell",
    readers.PERSON: "knows which cells hold her",
    readers.TOTALS: "holds figures that others publish exactly",
}
PUBLIC_TARGETS = (readers.PUBLIC, readers.EARLIER)
"""Readers whose targets the page itself tells; of the others the number of targets would say something about
the truth.
"""


def report_data(result: AuditResult) -> dict[str, Any]:
    """The report as plain data, fit for publication beside the release."""
    return {
        "passed": result.passed,
        "systems": result.systems,
        "systems_acyclic": result.acyclic,
        "attackers": [
            {
                "name": a.name,
                "knows": KNOWS[a.name],
                "result": verdict(a),
                "cells_that_may_be_small": a.targets
                if a.name in PUBLIC_TARGETS and a.n_searched == 0
                else None,
                "cubes_to_coarsen": sorted(a.failures),
                "note": a.note,
            }
            for a in result.attackers
        ],
        "faults": list(result.faults),
        "interval_widths_at_least": dict(result.histogram),
        "certificate_sha256": result.certificate_sha256,
        "seconds": round(result.seconds, 1),
    }


def verdict(result: AttackerResult) -> str:
    """withstood · opened · not attacked."""
    if not result.passed:
        return "opened"
    return "withstood" if result.ran else "not attacked"


def report_text(result: AuditResult) -> str:
    """The report as markdown."""
    lines = ["# What this release withstood", ""]
    if result.passed:
        lines += [
            "This release withstood the attacks below. Other attacks may exist; we name those that we tried.",
            "",
        ]
    else:
        lines += ["This release did not withstand the attacks below and must not leave.", ""]
        cubes = sorted(result.failures, key=lambda c: (-result.failures[c], c))
        if cubes:
            lines += [f"Cubes to coarsen, the most opened first: {', '.join(f'`{c}`' for c in cubes)}.", ""]
        lines += [f"* {fault}" for fault in result.faults] + ([""] if result.faults else [])
    lines += ["| reader | who | result | note |", "|---|---|---|---|"]
    for a in result.attackers:
        note = "; ".join(t for t in (a.note, a.remedy) if t)
        lines.append(f"| {a.name} | {KNOWS[a.name]} | {verdict(a)} | {note} |")
    lines += [
        "",
        f"Systems: {result.systems}, of them {result.acyclic} acyclic "
        "(proved in closed form where nothing binds them).",
        "",
    ]
    lines += [
        "How wide an interval the public is left with, at least, for each cell that may be small as far as "
        "the page tells:",
        "",
        "| width | cells |",
        "|---|---|",
    ]
    lines += [f"| {width} | {cells} |" for width, cells in result.histogram.items()]
    lines += [
        "",
        f"Certificate SHA-256: `{result.certificate_sha256}`. "
        "Check it with `tessera verify PATH --certificate`.",
        f"The attacks took {result.seconds:.1f} seconds.",
        "",
    ]
    return "\n".join(lines)
