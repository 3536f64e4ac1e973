"""Step 9: records become counts, as of one release. True counts stay in the warehouse.

What belongs here: which submissions a release sees, the reference tables that SQL joins, and running the
cubes. What does not: the SQL (``pipelines/marts``), the entries (``schemas.measures.cubes``), protection
(``protect.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.hub import Hub
from pipelines.marts import sql
from pipelines.store.connect import Connection, connect, transaction
from pipelines.store.registers import prepare_registers
from pipelines.store.warehouse import add_counts, clear_counts, counted_cells, current_submissions, prepare
from schemas.agencies import Agency
from schemas.codelists import Entry, codelist
from schemas.columns import COLUMNS, NOT_RECORDED, UNMAPPED
from schemas.datasets import DATASETS
from schemas.measures.cubes import Cube
from schemas.offences import AgeGroup, Condition, offences_frame, only_category, scope_frame
from schemas.partnership import Partnership
from schemas.quarters import Quarter
from schemas.records import code_columns, table_name
from schemas.registers import kinds

CORE = ("agencies", "incidents", "victims", "victim_quarters", "suspects", "suspect_quarters", "pairs",
        "referred", "police_victims", "next_reports", "victim_years", "referrals", "new_clients", "counts",
        "registers", "cases", "ended_cases", "victimisations", "suspicions", "programmes", "releases",
        "orders", "referral_chain", "referred_years", "advised")
"""Core tables in the order in which they build on one another."""
RAPE = "Rape"
"""Home Office group of rape; adult or child is the age group that the offence fixes (adult: 16 and over)."""
GROUPED = ("referral_status", "referral_source", "service_types")
"""Code lists whose groups are counted, since their codes would make tables of mostly small counts."""
ADULT_FROM_YEARS = 16
"""Home Office lettering: adult rape is rape of a person aged 16 or over."""


@dataclass(frozen=True, kw_only=True)
class AsOf:
    """What one release knows: quarters up to ``quarter``, as received by ``cut_off``."""

    quarter: Quarter
    cut_off: date

    @classmethod
    def of(cls, quarter: Quarter, partnership: Partnership) -> AsOf:
        """The release of ``quarter``."""
        return cls(quarter=quarter, cut_off=partnership.cut_off(quarter))


def _offences() -> pl.DataFrame:
    """(category, code) → offence_group, told_category (of a code that stands alone, the one that holds it),
    fixed_age_group (null where statute fixes none), is_new_offence; a category or code that stands alone, or
    beside an unmapped one, has a row of its own."""
    facts = offences_frame().select(
        pl.col("offence_category").alias("category"), pl.col("offence_code").alias("code"),
        pl.when(pl.col("home_office_group") == RAPE).then(pl.lit("rape"))
        .when(pl.col("is_sexual_offence") == "yes").then(pl.lit("other_sexual"))
        .otherwise(pl.lit("other_in_scope")).alias("offence_group"),
        pl.struct("offence_category", "offence_code").map_elements(
            lambda pair: only_category(pair["offence_category"], pair["offence_code"]),
            return_dtype=pl.String).alias("told_category"),
        pl.when(pl.col("age_group").is_in([AgeGroup.CHILD, AgeGroup.ADULT])).then(pl.col("age_group"))
        .alias("fixed_age_group"),
        pl.col("is_created_2024").alias("is_new_offence"),
    )
    return _beside_unmapped(facts)


def _scope() -> pl.DataFrame:
    """(category, code, is_sexual) → one yes/no column per kind: the declared scope, with and without the
    record's own word."""
    columns = code_columns(COLUMNS["kinds"])
    readings = []
    for is_sexual, conditions in (("no", [Condition.ALWAYS]),
                                  ("yes", [Condition.ALWAYS, Condition.SEXUAL_FLAG])):
        holds = scope_frame().filter(pl.col("condition").is_in(conditions))
        readings.append(holds.group_by(pl.col("offence_category").alias("category"),
                                       pl.col("offence_code").alias("code")).agg(
            pl.lit(is_sexual).first().alias("is_sexual"),
            *(pl.when((pl.col("kind") == name.removeprefix("kind_")).any()).then(pl.lit("yes"))
              .otherwise(pl.lit("no")).alias(name)
              for name in columns)))
    return _beside_unmapped(pl.concat(readings))


def _beside_unmapped(known: pl.DataFrame) -> pl.DataFrame:
    """The rows in which one of the two is not recorded stand for an unmapped one as well."""
    alone = [known.filter(pl.col(name) == NOT_RECORDED).with_columns(pl.lit(UNMAPPED).alias(name))
             for name in ("category", "code")]
    return pl.concat([known, *alone])


