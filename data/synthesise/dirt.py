"""Faults in known places: which agency has which, so that every rule for rows has rows that trip it.

What belongs here: the table of faults, and the few that one other agency has alone. What does not: how
often (``rates.py``), how a fault is given (``spoiler.py``, ``police_faults.py``), files that are refused as
a whole (``broken.py``), slips of identity (``spelling.py``).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from data.synthesise import police_faults as police
from data.synthesise.ledger import NOT_RECORDED, UNMAPPED, Extract
from data.synthesise.spoiler import (
    Fault,
    Spoiler,
    before,
    cell,
    crime_out,
    either,
    ragged,
    repeated,
    says,
    set_aside,
    write,
)
from schemas.agencies import Agency

_UNMAPPED_CELLS: Final = {
    ("police", "crimes", "Outcome"): ("outcome_type", "NFA", "27"),
    ("police", "crimes", "Location Type"): ("setting", "Canal towpath", "Allotment"),
    ("police", "victims", "SDE"): ("ethnicity", "wb", "Eurasian"),
    ("police", "victims", "Relationship"): ("relationship", "Landlord", "Online contact"),
    ("police", "suspects", "Home LA"): ("residence_area", "Gtr Bham", "Blk Country"),
    ("police", "referrals", "Service Type"): ("destination", "MASH", "RJ"),
    ("sarc", "attendances", "Referred by"): ("source", "Gym", "111"),
    ("sarc", "attendances", "Where"): ("setting", "Festival", "Abroad"),
    ("isva", "caseload", "Source"): ("source", "faith group", "taxi firm"),
    ("isva", "caseload", "Home area"): ("residence_area", "STAFFS", "WRCS"),
    ("housing", "disclosures", "Ethnic group"): ("ethnicity", "wb", "Mixed race"),
    ("housing", "disclosures", "Referred to"): ("destination", "CAB", "GP link worker"),
    ("probation", "sentences", "ETHNICITY"): ("ethnicity", "W4", "W5"),
}
"""Codes that the agencies' maps leave out on purpose."""


def spoil(extract: Extract, agency: Agency) -> None:
    """Give an extract its faults; the same ones every time."""
    Spoiler(extract, agency).spoil(FAULTS)


def _unmapped(agency: str) -> Fault:
    def fault(spoiler: Spoiler) -> None:
        places = [(place, found) for place, found in _UNMAPPED_CELLS.items() if place[0] == agency]
        (_, kind, column), (canonical, *texts) = spoiler.rng.choice(places)
        row = spoiler.pick(kind, lambda r: r.cells[column] != "")
        if row is not None:
            row.cells[column] = spoiler.rng.choice(texts)
            row.trip(column, "code_unmapped")
            for record in row.records.values():
                if canonical in record:
                    record[canonical] = UNMAPPED

    return fault


def _suppressed(rule_id: str, *texts: str) -> Fault:
    return cell("counts", "Count", rule_id, lambda s, r: s.rng.choice(texts), "counts")


def _sarc_reversed(spoiler: Spoiler) -> None:
    row = spoiler.pick("attendances", lambda r: r.cells["Assault from"] != "")
    if row is not None:
        first = row.records["incidents"]["occurred_from_date"]
        assert isinstance(first, date)
        row.cells["Assault from"], row.cells["Assault to"] = first, first - timedelta(days=4)
        row.trip("Assault to", "occurrence_reversed", "incidents")
        row.trip("Attendance ref", "incident_absent", "victims")


def _housing_report_first(spoiler: Spoiler) -> None:
    row = spoiler.pick("disclosures")
    if row is not None:
        report = row.records["incidents"]["report_date"]
        assert isinstance(report, date)
        row.cells["From"] = row.cells["To"] = (report + timedelta(days=3)).isoformat()
        row.trip("Disclosed", "report_before_occurrence", "incidents")
        row.trip("Ref", "incident_absent", "victims")


