"""Releases written by hand for the auditor's tests: the bytes that a publisher would write, from plain
arrays of figures."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

Figures = npt.NDArray[Any]
HIDDEN = "[c]"


def cube(
    name: str, categories: Mapping[str, Sequence[str]], *, unit: str = "u", **more: Any
) -> dict[str, Any]:
    """An entry of systems.json."""
    entry = {"name": name, "unit": unit, "period_kind": "quarter", "dimensions": list(categories),
             "categories": {d: list(c) for d, c in categories.items()}, "method": "rounding",
             "structural_zeros": [], "class": "default"}  # fmt: skip
    return entry | more


def cells(array: Figures, categories: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], int]:
    """Every cell of a table with every margin."""
    names = list(categories.values())
    found: dict[tuple[str, ...], int] = {}
    for spot in itertools.product(*(range(len(c) + 1) for c in names)):
        pick = tuple(slice(None) if i == len(c) else i for i, c in zip(spot, names, strict=True))
        label = tuple("all" if i == len(c) else c[i] for i, c in zip(spot, names, strict=True))
        found[label] = int(np.sum(array[pick]))
    return found


def table_bytes(
    entry: Mapping[str, Any], periods: Mapping[str, Mapping[tuple[str, ...], int | str]]
) -> bytes:
    """A cube's CSV; a text in place of a figure is a marker."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["period", *entry["dimensions"], "value", "marker"])
    for period, figures in periods.items():
        for label, figure in figures.items():
            if isinstance(figure, str):
                writer.writerow([period, *label, "", figure])
            elif figure == 0 and entry["method"] == "rounding":
                writer.writerow([period, *label, 0, "0 to 4"])
            else:
                writer.writerow([period, *label, figure, ""])
    return out.getvalue().encode()


def release(
    cubes: Sequence[tuple[Mapping[str, Any], Mapping[str, Mapping[tuple[str, ...], int | str]]]], **more: Any
) -> dict[str, bytes]:
    """The files of a release: (entry, period → cell → figure) for each cube."""
    files = {f"cubes/{entry['name']}.csv": table_bytes(entry, periods) for entry, periods in cubes}
    spec = {
        "format": 1,
        "rules": {"threshold": 5, "base": 5},
        "cubes": [e for e, _ in cubes],
        "ties": [],
        "known": [],
    }
    files["systems.json"] = json.dumps(spec | more).encode()
    return files


def true_counts(
    unit: str, period: str, tables: Sequence[tuple[Figures, Mapping[str, Sequence[str]]]]
) -> dict[str, int]:
    """Canonical key → true count of every cell of several tables."""
    found: dict[str, int] = {}
    for array, categories in tables:
        for label, n in cells(array, categories).items():
            pairs = sorted(f"{d}={c}" for d, c in zip(categories, label, strict=True) if c != "all")
            found[f"{unit}|{period}|{';'.join(pairs)}"] = n
    return found


@pytest.fixture
def written() -> SimpleNamespace:
    """The functions of this file; tests stand in no package and import nothing from each other."""
    return SimpleNamespace(cube=cube, cells=cells, release=release, true_counts=true_counts, hidden=HIDDEN)
