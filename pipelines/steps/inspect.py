"""What the checks look at: small frames of counts from the ledger, the links' quality and the cubes.

What belongs here: reading them. What does not: judging them (``pipelines.expectations``,
``pipelines.defs.checks``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from anonymisation.linkage.shared import MAX_SHARE
from pipelines.hub import Hub
from pipelines.release.counts import TrueCounts
from pipelines.release.coverage import coverage
from pipelines.release.tables import Table, tables
from pipelines.steps.aggregate import AsOf
from pipelines.store.connect import Connection, connect
from pipelines.store.warehouse import current_submissions, prepare
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.quarters import Quarter
from schemas.records import table_name

CHARACTERISTICS = ("area", "age_band", "sex", "ethnicity5", "disability", "religion", "orientation",
                   "relationship")
"""Dimensions of people: each has a value, recorded or not. A reason for declining has none where nobody
declined."""
LOOK_BACK = 4
"""Quarters before that a quarter is held against."""
MIN_PRECISION = 0.97
"""Estimated share of links that are right; below it a repeat rate would be overstated by more than a point
(linkage notes)."""
MIN_RECALL = 0.85
"""Estimated share of true links that are found; below it the range of a repeat rate is too wide to read."""


@contextmanager
def _warehouse(hub: Hub) -> Iterator[Connection]:
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        yield connection


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a release counts, for all that look at it: its tables and their true counts, read once. It lives
    as long as its connection."""

    connection: Connection
    as_of: AsOf
    tables: tuple[Table, ...]
    counts: TrueCounts


@contextmanager
def counted(hub: Hub, quarter: Quarter) -> Iterator[Counted]:
    """The tables of the release of ``quarter``, over an open warehouse."""
    as_of = AsOf.of(quarter, hub.partnership)
    with _warehouse(hub) as connection:
        known = coverage(connection, hub.partnership, hub.agencies, as_of)
        yield Counted(connection=connection, as_of=as_of,
                      tables=tuple(tables(hub.partnership, hub.agencies, known, quarter)),
                      counts=TrueCounts(connection, quarter))


def delivery_history(hub: Hub, quarter: Quarter) -> dict[str, pl.DataFrame]:
    """Per agency that sent for ``quarter``: quarter, n_rows, n_left_out, n_unmapped, n_cells, oldest
    first."""
    cut_off = AsOf.of(quarter, hub.partnership).cut_off
    with _warehouse(hub) as connection:
        known = current_submissions(connection, until_quarter=str(quarter), received_by=cut_off)
        frame = connection.execute(
            "SELECT agency, quarter, sum(n_rows)::BIGINT AS n_rows, sum(n_left_out)::BIGINT AS n_left_out, "
            "coalesce((SELECT sum(n) FROM warehouse.submission_unmapped u WHERE u.submission_id = "
            "s.submission_id), 0)::BIGINT "
            "AS n_unmapped, sum(n_rows)::BIGINT AS n_cells "
            "FROM warehouse.submissions s JOIN warehouse.submission_files USING (submission_id) "
            "WHERE list_contains($known::VARCHAR[], submission_id) GROUP BY agency, quarter, submission_id "
            "ORDER BY agency, quarter",
            {"known": known}).pl()
    histories = {str(name[0]): rows.drop("agency")
                 for name, rows in frame.group_by("agency", maintain_order=True)}
    return {name: rows for name, rows in histories.items() if rows["quarter"].to_list()[-1] == str(quarter)}


def unit_totals(counted: Counted) -> pl.DataFrame:
    """unit, period, n_tables, least, most: over the tables of one unit the smallest and the largest true
    grand total."""
    totals = pl.DataFrame(
        [(table.unit, period, n) for table in counted.tables
         for period, n in counted.counts.totals_of(table).items()],
        orient="row", schema={"unit": pl.String, "period": pl.String, "n": pl.Int64})
    return totals.group_by("unit", "period").agg(
        pl.len().alias("n_tables"), pl.col("n").min().alias("least"),
        pl.col("n").max().alias("most")).sort("unit", "period")


