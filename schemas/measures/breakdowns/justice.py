"""What becomes of a report? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="after_a_year",
        question=Question.JUSTICE,
        aim=Aim.PURSUE,
        title="What had become of crimes a year later",
        unit="crimes",
        cells=cells("crimes_after_a_year_by_suspect"),
        dimension="cohort_outcome",
        duties=("W31", "G2"),
        definition="Cohort: the crimes recorded in the quarter, by the outcome given by the end of "
        "the fourth "
        "quarter after it. A later outcome leaves a crime open here, so that every quarter is "
        "followed for as "
        "long.",
    ),
    Breakdown(
        name="after_a_year_exploitation",
        question=Question.JUSTICE,
        aim=Aim.PROTECT,
        title="What had become of crimes with recorded exploitation",
        unit="crimes",
        cells=cells("crimes_after_a_year_by_exploitation", flag_exploitation="yes"),
        dimension="cohort_outcome",
        duties=("W31", "G13"),
        definition="Cohort, as above, of the crimes in which the police recorded exploitation.",
    ),
    Breakdown(
        name="adviser_at_charge",
        question=Question.JUSTICE,
        aim=Aim.PROTECT,
        title="Victims of charged crimes, by support of an independent adviser",
        unit="victims of crimes",
        cells=cells("victims_after_a_year_by_adviser", cohort_outcome="charged"),
        dimension="has_adviser",
        duties=("W19",),
        is_detail=True,
        definition="Cohort, as above, of the crimes with a charge or summons by the end of the fourth "
        "quarter after, one for each person harmed: whether an adviser's support started, from "
        "a referral made between 28 days before the report and 365 days after it (our own "
        "reading), in the adviser services' own records. Somebody who may not be linked, or "
        "whose quarter no such service sent, is not recorded.",
    ),
    Breakdown(
        name="outcome_groups",
        question=Question.JUSTICE,
        aim=Aim.PURSUE,
        title="Outcomes given in the quarter",
        unit="outcomes",
        cells=cells("outcomes_by_group"),
        dimension="outcome_group",
        duties=("W31",),
        definition="Period: outcomes given in the quarter to recorded crimes, whenever they were "
        "reported, in "
        "the groups of the Home Office.",
    ),
    Breakdown(
        name="outcome_days",
        question=Question.JUSTICE,
        aim=Aim.PURSUE,
        title="Days from report to outcome",
        unit="outcomes",
        cells=cells("outcomes_by_days"),
        dimension="outcome_days",
        duties=("W31",),
        is_detail=True,
        definition="Period: outcomes given in the quarter, by the days since the report.",
    ),
)
