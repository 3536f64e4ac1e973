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
    specialist_only: bool = False
    """Taken from specialist services alone: an agency file of any other that maps it is refused."""

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


def _score(name: str, unit: str, description: str) -> Column:
    return Column(name=name, kind=Kind.SCORE, disclosure=Disclosure.SENSITIVE, unit=unit,
                  description=description)


def _number(name: str, description: str) -> Column:
    return Column(name=name, kind=Kind.NUMBER, disclosure=Disclosure.PLAIN, unit="count",
                  description=description)


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

OUTCOMES = ("cope", "recover", "empowered", "control", "satisfied", "safe")
"""The six outcomes of support (victim care strategy 5.1); labels in ``codes/support_outcomes.csv``."""

SURVEY_ITEMS = ("professionalism", "communication", "belief", "understanding", "priority")
"""The five things that survivors ask for (West Midlands standards); labels in ``codes/survey_items.csv``."""

CIRCUMSTANCES = (
    "mental_health",
    "substance_use",
    "care_and_support",
    "complex_needs",
    "insecure_immigration",
    "sex_work",
    "pregnancy",
)
"""The most sensitive circumstances: one-way counts of specialist services, never linked and never crossed
(design: least that serves); labels in ``codes/circumstances.csv``."""

UPDATE_STAGES = ("arrest", "charge", "court")
"""Stages at which victims are told (Victims' Code); labels in ``codes/update_stages.csv``."""

