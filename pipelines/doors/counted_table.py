"""A table of an analyst's: a CSV of counts, or of one row per unit, read and checked.

Here: which columns are dimensions and counts, margins and groups told from categories, microdata counted,
what each published set of dimensions counts. Not here: options and output (protect.py), protection
(anonymisation/disclosure).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from anonymisation.disclosure import ALL, DisclosureError
from anonymisation.disclosure.cubes import Hierarchy

COUNT_WORDS = ("n", "count", "counts", "freq", "frequency", "obs_value")
"""A column of this name holds the counts, unless --count says otherwise."""

TOTAL_WORDS = ("all", "total", "totals", "overall", "grand total", "sum")
"""A margin in the input, in any case of letters, unless --total says otherwise. An empty cell is one too, in
a column that holds none of these words."""

NUMBER = r"^(\d+|\d{1,3}(,\d{3})+)(\.0+)?$"
"""A whole number as spreadsheets write it."""

RATE = r"^-?\d[\d,]*(\.\d*[1-9]\d*)?\s*%$|^-?\d+\.\d*[1-9]\d*$"
"""A percentage or a decimal: computed from counts, and no category."""

LEAST_ROWS_TO_TELL_AN_IDENTIFIER = 5

MOST_CELLS = 100_000
"""Beyond this a table is no longer a table of counts that somebody reads."""

MARKER = "marker"
COUNTS = " n"
"""The counts while they are read; no column can be called so, names are stripped."""

BLANK = "(blank)"
"""Microdata: the category of an empty cell."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table ready to be protected: names as the analyst wrote them, and counts with margins named `all`."""

    dimensions: tuple[str, ...]
    count: str
    """Name of the count column, in the input and in the output."""
    is_guessed: bool
    """Nothing named the column of counts: it is the last one of whole numbers."""
    margins: tuple[tuple[str, ...], ...]
    """The largest sets of dimensions that are published together, each with all of its margins."""
    categories: Mapping[str, tuple[str, ...]]
    hierarchies: Mapping[str, Hierarchy]
    counts: Mapping[tuple[str, ...], pl.DataFrame]
    """Per set of dimensions a frame (its dimensions, n)."""


def prepare(
    data: bytes,
    *,
    dimensions: tuple[str, ...] | None,
    margins: tuple[tuple[str, ...], ...] | None,
    groups: Mapping[str, Hierarchy],
    count: str | None,
    total: str | None,
) -> Table:
    """The table in a CSV file, checked; microdata counted. Raises DisclosureError."""
    frame = _frame(data)
    column = _count_column(frame, count, dimensions)
    if dimensions is None:
        _check_kinds(frame, column)
    dims = dimensions or tuple(c for c in frame.columns if c not in (column, MARKER))
    _check_columns(frame, dims, column)
    lost = [d for d in groups if d not in dims]
    if lost:
        raise DisclosureError(f"hierarchies name {lost}, which are not among the dimensions {list(dims)}.")
    if column is None:
        frame = frame.select(pl.col(d).fill_null("").str.strip_chars() for d in dims)
        frame = frame.with_columns(pl.col(d).replace("", BLANK) for d in dims)
        frame = frame.group_by(dims).agg(pl.len().cast(pl.Int64).alias(COUNTS))
        _check_margin_words(frame, dims, (*TOTAL_WORDS, *([total] if total else [])))
    else:
        frame = _counted(frame, dims, column, total)
        if total:
            _check_margin_words(frame, dims, [w for w in TOTAL_WORDS if w != total.lower()])
        marked = (pl.when(_is_margin(d, total)).then(pl.lit(ALL)).otherwise(pl.col(d)).alias(d) for d in dims)
        frame = frame.with_columns(*marked)
    found = {d: frame[d].unique().sort().to_list() for d in dims}
    named = {d: tuple(g for g, _ in groups.get(d, ())) for d in dims}
    categories = {d: tuple(c for c in found[d] if c != ALL and c not in named[d]) for d in dims}
    for d in dims:
        unknown = sorted(
            {m for _, members in groups.get(d, ()) for m in members} - set(categories[d]) - set(named[d])
        )
        if unknown:
            raise DisclosureError(
                f"hierarchies of [{d}] name [{len(unknown)}] categories that the table does not hold: "
                f"{unknown[:5]}."
            )
        if not categories[d]:
            raise DisclosureError(
                f"column [{d}] holds nothing but margins or groups: leave it out with --dimensions."
            )
    if frame.select(dims).is_duplicated().any():
        raise DisclosureError(
            f"[{int(frame.select(dims).is_duplicated().sum())}] rows name the same cell. "
            "Name every column that tells them apart with --dimensions, or add them up first."
        )
    sets = margins or _patterns(frame, dims)
    size = sum(math.prod(len(found[d]) + 1 for d in s if d in found) for s in sets)
    if size > MOST_CELLS:
        raise DisclosureError(
            f"the table and its margins would have about [{size}] cells; up to [{MOST_CELLS}] can be "
            "protected. "
            "Name fewer columns with --dimensions, or smaller tables with --margins (an identifier is no "
            "dimension)."
        )
    twice = sorted({d for s in sets for d in s if s.count(d) > 1})
    if twice:
        raise DisclosureError(f"--margins names {twice} twice in one table.")
    strange = sorted({d for s in sets for d in s} - set(dims))
    if strange:
        raise DisclosureError(f"--margins names {strange}, which are not among the dimensions {list(dims)}.")
    return Table(
        dimensions=dims,
        count=column or "count",
        is_guessed=column is not None and count is None and column.lower() not in COUNT_WORDS,
        margins=sets,
        categories=categories,
        hierarchies={d: groups[d] for d in dims if d in groups},
        counts={s: _part(frame, dims, s, named) for s in sets},
    )


