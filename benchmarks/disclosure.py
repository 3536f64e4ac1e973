"""The disclosure benchmark: naive practices and our methods on the same synthetic regions, attacked in the
same run.

    python -m benchmarks.disclosure [--regions 3] [--cases six_two_way,…] [--json]

Rows of {case, method, metric, value}. Methods that begin with `tessera` are ours. Metrics: targets
small true counts (below the threshold), or contributor's targets opened          of them, those that a reader
comes too near (suppression: the interval misses a − 1, the threshold or its width; rounding: narrower than 4;
contributor: others' count within 1) exact           of them, those that a reader knows exactly mean_abs_error
over non-zero cells; withheld: cells not published; protect_s, audit_s: seconds max_bias        largest mean
error of a residual over seeds; error_of_fair_coins: mean |error| if each cell alone were drawn without bias;
over_30_pct: share of non-zero cells off by more than 30 % Here: the run. Not
here: regions (disclosure_regions.py), practices (disclosure_practices.py).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from anonymisation.disclosure import Cube, protect, systems_of
from benchmarks import disclosure_practices as practices
from benchmarks.disclosure_guesses import METHODS, SHAPES, TABLES, TRAINING, guesses
from benchmarks.disclosure_measures import (
    SECRET,
    Row,
    attacked,
    audited,
    error_of,
    hidden_in,
    n_hidden,
    rows_of,
    seed_of,
    timed,
    truth_of,
)
from benchmarks.disclosure_regions import (
    CYCLE,
    FOUR_WAY,
    SIX,
    THREE_WAY,
    Region,
    full_tables,
    region,
    three_years,
)
from benchmarks.disclosure_series import optimum, series

UNBIASED_SEEDS = 200

QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
TO_DATE = {f"to-{q}": QUARTERS[: i + 1] for i, q in enumerate(QUARTERS) if i}


def six_two_way(number: int) -> Iterator[Row]:
    """One quarter, six two-way tables: every practice of the documentation's table."""
    yield from _one_quarter(f"six_two_way_{number}", region(number, sets=SIX), number)


def cycle(number: int) -> Iterator[Row]:
    """One quarter, six two-way tables in a cycle."""
    yield from _one_quarter(f"cycle_{number}", region(number, sets=CYCLE), number)


def _one_quarter(case: str, place: Region, number: int) -> Iterator[Row]:
    precise, rounding = place.cubes("suppression"), place.cubes("rounding")
    tables = full_tables(precise, place.counts())
    truth = truth_of(tables)
    (system,) = systems_of(precise, place.counts())
    shown = practices.hide_small(tables)
    yield from rows_of(
        case, "hide_small_publish_totals", attacked(shown, truth, rounding=False, method="suppression")
    )
    alone: dict[str, list[bool]] = {}
    for cube in precise:
        alone |= hidden_in(protect([cube], {cube.name: place.counts()[cube.name]}, seed=seed_of(number)))
    shown = practices.with_hidden(tables, alone)
    figures = attacked(shown, truth, rounding=False, method="suppression")
    yield from rows_of(case, "each_table_suppressed_alone", {**figures, "withheld": n_hidden(alone, tables)})
    began = time.monotonic()
    flags = practices.by_elimination(system)
    seconds = time.monotonic() - began
    by_name = {name: flags[at].tolist() for name, at in system.layout.items()}
    figures = attacked(practices.with_hidden(tables, by_name), truth, rounding=False, method="suppression")
    yield from rows_of(
        case, "gaussian_elimination", {**figures, "withheld": float(flags.sum()), "protect_s": seconds}
    )
    shown = practices.round_nearest(tables)
    figures = attacked(shown, truth, rounding=True, method="rounding", base=5, nearest=True)
    yield from rows_of(case, "nearest_5_each_cell_alone", {**figures, **error_of(shown, tables)})
    shown = practices.round_by_hash(tables, SECRET)
    figures = attacked(shown, truth, rounding=True, method="rounding", base=5)
    yield from rows_of(case, "random_rounding_by_hash", {**figures, **error_of(shown, tables)})
    for epsilon in (1.0, 2.0):
        noisy = practices.with_noise(tables, epsilon, number)
        yield from rows_of(case, f"differential_privacy_{epsilon:g}", error_of(noisy, tables))
    protected, seconds = timed(precise, place, seed_of(number))
    shown = practices.two_symbols(tables, hidden_in(protected))
    symbols = {"[p]": (1, practices.THRESHOLD - 1), "[s]": (practices.THRESHOLD, None)}
    figures = attacked(shown, truth, rounding=False, method="suppression", symbols=symbols)
    yield from rows_of(case, "two_symbols", figures)
    yield from audited(
        case, "suppression_agencies_forgotten", place, precise, protected, seconds, agencies=True
    )
    protected, seconds = timed(precise, place, seed_of(number), contributors=place.contributors())
    yield from audited(case, "tessera_suppression", place, precise, protected, seconds, agencies=True)
    protected, seconds = timed(rounding, place, seed_of(number), contributors=place.contributors())
    yield from audited(case, "tessera_rounding", place, rounding, protected, seconds, agencies=True)


