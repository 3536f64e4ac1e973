"""The vault: keyed tokens, event days and the crosswalk from records to people. No names, no offences, no
services.

What belongs here: the vault's tables, and reading and writing them. What does not: making tokens
(``anonymisation.tokens``) and linking them (``anonymisation.linkage``).

The vault is written first, under a new submission id; the warehouse's transaction is the commit. Rows of
submissions that the warehouse does not know are orphans and are swept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb
import polars as pl

from pipelines.store.connect import StoreError, is_prepared, note_prepared, transaction, was_prepared

SCHEMA_VERSION = 1

_KEYS = "rec_key VARCHAR NOT NULL, submission_id VARCHAR NOT NULL, agency VARCHAR NOT NULL"
_TABLES = {
    "event_days": f"{_KEYS}, role VARCHAR NOT NULL, event_day DATE NOT NULL",
    "record_references": "rec_key VARCHAR NOT NULL, submission_id VARCHAR NOT NULL, dataset VARCHAR NOT "
                         "NULL, name VARCHAR NOT NULL, "
                         "token VARCHAR",
    "people": "rec_key VARCHAR NOT NULL, role VARCHAR NOT NULL, person_uid VARCHAR NOT NULL, strict_uid "
              "VARCHAR NOT NULL, "
              "grade VARCHAR NOT NULL",
    "changes": "changed_in VARCHAR NOT NULL, role VARCHAR NOT NULL, old_uid VARCHAR NOT NULL, superseded_by "
               "VARCHAR NOT NULL, "
               "kind VARCHAR NOT NULL",
    "link_runs": "quarter VARCHAR NOT NULL, role VARCHAR NOT NULL, model VARCHAR NOT NULL",
    "about": "key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL",
}


def prepare(connection: duckdb.DuckDBPyConnection, check_values: dict[str, str]) -> None:
    """Make the tables of a new vault, or refuse one made with other keys or by a newer version.

    Raises:
        StoreError: the schema is newer than this program, or the linkage key is not the one the tokens were
            made with.
    """
    if was_prepared(connection, "vault", check_values["linkage"]):
        return
    if not is_prepared(connection, "vault"):
        for name, columns in _TABLES.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS vault.{name} ({columns})")
    about = dict(connection.execute("SELECT key, value FROM vault.about").fetchall())
    if not about:
        connection.executemany("INSERT INTO vault.about VALUES (?, ?)", [
            ("schema_version", str(SCHEMA_VERSION)), ("linkage_key", check_values["linkage"])])
        about = {"schema_version": str(SCHEMA_VERSION), "linkage_key": check_values["linkage"]}
    if int(about["schema_version"]) > SCHEMA_VERSION:
        raise StoreError(
            f"The vault has schema version [{about['schema_version']}], this program knows "
            f"[{SCHEMA_VERSION}]. Install the newer "
            "program; nothing was changed."
        )
    if about["linkage_key"] != check_values["linkage"]:
        raise StoreError(
            f"The vault's tokens were made with the linkage key [{about['linkage_key']}] (check value), the "
            "key at hand is "
            f"[{check_values['linkage']}]. With it nobody would be recognised. Use the right key; nothing "
            "was changed."
        )
    note_prepared(connection, "vault", check_values["linkage"])


def write_submission(connection: duckdb.DuckDBPyConnection, tokens: dict[str, pl.DataFrame],
                     event_days: pl.DataFrame,
                     references: pl.DataFrame, bridge: pl.DataFrame) -> None:
    """Add one submission's tokens (by role), event days, keyed references and bridge tokens. Call inside a
    transaction."""
    for name, frame in ({f"tokens_{role}": frame for role, frame in tokens.items()}
                        | {"bridge": bridge}).items():
        if not frame.width:
            continue
        table = f"vault.{name}"
        connection.register("incoming", frame)
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} AS SELECT * FROM incoming LIMIT 0")
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")
    for table, frame in (("event_days", event_days), ("record_references", references)):
        connection.register("incoming", frame)
        connection.execute(f"INSERT INTO vault.{table} BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")


def token_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Roles that have tokens."""
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'vault' AND table_name LIKE "
        "'tokens\\_%' ESCAPE '\\' ORDER BY 1"
    ).fetchall()
    return [name.removeprefix("tokens_") for (name,) in rows]


