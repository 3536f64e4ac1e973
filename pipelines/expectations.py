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
DRIFT_FACTOR = 3.0
"""A quarter's rows against the mean of the agency's four before: beyond a factor of three, look before
publishing."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One expectation and whether it is kept."""

    name: str
    is_kept: bool


def _run(frame: pl.DataFrame, expectations: list[tuple[str, Expectation]]) -> list[Promise]:
    """Validate one small frame; one promise per expectation."""
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
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )

    newest = history.tail(1).with_columns(
        (100.0 * pl.col("n_left_out") / pl.max_horizontal("n_rows", pl.lit(1))).alias("left_out_pct"),
        (100.0 * pl.col("n_unmapped") / pl.max_horizontal("n_cells", pl.lit(1))).alias("unmapped_pct"))
    before = history.head(history.height - 1).tail(4).filter(pl.col("n_rows") > 0)
    usual = before["n_rows"].mean()
    expectations: list[tuple[str, Expectation]] = [
        ("few rows left out", ExpectColumnValuesToBeBetween(column="left_out_pct", min_value=0,
                                                            max_value=MAX_LEFT_OUT_PCT)),
        ("few codes unmapped", ExpectColumnValuesToBeBetween(column="unmapped_pct", min_value=0,
            max_value=MAX_UNMAPPED_PCT)),
    ]
    if isinstance(usual, float) and before.height == 4:
        expectations.append(("as many rows as usual", ExpectColumnValuesToBeBetween(
            column="n_rows", min_value=usual / DRIFT_FACTOR, max_value=usual * DRIFT_FACTOR)))
    return _run(newest, expectations)


def count_promises(totals: pl.DataFrame) -> list[Promise]:
    """Promises over the cubes of a release: tables of one unit and quarter have one total.

    Args:
        totals: unit, period, n_tables, least, most: over the tables of one unit the smallest and largest
            grand total.
    """
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )
    from great_expectations.expectations.core.expect_compound_columns_to_be_unique import (
        ExpectCompoundColumnsToBeUnique,
    )

    return _run(totals.with_columns((pl.col("most") - pl.col("least")).alias("gap")), [
        ("cubes of a unit agree on its total", ExpectColumnValuesToBeBetween(column="gap", min_value=0,
            max_value=0)),
        ("no count is negative", ExpectColumnValuesToBeBetween(column="least", min_value=0)),
        ("each unit and quarter once", ExpectCompoundColumnsToBeUnique(column_list=["unit", "period"])),
    ])
