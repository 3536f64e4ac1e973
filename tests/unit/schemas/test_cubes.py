"""Cubes and dimensions: each entry has its SQL file, its header, its dimensions and its clauses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipelines.marts
from pipelines.marts import sql
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.datasets import DATASETS
from schemas.duties import duties
from schemas.measures.cubes import CUBES, Cube, Links
from schemas.measures.dimensions import ALL, DIMENSIONS, Dimension
from schemas.registers import kinds

MARTS = Path(str(pipelines.marts.__file__)).parent
cubes = pytest.mark.parametrize("cube", CUBES.values(), ids=lambda cube: cube.name)


@cubes
def test_cube_when_its_sql_is_read_then_the_header_says_grain_unit_and_population(cube: Cube) -> None:
    header = [line for line in sql(cube.sql or cube.name).splitlines() if line.startswith("--")]
    said = dict(re.match(r"-- (\w+): (.+)", line).groups()
                for line in header if re.match(r"-- (\w+): (.+)", line))  # type: ignore[union-attr]
    assert {"grain", "unit", "population"} <= set(said)


@cubes
def test_cube_when_its_sql_is_read_then_every_dimension_and_period_is_selected(cube: Cube) -> None:
    text = "\n".join(line for line in sql(cube.sql or cube.name).splitlines() if not line.startswith("--"))
    assert not [name for name in (*cube.columns, "period", "n") if not re.search(rf"\b{name}\b", text)
                and "COLUMNS(" not in text]


def test_marts_when_listed_then_each_belongs_to_a_cube() -> None:
    assert {path.stem for path in MARTS.glob("*.sql")} == {cube.sql or cube.name for cube in CUBES.values()}


@cubes
def test_cube_when_it_names_clauses_then_each_is_a_clause_of_the_file(cube: Cube) -> None:
    assert cube.duties
    assert set(cube.duties) <= set(duties())


@cubes
def test_cube_when_units_are_people_then_it_is_linked_and_else_it_stands_per_agency(cube: Cube) -> None:
    assert cube.by_agency is not bool(cube.links)
    assert cube.dataset in {*DATASETS, *(kind.dataset for kind in kinds().values() if kind.is_protected)}
    assert not cube.needs_history or cube.by_agency or Links.ALL in cube.links


@cubes
def test_cube_when_it_has_an_area_then_it_says_which(cube: Cube) -> None:
    assert cube.area_basis in ({"offence", "residence", "service"} if "area" in cube.dimensions else {None})


def test_cube_when_sensitive_characteristics_are_counted_then_at_most_one_in_a_table() -> None:
    for cube in CUBES.values():
        for name, dimensions in cube.tables:
            assert sum(DIMENSIONS[d].is_sensitive for d in dimensions) <= 1, name


def test_cube_when_it_is_of_each_kind_then_fifteen_tables_with_one_flag_each() -> None:
    cube = CUBES["incidents_by_kind"]
    assert len(cube.tables) == 15
    assert cube.tables[0] == ("incidents_by_kind.rape", ("area", "kind_rape"))
    assert cube.columns == ("area", *(f"kind_{code}" for code in codelist("kinds").codes
                                      if code not in (NOT_RECORDED, UNMAPPED)))
    assert cube.dimension_objects == tuple(DIMENSIONS[name] for name in cube.columns)


@pytest.mark.parametrize(("dimensions", "basis", "message"), [
    (("colour",), None, "cube [x]: no dimension is called [colour]. Add it to dimensions.py"),
    (("area",), None, "cube [x]: say in area_basis which area it means, or leave out both"),
    (("sex",), "offence", "cube [x]: say in area_basis which area it means, or leave out both"),
])
def test_cube_when_it_could_not_be_a_table_then_refused(dimensions: tuple[str, ...], basis: str | None,
                                                        message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Cube(name="x", title="X", unit="x", population="x", dimensions=dimensions, area_basis=basis,
             duties=("W1",))
    assert str(caught.value) == message


@pytest.mark.parametrize("dimension", DIMENSIONS.values(), ids=lambda d: d.name)
def test_dimension_when_its_categories_are_asked_then_labelled_and_unknowns_as_it_says(
    dimension: Dimension
) -> None:
    assert len(dimension.categories) >= 2
    assert all(dimension.labels.values())
    assert not {ALL, ""} & set(dimension.categories)  # the margin's own word, and none
    if dimension.has_unknown:
        assert {NOT_RECORDED, UNMAPPED} <= set(dimension.categories)


def test_age_when_counted_then_the_standard_bands_alone() -> None:
    wide = set(codelist("age_bands").where("is_wide", "yes"))
    assert wide
    assert not wide & set(DIMENSIONS["age_band"].categories)
