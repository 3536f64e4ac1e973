"""The invented people: numbers valid and impossible to be anybody's, twins alike, canaries alone."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from anonymisation import normalise
from data.synthesise import names
from data.synthesise.people import Population, age_on, nhs_number, pnc_id

ON = date(2024, 3, 1)


@pytest.fixture(scope="module")
def population() -> Population:
    made = Population()
    for age in range(4, 80):
        made.new(age=age, on=ON, sex="female" if age % 2 else "male")
    return made


def test_numbers_when_made_then_pass_the_checks_of_the_pipeline() -> None:
    nhs = pl.Series([nhs_number(serial) for serial in range(0, 999_000, 3_700)])
    pnc = pl.Series([pnc_id(year, serial) for year, serial in ((1998, 1), (2004, 48_213), (2021, 9_999_999))])

    assert normalise.nhs_number(nhs).null_count() == 0
    assert nhs.str.starts_with("999").all()
    assert normalise.pnc_id(pnc).null_count() == 0


def test_nhs_number_when_serials_are_apart_then_differs() -> None:
    found = [nhs_number(serial * 20) for serial in range(1, 40_000)]

    assert len(set(found)) == len(found)


def test_people_when_made_then_have_the_age_asked_for(population: Population) -> None:
    made = [p for p in population.people.values() if not p.is_canary]

    assert [p.age_on(ON) for p in made] == list(range(4, 80))


def test_postcodes_when_made_then_cannot_exist(population: Population) -> None:
    inward = {home.postcode.split()[1] for p in population.people.values() for home in p.homes}

    assert all(re.fullmatch(r"[1-9][CKMV]{2}", part) for part in inward)


def test_twin_when_made_then_shares_birth_home_and_sex_and_not_the_forename(population: Population) -> None:
    first = population.new(age=14, on=ON, sex="female")
    twin = population.sibling(first, on=ON, is_twin=True)

    assert (twin.born, twin.homes, twin.sex, twin.household, twin.twin) == (
        first.born,
        first.homes,
        first.sex,
        first.household,
        first.person,
    )
    assert twin.forename != first.forename


def test_canaries_when_made_then_their_names_are_in_no_list() -> None:
    listed = {
        n for lists in (names.FEMALE, names.MALE, names.SURNAMES) for found in lists.values() for n in found
    }
    listed |= (
        set(names.SHORT)
        | set(names.SHORT.values())
        | {s for found in names.SPELLINGS.values() for s in found}
    )

    assert len(names.CANARIES) >= 6
    assert not listed & {part for canary in names.CANARIES for part in canary[:2]}


@pytest.mark.parametrize(
    ("day", "years"), [(date(2024, 2, 28), 15), (date(2024, 2, 29), 16), (date(2024, 3, 1), 16)]
)
def test_age_on_when_the_birthday_nears_then_turns_on_the_day(day: date, years: int) -> None:
    assert age_on(date(2008, 2, 29), day) == years
