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
    Breakdown(
        name="help_used",
        question=Question.HELP,
        aim=Aim.PROTECT,
        title="Help and services used",
        unit="uses",
        cells=cells("help_used"),
        dimension="use_of",
        duties=("W0", "H8", "H12", "G6"),
        is_detail=True,
        definition="Calls, attendances, looks and statements, as agencies return them to the register; a "
        "person counts each time. Uses are not people, and the kinds are of different weight; an agency that "
        "does not offer something reads 0 to 4.",
    ),
    Breakdown(
        name="key_stages",
        question=Question.PLEDGES,
        aim=Aim.PREVENT,
        title="Concerns in schools, by key stage",
        unit="concerns",
        cells=cells("school_concerns"),
        dimension="key_stage",
        duties=("G1",),
        is_detail=True,
        definition="Concerns of sexism, misogyny or sexual harassment below the threshold of other schemes, "
        "by the key stage of those concerned; of pupils and schools nothing is told.",
    ),
)
