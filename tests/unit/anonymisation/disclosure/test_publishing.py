"""The bytes of a release: systems.json and the cubes."""

from __future__ import annotations

import json

import polars as pl

from anonymisation.disclosure import Cube, Rules, protect
from anonymisation.disclosure.publishing import release_files

SEED = bytes(range(16))
CUBE = Cube(
    name="incidents_by_sex", unit="incident", dimensions=("sex",), categories={"sex": ("f", "m")},
    structural_zeros=({"sex": "m"},),
)  # fmt: skip
COUNTS = {"incidents_by_sex": pl.DataFrame({"period": ["2026-Q3"], "sex": ["f"], "n": [15]})}


def test_release_files_when_written_then_as_the_contract_says() -> None:
    files = release_files(
        [CUBE], protect([CUBE], COUNTS, seed=SEED), rules=Rules(), vintages={"2026-Q3": "provisional"}
    )
    assert files["cubes/incidents_by_sex.csv"] == (
        b'period,sex,value,marker\n2026-Q3,f,15,""\n2026-Q3,m,0,""\n2026-Q3,all,15,""\n'
    )
    assert json.loads(files["systems.json"]) == {
        "format": 1,
        "rules": {"threshold": 5, "base": 5},
        "cubes": [
            {
                "name": "incidents_by_sex",
                "unit": "incident",
                "period_kind": "quarter",
                "dimensions": ["sex"],
                "categories": {"sex": ["f", "m"]},
                "method": "rounding",
                "sensitive": [],
                "structural_zeros": [{"sex": "m"}],
                "class": "default",
            }
        ],
        "ties": [],
        "known": [],
        "vintages": {"2026-Q3": "provisional"},
    }


def test_release_files_when_made_twice_from_the_same_tables_then_the_same_bytes() -> None:
    protected = protect([CUBE], COUNTS, seed=SEED)
    assert release_files([CUBE], protected, rules=Rules()) == release_files([CUBE], protected, rules=Rules())