def awaited(hub: Hub, quarter: Quarter) -> pl.DataFrame:
    """agency, n_due, n_missing: datasets and returns awaited of each agency for the quarter, and those of
    which nothing can be counted."""
    with _warehouse(hub) as connection:
        frame = coverage(connection, hub.partnership, hub.agencies, AsOf.of(quarter, hub.partnership)).frame
    with_data = codelist("coverage_status").where("has_data", "yes")
    due = frame.filter(pl.col("quarter") == str(quarter), ~pl.col("status").is_in(["not_joined", "left"]))
    return due.group_by("agency").agg(
        pl.len().cast(pl.Int64).alias("n_due"),
        (~pl.col("status").is_in(with_data)).sum().cast(pl.Int64).alias("n_missing")).sort("agency")


def unmapped_shares(hub: Hub, quarter: Quarter) -> pl.DataFrame:
    """agency, column_name, unmapped_pct: of the quarter's deliveries, the share of a column's cells whose
    code is in no map; columns without such a cell have no row."""
    cut_off = AsOf.of(quarter, hub.partnership).cut_off
    with _warehouse(hub) as connection:
        known = current_submissions(connection, until_quarter=str(quarter), received_by=cut_off)
        found = connection.execute(
            "SELECT agency, submission_id, dataset, column_name, n FROM warehouse.submission_unmapped JOIN "
            "warehouse.submissions USING (submission_id) WHERE quarter = $quarter AND "
            "list_contains($known::VARCHAR[], submission_id) ORDER BY ALL",
            {"quarter": str(quarter), "known": known}).fetchall()
        shares = []
        for agency, submission, dataset, column, n in found:
            row = connection.execute(f"SELECT count(*) FROM warehouse.{table_name(dataset)} WHERE "
                                     "submission_id = ?", [submission]).fetchone()
            shares.append((agency, column, 100.0 * n / max(1, int(row[0]) if row else 0)))
    return pl.DataFrame(shares, orient="row", schema={"agency": pl.String, "column_name": pl.String,
                                                      "unmapped_pct": pl.Float64})


def table_history(counted: Counted) -> pl.DataFrame:
    """table, period, n, and for each dimension with such a category its not-recorded share
    (``<dimension>_pct``, null where the table has none): the quarter and the four before it."""
    quarter = counted.as_of.quarter
    wanted = [str(q) for q in Quarter.range(quarter.plus(-LOOK_BACK), quarter)]
    parts = []
    for table in counted.tables:
        if str(quarter) not in table.periods:
            continue
        unknown = [d for d in table.dimensions if d in CHARACTERISTICS]
        rows = counted.counts.of(table, periods=tuple(p for p in wanted if p in table.periods))
        parts.append(rows.group_by("period").agg(
            pl.lit(table.name).first().alias("table"), pl.col("n").sum().alias("n"),
            *(pl.col("n").filter(pl.col(d).is_in([NOT_RECORDED, UNMAPPED])).sum()
              .mul(100.0).truediv(pl.max_horizontal(pl.col("n").sum(), pl.lit(1)))
              .alias(f"{d}_pct") for d in unknown)))
    return pl.concat(parts, how="diagonal").sort("table", "period") if parts else pl.DataFrame(
        schema={"period": pl.String, "table": pl.String, "n": pl.Int64})


def link_shortfalls(hub: Hub, quarter: Quarter) -> tuple[dict[str, float], list[str]]:
    """Estimated precision and recall by role, and what is not as it should be: those below their thresholds,
    and agencies whose references of people were set aside, because several people share one."""
    with _warehouse(hub) as connection:
        rows = connection.execute(
            "SELECT role, measure, value FROM warehouse.link_quality WHERE quarter = ? AND breakdown = 'all' "
            "AND measure IN ('estimated_precision', 'estimated_recall') AND value IS NOT NULL ORDER BY ALL",
            [str(quarter)]).fetchall()
        shared = connection.execute(
            "SELECT role, category FROM warehouse.link_quality WHERE quarter = ? AND measure = "
            "'shared_numbers' AND value > ? ORDER BY ALL", [str(quarter), MAX_SHARE]).fetchall()
    least = {"estimated_precision": MIN_PRECISION, "estimated_recall": MIN_RECALL}
    measured = {f"{role}_{measure}": float(value) for role, measure, value in rows}
    return measured, [
        *(f"{measure.replace('_', ' ')} of {role} links is [{value:.3f}], below [{least[measure]}]"
          for role, measure, value in rows if value < least[measure]),
        *(f"one reference of [{agency}] stands for several people (role {role}), so that its references are "
          "not believed; ask the agency to send a person's own" for role, agency in shared)]