def _patterns(frame: pl.DataFrame, dims: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The largest sets of dimensions that a row of the table names together."""
    rows = frame.select((pl.col(d) != ALL) for d in dims).unique().rows()
    sets = {frozenset(d for d, there in zip(dims, row, strict=True) if there) for row in rows}
    largest = [s for s in sets if not any(s < other for other in sets)]
    return tuple(
        sorted((tuple(d for d in dims if d in s) for s in largest), key=lambda s: [dims.index(d) for d in s])
    )


def _part(
    frame: pl.DataFrame, dims: tuple[str, ...], kept: tuple[str, ...], named: Mapping[str, tuple[str, ...]]
) -> pl.DataFrame:
    """The counts of one set of dimensions: as the table gives them, or added up from its finest cells."""
    others = [d for d in dims if d not in kept]
    given = frame.filter(pl.all_horizontal(pl.col(d) == ALL for d in others)) if others else frame
    finest = given.filter(pl.all_horizontal(pl.col(d) != ALL for d in kept)) if kept else given
    if others and finest.is_empty():
        leaves = pl.all_horizontal((pl.col(d) != ALL) & ~pl.col(d).is_in(list(named[d])) for d in dims)
        given = (
            frame.filter(leaves).group_by(kept).agg(pl.col(COUNTS).sum())
            if kept
            else (frame.filter(leaves).select(pl.col(COUNTS).sum()))
        )
        if given.is_empty():
            raise DisclosureError(
                f"the table holds no cell of {'*'.join(kept)}, and no finer cell to add up."
            )
    return given.select(*kept, COUNTS)


def _frame(data: bytes) -> pl.DataFrame:
    if not data.strip():
        raise DisclosureError("the table is empty.")
    try:
        text = _decoded(data)
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t|", key=first.count)
        read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [row for row in read if any(cell.strip() for cell in row)]
    except csv.Error:
        raise DisclosureError(
            "the table cannot be read as CSV (UTF-8, one header row, commas between cells)."
        ) from None
    header = [name.strip() for name in rows[0]]
    if "" in header or len(set(header)) != len(header):
        raise DisclosureError("the header row has an empty name, or one twice.")
    ragged = sum(len(row) != len(header) for row in rows[1:])
    if ragged:
        raise DisclosureError(f"[{ragged}] rows have more or fewer cells than the header's [{len(header)}].")
    frame = pl.DataFrame(rows[1:], schema=dict.fromkeys(header, pl.String), orient="row")
    if frame.is_empty():
        raise DisclosureError("the table has a header and no row.")
    return frame


def _decoded(data: bytes) -> str:
    """UTF-8, or the cp1252 that spreadsheets write."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise DisclosureError("the table cannot be read as CSV: save it as CSV (UTF-8) first.")
    return text


def _count_column(frame: pl.DataFrame, count: str | None, dimensions: tuple[str, ...] | None) -> str | None:
    if count is not None:
        if count not in frame.columns:
            raise DisclosureError(f"there is no column [{count}]; the table has {frame.columns}.")
        return count
    found = [c for c in frame.columns if c.lower() in COUNT_WORDS and c not in (dimensions or ())]
    if len(found) > 1:  # one of them may be a dimension of words
        found = [c for c in found if frame[c].str.strip_chars().str.contains(NUMBER).all()] or found
    if len(found) > 1:
        raise DisclosureError(f"columns {found} might all be the counts: name one with --count.")
    return found[0] if found else _unnamed_count(frame, dimensions or ())


def _unnamed_count(frame: pl.DataFrame, dimensions: tuple[str, ...]) -> str | None:
    """The counts where no column is named so: the last column of whole numbers, if the others name each cell
    once. None: one row per unit. Raises for a table with a column per category."""
    whole = frame.select(pl.all().str.strip_chars().str.contains(NUMBER).all()).row(0, named=True)
    numbers = [c for c in frame.columns if whole[c] and c not in dimensions and c != MARKER]
    if not numbers:
        return None
    words = [c for c in frame.columns if c not in numbers and c != MARKER]
    if len(numbers) > 1 and words and not frame.select(words).is_duplicated().any():
        raise DisclosureError(
            f"columns {numbers} all hold whole numbers. A table must have one row per cell and one column of "
            "counts: write a column per category as rows, or name the counts with --count."
        )
    others = [c for c in frame.columns if c not in (numbers[-1], MARKER)]
    is_table = bool(others) and not frame.select(others).is_duplicated().any()
    return numbers[-1] if is_table else None


def _check_kinds(frame: pl.DataFrame, column: str | None) -> None:
    """Refuse to take rates or identifiers for categories: they would be published."""
    others = [c for c in frame.columns if c not in (column, MARKER)]
    rates = [c for c in others if frame[c].str.strip_chars().str.contains(RATE).any()]
    if rates:
        raise DisclosureError(
            f"columns {rates} hold percentages or decimals, which are no categories. Name the columns to "
            "keep with --dimensions, and compute rates from the protected counts."
        )
    if column is None and len(frame) >= LEAST_ROWS_TO_TELL_AN_IDENTIFIER:
        names = [c for c in others if frame[c].n_unique() == len(frame)]
        if names:
            raise DisclosureError(
                f"columns {names} have another value in every row, so they tell records apart and are no "
                "dimensions. Name the columns to keep with --dimensions; if the table holds counts, name "
                "their column with --count."
            )


def _check_columns(frame: pl.DataFrame, dims: tuple[str, ...], column: str | None) -> None:
    lost = [d for d in dims if d not in frame.columns]
    if lost:
        raise DisclosureError(f"there are no columns {lost}; the table has {frame.columns}.")
    if not dims or column in dims or MARKER in dims:
        raise DisclosureError(
            "there must be one dimension or more, and neither the counts nor `marker` may be one."
        )
    if len(set(dims)) != len(dims):
        raise DisclosureError("a dimension was named twice.")


def _counted(frame: pl.DataFrame, dims: tuple[str, ...], column: str, total: str | None) -> pl.DataFrame:
    """Dimensions as text, and whole counts. Columns left out are summed over, or taken at their margin if
    there is one."""
    text = frame.select(pl.all().str.strip_chars()).rename({column: COUNTS})
    for d in (c for c in text.columns if c not in (COUNTS, MARKER)):
        empty = int((text[d] == "").sum())
        if empty and (total or text.select(_is_margin(d, total)).to_series().any()):
            raise DisclosureError(
                f"column [{d}] is empty in [{empty}] rows. Write a margin as `all`, and what is not known as "
                "a category."
            )
        text = text.with_columns(pl.col(d).replace("", ALL))
    blank = int((text[COUNTS] == "").sum())
    if blank:
        raise DisclosureError(
            f"[{blank}] counts in [{column}] are empty. Protection needs the true counts: write 0 for none."
        )
    plain = pl.when(pl.col(COUNTS).str.contains(NUMBER)).then(pl.col(COUNTS).str.replace_all(",", ""))
    number = text.select(plain.otherwise(pl.col(COUNTS))).to_series().cast(pl.Float64, strict=False)
    unread = int(number.is_null().sum())
    odd = int(((number.is_not_null()) & ~(number.is_finite() & (number == number.round(0)))).sum())
    if unread or odd:
        raise DisclosureError(
            f"[{unread + odd}] counts in [{column}] are not whole numbers. "
            "Name the column of counts with --count; a table that is protected already cannot be protected "
            "again."
        )
    negative = int((number < 0).sum())
    if negative:
        raise DisclosureError(f"[{negative}] counts in [{column}] are negative.")
    if number.max() is not None and float(str(number.max())) > 2**53:
        raise DisclosureError(f"a count in [{column}] is too large to be one.")
    counted = text.with_columns(number.cast(pl.Int64).alias(COUNTS))
    others = [c for c in text.columns if c not in (*dims, COUNTS, MARKER)]
    for other in others:
        margin = counted.filter(_is_margin(other, total))
        counted = counted if margin.is_empty() else margin
    if others:
        counted = counted.group_by(dims, maintain_order=True).agg(pl.col(COUNTS).sum())
    return counted.select(*dims, COUNTS)


def _check_margin_words(frame: pl.DataFrame, dims: tuple[str, ...], words: Sequence[str]) -> None:
    """Refuse categories that a reader of the protected table would take for margins."""
    for d in dims:
        held = [w for w in frame[d].unique().sort().to_list() if w.lower() in words]
        if held:
            raise DisclosureError(
                f"column [{d}] holds the category [{held[0]}], a word for a margin. Rename it."
            )


def _is_margin(column: str, total: str | None) -> pl.Expr:
    """Whether a cell says that its dimension is summed over."""
    return pl.col(column) == total if total else pl.col(column).str.to_lowercase().is_in(list(TOTAL_WORDS))
