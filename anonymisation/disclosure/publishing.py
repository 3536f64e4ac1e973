"""Publishing: protected tables as the bytes of a release folder.

Here: systems.json and cubes/<name>.csv, the forms that readers and the auditor are given. Not here: writing
them (pipelines/release), the ledger's lines (ledger.py), what the tables hold (protection.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from anonymisation.disclosure.cubes import Cube
from anonymisation.disclosure.protection import Protected
from anonymisation.disclosure.rules import Rules

FORMAT = 1
SYSTEMS_FILE = "systems.json"


def cube_path(name: str) -> str:
    """Path of a cube inside its release folder."""
    return f"cubes/{name}.csv"


def release_files(
    cubes: Sequence[Cube],
    protected: Protected,
    *,
    rules: Rules,
    ties: Sequence[Mapping[str, Any]] = (),
    known: Sequence[Mapping[str, Any]] = (),
    vintages: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """systems.json and one CSV per cube; the same tables give the same bytes. `ties` and `known`: as in
    systems.json."""
    described = {
        "format": FORMAT,
        "rules": {"threshold": rules.threshold, "base": rules.base},
        "cubes": [_described(cube, is_elastic=cube.name in protected.elastic_cubes) for cube in cubes],
        "ties": list(ties),
        "known": list(known),
    }
    if vintages:
        described["vintages"] = dict(vintages)
    files = {SYSTEMS_FILE: (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()}
    for cube in cubes:
        files[cube_path(cube.name)] = protected.tables[cube.name].write_csv(quote_style="necessary").encode()
    return files


def _described(cube: Cube, *, is_elastic: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": cube.name,
        "unit": cube.unit,
        "period_kind": cube.period_kind,
        "dimensions": list(cube.dimensions),
        "categories": {d: list(cube.categories[d]) for d in cube.dimensions},
        "method": cube.method,
        "sensitive": sorted(cube.sensitive),
        "structural_zeros": [dict(zero) for zero in cube.structural_zeros],
        "class": "elastic" if is_elastic else "default",
    }
    if cube.hierarchies:
        entry["hierarchies"] = {d: {g: list(m) for g, m in groups} for d, groups in cube.hierarchies.items()}
    return entry
