"""What an agency's extract has no place for."""

from __future__ import annotations

import pytest

from schemas.agencies import read_agencies
from schemas.measures.cubes import CUBES
from schemas.measures.recorded import COLUMNS_OF, not_sent


@pytest.mark.parametrize(("agency", "expected"), [
    ("police", {"referrals_fate_by_ethnicity": {"ethnicity5"}, "referrals_fate_by_sex": {"sex"},
                "known_by_religion": {"religion"}}),
    ("housing", {"incidents_by_setting": {"setting"}, "referrals_declined": {"decline_reason"},
                 "known_by_religion": {"religion"}}),
    ("isva", {"incidents_by_setting": {"setting"}}),
    ("sarc", {"referrals_declined": {"decline_reason"},
              "referrals_by_form": {"form_completeness", "form_version"}}),
    ("probation", {"convicted_repeat_own": {"is_multiple"}}),
    ("counselling", {}),
])
def test_dimensions_when_no_column_of_them_is_mapped_then_named(
    agency: str, expected: dict[str, set[str]]
) -> None:
    one = read_agencies()[agency]
    feeds = [c for c in CUBES.values() if c.dataset in one.feeds
             and (not c.agency_kinds or one.kind in c.agency_kinds)
             and (one.is_specialist or not c.specialist_only)]
    assert {c.name: found for c in feeds if (found := not_sent(one, c))} == expected


def test_dimension_when_one_of_several_columns_is_mapped_then_not_named() -> None:
    police = read_agencies()["police"]
    fields = police.files["referrals"].feeds["referrals"].fields
    assert set(COLUMNS_OF["age_band"]) & set(fields) == {"dob"}
    assert "age_band" not in not_sent(police, CUBES["referrals_by_age"])


def test_people_across_agencies_when_one_of_them_sends_no_column_then_nothing_is_named() -> None:
    assert not_sent(read_agencies()["police"], CUBES["victims_by_religion"]) == frozenset()
