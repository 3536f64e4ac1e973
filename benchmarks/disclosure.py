"""The disclosure benchmark: naive practices and our methods on the same synthetic regions, attacked in the
same run.

    python -m benchmarks.disclosure [--regions 3] [--cases six_two_way,…] [--json]

Rows of {case, method, metric, value}. Methods that begin with `tessera` are ours. Metrics: targets
small true counts (below the threshold), or contributor's targets opened          of them, those that a reader
comes too near (suppression: the interval misses a − 1, the threshold or its width; rounding: narrower than 4;
contributor: others' count within 1) exact           of them, those that a reader knows exactly mean_abs_error
over non-zero cells; withheld: cells not published; protect_s, audit_s: seconds max_bias        largest mean
error of a residual over seeds; over_30_pct: share of non-zero cells off by more than 30 % Here: the run. Not
here: regions (disclosure_regions.py), practices (disclosure_practices.py).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from anonymisation.audit import Settings, attack_tables, audit
from anonymisation.disclosure import Cube, Protected, Rules, protect, systems_of
from anonymisation.disclosure.publishing import release_files
from benchmarks import disclosure_practices as practices
from benchmarks.disclosure_regions import CYCLE, SIX, THREE_WAY, Region, full_tables, region

SECONDS = 120.0
"""Longest search of the auditor in one system."""

UNBIASED_SEEDS = 200
SECRET = b"benchmark seed, never a release's"

QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
TO_DATE = {f"to-{q}": QUARTERS[: i + 1] for i, q in enumerate(QUARTERS) if i}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure."""

    case: str
    method: str
    metric: str
    value: float


def _rows(case: str, method: str, figures: Mapping[str, float]) -> list[Row]:
    return [
        Row(case=case, method=method, metric=metric, value=round(float(v), 4))
        for metric, v in figures.items()
    ]


Coordinates = frozenset[tuple[str, str]]


def _truth(tables: Mapping[str, pl.DataFrame]) -> dict[Coordinates, int]:
    found: dict[Coordinates, int] = {}
    for frame in tables.values():
        dims = [c for c in frame.columns if c != "n"]
        for *cell, n in frame.select(*dims, "n").rows():
            found[frozenset((d, w) for d, w in zip(dims, cell, strict=True) if w != "all")] = n
    return found


def _attacked(
    shown: practices.Tables, truth: Mapping[Coordinates, int], *, rounding: bool, **options: Any
) -> dict[str, float]:
    """What the public makes of a practice's tables, measured on the truly small cells."""
    frames = {name: frame.cast(pl.String) for name, frame in shown.items()}
    began = time.monotonic()
    result = attack_tables(frames, count="n", marker="marker", seconds=SECONDS, **options)
    seconds = time.monotonic() - began
    dims = sorted({c for f in shown.values() for c in f.columns if c not in ("n", "marker")})
    intervals: dict[Coordinates, tuple[int, float]] = {}
    for *cell, lo, up in result.frame.select(*dims, "lo", "up").rows():
        key = frozenset((d, w) for d, w in zip(dims, cell, strict=True) if w != "all")
        intervals[key] = (lo, np.inf if up is None else up)
    small = {cell: n for cell, n in truth.items() if 0 < n < practices.THRESHOLD}
    opened = exact = within_1 = 0
    for small_cell, n in small.items():
        lo, up = intervals.get(small_cell, (n, n))
        exact += lo == up
        within_1 += up - lo <= 1
        if rounding:
            opened += up - lo < practices.BASE - 1
        else:
            opened += (
                lo > max(0, n - 1) or up < max(practices.THRESHOLD, n + 1) or up - lo < practices.THRESHOLD
            )
    return {"targets": len(small), "opened": opened, "exact": exact, "within_1": within_1, "audit_s": seconds}


def _error(shown: practices.Tables, tables: Mapping[str, pl.DataFrame]) -> dict[str, float]:
    true = np.concatenate([tables[name]["n"].to_numpy() for name in shown])
    given = np.concatenate([shown[name]["n"].cast(pl.Int64).to_numpy() for name in shown])
    held = true > 0
    off = np.abs(given - true)[held]
    return {"mean_abs_error": float(off.mean()), "over_30_pct": float((off > 0.3 * true[held]).mean())}


