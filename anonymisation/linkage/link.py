"""Tokens → people: the whole run, first pass, second pass, ids that persist, quality.

What belongs here: the order of the steps. What does not: each step (matchkeys.py, blocking.py, model.py,
threshold.py, cluster.py, people.py, quality.py). Works on temp tables of the connection it is handed and
drops them at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import polars as pl

from anonymisation.linkage import quality
from anonymisation.linkage.blocking import choose_rules, make_candidates
from anonymisation.linkage.cluster import Clusters, Ints
from anonymisation.linkage.levels import EXACT_COLUMNS, NULL_LEVEL
from anonymisation.linkage.matchkeys import (
    EVIDENCE_ORDER,
    KNOWN_NAMES,
    clean_sources,
    make_before,
    make_identities,
    make_pairs,
    pairs_of,
)
from anonymisation.linkage.model import compared, first_rates, make_levels, rates_of, score, settings_of
from anonymisation.linkage.people import persist
from anonymisation.linkage.result import ASSIGNMENT_SCHEMA, LinkResult
from anonymisation.linkage.rivals import Births, births_of
from anonymisation.linkage.second import add_links
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement
from anonymisation.linkage.training import train
from anonymisation.linkage.twins import TwinEvidence, find_pairs, weigh
from anonymisation.tokens import MATCH_KEYS

FIRST_PRIOR: Final = 1e-5
"""Of a model of which nothing could be learnt."""
SCORED_FROM_BITS: Final = -12.0
"""Pairs weaker than this against the first prior are not kept: they are no link, and missed ones are not
among them."""
NO_LINK_BITS: Final = 1000.0
"""Threshold of a run that added no link: JSON knows no infinity."""
MIN_NAMES_TOLD: Final = 0.5
"""Share of identities that must say a forename for one without to be no more than kin of one with."""
MIN_PLACE_TOLD: Final = 0.05
"""Share of the pairs weighed that must say where both live for kin to be told by it."""
KEYED_SAMPLE: Final = 20_000
"""Pairs that a match-key holds, weighed as well, so that the first pass has an estimate where no identifier
is known."""

TEMP_TABLES: Final = (
    "link_member", "link_head", "link_identity", "link_key_pair", "link_judged", "link_before",
    "link_candidate", "link_level", "link_scored", "link_strict",
)  # fmt: skip
INCOMING: Final = "link_incoming_tokens"
PREVIOUS: Final = "link_previous_people"


@contextmanager
def _relation(con: duckdb.DuckDBPyConnection, data: pl.DataFrame | str, name: str) -> Iterator[str]:
    """A frame as a relation for the length of a run, or the caller's own relation by its name."""
    if isinstance(data, str):
        yield data
        return
    con.register(name, data)
    try:
        yield name
    finally:
        con.unregister(name)


@dataclass(frozen=True, kw_only=True)
class _Numbers:
    """Identities as positions 0 … n-1, and their clusters as they grow."""

    iids: pl.Series
    """Numbers of the identities, 1 … n: a position is the number less one."""
    clusters: Clusters
    clean: set[str]
    twins: TwinEvidence
    births: Births


def _refuse(con: duckdb.DuckDBPyConnection, tokens: str) -> None:
    columns = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {tokens}").fetchall()}
    missing = [c for c in ("rec_key", *MATCH_KEYS, "c_dob", "c_nhs", "c_pnc") if c not in columns]
    if missing:
        raise ValueError(
            f"The tokens lack [{len(missing)}] columns that linkage reads, first [{missing[0]}]. "
            "Make them with anonymisation.tokens.tokenise; nobody was linked."
        )
    row = con.execute(
        f"SELECT count(*) - count(DISTINCT rec_key), count(DISTINCT spec_version) FROM {tokens}"
    ).fetchone()
    if row is not None and row[0]:
        raise ValueError(f"[{row[0]}] records have a record key that another has. Nobody was linked.")
    if row is not None and row[1] > 1:
        raise ValueError(
            f"The tokens are of [{row[1]}] versions of the specification and cannot meet. "
            "Re-tokenise the older ones."
        )


def _strict(con: duckdb.DuckDBPyConnection, settings: LinkSettings) -> _Numbers:
    """First-pass clusters; adds `strict` to link_identity and drops the match-keys from it."""
    rows = con.sql(
        "SELECT iid, c_nhs, c_pnc, sources, n_records, c_dob, c_dob_y, c_dob_m, c_dob_d FROM link_identity "
        "ORDER BY iid"
    ).pl()
    clean = clean_sources(con)
    codes = {
        name: (rows[name].rank("dense").cast(pl.Int64) - 1).fill_null(-1).to_numpy()
        for name in ("c_nhs", "c_pnc")
    }
    clusters = Clusters(
        nhs=codes["c_nhs"],
        pnc=codes["c_pnc"],
        max_size=settings.max_cluster_identities,
        only_one_of=[frozenset(clean.intersection(held or ())) for held in rows["sources"].to_list()]
        if clean
        else (),
    )
    left, right, is_same = find_pairs(con)
    apart = left[~is_same], right[~is_same]
    clusters.keep_apart(zip(*apart, strict=True))
    clusters.union(
        *pairs_of(
            con,
            f"SELECT iid_l, iid_r FROM link_judged WHERE veto IS NULL ORDER BY {EVIDENCE_ORDER}",
        )
    )
    twins = weigh(clusters, *apart, rows["n_records"].cast(pl.Int64).to_numpy(), int(is_same.sum()))
    _add_strict(con, rows["iid"], clusters)
    return _Numbers(iids=rows["iid"], clusters=clusters, clean=clean, twins=twins, births=births_of(rows))


