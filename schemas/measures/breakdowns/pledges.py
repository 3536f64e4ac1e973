"""Is the partnership keeping its word? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
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
