"""The role bridge: how many people were victim and suspect in a year, and in which order. Counts, and
nothing else.

What belongs here: joining bridge tokens and counting. What does not: any id of a person or of a record:
none is read from the person tables, none leaves. The caller protects the counts like every cube before
anybody sees them.

The bridge table (proposed for the vault): `bridge_tokens(rec_key, submission_id, agency, role, event_day
DATE, k2 … BLOB)`, one row per record for which exploitation may be recorded, made by tokens.bridge_tokens.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import duckdb
import polars as pl

from anonymisation.linkage.statements import statement
from anonymisation.tokens import BRIDGE_KEYS

OVERLAP_SCHEMA: Final = {"year": pl.Int32, "role_order": pl.String, "n_people": pl.Int64}
ROLE_ORDERS: Final = ("victim_first", "suspect_first", "same_day")
MAX_TOKEN_RECORDS: Final = 60
"""A token on more records than this says nothing about one person (linkage.md §6.3)."""


def role_overlap(con: duckdb.DuckDBPyConnection, bridge: str, *, years: range) -> pl.DataFrame:
    """People in both roles by the year in which the second role began and the order of the roles,
    partnership-wide.

    Grain: year × order; a row for each, 0 where nobody was. A person counts once, in the year of the first
    record of the later role. `bridge` is a relation with role ("victim" or "suspect"), event_day and the
    bridge's match-keys.

    Raises:
        ValueError: the relation lacks a column, or holds another role. Nothing is returned.
    """
    columns = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {bridge}").fetchall()}
    missing = [c for c in ("rec_key", "role", "event_day", *BRIDGE_KEYS) if c not in columns]
    if missing:
        raise ValueError(
            f"The bridge table lacks [{len(missing)}] columns, first [{missing[0]}]. Nobody was counted."
        )
    other = con.execute(f"SELECT count(*) FROM {bridge} WHERE role NOT IN ('victim', 'suspect')").fetchone()
    if other is not None and other[0]:
        raise ValueError(f"The bridge table holds [{other[0]}] rows of another role than victim or suspect.")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bridge_record AS "
        f"SELECT *, row_number() OVER (ORDER BY rec_key) AS n FROM {bridge}"
    )
    try:
        held = " UNION ALL ".join(
            f"SELECT '{k}' AS key, {k} AS token, n FROM bridge_record WHERE {k} IS NOT NULL"
            for k in BRIDGE_KEYS
        )
        pairs = con.execute(
            statement("bridge_pairs", held=held, max_records=str(MAX_TOKEN_RECORDS))
        ).fetchall()
        rows = con.execute("SELECT n, role, event_day FROM bridge_record ORDER BY n").fetchall()
    finally:
        con.execute("DROP TABLE IF EXISTS temp.bridge_record")
    first: dict[int, dict[str, dt.date]] = {}
    person = _components(len(rows), pairs)
    for n, role, day in rows:
        if day is not None:
            days = first.setdefault(person[n - 1], {})
            days[role] = min(day, days.get(role, day))
    counts = dict.fromkeys(((year, order) for year in years for order in ROLE_ORDERS), 0)
    for days in first.values():
        if len(days) == 2:
            victim, suspect = days["victim"], days["suspect"]
            order = (
                "same_day" if victim == suspect else "victim_first" if victim < suspect else "suspect_first"
            )
            key = (max(victim, suspect).year, order)
            if key in counts:
                counts[key] += 1
    return pl.DataFrame(
        [{"year": year, "role_order": order, "n_people": n} for (year, order), n in counts.items()],
        schema=OVERLAP_SCHEMA,
    )


def _components(n: int, pairs: list[tuple[int, int]]) -> list[int]:
    parent = list(range(n))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for left, right in pairs:
        parent[find(right - 1)] = find(left - 1)
    return [find(i) for i in range(n)]
