"""What a board asks, answered by formulae over protected cells: one entry per indicator, one per breakdown.

What belongs here: the question, which published cells make the numerator and the denominator, unit, direction, smallest
base, clauses of the standards. What does not: what is counted (``cubes.py``) and how it reads on a page (``dashboards``).
A new entry here is a new exhibit on its page; nothing else is edited.

Every formula is over *released* cells: a rate is a quotient of two of them, never of the counts behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas.measures.cubes import CUBES
from schemas.measures.dimensions import DIMENSIONS

RATE_BASE_MINIMUM = 60
"""A percentage on a smaller base is withheld: with every count rounded to 5, 15 of 60 may be 18 to 34 %
(measured on this rounding; docs/disclosure-control)."""


class Question(StrEnum):
    """What a board asks, in its order; each is one page."""

    AMOUNT = "incidents"
    WHO = "who"
    PATHWAYS = "pathways"
    WAITING = "waiting"
    AGAIN = "again"
    BY_WHOM = "by_whom"
    PLACES = "places"


class Direction(StrEnum):
    """Whether more is good, bad, or neither: more reports may mean that more people came forward."""

    NEUTRAL = "neutral"
    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"


class Aim(StrEnum):
    """The four aims ("4 Ps") under which the standards order their actions."""

    PREPARE = "prepare"
    PREVENT = "prevent"
    PROTECT = "protect"
    PURSUE = "pursue"


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A query over the published cells of one cube: the sum of the cells named, margins where a dimension is not."""

    cube: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(dimension, categories) pairs; the cells of several categories are added."""
    code: str | None = None
    """For a cube with ``each``: which code's table."""

    def __post_init__(self) -> None:
        """Refuse a query that no published table could answer.

        Raises:
            ValueError: an unknown cube, code, dimension or category.
        """
        if self.cube not in CUBES:
            raise ValueError(f"no cube is called [{self.cube}]. Add it to cubes.py")
        tables = dict(CUBES[self.cube].tables)
        if self.table not in tables:
            raise ValueError(f"cube [{self.cube}] has no table [{self.table}]. Give code one of its codes, or leave it out")
        for dimension, categories in self.where:
            if dimension not in tables[self.table]:
                raise ValueError(f"table [{self.table}] has no dimension [{dimension}]")
            known = DIMENSIONS[dimension].categories
            if unknown := [c for c in categories if c not in known]:
                raise ValueError(f"dimension [{dimension}] has no category [{unknown[0]}]")

    @property
    def table(self) -> str:
        """Name of the published table."""
        return self.cube if self.code is None else f"{self.cube}.{self.code}"


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
                raise ValueError(f"indicator [{self.name}]: numerator and denominator are not counts of the same unit")

    @property
    def is_rate(self) -> bool:
        """Whether it is a quotient."""
        return self.denominator is not None


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """How the counts of the latest quarter divide over the categories of one dimension."""

    name: str
    question: Question
    aim: Aim
    title: str
    unit: str
    cells: Cells
    dimension: str
    """The dimension on the axis; for a cube with ``each``: the code list, whose overlapping codes stand side by side."""
    duties: tuple[str, ...]
    definition: str
    population: str | None = None
    """Characteristic of ``population.csv`` against which the shares are set, where there is one."""
    is_detail: bool = False
    """Left out of the summary edition."""

    def __post_init__(self) -> None:
        """Refuse a dimension that the table does not have.

        Raises:
            ValueError: the dimension is neither of the cube nor its ``each``.
        """
        cube = CUBES[self.cells.cube]
        if self.dimension not in (*cube.dimensions, cube.each):
            raise ValueError(f"breakdown [{self.name}]: cube [{cube.name}] has no dimension [{self.dimension}]")


def _cells(cube: str, code: str | None = None, **where: str | tuple[str, ...]) -> Cells:
    pairs = tuple((name, (value,) if isinstance(value, str) else value) for name, value in where.items())
    return Cells(cube=cube, where=pairs, code=code)


STEPS: tuple[tuple[str, tuple[str, ...] | None], ...] = (
    ("made", None),
    ("going_on", ("started", "open", "moved_on")),
    ("started", ("started",)),
)
"""Steps of the referral pathway: (name, states of those that have come that far); None: every referral."""

_BY_WHOM = (
    ("named", "Suspects", "named as suspects",
     "Named as a suspect: recorded as suspected, arrested or interviewed; not eliminated"),
    ("charged", "People charged", "charged", "Charged or summonsed"),
    ("convicted", "Offenders", "convicted or cautioned", "Convicted, or cautioned"),
)

