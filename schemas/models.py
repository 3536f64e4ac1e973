"""Pandera models of the canonical datasets: types, needed values, allowed codes and the rules inside one row.

What belongs here: what a typed row must be, derived from ``columns.py``, ``datasets.py`` and
``codelists.py``. What does not: how text becomes typed (``pipelines.intake.parsing``), rules across rows
(``pipelines.intake.checking``), the words of a rule (``rules.py``). Pandera is imported inside the
functions: it takes over a second to load.

A rule's id is :data:`DEFECT` where parsing must have made a failure impossible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.columns import Column, Kind
from schemas.datasets import DATASETS, Dataset
from schemas.records import allowed_values

if TYPE_CHECKING:
    import pandera.polars as pa

DEFECT = "defect"
"""A check that cannot fail after parsing: a failure is ours, not the sender's."""

RULES_HOLD = "rules_hold"
"""The check that fails in every row which trips a rule."""

FILE = "_file"
"""Kind of the file from which a row came, such as ``crimes``."""
ROW = "_row"
"""The sender's row number: the record's place in the file, column names and empty lines counted. A cell that
holds a line end is one row, as a spreadsheet shows it; a plain text editor would count more lines."""
PLACE = MappingProxyType({FILE: pl.String(), ROW: pl.Int32()})
"""Beside the columns of a dataset: where a row came from."""

OLDEST_AGE_YEARS = 120
"""Nobody has been proved to be older than 122; above 120 an age is a typing slip."""

SCORES = (1, 5)
"""Needs are scored 1 (worst) to 5 (victim care strategy 3.1)."""

_TYPES: dict[Kind, pl.DataType] = {
    Kind.REF: pl.String(),
    Kind.IDENTITY: pl.String(),
    Kind.DATE: pl.Date(),
    Kind.CODE: pl.String(),
    Kind.CODES: pl.List(pl.String()),
    Kind.FLAG: pl.String(),
    Kind.AGE: pl.Int16(),
    Kind.SCORE: pl.Int8(),
    Kind.NUMBER: pl.Int64(),
}


def polars_type(column: Column) -> pl.DataType:
    """Type of a column in a typed canonical frame; a date of birth is a date."""
    return pl.Date() if column.name == "dob" else _TYPES[column.kind]


@dataclass(frozen=True, kw_only=True)
class RowRule:
    """A rule that looks at one row of one dataset."""

    rule_id: str
    is_wrong: pl.Expr
    """True where the row trips the rule; null counts as not tripped."""
    column: str
    """Canonical column at which the sender should look."""


def cell_rules(dataset: Dataset) -> tuple[RowRule, ...]:
    """The rules inside one cell: allowed codes, ages, scores and numbers."""
    rules = []
    for column in dataset.columns:
        wrong = _wrong_cell(column)
        if wrong is not None:
            rule_id, is_wrong = wrong
            rules.append(RowRule(rule_id=rule_id, is_wrong=is_wrong, column=column.name))
    return tuple(rules)


def _wrong_cell(column: Column) -> tuple[str, pl.Expr] | None:
    """Rule and where a cell of ``column`` trips it; None where its type alone says enough."""
    cell, allowed = pl.col(column.name), allowed_values(column)
    match column.kind:
        case Kind.CODE | Kind.FLAG:
            assert allowed is not None
            return DEFECT, ~cell.is_in(sorted(allowed)) | cell.is_null()
        case Kind.CODES:
            assert allowed is not None
            return DEFECT, ~cell.list.eval(pl.element().is_in(sorted(allowed))).list.all()
        case Kind.AGE:
            return "age_impossible", ~cell.is_between(0, OLDEST_AGE_YEARS)
        case Kind.SCORE:
            return DEFECT, ~cell.is_between(*SCORES)
        case Kind.NUMBER:
            return "number_unreadable", cell < 0
        case _:
            return None


STEPS_IN_ORDER: dict[str, tuple[tuple[str, str], ...]] = {
    "incidents": (("report_date", "cps_referred_date"),),
    "suspects": (("named_date", "arrested_date"),),
    "cases": (("start_date", "review_date"), ("therapy_referred_date", "therapy_start_date")),
    "programmes": (("programme_date", "start_date"), ("start_date", "end_date")),
    "orders": (("ordered_date", "breached_date"),),
}
"""Dataset → pairs of steps of which the second cannot come first. A slip in one of them asks the sender, and
does not leave out what else the record says."""


