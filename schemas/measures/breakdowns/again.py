"""Are they harmed again? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="concentration",
        question=Question.AGAIN,
        aim=Aim.PREVENT,
        title="Victims of a year by the number of crimes against them",
        unit="people",
        cells=cells("victims_of_year_by_crimes"),
        dimension="n_crimes",
        duties=("H9", "H10"),
        definition="Distinct people with a crime reported to the police in the latest full calendar year, by "
        "how many crimes were reported in it. A series reported together is recorded once, so this "
        "understates repetition.",
    ),
    *(
        Breakdown(
            name=f"repeat_{name}",
            question=Question.AGAIN,
            aim=Aim.PREVENT,
            title=title,
            unit="people",
            cells=cells(f"victims_repeat_by_{name}", is_repeat="yes"),
            dimension=dimension,
            duties=("H9",),
            is_detail=True,
            definition=definition,
        )
        for name, dimension, title, definition in (
            ("suspect", "is_same_suspect", "Repeat victims, by the same suspect or not",
             "Of the people reported again (RV-A), whether an earlier report within twelve months names the "
             "same suspect. Like RV-B of conferences on high risk (any abuse by the same person "
             "within twelve "
             "months of the last referral; SafeLives, read 2026), but of police reports alone."),
            ("offence", "is_same_offence", "Repeat victims, with the same offence group or not",
             "Of the people reported again (RV-A), whether an earlier report within twelve months is of the "
             "same Home Office offence group. Like RV-C of the Crime Survey (the same type of crime twice "
             "within twelve months), but of police reports, not of interviews."),
        )
    ),
)
