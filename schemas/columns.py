"""Every column of the canonical datasets, defined once: kind, code list, unit, description and disclosure
class.

What belongs here: what a column means and how it may be kept. What does not: which dataset holds it
(``datasets.py``), how an agency spells it (``agencies/*.yaml``), what may be wrong with it (``rules.py``).

The *kind* of a column decides, in one place, what becomes of it (design: zones):

========== ======================================== ===============================================
kind       in the extract (after mapping)            in the warehouse
========== ======================================== ===============================================
``ref``     the agency's own reference, text         ``<name without _ref>_id``: a keyed HMAC
``identity`` a name, date of birth, number, postcode  nothing; keyed tokens in the vault only
``date``    a calendar day                           ``<name without _date>_month``; the day in the vault
``code``    a code of ``codelist``                   the code
``codes``   several codes of ``codelist``            one yes/no column per code, ``<prefix>_<code>``
``flag``    yes | no | not_recorded                  the same
``age``     whole years                              nothing; folded into ``age_band``
``score``   1 to 5                                   the same
``number``  a whole number, zero or more             the same
========== ======================================== ===============================================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds, and so what becomes of it on its way to the warehouse."""

    REF = "ref"
    IDENTITY = "identity"
    DATE = "date"
    CODE = "code"
    CODES = "codes"
    FLAG = "flag"
    AGE = "age"
    SCORE = "score"
    NUMBER = "number"


class Disclosure(StrEnum):
    """How much a value could tell about a person."""

    IDENTIFIER = "identifier"
    QUASI = "quasi"
    SENSITIVE = "sensitive"
    PLAIN = "plain"


UNMAPPED = "unmapped"
"""Bucket for a code that an agency's map does not know: kept apart from ``not_recorded`` and counted."""

NOT_RECORDED = "not_recorded"
"""Category of every dimension for what the agency did not record."""

