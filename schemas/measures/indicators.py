"""What a board asks, answered by formulae over protected cells: one entry per indicator.

What belongs here: the question, which published cells make the numerator and the denominator, unit,
direction, smallest base, clauses of the standards. What does not: what is counted (``cubes.py``), how one
quarter divides (``breakdowns.py``), and how it reads on a page (``dashboards``). A new entry here is a new
exhibit on its page; nothing else is edited.

Every formula is over *released* cells: a rate is a quotient of two of them, never of the counts behind
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from schemas.measures.breakdowns import BREAKDOWNS, Breakdown
from schemas.measures.cubes import CUBES
from schemas.measures.questions import BY_WHOM, Aim, Cells, Direction, Question, cells

RATE_BASE_MINIMUM = 60
"""A percentage on a smaller base is withheld: with every count rounded to 5, 15 of 60 may be 18 to 34 %
(measured on this rounding; docs/disclosure-control)."""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One number in every quarter: a count, or a quotient of two counts."""

    name: str
    question: Question
    aim: Aim
    title: str
    """What is measured, without period or place: the statistical subtitle begins with it."""
    short: str
    """At most five words, for a headline."""
    unit: str
    """What one count is, in the plural, as read in a sentence."""
    numerator: Cells
    denominator: Cells | None = None
    """None for a count."""
    direction: Direction = Direction.NEUTRAL
    base_minimum: int = RATE_BASE_MINIMUM
    duties: tuple[str, ...]
    definition: str
    """What is in and what is not, for the methods page."""
    is_key: bool = False
    """Whether it stands among the key figures of the first page."""

    def __post_init__(self) -> None:
        """Refuse a quotient whose parts are counted by different agencies.

        Raises:
            ValueError: numerator and denominator differ in who counts or in how people are linked.
        """
        if self.denominator is not None:
            above, below = CUBES[self.numerator.cube], CUBES[self.denominator.cube]
            if (above.by_agency, above.links, above.unit) != (below.by_agency, below.links, below.unit):
                raise ValueError(
                    f"indicator [{self.name}]: numerator and denominator are not counts of the same unit"
                )

    @property
    def is_rate(self) -> bool:
        """Whether it is a quotient."""
        return self.denominator is not None


STEPS: tuple[tuple[str, tuple[str, ...] | None], ...] = (
    ("made", None),
    ("going_on", ("started", "open", "moved_on")),
    ("started", ("started",)),
)
"""Steps of the referral pathway: (name, states of those that have come that far); None: every referral."""

_KNOWN = ("yes", "no")
"""People of whom it can be told: those who cannot be linked are in no share, and widen its range."""

