"""How the counts of the latest period divide: one entry per breakdown.

What belongs here: which cells, over which dimension, against which yardstick. What does not: numbers over
time (``indicators``) and how it reads on a page (``dashboards``). A new entry here is a new exhibit on
its page.
"""

from __future__ import annotations

from itertools import chain
from types import MappingProxyType

from schemas.measures.breakdowns import again, amount, by_whom, help, justice, met, pathways, pledges, who
from schemas.measures.breakdowns.breakdown import Breakdown

_QUESTIONS = (amount, who, pathways, again, by_whom, help, met, justice, pledges)

BREAKDOWNS: MappingProxyType[str, Breakdown] = MappingProxyType({
    b.name: b for b in chain.from_iterable(question.ENTRIES for question in _QUESTIONS)})
"""Every breakdown by its name, in the order of its page."""

__all__ = ["BREAKDOWNS", "Breakdown"]
