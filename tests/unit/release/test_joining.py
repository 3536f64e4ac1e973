"""A table that is told for the first time beside figures that stay: which it is, and that it fits them."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from anonymisation.disclosure import Cube, DisclosureError, Rules, protect
from pipelines.release.files import systems_json
from pipelines.release.past import Past, past_of
from schemas.quarters import Quarter

AREAS, ENDS = ("north", "south"), ("charged", "closed", "open")
BY_AREA = Cube(name="by_area", unit="crime", dimensions=("area",), categories={"area": AREAS})
BY_END = Cube(name="by_end", unit="crime", dimensions=("end",), categories={"end": ENDS})


def table(name: str) -> Any:
    return SimpleNamespace(name=name, unit="crime")


def past(*told: str, restated: str | None = None, held: bool = False) -> Past:
    rows = pl.DataFrame({"period": list(told), "value": [50] * len(told), "marker": [""] * len(told)})
    return Past(cells={}, systems=frozenset(f"crime|{p}" for p in told), rows={"by_area": rows},
                elastic=frozenset(), held=frozenset({"crime"} if held else ()), restated=restated)


def test_is_joining_when_the_figures_stay_and_the_table_was_never_told_then_yes() -> None:
    known = past("2025-Q3")
    assert known.is_joining(table("by_end"), "2025-Q3")
    assert not known.is_joining(table("by_area"), "2025-Q3")
    assert not known.is_joining(table("by_end"), "2025-Q4")


def test_is_joining_when_the_quarter_is_told_anew_then_only_where_its_figures_are_held() -> None:
    assert not past("2025-Q3", restated="2025-Q3").is_joining(table("by_end"), "2025-Q3")
    assert past("2025-Q3", restated="2025-Q3", held=True).is_joining(table("by_end"), "2025-Q3")


def test_protect_when_a_table_joins_then_its_total_is_the_published_one() -> None:
    published = {"crime|2025-Q3|": 50}
    counts = pl.DataFrame({"period": ["2025-Q3"] * 3, "end": ENDS, "n": [13, 34, 6]})
    joined = protect([BY_END], {"by_end": counts}, ledger=published, seed=bytes(32), rules=Rules())
    values = dict(joined.tables["by_end"].select("end", "value").iter_rows())
    assert values["all"] == 50
    assert values["charged"] + values["closed"] + values["open"] == 50
    assert all(abs(values[end] - n) < 5 for end, n in zip(ENDS, (13, 34, 6), strict=True))


def test_carried_when_the_table_has_another_dimension_by_now_then_it_is_refused() -> None:
    told = SimpleNamespace(name="by_area", unit="crime", dimensions=("area",))
    with pytest.raises(DisclosureError, match=r"\[by_area\] was published with other dimensions"):
        past("2025-Q3").carried(told)  # type: ignore[arg-type]


def test_carried_when_a_code_list_has_grown_by_now_then_it_is_refused_with_what_to_do() -> None:
    rows = pl.DataFrame({"period": ["2025-Q3"] * 3, "area": ["north", "south", "all"], "value": [20, 30, 50]})
    known = replace(past("2025-Q3"), rows={"by_area": rows})
    same: Any = SimpleNamespace(
        name="by_area", unit="crime", dimensions=("area",), categories={"area": AREAS})
    kept = known.carried(same)
    assert kept is not None and kept.height == 3
    grown: Any = SimpleNamespace(**vars(same) | {"categories": {"area": (*AREAS, "east")}})
    with pytest.raises(DisclosureError) as refused:
        known.carried(grown)
    assert str(refused.value) == (
        "table [by_area] was published with other categories of [area]. Give the dimension with the new "
        "ones, and the table, names of their own: what was published stays as it is.")


def test_past_when_the_latest_release_told_a_quarter_as_final_then_it_stays_final_in_the_next() -> None:
    told = {"systems.json": b'{"cubes": [], "vintages": {"2025-Q1": "final", "2025-Q2": "final"}}'}
    known = past_of({"2026-Q2.1": told}, [], Quarter.parse("2026-Q3"))
    assert known.finals == {"2025-Q1", "2025-Q2"}
    assert past_of({"2026-Q2.1": told}, [], Quarter.parse("2026-Q2")).restated is None  # told before
    declared = systems_json([], {}, threshold=5, base=5, finals=known.finals | {"2025-Q3"}).decode()
    assert json.loads(declared)["vintages"] == dict.fromkeys(("2025-Q1", "2025-Q2", "2025-Q3"), "final")
