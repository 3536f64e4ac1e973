"""How much, of what kind? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="adult_or_child",
        question=Question.AMOUNT,
        aim=Aim.PREPARE,
        title="Incidents against adults and against children",
        unit="incidents",
        cells=cells("incidents_by_age_group"),
        dimension="victim_age_group",
        duties=("W1", "W3"),
        definition="A child is under 16, as Home Office offences divide. The offence decides where the law "
        "fixes the age, else the youngest victim.",
    ),
    Breakdown(
        name="flags",
        question=Question.AMOUNT,
        aim=Aim.PREPARE,
        title="Crimes by flag",
        unit="crimes",
        cells=cells("incidents_by_flag", "domestic"),
        dimension="flags",
        duties=("W1", "H1a"),
        is_detail=True,
        definition="Flags that the police set. A crime may bear several flags, so they do not add up.",
    ),
    Breakdown(
        name="vulnerability",
        question=Question.AMOUNT,
        aim=Aim.PROTECT,
        title="Crimes by priority flag of the victim",
        unit="crimes",
        cells=cells("incidents_by_vulnerability", "vulnerable"),
        dimension="vulnerability",
        duties=("H1", "H1a"),
        definition="The three groups that the Victims' Code puts first. A victim may be in several, so they "
        "do not add up; nothing is weighted by severity.",
    ),
    Breakdown(
        name="kinds",
        question=Question.AMOUNT,
        aim=Aim.PREPARE,
        title="Incidents by kind",
        unit="incidents",
        cells=cells("incidents_by_kind", "sexual_assault"),
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
        name="offence_areas",
        question=Question.PLACES,
        aim=Aim.PREVENT,
        title="Crimes by the area in which they happened",
        unit="crimes",
        cells=cells("incidents_by_offence"),
        dimension="area",
        duties=("W1",),
        definition="The area of the offence, and outside where it happened elsewhere. Rates for each 1,000 "
        "residents are of people by the area in which they live.",
    ),
    Breakdown(
        name="offence_categories",
        question=Question.AMOUNT,
        aim=Aim.PURSUE,
        title="Crimes by Home Office category",
        unit="crimes",
        cells=cells("incidents_by_category"),
        dimension="offence_category",
        duties=("W1",),
        is_detail=True,
        definition="Home Office categories, counting rules of April 2026; each lies in one offence group.",
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
)