def year(number: int) -> Iterator[Row]:
    """Four quarters, and their sums to date: each period suppressed alone and attacked together; then all at
    once."""
    case = f"year_{number}"
    place = region(number, quarters=QUARTERS, as_dimension=True)
    groups = tuple(TO_DATE.items())
    whole = [
        replace(cube, hierarchies={"quarter": tuple((g, tuple(m)) for g, m in groups[:-1])})
        for cube in place.cubes("suppression")
    ]
    tables = full_tables(whole, place.counts())
    truth = truth_of(tables)
    alone: dict[str, list[bool]] = {name: [False] * len(frame) for name, frame in tables.items()}
    for period in (*QUARTERS, *TO_DATE):
        inside = TO_DATE.get(period, (period,))
        rows = place.incidents.filter(pl.col("quarter").is_in(list(inside))).with_columns(
            period=pl.lit("2026")
        )
        part = Region(incidents=rows, sets=tuple(s[1:] for s in place.sets))
        hidden = hidden_in(protect(part.cubes("suppression"), part.counts(), seed=seed_of(number)))
        name_of_period = "all" if inside == QUARTERS else period
        for name, flags in hidden.items():
            at = [
                i for i, q in enumerate(tables[f"quarter_{name}"]["quarter"].to_list()) if q == name_of_period
            ]
            for i, flag in zip(at, flags, strict=True):
                alone[f"quarter_{name}"][i] = flag
    shown = practices.with_hidden(tables, alone)
    hierarchies = {"quarter": {g: list(m) for g, m in groups[:-1]}}
    figures = attacked(shown, truth, rounding=False, method="suppression", hierarchies=hierarchies)
    yield from rows_of(case, "each_period_suppressed_alone", {**figures, "withheld": n_hidden(alone, tables)})
    protected, seconds = timed(whole, place, seed_of(number))
    shown = practices.with_hidden(tables, hidden_in(protected))
    figures = attacked(shown, truth, rounding=False, method="suppression", hierarchies=hierarchies)
    yield from rows_of(
        case,
        "tessera_suppression",
        {**figures, "withheld": len(protected.withheld), "protect_s": seconds, "cells": len(truth)},
    )


def large(name: str, sets: tuple[tuple[str, ...], ...], number: int, per_quarter: int) -> Iterator[Row]:
    """Many three-way tables: time and error of the protection (the audit of such cyclic cores is the
    auditor's own case)."""
    place = region(number, sets=sets, per_quarter=per_quarter)
    cubes = place.cubes("rounding")
    protected, seconds = timed(cubes, place, seed_of(number))
    stats = protected.stats[0]
    figures = {
        "cells": stats.cells, "mean_abs_error": stats.mean_abs_error,
        "error_of_fair_coins": _coins(cubes, place),
        "elastic": stats.elastic, "protect_s": seconds,
    }  # fmt: skip
    yield from rows_of(f"{name}_{number}", "tessera_rounding", figures)


def _coins(cubes: Sequence[Cube], place: Region) -> float:
    """Mean |error| on non-zero cells, each drawn alone without bias: 2 r (5 − r) / 5 for residual r."""
    x = np.concatenate([s.values for s in systems_of(cubes, place.counts())])
    r = x[x > 0] % practices.BASE
    return float((2 * r * (practices.BASE - r) / practices.BASE).mean())


