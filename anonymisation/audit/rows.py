"""A cube's file as arrays: what each row says of its cell.

Here: `read_rows`, from the bytes of one CSV to a value and a state per cell and period, every row checked.
Not here: which cubes there are and how they hang together (read.py), what a statement implies (systems.py).

Grain: one row per cell and period. Whole columns are read at once; what is wrong is told with the first line
it stands in (the header is line 1), and never with a value.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ALL = "all"  # the word for a margin in a dimension column
SECRET_MARKER = "[c]"
UNAVAILABLE_MARKERS = ("[x]", "[z]")
NOTE_MARKERS = ("", "[p]", "[r]", "[b]", "[e]")  # provisional, revised, break, estimated: the value stands

UNAVAILABLE, EXACT, ROUNDED, WITHHELD = 0, 1, 2, 3
NO_ROW = -1
NO_VALUE = -1


class AuditError(ValueError):
    """The handed material cannot be audited; the text says which file, what and how many, never a value."""


def read_rows(
    data: bytes,
    file: str,
    dimensions: tuple[str, ...],
    categories: Mapping[str, tuple[str, ...]],
    *,
    is_rounded: bool,
    base: int,
) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """Per period the value and the state of each cell: one axis per dimension, the last place of each axis is
    the margin; state `NO_ROW` where no row speaks of the cell.

    Raises AuditError for a file that is not of the format.
    """
    frame = _frame(data, file, ("period", "value", "marker", *dimensions))
    periods = frame["period"].unique(maintain_order=True).to_list()
    shape = (len(periods), *(len(categories[d]) + 1 for d in dimensions))
    places = [frame["period"].cast(pl.Enum(periods)).to_physical().to_numpy().astype(np.int64)]
    for d in dimensions:
        codes = frame[d].cast(pl.Enum([*categories[d], ALL]), strict=False).to_physical().cast(pl.Int64)
        _refuse(codes.is_null().to_numpy(), file, "a category that systems.json does not list")
        places.append(codes.to_numpy())
    place = np.ravel_multi_index(places, shape)
    again = np.ones(len(place), dtype=np.bool_)
    again[np.unique(place, return_index=True)[1]] = False
    _refuse(again, file, "a second row for the same cell and period")
    numbers, kinds = _figures(frame, file, is_rounded=is_rounded, base=base)
    value = np.full(shape, NO_VALUE, dtype=np.int64)
    state = np.full(shape, NO_ROW, dtype=np.int64)
    value.reshape(-1)[place], state.reshape(-1)[place] = numbers, kinds
    return dict(zip(periods, value, strict=True)), dict(zip(periods, state, strict=True))


def _frame(data: bytes, file: str, needed: tuple[str, ...]) -> pl.DataFrame:
    """The needed columns of the file, as text."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise AuditError(f"{file}: not a UTF-8 CSV file") from None
    header = rows[0] if rows else []
    if len(set(header)) != len(header) or not set(needed) <= set(header):
        raise AuditError(
            f"{file}: the header lacks one of the {len(needed)} columns period, dimensions, value, marker"
        )
    lengths = np.fromiter((len(row) for row in rows[1:]), dtype=np.int64, count=len(rows) - 1)
    ragged = lengths != len(header)
    if ragged.any():
        n = int(lengths[np.argmax(ragged)])
        _refuse(ragged, file, f"{n} fields where the header has {len(header)}")
    columns = dict(zip(header, zip(*rows[1:], strict=True), strict=False))
    return pl.DataFrame({name: pl.Series(columns.get(name, ()), dtype=pl.String) for name in needed})


def _figures(frame: pl.DataFrame, file: str, *, is_rounded: bool, base: int) -> tuple[Ints, Ints]:
    """(value, state) per row."""
    text, marker = frame["value"].str.strip_chars(), frame["marker"].str.strip_chars()
    blank = (text == "").to_numpy()
    secret, gone = (marker == SECRET_MARKER).to_numpy(), marker.is_in(UNAVAILABLE_MARKERS).to_numpy()
    for withheld in (SECRET_MARKER, *UNAVAILABLE_MARKERS):
        beside = (marker == withheld).to_numpy() & ~blank
        _refuse(beside, file, f"a value stands beside the marker [{withheld}]")
    if is_rounded:
        low = (marker == f"0 to {base - 1}").to_numpy() & (blank | (text == "0").to_numpy())
    else:
        low = np.zeros(len(frame), dtype=np.bool_)
    told = ~(secret | gone | low)
    _refuse(told & ~marker.is_in(NOTE_MARKERS).to_numpy(), file, "the marker is not one that we know")
    digits = pl.select(pl.when(text.str.contains(r"^[0-9]+$")).then(text)).to_series()
    numbers = digits.cast(pl.Int64, strict=False)
    _refuse(told & numbers.is_null().to_numpy(), file,
            "the value is not a whole number, and no marker says why")  # fmt: skip
    values = np.where(told, numbers.fill_null(0).to_numpy(), np.where(low, 0, NO_VALUE))
    if is_rounded:
        _refuse(told & (values % base != 0), file, f"the value is not a multiple of the base [{base}]")
    kinds = np.where(gone, UNAVAILABLE, np.where(secret, WITHHELD, ROUNDED if is_rounded else EXACT))
    return values.astype(np.int64), kinds.astype(np.int64)


def _refuse(wrong: Mask, file: str, what: str) -> None:
    if wrong.any():
        more = int(wrong.sum()) - 1
        also = f", and in [{more}] lines more" if more else ""
        raise AuditError(f"{file} line {int(np.argmax(wrong)) + 2}: {what}{also}")