def has_bridge(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any bridge token was ever stored."""
    return bool(connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'vault' AND table_name = 'bridge'").fetchone())


def sweep(connection: duckdb.DuckDBPyConnection, current: Iterable[str]) -> int:
    """Remove rows of submissions that are not ``current``; how many tokens and days went."""
    keep = list(current)
    removed = 0
    bridge = ["bridge"] if has_bridge(connection) else []
    for table in ("event_days", "record_references", *bridge,
                  *(f"tokens_{role}" for role in token_tables(connection))):
        row = connection.execute(
            f"DELETE FROM vault.{table} WHERE NOT list_contains($keep::VARCHAR[], submission_id)",
            {"keep": keep}).fetchone()
        removed += row[0] if row else 0
    return removed


def forget(connection: duckdb.DuckDBPyConnection, role: str, references: pl.Series) -> int:
    """Remove every token of people who may no longer be linked, by their own-reference tokens, and with them
    the days, the bridge tokens and the people of the same records; how many records went. Call inside a
    transaction."""
    if role not in token_tables(connection) or references.is_empty():
        return 0
    connection.register("incoming", pl.DataFrame({"k0": references}))
    gone = connection.execute(
        f"DELETE FROM vault.tokens_{role} WHERE k0 IN (SELECT k0 FROM incoming) RETURNING rec_key").fetchall()
    connection.unregister("incoming")
    keys = [rec_key for (rec_key,) in gone]
    for table in ("event_days", "people", *(["bridge"] if has_bridge(connection) else [])):
        connection.execute(f"DELETE FROM vault.{table} WHERE list_contains($keys::VARCHAR[], rec_key)",
                           {"keys": keys})
    _renew_version(connection, role)
    return len(keys)


def people_version(connection: duckdb.DuckDBPyConnection, role: str) -> str:
    """Random name of who is whom in one role: a new one at every change, so that a copy knows whether it is
    up to date. Empty before the first."""
    row = connection.execute("SELECT value FROM vault.about WHERE key = ?", [f"people_{role}"]).fetchone()
    return str(row[0]) if row else ""


def _renew_version(connection: duckdb.DuckDBPyConnection, role: str) -> None:
    connection.execute("INSERT OR REPLACE INTO vault.about VALUES (?, ?)",
                       [f"people_{role}", secrets.token_hex(16)])


SHOWN = "tokens_shown"
"""View of one role's tokens, of the submissions that a run sees."""
STANDING = "people_standing"
"""View (rec_key, person_uid, strict_uid) of the role's people as last stored, without records that are not
shown any more."""
SHAKEN = "people_shaken"
"""View of those of STANDING who lost a record: they are linked anew."""
SETTLED = "people_settled"
"""View of the rest of STANDING."""
FRESH = "tokens_fresh"
"""View (rec_key) of what an increment links: records that are nobody's yet, and those of SHAKEN."""


@contextmanager
def shown(connection: duckdb.DuckDBPyConnection, role: str, submissions: list[str]) -> Iterator[pl.Series]:
    """Within it the views SHOWN, STANDING, SHAKEN, SETTLED and FRESH stand for one role; yields the record
    keys of people whose tokens are not shown any more. Views: nothing of history is copied."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE submissions_hidden AS SELECT DISTINCT submission_id FROM "
        f"vault.tokens_{role} WHERE NOT list_contains($known::VARCHAR[], submission_id)",
        {"known": submissions})
    # mostly every submission is shown and nobody is gone, and history is scanned thirty times
    hidden = "ANTI JOIN submissions_hidden USING (submission_id)" if _holds(
        connection, "submissions_hidden") else ""
    people = f"SELECT rec_key, person_uid, strict_uid FROM vault.people WHERE role = '{role}'"
    views = {SHOWN: f"SELECT * FROM vault.tokens_{role} {hidden}"}
    _make_views(connection, views)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE people_unmatched AS SELECT known.rec_key AS gone, known.person_uid, "
        f"told.rec_key AS fresh FROM ({people}) AS known FULL JOIN (SELECT rec_key FROM {SHOWN}) AS told "
        "USING (rec_key) WHERE known.rec_key IS NULL OR told.rec_key IS NULL")
    gone = "people_unmatched WHERE gone IS NOT NULL"
    is_gone = _holds(connection, gone)
    whose = f"person_uid IN (SELECT person_uid FROM {gone})" if is_gone else "false"
    views = {
        STANDING: f"FROM ({people}) WHERE rec_key NOT IN (SELECT gone FROM {gone})" if is_gone else people,
        SHAKEN: f"FROM {STANDING} WHERE {whose}",
        SETTLED: f"FROM {STANDING} WHERE NOT {whose}" if is_gone else f"FROM {STANDING}",
        FRESH: "SELECT fresh AS rec_key FROM people_unmatched WHERE fresh IS NOT NULL UNION ALL "
               f"SELECT rec_key FROM {SHAKEN}",
    }
    _make_views(connection, views)
    try:
        yield connection.execute(f"SELECT gone FROM {gone}").pl()["gone"].rename("rec_key")
    finally:
        for view in (FRESH, SETTLED, SHAKEN, STANDING, SHOWN):
            connection.execute(f"DROP VIEW temp.{view}")
        for table in ("submissions_hidden", "people_unmatched"):
            connection.execute(f"DROP TABLE temp.{table}")


def _holds(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchone() is not None


def _make_views(connection: duckdb.DuckDBPyConnection, views: dict[str, str]) -> None:
    for view, sql in views.items():
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {sql}")


def people_of(connection: duckdb.DuckDBPyConnection, role: str) -> pl.DataFrame:
    """rec_key, person_uid, strict_uid of one role, as last stored."""
    return connection.execute(
        "SELECT rec_key, person_uid, strict_uid FROM vault.people WHERE role = ?", [role]).pl()


def last_model(connection: duckdb.DuckDBPyConnection, role: str) -> str | None:
    """The model of the last run, as JSON; None if there was none."""
    row = connection.execute(
        "SELECT model FROM vault.link_runs WHERE role = ? ORDER BY rowid DESC LIMIT 1", [role]).fetchone()
    return str(row[0]) if row else None


def store_people(
    connection: duckdb.DuckDBPyConnection, role: str, assignments: pl.DataFrame, changes: pl.DataFrame, *,
    quarter: str, model: str, gone: pl.Series
) -> None:
    """Store who is whom in one role, the merges and splits since the last run, and the model that decided.

    Args:
        assignments: of the records that a run linked; those of whom it says what is stored are left alone.
        gone: records that count no longer.
    """
    with transaction(connection):
        connection.register("incoming", assignments.with_columns(pl.lit(role).alias("role")))
        changed = connection.execute("SELECT * FROM incoming ANTI JOIN vault.people USING "
                                     "(rec_key, role, person_uid, strict_uid, grade)").pl()
        outgoing = pl.concat([changed.select("rec_key"), pl.DataFrame({"rec_key": gone})])
        connection.register("incoming", outgoing)
        connection.execute("DELETE FROM vault.people WHERE role = ? AND rec_key IN (SELECT rec_key FROM "
                           "incoming)", [role])
        connection.register("incoming", changed)
        connection.execute("INSERT INTO vault.people BY NAME SELECT * FROM incoming")
        if changes.height:
            connection.register("incoming", changes.select(
                pl.lit(quarter).alias("changed_in"), pl.lit(role).alias("role"), "old_uid", "superseded_by",
                "kind"))
            connection.execute("INSERT INTO vault.changes BY NAME SELECT * FROM incoming")
        connection.execute("INSERT INTO vault.link_runs VALUES (?, ?, ?)", [quarter, role, model])
        connection.unregister("incoming")
        _renew_version(connection, role)


def people_sizes(connection: duckdb.DuckDBPyConnection, role: str) -> tuple[pl.Series, int]:
    """Records of each person of one role as last stored, by all links; and how many people there are by
    strict ones."""
    held = "FROM vault.people WHERE role = $role"
    sizes = connection.execute(f"SELECT count(*) AS n {held} GROUP BY person_uid", {"role": role}).pl()["n"]
    n_strict = connection.execute(f"SELECT count(DISTINCT strict_uid) {held}", {"role": role}).fetchone()
    return sizes, int(n_strict[0]) if n_strict else 0


def dated_people(connection: duckdb.DuckDBPyConnection, role: str,
                 rec_keys: pl.Series | None = None) -> pl.DataFrame:
    """rec_key, person_uid, strict_uid, event_day of every record of one role that has an event day, or of
    those among them with these keys."""
    among = ""
    if rec_keys is not None:
        connection.register("incoming", rec_keys.to_frame("rec_key"))
        among = "SEMI JOIN incoming USING (rec_key)"
    found = connection.execute(
        "SELECT rec_key, person_uid, strict_uid, event_day FROM vault.people JOIN vault.event_days USING "
        f"(rec_key, role) {among} WHERE role = ? ORDER BY rec_key", [role]).pl()
    if rec_keys is not None:
        connection.unregister("incoming")
    return found


def replace_table(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Put ``frame`` in the place of a table's rows. Call inside a transaction."""
    connection.execute(f"DELETE FROM vault.{table}")
    connection.register("incoming", frame)
    connection.execute(f"INSERT INTO vault.{table} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


def people(connection: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """By role: rec_key, person_uid, strict_uid, event_day of every linked record."""
    frame = connection.execute(
        "SELECT role, rec_key, person_uid, strict_uid, event_day FROM vault.people JOIN vault.event_days "
        "USING (rec_key, role) "
        "ORDER BY rec_key").pl()
    return {str(role[0]): rows.drop("role") for role, rows in frame.group_by("role", maintain_order=True)}
