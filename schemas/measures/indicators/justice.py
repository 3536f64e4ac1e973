"""What becomes of a report? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import KNOWN, Indicator
from schemas.measures.questions import Aim, Direction, Question, cells

_COHORT = "crimes_after_a_year_by_suspect"

ENTRIES: tuple[Indicator, ...] = (
    *(
        Indicator(
            name=f"after_a_year_{name}",
            short=short,
            question=Question.JUSTICE,
            aim=Aim.PURSUE,
            direction=direction,
            title=title,
            unit="crimes",
            numerator=cells(_COHORT, cohort_outcome=outcome),
            denominator=cells(_COHORT),
            duties=("W31",),
            definition="Cohort: of the crimes recorded in the quarter, the share that "
            f"{words} the end of the fourth quarter after it. Shown once a quarter has been followed for a "
            "year.",
        )
        for name, outcome, short, direction, title, words in (
            ("charged", "charged", "Charged within a year", Direction.NEUTRAL,
             "Crimes of a quarter with a charge a year later", "had a charge or summons by"),
            ("not_supported", "evidential_not_supported", "Closed, action not supported",
             Direction.LOWER_IS_BETTER, "Crimes of a quarter closed as not supported by the victim",
             "was closed because the victim does not support action (outcomes 14 and 16) by"),
            ("open", "open", "Open after a year", Direction.LOWER_IS_BETTER,
             "Crimes of a quarter still open a year later", "had no outcome by"),
        )
    ),
    Indicator(
        name="advised",
        short="With an independent adviser",
        question=Question.JUSTICE,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Victims of crimes of a quarter whom an independent adviser supports within a year",
        unit="victims of crimes",
        numerator=cells("victims_after_a_year_by_adviser", has_adviser="yes"),
        denominator=cells("victims_after_a_year_by_adviser", has_adviser=KNOWN),
        duties=("W19",),
        definition="Cohort: of the people harmed in crimes recorded in the quarter, one for each crime, "
        "the share with whom an adviser's support started, as the adviser services' own records "
        "tell. Missed links make it read low. Shown once a quarter has been followed for a "
        "year.",
    ),
    Indicator(
        name="advised_at_charge",
        short="Charged, with an adviser",
        question=Question.JUSTICE,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Victims of charged crimes of a quarter whom an independent adviser supports within a year",
        unit="victims of crimes",
        numerator=cells("victims_after_a_year_by_adviser", has_adviser="yes", cohort_outcome="charged"),
        denominator=cells("victims_after_a_year_by_adviser", has_adviser=KNOWN, cohort_outcome="charged"),
        duties=("W19",),
        definition="As above, of the crimes with a charge or summons by the end of the fourth quarter after.",
    ),
    Indicator(
        name="outcomes_given",
        short="Outcomes given",
        question=Question.JUSTICE,
        aim=Aim.PURSUE,
        title="Outcomes given in the quarter",
        unit="outcomes",
        numerator=cells("outcomes_by_days"),
        duties=("W31",),
        definition="Period: outcomes given in the quarter to recorded crimes, whenever they were reported. "
        "Crimes still open are not among them; outcomes are never set against the crimes recorded in "
        "the same "
        "quarter.",
    ),
    Indicator(
        name="outcomes_charged",
        short="Outcomes: charged",
        question=Question.JUSTICE,
        aim=Aim.PURSUE,
        title="Outcomes of the quarter that are a charge or summons",
        unit="outcomes",
        numerator=cells("outcomes_by_group", outcome_group="charged"),
        denominator=cells("outcomes_by_group"),
        duties=("W31",),
        definition="Period: share of the outcomes given in the quarter that are a charge or summons.",
    ),
    Indicator(
        name="support_withdrawn",
        short="Outcomes: action not supported",
        question=Question.JUSTICE,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Outcomes of the quarter in which the victim does not support action",
        unit="outcomes",
        numerator=cells("outcomes_by_group", outcome_group="evidential_not_supported"),
        denominator=cells("outcomes_by_group"),
        duties=("W31",),
        definition="Period: outcomes 14 and 16 as a share of the outcomes given in the quarter. It says that "
        "the process did not keep the victim's support, never that a victim did wrong.",
    ),
    Indicator(
        name="support_withdrawn_after_charge",
        short="Charged, action not supported",
        question=Question.JUSTICE,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Outcomes after a charge in which the victim does not support action",
        unit="outcomes",
        numerator=cells("outcomes_by_group", outcome_group="evidential_not_supported", has_charge="yes"),
        denominator=cells("outcomes_by_group", has_charge="yes"),
        duties=("W31",),
        definition="Period: of the outcomes given in the quarter to crimes in which somebody had been "
        "charged, outcomes 14 and 16. What becomes of the case in court is not in these records.",
    ),
    Indicator(
        name="outcomes_within_90_days",
        short="Outcome within 90 days",
        question=Question.JUSTICE,
        aim=Aim.PURSUE,
        title="Outcomes of the quarter that came within 90 days of the report",
        unit="outcomes",
        numerator=cells("outcomes_by_days", outcome_days=("le_30_days", "le_90_days")),
        denominator=cells("outcomes_by_days"),
        duties=("W31",),
        definition="Period: share of the outcomes given in the quarter that came at most 90 days after the "
        "report. Faster is not always better: crimes without a suspect close soonest.",
    ),
)
