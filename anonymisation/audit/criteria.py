"""What interval is enough: one object per promise.

Here: `Need`, which says of a cell's inner and outer interval whether it is met or has failed.
Not here: how intervals are found (intervals.py, certificates.py), who the attackers are (attackers.py).
Sources: disclosure.md, Attack (criteria).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from anonymisation.audit.rows import Ints, Mask

CONTRIBUTOR_WIDTH = 2
"""No other agency's positive count within 1."""


class Need(Protocol):
    """When work on cells may stop."""

    def met(self, cells: Ints, ilo: Ints, iup: Ints, olo: Ints, oup: Ints) -> Mask:
        """Per cell: do the tables that were found suffice? (olo, oup: where no table can be.)"""
        ...

    def failed(self, olo: int, oup: int) -> bool:
        """Is it already certain that no table will suffice? Only a help: `met` decides."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Width:
    """At least `width` between two tables that fit; a cell of which a reader was left with less by others'
    figures alone (`least`, per cell of the component) keeps that."""

    width: int
    least: Ints | None = None

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError(f"width [{self.width}] must be at least 1")

    def met(self, cells: Ints, ilo: Ints, iup: Ints, olo: Ints, oup: Ints) -> Mask:
        need = self.width if self.least is None else np.minimum(self.width, self.least[cells])
        return np.asarray(iup - ilo >= need)

    def failed(self, olo: int, oup: int) -> bool:
        return self.least is None and oup - olo < self.width


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Nothing is enough: the exact interval is wanted."""

    def met(self, cells: Ints, ilo: Ints, iup: Ints, olo: Ints, oup: Ints) -> Mask:
        return np.asarray((ilo == olo) & (iup == oup))

    def failed(self, olo: int, oup: int) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    """A withheld small count a: lo ≤ max(0, a−1), up ≥ max(t, a+1), up − lo ≥ t. `counts`: cell → a."""

    threshold: int
    counts: Mapping[int, int]

    def met(self, cells: Ints, ilo: Ints, iup: Ints, olo: Ints, oup: Ints) -> Mask:
        count = np.array([self.counts[c] for c in cells.tolist()], dtype=np.int64)
        low, high = np.maximum(0, count - 1), np.maximum(self.threshold, count + 1)
        return np.asarray((ilo <= low) & (iup >= high) & (iup - ilo >= self.threshold))

    def failed(self, olo: int, oup: int) -> bool:
        return oup - olo < self.threshold or oup < self.threshold


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A withheld cell whose count we do not know (a table that we did not make)."""

    threshold: int
    is_zero_small: bool = False

    def met(self, cells: Ints, ilo: Ints, iup: Ints, olo: Ints, oup: Ints) -> Mask:
        wide = (iup - ilo >= self.threshold) & (iup >= self.threshold)
        large = (olo >= self.threshold) & (iup > ilo)  # certainly not small, and not exact
        known_zero = (olo == 0) & (not self.is_zero_small)
        return np.asarray(np.where(olo == oup, known_zero, wide | large))

    def failed(self, olo: int, oup: int) -> bool:
        return unknown_open(olo, oup, self.threshold, is_zero_small=self.is_zero_small)


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
