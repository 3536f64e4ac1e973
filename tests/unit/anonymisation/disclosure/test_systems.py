"""Systems: counts into cells, margins, sums, and the refusals on the way."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from anonymisation.disclosure import Cube, DisclosureError, System, Tie, cell_key, systems_of

WORDS = {"area": ("n", "s"), "age": ("young", "mid", "old"), "sex": ("f", "m")}


def cube(name: str, *dimensions: str, **changes: Any) -> Cube:
    categories = {d: WORDS[d] for d in dimensions}
    return Cube(
        **{"name": name, "unit": "incident", "dimensions": dimensions, "categories": categories, **changes}
    )


def frame(dimensions: list[str], rows: list[tuple[Any, ...]], period: str = "2026-Q3") -> pl.DataFrame:
    return pl.DataFrame([(period, *row) for row in rows], schema=["period", *dimensions, "n"], orient="row")


def values(system: System) -> dict[str, int]:
    return {key.split("|")[2]: int(n) for key, n in zip(system.keys, system.values, strict=True)}


def test_cell_key_when_margins_are_named_then_left_out_and_sorted() -> None:
    assert (
        cell_key("incident", "2026-Q3", {"sex": "f", "age": "all", "area": "n"})
        == "incident|2026-Q3|area=n;sex=f"
    )
    assert cell_key("incident", "2026-Q3", {}) == "incident|2026-Q3|"


def test_systems_of_when_leaves_are_given_then_margins_are_built() -> None:
    (system,) = systems_of(
        [cube("c", "area", "sex")], {"c": frame(["area", "sex"], [("n", "f", 3), ("s", "m", 4)])}
    )
    assert values(system) == {
        "area=n;sex=f": 3, "area=n;sex=m": 0, "area=n": 3, "area=s;sex=f": 0, "area=s;sex=m": 4, "area=s": 4,
        "sex=f": 3, "sex=m": 4, "": 7,
    }  # fmt: skip


def test_systems_of_when_cubes_share_a_margin_then_it_is_one_cell_and_every_sum_holds() -> None:
    counts = {
        "a": frame(["area", "sex"], [("n", "f", 3), ("s", "m", 4)]),
        "b": frame(["area", "age"], [("n", "old", 3), ("s", "mid", 4)]),
    }
    (system,) = systems_of([cube("a", "area", "sex"), cube("b", "area", "age")], counts)
    assert len(set(system.keys)) == len(system.keys) == 2 * 2 + 2 * 3 + 2 + 2 + 3 + 1
    for relation in system.relations:
        assert system.values[relation.parent] == system.values[list(relation.children)].sum()


def test_relations_when_any_cell_moves_alone_then_some_sum_breaks() -> None:
    """So the relations leave no cell out."""
    cubes = [cube("a", "area", "sex"), cube("b", "area", "age"), cube("c", "age", "sex")]
    counts = {c.name: frame(list(c.dimensions), [(*(WORDS[d][0] for d in c.dimensions), 6)]) for c in cubes}
    (system,) = systems_of(cubes, counts)
    touched = {i for r in system.relations for i in (r.parent, *r.children)}
    assert touched == set(range(len(system.keys)))


def test_relations_when_they_hold_then_every_margin_of_every_cube_adds_up() -> None:
    """Few relations imply all: their null space is that of all one-step sums."""
    cubes = [cube("a", "area", "sex", "age"), cube("b", "area", "age")]
    counts = {c.name: frame(list(c.dimensions), [(*(WORDS[d][0] for d in c.dimensions), 6)]) for c in cubes}
    (system,) = systems_of(cubes, counts)
    at = {cell: i for i, cell in enumerate(system.coordinates)}
    every = []
    for cell, i in at.items():
        for d, words in WORDS.items():
            if d not in dict(cell):
                row = np.zeros(len(at))
                row[i] = -1
                row[[at[tuple(sorted((*cell, (d, w))))] for w in words]] = 1
                every.append(row)
    few = np.zeros((len(system.relations), len(at)))
    for k, relation in enumerate(system.relations):
        few[k, relation.parent] = -1
        few[k, list(relation.children)] = 1
    rank = np.linalg.matrix_rank
    assert rank(few) == rank(np.array(every)) == rank(np.concatenate([few, every]))


def test_systems_of_when_there_are_groups_then_they_are_cells() -> None:
    c = cube("c", "age", hierarchies={"age": (("adult", ("mid", "old")),)})
    (system,) = systems_of([c], {"c": frame(["age"], [("young", 1), ("mid", 2), ("old", 4), ("adult", 6)])})
    assert values(system) == {"age=young": 1, "age=mid": 2, "age=old": 4, "age=adult": 6, "": 7}


def test_systems_of_when_a_count_is_null_then_it_is_not_available() -> None:
    (system,) = systems_of([cube("c", "area", "sex")], {"c": frame(["area", "sex"], [
        ("n", "f", None), ("n", "m", None), ("s", "f", 2), ("s", "m", 1)])})  # fmt: skip
    missing = {k.split("|")[2] for k, m in zip(system.keys, system.missing, strict=True) if m}
    assert missing == {"area=n;sex=f", "area=n;sex=m", "area=n"}
    assert values(system)[""] == 3


def test_systems_of_when_there_are_two_periods_then_two_systems() -> None:
    two = pl.concat([frame(["sex"], [("f", 3)]), frame(["sex"], [("f", 2)], period="2026-Q2")])
    assert [(s.unit, s.period) for s in systems_of([cube("c", "sex")], {"c": two})] == [
        ("incident", "2026-Q2"), ("incident", "2026-Q3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([("f", -1)], "cube [c]: [1] counts are negative."),
        (
            [("f", 1.5)],
            "cube [c]: [1] counts are not whole numbers. Counts of units are; weights or rates are not.",
        ),
        (
            [("f", float("nan"))],
            "cube [c]: [1] counts are not whole numbers. Counts of units are; weights or rates are not.",
        ),
        (
            [("x", 1)],
            "cube [c]: [1] rows hold a category of [sex] that the cube does not define. Add it to the cube, "
            "or map it "
            "before counting.",
        ),
        ([("f", 1), ("f", 2)], "cube [c]: a cell stands twice. Each (period, sex) must stand once."),
        ([(None, 1)], "cube [c]: column [sex] is empty in [1] rows."),
        (
            [("f", 1), ("all", 2)],
            "cube [c], period [2026-Q3]: [1] margins do not add up to their cells. Count the margins from "
            "the same "
            "records, or leave them out: they are built here.",
        ),
        ([("f", "2")], "cube [c]: the counts are [String], not whole numbers."),
    ],
)
def test_systems_of_when_counts_are_wrong_then_refused(rows: list[tuple[Any, ...]], text: str) -> None:
    with pytest.raises(DisclosureError, match=f"^{re.escape(text)}$"):
        systems_of([cube("c", "sex")], {"c": frame(["sex"], rows)})


def test_systems_of_when_shared_margins_differ_then_refused() -> None:
    counts = {"a": frame(["area", "sex"], [("n", "f", 3)]), "b": frame(["area", "age"], [("n", "old", 4)])}
    with pytest.raises(DisclosureError) as refusal:
        systems_of([cube("a", "area", "sex"), cube("b", "area", "age")], counts)
    assert str(refusal.value) == (
        "unit [incident], period [2026-Q3]: cubes [b] and [a] differ in [2] margins that they share, so they "
        "do not add "
        "up to the same units. Count both from the same records, with the same areas available."
    )


def test_systems_of_when_columns_are_wrong_then_refused() -> None:
    with pytest.raises(DisclosureError, match=re.escape("missing ['n'], not wanted ['count'].")):
        systems_of([cube("c", "sex")], {"c": frame(["sex"], [("f", 1)]).rename({"n": "count"})})


def test_systems_of_when_a_structural_zero_holds_somebody_then_refused() -> None:
    c = cube("c", "area", "sex", structural_zeros=({"area": "n", "sex": "m"},))
    with pytest.raises(
        DisclosureError, match=re.escape("[1] cells declared structural zeros hold somebody.")
    ):
        systems_of([c], {"c": frame(["area", "sex"], [("n", "m", 1)])})


def test_system_when_shown_then_holds_no_count() -> None:
    (system,) = systems_of([cube("c", "sex")], {"c": frame(["sex"], [("f", 7654321)])})
    assert repr(system) == "System(unit='incident', period='2026-Q3', cells=3)"


def test_tie_parse_when_a_side_lacks_its_period_then_refused() -> None:
    with pytest.raises(DisclosureError, match="each side with `unit`, `period` and `cell`"):
        Tie.parse({"kind": "le", "left": {"unit": "u", "cell": {}}, "right": []})
    with pytest.raises(DisclosureError, match=re.escape("a tie of kind [ge] is unknown")):
        Tie(kind="ge", left="u|p|", right=("v|p|",))
