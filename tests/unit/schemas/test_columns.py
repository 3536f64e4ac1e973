"""Columns: what each kind becomes in the warehouse, and that each code list is there."""

from __future__ import annotations

from collections import Counter

import pytest

from schemas.codelists import Role, codelist, source_of
from schemas.columns import (
    CIRCUMSTANCES,
    COLUMNS,
    IDENTITY_COLUMNS,
    NEEDS,
    OUTCOMES,
    SURVEY_ITEMS,
    UPDATE_STAGES,
    Column,
    Disclosure,
    Kind,
)
from schemas.datasets import DATASETS


def test_columns_when_named_then_each_once_and_in_a_dataset() -> None:
    assert all(name == column.name for name, column in COLUMNS.items())
    used = {column.name for dataset in DATASETS.values() for column in dataset.columns}
    assert set(COLUMNS) == used


def test_identity_when_listed_then_the_six_that_are_never_stored_in_clear() -> None:
    assert IDENTITY_COLUMNS == ("forename", "surname", "dob", "nhs_number", "pnc_id", "postcode")
    assert {COLUMNS[name].disclosure for name in IDENTITY_COLUMNS} == {Disclosure.IDENTIFIER}
    assert {COLUMNS[name].warehouse_name for name in IDENTITY_COLUMNS} == {None}


@pytest.mark.parametrize(("name", "kept"), [
    ("incident_ref", "incident_id"), ("person_ref", "agency_person_id"), ("report_date", "report_month"),
    ("occurred_to_date", "occurred_to_month"), ("dob", None), ("age", None), ("kinds", None), ("sex", "sex"),
    ("is_domestic", "is_domestic"), ("need_health_start", "need_health_start"), ("n", "n"),
])
def test_column_when_it_reaches_the_warehouse_then_under_the_name_of_its_kind(name: str,
    kept: str | None) -> None:
    assert COLUMNS[name].warehouse_name == kept


def test_columns_when_they_hold_codes_then_the_list_is_there_and_is_one_of_codes() -> None:
    for column in COLUMNS.values():
        if column.codelist is not None:
            assert source_of(column.codelist).role in (Role.DIMENSION, Role.CODES)
            assert codelist(column.codelist).codes


def test_columns_when_named_by_kind_then_the_name_says_the_kind() -> None:
    for column in COLUMNS.values():
        assert column.name.endswith("_ref") == (column.kind is Kind.REF)
        assert column.name.endswith("_date") == (column.kind is Kind.DATE)
        assert not column.name.startswith("is_") or column.kind is Kind.FLAG
        assert column.description.endswith(".")


def test_needs_when_scored_then_eight_at_three_points_as_the_code_list_has_them() -> None:
    assert codelist("needs").codes == NEEDS
    scores = [c for c in COLUMNS.values() if c.name.startswith("need_")]
    assert {c.kind for c in scores} == {Kind.SCORE}
    assert Counter(c.name.rsplit("_", 1)[1] for c in scores) == {"start": 8, "review": 8, "end": 8}


@pytest.mark.parametrize(("listed", "names", "columns"), [
    ("support_outcomes", OUTCOMES, {f"outcome_{o}_{p}" for o in OUTCOMES for p in ("start", "end")}),
    ("survey_items", SURVEY_ITEMS, {f"survey_{i}" for i in SURVEY_ITEMS}),
    ("circumstances", CIRCUMSTANCES, {f"has_{c}" for c in CIRCUMSTANCES}),
    ("update_stages", UPDATE_STAGES, {f"update_{s}" for s in UPDATE_STAGES}),
])
def test_overlapping_facts_when_listed_then_a_column_for_each_code_of_their_list(
    listed: str, names: tuple[str, ...], columns: set[str]
) -> None:
    assert codelist(listed).codes == names
    assert columns <= set(COLUMNS)


def test_sensitive_circumstances_when_taken_then_from_specialist_services_alone() -> None:
    alone = {name for name, column in COLUMNS.items() if column.specialist_only}
    assert alone == {"orientation", *(f"has_{c}" for c in CIRCUMSTANCES)}


@pytest.mark.parametrize(("kind", "codes"), [(Kind.CODE, None), (Kind.CODES, None), (Kind.FLAG, "sex"),
                                             (Kind.REF, "sex")])
def test_column_when_kind_and_code_list_do_not_fit_then_refused(kind: Kind, codes: str | None) -> None:
    with pytest.raises(ValueError) as caught:
        Column(name="colour", kind=kind, disclosure=Disclosure.PLAIN, description="A colour.", codelist=codes)
    assert str(caught.value) == f"column [colour]: kind [{kind}] and code list [{codes}] do not fit"
