"""What a board asks, and how published cells are named: the vocabulary of indicators and breakdowns.

What belongs here: questions, aims, directions, queries over cells. What does not: the entries
(``indicators``, ``breakdowns``) and what is counted (``cubes``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.measures.cubes import CUBES
from schemas.measures.dimensions import DIMENSIONS


class Question(StrEnum):
    """What a board asks, in its order; each is one page."""

    AMOUNT = "incidents"
    WHO = "who"
    PATHWAYS = "pathways"
    WAITING = "waiting"
    AGAIN = "again"
    BY_WHOM = "by_whom"
    JUSTICE = "justice"
    HELP = "help"
    PLACES = "places"
    PLEDGES = "pledges"


class Direction(StrEnum):
    """Whether more is good, bad, or neither: more reports may mean that more people came forward."""

    NEUTRAL = "neutral"
    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"


class Aim(StrEnum):
    """The four aims ("4 Ps") under which the standards order their actions."""

    PREPARE = "prepare"
    PREVENT = "prevent"
    PROTECT = "protect"
    PURSUE = "pursue"


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A query over the published cells of one cube: the sum of the cells named, margins where a dimension is
    not."""

    cube: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(dimension, categories) pairs; the cells of several categories are added."""
    code: str | None = None
    """For a cube with ``each``: which code's table."""

    def __post_init__(self) -> None:
        """Refuse a query that no published table could answer.

        Raises:
            ValueError: an unknown cube, code, dimension or category.
        """
        if self.cube not in CUBES:
            raise ValueError(f"no cube is called [{self.cube}]. Add it to schemas/measures/cubes")
        tables = dict(CUBES[self.cube].tables)
        if self.table not in tables:
            raise ValueError(
                f"cube [{self.cube}] has no table [{self.table}]. Give code one of its codes, or leave it out"
            )
        for dimension, categories in self.where:
            if dimension not in tables[self.table]:
                raise ValueError(f"table [{self.table}] has no dimension [{dimension}]")
            known = DIMENSIONS[dimension].categories
            if unknown := [c for c in categories if c not in known]:
                raise ValueError(f"dimension [{dimension}] has no category [{unknown[0]}]")

    @property
    def table(self) -> str:
        """Name of the published table."""
        return self.cube if self.code is None else f"{self.cube}.{self.code}"


def cells(cube: str, code: str | None = None, **where: str | tuple[str, ...]) -> Cells:
    """A query in short: ``cells("referrals_wait", wait_band="still_waiting")``."""
    pairs = tuple((name, (value,) if isinstance(value, str) else value) for name, value in where.items())
    return Cells(cube=cube, where=pairs, code=code)


BY_WHOM = (
    (
        "named",
        "Suspects",
        "named as suspects",
        "Named as a suspect: recorded as suspected, arrested or interviewed; not eliminated",
    ),
    ("charged", "People charged", "charged", "Charged or summonsed"),
    ("convicted", "Offenders", "convicted or cautioned", "Convicted, or cautioned"),
)
"""The three stages of proof, never added up: (name, heading, words in a sentence, what is meant)."""