def unbiased(number: int) -> Iterator[Row]:
    """The same region rounded with many seeds: mean error by residual, and a rule-aware guess of the small
    cells."""
    place = region(number, sets=SIX)
    cubes = place.cubes("rounding")
    (system,) = systems_of(cubes, place.counts())
    counts, x = place.counts(), system.values
    drawn = np.stack([
        [cells[k] or 0 for k in system.keys]
        for cells in (protect(cubes, counts, seed=seed_of(i)).cells for i in range(UNBIASED_SEEDS))
    ])  # fmt: skip
    mean = (drawn - x).mean(axis=0)
    by_residual = {r: float(mean[x % 5 == r].mean()) for r in range(1, 5)}
    figures = {
        "max_bias": max(abs(v) for v in by_residual.values()),
        "cells_within_0_6_pct": 100 * float((np.abs(mean[x % 5 > 0]) <= 0.6).mean()),
        "largest_error": float(np.abs(drawn - x).max()),
        "mean_abs_error": float(np.abs(drawn - x)[:, x > 0].mean()),
    }
    yield from rows_of(f"unbiased_{number}", "tessera_rounding", figures)


def guessing(quick: bool) -> Iterator[Row]:
    """The rule-aware reader's guesses, on tables whose small counts are evenly spread."""
    for shape in SHAPES:
        for method in METHODS:
            tables, training = (TABLES // 4, TRAINING // 4) if quick else (TABLES, TRAINING)
            case = f"guesses_{'x'.join(map(str, shape))}"
            yield from rows_of(case, method, guesses(method, shape, tables, training))


def run(regions: int, cases: Sequence[str], *, quick: bool = False) -> Iterator[Row]:
    """Every row, as soon as it is known."""
    for number in range(1, regions + 1):
        if "six_two_way" in cases:
            yield from six_two_way(number)
        if "cycle" in cases:
            yield from cycle(number)
        if "year" in cases:
            yield from year(number)
        if "optimum" in cases:
            yield from optimum(number)
    if "guesses" in cases:
        yield from guessing(quick)
    if "unbiased" in cases:
        yield from unbiased(1)
    if "series" in cases:
        for thin, per_quarter in (("", 600), ("_200_a_quarter", 200)):
            groups = dict(tuple(TO_DATE.items())[:-1])
            yield from series(f"one_year{thin}", QUARTERS, groups, 1, per_quarter)
            if not quick:
                yield from series(f"three_years{thin}", *three_years(), 1, per_quarter)
    if "large" in cases:
        yield from large("three_way_9", THREE_WAY[:9], 1, 600)
        yield from large("three_way_14", THREE_WAY[:14], 1, 600)
        yield from large("three_way_28", THREE_WAY, 1, 1500)
        yield from large("four_way", FOUR_WAY, 1, 30_000)


CASES = ("six_two_way", "cycle", "year", "optimum", "guesses", "unbiased", "series", "large")
QUICK = ("six_two_way", "year", "optimum", "guesses", "series")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.disclosure", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--regions", type=int, help="synthetic regions per case (3; quick: 1)")
    parser.add_argument("--cases", help=f"some of {','.join(CASES)}")
    parser.add_argument("--quick", action="store_true", help=f"under a minute: {','.join(QUICK)}")
    parser.add_argument("--json", action="store_true", help="print one JSON array of rows")
    given = parser.parse_args(arguments)
    cases = given.cases.split(",") if given.cases else list(QUICK if given.quick else CASES)
    regions = given.regions if given.regions is not None else 1 if given.quick else 3
    unknown = sorted(set(cases) - set(CASES))
    if unknown or regions < 1:
        parser.error(
            f"unknown cases {unknown}; there are {list(CASES)}, and there must be one region or more"
        )
    rows = []
    for row in run(regions, cases, quick=given.quick):
        rows.append(row)
        if not given.json:
            print(f"{row.case:18} {row.method:40} {row.metric:22} {row.value:>10g}", flush=True)
    if given.json:
        json.dump([row.__dict__ for row in rows], sys.stdout, indent=1)
        print()


if __name__ == "__main__":
    main()
