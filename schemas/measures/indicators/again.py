"""Are they harmed again? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import KNOWN, Indicator
from schemas.measures.questions import Aim, Direction, Question, cells

ENTRIES: tuple[Indicator, ...] = (
    Indicator(
        name="repeat_victims",
        short="Repeat victims",
        question=Question.AGAIN,
        aim=Aim.PREVENT,
        direction=Direction.LOWER_IS_BETTER,
        is_key=True,
        title="Victims reported to the police again within 12 months",
        unit="people",
        numerator=cells("victims_repeat", is_repeat="yes"),
        denominator=cells("victims_repeat", is_repeat=KNOWN),
        duties=("H9", "H10"),
        definition="Of the people with a crime reported in the quarter, the share with another reported in "
        "the twelve months "
        "before it. One crime is recorded for a series reported together, so this understates repetition.",
    ),
    Indicator(
        name="repeat_incidents",
        short="Repeat crimes",
        question=Question.AGAIN,
        aim=Aim.PREVENT,
        direction=Direction.LOWER_IS_BETTER,
        title="Crimes against people victimised in the 12 months before",
        unit="crimes",
        numerator=cells("incidents_repeat", is_repeat="yes"),
        denominator=cells("incidents_repeat", is_repeat=KNOWN),
        duties=("H9", "H10"),
        definition="Share of the crimes reported in the quarter whose victim had reported another in the "
        "twelve months before.",
    ),
)
