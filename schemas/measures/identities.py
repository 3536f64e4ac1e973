"""Counts that are one by definition though they stand in two tables of one unit, under differently grouped
dimensions.

What belongs here: the sums that hold between margins of one unit because of what the categories mean; they
are said to the protector, to the auditor and to every reader. What does not: margins that two tables share
by the dimension's own name (met once by themselves), cells that can hold nobody
(``Cube.structural_zeros``), ties between units and periods (``pipelines.release.tables``).

A count that is rounded twice is known twice over: each rounding leaves an interval, and both meet in a
narrower one. Where it can be, a count stands in one table only (``Cube.stands_as``); where both groupings are
wanted, it is here. No unit with tables that are told later than others (``follow_up_quarters``) can have one:
what stands already leaves them no room for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.columns import NOT_RECORDED
from schemas.measures.cubes import CUBES
from schemas.measures.dimensions import DIMENSIONS

Margin = tuple[str, str]
"""(dimension, category)."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """``left`` is the sum of ``right``, in every period in which tables of ``unit`` show all of them."""

    unit: str
    left: Margin
    right: tuple[Margin, ...]
    why: str

    def __post_init__(self) -> None:
        """Refuse an identity that names nothing, or that the tables cross anyway.

        Raises:
            ValueError: a dimension without a table of the unit, or an unknown category.
        """
        for dimension, category in (self.left, *self.right):
            if category not in DIMENSIONS[dimension].categories:
                raise ValueError(f"identity of [{self.unit}]: [{dimension}] has no category [{category}]")
            if not any(c.unit == self.unit and dimension in c.columns for c in CUBES.values()):
                raise ValueError(f"identity of [{self.unit}]: no cube of it has the dimension [{dimension}]")


IDENTITIES: tuple[Identity, ...] = (
    Identity(
        unit="incident", left=("survivor_told", "not_shared"), right=(("share_basis", "not_shared"),),
        why="Nobody is told of a sharing that did not come about."),
    Identity(
        unit="incident", left=("wishes_basis", "no_wishes"),
        right=(("wishes_recorded", "no"), ("wishes_recorded", NOT_RECORDED)),
        why="Whether wishes were followed can be told where they are on record."),
)
