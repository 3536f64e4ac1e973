"""Published measures of people twice over: counted with our links, and with the true ones, by the pipeline's
own SQL; of everybody, and of each ethnic group alone.

What belongs here: whose record is whose in truth, in the warehouse's own ids, and counting under given links.
What does not: linking, tolerances (``test_links.py``), whether the SQL counts what it says
(``test_truth.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from anonymisation.hashing import hmac_hex
from anonymisation.keys import KeyRing
from anonymisation.tokens import warehouse_ids
from pipelines.hub import Hub
from pipelines.marts import sql
from pipelines.steps.aggregate import AsOf, build_core
from pipelines.store.connect import Connection, connect
from pipelines.store.warehouse import prepare
from schemas.ethnicity import to_five
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import BREAKDOWNS, INDICATORS, RATE_BASE_MINIMUM
from schemas.measures.questions import Cells
from tests.conftest import SAMPLE
from tests.integration.reckoning import Reckoning, origin_days

FOLLOWED = ("referrals_chain", "victims_after_a_year_by_adviser")
"""Counts of records, each followed from one agency to another: they need to know who is whom."""
PEOPLE = tuple(name for name, cube in CUBES.items() if cube.links and name != "both_roles")
SHARED_RECORDS = {
    "victims": ("victim", "report_date", "incident_ref"),
    "suspects": ("suspect", "report_date", "incident_ref"),
    "referrals": ("victim", "made_date", "referral_ref"),
}
"""By dataset of people whom agencies share: role, event and reference."""
ON_LINKS = ("victims", "victim_quarters", "suspects", "suspect_quarters", "referred", "police_victims",
            "next_reports", "victim_years", "referrals", "referral_chain", "referred_years", "advised")
"""Core tables that change with the links, in the order in which they build on one another."""
GROUPS = ("asian", "black", "mixed", "other", "white")


@cache
def persons() -> pl.DataFrame:
    """true_person, household, twin_of, ethnicity5, and what else the truth says of them."""
    rows = pl.read_csv(SAMPLE / "truth" / "persons.csv", infer_schema=False)
    return rows.with_columns(pl.col("ethnicity19").replace(dict(to_five())).alias("ethnicity5"))


def _keyed(frame: pl.DataFrame, column: str, keys: KeyRing) -> pl.Series:
    """The warehouse's form of an agency's reference."""
    token = frame.select(pl.format(f"{{}}|{column}|{{}}", "agency", column)).to_series()
    for key in keys.token_keys("reference", column):
        token = hmac_hex(token, key)
    return warehouse_ids(token, purpose="reference", keys=keys)


def true_links(connection: Connection, reckoning: Reckoning, keys: KeyRing) -> pl.DataFrame:
    """record_id, role, person_id (the true person), person_day, may_link of every record of people whom
    agencies share."""
    parts = []
    for dataset, (role, event, reference) in SHARED_RECORDS.items():
        rows = reckoning.records(dataset)
        own = [reference.replace("_ref", "_id"), "agency_person_id"]
        true = rows.select(
            "agency", "may_link",
            _keyed(rows, reference, keys).alias(own[0]),
            _keyed(rows, "person_ref", keys).alias(own[1]),
            pl.lit(role).alias("role"),
            pl.col("true_person").alias("person_id"),
            pl.Series("person_day", [origin_days(day) for day in rows[event]], dtype=pl.Int32),
        )
        records = connection.execute(
            f"SELECT record_id, agency, {', '.join(own)} FROM warehouse.records_{dataset}").pl()
        found = records.join(true, on=["agency", *own], how="inner")
        assert found.n_unique(["agency", *own]) == rows.height
        parts.append(found.select("record_id", "role", "person_id", "person_day", "may_link"))
    return pl.concat(parts)


Counts = Mapping[str, pl.DataFrame]
"""By cube: period, its dimensions, n."""


@dataclass(frozen=True, kw_only=True)
class Twice:
    """The same cubes under the true links and under ours."""

    true: Counts
    found: Counts


def counted_twice(hub: Hub, reckoning: Reckoning) -> dict[str, Twice]:
    """By ethnic group of the people in truth, and ``all``. Changes the warehouse of ``hub``."""
    quarter, made = reckoning.quarter, {}
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        true = true_links(connection, reckoning, hub.keys())
        columns = ["record_id", "role", "person_id", "person_day"]
        found = connection.execute(
            f"SELECT {', '.join(columns)} FROM warehouse.links WHERE links = 'all'").pl()
        links = {"true": true.filter(pl.col("may_link") == "yes").select(columns), "found": found}
        build_core(connection, hub.partnership, hub.agencies, AsOf.of(quarter, hub.partnership))
        for dataset in SHARED_RECORDS:
            connection.execute(f"CREATE TEMP TABLE every_{dataset} AS FROM latest_{dataset}")
        for group in ("all", *GROUPS):
            own = persons() if group == "all" else persons().filter(pl.col("ethnicity5") == group)
            _keep(connection, true.filter(pl.col("person_id").is_in(own["true_person"].implode())))
            made[group] = Twice(**{name: dict(_counts(connection, rows, str(quarter)))
                                   for name, rows in links.items()})
    return made


def _keep(connection: Connection, records: pl.DataFrame) -> None:
    """Only these records are there to be counted."""
    connection.register("incoming", records.select("record_id"))
    connection.execute("CREATE OR REPLACE TEMP TABLE kept AS FROM incoming")
    connection.unregister("incoming")
    for dataset in SHARED_RECORDS:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE latest_{dataset} AS "
                           f"FROM every_{dataset} SEMI JOIN kept USING (record_id)")


def _counts(connection: Connection, links: pl.DataFrame, quarter: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every cube of people under these links, as cube and counts. The core tables are temporary ones, which
    stand before those of the warehouse."""
    connection.register("incoming", links)
    connection.execute("DELETE FROM warehouse.links")
    connection.execute("INSERT INTO warehouse.links BY NAME SELECT *, 'all' AS links FROM incoming "
                       "SEMI JOIN kept USING (record_id)")
    connection.unregister("incoming")
    for name in ON_LINKS:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE core_{name} AS {sql(f'core/{name}')}")
    for name in (*PEOPLE, *FOLLOWED):
        yield name, connection.execute(
            f"SELECT period, {', '.join(CUBES[name].columns)}, sum(n)::BIGINT AS n "
            f"FROM ({sql(CUBES[name].sql or name)}) WHERE period <= $quarter AND links IN ('all', '') "
            "GROUP BY ALL", {"quarter": quarter}).pl()


