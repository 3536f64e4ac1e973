"""Cubes: what may be defined, what may stand together."""

from __future__ import annotations

import re
from typing import Any

import pytest

from anonymisation.disclosure import Cube, DisclosureError, check_cubes, facets, is_acyclic

AREA, AGE, SEX = ("n", "s"), ("young", "old"), ("f", "m")


def cube(called: str, *dimensions: str, **changes: Any) -> Cube:
    words = {"area": AREA, "age": AGE, "sex": SEX}
    categories = {d: words[d] for d in dimensions}
    return Cube(
        **{"name": called, "unit": "incident", "dimensions": dimensions, "categories": categories, **changes}
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": ""}, "cube []: name and unit must not be empty."),
        ({"method": "noise"}, "cube [c]: method [noise] must be one of ['rounding', 'suppression']."),
        ({"dimensions": ("area", "area")}, "cube [c]: a dimension stands twice."),
        ({"categories": {}}, "cube [c]: categories must be given for exactly its dimensions."),
        ({"categories": {"area": ()}}, "cube [c], dimension [area]: no category."),
        (
            {"categories": {"area": ("n", "n")}},
            "cube [c], dimension [area]: a category or group stands twice.",
        ),
        (
            {"categories": {"area": ("n", "all")}},
            "cube [c], dimension [area]: [all] is the word for the margin, and an empty word is none: "
            "neither may be "
            "a category.",
        ),
        (
            {"categories": {"area": ("n;s", "m")}},
            "cube [c]: [n;s] holds one of the signs ['|', ';', '='], which part the keys of cells.",
        ),
        (
            {"structural_zeros": ({"age": "young"},)},
            "cube [c]: a structural zero names an unknown dimension or category.",
        ),
        (
            {"hierarchies": {"area": (("region", ("n", "west")),)}},
            "cube [c], dimension [area]: group [region] has no member, one twice, or unknown ones ['west'].",
        ),
        (
            {"hierarchies": {"area": (("a", ("b", "n")), ("b", ("a", "s")))}},
            "cube [c], dimension [area]: group [a] contains itself through its members.",
        ),
        (
            {"hierarchies": {"area": (("a", ("n",)), ("b", ("a", "n")))}},
            "cube [c], dimension [area]: group [b] counts a category twice.",
        ),
        (
            {"sensitive": frozenset({"age"})},
            "cube [c]: a hierarchy or a sensitive dimension is none of its dimensions.",
        ),
    ],
)
def test_cube_when_badly_defined_then_refused(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(DisclosureError, match=f"^{re.escape(text)}$"):
        cube("c", "area", **changes)


def test_cube_when_a_dimension_is_called_value_then_refused() -> None:
    with pytest.raises(DisclosureError, match=re.escape("dimension ['value'] bears the name of a column")):
        Cube(name="c", unit="u", dimensions=("value",), categories={"value": ("a",)})


def test_check_cubes_when_methods_differ_then_refused() -> None:
    with pytest.raises(DisclosureError) as refusal:
        check_cubes([cube("a", "area"), cube("b", "age", method="suppression")])
    assert str(refusal.value) == (
        "cubes [a] and [b] of unit [incident] use different methods, yet share the total: one would give it "
        "exactly and "
        "the other rounded. Use one method for all cubes of a unit."
    )


def test_check_cubes_when_categories_differ_then_refused() -> None:
    other = cube("b", "area", categories={"area": ("n", "south")})
    with pytest.raises(DisclosureError, match=r"disagree on the categories or groups of \[area\]"):
        check_cubes([cube("a", "area", "age"), other])


def test_check_cubes_when_units_differ_then_accepted() -> None:
    check_cubes(
        [
            cube("a", "area"),
            cube("b", "area", unit="victim", categories={"area": ("x",)}, method="suppression"),
        ]
    )


def test_facets_when_a_cube_is_inside_another_then_left_out() -> None:
    cubes = [cube("a", "area"), cube("b", "area", "age"), cube("c", "age", "area"), cube("d", "sex")]
    assert facets(cubes) == (frozenset({"area", "age"}), frozenset({"sex"}))


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([()], True),
        ([("area",)], True),
        ([("area", "age"), ("area", "sex")], True),
        ([("area",), ("age",)], True),
        ([("area", "age"), ("age", "sex"), ("area", "sex")], False),
        ([("area", "age"), ("age", "sex"), ("area", "sex"), ("area", "age", "sex")], True),
    ],
)
def test_is_acyclic_when_sets_are_given_then_as_graham_says(
    sets: list[tuple[str, ...]], expected: bool
) -> None:
    assert is_acyclic([cube(str(i), *s) for i, s in enumerate(sets)]) is expected
