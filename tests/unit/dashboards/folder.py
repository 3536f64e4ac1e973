"""A release folder for tests: random protected counts in the form that the release step writes.

Every count is a multiple of five, margins add up, missing agencies read ``[x]``. Invented from one seed; no
record anywhere.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from schemas.codelists import codelist
from schemas.measures.cubes import CUBES, Cube
from schemas.measures.dimensions import ALL, DIMENSIONS
from schemas.quarters import Quarter
from schemas.registers import COLUMNS, kinds

AREAS = ("E08000025", "E08000026", "E08000027", "E08000028", "E08000029", "E08000030", "E08000031")
FIRST, LAST = Quarter(year=2022, number=4), Quarter(year=2026, number=3)
RETURNS = tuple(kind.dataset for kind in kinds().values() if kind.is_protected)
"""What an agency returns to the register: here the police do, and nobody else."""
ENTRIES = (
    ("actions", "ACT-board-1", "Agree one referral form", "board", "board_officer", "prepare", "plan", "",
     "in_progress", "2026-09-30", "2026-10-01", "referrals_made", "", "", ""),
    ("actions", "ACT-police-2", "Review of waits", "police", "agency_lead", "protect", "plan", "", "done",
     "2026-09-30", "2026-10-01", "", "", "", ""),
    ("directory", "DIR-sarc-1", "Examination, day and night", "sarc", "service_lead", "", "health",
     "everyone", "open", "", "2026-05-14", "", "2.5", "3", ""),
    ("signatories", "SIG-sarc-1", "", "sarc", "agency_lead", "", "member", "", "signed", "", "2026-10-01", "",
     "3", "4", ""),
)
"""Entries of the register that count nobody."""
AGENCIES = (
    ("counselling", "Calm Water Counselling", "voluntary", "counts", True, ("counts",), "2022-Q4", None),
    (
        "housing",
        "Housing Services",
        "housing",
        "identified",
        False,
        ("incidents", "victims", "referrals"),
        "2022-Q4",
        None,
    ),
    (
        "isva",
        "ISVA Service",
        "isva",
        "identified",
        True,
        ("incidents", "victims", "referrals", "cases"),
        "2024-Q1",
        None,
    ),
    (
        "police",
        "Police",
        "police",
        "identified",
        False,
        # programmes and their like as well: probation has left, and somebody has to send them
        ("incidents", "victims", "suspects", "referrals", "programmes", "releases", "orders", *RETURNS),
        "2022-Q4",
        None,
    ),
    ("probation", "Probation", "probation", "identified", False, ("suspects",), "2022-Q4", "2026-Q2"),
    ("sarc", "SARC", "sarc", "identified", True, ("incidents", "victims", "referrals"), "2022-Q4", None),
)
SIZE = {"police": 480, "sarc": 130, "isva": 160, "housing": 55, "counselling": 90, "probation": 60}
MISSING = {
    ("housing", "2026-Q3"): "late",
    ("sarc", "2024-Q2"): "missing",
    ("counselling", "2025-Q1"): "nil",
    ("isva", "2025-Q4"): "partial",
}


def status(agency: str, quarter: Quarter) -> str:
    """Coverage of one agency in one quarter."""
    *_, joined, left = next(a for a in AGENCIES if a[0] == agency)
    if quarter < Quarter.parse(joined):
        return "not_joined"
    if left is not None and quarter >= Quarter.parse(left):
        return "left"
    return MISSING.get((agency, str(quarter)), "submitted")


def write_folder(
    folder: Path,
    *,
    seed: int = 7,
    release: str = "2026-Q3.1",
    last: Quarter = LAST,
    attacked: bool = False,
    is_sample: bool = True,
    areas: tuple[str, ...] = AREAS,
) -> Path:
    """Write one release folder and return it."""
    (folder / "cubes").mkdir(parents=True)
    quarters = list(Quarter.range(FIRST, last))
    drawn = list(Quarter.range(FIRST, LAST))
    manifest = {
        "format": 1,
        "release": release,
        "quarter": str(last),
        "created_on": "2026-11-14",
        "audience": "board",
        "status": "candidate",
        "approved_by": None,
        "is_sample": is_sample,
        "partnership": "Sample Partnership",
        "attacked": attacked,
        "first_quarter": str(FIRST),
        "final_quarters": [str(q) for q in quarters[:-4]],
        "provisional_quarters": [str(quarters[-1])],
        "agencies": [
            {
                "agency": a,
                "name": name,
                "kind": kind,
                "tier": tier,
                "is_specialist": specialist,
                "joined": joined,
                "left": left,
                "areas": list(areas),
            }
            for a, name, kind, tier, specialist, _, joined, left in AGENCIES
        ],
        "linkage": [
            {
                "quarter": str(last),
                "role": role,
                "measure": measure,
                "breakdown": "all",
                "category": "",
                "value": value,
            }
            for role in ("victim", "suspect")
            for measure, value in (("estimated_precision", 0.981), ("estimated_recall", 0.94))
        ],
        "provenance": {
            "code_version": "0.1.0",
            "submissions": [],
            "key_check_values": {},
            "thresholds": {},
            "registers": {"as_at": "2026-11-14", "loaded_on": "2026-11-12", "sha256": "0" * 64},
        },
    }
    (folder / "release.json").write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    _write(
        folder / "coverage.csv",
        ("agency", "dataset", "quarter", "status", "received_on", "n_files"),
        [
            (a, d, str(q), status(a, q), str(q.next.first_day), 1)
            for a, *_, datasets, _, _ in AGENCIES
            for d in datasets
            for q in quarters
        ],
    )
    _write(folder / "registers.csv", (c for c in COLUMNS if c != "quarter"), ENTRIES)
    for cube in CUBES.values():
        for name, of, dimensions in _tables(cube):
            # each table is drawn on its own, so that a new cube moves no figure of another
            chance = random.Random(f"{seed} {name}.{of}")
            cells = [
                row
                for row in _cube(chance, cube, of, dimensions, drawn, areas)
                if str(row[0])[:4] <= str(last)[:4] and str(row[0]) <= str(last)
            ]
            if last < LAST and name == "victims_by_disability":
                cells = [
                    (*row[:-2], int(str(row[-2])) + 5, "") if row[1] == "disabled" else row for row in cells
                ]
            _write(folder / "cubes" / f"{name}.{of}.csv", ("period", *dimensions, "value", "marker"), cells)
    _write(
        folder / "ranges.csv",
        ("measure", "dimension", "period", "low_pct", "high_pct", "strict_pct", "all_pct", "n_quarters",
         "marker"),
        [("victims_repeat", "is_repeat", str(quarters[4]), "", "", 23.0, 26.0, 1, "[u]"),
         *(("victims_repeat", "is_repeat", str(q), 20.5, 31.5, 23.0, 26.0, 1, "") for q in quarters[5:])],
    )
    return folder


def _tables(cube: Cube) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    fed = [
        (a, kind, specialist)
        for a, _, kind, _, specialist, datasets, _, _ in AGENCIES
        if cube.dataset in datasets
    ]
    ofs = (
        [a for a, kind, _ in fed if not cube.agency_kinds or kind in cube.agency_kinds]
        if cube.by_agency
        else [str(links) for links in cube.links]
    )
    return [(name, of, dimensions) for name, dimensions in cube.tables for of in ofs]


def _categories(dimension: str, areas: tuple[str, ...]) -> tuple[str, ...]:
    in_areas = (*areas, "outside", "not_recorded")
    found = in_areas if dimension in ("area", "residence_area") else DIMENSIONS[dimension].categories
    return tuple(c for c in found if c != "unmapped")


def _cube(
    chance: random.Random,
    cube: Cube,
    of: str,
    dimensions: tuple[str, ...],
    quarters: list[Quarter],
    areas: tuple[str, ...],
) -> list[tuple[object, ...]]:
    size = SIZE.get(of, 520) * (0.9 if of == "strict" else 1.0)
    stage = {"charged": 0.15, "convicted": 0.08, "person_in_both_roles": 0.06}.get(cube.unit, 1.0)
    kinds = [_categories(d, areas) for d in dimensions]
    weights = {
        d: [1.0 / (1 + i) ** 1.3 for i in range(len(k))] for d, k in zip(dimensions, kinds, strict=True)
    }
    for yes_no in ("is_repeat", "is_multiple"):
        if yes_no in weights:
            weights[yes_no] = [0.25, 0.7, 0.05]
    if dimensions[-1].startswith("kind_"):
        weights[dimensions[-1]] = [0.02 + 0.5 * chance.random() ** 3, 1.0]
    rows: list[tuple[object, ...]] = []
    years = [str(y) for y in range(quarters[0].year + 1, quarters[-1].year)]
    for index, quarter in enumerate(quarters if cube.period_kind == "quarter" else years):
        missing = (
            isinstance(quarter, Quarter)
            and of in SIZE
            and status(of, quarter) not in ("submitted", "nil", "partial")
        )
        early = cube.needs_history and index < 4
        if missing or early:
            rows += [(str(quarter), *key, "", "[x]") for key in product(*((*k, ALL) for k in kinds))]
            continue
        n = (
            size
            * stage
            * (1 + 0.008 * index)
            * chance.uniform(0.93, 1.07)
            * (1.45 if of == "sarc" and quarter == quarters[-1] else 1.0)
        )
        n = 0 if isinstance(quarter, Quarter) and of in SIZE and status(of, quarter) == "nil" else n
        sums: dict[tuple[str, ...], int] = {}
        for key in product(*kinds):
            share = 1.0
            for d, category, k in zip(dimensions, key, kinds, strict=True):
                share *= weights[d][k.index(category)] / sum(weights[d])
            value = 5 * int(n * share / 5 + chance.random())
            for margin in product(*((c, ALL) for c in key)):
                sums[margin] = sums.get(margin, 0) + value
        rows += [
            (str(quarter), *key, value, "0 to 4" if value == 0 else "") for key, value in sorted(sums.items())
        ]
    return rows


def _write(path: Path, header: Iterable[str], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


__all__ = ["AGENCIES", "AREAS", "FIRST", "LAST", "codelist", "status", "write_folder"]
