"""The canonical datasets that every extract is mapped to: which columns, which are needed, and the key of a
record.

What belongs here: the shape of a dataset. What does not: the meaning of a column (``columns.py``), an
agency's own spelling (``agencies.py``), rules over values (``rules.py``), the pseudonymised tables
(``records.py``).

A *record* is one row of a dataset. An extract holds the records opened or changed in its quarter, and the
latest version of a record per (agency, dataset, key) counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from schemas.columns import (
    CIRCUMSTANCES,
    COLUMNS,
    NEEDS,
    OUTCOMES,
    SURVEY_ITEMS,
    UPDATE_STAGES,
    Column,
    Kind,
)

Role = str
"""``victim`` or ``suspect``: the namespace in which a person's tokens are made. Never joined with the
other."""

_IDENTITY_VICTIM = ("forename", "surname", "dob", "nhs_number", "postcode", "may_link")
_IDENTITY_SUSPECT = ("forename", "surname", "dob", "pnc_id", "postcode", "may_link")
_WHO = ("age", "age_band", "sex", "ethnicity", "ethnicity_observed")
_WHO_VICTIM = (*_WHO, "gender_identity", "disability", "orientation", "religion", "residence_area")


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One canonical dataset."""

    name: str
    grain: str
    """One row is one …"""
    key: tuple[str, ...]
    """Columns that name a record within its agency."""
    required: tuple[str, ...]
    """Columns without which a row cannot be used; the key is always required."""
    optional: tuple[str, ...]
    role: Role | None = None
    """Namespace of the person in the row; None where the row has no person."""
    event: str | None = None
    """The date that says to which quarter a row belongs. For victims and suspects: the report date of their
    incident."""
    parent: str | None = None
    """Dataset whose row must be in the same delivery, under the same ``incident_ref``, and lends its
    ``report_date``; an agency that does not feed the parent sends ``report_date`` in the row itself."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in order: key, required, optional."""
        names = dict.fromkeys((*self.key, *self.required, *self.optional))
        return tuple(COLUMNS[name] for name in names)

    @property
    def identity(self) -> tuple[str, ...]:
        """Names of the identity columns."""
        return tuple(c.name for c in self.columns if c.kind is Kind.IDENTITY)


_ALL = (
    Dataset(
        name="incidents",
        grain="incident known to the agency: a crime, an attendance, a disclosure",
        key=("incident_ref",),
        required=("report_date", "status"),
        optional=(
            "occurred_from_date", "occurred_to_date", "cancelled_reason", "offence_category", "offence_code",
            "kinds",
            "setting", "outcome_type", "outcome_date", "is_domestic", "is_child_abuse", "is_exploitation",
            "is_sexual",
            "is_online",
            "reported_to_police", "share_basis", "offence_area", "service_area",
            "n_officer_changes", "cps_referred_date",
            "examiner_choice", "out_of_hours", "crisis_worker_wait", "is_child_pathway",
            "disclosure_stage", "survivor_told", "wishes_recorded", "wishes_basis", "abuse_action",
        ),
        event="report_date",
    ),
    Dataset(
        name="victims",
        grain="person harmed in one incident",
        key=("incident_ref", "person_ref"),
        required=(),
        optional=(
            "report_date", *_IDENTITY_VICTIM, *_WHO_VICTIM, "deprivation_quintile", "relationship",
            "is_flagged_repeat",
            "is_persistently_targeted",
            "is_vulnerable", "is_intimidated",
            "victim_support", "enhanced_rights_offered", *(f"update_{stage}" for stage in UPDATE_STAGES),
            "is_specialist_interview", "interview_venue", "restorative_stage", "first_approached",
        ),
        role="victim",
        event="report_date",
        parent="incidents",
    ),
    Dataset(
        name="suspects",
        grain="person suspected, charged or convicted in one incident",
        key=("incident_ref", "person_ref"),
        required=("stage",),
        optional=(
            "report_date", *_IDENTITY_SUSPECT, *_WHO, "residence_area", "stage_date", "offence_category",
            "offence_code",
            "offence_area",
            "named_date", "arrested_date",
        ),
        role="suspect",
        event="report_date",
        parent="incidents",
    ),
    Dataset(
        name="referrals",
        grain="referral of one person to one service",
        key=("referral_ref",),
        required=("person_ref", "made_date", "source", "destination", "referral_status"),
        optional=(
            *_IDENTITY_VICTIM, *_WHO_VICTIM, "consent_offered", "consent_given", "consent_date",
            "received_date",
            "contact_date", "start_date", "decline_reason", "reported_to_police", "service_area",
            "form_version", "n_mandatory", "n_mandatory_filled",
        ),
        role="victim",
        event="made_date",
    ),
    Dataset(
        name="cases",
        grain="spell of support of one person",
        key=("case_ref",),
        required=("person_ref", "start_date"),
        optional=(
            *_IDENTITY_VICTIM, *_WHO_VICTIM, "end_date", "assessed_date", "reported_to_police",
            "service_area",
            *(f"need_{need}_{point}" for need in NEEDS for point in ("start", "review", "end")),
            "review_due_date", "review_date", "interpreter", "adjustment", "intermediary",
            "is_safeguarding_needed", "safeguarding_date", "confidentiality_explained", "safe_contact",
            "service_choice", "therapy_referred_date", "therapy_start_date", "escalation", "help_kinds",
            "end_reason",
            *(f"outcome_{outcome}_{point}" for outcome in OUTCOMES for point in ("start", "end")),
            "survey_sent", *(f"survey_{item}" for item in SURVEY_ITEMS), "blamed_by",
            *(f"has_{circumstance}" for circumstance in CIRCUMSTANCES),
        ),
        role="victim",
        event="start_date",
    ),
    Dataset(
        name="registrations",
        grain="person's entry on one probation register",
        key=("person_ref", "register"),
        required=("register_date",),
        optional=(*_IDENTITY_SUSPECT, *_WHO, "residence_area"),
        role="suspect",
        event="register_date",
    ),
    Dataset(
        # least that serves: counted within the agency, so no identity is taken and nobody is linked
        name="programmes",
        grain="person's place on one behaviour programme",
        key=("programme_ref",),
        required=("programme_kind", "programme_date", "programme_status"),
        optional=("start_date", "end_date", "programme_cohort", "is_first_time"),
        event="programme_date",
    ),
    Dataset(
        name="releases",
        grain="release of one person from custody",
        key=("release_ref",),
        required=("released_date",),
        optional=("reported_on_time", "support_offered", "accommodation"),
        event="released_date",
    ),
    Dataset(
        name="orders",
        grain="order made against one person",
        key=("order_ref",),
        required=("order_type", "ordered_date"),
        optional=("breached_date",),
        event="ordered_date",
    ),
    Dataset(
        name="counts",
        grain="count of one measure in one area and group, as an agency of tier counts sends it",
        key=("count_measure", "service_area", "sex", "age_band"),
        required=("n",),
        optional=(),
    ),
)

DATASETS: MappingProxyType[str, Dataset] = MappingProxyType({d.name: d for d in _ALL})
"""Every canonical dataset by its name."""
