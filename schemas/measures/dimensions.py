"""The dimensions that counts are broken down by: their categories, in order, and their words.

What belongs here: what a dimension is. What does not: which cube uses it (``cubes``) and how a value comes
about (SQL under ``pipelines/marts``).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.registers import topic_pairs

ALL = "all"
"""The word that stands in a dimension's column for the margin over it."""

AREAS = ("area", "residence_area")
"""Dimensions whose categories are the partnership's own areas, and places outside it together."""


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One dimension of a cube."""

    name: str
    title: str
    codelist: str | None = None
    """Code list of the categories; without one, ``values`` are given."""
    only: tuple[str, str] | None = None
    """(column, value) of the code list that a category must have; other codes are counted as not recorded."""
    values: tuple[tuple[str, str], ...] = ()
    """(category, label) pairs that no code list holds: all of them, or those that follow the list's own."""
    has_unknown: bool = True
    """Whether ``not_recorded`` and ``unmapped`` are categories."""
    is_sensitive: bool = False
    """A characteristic of a person that a reader must not learn of a group (group disclosure)."""

    @property
    def labels(self) -> dict[str, str]:
        """Category to label, in the order of the list."""
        own = dict(self.values)
        if self.codelist is not None:
            listed = codelist(self.codelist)
            own = {code: label for code, label in listed.labels.items() if self.only is None
                   or code in listed.where(*self.only)} | own
        if self.has_unknown:
            own.setdefault(NOT_RECORDED, "Not recorded")
            own.setdefault(UNMAPPED, "Code not yet mapped")
        return own

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category in order."""
        return tuple(self.labels)

    def within(self, other: Dimension) -> dict[str, str]:
        """Category to the category of ``other`` that holds all of it, by the code lists alone: a column of
        this dimension's list bears the other's name. Empty where no list says so; what is not recorded or
        not mapped may be in any."""
        if self.codelist is None or not codelist(self.codelist).entries:
            return {}
        listed = codelist(self.codelist)
        if other.name not in listed.entries[0].attributes:
            return {}
        held = listed.attribute(other.name)
        return {c: held[c] for c in self.categories if held.get(c) in other.categories}


_YES_NO = (("yes", "Yes"), ("no", "No"))

_LISTED = (
    Dimension(name="area", title="Local authority", codelist="areas"),
    Dimension(name="status", title="Status", codelist="incident_status", only=("is_counted", "no")),
    Dimension(name="offence_group", title="Offence group", values=(
        ("rape", "Rape"), ("other_sexual", "Other sexual offences"),
        ("other_in_scope", "Other offences in scope"))),
    Dimension(name="offence_category", title="Home Office category", codelist="offence_categories",
              only=("is_in_reach", "yes")),
    Dimension(name="victim_age_group", title="Adult or child", values=(
        ("adult", "Adult (16 and over)"), ("child", "Child (under 16)"))),
    Dimension(name="setting", title="Setting", codelist="setting"),
    Dimension(name="recency", title="Recent or not", values=(
        ("recent", "Within a year before the report"), ("non_recent", "More than a year before the report"))),
    Dimension(name="is_new_offence", title="Offence created on 31 January 2024", values=_YES_NO,
              has_unknown=False),
    Dimension(name="has_suspect", title="Suspect identified", values=_YES_NO, has_unknown=False),
    Dimension(name="age_band", title="Age", codelist="age_bands", only=("is_standard", "yes")),
    Dimension(name="sex", title="Sex", codelist="sex"),
    Dimension(name="ethnicity5", title="Ethnic group", codelist="ethnicity5", is_sensitive=True),
    Dimension(name="disability", title="Disability", codelist="disability", is_sensitive=True),
    Dimension(name="religion", title="Religion", codelist="religion", is_sensitive=True),
    Dimension(name="deprivation_quintile", title="Deprivation of the neighbourhood",
              codelist="deprivation_quintile"),
    Dimension(name="orientation", title="Sexual orientation", codelist="sexual_orientation",
              is_sensitive=True),
    Dimension(name="relationship", title="Relationship of suspect to victim", codelist="relationship_groups",
              is_sensitive=True),
    Dimension(name="gender_identity", title="Gender the same as sex registered at birth",
              codelist="gender_identity", is_sensitive=True),
    Dimension(name="sex_of_both", title="Sex of victim and suspect", values=(
        ("female_by_male", "Female, by a male suspect"), ("male_by_male", "Male, by a male suspect"),
        ("female_by_female", "Female, by a female suspect"),
        ("male_by_female", "Male, by a female suspect"))),
    Dimension(name="offence_age_band", title="Age on the first day of the offence", codelist="age_bands",
              only=("is_standard", "yes")),
    Dimension(name="residence_area", title="Local authority of residence", codelist="areas"),
    Dimension(name="is_repeat", title="Repeat", values=_YES_NO),
    Dimension(name="is_seen_again", title="Known again within twelve months", values=_YES_NO),
    Dimension(name="is_same_suspect", title="Again by the same suspect", values=_YES_NO),
    Dimension(name="is_same_offence", title="Again by the same offence group", values=_YES_NO),
    Dimension(name="is_flagged_repeat", title="Flagged by the agency as a repeat", values=_YES_NO),
    Dimension(name="referred_within", title="From the report to a referral", values=(
        ("le_2_days", "Up to 2 days"), ("le_7_days", "Later, up to 7 days"),
        ("le_28_days", "Later, up to 28 days"), ("not_in_28_days", "None within 28 days"))),
    Dimension(name="next_report", title="Time to the next report", has_unknown=False, values=(
        ("le_30_days", "Up to 30 days"), ("le_90_days", "31 to 90 days"), ("le_180_days", "91 to 180 days"),
        ("le_365_days", "181 to 365 days"), ("none_in_365_days", "None within 365 days"))),
    Dimension(name="n_crimes", title="Crimes in the year", has_unknown=False, values=(
        ("1", "One"), ("2", "Two"), ("3_or_4", "Three or four"), ("5_or_more", "Five or more"))),
    Dimension(name="is_multiple", title="Two or more different victims", values=_YES_NO),
    Dimension(name="is_outstanding", title="Neither arrested nor charged so far", values=_YES_NO,
              has_unknown=False),
    Dimension(name="has_charge", title="Somebody charged", values=_YES_NO, has_unknown=False),
    Dimension(name="outcome_group", title="Outcome", codelist="outcome_groups"),
    Dimension(name="outcome_days", title="Days from report to outcome", codelist="outcome_days"),
    Dimension(name="cohort_outcome", title="What had become of it a year later", codelist="cohort_outcomes"),
    Dimension(name="role_order", title="Order of the roles", has_unknown=False, values=(
        ("victim_first", "Harmed first"), ("suspect_first", "Suspected first"),
        ("same_day", "On the same day"))),
    Dimension(name="source", title="Referred by", codelist="referral_source_groups"),
    Dimension(name="destination", title="Referred to", codelist="service_type_groups"),
    Dimension(name="referral_status", title="How far it went", codelist="referral_status_groups"),
    Dimension(name="is_by_and_for", title="To a by-and-for service", values=_YES_NO),
    Dimension(name="has_adviser", title="Supported by an independent adviser", values=_YES_NO),
    Dimension(name="decline_reason", title="Why not taken up", codelist="decline_reason"),
    Dimension(name="wait_band", title="Wait from consent to contact", codelist="waiting_bands"),
    Dimension(name="reported_to_police", title="Reported to the police", values=_YES_NO),
)

_OF_REGISTER = (
    ("training_level", "Level of training", "training"),
    ("audit_standard", "Standard", "dip_samples"),
    ("complaint_theme", "Theme", "complaints"),
    ("survey", "Survey", "survey_returns"),
    ("survey_item", "Question", "survey_answers"),
    ("screen_result", "Result of the screen", "language_screens"),
    ("term_class", "Class of words", "language_flags"),
    ("use_of", "What was used", "help_used"),
    ("key_stage", "Key stage", "school_concerns"),
    ("follow_up", "What was followed up", "follow_ups"),
)
"""(dimension, title, kind of entry whose topics are its categories)."""
_ANSWERS = (
    ("is_trained", "Trained"), ("is_met", "Standard met"), ("is_upheld", "Upheld"),
    ("is_returned", "Returned"), ("is_agreed", "Agrees"), ("is_confirmed", "Confirmed by a person"),
    ("came_about", "It came about"),
)


def _of_register() -> tuple[Dimension, ...]:
    """Topics of the counted kinds of the register, and what was counted of their base."""
    return (
        *(Dimension(name=name, title=title, values=topic_pairs(kind), has_unknown=False)
          for name, title, kind in _OF_REGISTER),
        *(Dimension(name=name, title=title, values=_YES_NO, has_unknown=False) for name, title in _ANSWERS))


OVERLAPPING = {"kinds": False, "flags": True, "vulnerability": True}
"""Code lists whose codes overlap, and whether an agency may leave a code's question open."""


