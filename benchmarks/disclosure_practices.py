"""Naive practices: what partnerships and tools do with small counts, so that the auditor can show what each
gives away.

Here: one function per practice, from true tables with margins to what a reader would see (text and marker).
Not here: our own methods (anonymisation/disclosure), the attack (anonymisation/audit), the run
(disclosure.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from anonymisation.disclosure import System

Tables = dict[str, pl.DataFrame]
"""Cube → its dimensions, `n` as text ('' when hidden), `marker`."""

THRESHOLD, BASE = 5, 5
HIDDEN = "[c]"


def _shown(tables: Mapping[str, pl.DataFrame], show: Callable[[int], tuple[str, str]]) -> Tables:
    shown = {}
    for name, frame in tables.items():
        pairs = [show(n) for n in frame["n"].to_list()]
        shown[name] = frame.with_columns(
            n=pl.Series([p[0] for p in pairs]), marker=pl.Series([p[1] for p in pairs])
        )
    return shown


def hide_small(tables: Mapping[str, pl.DataFrame]) -> Tables:
    """Hide 1 to 4, publish every total."""
    return _shown(tables, lambda n: ("", HIDDEN) if 0 < n < THRESHOLD else (str(n), ""))


def round_nearest(tables: Mapping[str, pl.DataFrame]) -> Tables:
    """Each cell alone to the nearest 5."""
    return _shown(tables, lambda n: (str(BASE * round(n / BASE)), ""))


def round_by_hash(tables: Mapping[str, pl.DataFrame], secret: bytes) -> Tables:
    """Each cell alone, up or down by a keyed hash of its name: unbiased, the same cell always the same."""

    def rounded(cell: str, n: int) -> str:
        digest = hashlib.sha256(secret + cell.encode()).digest()
        chance = int.from_bytes(digest[:7], "big") / 2**56
        return str(n // BASE * BASE + (BASE if chance * BASE < n % BASE else 0))

    shown = {}
    for name, frame in tables.items():
        dims = [c for c in frame.columns if c != "n"]
        cells = [
            ";".join(f"{d}={v}" for d, v in zip(dims, row, strict=True) if v != "all")
            for row in frame.select(dims).rows()
        ]
        values = [rounded(cell, n) for cell, n in zip(cells, frame["n"].to_list(), strict=True)]
        shown[name] = frame.with_columns(n=pl.Series(values), marker=pl.lit(""))
    return shown


def two_symbols(tables: Mapping[str, pl.DataFrame], hidden: Mapping[str, list[bool]]) -> Tables:
    """A joint suppression published with one symbol for small counts and another for the rest."""
    shown = {}
    for name, frame in tables.items():
        values, markers = [], []
        for n, is_hidden in zip(frame["n"].to_list(), hidden[name], strict=True):
            values.append("" if is_hidden else str(n))
            markers.append(("[p]" if 0 < n < THRESHOLD else "[s]") if is_hidden else "")
        shown[name] = frame.with_columns(n=pl.Series(values), marker=pl.Series(markers))
    return shown


def by_elimination(system: System) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which cells are hidden when secondary cells are chosen by Gaussian elimination: the largest cells are
    published one by one, unless a small cell would then be a linear combination of published ones (so it is
    never exact, and may be known to within 1). After Langsrud, Ø. (2024), the method of the R package
    GaussSuppression; our own code."""
    x, n = system.values, len(system.values)
    primary = (x > 0) & (x < THRESHOLD)
    order = np.argsort(np.where(primary, -1, x), kind="stable")[::-1]
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    reduced: dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}

    def insert(row: np.ndarray[tuple[int], np.dtype[np.float64]], *, try_only: bool) -> bool:
        """Reduce a row by those held; whether it would determine a small cell. Kept unless so."""
        row = row.copy()
        for pivot, held in reduced.items():
            if abs(row[pivot]) > 1e-9:
                row -= row[pivot] * held
        columns = np.flatnonzero(np.abs(row) > 1e-9)
        if len(columns) == 0:
            return False
        # published cells come first: a pivot among small cells means that only small cells are left in the
        # row
        best = int(columns[np.argmin(place[columns])])
        row /= row[best]
        touched = {p: held - held[best] * row for p, held in reduced.items() if abs(held[best]) > 1e-9}
        alone = [
            p for p, held in [(best, row), *touched.items()]
            if primary[p] and np.count_nonzero(np.abs(held) > 1e-9) == 1
        ]  # fmt: skip
        if alone and try_only:
            return True
        reduced.update(touched)
        reduced[best] = row
        return bool(alone)

    for relation in system.relations:
        row = np.zeros(n)
        row[list(relation.children)] = 1.0
        row[relation.parent] -= 1.0
        insert(row, try_only=False)
    hidden = primary.copy()
    for cell in order.tolist():
        if primary[cell]:
            continue
        row = np.zeros(n)
        row[cell] = 1.0
        hidden[cell] = insert(row, try_only=True)
    return hidden


def with_hidden(tables: Mapping[str, pl.DataFrame], hidden: Mapping[str, list[bool]]) -> Tables:
    """True counts, hidden cells under one symbol."""
    shown = {}
    for name, frame in tables.items():
        flags = hidden[name]
        values = ["" if h else str(n) for n, h in zip(frame["n"].to_list(), flags, strict=True)]
        shown[name] = frame.with_columns(
            n=pl.Series(values), marker=pl.Series([HIDDEN if h else "" for h in flags])
        )
    return shown


def with_noise(tables: Mapping[str, pl.DataFrame], epsilon: float, seed: int) -> Tables:
    """Differential privacy: two-sided geometric noise in each cell of each table, the budget shared by the
    tables."""
    rng = np.random.default_rng(seed)
    stay = 1.0 - np.exp(-epsilon / len(tables))
    shown = {}
    for name, frame in tables.items():
        noise = rng.geometric(stay, len(frame)) - rng.geometric(stay, len(frame))
        values = np.maximum(frame["n"].to_numpy() + noise, 0)
        shown[name] = frame.with_columns(n=pl.Series([str(v) for v in values.tolist()]), marker=pl.lit(""))
    return shown