def _add_strict(con: duckdb.DuckDBPyConnection, iids: pl.Series, clusters: Clusters) -> None:
    """link_identity without match-keys, with `strict` and how common each value is (`tf_…`): in all records
    where the caller made a table of that (an increment does), else among the identities at hand. Columns are
    added in place: the table is the widest there is, and copying it costs more than all blocking."""
    for key in MATCH_KEYS:
        if key != "k0":
            con.execute(f"ALTER TABLE temp.link_identity DROP COLUMN {key}")
    con.register("link_strict", pl.DataFrame({"iid": iids, "strict": clusters.labels()}))
    con.execute("ALTER TABLE temp.link_identity ADD COLUMN strict BIGINT")
    con.execute(
        "UPDATE temp.link_identity SET strict = told.strict FROM link_strict AS told "
        "WHERE told.iid = link_identity.iid"
    )
    con.unregister("link_strict")
    made = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for column in EXACT_COLUMNS.values():
        if f"link_frequency_{column}" not in made:
            con.execute(statement("frequency", column=column))
        con.execute(f"ALTER TABLE temp.link_identity ADD COLUMN tf_{column} DOUBLE")
        con.execute(
            f"UPDATE temp.link_identity SET tf_{column} = common.share "
            f"FROM link_frequency_{column} AS common WHERE common.value = link_identity.{column}"
        )


OPEN_SCOPE: Final = (
    "AND (l.strict <> r.strict OR (l.c_nhs IS NOT NULL AND r.c_nhs IS NOT NULL)"
    " OR (l.c_pnc IS NOT NULL AND r.c_pnc IS NOT NULL))"
)

NEW_SCOPE: Final = " AND (l.was IS NULL OR r.was IS NULL OR l.was = r.was)"
"""Of an increment: pairs with somebody new, and within a person of before, whom evidence may hold together.
Two people of before were weighed when they were new."""


def _add_was(con: duckdb.DuckDBPyConnection, previous: str) -> None:
    """link_identity with `was`: whose it was in the last run; null where any of its records is new."""
    con.execute("ALTER TABLE temp.link_identity ADD COLUMN was VARCHAR")
    con.execute(
        "UPDATE temp.link_identity SET was = before.person_uid FROM (SELECT * FROM link_before ANTI JOIN "
        f"(SELECT iid FROM link_member ANTI JOIN {previous} USING (rec_key)) USING (iid)) AS before "
        "WHERE before.iid = link_identity.iid"
    )


def link(
    con: duckdb.DuckDBPyConnection,
    tokens: pl.DataFrame | str,
    *,
    previous: pl.DataFrame | str | None = None,
    settings: LinkSettings | None = None,
    model: dict[str, Any] | None = None,
    source: str | None = "agency",
    attributes: pl.DataFrame | None = None,
) -> LinkResult:
    """Link every record of one role.

    Args:
        con: an open connection on the vault; temp tables are made on it and dropped, nothing is stored.
        tokens: a frame or the name of a relation with TOKEN_COLUMNS, and `source` if there is such a column.
        previous: (rec_key, person_uid, strict_uid) of the last run; None the first time.
        settings: thresholds; the house's if None.
        model: the model of an earlier run, to weigh with and not to train; None to train one.
        source: column that names the agency of each record.
        attributes: rec_key and coarse codes, for the missed-match estimate by group.

    Raises:
        ValueError: tokens lack columns, repeat record keys or mix versions. Nothing is changed.
    """
    chosen = settings or LinkSettings()
    with _relation(con, tokens, INCOMING) as relation:
        _refuse(con, relation)
        if previous is None:
            return _run(con, relation, None, chosen, model, source, attributes)
        with _relation(con, previous, PREVIOUS) as before:
            return _run(con, relation, before, chosen, model, source, attributes)