_ENTRIES = (
    # how much, of what kind
    Indicator(
        name="incidents_recorded",
        short="Incidents recorded",
        question=Question.AMOUNT,
        aim=Aim.PREPARE,
        is_key=True,
        title="Incidents recorded",
        unit="incidents",
        numerator=cells("incidents_by_recency"),
        duties=("W1", "G2"),
        definition="Incidents in their latest version with status recorded, by the quarter in which they "
        "were reported. "
        "Each agency counts what it knows; what two agencies know may be the same incident, so agencies are "
        "never added up.",
    ),
    Indicator(
        name="non_recent_share",
        short="Non-recent incidents",
        question=Question.AMOUNT,
        aim=Aim.PREPARE,
        title="Incidents reported more than a year after they happened",
        unit="incidents",
        numerator=cells("incidents_by_recency", recency="non_recent"),
        denominator=cells("incidents_by_recency"),
        duties=("W1", "H3"),
        definition="Share of recorded incidents that happened more than twelve months before the report.",
    ),
    Indicator(
        name="crimes_recorded",
        short="Like-for-like crimes",
        question=Question.AMOUNT,
        aim=Aim.PURSUE,
        title="Crimes recorded, without offences created in January 2024",
        unit="crimes",
        numerator=cells("incidents_like_for_like", is_new_offence="no"),
        duties=("W1", "W31"),
        definition="Recorded crimes less those of the two offences that began on 31 January 2024 (sharing "
        "intimate images, "
        "sending images of genitals), so that the years can be compared like for like.",
    ),
    # who
    Indicator(
        name="victims",
        short="Victims and survivors",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors known to agencies",
        unit="people",
        numerator=cells("victims_by_age_sex"),
        duties=("W3", "W14"),
        is_key=True,
        definition="Distinct people with a recorded incident in the quarter, counted once across agencies.",
    ),
    Indicator(
        name="ethnicity_not_recorded",
        short="Ethnic group not recorded",
        question=Question.WHO,
        aim=Aim.PREPARE,
        direction=Direction.LOWER_IS_BETTER,
        title="Victims and survivors whose ethnic group is not recorded",
        unit="people",
        numerator=cells("victims_by_ethnicity", ethnicity5=("not_recorded", "unmapped")),
        denominator=cells("victims_by_ethnicity"),
        duties=("W3", "W15"),
        definition="Share whose ethnic group no agency recorded. Asked and preferred not to say is not "
        "in it.",
    ),
    Indicator(
        name="counted_clients",
        short="New clients",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="New clients of services that send counts only",
        unit="people",
        numerator=cells("counted_clients"),
        duties=("W1", "W3"),
        definition="New clients as the service counts them. They may also be known to other agencies.",
    ),
    # where do they go
    Indicator(
        name="referrals_made",
        short="Referrals",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals recorded",
        unit="referrals",
        numerator=cells("referrals_pathway"),
        duties=("W4", "W25"),
        is_key=True,
        definition="Referrals made in the quarter, in their latest version, as each agency records them.",
    ),
    Indicator(
        name="referrals_started",
        short="Support started",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Referrals after which support started",
        unit="referrals",
        numerator=cells("referrals_pathway", referral_status="started"),
        denominator=cells("referrals_pathway"),
        duties=("W4", "H4"),
        is_key=True,
        definition="Share of the referrals made in the quarter after which support has started. Those of the "
        "latest quarter "
        "are still moving: fewer have started than will.",
    ),
    Indicator(
        name="not_reported_to_police",
        short="Not reported to police",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals of people who had not reported to the police",
        unit="referrals",
        numerator=cells("referrals_police", reported_to_police="no"),
        denominator=cells("referrals_police"),
        duties=("H19",),
        definition="Share of referrals recorded as not reported to the police. Help does "
        "not depend on a report.",
    ),
    # waiting
    Indicator(
        name="contact_within_7_days",
        short="Contact within 7 days",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Referrals with first contact within 7 days of consent",
        unit="referrals",
        is_key=True,
        numerator=cells("referrals_wait", wait_band=("le_2_working_days", "le_7_days")),
        denominator=cells("referrals_wait"),
        duties=("W4", "H3"),
        definition="Share of referrals made in the quarter whose first contact came within 7 days of consent "
        "(within 2 working days included).",
    ),
    Indicator(
        name="still_waiting",
        short="Still waiting",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Referrals still waiting for first contact",
        unit="referrals",
        numerator=cells("referrals_wait", wait_band="still_waiting"),
        denominator=cells("referrals_wait"),
        duties=("W4", "H3"),
        definition="Share of referrals made in the quarter without a first contact by the cut-off.",
    ),
    # again
    Indicator(
        name="repeat_victims",
        short="Repeat victims",
        question=Question.AGAIN,
        aim=Aim.PREVENT,
        direction=Direction.LOWER_IS_BETTER,
        is_key=True,
        title="Victims reported to the police again within 12 months",
        unit="people",
        numerator=cells("victims_repeat", is_repeat="yes"),
        denominator=cells("victims_repeat", is_repeat=_KNOWN),
        duties=("H9", "H10"),
        definition="Of the people with a crime reported in the quarter, the share with another reported in "
        "the twelve months "
        "before it. One crime is recorded for a series reported together, so this understates repetition.",
    ),
    Indicator(
        name="repeat_incidents",
        short="Repeat crimes",
        question=Question.AGAIN,
        aim=Aim.PREVENT,
        direction=Direction.LOWER_IS_BETTER,
        title="Crimes against people victimised in the 12 months before",
        unit="crimes",
        numerator=cells("incidents_repeat", is_repeat="yes"),
        denominator=cells("incidents_repeat", is_repeat=_KNOWN),
        duties=("H9", "H10"),
        definition="Share of the crimes reported in the quarter whose victim had reported another in the "
        "twelve months before.",
    ),
    # by whom
    Indicator(
        name="suspect_identified",
        short="Suspect identified",
        question=Question.BY_WHOM,
        aim=Aim.PURSUE,
        title="Crimes with an identified suspect",
        unit="crimes",
        numerator=cells("incidents_by_suspect", has_suspect="yes"),
        denominator=cells("incidents_by_suspect"),
        duties=("W2", "G2"),
        is_key=True,
        definition="Share of recorded crimes for which a suspect is named. What follows is known of these "
        "crimes only.",
    ),
    *(
        Indicator(
            name=f"{stage}_repeat",
            short=f"{label}, repeat incidents",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            unit="people",
            title=f"People {words} who are linked to two or more incidents",
            numerator=cells(f"{stage}_repeat", is_repeat="yes"),
            denominator=cells(f"{stage}_repeat", is_repeat=_KNOWN),
            duties=("W2", "G2"),
            is_key=stage == "named",
            definition=f"{meaning}, in an incident of the quarter; share linked to another incident within "
            "twelve months.",
        )
        for stage, label, words, meaning in BY_WHOM
    ),
    *(
        Indicator(
            name=f"{stage}_multiple",
            short=f"{label}, several victims",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            unit="people",
            title=f"People {words} who are linked to two or more different victims",
            numerator=cells(f"{stage}_repeat", is_multiple="yes"),
            denominator=cells(f"{stage}_repeat", is_multiple=_KNOWN),
            duties=("W2", "G2"),
            definition=f"{meaning}, in an incident of the quarter; share linked to two or more different "
            "victims within "
            "twelve months.",
        )
        for stage, label, words, meaning in BY_WHOM
    ),
)

INDICATORS: MappingProxyType[str, Indicator] = MappingProxyType({i.name: i for i in _ENTRIES})
"""Every indicator by its name, in the order of its page."""

__all__ = [
    "BREAKDOWNS",
    "INDICATORS",
    "RATE_BASE_MINIMUM",
    "STEPS",
    "Aim",
    "Breakdown",
    "Cells",
    "Direction",
    "Indicator",
    "Question",
]