def reference_tables(partnership: Partnership, agencies: dict[str, Agency]) -> dict[str, pl.DataFrame]:
    """The tables that core SQL joins, by name: code lists and configuration, no data."""
    bands = codelist("age_bands")
    return {
        "ref_agencies": pl.DataFrame(
            [{"agency": a.agency, "kind": a.kind, "is_specialist": a.is_specialist,
              "history_from": str(max(a.joined, partnership.first_quarter)
                                  .plus(partnership.thresholds.full_quarters))}
             for a in agencies.values()]),
        "ref_offences": _offences(),
        "ref_scope": _scope(),
        "ref_areas": pl.DataFrame({"area": list(area_categories(partnership))}),
        "ref_age_bands": pl.DataFrame(
            [{"age_band": e.code, "is_standard": e.attributes["is_standard"] == "yes",
              "is_child": _is_child(e)}
             for e in bands.entries]),
        "ref_ethnicity": pl.DataFrame(
            [{"ethnicity19": e.code, "ethnicity5": e.attributes["ethnicity5"]}
             for e in codelist("ethnicity19").entries]),
        "ref_outcomes": pl.DataFrame(
            [{"outcome_type": e.code, "outcome_group": e.attributes["group"],
              "cohort_outcome": e.attributes["cohort_outcome"],
              "is_charge": e.attributes["is_charge"] == "yes"}
             for e in codelist("outcomes").entries]),
        "ref_relationship": pl.DataFrame(
            [{"relationship": e.code, "relationship_group": e.attributes["group"]}
             for e in codelist("relationship").entries]),
        "ref_register_kinds": pl.DataFrame(
            [{"kind": k.name, "is_protected": k.is_protected} for k in kinds().values()]),
        **{f"ref_{name}": pl.DataFrame(
            [{"code": e.code, "code_group": e.attributes["group"],
              "is_open": e.attributes.get("is_open") == "yes"}
             for e in codelist(name).entries]) for name in GROUPED},
    }


def _is_child(band: Entry) -> bool | None:
    """Whether everybody in an age band is a child, or nobody is; None where the band does not say."""
    lower, upper = band.attributes["lower_years"], band.attributes["upper_years"]
    if upper and int(upper) < ADULT_FROM_YEARS:
        return True
    return False if lower and int(lower) >= ADULT_FROM_YEARS else None


def area_categories(partnership: Partnership) -> tuple[str, ...]:
    """Areas that counts tell apart: the partnership's own, and outside, withheld, not recorded, unmapped."""
    return (*partnership.areas, "outside", "withheld", NOT_RECORDED, UNMAPPED)


def build_core(connection: Connection, partnership: Partnership, agencies: dict[str, Agency],
               as_of: AsOf) -> dict[str, int]:
    """Make the core tables of one release in the warehouse, from temporary tables of this connection; rows
    per table."""
    submissions = current_submissions(connection, until_quarter=str(as_of.quarter), received_by=as_of.cut_off)
    tables = {"as_of_submissions": pl.DataFrame({"submission_id": submissions},
                                                schema={"submission_id": pl.String})}
    tables |= reference_tables(partnership, agencies)
    for name, frame in tables.items():
        connection.register("incoming", frame)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
        connection.unregister("incoming")
    for dataset in DATASETS.values():
        own = [str(COLUMNS[name].warehouse_name) for name in dataset.key]
        # a record without an event is a return of its quarter: each quarter's stands
        key = ", ".join(own if dataset.event is not None else [*own, "extract_quarter"])
        select = sql("core/latest").format(table=table_name(dataset.name), key=key)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE latest_{dataset.name} AS {select}")
    prepare_registers(connection)
    sizes = {}
    with transaction(connection):
        for name in CORE:
            connection.execute(f"CREATE OR REPLACE TABLE warehouse.core_{name} AS {sql(f'core/{name}')}")
            row = connection.execute(f"SELECT count(*) FROM warehouse.core_{name}").fetchone()
            sizes[name] = int(row[0]) if row else 0
        connection.execute("INSERT OR REPLACE INTO warehouse.about VALUES ('core_quarter', ?)",
                           [str(as_of.quarter)])
    return sizes


def count_cubes(connection: Connection, cubes: Iterable[Cube], quarter: Quarter, *,
                around: Callable[[str], AbstractContextManager[object]] = nullcontext) -> dict[str, int]:
    """Run cubes over the core tables and store their true counts, all or none; how many cells of each.

    ``around`` is entered with a cube's name while it is counted: it may say which one failed.

    Raises:
        ValueError: the core tables are those of another release.
    """
    row = connection.execute("SELECT value FROM warehouse.about WHERE key = 'core_quarter'").fetchone()
    if row is None or row[0] != str(quarter):
        raise ValueError(f"cubes: the core tables are not those of [{quarter}]. Make the asset [core] of it "
                         "first.")
    asked = list(cubes)
    with transaction(connection):
        clear_counts(connection, str(quarter), [cube.name for cube in asked])
        for cube in asked:
            with around(cube.name):
                _count(connection, cube, quarter)
        cells = counted_cells(connection, str(quarter))
    return {cube.name: cells.get(cube.name, 0) for cube in asked}


