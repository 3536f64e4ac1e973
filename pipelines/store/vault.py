"""The vault: keyed tokens, event days and the crosswalk from records to people. No names, no offences, no
services.

What belongs here: the vault's tables, and reading and writing them. What does not: making tokens
(``anonymisation.tokens``) and linking them (``anonymisation.linkage``).

The vault is written first, under a new submission id; the warehouse's transaction is the commit. Rows of
submissions that the warehouse does not know are orphans and are swept.
"""

from __future__ import annotations

from collections.abc import Iterable

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
    quarter: str, model: str, gone: pl.Series | None = None
) -> pl.DataFrame:
    """Store who is whom in one role, the merges and splits since the last run, and the model that decided.

    Args:
        assignments: of every record; or, with ``gone``, of those that an increment linked.
        gone: records that count no longer; None: everybody stored before is replaced.

    Returns:
        rec_key, person_uid, strict_uid, event_day of every record that has an event day.
    """
    with transaction(connection):
        connection.register("incoming", assignments.with_columns(pl.lit(role).alias("role")))
        if gone is None:
            connection.execute("DELETE FROM vault.people WHERE role = ?", [role])
        else:
            out = pl.concat([assignments.select("rec_key"), pl.DataFrame({"rec_key": gone})])
            connection.register("outgoing", out)
            connection.execute("DELETE FROM vault.people WHERE role = ? AND rec_key IN (SELECT rec_key FROM "
                               "outgoing)", [role])
            connection.unregister("outgoing")
        connection.execute("INSERT INTO vault.people BY NAME SELECT * FROM incoming")
        if changes.height:
            connection.register("incoming", changes.select(
                pl.lit(quarter).alias("changed_in"), pl.lit(role).alias("role"), "old_uid", "superseded_by",
                "kind"))
            connection.execute("INSERT INTO vault.changes BY NAME SELECT * FROM incoming")
        connection.execute("INSERT INTO vault.link_runs VALUES (?, ?, ?)", [quarter, role, model])
        connection.unregister("incoming")
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
