"""By whom, again? And who is both harmed and suspected? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import BY_WHOM, Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="both_roles",
        question=Question.BY_WHOM,
        aim=Aim.PROTECT,
        unit="people",
        title="People harmed and suspected, where exploitation is recorded",
        cells=cells("both_roles"),
        dimension="role_order",
        duties=("G13",),
        definition="Victims of recorded exploitation who were also named as suspects, by which came first; "
        "one count a "
        "year for the whole partnership, worked out where no one's two roles can be read. People are coerced "
        "into crime.",
    ),
    *(
        Breakdown(
            name=f"{stage}_{name}",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            unit="people",
            title=f"People {words} by {by}",
            cells=cells(f"{stage}_by_{cube}"),
            dimension=dimension,
            duties=("W3", "W32"),
            definition=f"{meaning}, in an incident of the quarter.",
            is_detail=stage != "named",
        )
        for stage, _, words, meaning in BY_WHOM
        for name, by, cube, dimension in (
            ("age", "age", "age_band_sex", "age_band"),
            ("sex", "sex", "age_band_sex", "sex"),
            ("ethnicity", "ethnic group", "ethnicity", "ethnicity5"),
        )
    ),
)
