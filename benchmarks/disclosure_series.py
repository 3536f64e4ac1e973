"""Suppression in the disclosure benchmark: series of quarters with their sums, and a known optimum.

Here: one and three years of six two-way tables, protected and attacked jointly; one quarter solved exactly.
Not here: naive practices (disclosure.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from unittest.mock import patch

from anonymisation.disclosure import exact
from benchmarks import disclosure_practices as practices
from benchmarks.disclosure_measures import Row, attacked, hidden_in, rows_of, seed_of, timed, truth_of
from benchmarks.disclosure_regions import SMALL_SIX, full_tables, region


def series(
    case: str, quarters: Sequence[str], groups: Mapping[str, Sequence[str]], number: int, per_quarter: int
) -> Iterator[Row]:
    """Six two-way tables of 224 cells for every quarter and every group of quarters, suppressed jointly."""
    place = region(number, quarters=quarters, sets=SMALL_SIX, as_dimension=True, per_quarter=per_quarter)
    cubes = [
        replace(cube, hierarchies={"quarter": tuple((g, tuple(m)) for g, m in groups.items())})
        for cube in place.cubes("suppression")
    ]
    tables = full_tables(cubes, place.counts())
    truth = truth_of(tables)
    protected, seconds = timed(cubes, place, seed_of(number))
    shown = practices.with_hidden(tables, hidden_in(protected))
    hierarchies = {"quarter": {g: list(m) for g, m in groups.items()}}
    figures = attacked(shown, truth, rounding=False, method="suppression", hierarchies=hierarchies)
    sizes = {"withheld": len(protected.withheld), "protect_s": seconds, "cells": len(truth)}
    yield from rows_of(case, "tessera_suppression", {**figures, **sizes})


def optimum(number: int) -> Iterator[Row]:
    """One quarter of 224 cells: our suppression, beside the search without the exact programme."""
    place = region(number, sets=SMALL_SIX, per_quarter=200)
    cubes = place.cubes("suppression")
    tables = full_tables(cubes, place.counts())
    for method, most in (("tessera_suppression", None), ("tessera_suppression_search_only", 0)):
        with patch.object(exact, "EXACT_CELLS", exact.EXACT_CELLS if most is None else most):
            protected, seconds = timed(cubes, place, seed_of(number))
        shown = practices.with_hidden(tables, hidden_in(protected))
        figures = attacked(shown, truth_of(tables), rounding=False, method="suppression")
        sizes = {"withheld": len(protected.withheld), "protect_s": seconds,
                 "is_optimum": float(protected.stats[0].is_exact), "cells": protected.stats[0].cells}
        yield from rows_of(f"optimum_{number}", method, {**figures, **sizes})
