"""Step 8: tokens become people, across agencies and time. The vault keeps who is whom; the warehouse learns
only keyed ids.

What belongs here: which tokens a release links, and carrying the result from vault to warehouse. What does
not: linking (``anonymisation.linkage``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from anonymisation.keys import KeyRing
from anonymisation.linkage.increment import link_increment
from anonymisation.linkage.link import link
from anonymisation.linkage.overlap import OVERLAP_SCHEMA, role_overlap
from anonymisation.linkage.result import LinkResult
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.upkeep import facts_of, groups_since, quality_since, stored_model, why_whole
from anonymisation.tokens import MATCH_KEYS, warehouse_ids
from pipelines.hub import Hub
from pipelines.steps.aggregate import AsOf
from pipelines.steps.receive import open_stores
from pipelines.store import vault
from pipelines.store.connect import Connection, connect
from pipelines.store.warehouse import RoleLinks, current_submissions, links_version, store_links
from schemas.datasets import DATASETS
from schemas.measures.cubes import Links
from schemas.quarters import Quarter
from schemas.records import table_name

ATTRIBUTES = ("sex", "age_band", "ethnicity")
"""Coarse codes by which missed matches are estimated: linkage errors must not fall on one group."""


def link_people(hub: Hub, quarter: Quarter, *, relink: bool = False) -> dict[str, float | int | str]:
    """Link every role as of the release of ``quarter``; counts and estimates for the log.

    What is new is linked to the people there are (``link_increment``). Everybody is linked anew at first,
    when ``relink`` asks for it, and by the rule of ``anonymisation.linkage.upkeep``.
    """
    keys = hub.keys()
    told: dict[str, float | int | str] = {}
    links: list[RoleLinks] = []
    quality: list[pl.DataFrame] = []
    with connect(hub.places, keys, vault=True, warehouse=True) as connection:
        open_stores(connection, keys)
        as_of = AsOf.of(quarter, hub.partnership)
        known = current_submissions(connection, until_quarter=str(quarter), received_by=as_of.cut_off)
        connection.execute("USE memory")
        for role in vault.token_tables(connection):
            with vault.shown(connection, role, known) as gone:
                before = vault.people_version(connection, role)
                run = link_role(connection, role, quarter, keys, gone=gone, relink=relink)
                n_told = _n_told(connection) if run.reason == INCREMENT else 0
            is_part = run.reason == INCREMENT and before == links_version(connection, role)
            changed = pl.concat([run.result.assignments["rec_key"], gone]) if is_part else None
            links.append(_carried(connection, role, changed, keys))
            measured, by_group = run.result.quality, run.result.by_group
            sizes, n_strict = vault.people_sizes(connection, role)
            if run.reason == INCREMENT:
                measured = quality_since(run.model, run.result, sizes, n_strict, n_told, run.n_new)
                by_group = groups_since(run.model)
            quality.append(_quality(measured, by_group, run.model, role, quarter))
            told |= {f"{role}_records": int(sizes.sum()), f"{role}_people": len(sizes),
                     f"{role}_linked_now": run.result.assignments.height, f"{role}_run": run.reason}
        overlap = _both_roles(connection, known, as_of, hub)
        store_links(connection, links, pl.concat(quality) if quality else pl.DataFrame(), overlap,
                    str(quarter))
    return told


def _carried(connection: Connection, role: str, changed: pl.Series | None, keys: KeyRing) -> RoleLinks:
    """Links of one role for the warehouse: of the records ``changed``, all of whose people's records are
    among them, or of everybody."""
    people = vault.dated_people(connection, role, changed)
    return RoleLinks(
        role=role,
        rows=pl.concat([links_of(people, role, reading, keys) for reading in Links]),
        replaced=None if changed is None else warehouse_ids(changed, purpose="record", keys=keys),
        version=vault.people_version(connection, role))


INCREMENT = "increment"


@dataclass(frozen=True, kw_only=True)
class RoleRun:
    """One role's run."""

    result: LinkResult
    model: dict[str, Any]
    """As it is stored."""
    reason: str
    """Why everybody was linked anew, or INCREMENT."""
    n_new: int
    """Records that had no person, or whose person had lost one."""


def _count(connection: Connection, relation: str, condition: str = "true") -> int:
    row = connection.execute(f"SELECT count(*) FROM {relation} WHERE {condition}").fetchone()
    return int(row[0]) if row else 0


def _n_told(connection: Connection) -> int:
    """Records shown that say enough to be recognised."""
    keys = ", ".join(key for key in MATCH_KEYS if key != "k0")
    return _count(connection, vault.SHOWN, f"coalesce({keys}) IS NOT NULL")


def _both_roles(connection: Connection, known: list[str], as_of: AsOf, hub: Hub) -> pl.DataFrame:
    """year, role_order, n_people: the one thing that is ever worked out across the roles, a count for the
    whole partnership."""
    if not vault.has_bridge(connection):
        return pl.DataFrame(schema=OVERLAP_SCHEMA)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE bridge_known AS SELECT * FROM vault.bridge "
        "WHERE list_contains($known::VARCHAR[], submission_id)", {"known": known})
    years = range(hub.partnership.first_quarter.year, as_of.quarter.year + 1)
    counts = role_overlap(connection, "bridge_known", years=years)
    connection.execute("DROP TABLE bridge_known")
    return counts


