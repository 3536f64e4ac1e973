"""The crosswalk of referral forms: every form is in it, and it says what the agencies' files say."""

from __future__ import annotations

import pytest

from schemas.agencies import read_agencies
from schemas.codelists import codelist
from schemas.crosswalk import MINIMUM, Form, coverage_of_forms, crosswalk, forms
from schemas.datasets import DATASETS

FORMS = forms()


def test_minimum_when_read_then_columns_of_referrals_and_whatever_is_required_is_in_it() -> None:
    dataset = DATASETS["referrals"]
    assert set(MINIMUM) <= {c.name for c in dataset.columns}
    assert {*dataset.key, *dataset.required} <= set(MINIMUM)
    assert len(set(MINIMUM)) == len(MINIMUM)


def test_forms_when_listed_then_every_file_that_holds_referrals_is_one() -> None:
    assert {(f.agency.agency, f.file) for f in FORMS} == {
        (a.agency, name) for a in read_agencies().values()
        for name, spec in a.files.items() if "referrals" in spec.feeds}


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.title)
def test_crosswalk_when_read_then_every_field_of_a_form_is_there_and_no_other(form: Form) -> None:
    head, rows = crosswalk()
    column = head.index(form.title)
    asked = {row[0].strip("`") for row in rows if row[column] != "not asked" and "from `" not in row[column]}
    assert asked == set(form.fields)
    for row in rows:
        field = form.fields.get(row[0].strip("`"))
        if field is not None and field.column is not None:
            assert row[column].startswith(f"`{field.column}`")


def test_police_form_when_it_has_fewer_reasons_than_the_list_then_that_is_said() -> None:
    form = next(f for f in FORMS if f.agency.agency == "police")
    known = set(codelist("decline_reason").codes) - {"not_recorded"}
    sayable = set(form.agency.code_maps["decline_reason"].values()) & known
    assert form.reached("decline_reason") == (len(sayable), len(known))
    assert form.reached("made_date") is None and form.reached("disability") is None


def test_coverage_when_a_form_lacks_a_field_then_it_is_named_and_what_stands_in_for_one_counts() -> None:
    told = {row[0]: row for row in coverage_of_forms()}
    for form in FORMS:
        _, n, absent, _ = told[form.title]
        missing = [name for name in MINIMUM if not form.asks(name)]
        assert n == f"{len(MINIMUM) - len(missing)} of {len(MINIMUM)}"
        assert absent == (", ".join(f"`{m}`" for m in missing) or "none")
    police = next(f for f in FORMS if f.agency.agency == "police")
    assert "dob" in police.fields and "age_band" not in police.fields and police.asks("age_band")