_HELP = (
    Dimension(name="assessed_band", title="When needs were assessed", codelist="assessed_bands"),
    Dimension(name="review_timing", title="First review", codelist="review_timing"),
    Dimension(name="interpreter", title="Interpreter", codelist="interpreter"),
    Dimension(name="adjustment", title="Reasonable adjustment", codelist="need_met"),
    Dimension(name="intermediary", title="Intermediary", codelist="need_met"),
    Dimension(name="safeguarding", title="Referral to safeguarding", values=(
        ("not_needed", "No concern found"), ("le_2_working_days", "Within 2 working days of the start"),
        ("le_7_days", "Within 7 days"), ("later", "Later"), ("not_referred", "No referral recorded"))),
    Dimension(name="service_choice", title="Choice of service", codelist="service_choice"),
    Dimension(name="therapy", title="Therapy or mental health care", is_sensitive=True, values=(
        ("not_referred", "No referral recorded"), ("le_28_days", "Started within 28 days"),
        ("le_90_days", "Started within 90 days"), ("over_90_days", "Started later"),
        ("waiting", "Referred, not yet started"))),
    Dimension(name="escalation", title="Decision challenged for the person", codelist="escalation"),
    Dimension(name="end_reason", title="Why support ended", codelist="end_reason"),
    Dimension(name="blamed_by", title="Made to feel to blame", codelist="blamed_by"),
    Dimension(name="survey_sent", title="Survey sent", values=_YES_NO),
    Dimension(name="has_unmet_need", title="A need not met at the end", values=_YES_NO),
    Dimension(name="examiner_choice", title="Choice of the examiner's sex", codelist="examiner_choice"),
    Dimension(name="out_of_hours", title="Out-of-hours requests", codelist="out_of_hours"),
    Dimension(name="crisis_worker_wait", title="Wait for a crisis worker", codelist="crisis_worker_wait"),
    Dimension(name="is_child_pathway", title="Children's pathway", values=_YES_NO),
    Dimension(name="disclosure_stage", title="Stage of the disclosure", codelist="disclosure_stage"),
    Dimension(name="share_basis", title="On what basis it was shared", codelist="share_basis"),
    Dimension(name="survivor_told", title="Survivor told of the sharing", values=(
        *_YES_NO, ("not_shared", "Not shared"))),
    Dimension(name="wishes_recorded", title="Wishes recorded", values=_YES_NO),
    Dimension(name="wishes_basis", title="Acted as the survivor wished", codelist="wishes_basis",
              values=(("no_wishes", "No wishes on record"),)),
    Dimension(name="abuse_action", title="Action against the person who abused", codelist="abuse_action"),
    Dimension(name="officer_changes", title="Changes of the officer in the case", values=(
        ("0", "None"), ("1", "One"), ("2", "Two"), ("3_or_more", "Three or more"))),
    Dimension(name="victim_support", title="Whether the victim supports the case", codelist="victim_support"),
    Dimension(name="enhanced_rights_offered", title="Enhanced rights offered", values=_YES_NO),
    Dimension(name="is_priority", title="Persistently targeted, vulnerable or intimidated", values=_YES_NO),
    Dimension(name="is_specialist_interview", title="Interviewed by a specialist", values=_YES_NO),
    Dimension(name="interview_venue", title="Where the victim was interviewed", codelist="interview_venue"),
    Dimension(name="restorative_stage", title="Restorative justice", codelist="restorative_stage"),
    Dimension(name="first_approached", title="Who was approached first", codelist="first_approached",
              values=(("nobody", "Nobody was approached"),)),
    Dimension(name="arrest_band", title="From being named to arrest", codelist="arrest_bands"),
    Dimension(name="programme_kind", title="Kind of programme", codelist="programme_kinds"),
    Dimension(name="programme_status", title="How far the programme went", codelist="programme_status"),
    Dimension(name="programme_cohort", title="For whom the programme is made", codelist="programme_cohorts"),
    Dimension(name="is_first_time", title="After a first offence or incident", values=_YES_NO),
    Dimension(name="reported_on_time", title="Reported on time", values=_YES_NO),
    Dimension(name="support_offered", title="Support offered", values=_YES_NO),
    Dimension(name="accommodation", title="Accommodation on release", codelist="accommodation"),
    Dimension(name="order_type", title="Kind of order", codelist="order_types"),
    Dimension(name="is_breached", title="Breached so far", values=_YES_NO, has_unknown=False),
    Dimension(name="form_version", title="Form of the referral", codelist="form_version"),
    Dimension(name="form_completeness", title="Mandatory fields filled", values=(
        ("complete", "All"), ("most", "Nine of ten or more"), ("fewer", "Fewer"))),
    Dimension(name="referral_fate", title="What came of the referral", has_unknown=False, values=(
        ("contact_le_7_days", "Contact within 7 days"), ("contact_later", "Contact later"),
        ("waiting", "Still waiting for contact"), ("unsafe", "Stopped: contact not safe"),
        ("not_fitting", "Sent back: does not fit the service"),
        # why a service declined is counted as its reason: here as well, one count would be rounded twice
        ("service", "Declined by the service"), ("person", "Not wanted at this time, or no answer"),
        ("other", "Another end, or none recorded"))),
    Dimension(name="way_length", title="From referral to the end of support", values=(
        ("le_3_months", "Up to 3 months"), ("le_6_months", "Longer, up to 6 months"),
        ("le_12_months", "Longer, up to 12 months"), ("over_12_months", "More than a year"))),
    Dimension(name="chain", title="How far the referral could be followed", values=(
        ("not_offered", "Not offered"), ("not_consented", "Offered, no consent"),
        ("sent_elsewhere", "Sent to a service that shares no records"),
        ("not_received", "Sent, not found at the service"), ("received", "Sent and received"),
        ("started", "Received, and support started"), ("not_known", "Sent, cannot be told"))),
)

