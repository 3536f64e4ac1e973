"""Promises over time, kept by Great Expectations on small copies of the ledger and of the counts.

What belongs here: the suites and their running. What does not: rules over rows (``schemas.rules``), which are
Pandera's and intake's; what is done when a promise is broken (``pipelines.defs.checks``).

Great Expectations sees small pandas frames of counts, never a record; results carry no values
(``BOOLEAN_ONLY``), its telemetry is off and it writes nothing to disk.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
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


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One expectation and whether it is kept."""

    name: str
    is_kept: bool


def _run(frame: pl.DataFrame, expectations: list[tuple[str, Expectation]]) -> list[Promise]:
    """Validate one small frame; one promise per expectation."""
    if not expectations:
        return []
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        batch = (
            context.data_sources.add_pandas("counts").add_dataframe_asset("frame")
            .add_batch_definition_whole_dataframe("all")
        )
        suite = gx.ExpectationSuite(name="promises", expectations=[e for _, e in expectations])
        result = batch.get_batch(batch_parameters={"dataframe": frame.to_pandas()}).validate(suite,
            result_format="BOOLEAN_ONLY")
    kept = {json_id(r.expectation_config): bool(r.success) for r in result.results}
    return [Promise(name=name, is_kept=kept[json_id(e.configuration)]) for name, e in expectations]


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
    return _run(share, [
        (f"{agency}: what is due is in", _between("missing_pct", 0, MAX_MISSING_PCT, ("agency", agency)))
        for agency in awaited["agency"].to_list()])


def unmapped_promises(shares: pl.DataFrame) -> list[Promise]:
    """Promises over code columns: few cells whose code is in no map.

    Args:
        shares: agency, column_name, unmapped_pct; one row per column that has such a cell.
    """
    if shares.is_empty():
        return []
    worst = shares.group_by("agency").agg(pl.col("unmapped_pct").max()).sort("agency")
    return _run(worst, [
        (f"{agency}: few codes of any column unmapped",
         _between("unmapped_pct", 0, MAX_UNMAPPED_PCT, ("agency", agency)))
        for agency in worst["agency"].to_list()])


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
    asked = (
        ("total as usual", "ratio", 1 / DRIFT_FACTOR, DRIFT_FACTOR,
         is_usual & (pl.col("usual") >= DRIFT_LEAST)),
        ("enough is recorded", "not_recorded_pct", 0.0, MAX_NOT_RECORDED_PCT, pl.lit(True)),
        ("no more not recorded than usual", "rise", 0.0, NOT_RECORDED_RISE, is_usual),
    )
    promises = []
    for words, column, least, most, where in asked:
        judged = found.filter(where).select("table", column)
        if judged.is_empty():
            continue
        names = judged["table"].to_list()
        # one expectation over all tables; they are asked one by one only where it does not hold
        whole = _run(judged, [(words, _between(column, least, most))])
        if whole[0].is_kept:
            promises += [Promise(name=f"{name}: {words}", is_kept=True) for name in names]
            continue
        promises += _run(judged, [
            (f"{name}: {words}", _between(column, least, most, ("table", name))) for name in names])
    return promises


def reconciliation_promises(links: pl.DataFrame) -> list[Promise]:
    """Promises over the reconciliation: every link between submissions and cubes holds or is explained.

    Args:
        links: link, n_unexplained; one row per kind of link.
    """
    return _run(links, [
        (f"{link}: every difference is explained", _between("n_unexplained", 0, 0, ("link", link)))
        for link in links["link"].to_list()])


def _between(column: str, least: float | None, most: float | None,
             only: tuple[str, str] | None = None) -> Expectation:
    """That a column lies between two values, both included; ``only``: in the row whose column says so."""
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )

    return ExpectColumnValuesToBeBetween(
        column=column, min_value=least, max_value=most,
        row_condition=None if only is None else f'{only[0]}=="{only[1]}"',
        condition_parser=None if only is None else "pandas")


def count_promises(totals: pl.DataFrame) -> list[Promise]:
    """Promises over the cubes of a release: tables of one unit and quarter have one total.

    Args:
        totals: unit, period, n_tables, least, most: over the tables of one unit the smallest and largest
            grand total.
    """
    from great_expectations.expectations.core.expect_compound_columns_to_be_unique import (
        ExpectCompoundColumnsToBeUnique,
    )

    return _run(totals.with_columns((pl.col("most") - pl.col("least")).alias("gap")), [
        ("cubes of a unit agree on its total", _between("gap", 0, 0)),
        ("no count is negative", _between("least", 0, None)),
        ("each unit and quarter once", ExpectCompoundColumnsToBeUnique(column_list=["unit", "period"])),
    ])
