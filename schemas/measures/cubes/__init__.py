"""Every cube: a unit, a period, dimensions and a SQL file. Counts and nothing else.

What belongs here: what is counted, one file per board question. What does not: how
(``pipelines/marts/<name>.sql``), how it is protected (``anonymisation.disclosure``), and anything computed
from counts (``indicators``). A new cube is one entry in the file of its question and one SQL file; disclosure
control, release, spreadsheets and dictionary follow from the entry.

Units are never blurred: counts of incidents and referrals stand per agency, since what two agencies know may
be one incident; across agencies only distinct people are counted.
"""

from __future__ import annotations

from itertools import chain
from types import MappingProxyType

from schemas.measures.cubes import again, amount, by_whom, help, justice, pathways, pledges, who
from schemas.measures.cubes.cube import Cube, Links
from schemas.measures.cubes.once import refuse_told_twice

_QUESTIONS = (amount, who, again, by_whom, pathways, help, justice, pledges)

_ENTRIES = tuple(chain.from_iterable(question.ENTRIES for question in _QUESTIONS))
refuse_told_twice(_ENTRIES)

CUBES: MappingProxyType[str, Cube] = MappingProxyType({cube.name: cube for cube in _ENTRIES})
"""Every cube by its name."""

__all__ = ["CUBES", "Cube", "Links"]
