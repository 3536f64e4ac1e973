"""Promises over time, kept by Great Expectations on small copies of the ledger and of the counts.

What belongs here: the suites and their running. What does not: rules over rows (``schemas.rules``), which are
Pandera's and intake's; what is done when a promise is broken (``pipelines.defs.checks``).

Great Expectations sees small pandas frames of counts, never a record; results carry no values (whether it
holds, and the names of rows in which it does not), its telemetry is off and it writes nothing to disk. A rule
over many rows is one expectation: its cost is by the expectation, not by the row.
"""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import RLock, Thread
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.expectations.expectation import Expectation

MAX_LEFT_OUT_PCT = 20.0
"""More than a fifth of a delivery left out is a fault of the export, not of the rows (own judgement, reviewed
yearly)."""
MAX_UNMAPPED_PCT = 10.0
"""More than a tenth of a column unmapped means that the agency changed its codes (own judgement, reviewed
yearly)."""
QUARTERS_BEFORE = 4
"""Quarters that make the usual; with fewer nothing is usual yet."""
DRIFT_FACTOR = 3.0
"""A quarter's rows against the mean of the agency's four before: beyond a factor of three, look before
publishing."""


MAX_MISSING_PCT = 25.0
"""More than a quarter of what an agency owes missing is a delivery to chase before the cut-off (own
judgement, reviewed yearly)."""
DRIFT_LEAST = 20.0
"""Below a usual total of 20 a factor of three is chance (three standard deviations of a Poisson count of 20
are two thirds of it)."""
MAX_NOT_RECORDED_PCT = 60.0
"""A column of which more than three fifths are not known says nothing of the rest (own judgement, reviewed
yearly)."""
NOT_RECORDED_RISE = 15.0
"""A rise by so many points against the four quarters before is a change of form or export, not of people
(own judgement, reviewed yearly)."""


_LOADING = RLock()


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One expectation and whether it is kept."""

    name: str
    is_kept: bool


@contextmanager
def _uncollected() -> Iterator[None]:
    """Within it nothing is searched for garbage: a large import makes none, and pays a fifth for the
    search."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _great_expectations() -> Any:
    """The library, loaded when the first promise is asked for: that takes seconds."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _LOADING, _uncollected():
        import great_expectations
    return great_expectations


def load_beside() -> None:
    """Begin to load the library in a thread: a job that will ask for promises has its databases at work
    first."""
    Thread(target=_whole_frame, name="promises", daemon=True).start()


def _whole_frame() -> BatchDefinition[Any]:
    with _LOADING:
        return _first_frame()


@cache
def _first_frame() -> BatchDefinition[Any]:
    """The one batch definition of this process: a whole frame that is handed over when it is validated."""
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = _great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    definition: BatchDefinition[Any] = (
        context.data_sources.add_pandas("counts").add_dataframe_asset("frame")
        .add_batch_definition_whole_dataframe("all"))
    return definition


def _validated(frame: pl.DataFrame, expectations: list[Expectation], result_format: dict[str, Any]
               ) -> list[Any]:
    """Validate one small frame; one result per expectation, in their order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        suite = _great_expectations().ExpectationSuite(name="promises", expectations=expectations)
        batch = _whole_frame().get_batch(batch_parameters={"dataframe": frame.to_pandas()})
        results = {json_id(result.expectation_config): result
                   for result in batch.validate(suite, result_format=result_format).results}
    return [results[json_id(expectation.configuration)] for expectation in expectations]


def _run(frame: pl.DataFrame, expectations: list[tuple[str, Expectation]]) -> list[Promise]:
    """Promises over a frame as a whole; one per expectation."""
    results = _validated(frame, [expectation for _, expectation in expectations],
                         {"result_format": "BOOLEAN_ONLY"})
    return [Promise(name=name, is_kept=bool(result.success))
            for (name, _), result in zip(expectations, results, strict=True)]


def _run_by_row(frame: pl.DataFrame, name: str, rules: list[tuple[str, str, float, float]]) -> list[Promise]:
    """Promises over each row of a frame; one per rule and row, in that order.

    Args:
        name: column that names the row; names are told apart.
        rules: words, column, least and most, both included; a row whose value is null is not judged.

    Raises:
        RuntimeError: a rule could not be judged.
    """
    judged = [rule for rule in rules if frame[rule[1]].count()]
    if not judged:
        return []
    results = _validated(frame, [_between(column, least, most) for _, column, least, most in judged], {
        "result_format": "COMPLETE", "unexpected_index_column_names": [name],
        "exclude_unexpected_values": True, "partial_unexpected_count": 0})
    promises = []
    for (words, column, _, _), result in zip(judged, results, strict=True):
        # without the values, the names of all broken rows stand in one list
        broken = {row for rows in result.result.get("unexpected_index_list") or () for row in rows[name]}
        if bool(result.success) == bool(broken):
            raise RuntimeError(f"The promise [{words}] could not be judged.")
        promises += [Promise(name=f"{row}: {words}", is_kept=row not in broken)
                     for row in frame.filter(pl.col(column).is_not_null())[name].to_list()]
    return promises


def json_id(configuration: Any) -> str:
    """A text that is equal for the same expectation before and after it has run."""
    kwargs = configuration.kwargs
    arguments = sorted((name, str(kwargs[name])) for name in kwargs if name != "batch_id")
    return f"{configuration.type}|{arguments}"


