"""A table as it was sent: column names, and every cell as text.

What belongs here: the value object that every reader gives. What does not: how a format is read
(``csv_file.py``, ``workbook.py``, ``parquet_file.py``) and what a column means (``mapping.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from schemas.agencies import FileSpec
from schemas.models import ROW as ROW

MAX_CELLS = 20_000_000
"""More cells than a quarter of any agency holds; a spreadsheet of that size is a stray mark far down, or an
attack."""

BATCH_ROWS = 20_000


@dataclass(frozen=True, kw_only=True, repr=False)
class RawTable:
    """One table of a file, all text. Has no ``repr``: it would hold values."""

    header: tuple[str, ...]
    """Column names as sent, without the spaces around them."""
    cells: pl.DataFrame
    """Columns ``c0``, ``c1`` … in the order of the header, text; and ``_row``. Rows without any cell are left
    out."""
    sheet: str | None = None
    has_typed_dates: bool = False
    """True where the format itself says what is a date; those cells read ``2026-07-14``."""
    totals_rows: tuple[int, ...] = field(default=())
    """Rows that the agreement says are totals."""
    ragged_rows: tuple[int, ...] = field(default=())
    """Rows with more or fewer cells than the header; they are not in ``cells``."""

    @property
    def n_rows(self) -> int:
        """Records of the file, the ragged ones included."""
        return self.cells.height + len(self.ragged_rows)

    def column(self, position: int) -> pl.Series:
        """One column: text, spaces around it gone, empty cells null."""
        return self.cells.get_column(f"c{position}")


def is_totals(first_cell: str, spec: FileSpec) -> bool:
    """Whether a row is the totals row that the agreement names."""
    return spec.footer is not None and first_cell.strip().casefold().startswith(spec.footer.casefold())


def tidy(columns: Sequence[Sequence[str | None]], rows: Sequence[int]) -> pl.DataFrame:
    """Columns of text → frame: spaces around a cell gone (no-break spaces too), empty cells null, empty rows
    left out."""
    frame = pl.DataFrame(
        {
            **{f"c{i}": pl.Series(values, dtype=pl.String) for i, values in enumerate(columns)},
            ROW: pl.Series(rows, dtype=pl.Int32),
        }
    )
    text = pl.col(pl.String).str.strip_chars(" \t\r\n\u00a0\ufeff")
    frame = frame.with_columns(pl.when(text.str.len_bytes() > 0).then(text))
    if not columns:
        return frame
    return frame.filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))
