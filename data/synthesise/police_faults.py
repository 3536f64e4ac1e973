"""Faults that only the police's linked files can have: crimes, their victims, suspects and referrals.

What belongs here: one small function for each. What does not: kinds of fault that any agency may have
(``spoiler.py``).
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Final

from data.synthesise.ledger import NOT_RECORDED, UNMAPPED, Row
from data.synthesise.people import age_on
from data.synthesise.spoiler import Spoiler, childless
from schemas.offences import AGE_BOUNDS, offence

ORGANISATIONS: Final = ("The Crown", "Regina", "Tri-Rivers Taverns Ltd", "Borough Council")
_FIXED_SEX: Final = {"F": "female", "M": "male"}


def conflicting(spoiler: Spoiler) -> None:
    """Two rows of one crime that differ: neither can be used."""
    is_childless = childless(spoiler)
    row = spoiler.pick(
        "crimes", lambda r: is_childless(r) and bool(r.records["incidents"]["setting"] != "hotel")
    )
    if row is None:
        return
    other = deepcopy(row)
    other.cells["Location Type"] = "Hotel"
    for one in (row, other):
        one.trip("Crime Ref", "record_conflicting", "incidents")
    other.is_copy = True
    spoiler.add("crimes", other)
    spoiler.leave_children_out(row)


def conflicting_referral(spoiler: Spoiler) -> None:
    row = spoiler.pick("referrals", lambda r: r.records["referrals"]["referral_status"] == "made")
    if row is None:
        return
    other = deepcopy(row)
    other.cells["Result"] = "Closed"
    for one in (row, other):
        one.trip("Referral No", "record_conflicting", "referrals")
    other.is_copy = True
    spoiler.add("referrals", other)


def absent_incident(spoiler: Spoiler) -> None:
    row = spoiler.pick("victims")
    if row is not None:
        ref = f"20/9{spoiler.rng.randint(10_000, 99_999)}/{spoiler.quarter.year % 100}"
        row.cells["Crime Ref"] = row.records["victims"]["incident_ref"] = row.parent = ref
        row.trip("Crime Ref", "incident_absent", "victims")


def organisation(spoiler: Spoiler) -> None:
    row = spoiler.pick("victims", lambda r: r.cells["May Link"] == "Y")
    if row is not None:
        row.cells.update(
            {
                "Forename": "",
                "Surname": spoiler.rng.choice(ORGANISATIONS),
                "DOB": "",
                "Age": "",
                "Sex": "",
                "SDE": "",
            }
        )
        row.trip("Surname", "organisation_as_person", "victims")


def age_against_birth(spoiler: Spoiler) -> None:
    row = spoiler.pick("victims", lambda r: r.cells["Age"] != "" and len(str(r.cells["DOB"])) == 10)
    if row is not None:
        row.cells["Age"] = str(int(str(row.cells["Age"])) + spoiler.rng.choice((7, 11, 20)))
        row.trip("Age", "age_against_birth")


def birth_after_event(spoiler: Spoiler) -> None:
    row = spoiler.pick("victims", lambda r: len(str(r.cells["DOB"])) == 10)
    if row is not None:
        row.cells.update({"DOB": f"{spoiler.later():%d/%m/%Y}", "Age": ""})
        row.records["victims"]["age_band"] = NOT_RECORDED
        row.trip("DOB", "birth_after_event")


def _crimes(spoiler: Spoiler) -> dict[str | None, Row]:
    """Reference to crime; where two rows bear one reference, the first."""
    return {str(c.records["incidents"]["incident_ref"]): c for c in reversed(spoiler.extract.files["crimes"])}


def _fixed(crime: Row | None, what: str) -> str:
    """The sex or age that the law fixes for the victim of a crime, or nothing."""
    if crime is None or crime.has_fault:
        return ""
    record = crime.records["incidents"]
    found = offence(str(record["offence_category"]), str(record["offence_code"]))
    return str(getattr(found, what) or "") if found is not None else ""


def sex_against_offence(spoiler: Spoiler) -> None:
    crimes = _crimes(spoiler)
    row = spoiler.pick(
        "victims",
        lambda r: (
            _fixed(crimes.get(r.parent), "victim_sex") in _FIXED_SEX
            and r.records["victims"]["sex"] != NOT_RECORDED
        ),
    )
    if row is not None:
        crime = crimes[row.parent]
        wrong = "male" if _fixed(crime, "victim_sex") == "F" else "female"
        row.cells["Sex"] = wrong[0].upper()
        row.records["victims"]["sex"] = wrong
        row.trip("Sex", "sex_against_offence")
        crime.has_fault = True


def age_against_offence(spoiler: Spoiler) -> None:
    crimes = _crimes(spoiler)

    def fits(row: Row) -> bool:
        bounds = AGE_BOUNDS.get(_fixed(crimes.get(row.parent), "victim_age"), (0, None))
        return len(str(row.cells["DOB"])) == 10 and bounds[1] is not None and bounds[1] <= 17

    row = spoiler.pick("victims", fits)
    if row is not None:
        crime = crimes[row.parent]
        crime.has_fault = True
        born = date(spoiler.quarter.year - 70, 6, 15)
        day = crime.records["incidents"]["report_date"]
        assert isinstance(day, date)
        row.cells.update({"DOB": f"{born:%d/%m/%Y}", "Age": str(age_on(born, day))})
        row.records["victims"]["age_band"] = "55plus"
        row.trip("Age", "age_against_offence")


def offence_as_date(spoiler: Spoiler) -> None:
    months = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

    def fits(row: Row) -> bool:
        head, _, tail = str(row.records["incidents"]["offence_code"]).partition("/")
        return tail.isdecimal() and 1 <= int(tail) <= 12 and int(head) <= 31

    row = spoiler.pick("crimes", fits)
    if row is not None:
        head, tail = str(row.records["incidents"]["offence_code"]).split("/")
        row.cells["HO Code"] = f"{int(head)}-{months[int(tail)]}"
        row.records["incidents"].update(offence_category=UNMAPPED, offence_code=UNMAPPED)
        row.trip("HO Code", "offence_as_date")


def offence_pair(spoiler: Spoiler) -> None:
    row = spoiler.pick("crimes", lambda r: r.records["incidents"]["offence_category"] == "20A")
    if row is not None:
        row.cells.update({"HO Class": "20A", "HO Code": "019/08"})
        row.records["incidents"].update(offence_category=UNMAPPED, offence_code=UNMAPPED)
        row.trip("HO Code", "offence_pair_unknown")


def out_of_reach(spoiler: Spoiler) -> None:
    row = spoiler.pick("crimes", lambda r: r.records["incidents"]["offence_category"] in ("20A", "88E"))
    if row is not None:
        row.cells.update({"HO Class": "105A", "HO Code": ""})
        row.records["incidents"].update(offence_category="105A", offence_code=NOT_RECORDED)
        row.trip("HO Class", "offence_out_of_reach")


def reused(spoiler: Spoiler) -> None:
    def clean(row: Row) -> bool:
        return len(str(row.cells["DOB"])) == 10 and row.cells["May Link"] == "Y"

    kept = spoiler.pick("victims", clean)
    other = spoiler.pick(
        "victims",
        lambda r: (
            clean(r)
            and kept is not None
            and r.cells["Forename"] != kept.cells["Forename"]
            and r.parent != kept.parent
            and r.cells["DOB"] != kept.cells["DOB"]
        ),
    )
    if kept is not None and other is not None:
        other.cells["Person Id"] = other.records["victims"]["person_ref"] = kept.cells["Person Id"]
        for row in (kept, other):
            row.trip("Person Id", "reference_reused")


def cancelled(spoiler: Spoiler) -> None:
    row = spoiler.pick("crimes", lambda r: r.records["incidents"]["status"] == "cancelled")
    if row is not None:
        row.cells["Cancelled Reason"] = ""
        row.records["incidents"]["cancelled_reason"] = NOT_RECORDED
        row.trip("Cancelled Reason", "cancelled_without_reason")


def damaged(spoiler: Spoiler) -> None:
    row = spoiler.pick(
        "victims", lambda r: any(ord(c) > 127 for c in f"{r.cells['Forename']}{r.cells['Surname']}")
    )
    if row is None:
        return
    for column in ("Forename", "Surname"):
        text = str(row.cells[column])
        if not text.isascii():
            row.cells[column] = text.encode("utf-8").decode("cp1252", "replace").replace("\ufffd", "?")
            row.trip(column, "text_damaged")


def day_after(spoiler: Spoiler, row: Row) -> None:
    row.cells["Reported"] = f"{spoiler.later():%d/%m/%Y}"


def reverse(spoiler: Spoiler, row: Row) -> None:
    first = row.records["incidents"]["occurred_from_date"]
    assert isinstance(first, date)
    row.cells["Committed From"] = f"{first:%d/%m/%Y}"
    row.cells["Committed To"] = f"{first - timedelta(days=spoiler.rng.randint(1, 30)):%d/%m/%Y}"


def report_first(spoiler: Spoiler, row: Row) -> None:
    report = row.records["incidents"]["report_date"]
    assert isinstance(report, date)
    after = report + timedelta(days=spoiler.rng.randint(1, 9))
    row.cells["Committed From"] = row.cells["Committed To"] = f"{after:%d/%m/%Y}"
