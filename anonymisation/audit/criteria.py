"""What interval is enough: one object per promise.

Here: `Need`, which says of a cell's inner and outer interval whether it is met or has failed.
Not here: how intervals are found (intervals.py, certificates.py), who the attackers are (attackers.py).
Sources: disclosure.md, Attack (criteria).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

CONTRIBUTOR_WIDTH = 2
"""No other agency's positive count within 1."""


class Need(Protocol):
    """When work on a cell may stop."""

    def met(self, cell: int, ilo: int, iup: int, olo: int, oup: int) -> bool:
        """Do the tables that were found suffice? (olo, oup: where no table can be.)"""
        ...

    def failed(self, olo: int, oup: int) -> bool:
        """Is it already certain that no table will suffice? Only a help: `met` decides."""
        ...


@dataclass(frozen=True, kw_only=True)
class Width:
    """At least `width` between two tables that fit; a cell in `narrower` needs less (its own published box
    is narrower).
    """

    width: int
    narrower: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError(f"width [{self.width}] must be at least 1")

    def of(self, cell: int) -> int:
        """The width that this cell needs."""
        return self.narrower.get(cell, self.width)

    def met(self, cell: int, ilo: int, iup: int, olo: int, oup: int) -> bool:
        return iup - ilo >= self.of(cell)

    def failed(self, olo: int, oup: int) -> bool:
        return not self.narrower and oup - olo < self.width


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Nothing is enough: the exact interval is wanted."""

    def met(self, cell: int, ilo: int, iup: int, olo: int, oup: int) -> bool:
        return ilo == olo and iup == oup

    def failed(self, olo: int, oup: int) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    """A withheld small count a: lo ≤ max(0, a−1), up ≥ max(t, a+1), up − lo ≥ t. `counts`: cell → a."""

    threshold: int
    counts: Mapping[int, int]

    def met(self, cell: int, ilo: int, iup: int, olo: int, oup: int) -> bool:
        return suppressed_enough(self.counts[cell], ilo, iup, self.threshold)

    def failed(self, olo: int, oup: int) -> bool:
        return oup - olo < self.threshold or oup < self.threshold


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A withheld cell whose count we do not know (a table that we did not make)."""

    threshold: int
    is_zero_small: bool = False

    def met(self, cell: int, ilo: int, iup: int, olo: int, oup: int) -> bool:
        if olo == oup:
            return olo == 0 and not self.is_zero_small
        wide = iup - ilo >= self.threshold and iup >= self.threshold
        return wide or (olo >= self.threshold and iup > ilo)  # the second: certainly not small, and not exact

    def failed(self, olo: int, oup: int) -> bool:
        return unknown_open(olo, oup, self.threshold, is_zero_small=self.is_zero_small)


def suppressed_enough(count: int, lo: int, up: int, threshold: int) -> bool:
    """The three conditions of `Suppressed`."""
    return lo <= max(0, count - 1) and up >= max(threshold, count + 1) and up - lo >= threshold


def unknown_open(lo: int, up: int, threshold: int, *, is_zero_small: bool = False) -> bool:
    """Is a withheld cell of unknown count open?

    Recovered exactly and not a zero: open, whatever its size, for the publisher chose to withhold it. A cell
    that is certainly 0 or certainly ≥ t is no small count. Any other must reach t and span at least t.
    """
    if lo == up:
        return lo > 0 or is_zero_small
    if lo >= threshold:
        return False
    return up < threshold or up - lo < threshold
