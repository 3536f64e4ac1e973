"""The first pass: who is held together by match-keys alone, and the tables that both passes work on.

What belongs here: the order of its steps, and the life of the temp tables. What does not: each step
(matchkeys.py, twins.py, cluster.py); the second pass (second.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

from anonymisation.linkage.cluster import Clusters, Ints
from anonymisation.linkage.levels import EXACT_COLUMNS
from anonymisation.linkage.matchkeys import (
    EVIDENCE_ORDER,
    KNOWN_NAMES,
    clean_sources,
    make_before,
    make_identities,
    make_pairs,
    pairs_of,
)
from anonymisation.linkage.rivals import Births, births_of
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.shared import NOTHING_SHARED, Shared, learn, set_aside
from anonymisation.linkage.statements import statement
from anonymisation.linkage.twins import TwinEvidence, find_pairs, weigh
from anonymisation.tokens import MATCH_KEYS

FREQUENCIES: Final = tuple(f"link_frequency_{column}" for column in EXACT_COLUMNS.values())
TEMP_TABLES: Final = (
    "link_member", "link_head", "link_identity", "link_key_pair", "link_judged", "link_before",
    "link_candidate", "link_level", "link_scored", "link_strict", "link_spelling", KNOWN_NAMES, *FREQUENCIES,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FirstPass:
    """Identities as positions 0 … n-1, and their clusters as they grow."""

    iids: pl.Series
    """Numbers of the identities, 1 … n: a position is the number less one."""
    clusters: Clusters
    strict: Ints
    """The cluster of each identity before any evidence was weighed."""
    clean: set[str]
    twins: TwinEvidence
    births: Births
    shared: Shared
    """Numbers that were set aside."""

    def people(self, roots: Ints) -> pl.DataFrame:
        """iid, strict and cluster, `roots` being the cluster of each identity after both passes."""
        return pl.DataFrame(
            {"iid": self.iids, "strict": self.strict, "cluster": roots},
            schema={"iid": pl.Int64, "strict": pl.Int64, "cluster": pl.Int64},
        )


def refuse(con: duckdb.DuckDBPyConnection, tokens: str) -> None:
    """Raises ValueError for tokens that lack columns, repeat record keys or mix versions."""
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


@contextmanager
def first_pass(
    con: duckdb.DuckDBPyConnection,
    tokens: str,
    *,
    previous: str | None,
    history: str | None,
    source: str | None,
    settings: LinkSettings,
    known: Shared = NOTHING_SHARED,
) -> Iterator[FirstPass]:
    """Link by match-keys; the temp tables that the second pass works on stand within the block.

    Args:
        tokens: relation of the records to be linked.
        previous: relation (rec_key, person_uid, strict_uid) of the last run; None the first time.
        history: relation with the tokens of all records, where those to be linked are a part of them: how
            common a value is, is told among all.
        known: numbers that a run before has set aside; those that these records tell of are as well.
    """
    try:
        make_identities(con, tokens, source, settings, history=history)
        shared = learn(con, settings).and_also(known)
        set_aside(con, shared)
        make_pairs(con, settings)
        make_before(con, previous)
        yield _strict(con, settings, history, shared)
    finally:
        for table in TEMP_TABLES:
            con.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _strict(
    con: duckdb.DuckDBPyConnection, settings: LinkSettings, history: str | None, shared: Shared
) -> FirstPass:
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
    found = find_pairs(con)
    apart = ~found.is_same
    clusters.keep_apart(zip(found.left[apart], found.right[apart], strict=True))
    clusters.union(
        *pairs_of(
            con,
            f"SELECT iid_l, iid_r FROM link_judged WHERE veto IS NULL ORDER BY {EVIDENCE_ORDER}",
        )
    )
    twins = weigh(clusters, found, rows["n_records"].cast(pl.Int64).to_numpy())
    strict = clusters.labels()
    _add_strict(con, pl.DataFrame({"iid": rows["iid"], "strict": strict}), history)
    return FirstPass(
        iids=rows["iid"],
        clusters=clusters,
        strict=strict,
        clean=clean,
        twins=twins,
        births=births_of(rows),
        shared=shared,
    )


def _add_strict(con: duckdb.DuckDBPyConnection, strict: pl.DataFrame, history: str | None) -> None:
    """link_identity without match-keys, with `strict` and how common each value is (`tf_…`), among all of
    `history` or else among the identities at hand. Columns are added in place: the table is the widest there
    is, and copying it costs more than all blocking."""
    for key in MATCH_KEYS:
        if key != "k0":
            con.execute(f"ALTER TABLE temp.link_identity DROP COLUMN {key}")
    con.register("link_strict", strict)
    con.execute("ALTER TABLE temp.link_identity ADD COLUMN strict BIGINT")
    con.execute(
        "UPDATE temp.link_identity SET strict = told.strict FROM link_strict AS told "
        "WHERE told.iid = link_identity.iid"
    )
    con.unregister("link_strict")
    if history is not None:
        con.execute(statement("spellings", tokens=history))
    for column in EXACT_COLUMNS.values():
        con.execute(statement("frequency" if history is None else "frequency_of_part", column=column))
        con.execute(f"ALTER TABLE temp.link_identity ADD COLUMN tf_{column} DOUBLE")
        con.execute(
            f"UPDATE temp.link_identity SET tf_{column} = common.share "
            f"FROM link_frequency_{column} AS common WHERE common.value = link_identity.{column}"
        )
