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
    Breakdown(
        name="examiners",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Choice of the examiner's sex",
        unit="attendances",
        cells=cells("attendances_examiner"),
        dimension="examiner_choice",
        duties=("W11",),
        definition=(
            "Whether a choice was offered and met, and why it was not."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="hours",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Out-of-hours requests",
        unit="attendances",
        cells=cells("attendances_hours"),
        dimension="out_of_hours",
        duties=("W21",),
        definition=(
            "Whether somebody who asked out of hours was seen then."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="crisis_workers",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Wait for a crisis worker",
        unit="attendances",
        cells=cells("attendances_crisis_worker"),
        dimension="crisis_worker_wait",
        duties=("W21",),
        definition=(
            "As the centre folds its own times."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="children_seen",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Attendances on the children's pathway",
        unit="attendances",
        cells=cells("attendances_crisis_worker"),
        dimension="is_child_pathway",
        duties=("W21",),
        definition=(
            "Attendances on the children's pathway and the others."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="stages_of_disclosure",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Early or at a crisis",
        unit="disclosures",
        cells=cells("disclosures_stage"),
        dimension="disclosure_stage",
        duties=("D5",),
        definition=(
            "Whether the disclosure came early or at a crisis, as the housing team judged."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="sharing",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="On what basis disclosures were shared",
        unit="disclosures",
        cells=cells("disclosures_basis"),
        dimension="share_basis",
        duties=("D3", "W24"),
        definition=(
            "With consent, or by which exception."
        ),
        is_detail=False,
    ),
    Breakdown(
        name="told_of_sharing",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Survivor told of the sharing",
        unit="disclosures",
        cells=cells("disclosures_told"),
        dimension="survivor_told",
        duties=("D3",),
        definition=(
            "Whether the survivor was told that the disclosure would be shared."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="wishes",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Wishes recorded",
        unit="disclosures",
        cells=cells("disclosures_wishes"),
        dimension="wishes_recorded",
        duties=("D2",),
        definition=(
            "Whether the survivor's wishes are on record."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="acted",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Acting as the survivor wished",
        unit="disclosures",
        cells=cells("disclosures_acted"),
        dimension="wishes_basis",
        duties=("D2", "D7"),
        definition=(
            "Whether the agency acted as wished, and on what ground where it did not."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="actions",
        question=Question.HELP,
        aim=Aim.PURSUE,
        title="Action against the person who abused",
        unit="disclosures",
        cells=cells("disclosures_action"),
        dimension="abuse_action",
        duties=("D7",),
        definition=(
            "Tenancy and legal actions that the housing teams took."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="updates",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Told within five working days but not one",
        unit="victims of crimes",
        cells=cells("victims_updates", "charge"),
        dimension="update_stages",
        category="within_5_working_days",
        duties=("H7",),
        definition=(
            "Crimes of the quarter in which the victim was told of the stage in two to five "
            "working days."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="updates_fast",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Told within one working day",
        unit="victims of crimes",
        cells=cells("victims_updates", "charge"),
        dimension="update_stages",
        category="within_1_working_day",
        duties=("H7",),
        definition=(
            "Crimes of the quarter in which the victim was told of the stage within 1 working day."
        ),
        is_detail=False,
    ),
    Breakdown(
        name="interview_places",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Where victims were interviewed",
        unit="victims of crimes",
        cells=cells("victims_interview"),
        dimension="interview_venue",
        duties=("W20",),
        definition=(
            "Kind of place of the interview."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="officers",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Changes of the officer in the case",
        unit="victims of crimes",
        cells=cells("victims_officers"),
        dimension="officer_changes",
        duties=("G4",),
        definition=(
            "How often the officer changed so far."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="restorative",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="How far restorative justice went",
        unit="victims of crimes",
        cells=cells("victims_restorative"),
        dimension="restorative_stage",
        duties=("H11",),
        definition=(
            "The furthest stage; each includes those before it."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="approached",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Who was approached first",
        unit="victims of crimes",
        cells=cells("victims_approached"),
        dimension="first_approached",
        duties=("H11",),
        definition=(
            "The strategy asks that the offender is approached first. Not recorded: nobody was "
            "approached."
        ),
        is_detail=True,
    ),
)
