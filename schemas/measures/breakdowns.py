"""How the counts of the latest period divide: one entry per breakdown.

What belongs here: which cells, over which dimension, against which yardstick. What does not: numbers over
time (``indicators.py``) and how it reads on a page (``dashboards``). A new entry here is a new exhibit on
its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from schemas.measures.cubes import CUBES
from schemas.measures.questions import BY_WHOM, Aim, Cells, Question, cells


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
    """The dimension on the axis; for a cube with ``each``: the code list, whose overlapping codes stand side
    by side."""
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
            raise ValueError(
                f"breakdown [{self.name}]: cube [{cube.name}] has no dimension [{self.dimension}]"
            )


_BREAKDOWNS = (
    Breakdown(
        name="kinds",
        question=Question.AMOUNT,
        aim=Aim.PREPARE,
        title="Incidents by kind",
        unit="incidents",
        cells=cells("incidents_by_kind", "rape"),
        dimension="kinds",
        duties=("W1",),
        definition="The fifteen kinds of the standards. An incident may be of several kinds, so they do not "
        "add up.",
    ),
    Breakdown(
        name="status",
        question=Question.AMOUNT,
        aim=Aim.PURSUE,
        title="Reports that do not stand as recorded crimes",
        unit="reports",
        cells=cells("reports_by_status"),
        dimension="status",
        duties=("W1", "G2"),
        is_detail=True,
        definition="Cancelled after recording, transferred, or N100: a reported incident of rape that is not "
                   "recorded as a "
        "crime.",
    ),
    Breakdown(
        name="offence_groups",
        question=Question.AMOUNT,
        aim=Aim.PURSUE,
        title="Crimes by offence group",
        unit="crimes",
        cells=cells("incidents_by_offence"),
        dimension="offence_group",
        duties=("W1",),
        is_detail=True,
        definition="Home Office offence groups, counting rules of April 2026.",
    ),
    Breakdown(
        name="setting",
        question=Question.AMOUNT,
        aim=Aim.PREVENT,
        title="Incidents by setting",
        unit="incidents",
        cells=cells("incidents_by_setting"),
        dimension="setting",
        duties=("W1",),
        is_detail=True,
        definition="The kind of place in which it happened.",
    ),
    Breakdown(
        name="victim_age",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by age",
        unit="people",
        cells=cells("victims_by_age_sex"),
        dimension="age_band",
        duties=("W3", "W14"),
        definition="Age at the incident, in the latest record of the quarter.",
    ),
    Breakdown(
        name="victim_sex",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by sex",
        unit="people",
        cells=cells("victims_by_age_sex"),
        dimension="sex",
        duties=("W3", "D9"),
        population="sex",
        definition="Sex as recorded; gender identity is asked apart.",
    ),
    Breakdown(
        name="victim_ethnicity",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by ethnic group",
        unit="people",
        cells=cells("victims_by_ethnicity"),
        dimension="ethnicity5",
        duties=("W3", "W14", "W15"),
        population="ethnicity5",
        definition="Self-defined ethnic group in five groups. What an officer observed is never counted "
        "here.",
    ),
    Breakdown(
        name="victim_disability",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by disability",
        unit="people",
        cells=cells("victims_by_disability"),
        dimension="disability",
        duties=("W3", "W14"),
        population="disability",
        definition="Disabled under the Equality Act 2010.",
    ),
    Breakdown(
        name="victim_religion",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by religion",
        unit="people",
        cells=cells("victims_by_religion"),
        dimension="religion",
        duties=("W3", "W14"),
        is_detail=True,
        definition="Religion as the person gave it.",
    ),
    Breakdown(
        name="client_orientation",
        question=Question.WHO,
        aim=Aim.PROTECT,
        unit="people",
        title="Clients of specialist services by sexual orientation",
        cells=cells("clients_by_orientation"),
        dimension="orientation",
        duties=("W3", "W14", "G10"),
        is_detail=True,
        definition="Counted by specialist services alone, and crossed with nothing.",
    ),
    Breakdown(
        name="relationship",
        question=Question.WHO,
        aim=Aim.PREVENT,
        unit="people",
        title="Victims and survivors by relationship to the suspect",
        cells=cells("victims_by_relationship"),
        dimension="relationship",
        duties=("W3", "D10", "G10"),
        is_detail=True,
        definition="Who the suspect was to the victim, in the latest record of the quarter.",
    ),
    Breakdown(
        name="sources",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals by source",
        unit="referrals",
        cells=cells("referrals_pathway"),
        dimension="source",
        duties=("W4",),
        definition="Who made the referral.",
    ),
    Breakdown(
        name="destinations",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals by destination",
        unit="referrals",
        cells=cells("referrals_pathway"),
        dimension="destination",
        duties=("W4", "W10", "D6"),
        definition="The type of service referred to; services are not named, since a by-and-for service "
        "tells who its clients are.",
    ),
    Breakdown(
        name="declined",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Why referrals were not taken up",
        unit="referrals",
        cells=cells("referrals_declined"),
        dimension="decline_reason",
        duties=("W4", "W10", "G9"),
        definition="The reason that the service recorded.",
        is_detail=True,
    ),
    Breakdown(
        name="waits",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        title="Waits from consent to first contact",
        unit="referrals",
        cells=cells("referrals_wait"),
        dimension="wait_band",
        duties=("W4", "H3"),
        definition="From consent to first contact. The 2 days are working days, as the Victims' Code counts "
        "them.",
    ),
    Breakdown(
        name="both_roles",
        question=Question.BY_WHOM,
        aim=Aim.PROTECT,
        unit="people",
        title="People harmed and suspected, where exploitation is recorded",
        cells=cells("both_roles"),
        dimension="role_order",
        duties=("G13",),
        definition="Victims of recorded exploitation who were also named as suspects, by which came first; "
        "one count a "
        "year for the whole partnership, worked out where no one's two roles can be read. People are coerced "
        "into crime.",
    ),
    *(
        Breakdown(
            name=f"{stage}_{name}",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            unit="people",
            title=f"People {words} by {by}",
            cells=cells(f"{stage}_by_{cube}"),
            dimension=dimension,
            duties=("W3", "W32"),
            definition=f"{meaning}, in an incident of the quarter.",
            is_detail=stage != "named",
        )
        for stage, _, words, meaning in BY_WHOM
        for name, by, cube, dimension in (
            ("age", "age", "age_band_sex", "age_band"),
            ("sex", "sex", "age_band_sex", "sex"),
            ("ethnicity", "ethnic group", "ethnicity", "ethnicity5"),
        )
    ),
)

BREAKDOWNS: MappingProxyType[str, Breakdown] = MappingProxyType({b.name: b for b in _BREAKDOWNS})
"""Every breakdown by its name, in the order of its page."""
