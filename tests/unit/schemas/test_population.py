"""Residents: totals as published, categories of the lists, errors that name the vintage."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.areas import areas_of_police_area
from schemas.codelists import CodeListError, codelist, rows
from schemas.population import Characteristic, population, population_by_age_band, residents, vintages

VINTAGE = "census_2021"
WEST_MIDLANDS = areas_of_police_area("E23000014")
HUMBERSIDE = areas_of_police_area("E23000012")
AREAS = (*WEST_MIDLANDS, *HUMBERSIDE, "E09000014")

# Census 2021 usual residents as the Office for National Statistics published them.
PUBLISHED = {
    "E08000025": 1_144_923, "E08000026": 345_315, "E08000027": 323_487, "E08000028": 341_833,
    "E08000029": 216_245,
    "E08000030": 284_122, "E08000031": 263_725, "E06000010": 267_020, "E06000011": 342_213,
    "E06000012": 156_972,
    "E06000013": 169_675, "E09000014": 264_247,
}
PERTURBATION = 40
"""Census tables are perturbed cell by cell, so totals of different tables differ by some tens."""
AGE_CELLS, AGE_ROUNDED_TO = 38, 100


def test_file_when_read_then_every_area_has_every_characteristic_once() -> None:
    assert vintages() == (VINTAGE,)
    held = {(r["area"], r["characteristic"]) for r in rows("population")}
    assert held == {(area, str(c)) for area in AREAS for c in Characteristic}
    assert len(rows("population")) == len(AREAS) * (38 + 19 + 9 + 2 + 5)
    assert all(int(r["n"]) >= 0 for r in rows("population"))
    assert {(r["characteristic"], r["rounded_to"], r["sex"]) for r in rows("population")} == {
        ("age", "100", "female"), ("age", "100", "male"),
        *((str(c), "1", "") for c in Characteristic if c is not Characteristic.AGE),
    }


@pytest.mark.parametrize(
    "characteristic", [Characteristic.ETHNICITY19, Characteristic.RELIGION, Characteristic.DISABILITY]
)
def test_residents_when_added_up_then_the_published_total(characteristic: Characteristic) -> None:
    found = population(AREAS, characteristic, vintage=VINTAGE).group_by("area").agg(pl.col("n").sum())
    assert {area for area, n in found.iter_rows() if abs(n - PUBLISHED[area]) > PERTURBATION} == set()


def test_ages_when_added_up_then_within_their_rounding() -> None:
    found = population(AREAS, "age", vintage=VINTAGE).group_by("area").agg(pl.col("n").sum())
    worst = AGE_CELLS * AGE_ROUNDED_TO // 2
    assert {area for area, n in found.iter_rows() if abs(n - PUBLISHED[area]) > worst} == set()


def test_ages_when_added_up_by_force_and_sex_then_as_published() -> None:
    def by_sex(areas: tuple[str, ...]) -> dict[str, int]:
        frame = population(areas, "age", vintage=VINTAGE).group_by("sex").agg(pl.col("n").sum())
        return dict(frame.iter_rows())

    assert by_sex(WEST_MIDLANDS) == {"female": 1_486_900, "male": 1_433_500}
    assert by_sex(HUMBERSIDE) == {"female": 474_500, "male": 461_700}


def test_haringey_when_counted_then_gypsy_or_traveller_residents_as_published() -> None:
    found = population(["E09000014"], "ethnicity19", vintage=VINTAGE)
    assert found.filter(category="white_gypsy_traveller").get_column("n").to_list() == [235]


@pytest.mark.parametrize("characteristic", [c for c in Characteristic if c is not Characteristic.AGE])
def test_population_when_read_then_categories_of_its_list_in_the_order_of_areas_and_list(
    characteristic: Characteristic,
) -> None:
    areas = ["E08000031", "E08000025"]
    frame = population(areas, characteristic, vintage=VINTAGE)
    assert frame.schema == pl.Schema(
        {"area": pl.String, "sex": pl.String, "category": pl.String, "n": pl.Int64}
    )
    categories = frame.filter(area="E08000025").get_column("category").to_list()
    assert categories == [code for code in codelist(str(characteristic)).codes if code in set(categories)]
    sizes = {"ethnicity19": 19, "religion": 9, "disability": 2, "sexual_orientation": 5}
    assert len(categories) == sizes[characteristic]
    assert frame.get_column("area").unique(maintain_order=True).to_list() == areas
    assert set(frame.get_column("sex")) == {"all"}


def test_sexual_orientation_when_counted_then_fewer_than_all_residents() -> None:
    adults = population(["E08000025"], "sexual_orientation", vintage=VINTAGE).get_column("n").sum()
    young = population(["E08000025"], "age", vintage=VINTAGE).filter(
        pl.col("category").is_in(["00to04", "05to09", "10to14"])
    ).get_column("n").sum()
    assert adults < PUBLISHED["E08000025"] - young


def test_age_bands_when_asked_for_then_five_year_groups_are_neither_lost_nor_cut() -> None:
    bands = population_by_age_band(WEST_MIDLANDS, vintage=VINTAGE)
    groups = population(WEST_MIDLANDS, "age", vintage=VINTAGE)
    key = ["area", "sex"]
    from_bands, from_groups = (f.group_by(key).agg(pl.col("n").sum()).sort(key) for f in (bands, groups))
    assert from_bands.equals(from_groups)
    one = bands.filter(area="E08000025", sex="female")
    assert one.get_column("category").to_list() == ["u25", "25to34", "35to44", "45to54", "55plus"]
    expected = groups.filter(area="E08000025", sex="female")
    expected = expected.filter(pl.col("category").is_in(["25to29", "30to34"]))
    assert one.filter(category="25to34").get_column("n").item() == expected.get_column("n").sum()


def test_residents_when_asked_for_then_one_row_per_area_in_order() -> None:
    frame = residents(["E08000026", "E08000025"], vintage=VINTAGE)
    assert frame.get_column("area").to_list() == ["E08000026", "E08000025"]
    assert all(abs(n - PUBLISHED[area]) <= PERTURBATION for area, n in frame.iter_rows())
    assert residents([], vintage=VINTAGE).height == 0


@pytest.mark.parametrize(
    ("areas", "characteristic", "vintage", "message"),
    [
        (["E08000025"], "age", "mid_2020",
         "codes/population.csv: no vintage [mid_2020]. Use one of [census_2021], "
         "or add its rows with their source"),
        (["E08000025"], "height", VINTAGE,
         "codes/population.csv: no characteristic [height]. "
         "Use one of [age, ethnicity19, religion, disability, sexual_orientation]"),
        (["E08000025", "E09000001"], "age", VINTAGE,
         "codes/population.csv: vintage [census_2021] has no residents of [E09000001]. "
         "Add the rows of that area with their source, or leave the area out"),
        (["withheld"], "age", VINTAGE,
         "codes/areas.csv: [withheld] is no local authority of the list. "
         "Use codes such as E08000025, or add the authority with its source"),
    ],
)
def test_population_when_it_is_not_there_then_the_error_names_what_is(
    areas: list[str], characteristic: str, vintage: str, message: str
) -> None:
    with pytest.raises(CodeListError) as caught:
        population(areas, characteristic, vintage=vintage)
    assert str(caught.value) == message
