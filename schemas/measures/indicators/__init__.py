"""What a board asks, answered by formulae over protected cells: one entry per indicator.

What belongs here: the question, which published cells make the numerator and the denominator, unit,
direction, smallest base, clauses of the standards. What does not: what is counted (``cubes``), how one
quarter divides (``breakdowns``), and how it reads on a page (``dashboards``). A new entry here is a new
exhibit on its page; nothing else is edited.

Every formula is over *released* cells: a rate is a quotient of two of them, never of the counts behind
them.
"""

from __future__ import annotations

from itertools import chain
from types import MappingProxyType

from schemas.measures.breakdowns import BREAKDOWNS, Breakdown
from schemas.measures.indicators import again, amount, by_whom, help, justice, pathways, pledges, who
from schemas.measures.indicators.indicator import RATE_BASE_MINIMUM, STEPS, Indicator
from schemas.measures.questions import Aim, Cells, Direction, Question

_QUESTIONS = (amount, who, pathways, again, by_whom, help, justice, pledges)

INDICATORS: MappingProxyType[str, Indicator] = MappingProxyType({
    i.name: i for i in chain.from_iterable(question.ENTRIES for question in _QUESTIONS)})
"""Every indicator by its name, in the order of its page."""

__all__ = [
    "BREAKDOWNS",
    "INDICATORS",
    "RATE_BASE_MINIMUM",
    "STEPS",
    "Aim",
    "Breakdown",
    "Cells",
    "Direction",
    "Indicator",
    "Question",
]