def link_role(connection: Connection, role: str, quarter: Quarter, keys: KeyRing, *, gone: pl.Series,
              relink: bool = False) -> RoleRun:
    """Link one role's tokens within :func:`pipelines.store.vault.shown`, and store who is whom. People keep
    the ids that they had.

    An increment reads history in the columns that it searches, and writes who changed.
    """
    n_linked, n_shaken = _count(connection, vault.FRESH), _count(connection, vault.SHAKEN)
    kept = vault.last_model(connection, role)
    model = json.loads(kept) if kept is not None else None
    facts = facts_of(LinkSettings(), keys.check_value("linkage"))
    reason = why_whole(model, facts, n_new=n_linked - n_shaken, n_gone=gone.len(), is_asked=relink)
    if reason is not None or model is None:
        result = link(connection, vault.SHOWN, previous=vault.STANDING,
                      attributes=_attributes(connection, role, keys))
        run = RoleRun(result=result, model=stored_model(result, facts, str(quarter)),
                      reason=reason or "first", n_new=n_linked)
    else:
        result = link_increment(connection, tokens=vault.SHOWN, new=vault.FRESH, people=vault.SETTLED,
                                again=vault.SHAKEN, model=model)
        run = RoleRun(result=result, model=model, reason=INCREMENT, n_new=n_linked)
    vault.store_people(connection, role, run.result.assignments, run.result.changes, quarter=str(quarter),
                       model=json.dumps(run.model), gone=gone)
    return run


def _attributes(connection: Connection, role: str, keys: KeyRing) -> pl.DataFrame:
    """rec_key and coarse codes of the records to be linked, in memory only: the vault keeps none of it."""
    rec_keys = connection.execute(f"SELECT rec_key FROM {vault.SHOWN}").pl()["rec_key"]
    parts = [f"SELECT record_id, {', '.join(ATTRIBUTES)} FROM warehouse.{table_name(d.name)}"
             for d in DATASETS.values() if d.role == role]
    records = connection.execute(" UNION ALL ".join(parts)).pl()
    ids = pl.DataFrame({"rec_key": rec_keys, "record_id": warehouse_ids(rec_keys, purpose="record",
        keys=keys)})
    return ids.join(records, on="record_id", how="inner").drop("record_id")


def links_of(people: pl.DataFrame, role: str, reading: Links, keys: KeyRing) -> pl.DataFrame:
    """record_id, role, links, person_id, person_day, for one reading of the links; keyed ids only.

    ``person_day`` counts from a day that is the person's own and hidden: the first event less an offset that
    only the warehouse key tells, so that intervals are exact and no calendar day can be read from them.
    """
    uid = pl.col("strict_uid" if reading is Links.STRICT else "person_uid")
    frame = people.select("rec_key", uid.alias("uid"), "event_day")
    frame = frame.with_columns(
        warehouse_ids(frame["rec_key"], purpose="record", keys=keys).alias("record_id"),
        warehouse_ids(frame["uid"], purpose="person", keys=keys).alias("person_id"))
    offset = pl.col("person_id").str.slice(0, 4).str.to_integer(base=16, strict=True) % OFFSET_DAYS
    return frame.select(
        "record_id", pl.lit(role).alias("role"), pl.lit(reading.value).alias("links"), "person_id",
        ((pl.col("event_day") - pl.col("event_day").min().over("person_id")).dt.total_days() + offset)
        .cast(pl.Int32).alias("person_day"))


OFFSET_DAYS = 1000
"""Width of the hidden offset of a person's own calendar."""


def _quality(measured: dict[str, Any], by_group: pl.DataFrame, model: dict[str, Any], role: str,
             quarter: Quarter) -> pl.DataFrame:
    """Rates and counts of one run in long form: quarter, role, measure, breakdown, category, value; and, as
    categories, the versions of model and specification, the key's check value, and the quarter of the
    estimates."""
    rows: list[tuple[str, str, str, str, str, float]] = [
        (str(quarter), role, name, "all", "all", float(value))
        for name, value in sorted(measured.items()) if isinstance(value, int | float)
    ] + [
        (str(quarter), role, name, "bin", str(category), float(value))
        for name, values in sorted(measured.items()) if isinstance(values, dict)
        for category, value in values.items() if isinstance(value, int | float)
    ] + [
        (str(quarter), role, name, "version", str(value), 1.0)
        for name, value in (*((n, v) for n, v in model["facts"].items() if n != "settings"),
                            ("learnt_in", model["learnt_in"]))
    ]
    rows += [
        (str(quarter), role, "missed_share", str(row["attribute"]), str(row["group"]),
         float(row["missed_share"]))
        for row in by_group.iter_rows(named=True) if row.get("missed_share") is not None
    ]
    return pl.DataFrame(rows, orient="row", schema={
        "quarter": pl.String, "role": pl.String, "measure": pl.String, "breakdown": pl.String,
        "category": pl.String,
        "value": pl.Float64})


