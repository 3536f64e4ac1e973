"""One canonical dataset filled from one table: every column typed, every cell that could not be read a
finding.

What belongs here: which reader serves which column, and what an empty needed cell means. What does not: the
readers (``parsing.py``, ``offence_columns.py``, ``identity.py``), rows beside each other (``checking.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines.intake import parsing
from pipelines.intake.csv_file import DAMAGED
from pipelines.intake.findings import FILE, no_findings, tripped
from pipelines.intake.layout import folded, positions
from pipelines.intake.mapping import rows_of, source_text, translate
from pipelines.intake.offence_columns import read_offences
from pipelines.intake.parsing import Parsed
from pipelines.intake.raw_table import ROW, RawTable
from schemas.agencies import Agency, Feed, FieldMap
from schemas.columns import COLUMNS, NOT_RECORDED, Column, Kind
from schemas.datasets import DATASETS, Dataset
from schemas.models import polars_type
from schemas.template import words_of

_OFFENCE = ("offence_category", "offence_code")

MAY_BE_UNKNOWN = ("sex", "age_band")
"""Key columns of counts in which an empty cell means "not recorded" and does not make the row unusable."""

_NEEDED_TRIPS = (
    "date_unreadable",
    "date_placeholder",
    "age_impossible",
    "number_suppressed",
    "number_unreadable",
)
"""Rules after which an empty value needs no second finding."""


def fill(
    table: RawTable, agency: Agency, kind: str, dataset_name: str, *, today: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fill one dataset from one table of the file ``kind``.

    Returns:
        A typed frame with every column of the dataset, ``_file`` and ``_row``; and the findings so far.
    """
    dataset = DATASETS[dataset_name]
    feed = agency.files[kind].feeds[dataset_name]
    table = rows_of(table, feed)
    rows = table.cells.get_column(ROW)
    read = {
        name: _read(
            table,
            COLUMNS[name],
            field,
            _code_map(agency, kind, name, field),
            is_needed=name in _needed(dataset),
            today=today,
        )
        for name, field in feed.fields.items()
        if name not in _OFFENCE
    }
    values = {name: parsed.values for name, parsed in read.items()}
    trips = {(rule, name): mask for name, parsed in read.items() for rule, mask in parsed.trips.items()}
    if offence := [name for name in _OFFENCE if name in feed.fields]:
        both, offence_trips = _offences(table, feed, agency)
        values |= {name: both.get_column(name) for name in _OFFENCE}
        trips |= {(rule, offence[-1]): mask for rule, mask in offence_trips.items()}
    found = [no_findings()]
    found += [
        tripped(rule, file=kind, rows=rows.filter(mask), dataset=dataset_name, canonical=name)
        for (rule, name), mask in trips.items()
        if mask.any()
    ]
    found += [
        tripped(rule, file=kind, rows=rows.filter(mask), dataset=dataset_name, canonical=name)
        for rule, name, mask in _absent(table, dataset, feed, values, trips)
    ]
    where, damaged = positions(table), _damaged(table)
    found += [
        tripped("text_damaged", file=kind, rows=rows.filter(damaged[column]), dataset=dataset_name,
                canonical=name)
        for name, field in feed.fields.items()
        if field.column is not None and (column := f"c{where[folded(field.column)]}") in damaged
    ]  # fmt: skip
    frame = pl.DataFrame(
        {column.name: _column(values, column, table.cells.height) for column in dataset.columns}
    )
    return frame.with_columns(pl.lit(kind).alias(FILE), rows.alias(ROW)), pl.concat(found)


def _needed(dataset: Dataset) -> frozenset[str]:
    event = () if dataset.event is None else (dataset.event,)
    return frozenset((*dataset.key, *dataset.required, *event))


def _code_map(agency: Agency, kind: str, name: str, field: FieldMap) -> Mapping[str, str] | None:
    """The agency's map of a column; for our own spreadsheet, without one, the words of the spreadsheet."""
    if field.codes:
        return agency.code_maps[field.codes]
    return words_of(name) or None if agency.files[kind].format == "counts_template" else None