def _count(connection: Connection, cube: Cube, quarter: Quarter) -> None:
    """Run one cube. Call inside a transaction."""
    pairs = ", ".join(f"'{name}': {name}" for name in cube.columns)
    select = (
        # a file may serve several cubes: what one does not tell apart is added up
        f"SELECT $quarter, $cube, agency, split_part(links, '{SEEN_BY}', 1), period, MAP {{{pairs}}}, n, "
        f"split_part(links, '{SEEN_BY}', 2) FROM ("
        f"SELECT agency, links, period, {', '.join(cube.columns)}, sum(n)::BIGINT AS n "
        f"FROM ({sql(cube.sql or cube.name)}) WHERE period IS NOT NULL AND period <= $quarter "
        f"AND list_contains($readings::VARCHAR[], split_part(links, '{SEEN_BY}', 1)) GROUP BY ALL)"
    )
    about = {"quarter": str(quarter), "cube": cube.name,
             "readings": [links.value for links in cube.links] or [""]}
    contributors = _contributors(connection, cube) if cube.links and cube.period_kind == "quarter" else []
    with _each_seen_by(connection, contributors):
        add_counts(connection, select, about)


PEOPLE = {"core_victim_quarters": "core_victims", "core_suspect_quarters": "core_suspects",
          "core_police_victims": "core_victims"}
"""Core tables of people and where it stands which agency knows whom."""
SEEN_BY = "|"
"""Between a reading of the links and the agency to whose people it is narrowed."""


def _contributors(connection: Connection, cube: Cube) -> list[str]:
    """Agencies that know some of the people: where there is one only, nobody else's people can be found by
    subtraction."""
    source = "core_suspects" if cube.dataset == "suspects" else "core_victims"
    kinds = f"AND kind IN ({', '.join(repr(k) for k in cube.agency_kinds)})" if cube.agency_kinds else ""
    rows = connection.execute(
        f"SELECT DISTINCT agency FROM warehouse.{source} JOIN warehouse.core_agencies USING (agency) WHERE "
        f"true {kinds} ORDER BY 1").fetchall()
    return [agency for (agency,) in rows] if len(rows) > 1 else []


@contextmanager
def _each_seen_by(connection: Connection, contributors: list[str]) -> Iterator[None]:
    """Within it, each reading of the links stands once more for each contributor, narrowed to the people whom
    that agency knows: temporary views stand before the tables. A cube's SQL, which counts each reading apart,
    thus counts all contributors in one pass."""
    if not contributors:
        yield
        return
    agencies = ", ".join(f"'{agency}'" for agency in contributors)
    for people, known in PEOPLE.items():
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {people} AS SELECT * FROM warehouse.{people} UNION ALL BY NAME "
            f"SELECT p.* REPLACE (p.links || '{SEEN_BY}' || k.agency AS links) FROM warehouse.{people} AS p "
            f"JOIN (SELECT DISTINCT agency, links, person_id, period FROM warehouse.{known} "
            f"WHERE agency IN ({agencies})) AS k USING (links, person_id, period)")
    for known in set(PEOPLE.values()):
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {known} AS SELECT * FROM warehouse.{known} UNION ALL BY NAME "
            f"SELECT v.* REPLACE (v.links || '{SEEN_BY}' || c.contributor AS links) "
            f"FROM warehouse.{known} AS v CROSS JOIN (SELECT unnest([{agencies}]) AS contributor) AS c")
    try:
        yield
    finally:
        for view in (*PEOPLE, *set(PEOPLE.values())):
            connection.execute(f"DROP VIEW temp.{view}")


def make_core(hub: Hub, quarter: Quarter) -> dict[str, int]:
    """Step 9a: core tables of one release; rows per table."""
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        return build_core(connection, hub.partnership, hub.agencies, AsOf.of(quarter, hub.partnership))


def make_cubes(hub: Hub, cubes: Iterable[Cube], quarter: Quarter, *,
               around: Callable[[str], AbstractContextManager[object]] = nullcontext) -> dict[str, int]:
    """Step 9b: cubes of one release; how many cells each. ``around``: see :func:`count_cubes`."""
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        return count_cubes(connection, cubes, quarter, around=around)
