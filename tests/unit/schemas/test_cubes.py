"""Cubes and dimensions: each entry has its SQL file, its header, its dimensions and its clauses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import pipelines.marts
from pipelines.marts import sql
from pipelines.steps.aggregate import reference_tables
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.datasets import DATASETS
from schemas.duties import duties
from schemas.measures.cubes import CUBES, Cube, Links
from schemas.measures.cubes.cube import nobody, parted
from schemas.measures.cubes.once import refuse_told_twice
from schemas.measures.dimensions import ALL, DIMENSIONS, Dimension
from schemas.partnership import read_partnership
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


# no count is told twice


def crimes(name: str, *dimensions: str, **more: Any) -> Cube:
    return Cube(**({"name": name, "title": "X", "unit": "crime", "population": "x", "duties": ("W1",),
                    "dimensions": dimensions, "by_agency": True} | more))


CATEGORY, GROUP = "offence_category", "offence_group"
CROSSED = {"structural_zeros": parted(GROUP, CATEGORY)}
MARGIN = ("cubes [a] and [b]: the first tells nothing that the second does not. Leave it out: every margin "
          "of a table is published")
UNCROSSED = (
    "unit [crime]: the code list divides [offence_group] into [offence_category], and each is counted in a "
    "table of its own. Cross them in one table, with structural_zeros=parted(...), or leave one out")


@pytest.mark.parametrize(("cubes", "message"), [
    pytest.param((crimes("a", "setting"), crimes("a", "recency")),
                 "cube [a] stands twice. Give each a name of its own", id="one_name"),
    pytest.param((crimes("a", "setting", sql="s"), crimes("b", "recency", sql="s", unit="report")),
                 "cubes [a] and [b]: one SQL file counts two units, [crime] and [report], and their totals "
                 "would be rounded apart. Give both one unit", id="one_file_two_units"),
    pytest.param((crimes("a", "setting"), crimes("b", "setting")), MARGIN, id="the_same_table"),
    pytest.param((crimes("a", "setting"), crimes("b", "setting", "recency")), MARGIN, id="a_margin"),
    pytest.param((crimes("a", "setting", agency_kinds=("police",)), crimes("b", "setting")), MARGIN,
                 id="of_fewer_agencies"),
    pytest.param((crimes("a", GROUP), crimes("b", CATEGORY)), UNCROSSED, id="divided_in_another_table"),
    pytest.param((crimes("a", GROUP, CATEGORY),), UNCROSSED, id="crossed_without_saying_what_is_empty"),
])
def test_cubes_when_one_tells_what_another_tells_then_refused(cubes: tuple[Cube, ...], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        refuse_told_twice(cubes)
    assert str(caught.value) == message


@pytest.mark.parametrize("cubes", [
    pytest.param((crimes("a", GROUP, CATEGORY, **CROSSED), crimes("b", "setting", GROUP)), id="crossed"),
    pytest.param((crimes("a", GROUP), crimes("b", CATEGORY, unit="report")), id="of_two_units"),
    pytest.param((crimes("a", "setting"), crimes("b", "setting", "recency", needs_history=True)),
                 id="in_quarters_that_the_wider_table_lacks"),
    pytest.param((crimes("a", "setting"), crimes("b", "setting", "recency", agency_kinds=("police",))),
                 id="of_agencies_that_the_wider_table_lacks"),
    pytest.param((crimes("a", "area", area_basis="offence"),
                  crimes("b", "area", "setting", area_basis="service")), id="of_another_area"),
])
def test_cubes_when_each_tells_something_of_its_own_then_they_stand(cubes: tuple[Cube, ...]) -> None:
    refuse_told_twice(cubes)


def test_categories_of_a_code_list_when_its_column_names_a_dimension_then_each_lies_in_one_of_it() -> None:
    held = DIMENSIONS[CATEGORY].within(DIMENSIONS[GROUP])
    assert set(held) == set(DIMENSIONS[CATEGORY].categories) - {NOT_RECORDED, UNMAPPED}
    assert (held["19C"], held["88E"], held["106"]) == ("rape", "other_sexual", "other_in_scope")
    assert DIMENSIONS[GROUP].within(DIMENSIONS[CATEGORY]) == {}
    zeros = parted(GROUP, CATEGORY)
    assert ((GROUP, "rape"), (CATEGORY, "88E")) in zeros
    assert ((GROUP, "rape"), (CATEGORY, "19C")) not in zeros
    assert not [z for z in zeros if {c for _, c in z} & {NOT_RECORDED, UNMAPPED} == {NOT_RECORDED, UNMAPPED}]


def test_offence_group_of_a_category_when_asked_of_the_list_then_is_that_of_each_of_its_offences() -> None:
    held = DIMENSIONS[CATEGORY].within(DIMENSIONS[GROUP])
    every = reference_tables(read_partnership(), {})["ref_offences"]
    told = every.filter(pl.col("told_category").is_in(held))
    assert set(told["told_category"]) == set(held)
    assert {(c, g) for c, g in told.select("told_category", "offence_group").iter_rows()} == set(held.items())


def test_nobody_when_two_dimensions_say_it_then_exactly_those_cells_can_hold_somebody() -> None:
    zeros = nobody("restorative_stage", ("not_raised", "not_suitable"), "first_approached", "nobody")
    assert (("restorative_stage", "not_raised"), ("first_approached", "victim")) in zeros
    assert (("restorative_stage", "held"), ("first_approached", "nobody")) in zeros
    assert (("restorative_stage", "not_raised"), ("first_approached", "nobody")) not in zeros
    assert (("restorative_stage", "held"), ("first_approached", "offender")) not in zeros


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