_ENTRIES = (
    # how much, of what kind
    Indicator(
        name="incidents_recorded", short="Incidents recorded", question=Question.AMOUNT, aim=Aim.PREPARE, is_key=True,
        title="Incidents recorded", unit="incidents",
        numerator=_cells("reports_by_status", status="recorded"), duties=("W1", "G2"),
        definition="Incidents in their latest version with status recorded, by the quarter in which they were reported. "
        "Each agency counts what it knows; what two agencies know may be one incident, so agencies are never added up.",
    ),
    Indicator(
        name="non_recent_share", short="Non-recent incidents", question=Question.AMOUNT, aim=Aim.PREPARE,
        title="Incidents reported more than a year after they happened", unit="incidents",
        numerator=_cells("incidents_by_recency", recency="non_recent"), denominator=_cells("incidents_by_recency"),
        duties=("W1", "H3"), definition="Share of recorded incidents that happened more than twelve months before the report.",
    ),
    Indicator(
        name="crimes_recorded", short="Like-for-like crimes", question=Question.AMOUNT, aim=Aim.PURSUE,
        title="Crimes recorded, without offences created in January 2024", unit="crimes",
        numerator=_cells("incidents_like_for_like", is_new_offence="no"), duties=("W1", "W31"),
        definition="Recorded crimes less those of the two offences that began on 31 January 2024 (sharing intimate images, "
        "sending images of genitals), so that the years can be compared like for like.",
    ),
    # who
    Indicator(
        name="victims", short="Victims and survivors", question=Question.WHO, aim=Aim.PROTECT, title="Victims and survivors known to agencies", unit="people",
        numerator=_cells("victims_by_age_sex"), duties=("W3", "W14"), is_key=True,
        definition="Distinct people with a recorded incident in the quarter, counted once across agencies.",
    ),
    Indicator(
        name="ethnicity_not_recorded", short="Ethnic group not recorded", question=Question.WHO, aim=Aim.PREPARE, direction=Direction.LOWER_IS_BETTER,
        title="Victims and survivors whose ethnic group is not recorded", unit="people",
        numerator=_cells("victims_by_ethnicity", ethnicity5=("not_recorded", "unmapped")),
        denominator=_cells("victims_by_ethnicity"), duties=("W3", "W15"),
        definition="Share whose ethnic group no agency recorded. Asked and preferred not to say is not in it.",
    ),
    Indicator(
        name="counted_clients", short="New clients", question=Question.WHO, aim=Aim.PROTECT, title="New clients of services that send counts only",
        unit="people", numerator=_cells("counted_clients"), duties=("W1", "W3"),
        definition="New clients as the service counts them. They may also be known to other agencies.",
    ),
    # where do they go
    Indicator(
        name="referrals_made", short="Referrals", question=Question.PATHWAYS, aim=Aim.PROTECT, title="Referrals recorded", unit="referrals",
        numerator=_cells("referrals_pathway"), duties=("W4", "W25"), is_key=True,
        definition="Referrals made in the quarter, in their latest version, as each agency records them.",
    ),
    Indicator(
        name="referrals_started", short="Support started", question=Question.PATHWAYS, aim=Aim.PROTECT, direction=Direction.HIGHER_IS_BETTER,
        title="Referrals after which support started", unit="referrals",
        numerator=_cells("referrals_pathway", referral_status="started"), denominator=_cells("referrals_pathway"),
        duties=("W4", "H4"), is_key=True,
        definition="Share of the referrals made in the quarter after which support has started. Those of the latest quarter "
        "are still moving: fewer have started than will.",
    ),
    Indicator(
        name="not_reported_to_police", short="Not reported to police", question=Question.PATHWAYS, aim=Aim.PROTECT,
        title="Referrals of people who had not reported to the police", unit="referrals",
        numerator=_cells("referrals_police", reported_to_police="no"), denominator=_cells("referrals_police"),
        duties=("H19",), definition="Share of referrals recorded as not reported to the police. Help does not depend on a report.",
    ),
    # waiting
    Indicator(
        name="contact_within_7_days", short="Contact within 7 days", question=Question.WAITING, aim=Aim.PROTECT, direction=Direction.HIGHER_IS_BETTER,
        title="Referrals with first contact within 7 days of consent", unit="referrals", is_key=True,
        numerator=_cells("referrals_wait", wait_band=("le_2_working_days", "le_7_days")),
        denominator=_cells("referrals_wait"), duties=("W4", "H3"),
        definition="Share of referrals made in the quarter whose first contact came within 7 days of consent "
        "(within 2 working days included).",
    ),
    Indicator(
        name="still_waiting", short="Still waiting", question=Question.WAITING, aim=Aim.PROTECT, direction=Direction.LOWER_IS_BETTER,
        title="Referrals still waiting for first contact", unit="referrals",
        numerator=_cells("referrals_wait", wait_band="still_waiting"), denominator=_cells("referrals_wait"),
        duties=("W4", "H3"), definition="Share of referrals made in the quarter without a first contact by the cut-off.",
    ),
    # again
    Indicator(
        name="repeat_victims", short="Repeat victims", question=Question.AGAIN, aim=Aim.PREVENT, direction=Direction.LOWER_IS_BETTER, is_key=True,
        title="Victims reported to the police again within 12 months", unit="people",
        numerator=_cells("victims_repeat", is_repeat="yes"), denominator=_cells("victims_repeat"),
        duties=("H9", "H10"),
        definition="Of the people with a crime reported in the quarter, the share with another reported in the twelve months "
        "before it. One crime is recorded for a series reported together, so this understates repetition.",
    ),
    Indicator(
        name="repeat_incidents", short="Repeat crimes", question=Question.AGAIN, aim=Aim.PREVENT, direction=Direction.LOWER_IS_BETTER,
        title="Crimes against people victimised in the 12 months before", unit="crimes",
        numerator=_cells("incidents_repeat", is_repeat="yes"), denominator=_cells("incidents_repeat"),
        duties=("H9", "H10"),
        definition="Share of the crimes reported in the quarter whose victim had reported another in the twelve months before.",
    ),
    # by whom
    Indicator(
        name="suspect_identified", short="Suspect identified", question=Question.BY_WHOM, aim=Aim.PURSUE, title="Crimes with an identified suspect",
        unit="crimes", numerator=_cells("incidents_by_suspect", has_suspect="yes"),
        denominator=_cells("incidents_by_suspect"), duties=("W2", "G2"), is_key=True,
        definition="Share of recorded crimes for which a suspect is named. What follows is known of these crimes only.",
    ),
    *(
        Indicator(
            name=f"{stage}_repeat", short=f"{label}, repeat incidents", question=Question.BY_WHOM, aim=Aim.PURSUE, unit="people",
            title=f"People {words} who are linked to two or more incidents",
            numerator=_cells(f"{stage}_repeat", is_repeat="yes"), denominator=_cells(f"{stage}_repeat"),
            duties=("W2", "G2"), is_key=stage == "named",
            definition=f"{meaning}, in an incident of the quarter; share linked to another incident within twelve months.",
        )
        for stage, label, words, meaning in _BY_WHOM
    ),
    *(
        Indicator(
            name=f"{stage}_multiple", short=f"{label}, several victims", question=Question.BY_WHOM, aim=Aim.PURSUE, unit="people",
            title=f"People {words} who are linked to two or more different victims",
            numerator=_cells(f"{stage}_repeat", is_multiple="yes"), denominator=_cells(f"{stage}_repeat"),
            duties=("W2", "G2"),
            definition=f"{meaning}, in an incident of the quarter; share linked to two or more different victims within "
            "twelve months.",
        )
        for stage, label, words, meaning in _BY_WHOM
    ),
)

