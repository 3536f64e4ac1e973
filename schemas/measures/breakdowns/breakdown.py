"""One breakdown entry: which cells, over which dimension, against which yardstick.

What belongs here: the shape of an entry. What does not: the entries (one file per board question, beside
this one).
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.measures.cubes import CUBES
from schemas.measures.questions import Aim, Cells, Question


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """How the counts of the latest quarter divide over the categories of one dimension."""

    name: str
    question: Question
    aim: Aim
    title: str
    unit: str
    cells: Cells
    dimension: str
    """The dimension on the axis; for a cube with ``each``: the code list, whose overlapping codes stand side
    by side."""
    duties: tuple[str, ...]
    definition: str
    category: str = "yes"
    """For a cube with ``each``: which of the categories of a code is set side by side."""
    population: str | None = None
    """Characteristic of ``population.csv`` against which the shares are set, where there is one."""
    is_detail: bool = False
    """Left out of the summary edition."""

    def __post_init__(self) -> None:
        """Refuse a dimension that the table does not have.

        Raises:
            ValueError: the dimension is neither of the cube nor its ``each``.
        """
        cube = CUBES[self.cells.cube]
        if self.dimension not in (*cube.dimensions, cube.each):
            raise ValueError(
                f"breakdown [{self.name}]: cube [{cube.name}] has no dimension [{self.dimension}]"
            )
