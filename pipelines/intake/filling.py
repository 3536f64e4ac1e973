"""One canonical dataset filled from one table: every column typed, every cell that could not be read a
finding.

What belongs here: which reader serves which column, and what an empty needed cell means. What does not: the
readers (``parsing.py``, ``offence_columns.py``, ``identity.py``), rows beside each other (``checking.py``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
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
    read = _read_all(table, feed, agency, kind, dataset, today)
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
    frame = pl.DataFrame([column.alias(name) for name, column in values.items()])
    frame = frame.select(_typed(column, is_read=column.name in values) for column in dataset.columns)
    return frame.with_columns(pl.lit(kind).alias(FILE), rows.alias(ROW)), pl.concat(found)


def _needed(dataset: Dataset) -> frozenset[str]:
    event = () if dataset.event is None else (dataset.event,)
    return frozenset((*dataset.key, *dataset.required, *event))


def _code_map(agency: Agency, kind: str, name: str, field: FieldMap) -> Mapping[str, str] | None:
    """The agency's map of a column; for our own spreadsheet, without one, the words of the spreadsheet."""
    if field.codes:
        return agency.code_maps[field.codes]
    return words_of(name) or None if agency.files[kind].format == "counts_template" else None


_READ_ALONE = ("age_band", "ethnicity", "dob", "forename", "surname")
"""Columns with rules of their own among those of their kind."""


def _read_all(
    table: RawTable, feed: Feed, agency: Agency, kind: str, dataset: Dataset, today: date
) -> dict[str, Parsed]:
    """Every field but the offence's, read with the reader of its kind.

    Columns that are read alike are read as one, end to end: a query over thirty columns of scores costs
    little more than one over one.
    """
    read: dict[str, Parsed] = {}
    alike: dict[Hashable, list[str]] = {}
    maps: dict[str, Mapping[str, str] | None] = {}
    where, needed, height = positions(table), _needed(dataset), table.cells.height
    for name, field in feed.fields.items():
        if name in _OFFENCE:
            continue
        if field.when:
            cells = {source: table.column(where[folded(source)]) for source in field.when}
            read[name] = parsing.many_flags(cells, field.when)
            continue
        column, maps[name] = COLUMNS[name], _code_map(agency, kind, name, field)
        has_own_words = maps[name] is not None and not field.codes
        own = name if name in _READ_ALONE or has_own_words else None
        like = (column.kind, column.codelist, own, field.codes, field.split, field.dates, name in needed)
        alike.setdefault(like, []).append(name)
    for names in alike.values():
        texts = [source_text(table, feed.fields[name]) for name in names]
        parsed = _read(
            pl.concat(texts),
            COLUMNS[names[0]],
            feed.fields[names[0]],
            maps[names[0]],
            is_needed=names[0] in needed,
            has_typed_dates=table.has_typed_dates,
            today=today,
        )
        for i, name in enumerate(names):
            read[name] = Parsed(
                values=parsed.values.slice(i * height, height),
                trips={rule: mask.slice(i * height, height) for rule, mask in parsed.trips.items()},
            )
    return {name: read[name] for name in feed.fields if name in read}


def _read(
    text: pl.Series,
    column: Column,
    field: FieldMap,
    code_map: Mapping[str, str] | None,
    *,
    is_needed: bool,
    has_typed_dates: bool,
    today: date,
) -> Parsed:
    """Read cells with the reader of their column's kind."""
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
                text, field.dates, is_needed=is_needed, has_typed_dates=has_typed_dates, today=today
            )
        case Kind.IDENTITY if column.name == "dob":
            return parsing.day(
                text, field.dates, is_needed=False, has_typed_dates=has_typed_dates, today=date.max
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


def _typed(column: Column, *, is_read: bool) -> pl.Expr:
    dtype = polars_type(column)
    if is_read:
        return pl.col(column.name).cast(dtype)
    nothing = NOT_RECORDED if column.kind in (Kind.CODE, Kind.FLAG) else None
    return pl.lit(nothing, dtype=dtype).alias(column.name)
