"""The sample's agencies and partnership: their files are complete and their codes are ours."""

from __future__ import annotations

import pytest

from pipelines.intake.mapping import check_mapping
from schemas.agencies import Agency, Tier, read_agencies
from schemas.partnership import read_partnership
from schemas.quarters import Quarter

AGENCIES = read_agencies()


def test_agencies_when_read_then_six_in_three_tiers() -> None:
    assert {name: agency.tier for name, agency in AGENCIES.items()} == {
        "counselling": Tier.COUNTS,
        "housing": Tier.RECORDS,
        "isva": Tier.IDENTIFIED,
        "police": Tier.IDENTIFIED,
        "probation": Tier.IDENTIFIED,
        "sarc": Tier.IDENTIFIED,
    }


@pytest.mark.parametrize("agency", AGENCIES.values(), ids=list(AGENCIES))
def test_maps_when_checked_then_lead_to_codes_of_the_lists(agency: Agency) -> None:
    check_mapping(agency)


@pytest.mark.parametrize("agency", AGENCIES.values(), ids=list(AGENCIES))
def test_areas_when_compared_then_are_the_partnerships(agency: Agency) -> None:
    assert set(agency.areas) <= set(read_partnership().areas)


def test_partnership_when_read_then_sixteen_quarters_of_invented_data() -> None:
    partnership = read_partnership()

    assert partnership.is_sample
    assert len(partnership.quarters) == 16
    assert partnership.quarters[-1] == Quarter.parse("2026-Q3")


@pytest.mark.parametrize(
    ("agency", "first", "after_last"), [("housing", "2023-Q4", None), ("counselling", "2022-Q4", "2026-Q2")]
)
def test_members_when_they_join_or_leave_then_from_that_quarter_on(
    agency: str, first: str, after_last: str | None
) -> None:
    joined = Quarter.parse(first)

    assert AGENCIES[agency].is_member(joined) and not AGENCIES[agency].is_member(joined.previous)
    if after_last is not None:
        left = Quarter.parse(after_last)
        assert AGENCIES[agency].is_member(left.previous) and not AGENCIES[agency].is_member(left)