_BREAKDOWNS = (
    Breakdown(
        name="kinds", question=Question.AMOUNT, aim=Aim.PREPARE, title="Incidents by kind", unit="incidents",
        cells=_cells("incidents_by_kind", "rape"), dimension="kinds", duties=("W1",),
        definition="The fifteen kinds of the standards. An incident may be of several kinds, so they do not add up.",
    ),
    Breakdown(
        name="status", question=Question.AMOUNT, aim=Aim.PURSUE, title="Reports by status", unit="reports",
        cells=_cells("reports_by_status"), dimension="status", duties=("W1", "G2"), is_detail=True,
        definition="N100 is a reported incident of rape that is not recorded as a crime.",
    ),
    Breakdown(
        name="offence_groups", question=Question.AMOUNT, aim=Aim.PURSUE, title="Crimes by offence group", unit="crimes",
        cells=_cells("incidents_by_offence"), dimension="offence_group", duties=("W1",), is_detail=True,
        definition="Home Office offence groups, counting rules of April 2026.",
    ),
    Breakdown(
        name="setting", question=Question.AMOUNT, aim=Aim.PREVENT, title="Incidents by setting", unit="incidents",
        cells=_cells("incidents_by_setting"), dimension="setting", duties=("W1",), is_detail=True,
        definition="The kind of place in which it happened.",
    ),
    Breakdown(
        name="victim_age", question=Question.WHO, aim=Aim.PROTECT, title="Victims and survivors by age", unit="people",
        cells=_cells("victims_by_age_sex"), dimension="age_band", duties=("W3", "W14"),
        definition="Age at the incident, in the latest record of the quarter.",
    ),
    Breakdown(
        name="victim_sex", question=Question.WHO, aim=Aim.PROTECT, title="Victims and survivors by sex", unit="people",
        cells=_cells("victims_by_age_sex"), dimension="sex", duties=("W3", "D9"), population="sex",
        definition="Sex as recorded; gender identity is asked apart.",
    ),
    Breakdown(
        name="victim_ethnicity", question=Question.WHO, aim=Aim.PROTECT, title="Victims and survivors by ethnic group",
        unit="people", cells=_cells("victims_by_ethnicity"), dimension="ethnicity5", duties=("W3", "W14", "W15"),
        population="ethnicity5",
        definition="Self-defined ethnic group in five groups. What an officer observed is never counted here.",
    ),
    Breakdown(
        name="victim_disability", question=Question.WHO, aim=Aim.PROTECT, title="Victims and survivors by disability",
        unit="people", cells=_cells("victims_by_disability"), dimension="disability", duties=("W3", "W14"),
        population="disability", definition="Disabled under the Equality Act 2010.",
    ),
    Breakdown(
        name="victim_religion", question=Question.WHO, aim=Aim.PROTECT, title="Victims and survivors by religion",
        unit="people", cells=_cells("victims_by_religion"), dimension="religion", duties=("W3", "W14"), is_detail=True,
        definition="Religion as the person gave it.",
    ),
    Breakdown(
        name="client_orientation", question=Question.WHO, aim=Aim.PROTECT, unit="people",
        title="Clients of specialist services by sexual orientation", cells=_cells("clients_by_orientation"),
        dimension="orientation", duties=("W3", "W14", "G10"), is_detail=True,
        definition="Counted by specialist services alone, and crossed with nothing.",
    ),
    Breakdown(
        name="relationship", question=Question.WHO, aim=Aim.PREVENT, unit="people",
        title="Victims and survivors by relationship to the suspect", cells=_cells("victims_by_relationship"),
        dimension="relationship", duties=("W3", "D10", "G10"), is_detail=True,
        definition="Who the suspect was to the victim, in the latest record of the quarter.",
    ),
    Breakdown(
        name="sources", question=Question.PATHWAYS, aim=Aim.PROTECT, title="Referrals by source", unit="referrals",
        cells=_cells("referrals_pathway"), dimension="source", duties=("W4",), definition="Who made the referral.",
    ),
    Breakdown(
        name="destinations", question=Question.PATHWAYS, aim=Aim.PROTECT, title="Referrals by destination", unit="referrals",
        cells=_cells("referrals_pathway"), dimension="destination", duties=("W4", "W10", "D6"),
        definition="The type of service referred to; services are not named, since a by-and-for service tells who its clients are.",
    ),
    Breakdown(
        name="declined", question=Question.PATHWAYS, aim=Aim.PROTECT, title="Why referrals were not taken up",
        unit="referrals", cells=_cells("referrals_declined"), dimension="decline_reason", duties=("W4", "W10", "G9"),
        definition="The reason that the service recorded.", is_detail=True,
    ),
    Breakdown(
        name="waits", question=Question.WAITING, aim=Aim.PROTECT, title="Waits from consent to first contact",
        unit="referrals", cells=_cells("referrals_wait"), dimension="wait_band", duties=("W4", "H3"),
        definition="From consent to first contact. The 2 days are working days, as the Victims' Code counts them.",
    ),
    *(
        Breakdown(
            name=f"{stage}_{name}", question=Question.BY_WHOM, aim=Aim.PURSUE, unit="people",
            title=f"People {words} by {by}", cells=_cells(f"{stage}_by_{cube}"), dimension=dimension,
            duties=("W3", "W32"), definition=f"{meaning}, in an incident of the quarter.", is_detail=stage != "named",
        )
        for stage, _, words, meaning in _BY_WHOM
        for name, by, cube, dimension in (
            ("age", "age", "age_band_sex", "age_band"), ("sex", "sex", "age_band_sex", "sex"),
            ("ethnicity", "ethnic group", "ethnicity", "ethnicity5"))
    ),
)

INDICATORS: MappingProxyType[str, Indicator] = MappingProxyType({i.name: i for i in _ENTRIES})
"""Every indicator by its name, in the order of its page."""
BREAKDOWNS: MappingProxyType[str, Breakdown] = MappingProxyType({b.name: b for b in _BREAKDOWNS})
"""Every breakdown by its name, in the order of its page."""