FLAG_VALUES = ("yes", "no", NOT_RECORDED)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the canonical datasets."""

    name: str
    """Canonical name; ``snake_case``, unit in the name where there is one."""
    kind: Kind
    disclosure: Disclosure
    description: str
    codelist: str | None = None
    """Name of the code list, for kinds ``code`` and ``codes``."""
    unit: str | None = None

    def __post_init__(self) -> None:
        """Refuse a column that could not be read: codes without a list, or a list without codes.

        Raises:
            ValueError: the kind and the code list do not fit.
        """
        if (self.kind in (Kind.CODE, Kind.CODES)) != (self.codelist is not None):
            raise ValueError(f"column [{self.name}]: kind [{self.kind}] and code list [{self.codelist}] do "
                             "not fit")

    @property
    def stem(self) -> str:
        """The name without the suffix that says ``ref`` or ``date``."""
        return self.name.removesuffix("_ref").removesuffix("_date")

    @property
    def warehouse_name(self) -> str | None:
        """Name of the column that the warehouse keeps, or None where nothing is kept (or several columns
        are)."""
        match self.kind:
            case Kind.REF if self.name == "person_ref":
                return "agency_person_id"  # the agency's own idea of a person; a linked person is person_id
            case Kind.REF:
                return f"{self.stem}_id"
            case Kind.DATE:
                return f"{self.stem}_month"
            case Kind.IDENTITY | Kind.AGE | Kind.CODES:
                return None
            case _:
                return self.name


def _ref(name: str, description: str) -> Column:
    return Column(name=name, kind=Kind.REF, disclosure=Disclosure.IDENTIFIER, description=description)


def _identity(name: str, description: str) -> Column:
    return Column(name=name, kind=Kind.IDENTITY, disclosure=Disclosure.IDENTIFIER, description=description)


def _date(name: str, description: str) -> Column:
    return Column(name=name, kind=Kind.DATE, disclosure=Disclosure.QUASI, description=description, unit="day")


def _code(name: str, codelist: str, description: str, disclosure: Disclosure = Disclosure.QUASI) -> Column:
    return Column(name=name, kind=Kind.CODE, disclosure=disclosure, description=description,
                  codelist=codelist)


def _codes(name: str, codelist: str, description: str,
           disclosure: Disclosure = Disclosure.SENSITIVE) -> Column:
    return Column(name=name, kind=Kind.CODES, disclosure=disclosure, description=description,
                  codelist=codelist)


def _flag(name: str, description: str, disclosure: Disclosure = Disclosure.SENSITIVE) -> Column:
    return Column(name=name, kind=Kind.FLAG, disclosure=disclosure, description=description)


NEEDS = (
    "health",
    "shelter",
    "family",
    "education",
    "drugs_alcohol",
    "finance",
    "outlook",
    "social",
)
"""The eight categories of need (victim care strategy 3.1), in its order; labels in ``codes/needs.csv``."""

_ALL: tuple[Column, ...] = (
    # references
    _ref("incident_ref", "The agency's own reference of an incident, crime, attendance or disclosure."),
    _ref("person_ref", "The agency's own reference of a person."),
    _ref("referral_ref", "The agency's own reference of a referral."),
    _ref("case_ref", "The agency's own reference of a spell of support."),
    # identity: tokenised on arrival, never stored
    _identity("forename", "Forename or forenames."),
    _identity("surname", "Surname."),
    _identity("dob", "Date of birth."),
    _identity("nhs_number", "NHS number (victims only)."),
    _identity("pnc_id", "Police National Computer identifier (suspects and offenders only)."),
    _identity("postcode", "Postcode of residence."),
    _flag("may_link", "Whether the person's records may be linked across agencies.", Disclosure.PLAIN),
    # dates
    _date("report_date", "Day on which the incident was reported or disclosed to this agency."),
    _date("occurred_from_date", "First day on which the incident happened or may have happened."),
    _date("occurred_to_date", "Last day on which the incident happened or may have happened."),
    _date("outcome_date", "Day of the police outcome."),
    _date("stage_date", "Day on which the suspect reached the stage."),
    _date("made_date", "Day on which the referral was made."),
    _date("consent_date", "Day on which the person consented to the referral."),
    _date("received_date", "Day on which the referral was received."),
    _date("contact_date", "Day of first contact with the person."),
    _date("start_date", "Day on which support started."),
    _date("end_date", "Day on which support ended."),
    _date("assessed_date", "Day on which needs were first assessed."),
    _date("register_date", "Day on which the person was registered."),
    # what happened
    _code("status", "incident_status", "Recorded, cancelled, N100 (reported, not recorded) or transferred."),
    _code("cancelled_reason", "cancelled_reason", "Ground on which a recorded crime was cancelled."),
    _code("offence_category", "offence_categories", "Home Office offence category, such as 19C."),
    _code("offence_code", "offence_codes", "Home Office code nnn/nn."),
    _codes("kinds", "kinds", "The standards' fifteen overlapping kinds of sexual violence and abuse."),
    _code("setting", "setting", "Kind of place where it happened."),
    _code("outcome_type", "outcomes", "Police outcome type 0 to 22."),
    _flag("is_domestic", "Flagged as domestic abuse."),
    _flag("is_child_abuse", "Flagged as child sexual abuse."),
    _flag("is_exploitation", "Exploitation recorded (sexual or criminal exploitation, modern slavery)."),
    _flag("is_sexual", "The record says that the matter was sexual, where the offence alone does not "
                       "(harassment, modern slavery)."),
    _flag("is_online", "Took place, wholly or partly, online."),
    _flag("reported_to_police", "Known to this agency to have been reported to the police."),
    _code("share_basis", "share_basis", "With consent, or under which exception, the disclosure was shared."),
    # areas
    _code("offence_area", "areas", "Local authority where it happened."),
    _code("residence_area", "areas", "Local authority where the person lives."),
    _code("service_area", "areas", "Local authority where the service was given."),
    # who
    Column(
        name="age", kind=Kind.AGE, disclosure=Disclosure.QUASI, unit="years",
        description="Age in whole years, where no date of birth is sent.",
    ),
    _code("age_band", "age_bands", "Age band at the report, referral or stage."),
    _code("sex", "sex", "Sex, as recorded by the agency."),
    _code("gender_identity", "gender_identity", "Whether gender is the same as sex registered at birth.",
          Disclosure.SENSITIVE),
    _code("ethnicity", "ethnicity19", "Self-defined ethnic group (19 groups).", Disclosure.SENSITIVE),
    _code("ethnicity_observed", "ethnicity_observed",
          "Ethnic appearance as an officer saw it; never self-defined.",
          Disclosure.SENSITIVE),
    _code("disability", "disability", "Disabled under the Equality Act.", Disclosure.SENSITIVE),
    _code("orientation", "sexual_orientation", "Sexual orientation.", Disclosure.SENSITIVE),
    _code("religion", "religion", "Religion.", Disclosure.SENSITIVE),
    _code("relationship", "relationship", "Relationship of the suspect to the victim.", Disclosure.SENSITIVE),
    _flag("is_flagged_repeat", "The agency's own repeat-victim flag."),
    _flag("is_persistently_targeted", "Persistently targeted (Victims' Code)."),
    _flag("is_vulnerable", "Vulnerable (Victims' Code)."),
    _flag("is_intimidated", "Intimidated (Victims' Code)."),
    _code("stage", "suspect_stage", "How far the case against the person went."),
    _code("register", "probation_registers", "Probation register on which the person stands.",
          Disclosure.SENSITIVE),
    # referrals and support
    _code("source", "referral_source", "Who referred."),
    _code("destination", "service_types", "Type of service referred to."),
    _code("referral_status", "referral_status", "How far the referral went."),
    _code("decline_reason", "decline_reason", "Why a referral was not taken up."),
    _flag("consent_offered", "A referral was offered."),
    _flag("consent_given", "The person consented to the referral."),
    *(
        Column(
            name=f"need_{need}_{point}", kind=Kind.SCORE, disclosure=Disclosure.SENSITIVE,
            unit="1 (worst) to 5",
            description=f"Need [{need}] as scored at the {point} of support.",
        )
        for need in NEEDS
        for point in ("start", "review", "end")
    ),
    # tier counts
    _code("count_measure", "count_measures", "What a count of the spreadsheet template counts.",
          Disclosure.PLAIN),
    Column(name="n", kind=Kind.NUMBER, disclosure=Disclosure.PLAIN, description="A count.", unit="count"),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
"""Every canonical column by its name."""

IDENTITY_COLUMNS: tuple[str, ...] = tuple(c.name for c in _ALL if c.kind is Kind.IDENTITY)
