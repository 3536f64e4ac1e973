"""Does support help? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="assessments",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="When needs were assessed",
        unit="cases",
        cells=cells("cases_assessed"),
        dimension="assessed_band",
        duties=("W8", "H14"),
        definition=(
            "From the start of support; 5 working days count as just after it, which is our own "
            "reading."
        ),
        is_detail=False,
    ),
    Breakdown(
        name="reviews",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="First reviews",
        unit="cases",
        cells=cells("ended_reviews"),
        dimension="review_timing",
        duties=("W8",),
        definition=(
            "Judged on the last day of the quarter for which the agency last sent the record."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="interpreters",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Who interpreted",
        unit="cases",
        cells=cells("cases_interpreter"),
        dimension="interpreter",
        duties=("W12", "W17"),
        definition=(
            "Family, friends and children should never interpret."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="adjustments",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Reasonable adjustments",
        unit="cases",
        cells=cells("cases_adjustment"),
        dimension="adjustment",
        duties=("W17",),
        definition=(
            "Whether one was needed, and provided."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="intermediaries",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Intermediaries",
        unit="cases",
        cells=cells("cases_intermediary"),
        dimension="intermediary",
        duties=("W17",),
        definition=(
            "Whether one was needed, and provided."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="safeguarding",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Referrals to safeguarding",
        unit="cases",
        cells=cells("cases_safeguarding"),
        dimension="safeguarding",
        duties=("W23",),
        definition=(
            "From the start of support; a referral made before it counts as within 2 working days."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="choices",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Choice of service",
        unit="cases",
        cells=cells("cases_choice"),
        dimension="service_choice",
        duties=("H15",),
        definition=(
            "Whether a choice was offered, and whether the person changed service."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="therapies",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Therapy and mental health care",
        unit="cases",
        cells=cells("cases_therapy"),
        dimension="therapy",
        duties=("W37", "W0"),
        definition=(
            "Of cases in specialist services, crossed with nothing; from the referral to the start."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="circumstances",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Clients by circumstance",
        unit="cases",
        cells=cells("cases_by_circumstance", "mental_health"),
        dimension="circumstances",
        duties=("W14", "W3", "W35", "W37"),
        definition=(
            "Counted by specialist services alone, each by itself, and crossed with nothing. No "
            "record is not a no."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="needs_met",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Needs met at the end",
        unit="cases",
        cells=cells("ended_needs", "health"),
        dimension="needs",
        category="met",
        duties=("H2",),
        definition=(
            "Ended cases in which a need of the start was met at the end: a last score of four or more."
        ),
        is_detail=False,
    ),
    Breakdown(
        name="needs_unmet",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Needs that were not less at the end",
        unit="cases",
        cells=cells("ended_needs", "health"),
        dimension="needs",
        category="not_improved",
        duties=("H2",),
        definition=(
            "Ended cases in which a need of the start was as high at the end, or higher."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="unmet_areas",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Needs not met at the end, by area",
        unit="cases",
        cells=cells("ended_unmet_by_area", has_unmet_need="yes"),
        dimension="area",
        duties=("H2", "H18"),
        definition=(
            "Ended cases with a need that was not met, by the area of the service."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="outcomes_improved",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Six outcomes, improved",
        unit="cases",
        cells=cells("ended_outcomes", "cope"),
        dimension="support_outcomes",
        category="improved",
        duties=("H5", "H6"),
        definition=(
            "Ended cases in which the last score is above the first. Cases with one score only are "
            "in the total and in no outcome."
        ),
        is_detail=False,
    ),
    Breakdown(
        name="survey_agrees",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Five things that survivors ask for",
        unit="cases",
        cells=cells("ended_survey", "belief"),
        dimension="survey_items",
        category="agrees",
        duties=("W30", "D1", "W22"),
        definition=(
            "Ended cases in which the person agreed (four or more of five). Those who were not asked or did "
            "not answer are in the total."
        ),
        is_detail=False,
    ),
    Breakdown(
        name="blamed",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Who made the person feel to blame",
        unit="cases",
        cells=cells("ended_blamed"),
        dimension="blamed_by",
        duties=("C1", "C6"),
        definition=(
            "As the person answered at the end. The blame belongs to the one who caused the harm."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="helps",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Kinds of help given",
        unit="cases",
        cells=cells("ended_help", "emotional"),
        dimension="help_kinds",
        duties=("H20", "W0"),
        definition=(
            "Ended cases in which this kind of help was given; most people had several."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="endings",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Why support ended",
        unit="cases",
        cells=cells("ended_reason"),
        dimension="end_reason",
        duties=("H1b",),
        definition=(
            "The reason that the service recorded."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="whole_way",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="From referral to the planned end of support",
        unit="cases",
        cells=cells("ended_reason", end_reason="as_planned"),
        dimension="way_length",
        duties=("H1b",),
        definition="Months from the referral that the service holds to the end of support, where support "
        "ended as planned. Longer is not worse: support takes what a person needs.",
        is_detail=True,
    ),
    Breakdown(
        name="challenges",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Decisions challenged for the person",
        unit="cases",
        cells=cells("ended_escalation"),
        dimension="escalation",
        duties=("C8",),
        definition=(
            "Decisions of other agencies that the service challenged on the person's behalf."
        ),
        is_detail=True,
    ),
)