def _read(
    table: RawTable,
    column: Column,
    field: FieldMap,
    code_map: Mapping[str, str] | None,
    *,
    is_needed: bool,
    today: date,
) -> Parsed:
    """Read one field with the reader of its kind."""
    if field.when:
        where = positions(table)
        cells = {name: table.column(where[folded(name)]) for name in field.when}
        return parsing.many_flags(cells, field.when)
    text = source_text(table, field)
    match column.kind:
        case Kind.CODE if column.name == "age_band":
            return parsing.age_band(text, column, code_map)
        case Kind.CODE:
            return parsing.code(text, column, code_map)
        case Kind.FLAG:
            return parsing.flag(text, code_map)
        case Kind.CODES:
            return parsing.many_codes(text, column, separator=field.split, code_map=code_map)
    if code_map:
        text = translate(text, code_map)
    match column.kind:
        case Kind.DATE:
            return parsing.day(
                text, field.dates, is_needed=is_needed, has_typed_dates=table.has_typed_dates, today=today
            )
        case Kind.IDENTITY if column.name == "dob":
            return parsing.day(
                text, field.dates, is_needed=False, has_typed_dates=table.has_typed_dates, today=date.max
            )
        case Kind.IDENTITY if column.name in ("forename", "surname"):
            return Parsed(values=text, trips={})  # what is no name is said by identity.check_identity
        case Kind.AGE:
            return parsing.age(text)
        case Kind.SCORE:
            return parsing.score(text)
        case Kind.NUMBER:
            return parsing.number(text)
        case _:
            return parsing.reference(text)


def _offences(table: RawTable, feed: Feed, agency: Agency) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    fields = {name: feed.fields[name] for name in _OFFENCE if name in feed.fields}
    texts = {name: source_text(table, field) for name, field in fields.items()}
    maps = {name: agency.code_maps[field.codes] for name, field in fields.items() if field.codes}
    return read_offences(
        texts.get("offence_category"),
        texts.get("offence_code"),
        category_map=maps.get("offence_category"),
        code_map=maps.get("offence_code"),
    )


def _absent(
    table: RawTable,
    dataset: Dataset,
    feed: Feed,
    values: Mapping[str, pl.Series],
    trips: Mapping[tuple[str, str], pl.Series],
) -> list[tuple[str, str, pl.Series]]:
    """``reference_missing`` and ``required_missing``: needed columns with nothing in them that nothing else
    explains.

    A needed code may be *said* to be not known (it then counts as not recorded); its cell may not be empty.
    """
    found = []
    for name in (*dataset.key, *dataset.required):
        if name in MAY_BE_UNKNOWN or name not in feed.fields:
            continue
        column = COLUMNS[name]
        if column.kind is Kind.CODE:
            missing = source_text(table, feed.fields[name]).is_null()
        else:
            missing = values[name].is_null()
        for rule in _NEEDED_TRIPS:
            if (rule, name) in trips and rule != "date_placeholder":
                missing = missing & ~trips[rule, name]
        if missing.any():
            found.append(
                ("reference_missing" if column.kind is Kind.REF else "required_missing", name, missing)
            )
    return found


def _damaged(table: RawTable) -> dict[str, pl.Series]:
    """Column → where a cell is damaged, for the columns in which one is."""
    masks = table.cells.select(pl.col(pl.String).str.contains(DAMAGED).fill_null(value=False))
    return {mask.name: mask for mask in masks if mask.any()}


def _column(values: Mapping[str, pl.Series], column: Column, height: int) -> pl.Series:
    dtype = polars_type(column)
    if column.name in values:
        return values[column.name].cast(dtype).alias(column.name)
    nothing = NOT_RECORDED if column.kind in (Kind.CODE, Kind.FLAG) else None
    return pl.select(
        pl.repeat(pl.lit(nothing, dtype=dtype), height, dtype=dtype).alias(column.name)
    ).to_series()
