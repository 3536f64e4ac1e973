"""What a reader gains who supposes more of a release than it declares: that each group charged is part of the
same group named, and each group convicted or cautioned part of those charged.

    python -m benchmarks.disclosure_stages var/releases/2026-Q3.1 [--in-total] [--json]

Of people charged that holds by definition, and so of their total; of an age, a sex, an ethnic group or a
repeat it holds as far as these are recorded alike at every stage, and of people convicted or cautioned as far
as nobody was cautioned. The release does not say so. Rows of {case, method,
metric, value}; case: the release. Metrics: relations that are supposed; unkept, in which the published
figures stand the other way round; cells of these tables that may be small; narrowed, those left with less
than the promised width; least_width of any.
Here: that reader. Not here: the readers that every release withstands (anonymisation/audit).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from anonymisation.audit.assembly import components
from anonymisation.audit.attackers import Bench, public
from anonymisation.audit.criteria import Whole
from anonymisation.audit.intervals import Search
from anonymisation.audit.read import Tie, read_release
from anonymisation.audit.systems import Layouts
from anonymisation.audit.truth import TrueCounts
from benchmarks.disclosure_measures import Row, rows_of
from pipelines.doors.attack import read_release_folder

METHOD = "supposed_stages"
PART_OF = {"charged": ("named",), "convicted": ("named", "charged")}
APART = ("is_repeat=no", "is_repeat=not_recorded", "is_multiple=")
"""Cells of which it need not hold: whoever is no repeat at a later stage may be one among all named."""
SECONDS = 120.0


def supposed(files: Mapping[str, bytes], *, in_total: bool) -> dict[str, float]:
    """What that reader is left with; grain: one release."""
    told = read_release(files)
    stages = {*PART_OF, *(of for every in PART_OF.values() for of in every)}
    units = {c.unit for c in told.cubes if c.unit.partition(".")[0] in stages}
    told = told.of_units(units)
    alone = components([told], TrueCounts(None), present=told, layouts=Layouts())
    figures = {
        plan.keys[i]: int(whole.said.value[at + i])
        for whole in alone
        for at, plan in zip(whole.offsets, whole.plans, strict=True)
        for i in range(plan.n_published)
    }
    every = [
        (key, f"{of}.{rest}")
        for key in figures
        for stage, _, rest in [key.partition(".")]
        for of in PART_OF.get(stage, ())
    ]
    pairs = [
        (key, of) for key, of in every
        if of in figures and not any(word in key for word in APART) and (key.endswith("|") or not in_total)
    ]  # fmt: skip
    ties = tuple(Tie(kind="le", left=key, right=(of,)) for key, of in pairs)
    told = replace(told, ties=(*told.ties, *ties))
    cells = narrowed = 0
    least = told.rules.base - 1
    for whole in components([told], TrueCounts(None), present=told, layouts=Layouts()):
        bench = Bench(component=whole, rules=told.rules, seconds=SECONDS)
        found = public(bench)
        cells, narrowed = cells + len(found.targets), narrowed + len(found.opened)
        if len(found.opened):
            search = Search(whole.said.lo, whole.said.up, whole.rows, seconds=SECONDS)
            search.settle(found.opened.tolist(), Whole())
            least = min(least, int((search.oup - search.olo)[found.opened].min()))
    return {
        "relations": len(pairs), "unkept": sum(figures[key] > figures[of] for key, of in pairs),
        "cells": cells, "narrowed": narrowed, "least_width": least,
    }  # fmt: skip


def rows(folder: Path, *, in_total: bool) -> list[Row]:
    return rows_of(folder.name, METHOD, supposed(read_release_folder(folder), in_total=in_total))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disclosure_stages", description=__doc__)
    parser.add_argument("release", type=Path)
    parser.add_argument("--in-total", action="store_true", help="suppose it of totals alone")
    parser.add_argument("--json", action="store_true", help="print one JSON array of rows")
    given = parser.parse_args(arguments)
    found = rows(given.release, in_total=given.in_total)
    if given.json:
        json.dump([row.__dict__ for row in found], sys.stdout, indent=1)
        print()
    else:
        for row in found:
            print(f"{row.case:12} {row.method:16} {row.metric:12} {row.value:>8g}")


if __name__ == "__main__":
    main()
