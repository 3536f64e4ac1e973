"""People who persist: clusters of this run → ids of the last, and the log of who was merged or split.

What belongs here: which cluster keeps which id. What does not: which records are one cluster (cluster.py).
Ids are 128 random bits; they say nothing of a person and are never made from anything.
"""

from __future__ import annotations

import secrets

import duckdb
import polars as pl

from anonymisation.linkage.cluster import Ints
from anonymisation.linkage.first import FirstPass
from anonymisation.linkage.result import ASSIGNMENT_SCHEMA, CHANGE_SCHEMA

UID_BYTES = 16


def fresh_uids(n: int) -> pl.Series:
    """`n` random ids of 32 hex digits."""
    text = secrets.token_bytes(UID_BYTES * n).hex()
    width = 2 * UID_BYTES
    return pl.Series("uid", [text[i : i + width] for i in range(0, len(text), width)], dtype=pl.String)


def persist(clusters: pl.DataFrame, previous: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give each cluster an id: its people's own where they have one, else a fresh one.

    Args:
        clusters: rec_key, cluster.
        previous: rec_key, uid of the last run; None or empty the first time.

    Returns:
        (cluster, uid), and the log (CHANGE_SCHEMA). Where several ids meet in a cluster the one with most
        records stays and supersedes the others; where one id falls into several clusters the largest part
        keeps it. Ties go to the id that sorts first, so that a rerun decides alike.
    """
    every = clusters.select(pl.col("cluster").unique())
    if previous is None or previous.height == 0:
        return every.with_columns(fresh_uids(every.height)), pl.DataFrame(schema=CHANGE_SCHEMA)
    met = (
        clusters.join(previous, on="rec_key")
        .group_by("cluster", "uid")
        .agg(n=pl.len())
        .with_columns(n_uids=pl.len().over("cluster"), n_clusters=pl.len().over("uid"))
    )
    plain = met.filter((pl.col("n_uids") == 1) & (pl.col("n_clusters") == 1))
    contested = met.filter((pl.col("n_uids") > 1) | (pl.col("n_clusters") > 1)).sort(
        ["n", "uid", "cluster"], descending=[True, False, False]
    )
    kept: dict[int, str] = {}
    taken: set[str] = set()
    for cluster, uid in contested.select("cluster", "uid").iter_rows():
        if cluster not in kept and uid not in taken:
            kept[cluster] = uid
            taken.add(uid)
    known = pl.concat(
        [
            plain.select("cluster", "uid"),
            pl.DataFrame(
                {"cluster": list(kept), "uid": list(kept.values())},
                schema={"cluster": met.schema["cluster"], "uid": pl.String},
            ),
        ]
    )
    unnamed = every.join(known, on="cluster", how="anti")
    named = pl.concat([known, unnamed.with_columns(fresh_uids(unnamed.height))])
    moved = (
        contested.join(named.rename({"uid": "new_uid"}), on="cluster")
        .filter(pl.col("uid") != pl.col("new_uid"))
        .select(
            old_uid="uid",
            new_uid="new_uid",
            superseded_by="new_uid",
            kind=pl.when(pl.col("uid").is_in(list(taken))).then(pl.lit("split")).otherwise(pl.lit("merge")),
        )
        .sort("old_uid", "new_uid")
    )
    return named, moved


def assign(
    con: duckdb.DuckDBPyConnection, first: FirstPass, roots: Ints, previous: str | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ids and grade of every record (ASSIGNMENT_SCHEMA), and the log of merges and splits of people, by all
    links (CHANGE_SCHEMA). `roots`: the cluster of each identity after both passes."""
    members = con.sql("SELECT rec_key, iid FROM link_member").pl()
    told = con.sql("SELECT iid, is_told FROM link_identity").pl()
    records = members.join(first.people(roots), on="iid").join(told, on="iid")
    before = (
        con.sql(f"SELECT rec_key, person_uid, strict_uid FROM {previous}").pl()
        if previous is not None
        else None
    )
    old = (
        (lambda uid: None) if before is None else (lambda uid: before.select("rec_key", uid=uid).drop_nulls())
    )
    people, changes = persist(records.select("rec_key", cluster="cluster"), old("person_uid"))
    strict, _ = persist(records.select("rec_key", cluster="strict"), old("strict_uid"))
    graded = records.with_columns(
        n_strict=pl.len().over("strict"), n_all=pl.len().over("cluster")
    ).with_columns(
        grade=pl.when(pl.col("n_strict") > 1).then(pl.lit("A"))
        .when(pl.col("n_all") > 1).then(pl.lit("B"))
        .when(pl.col("is_told")).then(pl.lit("alone"))
        .otherwise(pl.lit("unlinkable"))
    )  # fmt: skip
    assignments = (
        graded.join(people.rename({"uid": "person_uid"}), on="cluster")
        .join(strict.rename({"cluster": "strict", "uid": "strict_uid"}), on="strict")
        .select(list(ASSIGNMENT_SCHEMA))
        .sort("rec_key")
    )
    return assignments, changes