def _hidden(protected: Protected) -> dict[str, list[bool]]:
    return {name: (frame["marker"] == practices.HIDDEN).to_list() for name, frame in protected.tables.items()}


def _n_hidden(hidden: Mapping[str, list[bool]], tables: Mapping[str, pl.DataFrame]) -> float:
    cells = set()
    for name, frame in tables.items():
        dims = [c for c in frame.columns if c != "n"]
        for row, is_hidden in zip(frame.select(dims).rows(), hidden[name], strict=True):
            if is_hidden:
                cells.add(frozenset((d, w) for d, w in zip(dims, row, strict=True) if w != "all"))
    return float(len(cells))


def _seed(number: int) -> bytes:
    return SECRET + number.to_bytes(4, "big")


def _release(
    case: str,
    method: str,
    place: Region,
    cubes: Sequence[Cube],
    protected: Protected,
    seconds: float,
    *,
    agencies: bool,
) -> list[Row]:
    """Our method, audited as the release step does."""
    systems = systems_of(cubes, place.counts())
    truth = {k: int(n) for s in systems for k, n in zip(s.keys, s.values, strict=True)}
    result = audit(
        release_files(cubes, protected, rules=Rules()),
        truth=truth,
        contributors=place.contributors() if agencies else None,
        settings=Settings(seconds=SECONDS),
    )
    public = next(a for a in result.attackers if a.name == "public")
    figures = {
        "targets": public.targets,
        "opened": public.opened,
        "withheld": len(protected.withheld),
        "mean_abs_error": max(s.mean_abs_error for s in protected.stats),
        "elastic": len(protected.elastic),
        "cells": len(truth),
        "passed": float(result.passed),
        "protect_s": seconds,
        "audit_s": result.seconds,
    }
    rows = _rows(case, method, figures)
    for attacker in result.attackers:
        if attacker.name == "contributing agency" and attacker.ran:
            rows += _rows(
                case, f"{method}_contributor", {"targets": attacker.targets, "opened": attacker.opened}
            )
    return rows


def _timed(cubes: Sequence[Cube], place: Region, seed: bytes, **options: Any) -> tuple[Protected, float]:
    began = time.monotonic()
    protected = protect(cubes, place.counts(), seed=seed, **options)
    return protected, time.monotonic() - began


def six_two_way(number: int) -> Iterator[Row]:
    """One quarter, six two-way tables: every practice of the documentation's table."""
    yield from _one_quarter(f"six_two_way_{number}", region(number, sets=SIX), number)


def cycle(number: int) -> Iterator[Row]:
    """One quarter, six two-way tables in a cycle."""
    yield from _one_quarter(f"cycle_{number}", region(number, sets=CYCLE), number)