def _too_early(kind: str, column: str, after: str, dataset: str, style: str) -> Fault:
    """A step written before the one that it follows: both are kept, and the sender is asked."""

    def fault(spoiler: Spoiler) -> None:
        row = spoiler.pick(kind, lambda r: r.cells[column] != "" and r.cells[after] != "")
        if row is not None:
            canonical = _STEPS[column]
            first = row.records[dataset][_STEPS[after]]
            assert isinstance(first, date)
            day = first - timedelta(days=spoiler.rng.randint(2, 9))
            row.cells[column] = day.strftime(style)
            row.records[dataset][canonical] = day
            row.trip(column, "dates_out_of_order")

    return fault


def _overfull(kind: str, filled: str, of: str) -> Fault:
    def fault(spoiler: Spoiler) -> None:
        row = spoiler.pick(kind, lambda r: r.cells[of] != "" and "referrals" in r.records)
        if row is not None:
            n = int(str(row.cells[of])) + 3
            row.cells[filled] = n
            row.records["referrals"]["n_mandatory_filled"] = n
            row.trip(filled, "fields_more_than_form")

    return fault


_STEPS: Final = {
    "Arrested On": "arrested_date",
    "Named On": "named_date",
    "Therapy start": "therapy_start_date",
    "Therapy referral": "therapy_referred_date",
}


