"""Does support help? How people are met: at an examination, by sharing, by the police, by restorative
justice. The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
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
        cells=cells("restorative_justice"),
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
        cells=cells("restorative_justice"),
        dimension="first_approached",
        duties=("H11",),
        definition=(
            "The strategy asks that the offender is approached first. Nobody was approached where "
            "restorative justice was not raised, or looked at and not suitable."
        ),
        is_detail=True,
    ),
)