def _one_quarter(case: str, place: Region, number: int) -> Iterator[Row]:
    exact, rounding = place.cubes("suppression"), place.cubes("rounding")
    tables = full_tables(exact, place.counts())
    truth = _truth(tables)
    (system,) = systems_of(exact, place.counts())
    shown = practices.hide_small(tables)
    yield from _rows(
        case, "hide_small_publish_totals", _attacked(shown, truth, rounding=False, method="suppression")
    )
    alone: dict[str, list[bool]] = {}
    for cube in exact:
        alone |= _hidden(protect([cube], {cube.name: place.counts()[cube.name]}, seed=_seed(number)))
    shown = practices.with_hidden(tables, alone)
    figures = _attacked(shown, truth, rounding=False, method="suppression")
    yield from _rows(case, "each_table_suppressed_alone", {**figures, "withheld": _n_hidden(alone, tables)})
    began = time.monotonic()
    flags = practices.by_elimination(system)
    seconds = time.monotonic() - began
    by_name = {name: flags[at].tolist() for name, at in system.layout.items()}
    figures = _attacked(practices.with_hidden(tables, by_name), truth, rounding=False, method="suppression")
    yield from _rows(
        case, "gaussian_elimination", {**figures, "withheld": float(flags.sum()), "protect_s": seconds}
    )
    shown = practices.round_nearest(tables)
    figures = _attacked(shown, truth, rounding=True, method="rounding", base=5, nearest=True)
    yield from _rows(case, "nearest_5_each_cell_alone", {**figures, **_error(shown, tables)})
    shown = practices.round_by_hash(tables, SECRET)
    figures = _attacked(shown, truth, rounding=True, method="rounding", base=5)
    yield from _rows(case, "random_rounding_by_hash", {**figures, **_error(shown, tables)})
    for epsilon in (1.0, 2.0):
        noisy = practices.with_noise(tables, epsilon, number)
        yield from _rows(case, f"differential_privacy_{epsilon:g}", _error(noisy, tables))
    protected, seconds = _timed(exact, place, _seed(number))
    shown = practices.two_symbols(tables, _hidden(protected))
    symbols = {"[p]": (1, practices.THRESHOLD - 1), "[s]": (practices.THRESHOLD, None)}
    figures = _attacked(shown, truth, rounding=False, method="suppression", symbols=symbols)
    yield from _rows(case, "two_symbols", figures)
    yield from _release(
        case, "suppression_agencies_forgotten", place, exact, protected, seconds, agencies=True
    )
    protected, seconds = _timed(exact, place, _seed(number), contributors=place.contributors())
    yield from _release(case, "tessera_suppression", place, exact, protected, seconds, agencies=True)
    protected, seconds = _timed(rounding, place, _seed(number), contributors=place.contributors())
    yield from _release(case, "tessera_rounding", place, rounding, protected, seconds, agencies=True)


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
    truth = _truth(tables)
    alone: dict[str, list[bool]] = {name: [False] * len(frame) for name, frame in tables.items()}
    for period in (*QUARTERS, *TO_DATE):
        inside = TO_DATE.get(period, (period,))
        rows = place.incidents.filter(pl.col("quarter").is_in(list(inside))).with_columns(
            period=pl.lit("2026")
        )
        part = Region(incidents=rows, sets=tuple(s[1:] for s in place.sets))
        hidden = _hidden(protect(part.cubes("suppression"), part.counts(), seed=_seed(number)))
        name_of_period = "all" if inside == QUARTERS else period
        for name, flags in hidden.items():
            at = [
                i for i, q in enumerate(tables[f"quarter_{name}"]["quarter"].to_list()) if q == name_of_period
            ]
            for i, flag in zip(at, flags, strict=True):
                alone[f"quarter_{name}"][i] = flag
    shown = practices.with_hidden(tables, alone)
    hierarchies = {"quarter": {g: list(m) for g, m in groups[:-1]}}
    figures = _attacked(shown, truth, rounding=False, method="suppression", hierarchies=hierarchies)
    yield from _rows(case, "each_period_suppressed_alone", {**figures, "withheld": _n_hidden(alone, tables)})
    protected, seconds = _timed(whole, place, _seed(number))
    shown = practices.with_hidden(tables, _hidden(protected))
    figures = _attacked(shown, truth, rounding=False, method="suppression", hierarchies=hierarchies)
    yield from _rows(
        case,
        "tessera_suppression",
        {**figures, "withheld": len(protected.withheld), "protect_s": seconds, "cells": len(truth)},
    )


def large(name: str, sets: tuple[tuple[str, ...], ...], number: int, per_quarter: int) -> Iterator[Row]:
    """Many three-way tables: time and error of the protection (the audit of such cyclic cores is the
    auditor's own case)."""
    place = region(number, sets=sets, per_quarter=per_quarter)
    cubes = place.cubes("rounding")
    protected, seconds = _timed(cubes, place, _seed(number))
    stats = protected.stats[0]
    figures = {
        "cells": stats.cells, "mean_abs_error": stats.mean_abs_error,
        "elastic": stats.elastic, "protect_s": seconds,
    }  # fmt: skip
    yield from _rows(f"{name}_{number}", "tessera_rounding", figures)


