"""By whom, again? And who is both harmed and suspected? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import KNOWN, Indicator
from schemas.measures.questions import BY_WHOM, Aim, Cells, Direction, Question, cells

UNDER_18 = ("u13", "13to15", "16to17")
"""Age bands of children and young people: under 18, as the law of youth justice has it."""

SOUGHT = ("le_1_day", "le_7_days", "le_28_days", "over_28_days", "outstanding")
"""How long those who were sought were outstanding, in order."""

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
    *(
        Indicator(
            name=f"{stage}_{kind}_own",
            short=f"{label.removeprefix('People ').capitalize()}, {few} (own records)",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            unit="people",
            title=f"People {words} who are linked to {many} by one agency's own records",
            numerator=Cells(cube=f"{stage}_repeat_own", where=((dimension, ("yes",)),)),
            denominator=Cells(cube=f"{stage}_repeat_own", where=((dimension, KNOWN),)),
            duties=("W2", "G2"),
            definition=f"{meaning}, in an incident of the quarter; share linked to {many} within twelve "
            "months by the agency's own references alone. What linking the agencies' records adds is the "
            "difference to the row of linked records.",
        )
        for kind, dimension, few, many in (
            ("repeat", "is_repeat", "repeat", "two or more incidents"),
            ("multiple", "is_multiple", "several victims", "two or more different victims"))
        for stage, label, words, meaning in BY_WHOM
    ),
    *(
        Indicator(
            name=f"{stage}_under_18",
            short=f"{label} under 18",
            question=Question.BY_WHOM,
            aim=Aim.PREVENT,
            unit="people",
            title=f"People {words} who are under 18",
            numerator=cells(f"{stage}_by_age_band_sex", age_band=UNDER_18),
            denominator=cells(f"{stage}_by_age_band_sex"),
            duties=("W32",),
            definition=f"{meaning}, in an incident of the quarter; share under 18 in their latest record of "
            "it.",
        )
        for stage, label, words, meaning in BY_WHOM
    ),
    Indicator(
        name="suspects_outstanding",
        short="Named suspects outstanding",
        question=Question.BY_WHOM,
        aim=Aim.PURSUE,
        direction=Direction.LOWER_IS_BETTER,
        title="People named as suspects and neither arrested nor charged so far",
        unit="people",
        numerator=cells("named_outstanding", is_outstanding="yes"),
        denominator=cells("named_outstanding"),
        duties=("G2",),
        definition="Of the people named as suspects in an incident of the quarter, the share who by the "
        "cut-off had been neither arrested, interviewed under caution nor charged in any. Those of "
        "the latest "
        "quarter have had least time.",
    ),
    Indicator(
        name="arrested_in_7_days",
        short="Arrested within 7 days",
        question=Question.BY_WHOM,
        aim=Aim.PURSUE,
        direction=Direction.HIGHER_IS_BETTER,
        title="People arrested within 7 days of being named",
        unit="people named in crimes",
        numerator=cells("suspects_arrested", arrest_band=("le_1_day", "le_7_days")),
        denominator=cells("suspects_arrested"),
        duties=("G2",),
        definition=(
        "Share of the people named in crimes of the quarter, one for each crime; eliminated "
        "people are out."
        ),
    ),
    *(
        Indicator(
            name=f"outstanding_after_{days}",
            short=f"Outstanding after {days} {'day' if days == 1 else 'days'}",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            direction=Direction.LOWER_IS_BETTER,
            title=f"People still to be arrested {days} {'day' if days == 1 else 'days'} after being named",
            unit="people named in crimes",
            numerator=cells("suspects_arrested", arrest_band=SOUGHT[n:]),
            denominator=cells("suspects_arrested", arrest_band=SOUGHT),
            duties=("G2",),
            definition="Of the people named in crimes of the quarter who have been arrested or are "
            f"outstanding, one for each crime, the share not arrested within {days} "
            f"{'day' if days == 1 else 'days'}. Where a case was closed without an arrest the person is no "
            "longer sought, and in no share. Whoever was named on the last day of a quarter has been sought "
            "for longer than this when it is first told.",
        )
        for n, days in enumerate((1, 7, 28), start=1)
    ),
    Indicator(
        name="programmes_referred",
        short="Referred to programmes",
        question=Question.BY_WHOM,
        aim=Aim.PREVENT,
        direction=Direction.NEUTRAL,
        title="Places on behaviour programmes",
        unit="places",
        numerator=cells("programmes_by_status"),
        duties=("G11", "W32", "D7"),
        definition=(
        "Referrals to programmes in the quarter, as the agency records them."
        ),
    ),
)
