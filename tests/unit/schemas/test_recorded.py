"""What an agency's extract has no place for."""

from __future__ import annotations

import pytest

from schemas.agencies import read_agencies
from schemas.measures.recorded import COLUMNS_OF, not_sent


@pytest.mark.parametrize(("agency", "expected"), [
    ("police", ("referrals.ethnicity5", "referrals.sex", "victims.religion")),
    ("housing", ("incidents.setting", "referrals.decline_reason", "victims.religion")),
    ("isva", ("incidents.setting",)),
    ("sarc", ("referrals.decline_reason", "referrals.form_completeness", "referrals.form_version")),
    ("probation", ()), ("counselling", ()),
])
def test_dimensions_when_no_column_of_them_is_mapped_then_named(
    agency: str, expected: tuple[str, ...]
) -> None:
    assert not_sent(read_agencies()[agency]) == expected


def test_dimension_when_one_of_several_columns_is_mapped_then_not_named() -> None:
    police = read_agencies()["police"]
    fields = police.files["referrals"].feeds["referrals"].fields
    assert set(COLUMNS_OF["age_band"]) & set(fields) == {"dob"}
    assert "referrals.age_band" not in not_sent(police)
