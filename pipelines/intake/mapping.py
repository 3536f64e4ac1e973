"""From an agency's columns to ours: which cells feed a canonical column, and what an agency's code means.

What belongs here: sources, constants, code maps, and which rows count. What does not: types and dates
(``parsing.py``), which columns may stand in a file (``layout.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import overload

import polars as pl

from pipelines.intake.layout import folded, positions
from pipelines.intake.raw_table import ROW, RawTable
from pipelines.intake.refusal import IntakeError
from schemas.agencies import Agency, Feed, FieldMap
from schemas.codelists import codelist
from schemas.columns import COLUMNS, NOT_RECORDED, Column, Kind
from schemas.records import allowed_values

ROW_MARK = "{row}"
"""In a constant: stands for the sender's row number, for a file that gives its rows no reference."""


def rows_of(table: RawTable, feed: Feed) -> RawTable:
    """The rows that count for a feed: those that hold something in one of its ``present`` columns."""
    if not feed.present:
        return table
    where = positions(table)
    held = pl.any_horizontal(pl.col(f"c{where[folded(name)]}").is_not_null() for name in feed.present)
    return RawTable(
        header=table.header,
        cells=table.cells.filter(held),
        sheet=table.sheet,
        has_typed_dates=table.has_typed_dates,
    )


def source_text(table: RawTable, field: FieldMap) -> pl.Series:
    """The cells of a field as sent, or its constant in every row."""
    if field.value is not None:
        before, mark, after = field.value.partition(ROW_MARK)
        row = pl.col(ROW).cast(pl.String) if mark else pl.lit("")
        text = pl.concat_str(pl.lit(before), row, pl.lit(after))
        return table.cells.select(pl.when(pl.col(ROW).is_not_null()).then(text).alias("text")).to_series()
    assert field.column is not None, "a field of yes/no columns is read by parsing.many_flags"
    return table.column(positions(table)[folded(field.column)]).alias("text")


def translate(text: pl.Series, code_map: Mapping[str, str]) -> pl.Series:
    """Cells that the map knows become its codes; the others stay as they are. Case and runs of spaces do not
    count."""
    known = {folded(key): code for key, code in code_map.items()}
    distinct = text.drop_nulls().unique().to_list()
    found = {cell: known[folded(cell)] for cell in distinct if folded(cell) in known}
    return text.replace(list(found), list(found.values())) if found else text


@overload
def is_missing(text: pl.Series) -> pl.Series: ...
@overload
def is_missing(text: pl.Expr) -> pl.Expr: ...
def is_missing(text: pl.Series | pl.Expr) -> pl.Series | pl.Expr:
    """True where a cell says, in one of the declared spellings, that nothing is recorded; empty cells are
    null, not true."""
    return text.str.to_lowercase().is_in(list(missing_spellings()))


@cache
def missing_spellings() -> Mapping[str, str]:
    """Declared spelling of nothing → ``not_recorded`` or ``not_stated``; only those safe in every column."""
    known = codelist("missing_values")
    meanings = known.attribute("meaning")
    return {code: meanings[code] for code in known.where("is_safe_default", "yes")} | {
        NOT_RECORDED: NOT_RECORDED,
        "not_stated": "not_stated",
    }


def check_mapping(agency: Agency) -> None:
    """Refuse an agency file that maps to a code which the column's list does not have.

    Raises:
        IntakeError: names file, key and remedy.
    """
    for kind, spec in agency.files.items():
        for dataset, feed in spec.feeds.items():
            for name, field in feed.fields.items():
                column = COLUMNS[name]
                allowed = _targets(column)
                if allowed is None:
                    continue
                targets = {
                    *field.when.values(),
                    *(agency.code_maps[field.codes].values() if field.codes else ()),
                }
                if field.value is not None and not field.codes:
                    targets.add(field.value)
                if wrong := sorted(targets - allowed):
                    raise IntakeError(
                        f"[{agency.agency}.yaml], key [files.{kind}.feeds.{dataset}.fields.{name}]: "
                        f"leads to [{wrong[0]}], which is not a code of [{column.codelist or 'yes, no'}]. "
                        f"Use a code of that list."
                    )


def _targets(column: Column) -> frozenset[str] | None:
    """Codes to which a map of ``column`` may lead; None where any text may stand."""
    if column.name in ("offence_category", "offence_code"):
        return None
    if column.name == "age_band":
        return frozenset(codelist("age_bands").codes) | {str(age) for age in range(121)}
    return allowed_values(column) if column.kind in (Kind.CODE, Kind.CODES, Kind.FLAG) else None
