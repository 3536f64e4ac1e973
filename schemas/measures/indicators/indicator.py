"""One indicator entry: a count, or a quotient of two protected counts, in every quarter.

What belongs here: the shape of an entry. What does not: the entries (one file per board question, beside
this one).
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.measures.cubes import CUBES
from schemas.measures.questions import Aim, Cells, Direction, Question

RATE_BASE_MINIMUM = 60
"""A percentage on a smaller base is withheld: with every count rounded to 5, 15 of 60 may be 18 to 34 %
(measured on this rounding; docs/disclosure-control)."""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One number in every quarter: a count, or a quotient of two counts."""

    name: str
    question: Question
    aim: Aim
    title: str
    """What is measured, without period or place: the statistical subtitle begins with it."""
    short: str
    """At most five words, for a headline."""
    unit: str
    """What one count is, in the plural, as read in a sentence."""
    numerator: Cells
    denominator: Cells | None = None
    """None for a count."""
    direction: Direction = Direction.NEUTRAL
    base_minimum: int = RATE_BASE_MINIMUM
    duties: tuple[str, ...]
    definition: str
    """What is in and what is not, for the methods page."""
    is_key: bool = False
    """Whether it stands among the key figures of the first page."""

    def __post_init__(self) -> None:
        """Refuse a quotient whose parts are counted by different agencies.

        Raises:
            ValueError: numerator and denominator differ in who counts or in how people are linked.
        """
        if self.denominator is not None:
            above, below = CUBES[self.numerator.cube], CUBES[self.denominator.cube]
            if (above.by_agency, above.links, above.unit) != (below.by_agency, below.links, below.unit):
                raise ValueError(
                    f"indicator [{self.name}]: numerator and denominator are not counts of the same unit"
                )

    @property
    def is_rate(self) -> bool:
        """Whether it is a quotient."""
        return self.denominator is not None


STEPS: tuple[tuple[str, tuple[str, ...] | None], ...] = (
    ("made", None),
    ("going_on", ("started", "open", "moved_on")),
    ("started", ("started",)),
)
"""Steps of the referral pathway: (name, states of those that have come that far); None: every referral."""

KNOWN = ("yes", "no")
"""People of whom it can be told: those who cannot be linked are in no share, and widen its range."""
