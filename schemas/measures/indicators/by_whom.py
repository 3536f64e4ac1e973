"""By whom, again? And who is both harmed and suspected? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import KNOWN, Indicator
from schemas.measures.questions import BY_WHOM, Aim, Question, cells

ENTRIES: tuple[Indicator, ...] = (
    Indicator(
        name="suspect_identified",
        short="Suspect identified",
        question=Question.BY_WHOM,
        aim=Aim.PURSUE,
        title="Crimes with an identified suspect",
        unit="crimes",
        numerator=cells("incidents_by_suspect", has_suspect="yes"),
        denominator=cells("incidents_by_suspect"),
        duties=("W2", "G2"),
        is_key=True,
        definition="Share of recorded crimes for which a suspect is named. What follows is known of these "
        "crimes only.",
    ),
    *(
        Indicator(
            name=f"{stage}_repeat",
            short=f"{label}, repeat incidents",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            unit="people",
            title=f"People {words} who are linked to two or more incidents",
            numerator=cells(f"{stage}_repeat", is_repeat="yes"),
            denominator=cells(f"{stage}_repeat", is_repeat=KNOWN),
            duties=("W2", "G2"),
            is_key=stage == "named",
            definition=f"{meaning}, in an incident of the quarter; share linked to another incident within "
            "twelve months.",
        )
        for stage, label, words, meaning in BY_WHOM
    ),
    *(
        Indicator(
            name=f"{stage}_multiple",
            short=f"{label}, several victims",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            unit="people",
            title=f"People {words} who are linked to two or more different victims",
            numerator=cells(f"{stage}_repeat", is_multiple="yes"),
            denominator=cells(f"{stage}_repeat", is_multiple=KNOWN),
            duties=("W2", "G2"),
            definition=f"{meaning}, in an incident of the quarter; share linked to two or more different "
            "victims within "
            "twelve months.",
        )
        for stage, label, words, meaning in BY_WHOM
    ),
)