def unbiased(number: int) -> Iterator[Row]:
    """The same region rounded with many seeds: mean error by residual, and a rule-aware guess of the small
    cells."""
    place = region(number, sets=SIX)
    cubes = place.cubes("rounding")
    (system,) = systems_of(cubes, place.counts())
    counts, x = place.counts(), system.values
    drawn = np.stack([
        [cells[k] or 0 for k in system.keys]
        for cells in (protect(cubes, counts, seed=_seed(i)).cells for i in range(UNBIASED_SEEDS))
    ])  # fmt: skip
    mean = (drawn - x).mean(axis=0)
    by_residual = {r: float(mean[x % 5 == r].mean()) for r in range(1, 5)}
    figures = {
        "max_bias": max(abs(v) for v in by_residual.values()),
        "cells_within_0_6_pct": 100 * float((np.abs(mean[x % 5 > 0]) <= 0.6).mean()),
        "largest_error": float(np.abs(drawn - x).max()),
        "mean_abs_error": float(np.abs(drawn - x)[:, x > 0].mean()),
    }
    yield from _rows(
        f"unbiased_{number}", "tessera_rounding", {**figures, **_guesses(drawn, x, system.relations)}
    )


def _guesses(
    drawn: np.ndarray[Any, Any], x: np.ndarray[Any, Any], relations: Sequence[Any]
) -> dict[str, float]:
    """How often the best guess of a small positive count is right: from its rounded value alone, and from
    that with what the sums say besides (rounded margins, and how many siblings are rounded to more than 0:
    the fewer, the tighter the sum). Both guess the count that was most frequent with the same clues in other
    draws of the same region, so both know the rule, the code and the spread of true counts; the second knows
    what the method lets through."""
    small = np.flatnonzero((x > 0) & (x < 5))
    parents: dict[int, list[Any]] = {}
    for relation in relations:
        for child in relation.children:
            parents.setdefault(child, []).append(relation)
    half = len(drawn) // 2
    context = []
    for table in drawn:
        clues = []
        for cell in small.tolist():
            near = sorted(
                (
                    min(int(table[r.parent]), 20),
                    min(sum(int(table[c]) > 0 for c in r.children if c != cell), 4),
                )
                for r in parents.get(cell, ())
            )
            clues.append((int(table[cell]), tuple(near)))
        context.append(clues)

    def right(clue_of: Any) -> float:
        seen: dict[Any, np.ndarray[Any, Any]] = {}
        for clues in context[:half]:
            for cell, clue in zip(small.tolist(), clues, strict=True):
                seen.setdefault(clue_of(clue), np.zeros(5))[x[cell]] += 1
        hits = total = 0
        for clues in context[half:]:
            for cell, clue in zip(small.tolist(), clues, strict=True):
                frequency = seen.get(clue_of(clue))
                hits += frequency is not None and int(np.argmax(frequency)) == x[cell]
                total += 1
        return 100 * hits / total

    return {"guess_alone_pct": right(lambda clue: clue[0]), "guess_joint_pct": right(lambda clue: clue)}


def run(regions: int, cases: Sequence[str]) -> Iterator[Row]:
    """Every row, as soon as it is known."""
    for number in range(1, regions + 1):
        if "six_two_way" in cases:
            yield from six_two_way(number)
        if "cycle" in cases:
            yield from cycle(number)
        if "year" in cases:
            yield from year(number)
    if "unbiased" in cases:
        yield from unbiased(1)
    if "large" in cases:
        yield from large("three_way_14", THREE_WAY[:14], 1, 600)
        yield from large("three_way_24", THREE_WAY[:24], 1, 1500)


CASES = ("six_two_way", "cycle", "year", "unbiased", "large")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.disclosure", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--regions", type=int, default=3, help="synthetic regions per case")
    parser.add_argument("--cases", default=",".join(CASES), help=f"some of {','.join(CASES)}")
    parser.add_argument("--json", action="store_true", help="print one JSON array of rows")
    given = parser.parse_args(arguments)
    cases = [c for c in given.cases.split(",") if c]
    unknown = sorted(set(cases) - set(CASES))
    if unknown or given.regions < 1:
        parser.error(
            f"unknown cases {unknown}; there are {list(CASES)}, and there must be one region or more"
        )
    rows = []
    for row in run(given.regions, cases):
        rows.append(row)
        if not given.json:
            print(f"{row.case:18} {row.method:40} {row.metric:22} {row.value:>10g}", flush=True)
    if given.json:
        json.dump([row.__dict__ for row in rows], sys.stdout, indent=1)
        print()


if __name__ == "__main__":
    main()
