"""Who is harmed? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import Indicator
from schemas.measures.questions import Aim, Cells, Direction, Question, cells

ENTRIES: tuple[Indicator, ...] = (
    Indicator(
        name="victims",
        short="Victims and survivors",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors known to agencies",
        unit="people",
        numerator=cells("victims_by_age_sex"),
        duties=("W3", "W14"),
        is_key=True,
        definition="Distinct people with a recorded incident in the quarter, counted once across agencies.",
    ),
    Indicator(
        name="ethnicity_not_recorded",
        short="Ethnic group not recorded",
        question=Question.WHO,
        aim=Aim.PREPARE,
        direction=Direction.LOWER_IS_BETTER,
        title="Victims and survivors whose ethnic group is not recorded",
        unit="people",
        numerator=cells("victims_by_ethnicity", ethnicity5=("not_recorded", "unmapped")),
        denominator=cells("victims_by_ethnicity"),
        duties=("W3", "W15"),
        definition="Share whose ethnic group no agency recorded. Asked and preferred not to say is not "
        "in it.",
    ),
    Indicator(
        name="counted_clients",
        short="New clients",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="New clients of services that send counts only",
        unit="people",
        numerator=cells("counted_clients"),
        duties=("W1", "W3"),
        definition="New clients as the service counts them. They may also be known to other agencies.",
    ),
    *(
        Indicator(
            name=f"known_{name}_not_recorded",
            short=f"{label} not recorded",
            question=Question.WHO,
            aim=Aim.PREPARE,
            direction=Direction.LOWER_IS_BETTER,
            title=f"People known to each agency whose {words} is not recorded",
            unit="people",
            numerator=Cells(cube=f"known_by_{name}", where=((dimension, ("not_recorded", "unmapped")),)),
            denominator=cells(f"known_by_{name}"),
            duties=("W3", "W15"),
            definition="Share of the people with an incident recorded by the agency in the quarter, as its "
            f"own references know them, whose {words} it did not record. Not stated counts as not recorded.",
        )
        for name, label, words, dimension in (
            ("age", "Age", "age", "age_band"),
            ("ethnicity", "Ethnic group", "ethnic group", "ethnicity5"),
            ("disability", "Disability", "disability", "disability"),
        )
    ),
)