def row_rules(dataset: Dataset, last_day: date) -> tuple[RowRule, ...]:
    """The rules inside one row of ``dataset``, for an extract of the quarter that ends on ``last_day``."""
    rules = []
    if dataset.event is not None:
        rules.append(
            RowRule(
                rule_id="date_after_quarter", is_wrong=pl.col(dataset.event) > last_day, column=dataset.event
            )
        )
    match dataset.name:
        case "incidents":
            first, last, report = (
                pl.col("occurred_from_date"),
                pl.col("occurred_to_date"),
                pl.col("report_date"),
            )
            rules += [
                RowRule(rule_id="occurrence_reversed", is_wrong=last < first, column="occurred_to_date"),
                RowRule(rule_id="report_before_occurrence", is_wrong=report < first, column="report_date"),
                RowRule(
                    rule_id="cancelled_without_reason",
                    column="cancelled_reason",
                    is_wrong=(pl.col("status") == "cancelled")
                    & (pl.col("cancelled_reason") == "not_recorded"),
                ),
            ]
        case "referrals":
            rules += [
                RowRule(
                    rule_id="contact_before_referral", is_wrong=pl.col(day) < pl.col("made_date"), column=day
                )
                for day in ("received_date", "contact_date", "start_date")
            ]
            rules.append(
                RowRule(
                    rule_id="fields_more_than_form",
                    is_wrong=pl.col("n_mandatory_filled") > pl.col("n_mandatory"),
                    column="n_mandatory_filled",
                )
            )
        case "cases":
            rules.append(
                RowRule(
                    rule_id="end_before_start",
                    is_wrong=pl.col("end_date") < pl.col("start_date"),
                    column="end_date",
                )
            )
    rules += [
        RowRule(rule_id="dates_out_of_order", is_wrong=pl.col(later) < pl.col(earlier), column=later)
        for earlier, later in STEPS_IN_ORDER.get(dataset.name, ())
    ]
    return tuple(rules)


def needed_rules(dataset: Dataset, *, is_event_needed: bool) -> tuple[RowRule, ...]:
    """The rules that a needed cell is not empty; the place of a row is always known."""
    needed = {*dataset.key, *dataset.required} | ({dataset.event} if is_event_needed else set())
    empty = {
        column.name: "reference_missing" if column.kind is Kind.REF else "required_missing"
        for column in dataset.columns
        if column.name in needed
    } | dict.fromkeys(PLACE, DEFECT)
    return tuple(
        RowRule(rule_id=rule_id, is_wrong=pl.col(name).is_null(), column=name)
        for name, rule_id in empty.items()
    )


@lru_cache(maxsize=64)
def every_rule(
    dataset_name: str, last_day: date, *, is_event_needed: bool = True
) -> tuple[RowRule, ...]:
    """The rules inside a cell and inside a row of a dataset, in the order in which they are told.

    ``is_event_needed`` is False where the file that lends the event's date is not at hand.
    """
    dataset = DATASETS[dataset_name]
    return (
        *needed_rules(dataset, is_event_needed=is_event_needed),
        *cell_rules(dataset),
        *row_rules(dataset, last_day),
    )


@cache
def types_of(dataset_name: str) -> Mapping[str, pl.DataType]:
    """Column → type of a typed frame: exactly the columns of the dataset, and the place of each row."""
    own = {column.name: polars_type(column) for column in DATASETS[dataset_name].columns}
    return MappingProxyType(own | dict(PLACE))


@lru_cache(maxsize=64)
def model(dataset_name: str, last_day: date, *, is_event_needed: bool = True) -> pa.DataFrameSchema:
    """The Pandera model of a dataset whose columns and types are those of :func:`types_of`: one check,
    :data:`RULES_HOLD`, that fails in the rows which trip any of :func:`every_rule`.

    All rules are one check, that no needed cell is empty among them, and no column is named, since each check
    and each column of Pandera is some queries of its own; which rule a row trips is asked of the rows that
    fail.

    Validate eagerly with ``lazy=True``; read ``failure_cases`` without its column ``failure_case``, which
    holds values.
    """
    import pandera.polars as pa

    rules = every_rule(dataset_name, last_day, is_event_needed=is_event_needed)
    trips = pl.any_horizontal(rule.is_wrong.fill_null(value=False) for rule in rules)

    def hold(data: Any) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe.select((~trips).alias(RULES_HOLD))
        return frame

    return pa.DataFrameSchema(checks=pa.Check(hold, name=RULES_HOLD, ignore_na=False))