def _run(
    con: duckdb.DuckDBPyConnection,
    tokens: str,
    previous: str | None,
    settings: LinkSettings,
    model: dict[str, Any] | None,
    source: str | None,
    attributes: pl.DataFrame | None,
) -> LinkResult:
    try:
        make_identities(con, tokens, source, settings)
        make_pairs(con, settings)
        make_before(con, previous)
        numbers = _strict(con, settings)
        twins_apart = numbers.twins.keep_apart if model is None else bool(model["twins_apart"])
        strict_of = numbers.clusters.labels()
        if not twins_apart:
            numbers.clusters.forget_apart()
        rules, costs = choose_rules(con, settings) if settings.second_pass else ([], {})
        scope = OPEN_SCOPE
        if model is not None and previous is not None:
            _add_was(con, previous)
            scope += NEW_SCOPE
        n_candidates = make_candidates(con, rules, scope, settings)
        known = _weigh(con, model, settings)
        is_kin_apart = bool(known["kin_apart"]) if model is not None else twins_apart and _tells_place(con)
        if model is not None:
            is_nameless_apart = bool(known["nameless_apart"])
        else:
            is_nameless_apart = numbers.twins.are_seen and _tells_names(con)
        made = add_links(
            con,
            numbers.clusters,
            numbers.twins,
            numbers.births,
            known,
            settings,
            is_clean=bool(numbers.clean),
            is_kin_apart=is_kin_apart,
            is_nameless_apart=is_nameless_apart,
        )
        roots = numbers.clusters.labels()
        assignments, changes = _assign(con, numbers, strict_of, roots, previous)
        measured = quality.measure(
            con,
            pairs=made.pairs,
            births=numbers.births,
            is_kin_apart=is_kin_apart,
            strict_of=pl.DataFrame(
                {"iid": numbers.iids, "strict": strict_of, "cluster": roots},
                schema={"iid": pl.Int64, "strict": pl.Int64, "cluster": pl.Int64},
            ),
            thresholds=made.thresholds,
            settings=settings,
            attributes=attributes,
            source=source,
        )
    finally:
        for table in TEMP_TABLES:
            con.execute(f"DROP TABLE IF EXISTS temp.{table}")
        if model is None:
            con.execute(f"DROP TABLE IF EXISTS temp.{KNOWN_NAMES}")
            for column in EXACT_COLUMNS.values():
                con.execute(f"DROP TABLE IF EXISTS temp.link_frequency_{column}")
    facts = {
        **measured.values,
        "n_candidate_pairs": n_candidates,
        "blocking_pairs": costs,
        "vetoes": dict(sorted(numbers.clusters.refused.items())),
        "clean_sources": len(numbers.clean),
        "twin_like_pairs": len(numbers.twins.left),
        "twin_share": numbers.twins.share,
        "twins_apart": twins_apart,
    }
    return LinkResult(
        assignments=assignments,
        changes=changes,
        quality=facts,
        by_group=measured.by_group,
        model={
            "splink": known["splink"],
            "prior_bits": made.prior_bits,
            "threshold_bits": min(made.thresholds[0].bits, NO_LINK_BITS),
            "curve": made.curve.facts(),
            "twins_apart": twins_apart,
            "kin_apart": is_kin_apart,
            "nameless_apart": is_nameless_apart,
        },
    )


def _tells_place(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether enough of the pairs weighed say where both live: without, nothing tells kin from another
    name."""
    columns = {row[0] for row in con.execute("DESCRIBE link_level").fetchall()}
    if "g_place" not in columns:
        return False
    row = con.execute(
        f"SELECT count(*) FILTER (g_place <> {NULL_LEVEL}) / greatest(count(*), 1) FROM link_level"
    ).fetchone()
    return bool(row and row[0] >= MIN_PLACE_TOLD)


def _tells_names(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether most identities say a forename: in data that say none, the rest must do."""
    row = con.execute("SELECT count(c_fn1) / greatest(count(*), 1) FROM link_identity").fetchone()
    return bool(row and row[0] >= MIN_NAMES_TOLD)


def _weigh(
    con: duckdb.DuckDBPyConnection, model: dict[str, Any] | None, settings: LinkSettings
) -> dict[str, Any]:
    """Temp table link_scored from the candidates, and the model that weighed them: the one given, or one
    trained on them."""
    names = compared(con)
    known = model or {"splink": settings_of({name: first_rates(name) for name in names}, FIRST_PRIOR)}
    held = names if model is None else list(rates_of(model["splink"]))
    if not settings.second_pass or not held:
        con.execute("CREATE OR REPLACE TEMP TABLE link_level (iid_l BIGINT, iid_r BIGINT)")
        con.execute("CREATE OR REPLACE TEMP TABLE link_scored (iid_l BIGINT, iid_r BIGINT, bits DOUBLE)")
        return known
    con.execute(statement("keyed_sample", n_pairs=str(KEYED_SAMPLE)))
    make_levels(con, held, pairs="link_candidate", into="link_level")
    if model is None:
        known = {"splink": train(con, names, settings)}
    score(con, known["splink"], at_least_bits=SCORED_FROM_BITS)
    return known


def _assign(
    con: duckdb.DuckDBPyConnection,
    numbers: _Numbers,
    strict_of: Ints,
    roots: Ints,
    previous: str | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ids and grade of every record, and the log of merges and splits of people (all links)."""
    members = con.sql("SELECT rec_key, iid FROM link_member").pl()
    clusters = pl.DataFrame(
        {"iid": numbers.iids, "strict": strict_of, "cluster": roots},
        schema={"iid": pl.Int64, "strict": pl.Int64, "cluster": pl.Int64},
    )
    told = con.sql("SELECT iid, is_told FROM link_identity").pl()
    records = members.join(clusters, on="iid").join(told, on="iid")
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
