"""One accepted delivery taken apart: what goes to the vault, what to the warehouse, and what to neither."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from anonymisation.keys import sample_ring
from pipelines.steps.pseudonymise import Pseudonymised, pseudonymise
from schemas.datasets import DATASETS
from schemas.quarters import Quarter
from schemas.records import table_columns

KEYS = sample_ring()
QUARTER = Quarter.parse("2026-Q3")
PEOPLE = (
    ("Zzyzx", "Quillfeather", date(1985, 3, 7), "B1 1AA", "yes"),
    ("Wynfrid", "Oxblood", date(1990, 12, 31), "B2 2BB", "no"),
)


def accepted() -> dict[str, pl.DataFrame]:
    """Two incidents with a victim each; one of them objects to linkage."""
    incidents = pl.DataFrame(
        {
            "incident_ref": ["A1", "A2"],
            "report_date": [date(2026, 7, 31), date(2026, 8, 1)],
            "status": ["recorded", "recorded"],
            "occurred_to_date": [date(2025, 7, 31), date(2025, 7, 31)],
            "is_exploitation": ["yes", "no"],
            "kinds": [["rape", "online"], None],
        },
        schema_overrides={"kinds": pl.List(pl.String)},
    )
    victims = pl.DataFrame(
        {
            "incident_ref": ["A1", "A2"],
            "person_ref": ["P1", "P2"],
            "report_date": [date(2026, 7, 31), date(2026, 8, 1)],
            "forename": [p[0] for p in PEOPLE],
            "surname": [p[1] for p in PEOPLE],
            "dob": [p[2] for p in PEOPLE],
            "postcode": [p[3] for p in PEOPLE],
            "may_link": [p[4] for p in PEOPLE],
            "nhs_number": [None, None],
            "sex": ["female", None],
        },
        schema_overrides={"nhs_number": pl.String},
    )
    return {"incidents": incidents, "victims": victims}


def taken_apart(*, may_link: bool = True) -> Pseudonymised:
    return pseudonymise(
        accepted(), agency="sarc", quarter=QUARTER, submission_id="s1", keys=KEYS, may_link=may_link
    )


def test_records_when_made_then_have_the_schema_s_columns_and_no_value_of_identity() -> None:
    made = taken_apart()
    for name, frame in made.records.items():
        assert frame.columns == list(table_columns(DATASETS[name]))
    text = repr([frame.rows() for frame in made.records.values()])
    for forename, surname, born, postcode, _ in PEOPLE:
        assert not any(value in text for value in (forename, surname, postcode, str(born), repr(born)))
    assert not any(own in text for own in ("'A1'", "'P1'"))


def test_records_when_made_then_days_are_months_and_unknown_is_said() -> None:
    made = taken_apart().records
    assert made["incidents"].select(
        "event_month", "event_quarter", "recency", "kind_rape", "kind_online", "kind_fgm"
    ).rows() == [
        ("2026-07", "2026-Q3", "recent", "yes", "yes", "no"),
        ("2026-08", "2026-Q3", "non_recent", "no", "no", "no"),
    ]
    assert made["victims"].select("sex", "religion", "is_linkable").rows() == [
        ("female", "not_recorded", True),
        ("not_recorded", "not_recorded", False),
    ]


def test_victims_when_made_then_age_when_it_began_comes_from_the_date_of_birth_alone() -> None:
    both = accepted()
    both["incidents"] = both["incidents"].with_columns(
        pl.Series("occurred_from_date", [date(2001, 3, 6), None], dtype=pl.Date)
    )

    def ages(delivery: dict[str, pl.DataFrame]) -> list[str]:
        made = pseudonymise(
            delivery, agency="sarc", quarter=QUARTER, submission_id="s1", keys=KEYS, may_link=True
        )
        return made.records["victims"]["offence_age_band"].to_list()

    assert ages(both) == ["13to15", "25to34"]  # a day before 16; 34 on the last day known
    assert ages(both | {"victims": both["victims"].drop("dob")}) == ["not_recorded"] * 2


def test_tokens_when_a_person_objects_then_are_of_the_others_alone_and_hers_are_to_be_forgotten() -> None:
    made = taken_apart()
    victims = made.references.filter(pl.col("dataset") == "victims", pl.col("name") == "person_ref")
    assert victims.height == 2
    assert made.tokens["victim"].height == made.event_days.height == made.bridge.height == 1
    assert made.event_days["event_day"].to_list() == [date(2026, 7, 31)]
    assert len(made.forgotten["victim"]) == 1
    assert made.forgotten["victim"][0] not in made.tokens["victim"]["k0"].to_list()


def test_tokens_when_the_agency_sends_no_identity_then_nobody_has_any() -> None:
    made = taken_apart(may_link=False)
    assert (made.tokens["victim"].height, made.event_days.height, made.bridge.height, made.forgotten) == (
        0,
        0,
        0,
        {},
    )
    assert made.records["victims"]["is_linkable"].to_list() == [False, False]


def test_ids_when_made_twice_then_references_are_the_same_and_records_are_not() -> None:
    first, second = taken_apart().records["victims"], taken_apart().records["victims"]
    assert first["agency_person_id"].to_list() == second["agency_person_id"].to_list()
    assert set(first["record_id"]) & set(second["record_id"]) == set()


@pytest.mark.parametrize("column", ["incident_id", "agency_person_id"])
def test_ids_when_another_agency_has_the_same_reference_then_differ(column: str) -> None:
    ours = taken_apart().records["victims"]
    theirs = pseudonymise(
        accepted(), agency="isva", quarter=QUARTER, submission_id="s2", keys=KEYS, may_link=True
    ).records["victims"]
    assert set(ours[column]) & set(theirs[column]) == set()


def test_suspects_when_arrested_before_they_were_named_then_no_wait_is_counted() -> None:
    named, arrested = date(2026, 7, 10), [date(2026, 7, 11), date(2026, 7, 9), None]
    suspects = pl.DataFrame(
        {
            "incident_ref": ["A1", "A2", "A3"],
            "person_ref": ["S1", "S2", "S3"],
            "stage": ["named"] * 3,
            "report_date": [named] * 3,
            "named_date": [named] * 3,
            "arrested_date": arrested,
        },
        schema_overrides={"arrested_date": pl.Date},
    )
    made = pseudonymise(
        {"suspects": suspects}, agency="police", quarter=QUARTER, submission_id="s1", keys=KEYS,
        may_link=False,
    )
    assert made.records["suspects"]["arrest_wait"].to_list() == ["le_1_day", None, None]


def test_case_when_its_review_is_not_yet_due_then_the_last_day_of_the_quarter_decides() -> None:
    day = QUARTER.last_day
    cases = pl.DataFrame(
        {
            "case_ref": ["C1", "C2"],
            "person_ref": ["P1", "P2"],
            "start_date": [date(2026, 7, 1)] * 2,
            "assessed_date": [date(2026, 7, 8), date(2026, 7, 9)],
            "review_due_date": [day, date(2026, 10, 1)],
        }
    )
    made = pseudonymise(
        {"cases": cases}, agency="isva", quarter=QUARTER, submission_id="s1", keys=KEYS, may_link=False
    )
    assert made.records["cases"].select("assessed_wait", "review_timing", "therapy_wait").rows() == [
        ("le_5_working_days", "overdue", None),
        ("later", "not_due", None),
    ]
