"""The first pass: match-keys in SQL, the vetoes, and the strict clusters they give.

What belongs here: identities, pairs that share a key, strict people. What does not: weights (model.py).
Works on temp tables of the connection it is handed: link_member, link_identity, link_key_pair, link_judged,
link_before.
"""

from __future__ import annotations

from typing import Final

import duckdb
import numpy as np

from anonymisation.linkage.cluster import Ints
from anonymisation.linkage.likeness import BIRTHS_UNLIKE, NAME_SURNAMES, NAMES_UNLIKE
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement
from anonymisation.tokens import MATCH_KEYS

MIN_SOURCE_RECORDS: Final = 500
"""A source smaller than this says too little about whether it lists people twice."""
MAX_REPEATS_IN_SOURCE: Final = 0.001
"""Strict links within a source per record, at or below which the source is believed to list nobody twice.
With 500 records and none seen, at most about 3 in 500 could be (rule of three)."""
MIN_SHARED_WITH_OTHERS: Final = 0.1
"""…provided that its people do appear in other sources this often: otherwise the keys are blind, not the
list clean."""

KNOWN_NAMES: Final = "link_known_name"
"""Temp table of forenames that people bear."""

EVIDENCE_ORDER: Final = "bit_count(passes) DESC, passes DESC, iid_l, iid_r"
"""Strongest first: most keys shared, then an order that a rerun repeats."""


def make_identities(
    con: duckdb.DuckDBPyConnection,
    tokens: str,
    source: str | None,
    settings: LinkSettings,
    *,
    history: str | None,
) -> None:
    """Temp tables link_member and link_identity from the relation `tokens`, a part of `history` if there is
    one."""
    columns = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {tokens}").fetchall()}
    source_sql = (
        f"CAST({source} AS VARCHAR)" if source is not None and source in columns else "CAST(NULL AS VARCHAR)"
    )
    known = {"rec_key", "k0"}
    dropped = "".join(
        f", {c}"
        for c in sorted(columns)
        if (c not in known and not c.startswith(("c_", "k"))) or c in _UNUSED & columns
    )
    con.execute(
        statement(
            "identities", source=source_sql, tokens=tokens, max_records=str(settings.max_identity_records)
        )
    )
    keys = ", ".join(f"tokens.{key}" for key in MATCH_KEYS if key != "k0")
    narrow = ", ".join(
        f"CASE WHEN tokens.{key} IS NOT NULL THEN hash(tokens.{key}) END AS {key}"
        for key in MATCH_KEYS
        if key != "k0"
    )
    con.execute(statement("identity_heads"))
    con.execute(statement("identity_tokens", tokens=tokens, dropped=dropped, keys=keys, narrow=narrow))
    con.execute("DROP TABLE temp.link_head")
    _mark_names(con, history)


def _mark_names(con: duckdb.DuckDBPyConnection, history: str | None) -> None:
    """link_identity with `is_name`: whether the forename is one that people bear, among all records of
    `history` or else among the identities at hand. In a part alone hardly any would be."""
    here = "SELECT c_forename_first FROM link_identity"
    told = f"(SELECT c_forename_first, c_surname FROM {history} WHERE c_forename_first IN ({here}))"
    spellings = "link_identity" if history is None else told
    con.execute(statement("known_names", spellings=spellings, n_surnames=str(NAME_SURNAMES)))
    con.execute("ALTER TABLE temp.link_identity ADD COLUMN is_name BOOLEAN DEFAULT false")
    con.execute(
        "UPDATE temp.link_identity SET is_name = true "
        f"WHERE c_forename_first IN (SELECT forename FROM {KNOWN_NAMES})"
    )


_UNUSED: Final = {"token_count", "spec_version"}


def make_pairs(con: duckdb.DuckDBPyConnection, settings: LinkSettings) -> None:
    """Temp tables link_key_pair and link_judged: every pair that shares a match-key, with its veto if there
    is one."""
    con.execute("CREATE OR REPLACE TEMP TABLE link_key_pair (iid_l BIGINT, iid_r BIGINT, passes INTEGER)")
    limit = str(settings.max_token_identities)
    con.execute(statement("own_reference_pairs", max_identities=limit))
    for number, key in enumerate(MATCH_KEYS):
        if number > 0:
            con.execute(statement("match_key_pairs", key=key, bit=str(1 << number), max_identities=limit))
    con.execute(statement("judged_pairs", names_unlike=NAMES_UNLIKE, births_unlike=BIRTHS_UNLIKE))


def make_before(con: duckdb.DuckDBPyConnection, previous: str | None) -> None:
    """Temp table link_before: whose each identity was in the last run (iid, person_uid)."""
    if previous is None:
        con.execute("CREATE OR REPLACE TEMP TABLE link_before (iid BIGINT, person_uid VARCHAR)")
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE link_before AS SELECT member.iid, min(before.person_uid) AS person_uid "
        f"FROM link_member AS member JOIN {previous} AS before USING (rec_key) GROUP BY member.iid"
    )


def pairs_of(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Ints, Ints]:
    """Two columns of identities, as positions (the number less one)."""
    left, right = list(con.execute(sql).fetchnumpy().values())[:2]
    return left.astype(np.int64) - 1, right.astype(np.int64) - 1


def _may_be_clean(n_records: int, n_repeats: float) -> bool:
    return n_records >= MIN_SOURCE_RECORDS and n_repeats <= MAX_REPEATS_IN_SOURCE * n_records


def clean_sources(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Sources that list nobody twice, learnt from the strict pairs; empty unless the data are plain about
    it."""
    sizes = dict(
        con.execute(
            "SELECT source, count(*) FROM link_member WHERE source IS NOT NULL GROUP BY source"
        ).fetchall()
    )
    if len(sizes) < 2:
        return set()
    equal = dict(
        con.execute(
            "SELECT source, count(*) - count(DISTINCT iid) FROM link_member GROUP BY source"
        ).fetchall()
    )
    if not any(_may_be_clean(n, float(equal[source])) for source, n in sizes.items()):
        return set()
    within = dict(
        con.execute(
            """
            SELECT l.source, count(*) FROM link_judged AS pair
            JOIN link_member AS l ON l.iid = pair.iid_l
            JOIN link_member AS r ON r.iid = pair.iid_r AND r.source = l.source
            WHERE pair.veto IS NULL GROUP BY l.source
            """
        ).fetchall()
    )
    shared = dict(
        con.execute(
            """
            WITH held AS (
                SELECT source, rec_key FROM link_member
                WHERE iid IN (SELECT iid FROM link_member GROUP BY iid HAVING count(DISTINCT source) > 1)
                UNION
                SELECT unnest([l.source, r.source]), unnest([l.rec_key, r.rec_key]) FROM link_judged AS pair
                JOIN link_member AS l ON l.iid = pair.iid_l
                JOIN link_member AS r ON r.iid = pair.iid_r AND r.source <> l.source
                WHERE pair.veto IS NULL
            )
            SELECT source, count(*) FROM held GROUP BY source
            """
        ).fetchall()
    )
    return {
        source
        for source, n in sizes.items()
        if _may_be_clean(n, float(equal[source] + within.get(source, 0)))
        and shared.get(source, 0) >= MIN_SHARED_WITH_OTHERS * n
    }