_AGREES = (
    ("agrees", "Agrees"), ("does_not_agree", "Does not agree"),
    (NOT_RECORDED, "No answer, not asked or not recorded"),
)
_IMPROVED = (("improved", "Improved"), ("not_improved", "Not improved"))
_NEED = (
    ("no_need", "No need at the start"), ("met", "Need met at the end"), ("improved", "Need less, not met"),
    ("not_improved", "Need not less"),
)
_TOLD = tuple(
    (code, label) for code, label in codelist("update_timing").labels.items() if code != NOT_RECORDED)

OF_EACH: MappingProxyType[str, tuple[tuple[tuple[str, str], ...], bool]] = MappingProxyType({
    "needs": (_NEED, False),
    "support_outcomes": (_IMPROVED, False),
    "survey_items": (_AGREES, False),
    "practices": (_YES_NO, False),
    "help_kinds": (_YES_NO, False),
    "circumstances": (_YES_NO, True),
    "update_stages": (_TOLD, False),
})
"""Code lists whose codes overlap → what each of them may be, and whether it is sensitive: one dimension for
each code, never categories of one."""


def _of_each() -> tuple[Dimension, ...]:
    return tuple(
        Dimension(name=f"{name.removesuffix('s')}_{code}", title=label, values=values,
                  is_sensitive=is_sensitive)
        for name, (values, is_sensitive) in OF_EACH.items()
        for code, label in codelist(name).labels.items()
    )


def _of_codes() -> tuple[Dimension, ...]:
    """One yes/no dimension for each code of an overlapping list: never categories of one dimension."""
    return tuple(
        Dimension(name=f"{name.removesuffix('s')}_{code}", title=label, values=_YES_NO,
                  has_unknown=has_unknown)
        for name, has_unknown in OVERLAPPING.items()
        for code, label in codelist(name).labels.items()
        if code not in (NOT_RECORDED, UNMAPPED)
    )


DIMENSIONS: MappingProxyType[str, Dimension] = MappingProxyType({
    d.name: d for d in (*_LISTED, *_HELP, *_of_register(), *_of_codes(), *_of_each())})
"""Every dimension by its name."""
