"""Every rule has a row, or a file, that trips it; and the finding says where, never what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl
import pytest

from pipelines.intake.delivery import Intake
from schemas.rules import RULES, Severity

from .conftest import INCIDENTS, PEOPLE, REFERRALS, SUSPECTS, csv_bytes, workbook_bytes
from .rule_cases import CASES, Case

Take = Callable[[Mapping[str, bytes]], Intake]


_GOOD = {"incidents": INCIDENTS, "people": PEOPLE, "suspects": SUSPECTS}


def _spoilt(good: dict[str, bytes], file: str, row: int, change: dict[str, str]) -> dict[str, bytes]:
    rows = [dict(r) for r in _GOOD[file]]
    rows[row - 2] |= change
    return good | {f"{file}_2026-Q3.csv": csv_bytes(rows)}


def _at(intake: Intake, rule_id: str) -> list[dict[str, object]]:
    return intake.findings.filter(pl.col("rule_id") == rule_id).drop("sheet", "hint").to_dicts()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule_id}-{case.file}-{case.place[1]}")
def test_row_when_it_trips_a_rule_then_one_finding_says_where(
    case: Case, good: dict[str, bytes], take: Take
) -> None:
    intake = take(_spoilt(good, case.file, case.row, case.change))

    severity = RULES[case.rule_id].severity
    assert not intake.stopped
    assert _at(intake, case.rule_id) == [
        {
            "rule_id": case.rule_id,
            "severity": str(severity),
            "file": f"{case.file}_2026-Q3.csv",
            "row": case.row,
            "column": case.place[0],
            "cell": case.place[1],
            "dataset": case.dataset,
        }
    ]
    assert set(intake.findings["rule_id"]) == {case.rule_id, "row_totals", *case.also}
    kept = intake.accepted[case.dataset].filter(pl.col("_row") == case.row)
    left_out = intake.quarantined.filter(pl.col("dataset") == case.dataset, pl.col("row") == case.row)
    if severity is Severity.FIX:
        assert kept.is_empty()
        assert left_out["rule_ids"].to_list() == [[case.rule_id]]
    else:
        assert left_out.is_empty()
        assert case.keeps is not None
        assert kept.select(case.keeps[0]).item() == case.keeps[1]


def test_people_when_their_incident_is_left_out_then_they_are_too(good: dict[str, bytes], take: Take) -> None:
    intake = take(_spoilt(good, "incidents", 2, {"Reported": "yesterday"}))

    assert intake.quarantined.to_dicts() == [
        {"dataset": "incidents", "file": "incidents_2026-Q3.csv", "row": 2, "rule_ids": ["date_unreadable"]},
        {"dataset": "suspects", "file": "suspects_2026-Q3.csv", "row": 2, "rule_ids": ["incident_absent"]},
        {"dataset": "victims", "file": "people_2026-Q3.csv", "row": 2, "rule_ids": ["incident_absent"]},
    ]
    assert {name: frame.height for name, frame in intake.accepted.items()} == {
        "incidents": 5,
        "victims": 5,
        "suspects": 0,
        "referrals": 2,
        "cases": 1,
    }


def test_same_row_when_sent_twice_then_one_is_kept_and_said(good: dict[str, bytes], take: Take) -> None:
    intake = take(good | {"incidents_2026-Q3.csv": csv_bytes([*INCIDENTS, INCIDENTS[0]])})

    assert [(f["row"], f["cell"]) for f in _at(intake, "record_repeated")] == [(8, "A8")]
    assert intake.accepted["incidents"].height == 6
    assert intake.quarantined.is_empty()


def test_rows_when_they_differ_under_one_reference_then_none_is_kept(
    good: dict[str, bytes], take: Take
) -> None:
    other = INCIDENTS[0] | {"DA": "N"}
    intake = take(good | {"incidents_2026-Q3.csv": csv_bytes([*INCIDENTS, other])})

    assert [f["row"] for f in _at(intake, "record_conflicting")] == [2, 8]
    assert "I1" not in intake.accepted["incidents"]["incident_ref"].to_list()


def test_person_reference_when_it_stands_for_two_people_then_both_rows_are_kept_and_asked_about(
    good: dict[str, bytes], take: Take
) -> None:
    intake = take(
        _spoilt(good, "people", 3, {"Person": "P1", "Forename": "Osk", "DOB": "07/07/1971", "Age": "55"})
    )

    assert [f["row"] for f in _at(intake, "reference_reused")] == [2, 3]
    assert intake.accepted["victims"].height == 6


def test_person_reference_when_only_the_birth_date_differs_then_nothing_is_said(
    good: dict[str, bytes], take: Take
) -> None:
    intake = take(_spoilt(good, "people", 3, {"Person": "P1"}))

    assert _at(intake, "reference_reused") == []


def _with_referral(good: dict[str, bytes], **cells: object) -> dict[str, bytes]:
    header = REFERRALS[2]
    row = list(REFERRALS[3])
    for name, value in cells.items():
        row[header.index(name)] = value
    return good | {
        "referrals_2026-Q3.xlsx": workbook_bytes("Referrals", [*REFERRALS[:3], row, *REFERRALS[4:]])
    }


@pytest.mark.parametrize(
    ("rule_id", "cells", "cell", "dataset"),
    [
        ("contact_before_referral", {"Contact": date(2026, 7, 13)}, "D4", "referrals"),
        ("end_before_start", {"End": date(2026, 7, 19)}, "H4", "cases"),
        ("fields_more_than_form", {"Filled": 13}, "K4", "referrals"),
        ("dates_out_of_order", {"Reviewed": date(2026, 7, 19)}, "L4", "cases"),
        ("score_out_of_range", {"Health": 6}, "I4", "cases"),
        ("score_out_of_range", {"Health": 0}, "I4", "cases"),
        ("score_out_of_range", {"Health": 2.5}, "I4", "cases"),
    ],
)
def test_workbook_row_when_it_trips_a_rule_then_sheet_and_cell_are_said(
    rule_id: str, cells: dict[str, object], cell: str, dataset: str, good: dict[str, bytes], take: Take
) -> None:
    intake = take(_with_referral(good, **cells))

    found = intake.findings.filter(pl.col("rule_id") == rule_id).to_dicts()
    assert [(f["sheet"], f["cell"], f["dataset"]) for f in found] == [("Referrals", cell, dataset)]


def test_step_when_it_stands_before_the_one_it_follows_then_the_row_is_kept_and_asked_about(
    good: dict[str, bytes], take: Take
) -> None:
    intake = take(_with_referral(good, Reviewed=date(2026, 7, 19), Filled=13))

    assert set(intake.findings["rule_id"]) == {"row_totals", "dates_out_of_order", "fields_more_than_form"}
    assert intake.quarantined.is_empty()
    assert intake.accepted["cases"]["review_date"].to_list() == [date(2026, 7, 19)]
    assert intake.accepted["referrals"]["n_mandatory_filled"].to_list() == [13, None]


def test_form_when_every_mandatory_field_is_filled_then_nothing_is_said(
    good: dict[str, bytes], take: Take
) -> None:
    intake = take(_with_referral(good, Filled=12, Reviewed=date(2026, 7, 20)))

    assert set(intake.findings["rule_id"]) == {"row_totals"}


def test_case_when_it_ends_on_the_day_it_starts_then_nothing_is_said(
    good: dict[str, bytes], take: Take
) -> None:
    intake = take(_with_referral(good, End=date(2026, 7, 20), Contact=date(2026, 7, 14), Health=5))

    assert set(intake.findings["rule_id"]) == {"row_totals"}


@pytest.mark.parametrize("surplus", [b",surplus", b",", b",,", b"\r\nI2,P2"])
def test_row_when_it_has_another_number_of_cells_then_it_is_left_out(
    surplus: bytes, good: dict[str, bytes], take: Take
) -> None:
    lines = good["people_2026-Q3.csv"].split(b"\r\n")
    lines[2] = lines[2] + surplus
    intake = take(good | {"people_2026-Q3.csv": b"\r\n".join(lines)})

    row, n_rows = (4, 7) if surplus.startswith(b"\r") else (3, 6)
    assert [(f["row"], f["dataset"]) for f in _at(intake, "row_ragged")] == [(row, "victims")]
    people = next(f for f in intake.files if f.kind == "people")
    assert (people.n_rows, people.n_accepted, people.n_left_out) == (n_rows, n_rows - 1, 1)


def test_totals_row_when_it_stands_at_the_bottom_then_it_is_no_record(
    good: dict[str, bytes], take: Take
) -> None:
    intake = take(good | {"incidents_2026-Q3.csv": good["incidents_2026-Q3.csv"] + b"Total,6\r\n"})

    assert [f["row"] for f in _at(intake, "row_totals")] == [8, 6]
    assert intake.accepted["incidents"].height == 6


def test_letters_when_damaged_then_the_row_is_kept_and_asked_about(
    good: dict[str, bytes], take: Take
) -> None:
    many = [INCIDENTS[0] | {"Ref": f"X{i}"} for i in range(40)]
    people = [PEOPLE[0] | {"Ref": f"X{i}", "Person": f"P{i}"} for i in range(40)]
    people[3] |= {"Surname": "ZoÃ«berg"}
    intake = take(
        good | {"incidents_2026-Q3.csv": csv_bytes(many + INCIDENTS), "people_2026-Q3.csv": csv_bytes(people)}
    )

    assert [(f["row"], f["column"]) for f in _at(intake, "text_damaged")] == [(5, "Surname")]
    assert intake.accepted["victims"].height == 40


def test_file_when_an_agreed_one_is_not_there_then_it_is_asked_for(
    good: dict[str, bytes], take: Take
) -> None:
    del good["people_2026-Q3.csv"]
    intake = take(good)

    assert [(f["file"], f["row"], f["cell"]) for f in _at(intake, "file_missing")] == [("people", None, None)]
    assert "victims" not in intake.accepted


COUNTS_HEADER: list[object] = ["Measure", "Area", "Sex", "Age group", "Count"]


@pytest.mark.parametrize(
    ("count", "rule_id"),
    [
        ("<5", "number_suppressed"),
        ("*", "number_suppressed"),
        ("1-4", "number_suppressed"),
        ("[c]", "number_suppressed"),
        ("c", "number_suppressed"),
        ("many", "number_unreadable"),
        (-1, "number_unreadable"),
        (2.5, "number_unreadable"),
        (None, "required_missing"),
    ],
)
def test_count_when_it_is_no_number_then_the_row_is_left_out(
    count: object, rule_id: str, good: dict[str, bytes], take: Take
) -> None:
    rows = [
        COUNTS_HEADER,
        ["New clients", "Birmingham", "Female", "18 to 24", 7],
        ["New clients", "Birmingham", "Male", None, count],
    ]
    intake = take(good | {"counts_2026-Q3.xlsx": workbook_bytes("Counts", rows)})

    assert [(f["cell"], f["dataset"]) for f in _at(intake, rule_id)] == [("E3", "counts")]
    assert intake.accepted["counts"].select(
        "count_measure", "service_area", "sex", "age_band", "n"
    ).rows() == [("new_clients", "E08000025", "female", "18to24", 7)]


def test_rules_when_listed_then_every_rule_of_rows_has_a_test_here() -> None:
    elsewhere = {
        "record_repeated",
        "record_conflicting",
        "reference_reused",
        "contact_before_referral",
        "end_before_start",
        "fields_more_than_form",
        "dates_out_of_order",
        "score_out_of_range",
        "row_ragged",
        "row_totals",
        "text_damaged",
        "file_missing",
        "number_suppressed",
        "number_unreadable",
    }
    of_rows = {rule.rule_id for rule in RULES.values() if rule.severity is not Severity.STOP}
    assert of_rows == {case.rule_id for case in CASES} | elsewhere
