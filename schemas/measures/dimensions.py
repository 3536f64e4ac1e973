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
    """(category, label) pairs for dimensions that no code list holds."""
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
                   or code in listed.where(*self.only)}
        if self.has_unknown:
            own.setdefault(NOT_RECORDED, "Not recorded")
            own.setdefault(UNMAPPED, "Code not yet mapped")
        return own

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category in order."""
        return tuple(self.labels)


_YES_NO = (("yes", "Yes"), ("no", "No"))

_LISTED = (
    Dimension(name="area", title="Local authority", codelist="areas"),
    Dimension(name="status", title="Status", codelist="incident_status", only=("is_counted", "no")),
    Dimension(name="offence_group", title="Offence group", values=(
        ("rape", "Rape"), ("other_sexual", "Other sexual offences"),
        ("other_in_scope", "Other offences in scope"))),
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
    Dimension(name="orientation", title="Sexual orientation", codelist="sexual_orientation",
              is_sensitive=True),
    Dimension(name="relationship", title="Relationship of suspect to victim", codelist="relationship_groups",
              is_sensitive=True),
    Dimension(name="is_repeat", title="Repeat", values=_YES_NO),
    Dimension(name="is_multiple", title="Two or more different victims", values=_YES_NO),
    Dimension(name="role_order", title="Order of the roles", has_unknown=False, values=(
        ("victim_first", "Harmed first"), ("suspect_first", "Suspected first"),
        ("same_day", "On the same day"))),
    Dimension(name="source", title="Referred by", codelist="referral_source_groups"),
    Dimension(name="destination", title="Referred to", codelist="service_type_groups"),
    Dimension(name="referral_status", title="How far it went", codelist="referral_status_groups"),
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
)
"""(dimension, title, kind of entry whose topics are its categories)."""
_ANSWERS = (
    ("is_trained", "Trained"), ("is_met", "Standard met"), ("is_upheld", "Upheld"),
    ("is_returned", "Returned"), ("is_agreed", "Agrees"), ("is_confirmed", "Confirmed by a person"),
)


def _of_register() -> tuple[Dimension, ...]:
    """Topics of the counted kinds of the register, and what was counted of their base."""
    return (
        *(Dimension(name=name, title=title, values=topic_pairs(kind), has_unknown=False)
          for name, title, kind in _OF_REGISTER),
        *(Dimension(name=name, title=title, values=_YES_NO, has_unknown=False) for name, title in _ANSWERS))


def _of_codes() -> tuple[Dimension, ...]:
    """One yes/no dimension for each of the fifteen overlapping kinds: never categories of one dimension."""
    return tuple(
        Dimension(name=f"kind_{code}", title=label, values=_YES_NO, has_unknown=False)
        for code, label in codelist("kinds").labels.items()
        if code not in (NOT_RECORDED, UNMAPPED)
    )


DIMENSIONS: MappingProxyType[str, Dimension] = MappingProxyType({
    d.name: d for d in (*_LISTED, *_of_register(), *_of_codes())})
"""Every dimension by its name."""
