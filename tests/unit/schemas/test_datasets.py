"""Datasets: grain, key, what is needed, and that identity never crosses its role."""

from __future__ import annotations

import pytest

from schemas.columns import COLUMNS, Kind
from schemas.datasets import DATASETS, Dataset

VICTIM = ("forename", "surname", "dob", "nhs_number", "postcode")
SUSPECT = ("forename", "surname", "dob", "pnc_id", "postcode")


def test_datasets_when_listed_then_key_needed_role_and_event_of_each() -> None:
    assert {name: (d.key, d.required, d.role, d.event, d.parent) for name, d in DATASETS.items()} == {
        "incidents": (("incident_ref",), ("report_date", "status"), None, "report_date", None),
        "victims": (("incident_ref", "person_ref"), (), "victim", "report_date", "incidents"),
        "suspects": (("incident_ref", "person_ref"), ("stage",), "suspect", "report_date", "incidents"),
        "referrals": (("referral_ref",), ("person_ref", "made_date", "source", "destination",
                                          "referral_status"),
                      "victim", "made_date", None),
        "cases": (("case_ref",), ("person_ref", "start_date"), "victim", "start_date", None),
        "registrations": (("person_ref", "register"), ("register_date",), "suspect", "register_date", None),
        "programmes": (("programme_ref",), ("programme_kind", "programme_date", "programme_status"), None,
                       "programme_date", None),
        "releases": (("release_ref",), ("released_date",), None, "released_date", None),
        "orders": (("order_ref",), ("order_type", "ordered_date"), None, "ordered_date", None),
        "counts": (("count_measure", "service_area", "sex", "age_band"), ("n",), None, None, None),
    }


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda d: d.name)
def test_dataset_when_it_has_people_then_only_the_identity_of_their_role(dataset: Dataset) -> None:
    assert dataset.identity == {"victim": VICTIM, "suspect": SUSPECT, None: ()}[dataset.role]
    assert ("may_link" in [c.name for c in dataset.columns]) == (dataset.role is not None)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda d: d.name)
def test_dataset_when_its_columns_are_asked_then_key_first_each_once_and_the_event_among_them(
    dataset: Dataset
) -> None:
    names = [column.name for column in dataset.columns]
    assert tuple(names[: len(dataset.key)]) == dataset.key
    assert len(names) == len(set(names))
    assert set(names) == {*dataset.key, *dataset.required, *dataset.optional}
    if dataset.event is not None:
        assert COLUMNS[dataset.event].kind is Kind.DATE
        assert dataset.event in names


@pytest.mark.parametrize("name", ["programmes", "releases", "orders"])
def test_dataset_when_nobody_need_be_linked_then_no_person_has_a_column(name: str) -> None:
    assert not {"person_ref", "may_link", "sex", "ethnicity", "age_band"} & {
        c.name for c in DATASETS[name].columns}


def test_suspects_when_described_then_age_sex_and_ethnicity_alone() -> None:
    characteristics = {"gender_identity", "disability", "orientation", "religion", "relationship"}
    for dataset in DATASETS.values():
        if dataset.role == "suspect":
            assert not characteristics & {c.name for c in dataset.columns}
