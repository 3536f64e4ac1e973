"""A cube's file as arrays: what each row says of its cell.

Here: `read_rows`, from the bytes of one CSV to a value and a state per cell and period, every row checked.
Not here: which cubes there are and how they hang together (read.py), what a statement implies (systems.py).

Grain: one row per cell and period. Whole columns are read at once; what is wrong is told with the first line
it stands in (the header is line 1), and never with a value.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ALL = "all"  # the word for a margin in a dimension column
SECRET_MARKER = "[c]"
UNAVAILABLE_MARKER = "[x]"
NOBODY_MARKER = "[z]"  # not applicable: it has no place for what is counted, which everybody knows to be 0
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
    columns = _columns(data, file, ("period", "value", "marker", *dimensions))
    periods = list(dict.fromkeys(columns["period"]))
    shape = (len(periods), *(len(categories[d]) + 1 for d in dimensions))
    places = [_places(columns["period"], periods)]
    for d in dimensions:
        places.append(_places(columns[d], [*categories[d], ALL]))
        _refuse(places[-1] < 0, file, "a category that systems.json does not list")
    place = np.ravel_multi_index(places, shape)
    again = np.ones(len(place), dtype=np.bool_)
    again[np.unique(place, return_index=True)[1]] = False
    _refuse(again, file, "a second row for the same cell and period")
    value = np.full(shape, NO_VALUE, dtype=np.int64)
    state = np.full(shape, NO_ROW, dtype=np.int64)
    numbers, kinds = _figures(columns["value"], columns["marker"], file, is_rounded=is_rounded, base=base)
    value.reshape(-1)[place], state.reshape(-1)[place] = numbers, kinds
    return dict(zip(periods, value, strict=True)), dict(zip(periods, state, strict=True))


def _columns(data: bytes, file: str, needed: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
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
    lengths = np.array([len(row) for row in rows[1:]], dtype=np.int64)
    ragged = lengths != len(header)
    if ragged.any():
        n = int(lengths[np.argmax(ragged)])
        _refuse(ragged, file, f"{n} fields where the header has {len(header)}")
    columns = dict(zip(header, zip(*rows[1:], strict=True), strict=False))
    return {name: columns.get(name, ()) for name in needed}


def _places(column: Sequence[str], names: Sequence[str]) -> Ints:
    """The place of each entry among the names, -1 where it is none of them."""
    place = {name: i for i, name in enumerate(names)}
    return np.array([place.get(entry, -1) for entry in column], dtype=np.int64)


def _figures(
    values: Sequence[str], markers: Sequence[str], file: str, *, is_rounded: bool, base: int
) -> tuple[Ints, Ints]:
    """(value, state) per row; each pair of value and marker is read once."""
    said = {
        pair: _figure(pair[0].strip(), pair[1].strip(), is_rounded=is_rounded, base=base)
        for pair in set(zip(values, markers, strict=True))
    }
    told = [said[pair] for pair in zip(values, markers, strict=True)]
    for fault in {f for _, _, f in said.values() if f}:
        _refuse(np.array([f == fault for _, _, f in told], dtype=np.bool_), file, fault)
    both = np.array([(number, kind) for number, kind, _ in told], dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _figure(text: str, marker: str, *, is_rounded: bool, base: int) -> tuple[int, int, str]:
    """(value, state, what is wrong with it)."""
    if marker in (SECRET_MARKER, UNAVAILABLE_MARKER, NOBODY_MARKER):
        fault = f"a value stands beside the marker [{marker}]" if text else ""
        if marker == NOBODY_MARKER:
            return 0, EXACT, fault
        return NO_VALUE, WITHHELD if marker == SECRET_MARKER else UNAVAILABLE, fault
    if is_rounded and marker == f"0 to {base - 1}" and text in ("", "0"):
        return 0, ROUNDED, ""
    if marker not in NOTE_MARKERS:
        return NO_VALUE, NO_ROW, "the marker is not one that we know"
    if not (text.isascii() and text.isdigit()):
        return NO_VALUE, NO_ROW, "the value is not a whole number, and no marker says why"
    if is_rounded and int(text) % base:
        return NO_VALUE, NO_ROW, f"the value is not a multiple of the base [{base}]"
    return int(text), ROUNDED if is_rounded else EXACT, ""


def _refuse(wrong: Mask, file: str, what: str) -> None:
    if wrong.any():
        more = int(wrong.sum()) - 1
        also = f", and in [{more}] lines more" if more else ""
        raise AuditError(f"{file} line {int(np.argmax(wrong)) + 2}: {what}{also}")
