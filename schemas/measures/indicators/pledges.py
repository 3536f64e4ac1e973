"""Is the partnership keeping its word? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import Indicator
from schemas.measures.questions import Aim, Direction, Question, cells

ENTRIES: tuple[Indicator, ...] = (
    Indicator(
        name="staff_trained",
        short="Staff trained",
        question=Question.PLEDGES,
        aim=Aim.PREPARE,
        direction=Direction.HIGHER_IS_BETTER,
        title="Staff trained at the level meant for them",
        unit="staff",
        numerator=cells("staff_training", is_trained="yes"),
        denominator=cells("staff_training"),
        duties=("W18", "C9"),
        definition="Share of the staff for whom a level of training is meant who have been trained at "
        "it, all levels together, as each agency returns it.",
    ),
    Indicator(
        name="standards_met",
        short="Standards met in audits",
        question=Question.PLEDGES,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Audited answers that met the standard",
        unit="audited answers",
        numerator=cells("audited_cases", is_met="yes"),
        denominator=cells("audited_cases"),
        duties=("W26", "W27", "H6", "H17"),
        definition="Share of the cases of an agency's own dip samples that met the standard, over all "
        "standards that apply to them.",
    ),
    Indicator(
        name="complaints",
        short="Complaints",
        question=Question.PLEDGES,
        aim=Aim.PROTECT,
        title="Complaints received",
        unit="complaints",
        numerator=cells("complaints_received"),
        duties=("W22", "C1"),
        definition="Complaints closed in the quarter. More complaints can mean that more people felt "
        "able to complain.",
    ),
    Indicator(
        name="survey_response",
        short="Surveys returned",
        question=Question.PLEDGES,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Feedback surveys returned",
        unit="surveys",
        numerator=cells("surveys_returned", is_returned="yes"),
        denominator=cells("surveys_returned"),
        duties=("W22", "W30"),
        definition="Share of the feedback surveys sent in the quarter that were returned.",
    ),
    Indicator(
        name="survey_agreement",
        short="Answers that agree",
        question=Question.PLEDGES,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Answers to feedback surveys that agree",
        unit="answers",
        numerator=cells("survey_answers", is_agreed="yes"),
        denominator=cells("survey_answers"),
        duties=("W30", "H5", "C6", "D1"),
        definition="Share of the answers that agree, over all questions. Those who answer are not all "
        "who were served.",
    ),
    Indicator(
        name="records_with_blame",
        short="Records with blame",
        question=Question.PLEDGES,
        aim=Aim.PREVENT,
        direction=Direction.LOWER_IS_BETTER,
        title="Screened case records in which blaming words were confirmed",
        unit="case records",
        numerator=cells("records_screened", screen_result=("amended", "annotated", "to_amend")),
        denominator=cells("records_screened"),
        duties=("C4",),
        definition="Share of the case records screened inside the agency in which a person confirmed a "
        "blaming word.",
    ),
    Indicator(
        name="school_concerns",
        short="Concerns in schools",
        question=Question.PLEDGES,
        aim=Aim.PREVENT,
        title="Concerns in schools below the threshold of other schemes",
        unit="concerns",
        numerator=cells("school_concerns"),
        duties=("G1",),
        definition="Concerns of sexism, misogyny or sexual harassment that schools recorded and no other "
        "scheme took up, as an agency that works with schools returns them. More may mean that more were "
        "noticed.",
    ),
)