FAULTS: Final[dict[tuple[str, str], Fault]] = {
    ("police", "row_ragged"): ragged("crimes", "Location Type"),
    ("police", "reference_missing"): cell("victims", "Person Id", "reference_missing", says(""), "victims"),
    ("police", "required_missing"): either(
        crime_out("required_missing", "Reported", write("Reported", "")),
        cell("referrals", "Sent", "required_missing", says(""), "referrals"),
        cell("suspects", "Role", "required_missing", says(""), "suspects"),
    ),
    ("police", "date_unreadable"): either(
        crime_out("date_unreadable", "Reported", write("Reported", "c. Nov 1998")),
        cell("referrals", "Sent", "date_unreadable", says("31/02/2025"), "referrals"),
    ),
    ("police", "date_after_quarter"): crime_out("date_after_quarter", "Reported", police.day_after),
    ("police", "occurrence_reversed"): crime_out("occurrence_reversed", "Committed To", police.reverse),
    ("police", "report_before_occurrence"): crime_out(
        "report_before_occurrence", "Reported", police.report_first
    ),
    ("police", "record_conflicting"): either(police.conflicting, police.conflicting_referral),
    ("police", "incident_absent"): police.absent_incident,
    ("police", "organisation_as_person"): police.organisation,
    ("police", "date_optional_future"): set_aside(
        "Outcome Date", "outcome_date", "incidents", "crimes", "date_optional_future", "31/12/2099"
    ),
    ("police", "date_optional_unreadable"): set_aside(
        "Outcome Date", "outcome_date", "incidents", "crimes", "date_optional_unreadable", "00/03/2024"
    ),
    ("police", "age_against_birth"): police.age_against_birth,
    ("police", "birth_after_event"): police.birth_after_event,
    ("police", "sex_against_offence"): police.sex_against_offence,
    ("police", "age_against_offence"): police.age_against_offence,
    ("police", "offence_as_date"): police.offence_as_date,
    ("police", "offence_pair_unknown"): police.offence_pair,
    ("police", "offence_out_of_reach"): police.out_of_reach,
    ("police", "reference_reused"): police.reused,
    ("police", "cancelled_without_reason"): police.cancelled,
    ("police", "text_damaged"): police.damaged,
    ("police", "code_unmapped"): _unmapped("police"),
    ("police", "observed_as_self_defined"): cell(
        "victims",
        "SDE",
        "observed_as_self_defined",
        lambda s, r: f"IC{s.rng.choice((1, 3, 4))}",
        becomes={"victims": {"ethnicity": NOT_RECORDED}},
    ),
    ("police", "record_repeated"): either(
        repeated("victims", "Crime Ref"),
        repeated("crimes", "Crime Ref"),
        repeated("suspects", "Crime Ref"),
    ),
    ("police", "dates_out_of_order"): _too_early(
        "suspects", "Arrested On", "Named On", "suspects", "%d/%m/%Y"
    ),
    ("police", "fields_more_than_form"): _overfull("referrals", "Filled", "Mandatory"),
    ("isva", "dates_out_of_order"): _too_early(
        "caseload", "Therapy start", "Therapy referral", "cases", "%Y-%m-%d"
    ),
    ("isva", "fields_more_than_form"): _overfull("caseload", "Form filled", "Form fields"),
    ("sarc", "required_missing"): cell("onward", "Sent", "required_missing", says(""), "referrals"),
    ("sarc", "date_unreadable"): cell(
        "onward", "Sent", "date_unreadable", says("early March"), "referrals"
    ),
    ("sarc", "reference_missing"): cell("onward", "Onward ref", "reference_missing", says(""), "referrals"),
    ("sarc", "contact_before_referral"): before(
        "First contact",
        of="Referral date",
        dataset="referrals",
        kind="attendances",
        rule_id="contact_before_referral",
        iso=False,
    ),
    ("sarc", "occurrence_reversed"): _sarc_reversed,
    ("sarc", "code_unmapped"): _unmapped("sarc"),
    ("sarc", "record_repeated"): repeated("attendances", "Attendance ref"),
    ("isva", "contact_before_referral"): before(
        "Received",
        of="Referral date",
        dataset="referrals",
        kind="caseload",
        rule_id="contact_before_referral",
        iso=True,
    ),
    ("isva", "end_before_start"): before(
        "Support end",
        of="Support start",
        dataset="cases",
        kind="caseload",
        rule_id="end_before_start",
        iso=True,
    ),
    ("isva", "score_out_of_range"): either(
        cell(
            "caseload",
            "Health start",
            "score_out_of_range",
            says("7"),
            fits=lambda r: r.cells["Health start"] != "",
            becomes={"cases": {"need_health_start": None}},
        ),
        cell(
            "caseload",
            "Finance start",
            "score_out_of_range",
            says("0"),
            fits=lambda r: r.cells["Finance start"] != "",
            becomes={"cases": {"need_finance_start": None}},
        ),
    ),
    ("isva", "date_unreadable"): cell(
        "caseload", "Referral date", "date_unreadable", says("2025-02-30"), "referrals"
    ),
    ("isva", "required_missing"): cell(
        "caseload", "Referral date", "required_missing", says(""), "referrals"
    ),
    ("isva", "row_ragged"): ragged("caseload", "Adviser team"),
    ("isva", "code_unmapped"): _unmapped("isva"),
    ("isva", "date_optional_unreadable"): set_aside(
        "Assessed", "assessed_date", "cases", "caseload", "date_optional_unreadable", "wk 14"
    ),
    ("isva", "record_repeated"): repeated("caseload", "Case ID"),
    ("housing", "age_impossible"): cell(
        "disclosures",
        "Age",
        "age_impossible",
        lambda s, r: s.rng.choice(("999", "-1")),
        "victims",
        "referrals",
        fits=lambda r: r.cells["Age"] != "",
    ),
    ("housing", "required_missing"): cell(
        "disclosures",
        "Referred on",
        "required_missing",
        says(""),
        "referrals",
        fits=lambda r: "referrals" in r.records,
    ),
    ("housing", "code_unmapped"): _unmapped("housing"),
    ("housing", "report_before_occurrence"): _housing_report_first,
    ("housing", "record_repeated"): repeated("disclosures", "Ref"),
    ("probation", "required_missing"): cell(
        "sentences", "DISPOSAL", "required_missing", says(""), "suspects"
    ),
    ("probation", "date_unreadable"): cell(
        "registrations", "REGISTERED", "date_unreadable", says("30-FEB-2024"), "registrations"
    ),
    ("probation", "record_repeated"): repeated("registrations", "CRN"),
    ("probation", "code_unmapped"): _unmapped("probation"),
    ("counselling", "number_suppressed"): _suppressed("number_suppressed", "<5", "*"),
    ("counselling", "number_unreadable"): _suppressed("number_unreadable", "about 12", "-3", "2.5"),
    ("counselling", "record_repeated"): repeated("counts", "Measure"),
}
"""(agency, rule) → what does it."""
