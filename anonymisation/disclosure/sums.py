"""Sums: rows of signed cells, as arrays.

Here: the additive relations of a system in the form that solvers want: made once for a shape, moved, joined,
narrowed to some columns. Not here: which relations there are (systems.py), what is solved (rounding.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymisation.disclosure.solver import Ints


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sums:
    """Rows Σ sign · cell."""

    start: Ints
    """Where each row begins in `cell` and `sign`; one more than rows."""
    cell: Ints
    sign: Ints

    @property
    def n_rows(self) -> int:
        return len(self.start) - 1

    @property
    def row(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(self.n_rows), np.diff(self.start))

    @staticmethod
    def of_rows(rows: Iterable[tuple[Sequence[int], Sequence[int]]]) -> Sums:
        """From rows (cells, signs)."""
        listed = list(rows)
        return Sums(
            start=np.cumsum([0, *(len(cells) for cells, _ in listed)]).astype(np.int64),
            cell=np.array([c for cells, _ in listed for c in cells], dtype=np.int64),
            sign=np.array([s for _, signs in listed for s in signs], dtype=np.int64),
        )

    @staticmethod
    def end_to_end(parts: Sequence[Sums]) -> Sums:
        """The rows of all, in order."""
        if len(parts) == 1:
            return parts[0]
        lengths = np.concatenate([np.diff(part.start) for part in parts])
        return Sums(
            start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            cell=np.concatenate([part.cell for part in parts]),
            sign=np.concatenate([part.sign for part in parts]),
        )

    def moved(self, by: int) -> Sums:
        """The same rows of cells that begin at `by`."""
        return self if by == 0 else Sums(start=self.start, cell=self.cell + by, sign=self.sign)

    def of(self, values: Ints) -> Ints:
        """Each row's sum."""
        total = np.zeros(self.n_rows, dtype=np.int64)
        np.add.at(total, self.row, self.sign * values[self.cell])
        return total

    def only(self, column: Ints, kept: npt.NDArray[np.bool_]) -> Sums:
        """The `kept` rows, over the cells that have a column (0 or more); rows left with none are dropped."""
        row = self.row
        inside = (column[self.cell] >= 0) & kept[row]
        lengths = np.bincount(row[inside], minlength=self.n_rows)
        return Sums(
            start=np.concatenate([[0], np.cumsum(lengths[lengths > 0])]).astype(np.int64),
            cell=column[self.cell[inside]],
            sign=self.sign[inside],
        )
