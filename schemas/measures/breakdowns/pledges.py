"""Is the partnership keeping its word? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="survey_kinds",
        question=Question.PLEDGES,
        aim=Aim.PROTECT,
        title="Surveys returned, by survey",
        unit="surveys",
        cells=cells("surveys_returned", is_returned="yes"),
        dimension="survey",
        duties=("W22", "G16"),
        definition="Surveys that came back, by whom they were sent to.",
    ),
    Breakdown(
        name="screen_results",
        question=Question.PLEDGES,
        aim=Aim.PROTECT,
        title="Case records screened, by result",
        unit="case records",
        cells=cells("records_screened"),
        dimension="screen_result",
        duties=("C4",),
        definition="What became of the records that an agency screened for blaming words. Only these "
        "counts leave the agency.",
    ),
)