def _n(counts: Counts, cells: Cells) -> int:
    """The sum of the cells over all periods."""
    rows = counts[cells.cube]
    for dimension, categories in cells.where:
        rows = rows.filter(pl.col(dimension).is_in(categories))
    return int(rows["n"].sum())


@dataclass(frozen=True, kw_only=True)
class Bias:
    """By how much linkage errs in one published number, over all quarters."""

    points: float
    """Percentage points of a share; of a count, per cent."""
    n_people: int
    """What the share is of, or the count, in truth."""


MEASURES = tuple(sorted(
    name for name, i in INDICATORS.items() if i.numerator.cube in (*PEOPLE, *FOLLOWED)))
DIVIDED = tuple(sorted(name for name, b in BREAKDOWNS.items() if b.cells.cube in (*PEOPLE, *FOLLOWED)))


def measure_bias(twice: Twice, name: str) -> Bias | None:
    """Of an indicator; None where no percentage of so few is published."""
    above, below = INDICATORS[name].numerator, INDICATORS[name].denominator
    if below is None:
        n = _n(twice.true, above)
        return Bias(points=100 * (_n(twice.found, above) / n - 1), n_people=n)
    n = _n(twice.true, below)
    if n < RATE_BASE_MINIMUM:
        return None
    true, found = (100 * _n(c, above) / _n(c, below) for c in (twice.true, twice.found))
    return Bias(points=found - true, n_people=n)


def widest_bias(twice: Twice, name: str) -> Bias | None:
    """Of a breakdown: of the category whose share errs most; None where no percentage of so few is
    published."""
    breakdown, shares = BREAKDOWNS[name], []
    if _n(twice.true, breakdown.cells) < RATE_BASE_MINIMUM:
        return None
    for counts in (twice.true, twice.found):
        rows = counts[breakdown.cells.cube]
        for dimension, categories in breakdown.cells.where:
            rows = rows.filter(pl.col(dimension).is_in(categories))
        told = dict(rows.group_by(breakdown.dimension).agg(pl.col("n").sum()).iter_rows())
        shares.append({category: 100 * n / sum(told.values()) for category, n in told.items()})
    true, found = shares
    by = [found.get(category, 0.0) - true.get(category, 0.0) for category in true | found]
    return Bias(points=max(by, key=abs), n_people=_n(twice.true, breakdown.cells))
