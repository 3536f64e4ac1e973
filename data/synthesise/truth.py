"""The truth beside the sample: what every count should be, for tests that never read an extract.

What belongs here: the truth's files. What does not: how a record comes about (the agencies' modules). The
pipeline never reads these files. A row stands for one record in a delivery that brought or changed it, with
the values that intake should accept: empty where nothing is recorded or the value is set aside,
``unmapped`` where no map knows it. The latest row of a record that is not left out counts; a delivery that
repeats a record unchanged has no row of its own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from data.synthesise.files import sender_row
from data.synthesise.ledger import FIRST, NOT_RECORDED, Extract
from data.synthesise.people import Person
from schemas.agencies import Agency
from schemas.columns import CIRCUMSTANCES, NEEDS, OUTCOMES, SURVEY_ITEMS, UPDATE_STAGES
from schemas.datasets import DATASETS

_VERSION: Final = ("agency", "quarter", "delivery")
_WHO: Final = ("person_ref", "true_person", "may_link", "age_band", "sex", "ethnicity")
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "incidents": (
        "incident_ref",
        "event",
        "report_date",
        "occurred_from_date",
        "occurred_to_date",
        "status",
        "cancelled_reason",
        "offence_category",
        "offence_code",
        "kinds",
        "setting",
        "outcome_type",
        "outcome_date",
        "is_domestic",
        "is_child_abuse",
        "is_exploitation",
        "is_online",
        "reported_to_police",
        "share_basis",
        "offence_area",
        "service_area",
        "n_officer_changes",
        "cps_referred_date",
        "examiner_choice",
        "out_of_hours",
        "crisis_worker_wait",
        "is_child_pathway",
        "disclosure_stage",
        "survivor_told",
        "wishes_recorded",
        "wishes_basis",
        "abuse_action",
    ),
    "victims": (
        "incident_ref",
        *_WHO,
        "report_date",
        "gender_identity",
        "disability",
        "orientation",
        "religion",
        "residence_area",
        "deprivation_quintile",
        "relationship",
        "is_flagged_repeat",
        "is_persistently_targeted",
        "is_vulnerable",
        "is_intimidated",
        "victim_support",
        "enhanced_rights_offered",
        *(f"update_{stage}" for stage in UPDATE_STAGES),
        "is_specialist_interview",
        "interview_venue",
        "restorative_stage",
        "first_approached",
    ),
    "suspects": (
        "incident_ref",
        *_WHO,
        "report_date",
        "residence_area",
        "stage",
        "stage_date",
        "offence_category",
        "offence_code",
        "named_date",
        "arrested_date",
    ),
    "referrals": (
        "referral_ref",
        *_WHO,
        "disability",
        "residence_area",
        "service_area",
        "made_date",
        "consent_offered",
        "consent_given",
        "consent_date",
        "received_date",
        "contact_date",
        "start_date",
        "source",
        "destination",
        "referral_status",
        "decline_reason",
        "reported_to_police",
        "form_version",
        "n_mandatory",
        "n_mandatory_filled",
    ),
    "cases": (
        "case_ref",
        *_WHO,
        "disability",
        "residence_area",
        "service_area",
        "start_date",
        "end_date",
        "assessed_date",
        "reported_to_police",
        *(f"need_{need}_{point}" for need in NEEDS for point in ("start", "review", "end")),
        "review_due_date",
        "review_date",
        "interpreter",
        "adjustment",
        "intermediary",
        "is_safeguarding_needed",
        "safeguarding_date",
        "confidentiality_explained",
        "safe_contact",
        "service_choice",
        "therapy_referred_date",
        "therapy_start_date",
        "escalation",
        "help_kinds",
        "end_reason",
        *(f"outcome_{outcome}_{point}" for outcome in OUTCOMES for point in ("start", "end")),
        "survey_sent",
        *(f"survey_{item}" for item in SURVEY_ITEMS),
        "blamed_by",
        *(f"has_{circumstance}" for circumstance in CIRCUMSTANCES),
    ),
    "registrations": (*_WHO, "residence_area", "register", "register_date"),
    "programmes": (
        "programme_ref",
        "programme_kind",
        "programme_date",
        "programme_status",
        "start_date",
        "end_date",
        "programme_cohort",
        "is_first_time",
    ),
    "releases": ("release_ref", "released_date", "reported_on_time", "support_offered", "accommodation"),
    "orders": ("order_ref", "order_type", "ordered_date", "breached_date"),
    "counts": ("count_measure", "service_area", "sex", "age_band", "n"),
}
"""Dataset → columns of its truth, beside agency, quarter, delivery and is_left_out."""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV of the truth."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow("" if v is None else v.isoformat() if isinstance(v, date) else v for v in row)
    return out.getvalue().encode()


def records(dataset: str, extracts: Iterable[Extract]) -> bytes:
    """Every record of a dataset, once for each delivery that changed it; the extracts are given in order of
    time."""
    columns = COLUMNS[dataset]
    key = DATASETS[dataset].key
    stands: dict[tuple[object, ...], tuple[object, ...]] = {}
    rows: list[tuple[object, ...]] = []
    for extract in extracts:
        for file_rows in extract.files.values():
            for row in file_rows:
                if row.is_copy or dataset not in row.records:
                    continue
                record = row.records[dataset]
                values = tuple("" if record.get(c) == NOT_RECORDED else record.get(c) for c in columns)
                is_out = dataset in row.out
                name = (extract.agency, *(record[c] for c in key))
                if dataset != "counts":
                    if not is_out and stands.get(name) == values:
                        continue
                    # a resent folder may not be delivered at all: what stands does not rest on it
                    if not is_out and extract.delivery == FIRST:
                        stands[name] = values
                delivery = "" if extract.delivery == FIRST else extract.delivery
                rows.append(
                    (extract.agency, str(extract.quarter), delivery, *values, "yes" if is_out else "")
                )
    return table((*_VERSION, *columns, "is_left_out"), rows)


def left_out(agencies: dict[str, Agency], extracts: Iterable[Extract]) -> bytes:
    """Every record that is left out: where it stands, as its sender counts, and for which rules."""
    rows = []
    for extract in extracts:
        for kind, file_rows in extract.files.items():
            spec = agencies[extract.agency].files[kind]
            for index, row in enumerate(file_rows):
                rows += [
                    (
                        extract.agency,
                        str(extract.quarter),
                        extract.delivery,
                        kind,
                        sender_row(spec, index),
                        dataset,
                        "|".join(sorted(set(rules))),
                    )
                    for dataset, rules in row.out.items()
                ]
    return table((*_VERSION, "file", "row", "dataset", "rule_ids"), rows)


def dirt(agencies: dict[str, Agency], extracts: Iterable[Extract]) -> bytes:
    """Which row trips which rule: agency, quarter, delivery, file, row, the sender's column, rule."""
    rows: list[tuple[object, ...]] = []
    for extract in extracts:
        version = (extract.agency, str(extract.quarter), extract.delivery)
        rows += [
            (*version, kind, None, "", "file_missing")
            for kind, spec in agencies[extract.agency].files.items()
            if kind not in extract.files and not spec.absent_ok
        ]
        for kind, file_rows in extract.files.items():
            spec = agencies[extract.agency].files[kind]
            for index, row in enumerate(file_rows):
                rows += [
                    (*version, kind, sender_row(spec, index), column, rule_id)
                    for column, rule_id in dict.fromkeys(row.dirt)
                    if not (
                        rule_id == "link_refused" and set(row.out) == set(row.records)
                    )  # looked at once the row is in
                ]
            if spec.footer is not None:
                rows.append((*version, kind, sender_row(spec, len(file_rows)), "", "row_totals"))
    return table((*_VERSION, "file", "row", "column", "rule_id"), rows)


def persons(people: Iterable[Person]) -> bytes:
    """Every true person whom some extract holds."""
    header = ("true_person", "sex", "born", "ethnicity19", "household", "twin_of")
    return table(header, ((p.person, p.sex, p.born, p.ethnicity, p.household, p.twin) for p in people))


def canaries(people: Iterable[Person]) -> bytes:
    """The people whose names, numbers, postcodes and birth dates occur nowhere else."""
    header = ("true_person", "forename", "surname", "born", "nhs_number", "pnc_id", "postcode")
    return table(
        header,
        (
            (p.person, p.forename, p.surname, p.born, p.nhs_number, p.pnc_id, p.homes[0].postcode)
            for p in people
            if p.is_canary
        ),
    )
