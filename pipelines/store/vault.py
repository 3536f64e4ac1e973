"""The vault: keyed tokens, event days and the crosswalk from records to people. No names, no offences, no
services.

What belongs here: the vault's tables, and reading and writing them. What does not: making tokens
(``anonymisation.tokens``) and linking them (``anonymisation.linkage``).

The vault is written first, under a new submission id; the warehouse's transaction is the commit. Rows of
submissions that the warehouse does not know are orphans and are swept.
"""

from __future__ import annotations

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
    return len(keys)


SHOWN = "tokens_shown"
"""View of one role's tokens, of the submissions that a run sees."""
STANDING = "people_standing"
"""View (rec_key, person_uid, strict_uid) of the role's people as last stored, without records that are not
shown any more."""
SETTLED = "people_settled"
"""The same without everybody who lost a record: those are linked anew."""


@contextmanager
def shown(connection: duckdb.DuckDBPyConnection, role: str, submissions: list[str]) -> Iterator[pl.Series]:
    """Within it the views SHOWN, STANDING and SETTLED stand for one role; yields the record keys of people
    whose tokens are not shown any more. Views: nothing of history is copied."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE submissions_hidden AS SELECT DISTINCT submission_id FROM "
        f"vault.tokens_{role} WHERE NOT list_contains($known::VARCHAR[], submission_id)",
        {"known": submissions})
    n_hidden = connection.execute("SELECT count(*) FROM submissions_hidden").fetchone()
    # mostly every submission is shown, and history is scanned thirty times
    without = "ANTI JOIN submissions_hidden USING (submission_id)" if n_hidden != (0,) else ""
    people = f"SELECT rec_key, person_uid, strict_uid FROM vault.people WHERE role = '{role}'"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {SHOWN} AS SELECT * FROM vault.tokens_{role} {without}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE people_gone AS FROM ({people}) "
                       f"ANTI JOIN {SHOWN} USING (rec_key)")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {STANDING} AS FROM ({people}) "
                       "ANTI JOIN people_gone USING (rec_key)")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {SETTLED} AS FROM ({people}) "
                       "ANTI JOIN people_gone USING (person_uid)")
    try:
        yield connection.execute("SELECT rec_key FROM people_gone").pl()["rec_key"]
    finally:
        for view in (SHOWN, STANDING, SETTLED):
            connection.execute(f"DROP VIEW temp.{view}")
        for table in ("submissions_hidden", "people_gone"):
            connection.execute(f"DROP TABLE temp.{table}")


def shaken(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """rec_key, person_uid, strict_uid of the records still shown of people who lost one."""
    return connection.execute(f"FROM {STANDING} SEMI JOIN people_gone USING (person_uid)").pl()


NO_PEOPLE = pl.DataFrame(schema={"rec_key": pl.String, "person_uid": pl.String, "strict_uid": pl.String,
                                 "event_day": pl.Date})


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


def dated_people(connection: duckdb.DuckDBPyConnection, role: str) -> pl.DataFrame:
    """rec_key, person_uid, strict_uid, event_day of every record of one role that has an event day."""
    return connection.execute(
        "SELECT rec_key, person_uid, strict_uid, event_day FROM vault.people JOIN vault.event_days USING "
        "(rec_key, role) "
        "WHERE role = ? ORDER BY rec_key", [role]).pl()


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
