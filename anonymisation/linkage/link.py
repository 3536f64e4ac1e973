"""Tokens → people: the whole run, first pass, second pass, ids that persist, quality.

What belongs here: the order of the steps. What does not: each step (matchkeys.py, blocking.py, model.py,
threshold.py, cluster.py, people.py, quality.py). Works on temp tables of the connection it is handed and
drops them at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any, Final

import duckdb
import polars as pl

from anonymisation.linkage import quality
from anonymisation.linkage.blocking import choose_rules, make_candidates
from anonymisation.linkage.cluster import Clusters
from anonymisation.linkage.matchkeys import (
    EVIDENCE_ORDER,
    clean_sources,
    make_before,
    make_identities,
    make_pairs,
    pairs_of,
)
from anonymisation.linkage.model import compared, first_settings, score, train
from anonymisation.linkage.people import persist
from anonymisation.linkage.result import ASSIGNMENT_SCHEMA, LinkResult
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement
from anonymisation.linkage.threshold import Threshold, choose, learn_prior, log_odds, probability
from anonymisation.linkage.twins import TwinEvidence, find_pairs, weigh
from anonymisation.tokens import MATCH_KEYS

FIRST_PRIOR: Final = 1e-5
"""Where training starts; the prior that counts is learnt from the scored pairs afterwards."""
SCORED_FROM_BITS: Final = -12.0
"""Pairs weaker than this against the first prior are not kept: they are no link, and missed ones are not
among them."""
KEYED_SAMPLE: Final = 20_000
"""Pairs that a match-key holds, weighed as well, so that the first pass has an estimate where no identifier
is known."""
MAX_ROUNDS: Final = 5
"""Rounds among what is left over, where no source lists anybody twice."""

TEMP_TABLES: Final = (
    "link_member", "link_identity", "link_key_pair", "link_judged", "link_before", "link_candidate",
    "link_scored", "link_strict",
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

    iids: list[int]
    position: dict[int, int]
    clusters: Clusters
    clean: set[str]
    twins: TwinEvidence


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
    rows = con.execute(
        "SELECT iid, c_nhs, c_pnc, sources, n_records FROM link_identity ORDER BY iid"
    ).fetchall()
    iids = [row[0] for row in rows]
    position = {iid: i for i, iid in enumerate(iids)}
    clean = clean_sources(con)
    clusters = Clusters(
        nhs=[row[1] for row in rows],
        pnc=[row[2] for row in rows],
        max_size=settings.max_cluster_identities,
        only_one_of=[frozenset(clean.intersection(row[3] or ())) for row in rows] if clean else [],
    )
    left, right, is_same = find_pairs(con, position)
    unsure = [not same for same in is_same]
    apart = list(compress(left, unsure)), list(compress(right, unsure))
    clusters.keep_apart(zip(*apart, strict=True))
    clusters.union(
        *pairs_of(
            con,
            f"SELECT iid_l, iid_r FROM link_judged WHERE veto IS NULL ORDER BY {EVIDENCE_ORDER}",
            position,
        )
    )
    twins = weigh(clusters, *apart, [row[4] for row in rows], sum(is_same))
    strict = pl.DataFrame(
        {"iid": iids, "strict": clusters.roots()}, schema={"iid": pl.Int64, "strict": pl.Int64}
    )
    con.register("link_strict_frame", strict)
    keys = ", ".join(key for key in MATCH_KEYS if key != "k0")
    con.execute("CREATE OR REPLACE TEMP TABLE link_strict AS SELECT * FROM link_strict_frame")
    con.unregister("link_strict_frame")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE link_identity AS SELECT identity.* EXCLUDE ({keys}), strict.strict "
        "FROM link_identity AS identity JOIN link_strict AS strict USING (iid)"
    )
    return _Numbers(iids=iids, position=position, clusters=clusters, clean=clean, twins=twins)


OPEN_SCOPE: Final = (
    "AND (l.strict <> r.strict OR (l.c_nhs IS NOT NULL AND r.c_nhs IS NOT NULL)"
    " OR (l.c_pnc IS NOT NULL AND r.c_pnc IS NOT NULL))"
)


def _possible_pairs(numbers: _Numbers) -> float:
    """Pairs of identities that could be one person: all, or those of clusters that no clean source keeps
    apart."""
    n = len(numbers.iids)
    if not numbers.clean:
        return n * (n - 1) / 2
    standing: dict[frozenset[str], int] = {}
    for root in set(numbers.clusters.roots()):
        sources = numbers.clusters.sources(root)
        standing[sources] = standing.get(sources, 0) + 1
    groups = list(standing.items())
    total = 0.0
    for i, (sources, n_here) in enumerate(groups):
        if not sources:
            total += n_here * (n_here - 1) / 2
        total += sum(n_here * n_there for there, n_there in groups[i + 1 :] if sources.isdisjoint(there))
    return total


def _second(
    con: duckdb.DuckDBPyConnection, numbers: _Numbers, model: dict[str, Any], settings: LinkSettings
) -> tuple[pl.DataFrame, list[Threshold], float]:
    """Join what the evidence carries; the scored pairs with the probability believed of each, thresholds
    and prior.

    A model of an earlier run brings its prior and threshold: an increment is too small to learn them.
    """
    pairs = con.sql(statement("scored_pairs")).pl()
    first_prior = log_odds(float(model["splink"]["probability_two_random_records_match"]))
    is_fixed = "prior_bits" in model
    ratio = pairs["bits"].to_numpy() - first_prior
    pairs = pairs.with_columns(
        ratio=ratio,
        l=pairs["iid_l"].replace_strict(numbers.position, return_dtype=pl.Int64),
        r=pairs["iid_r"].replace_strict(numbers.position, return_dtype=pl.Int64),
    )
    twins = pl.DataFrame(
        {"l": numbers.twins.left, "r": numbers.twins.right}, schema={"l": pl.Int64, "r": pl.Int64}
    )
    known = pairs.filter(pl.col("is_known_same").is_not_null() & ~pl.col("is_keyed")).join(
        twins, on=["l", "r"], how="anti"
    )
    still_open = pairs.filter(pl.col("is_open") & pl.col("is_known_same").fill_null(True))
    thresholds: list[Threshold] = []
    priors: list[float] = []
    for _ in range(MAX_ROUNDS if numbers.clean and not is_fixed else 1):
        joinable = numbers.clusters.may_join(still_open["l"].to_list(), still_open["r"].to_list())
        still_open = still_open.filter(pl.Series(joinable, dtype=pl.Boolean))
        ratios = still_open["ratio"].to_numpy()
        prior = model["prior_bits"] if is_fixed else learn_prior(ratios, _possible_pairs(numbers))
        posterior = still_open["ratio"].to_numpy() + prior
        trial = still_open.with_columns(posterior=posterior)
        if numbers.clean:
            contenders = numbers.clusters.copy().union(trial["l"].to_list(), trial["r"].to_list())
            trial = trial[contenders]
        threshold, believed = choose(
            trial["posterior"].to_numpy(),
            probability(trial["posterior"].to_numpy()),
            known["ratio"].to_numpy() + prior,
            known["is_known_same"].to_numpy(),
            settings,
        )
        if is_fixed:
            threshold = replace(threshold, bits=model["threshold_bits"])
        trial = trial.with_columns(believed=believed)
        priors.append(prior)
        thresholds.append(threshold)
        slack = pl.when(pl.col("was_one")).then(settings.split_slack_bits).otherwise(0.0)
        linked = trial.filter(pl.col("posterior") + slack >= threshold.bits)
        if not numbers.clusters.union(linked["l"].to_list(), linked["r"].to_list()):
            break
    _, believed = choose(
        pairs["ratio"].to_numpy() + priors[0],
        probability(pairs["ratio"].to_numpy() + priors[0]),
        known["ratio"].to_numpy() + priors[0],
        known["is_known_same"].to_numpy(),
        settings,
    )
    return pairs.with_columns(posterior=pl.col("ratio") + priors[0], believed=believed), thresholds, priors[0]


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
        strict_of = numbers.clusters.roots()
        if not twins_apart:
            numbers.clusters.apart.clear()
        rules, costs = choose_rules(con, settings) if settings.second_pass else ([], {})
        n_candidates = make_candidates(con, rules, OPEN_SCOPE, settings)
        if settings.second_pass:
            con.execute(statement("keyed_sample", n_pairs=str(KEYED_SAMPLE)))
        comparisons = compared(con)
        known = model if model is not None else {"splink": first_settings(comparisons, FIRST_PRIOR)}
        if settings.second_pass and n_candidates:
            if model is None:
                known = {"splink": train(con, comparisons, FIRST_PRIOR, settings)}
            score(con, known["splink"], at_least_bits=SCORED_FROM_BITS)
        else:
            con.execute("CREATE OR REPLACE TEMP TABLE link_scored (iid_l BIGINT, iid_r BIGINT, bits DOUBLE)")
        pairs, thresholds, prior = _second(con, numbers, known, settings)
        roots = numbers.clusters.roots()
        assignments, changes = _assign(con, numbers, strict_of, roots, previous)
        measured = quality.measure(
            con,
            pairs=pairs,
            strict_of=pl.DataFrame(
                {"iid": numbers.iids, "strict": strict_of, "cluster": roots},
                schema={"iid": pl.Int64, "strict": pl.Int64, "cluster": pl.Int64},
            ),
            thresholds=thresholds,
            settings=settings,
            attributes=attributes,
            source=source,
        )
    finally:
        for table in TEMP_TABLES:
            con.execute(f"DROP TABLE IF EXISTS temp.{table}")
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
            "prior_bits": prior,
            "threshold_bits": thresholds[0].bits,
            "twins_apart": twins_apart,
        },
    )


def _assign(
    con: duckdb.DuckDBPyConnection,
    numbers: _Numbers,
    strict_of: list[int],
    roots: list[int],
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