def delivery_promises(history: pl.DataFrame) -> list[Promise]:
    """Promises over one agency's deliveries.

    Args:
        history: one row per quarter, oldest first, the newest last: quarter, n_rows, n_left_out, n_unmapped,
            n_cells.
    """
    newest = history.tail(1).with_columns(
        (100.0 * pl.col("n_left_out") / pl.max_horizontal("n_rows", pl.lit(1))).alias("left_out_pct"),
        (100.0 * pl.col("n_unmapped") / pl.max_horizontal("n_cells", pl.lit(1))).alias("unmapped_pct"))
    before = history.head(history.height - 1).tail(4).filter(pl.col("n_rows") > 0)
    usual = before["n_rows"].mean()
    expectations: list[tuple[str, Expectation]] = [
        ("few rows left out", _between("left_out_pct", 0, MAX_LEFT_OUT_PCT)),
        ("few codes unmapped", _between("unmapped_pct", 0, MAX_UNMAPPED_PCT)),
    ]
    if isinstance(usual, float) and before.height == 4:
        expectations.append(("as many rows as usual", _between("n_rows", usual / DRIFT_FACTOR,
                                                               usual * DRIFT_FACTOR)))
    return _run(newest, expectations)


def coverage_promises(awaited: pl.DataFrame) -> list[Promise]:
    """Promises over what agencies owe for a quarter.

    Args:
        awaited: agency, n_due, n_missing; one row per agency.
    """
    share = awaited.with_columns((100.0 * pl.col("n_missing") / pl.col("n_due")).alias("missing_pct"))
    return _run_by_row(share, "agency", [("what is due is in", "missing_pct", 0, MAX_MISSING_PCT)])


def unmapped_promises(shares: pl.DataFrame) -> list[Promise]:
    """Promises over code columns: few cells whose code is in no map.

    Args:
        shares: agency, column_name, unmapped_pct; one row per column that has such a cell.
    """
    worst = shares.group_by("agency").agg(pl.col("unmapped_pct").max()).sort("agency")
    return _run_by_row(worst, "agency", [
        ("few codes of any column unmapped", "unmapped_pct", 0, MAX_UNMAPPED_PCT)])


def history_promises(history: pl.DataFrame, quarter: str) -> list[Promise]:
    """Promises over cubes: totals as usual, and no more not recorded than usual; one pair for each table.

    Args:
        history: table, period, n, ``<dimension>_pct``: the quarter and up to four before it.
    """
    shares = [column for column in history.columns if column.endswith("_pct")]
    now = history.filter(pl.col("period") == quarter)
    before = history.filter(pl.col("period") != quarter).group_by("table").agg(
        pl.len().alias("n_before"), pl.col("n").mean().alias("usual"),
        *(pl.col(column).mean().alias(f"usual_{column}") for column in shares))
    found = now.join(before, on="table", how="left").with_columns(
        (pl.col("n") / pl.max_horizontal("usual", pl.lit(1.0))).alias("ratio"),
        pl.max_horizontal(pl.lit(0.0), *(pl.col(c) for c in shares)).alias("not_recorded_pct"),
        pl.max_horizontal(pl.lit(0.0), *(pl.col(c) - pl.col(f"usual_{c}") for c in shares)).alias("rise"))
    is_usual = pl.col("n_before") == QUARTERS_BEFORE
    judged = found.with_columns(
        pl.when(is_usual, pl.col("usual") >= DRIFT_LEAST).then("ratio").alias("ratio"),
        pl.when(is_usual).then("rise").alias("rise"))
    return _run_by_row(judged.select("table", "ratio", "not_recorded_pct", "rise"), "table", [
        ("total as usual", "ratio", 1 / DRIFT_FACTOR, DRIFT_FACTOR),
        ("enough is recorded", "not_recorded_pct", 0.0, MAX_NOT_RECORDED_PCT),
        ("no more not recorded than usual", "rise", 0.0, NOT_RECORDED_RISE),
    ])


def reconciliation_promises(links: pl.DataFrame) -> list[Promise]:
    """Promises over the reconciliation: every link between submissions and cubes holds or is explained.

    Args:
        links: link, n_unexplained; one row per kind of link.
    """
    return _run_by_row(links, "link", [("every difference is explained", "n_unexplained", 0, 0)])


def _between(column: str, least: float | None, most: float | None) -> Expectation:
    """That a column lies between two values, both included."""
    expectation: Expectation = _great_expectations().expectations.ExpectColumnValuesToBeBetween(
        column=column, min_value=least, max_value=most)
    return expectation


def count_promises(totals: pl.DataFrame) -> list[Promise]:
    """Promises over the cubes of a release: tables of one unit and quarter have one total.

    Args:
        totals: unit, period, n_tables, least, most: over the tables of one unit the smallest and largest
            grand total.
    """
    return _run(totals.with_columns((pl.col("most") - pl.col("least")).alias("gap")), [
        ("cubes of a unit agree on its total", _between("gap", 0, 0)),
        ("no count is negative", _between("least", 0, None)),
        ("each unit and quarter once", _great_expectations().expectations.ExpectCompoundColumnsToBeUnique(
            column_list=["unit", "period"])),
    ])
