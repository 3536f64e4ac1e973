"""Are they harmed again? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import KNOWN, Indicator
from schemas.measures.questions import Aim, Direction, Question, cells

NEXT_REPORT = ("le_30_days", "le_90_days", "le_180_days", "le_365_days", "none_in_365_days")
"""Bands of the time to the next report, in order."""
REFERRED = ("le_2_days", "le_7_days", "le_28_days")
"""Bands of the time from a report to a referral, in order."""

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
        "before it. A series reported together is recorded once, so this understates repetition.",
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
    Indicator(
        name="seen_again",
        short="Known again anywhere",
        question=Question.AGAIN,
        aim=Aim.PREVENT,
        direction=Direction.LOWER_IS_BETTER,
        title="Victims known to any agency again within 12 months",
        unit="people",
        numerator=cells("victims_seen_again", is_seen_again="yes"),
        denominator=cells("victims_seen_again", is_seen_again=KNOWN),
        duties=("H9",),
        definition="Of the people with an incident at any agency in the quarter, the share whom an "
        "agency had "
        "recorded on an earlier day of the twelve months before, or whom a second agency knows (RV-E). A "
        "second agency may know of the same incident: this is contact, not always new harm.",
    ),
    *(
        Indicator(
            name=f"next_report_{days}",
            short=f"Again within {days} days",
            question=Question.AGAIN,
            aim=Aim.PREVENT,
            direction=Direction.LOWER_IS_BETTER,
            title=f"Victims with another report within {days} days",
            unit="people",
            numerator=cells("victims_next_report", next_report=NEXT_REPORT[:n]),
            denominator=cells("victims_next_report", next_report=NEXT_REPORT),
            duties=("H9",),
            definition="Of the people with a crime reported to the police in the quarter, the share with "
            f"another report, on a later day, within {days} days of their first in it. Shown once the "
            "quarter has been followed for a year.",
        )
        for n, days in enumerate((30, 90, 180, 365), start=1)
    ),
    Indicator(
        name="repeats_flagged",
        short="Repeats flagged",
        question=Question.AGAIN,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Repeat crimes that the police had flagged as such",
        unit="crimes",
        numerator=cells("crimes_repeat_flagged", is_repeat="yes", is_flagged_repeat="yes"),
        denominator=cells("crimes_repeat_flagged", is_repeat="yes"),
        duties=("H9",),
        definition="Of the repeat crimes that linking records finds (RV-A), the share that the police had "
        "flagged as a repeat.",
    ),
    Indicator(
        name="flags_found",
        short="Flags found again",
        question=Question.AGAIN,
        aim=Aim.PROTECT,
        title="Crimes flagged as a repeat for which an earlier report is found",
        unit="crimes",
        numerator=cells("crimes_repeat_flagged", is_repeat="yes", is_flagged_repeat="yes"),
        denominator=cells("crimes_repeat_flagged", is_repeat=KNOWN, is_flagged_repeat="yes"),
        duties=("H9",),
        definition="Of the crimes that the police flagged as a repeat, the share with an earlier "
        "report within "
        "twelve months among the linked records. The rest may be older, elsewhere, or not linked.",
    ),
    Indicator(
        name="repeats_referred",
        short="Referred after a repeat",
        question=Question.AGAIN,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Repeat crimes followed by a referral within 28 days",
        unit="crimes",
        numerator=cells("crimes_repeat_referred", is_repeat="yes", referred_within=REFERRED),
        denominator=cells("crimes_repeat_referred", is_repeat="yes"),
        duties=("H9",),
        definition="Of the repeat crimes (RV-A), the share after which any agency recorded a referral of the "
        "person on the day of the report or in the 28 days after it. A referral stands for help offered; "
        "what else was done is not in the records.",
    ),
)