_ALL: tuple[Column, ...] = (
    # references
    _ref("incident_ref", "The agency's own reference of an incident, crime, attendance or disclosure."),
    _ref("person_ref", "The agency's own reference of a person."),
    _ref("referral_ref", "The agency's own reference of a referral."),
    _ref("case_ref", "The agency's own reference of a spell of support."),
    _ref("programme_ref", "The agency's own reference of one person's place on a programme."),
    _ref("release_ref", "The agency's own reference of a release from custody."),
    _ref("order_ref", "The agency's own reference of an order."),
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
    _date("review_due_date", "Day by which needs were to be reviewed first."),
    _date("review_date", "Day on which needs were first reviewed."),
    _date("safeguarding_date", "Day of the referral to safeguarding."),
    _date("therapy_referred_date", "Day of the referral to therapy or mental health care."),
    _date("therapy_start_date", "Day on which therapy or mental health care started."),
    _date("cps_referred_date", "Day on which the police sent the case to the Crown Prosecution Service."),
    _date("named_date", "Day on which the person was first named as a suspect."),
    _date("arrested_date", "Day of the arrest, or of the interview under caution."),
    _date("programme_date", "Day of the referral to a programme."),
    _date("released_date", "Day of the release from custody."),
    _date("ordered_date", "Day on which the order was made."),
    _date("breached_date", "Day of the first breach of the order."),
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
    _number("n_officer_changes", "How often the officer in the case changed."),
    _code("examiner_choice", "examiner_choice", "Whether the person could choose the examiner's sex, whether "
                                                "the choice was met, and why where it was not."),
    _code("out_of_hours", "out_of_hours", "Whether the person asked for help out of hours, and had it then."),
    _code("crisis_worker_wait", "crisis_worker_wait", "Wait for a crisis worker, folded by the centre."),
    _flag("is_child_pathway", "Seen on the children's pathway."),
    _code("disclosure_stage", "disclosure_stage", "Whether the disclosure came early or at a crisis."),
    _flag("survivor_told", "The survivor was told that the disclosure would be shared."),
    _flag("wishes_recorded", "What the survivor wishes is recorded."),
    _code("wishes_basis", "wishes_basis", "Whether the agency acted as the survivor wished, and why not."),
    _code("abuse_action", "abuse_action", "Tenancy or legal action against the person who abused."),
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
    Column(
        name="orientation", kind=Kind.CODE, disclosure=Disclosure.SENSITIVE, specialist_only=True,
        description="Sexual orientation.", codelist="sexual_orientation",
    ),
    _code("religion", "religion", "Religion.", Disclosure.SENSITIVE),
    _code("deprivation_quintile", "deprivation_quintile",
          "Fifth of England's neighbourhoods by deprivation in which the person lives; the agency sends no "
          "neighbourhood."),
    _code("relationship", "relationship", "Relationship of the suspect to the victim.", Disclosure.SENSITIVE),
    _flag("is_flagged_repeat", "The agency's own repeat-victim flag."),
    _flag("is_persistently_targeted", "Persistently targeted (Victims' Code)."),
    _flag("is_vulnerable", "Vulnerable (Victims' Code)."),
    _flag("is_intimidated", "Intimidated (Victims' Code)."),
    _code("stage", "suspect_stage", "How far the case against the person went."),
    _code("victim_support", "victim_support", "Whether the victim supports the case, or since when not."),
    _flag("enhanced_rights_offered", "Enhanced rights of the Victims' Code were offered."),
    *(
        _code(f"update_{stage}", "update_timing", f"When the victim was told at the stage [{stage}].")
        for stage in UPDATE_STAGES
    ),
    _flag("is_specialist_interview", "The victim was interviewed by a specialist officer."),
    _code("interview_venue", "interview_venue", "Kind of place in which the victim was interviewed."),
    _code("restorative_stage", "restorative_stage", "How far restorative justice went."),
    _code("first_approached", "first_approached", "Who was approached first about restorative justice."),
    _code("register", "probation_registers", "Probation register on which the person stands.",
          Disclosure.SENSITIVE),
    # referrals and support
    _code("source", "referral_source", "Who referred."),
    _code("destination", "service_types", "Type of service referred to."),
    _code("referral_status", "referral_status", "How far the referral went."),
    _code("decline_reason", "decline_reason", "Why a referral was not taken up."),
    _flag("consent_offered", "A referral was offered."),
    _flag("consent_given", "The person consented to the referral."),
    _code("form_version", "form_version", "Kind and version of the form of the referral.", Disclosure.PLAIN),
    _number("n_mandatory", "Mandatory fields of the form."),
    _number("n_mandatory_filled", "Mandatory fields of the form that hold something."),
    *(
        _score(f"need_{need}_{point}", "1 (worst) to 5",
               f"Need [{need}] as scored at the {point} of support.")
        for need in NEEDS
        for point in ("start", "review", "end")
    ),
    *(
        _score(f"outcome_{outcome}_{point}", "1 (worst) to 5",
               f"Outcome [{outcome}] as scored at the {point} of support.")
        for outcome in OUTCOMES
        for point in ("start", "end")
    ),
    _flag("survey_sent", "The person was asked, at the end, how the service was."),
    *(
        _score(f"survey_{item}", "1 (disagrees) to 5 (agrees)", f"Answer to the survey item [{item}].")
        for item in SURVEY_ITEMS
    ),
    _code("blamed_by", "blamed_by", "Who, if anybody, made the person feel to blame."),
    _code("interpreter", "interpreter", "Who interpreted, where that was needed."),
    _code("adjustment", "need_met", "Reasonable adjustment: whether it was needed, and provided."),
    _code("intermediary", "need_met", "Intermediary: whether one was needed, and provided."),
    _flag("is_safeguarding_needed", "A safeguarding concern was found."),
    _flag("confidentiality_explained", "The limits of confidentiality were explained, and that is recorded."),
    _flag("safe_contact", "A safe way of making contact is recorded."),
    _code("service_choice", "service_choice", "Whether a choice of service was offered, and made use of."),
    _codes("help_kinds", "help_kinds", "Kinds of help given; they overlap."),
    _code("escalation", "escalation", "Decision of another agency challenged on the person's behalf."),
    _code("end_reason", "end_reason", "Why support ended."),
    *(
        Column(
            name=f"has_{circumstance}", kind=Kind.FLAG, disclosure=Disclosure.SENSITIVE,
            specialist_only=True,
            description=f"Circumstance [{circumstance}], as the person said or the service found.",
        )
        for circumstance in CIRCUMSTANCES
    ),
    # programmes, releases, orders: no person is linked
    _code("programme_kind", "programme_kinds", "Kind of behaviour programme."),
    _code("programme_cohort", "programme_cohorts", "For whom the programme is made."),
    _code("programme_status", "programme_status", "How far the programme went."),
    _flag("is_first_time", "Referred after a first offence or incident."),
    _flag("reported_on_time", "Reported to probation as the licence asks."),
    _flag("support_offered", "Support was offered on release."),
    _code("accommodation", "accommodation", "Accommodation on release."),
    _code("order_type", "order_types", "Kind of order."),
    # tier counts
    _code("count_measure", "count_measures", "What a count of the spreadsheet template counts.",
          Disclosure.PLAIN),
    _number("n", "A count."),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
"""Every canonical column by its name."""

IDENTITY_COLUMNS: tuple[str, ...] = tuple(c.name for c in _ALL if c.kind is Kind.IDENTITY)
