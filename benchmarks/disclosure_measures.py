"""What the disclosure benchmark measures: a practice attacked, a release of ours audited, what is hidden.

Here: the figures of one practice on one region. Not here: which practices and regions (disclosure.py,
disclosure_series.py).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from anonymisation.audit import Settings, attack_tables, audit
from anonymisation.disclosure import Cube, Protected, Rules, protect, systems_of
from anonymisation.disclosure.publishing import release_files
from benchmarks import disclosure_practices as practices
from benchmarks.disclosure_regions import Region

SECONDS = 120.0
"""Longest search of the auditor in one system."""

SECRET = b"benchmark seed, never a release's"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure."""

    case: str
    method: str
    metric: str
    value: float


def rows_of(case: str, method: str, figures: Mapping[str, float]) -> list[Row]:
    return [
        Row(case=case, method=method, metric=metric, value=round(float(v), 4))
        for metric, v in figures.items()
    ]


Coordinates = frozenset[tuple[str, str]]


def truth_of(tables: Mapping[str, pl.DataFrame]) -> dict[Coordinates, int]:
    found: dict[Coordinates, int] = {}
    for frame in tables.values():
        dims = [c for c in frame.columns if c != "n"]
        for *cell, n in frame.select(*dims, "n").rows():
            found[frozenset((d, w) for d, w in zip(dims, cell, strict=True) if w != "all")] = n
    return found


def attacked(
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


def error_of(shown: practices.Tables, tables: Mapping[str, pl.DataFrame]) -> dict[str, float]:
    true = np.concatenate([tables[name]["n"].to_numpy() for name in shown])
    given = np.concatenate([shown[name]["n"].cast(pl.Int64).to_numpy() for name in shown])
    held = true > 0
    off = np.abs(given - true)[held]
    return {"mean_abs_error": float(off.mean()), "over_30_pct": float((off > 0.3 * true[held]).mean())}


def hidden_in(protected: Protected) -> dict[str, list[bool]]:
    return {name: (frame["marker"] == practices.HIDDEN).to_list() for name, frame in protected.tables.items()}


def n_hidden(hidden: Mapping[str, list[bool]], tables: Mapping[str, pl.DataFrame]) -> float:
    cells = set()
    for name, frame in tables.items():
        dims = [c for c in frame.columns if c != "n"]
        for row, is_hidden in zip(frame.select(dims).rows(), hidden[name], strict=True):
            if is_hidden:
                cells.add(frozenset((d, w) for d, w in zip(dims, row, strict=True) if w != "all"))
    return float(len(cells))


def seed_of(number: int) -> bytes:
    return SECRET + number.to_bytes(4, "big")


def audited(
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
    rows = rows_of(case, method, figures)
    for attacker in result.attackers:
        if attacker.name == "contributing agency" and attacker.ran:
            rows += rows_of(
                case, f"{method}_contributor", {"targets": attacker.targets, "opened": attacker.opened}
            )
    return rows


def timed(cubes: Sequence[Cube], place: Region, seed: bytes, **options: Any) -> tuple[Protected, float]:
    began = time.monotonic()
    protected = protect(cubes, place.counts(), seed=seed, **options)
    return protected, time.monotonic() - began
