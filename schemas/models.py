"""Pandera models of the canonical datasets: types, needed values, allowed codes and the rules inside one row.

What belongs here: what a typed row must be, derived from ``columns.py``, ``datasets.py`` and
``codelists.py``. What does not: how text becomes typed (``pipelines.intake.parsing``), rules across rows
(``pipelines.intake.checking``), the words of a rule (``rules.py``). Pandera is imported inside the
functions: it takes over a second to load.

Every check is named by the rule that it is, so that a failure says its rule; :data:`DEFECT` marks what
parsing must have made impossible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.columns import Column, Kind
from schemas.datasets import Dataset
from schemas.records import allowed_values

if TYPE_CHECKING:
    import pandera.polars as pa

DEFECT = "defect"
"""A check that cannot fail after parsing: a failure is ours, not the sender's."""

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
        case "cases":
            rules.append(
                RowRule(
                    rule_id="end_before_start",
                    is_wrong=pl.col("end_date") < pl.col("start_date"),
                    column="end_date",
                )
            )
    return tuple(rules)


def model(
    dataset: Dataset, last_day: date, *, extra: dict[str, pl.DataType], is_event_needed: bool = True
) -> pa.DataFrameSchema:
    """The Pandera model of ``dataset``: exactly its columns and ``extra``, with every check named by its
    rule.

    Validate eagerly with ``lazy=True``; read ``failure_cases`` without its column ``failure_case``, which
    holds values. ``is_event_needed`` is False where the file that lends the event's date is not at hand.
    """
    import pandera.polars as pa

    needed = {*dataset.key, *dataset.required} | ({dataset.event} if is_event_needed else set())
    columns = {
        column.name: pa.Column(
            polars_type(column), nullable=column.name not in needed, checks=_checks(column)
        )
        for column in dataset.columns
    }
    beside = {name: pa.Column(dtype, nullable=False) for name, dtype in extra.items()}
    rules = [
        _row_check(f"{rule.rule_id}:{rule.column}", rule.is_wrong) for rule in row_rules(dataset, last_day)
    ]
    return pa.DataFrameSchema(columns | beside, checks=rules, strict=True)


def _checks(column: Column) -> list[Any]:
    allowed = allowed_values(column)
    match column.kind:
        case Kind.CODE | Kind.FLAG:
            assert allowed is not None
            return [
                _column_check(
                    DEFECT, lambda name: ~pl.col(name).is_in(sorted(allowed)) | pl.col(name).is_null()
                )
            ]
        case Kind.CODES:
            assert allowed is not None
            known = pl.element().is_in(sorted(allowed))
            return [_column_check(DEFECT, lambda name: ~pl.col(name).list.eval(known).list.all())]
        case Kind.AGE:
            return [
                _column_check("age_impossible", lambda name: ~pl.col(name).is_between(0, OLDEST_AGE_YEARS))
            ]
        case Kind.SCORE:
            return [_column_check(DEFECT, lambda name: ~pl.col(name).is_between(*SCORES))]
        case Kind.NUMBER:
            return [_column_check("number_unreadable", lambda name: pl.col(name) < 0)]
        case _:
            return []


def _column_check(rule_id: str, is_wrong: Callable[[str], pl.Expr]) -> Any:
    import pandera.polars as pa

    def passes(data: Any) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe.select(~is_wrong(data.key).fill_null(value=False))
        return frame

    return pa.Check(passes, name=rule_id, ignore_na=False)


def _row_check(name: str, is_wrong: pl.Expr) -> Any:
    import pandera.polars as pa

    def passes(data: Any) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe.select((~is_wrong.fill_null(value=False)).alias("passes"))
        return frame

    return pa.Check(passes, name=name, ignore_na=False)
