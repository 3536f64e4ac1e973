"""A whole delivery: what is lent, what is completed, who may be linked, and that no row is lost without a
word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.intake.delivery import Intake, nil_return, take_in
from pipelines.intake.mapping import check_mapping
from pipelines.intake.refusal import IntakeError
from schemas.agencies import Agency, read_agencies
from schemas.columns import IDENTITY_COLUMNS
from schemas.datasets import DATASETS
from schemas.models import polars_type

from .conftest import INCIDENTS, PEOPLE, QUARTER, SUSPECTS, TODAY, csv_bytes

Take = Callable[[Mapping[str, bytes]], Intake]


def test_good_delivery_when_taken_in_then_every_row_is_accepted_and_typed(
    good: dict[str, bytes], take: Take
) -> None:
    intake = take(good)

    assert (intake.agency, intake.quarter, intake.stopped) == ("harbour", QUARTER, False)
    assert intake.quarantined.is_empty()
    assert [(f.kind, f.n_rows, f.n_accepted, f.n_left_out, f.stopped) for f in intake.files] == [
        ("incidents", 6, 6, 0, None),
        ("people", 6, 6, 0, None),
        ("referrals", 2, 2, 0, None),
        ("suspects", 1, 1, 0, None),
    ]
    for name, frame in intake.accepted.items():
        expected = {c.name: polars_type(c) for c in DATASETS[name].columns} | {
            "_file": pl.String,
            "_row": pl.Int32,
        }
        assert dict(frame.schema) == expected


def test_suspects_when_their_file_says_less_then_the_incident_lends_day_offence_and_area(
    good: dict[str, bytes], take: Take
) -> None:
    suspect = take(good).accepted["suspects"].row(0, named=True)
    lent = {
        name: suspect[name] for name in ("report_date", "offence_category", "offence_code", "offence_area")
    }
    assert lent == {
        "report_date": date(2026, 7, 11),
        "offence_category": "19C",
        "offence_code": "019/08",
        "offence_area": "E08000025",
    }


def test_wide_file_when_a_row_holds_no_case_then_it_is_no_row_of_cases(
    good: dict[str, bytes], take: Take
) -> None:
    accepted = take(good).accepted
    assert accepted["referrals"].select("referral_ref", "_row").rows() == [("R1", 4), ("R2", 5)]
    assert accepted["cases"].select("case_ref", "start_date", "need_health_start", "_row").rows() == [
        ("C1", date(2026, 7, 20), 2, 4)
    ]


@pytest.mark.parametrize(
    ("dob", "age_sent", "age", "band", "rules"),
    [
        ("11/07/2013", "", 13, "13to15", set()),
        ("12/07/2013", "", 12, "u13", set()),
        ("11/07/1990", "35", 36, "35to44", set()),
        ("11/07/1990", "37", 36, "35to44", set()),
        ("11/07/1990", "34", 36, "35to44", {"age_against_birth"}),
        ("11/07/1990", "38", 36, "35to44", {"age_against_birth"}),
        ("", "17", 17, "16to17", set()),
        ("", "", None, "not_recorded", set()),
        ("11/07/2026", "", 0, "u13", set()),
        ("12/07/2026", "41", 41, "35to44", {"birth_after_event"}),
    ],
)
def test_age_when_two_dates_or_a_number_are_sent_then_it_is_that_at_the_report(
    dob: str, age_sent: str, age: int | None, band: str, rules: set[str], good: dict[str, bytes], take: Take
) -> None:
    incidents = [r | {"Class": "", "Code": ""} for r in INCIDENTS]
    people = [PEOPLE[0] | {"DOB": dob, "Age": age_sent}, *PEOPLE[1:]]
    intake = take(
        good | {"incidents_2026-Q3.csv": csv_bytes(incidents), "people_2026-Q3.csv": csv_bytes(people)}
    )

    victim = intake.accepted["victims"].row(0, named=True)
    assert (victim["age"], victim["age_band"]) == (age, band)
    assert set(intake.findings["rule_id"]) - {"row_totals"} == rules


@pytest.mark.parametrize(
    ("code", "sex", "dob", "first", "last", "rules"),
    [
        (
            "019/08",
            "F",
            "01/07/2010",
            "01/07/2026",
            "01/07/2026",
            set(),
        ),  # sixteen on the day: the offence asks for 16
        ("019/08", "F", "02/07/2010", "01/07/2026", "01/07/2026", {"age_against_offence"}),
        (
            "019/16",
            "F",
            "02/07/2013",
            "01/07/2026",
            "01/07/2026",
            set(),
        ),  # twelve on the day: the offence asks for under 13
        ("019/16", "F", "01/07/2013", "01/07/2026", "01/07/2026", {"age_against_offence"}),
        (
            "019/16",
            "F",
            "01/07/1980",
            "01/07/1988",
            "01/07/1989",
            set(),
        ),  # a child then, an adult who reports it now
        ("019/16", "F", "01/07/1980", "", "", set()),  # when it happened is not known: nothing is certain
        ("019/08", "M", "01/07/1980", "", "", {"sex_against_offence"}),
        ("019/08", "9", "01/07/1980", "", "", set()),
    ],
)
def test_victim_when_the_law_fixes_sex_and_age_then_only_what_is_certain_is_asked(
    code: str, sex: str, dob: str, first: str, last: str, rules: set[str], good: dict[str, bytes], take: Take
) -> None:
    incidents = [INCIDENTS[0] | {"Class": "", "Code": code, "From": first, "To": last}, *INCIDENTS[1:]]
    people = [PEOPLE[0] | {"Sex": sex, "DOB": dob, "Age": ""}, *PEOPLE[1:]]
    intake = take(
        good | {"incidents_2026-Q3.csv": csv_bytes(incidents), "people_2026-Q3.csv": csv_bytes(people)}
    )

    assert set(intake.findings["rule_id"]) - {"row_totals"} == rules
    assert intake.accepted["victims"].height == 6


def test_people_when_they_may_not_be_linked_then_nothing_of_their_identity_is_left_and_their_age_band_is(
    good: dict[str, bytes], take: Take
) -> None:
    people = [
        p | {"May link": cell} for p, cell in zip(PEOPLE, ["Y", "N", "", "NK", "perhaps", "1"], strict=True)
    ]
    victims = take(good | {"people_2026-Q3.csv": csv_bytes(people)}).accepted["victims"]

    identity = [name for name in IDENTITY_COLUMNS if name in victims.columns]
    is_empty = victims.select(pl.all_horizontal(pl.col(identity).is_null())).to_series().to_list()
    assert victims["may_link"].to_list() == [
        "yes",
        "no",
        "not_recorded",
        "not_recorded",
        "not_recorded",
        "yes",
    ]
    assert is_empty == [False, True, True, True, True, False]
    assert "not_recorded" not in victims["age_band"].to_list()


def test_single_file_when_it_is_only_checked_then_its_parents_are_not_missed(harbour: Agency) -> None:
    files = {"people_2026-Q3.csv": csv_bytes(PEOPLE)}
    alone = take_in(harbour, QUARTER, files, today=TODAY, is_whole=False)
    whole = take_in(harbour, QUARTER, files, today=TODAY)

    assert (alone.findings.height, alone.accepted["victims"].height) == (0, 6)
    assert set(whole.findings["rule_id"]) == {"file_missing", "incident_absent"}
    assert whole.accepted["victims"].is_empty()


def test_name_when_of_another_quarter_then_the_file_is_not_known(good: dict[str, bytes], take: Take) -> None:
    good["incidents_2026-Q2.csv"] = good.pop("incidents_2026-Q3.csv")
    intake = take(good)
    assert [(f.kind, f.stopped) for f in intake.files if f.stopped] == [(None, "file_unknown")]


def test_manifest_when_it_lies_beside_the_files_then_it_is_no_extract(
    good: dict[str, bytes], take: Take
) -> None:
    assert [f.kind for f in take(good | {"manifest.json": b"{}"}).files] == [
        "incidents",
        "people",
        "referrals",
        "suspects",
    ]


def test_nil_return_when_made_then_it_has_the_shape_of_any_intake(good: dict[str, bytes], take: Take) -> None:
    nil, full = nil_return("harbour", QUARTER), take(good)
    assert (nil.accepted, nil.files, nil.stopped) == ({}, [], False)
    for name in ("quarantined", "findings", "unmapped"):
        assert getattr(nil, name).schema == getattr(full, name).schema
        assert getattr(nil, name).is_empty()


def test_delivery_when_taken_in_twice_then_it_is_the_same(good: dict[str, bytes], take: Take) -> None:
    first, second = take(good), take(dict(reversed(good.items())))
    assert_frame_equal(first.findings, second.findings)
    assert first.files == second.files
    for name, frame in first.accepted.items():
        assert_frame_equal(frame, second.accepted[name])


def test_agency_when_its_map_leads_to_no_code_of_ours_then_file_key_and_code_are_named(
    harbour: Agency,
) -> None:
    wrong = harbour.model_copy(update={"code_maps": {**harbour.code_maps, "sex": {"F": "femail"}}})
    with pytest.raises(IntakeError) as caught:
        check_mapping(wrong)
    assert str(caught.value) == (
        "[harbour.yaml], key [files.people.feeds.victims.fields.sex]: leads to [femail], "
        "which is not a code of [sex]. Use a code of that list."
    )


@pytest.mark.parametrize("name", sorted(read_agencies()))
def test_agencies_of_the_partnership_when_read_then_their_maps_lead_to_codes(name: str) -> None:
    check_mapping(read_agencies()[name])


CELLS = st.sampled_from(
    ["", "NK", "-", "x", "19-Aug", "32/13/2026", "01/08/2026", "01/01/1900", "999", "12", "Regina", "IC1"]
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_when_spoilt_at_random_then_each_is_accepted_left_out_or_a_repeat(
    data: st.DataObject, harbour: Agency
) -> None:
    tables = {"incidents": INCIDENTS, "people": PEOPLE, "suspects": SUSPECTS}
    spoilt = {
        kind: [
            row
            | {
                name: data.draw(CELLS)
                for name in data.draw(st.sets(st.sampled_from(sorted(row)), max_size=2))
            }
            for row in rows
        ]
        for kind, rows in tables.items()
    }
    files = {f"{kind}_2026-Q3.csv": csv_bytes(rows) for kind, rows in spoilt.items()}
    intake = take_in(harbour, QUARTER, files, today=TODAY)

    if intake.stopped:
        return
    for kind, dataset in (("incidents", "incidents"), ("people", "victims"), ("suspects", "suspects")):
        name = f"{kind}_2026-Q3.csv"
        kept = set(intake.accepted[dataset]["_row"])
        left_out = set(intake.quarantined.filter(pl.col("file") == name)["row"])
        repeats = set(
            intake.findings.filter((pl.col("file") == name) & (pl.col("rule_id") == "record_repeated"))["row"]
        )
        assert kept | left_out | repeats == set(range(2, 2 + len(tables[kind])))
        assert not kept & left_out
        result = next(f for f in intake.files if f.kind == kind)
        assert (result.n_rows, result.n_left_out) == (len(tables[kind]), len(left_out))
