"""The warehouse: pseudonymised records, the submissions ledger, links and protected tables. No tokens, no
names, no days.

What belongs here: its tables and how they are written. What does not: the SQL that counts
(``pipelines/marts``).

A submission is one delivery of one agency for one quarter. Loading one inserts its rows and moves the
current-submission pointer, in one transaction: that transaction is the commit. The rows of the submission
before it go in the same transaction, unless a release that is not final may still ask for them
(``pipelines.steps.versions`` decides).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import polars as pl

from pipelines.store.connect import StoreError, is_prepared, note_prepared, transaction, was_prepared
from schemas.datasets import DATASETS
from schemas.records import TABLES, table_name, unsaid

SCHEMA_VERSION = 4
"""1: the last delivery replaced every other. 2: one that was in time is kept beside a later one
(``arrival``, ``is_kept``). 3: records say how people were met and helped; a new column of a record raises
this number, and nothing else is needed: :func:`_add_columns` finds it."""

_TABLES = {
    "about": "key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL",
    "submissions": "submission_id VARCHAR PRIMARY KEY, agency VARCHAR NOT NULL, quarter VARCHAR NOT NULL, "
                   "received_on DATE NOT NULL, "
                   "status VARCHAR NOT NULL, digest VARCHAR NOT NULL, is_current BOOLEAN NOT NULL, "
                   "arrival BIGINT NOT NULL, is_kept BOOLEAN NOT NULL",
    "submission_files": "submission_id VARCHAR NOT NULL, file_kind VARCHAR, file_name VARCHAR NOT "
                        "NULL, "
                        "sha256 VARCHAR NOT NULL, n_rows BIGINT NOT NULL, n_accepted BIGINT NOT NULL, "
                        "n_left_out BIGINT NOT NULL, stopped_by VARCHAR",
    "submission_findings": "submission_id VARCHAR NOT NULL, dataset VARCHAR, rule_id VARCHAR NOT NULL, "
                           "severity VARCHAR NOT NULL, "
                           "n BIGINT NOT NULL",
    "submission_unmapped": "submission_id VARCHAR NOT NULL, dataset VARCHAR NOT NULL, column_name VARCHAR "
                           "NOT NULL, n BIGINT NOT NULL",
    "links": "record_id VARCHAR NOT NULL, role VARCHAR NOT NULL, links VARCHAR NOT NULL, person_id VARCHAR "
             "NOT NULL, "
             "person_day INTEGER NOT NULL",
    "link_quality": "quarter VARCHAR NOT NULL, role VARCHAR NOT NULL, measure VARCHAR NOT NULL, breakdown "
                    "VARCHAR NOT NULL, "
                    "category VARCHAR NOT NULL, value DOUBLE",
    "role_overlap": "year INTEGER NOT NULL, role_order VARCHAR NOT NULL, n_people BIGINT NOT NULL",
    "cube_counts": "quarter VARCHAR NOT NULL, cube VARCHAR NOT NULL, agency VARCHAR NOT NULL, links VARCHAR "
                   "NOT NULL, "
                   "period VARCHAR NOT NULL, dimensions MAP(VARCHAR, VARCHAR) NOT NULL, n BIGINT NOT NULL, "
                   "contributor VARCHAR NOT NULL",
    "protected_files": "quarter VARCHAR NOT NULL, file_name VARCHAR NOT NULL, content BLOB NOT NULL",
}


def prepare(connection: duckdb.DuckDBPyConnection, check_values: dict[str, str]) -> None:
    """Make the tables of a new warehouse, or refuse one made with other keys or by a newer version.

    Raises:
        StoreError: the schema is newer than this program, or the ids were made with another key.
    """
    connection.execute("USE warehouse")
    if was_prepared(connection, "warehouse", check_values["warehouse"]):
        return
    if not is_prepared(connection, "warehouse"):
        for name, columns in _TABLES.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
        for name, types in TABLES.items():
            columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    about = dict(connection.execute("SELECT key, value FROM about").fetchall())
    if not about:
        connection.executemany("INSERT INTO about VALUES (?, ?)", [
            ("schema_version", str(SCHEMA_VERSION)), ("warehouse_key", check_values["warehouse"]),
            ("landing_key", check_values["landing"])])
        note_prepared(connection, "warehouse", check_values["warehouse"])
        return
    if int(about["schema_version"]) > SCHEMA_VERSION:
        raise StoreError(
            f"The warehouse has schema version [{about['schema_version']}], this program knows "
            f"[{SCHEMA_VERSION}]. Install the "
            "newer program; nothing was changed."
        )
    if about["warehouse_key"] != check_values["warehouse"]:
        raise StoreError(
            f"The warehouse's ids were made with the key [{about['warehouse_key']}] (check value), the key "
            "at hand is "
            f"[{check_values['warehouse']}]. Use the right key; nothing was changed."
        )
    sealed_with = about.get("landing_key")
    if sealed_with is None:
        note_landing_key(connection, check_values["landing"])
    elif sealed_with != check_values["landing"]:
        raise StoreError(
            f"The received files are sealed with the landing key [{sealed_with}] (check value), the key at "
            f"hand is [{check_values['landing']}]. With it they could not be read back. Use the right key; "
            "nothing was changed."
        )
    if int(about["schema_version"]) < SCHEMA_VERSION:
        _migrate(connection, int(about["schema_version"]))
    note_prepared(connection, "warehouse", check_values["warehouse"])


def _migrate(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """From an older schema version to this one, in one transaction."""
    with transaction(connection):
        if version < 2:
            _order_arrivals(connection)
        _add_columns(connection)
        connection.execute("UPDATE warehouse.about SET value = ? WHERE key = 'schema_version'",
                           [str(SCHEMA_VERSION)])


def _order_arrivals(connection: duckdb.DuckDBPyConnection) -> None:
    """From 1 to 2: submissions get their order of arrival; only the current ones have rows."""
    connection.execute(
        "CREATE TEMP TABLE before AS SELECT *, 1 + rowid AS arrival, is_current AS is_kept "
        "FROM warehouse.submissions")
    connection.execute("DROP TABLE warehouse.submissions")
    connection.execute(f"CREATE TABLE warehouse.submissions ({_TABLES['submissions']})")
    connection.execute("INSERT INTO warehouse.submissions BY NAME SELECT * FROM temp.before")
    connection.execute("DROP TABLE temp.before")


def _add_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every table of records the columns that it lacks; older records did not say what is new."""
    for dataset in DATASETS.values():
        table, types = table_name(dataset.name), TABLES[table_name(dataset.name)]
        columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS warehouse.{table} ({columns})")
        known = {row[0] for row in connection.execute(f"DESCRIBE warehouse.{table}").fetchall()}
        words = unsaid(dataset)
        for column, kind in types.items():
            if column not in known:
                word = f" DEFAULT '{words[column]}'" if column in words else ""
                connection.execute(f"ALTER TABLE warehouse.{table} ADD COLUMN {column} {kind}{word}")


def note_landing_key(connection: duckdb.DuckDBPyConnection, check_value: str) -> None:
    """Note the check value of the key under which received files are sealed from now on."""
    connection.execute("INSERT OR REPLACE INTO warehouse.about VALUES ('landing_key', ?)", [check_value])


def current_digest(connection: duckdb.DuckDBPyConnection, agency: str, quarter: str) -> str | None:
    """Digest of the delivery that counts now for (agency, quarter), or None."""
    row = connection.execute(
        "SELECT digest FROM warehouse.submissions WHERE agency = ? AND quarter = ? AND is_current",
        [agency, quarter]).fetchone()
    return row[0] if row else None


def was_refused(connection: duckdb.DuckDBPyConnection, agency: str, quarter: str, digest: str) -> bool:
    """Whether the same bytes were refused before."""
    row = connection.execute(
        "SELECT count(*) FROM warehouse.submissions WHERE agency = ? AND quarter = ? AND digest = ? AND "
        "status = 'refused'",
        [agency, quarter, digest]).fetchone()
    return bool(row and row[0])


def current_submissions(connection: duckdb.DuckDBPyConnection, *, until_quarter: str | None = None,
                        received_by: date | None = None) -> list[str]:
    """Ids of submissions that count: of each agency and quarter the last one; as of a release, of the
    quarters up to its own the last one that was received by its cut-off."""
    rows = connection.execute(
        "SELECT submission_id FROM warehouse.submissions WHERE is_kept "
        "AND ($quarter::VARCHAR IS NULL OR quarter <= $quarter) AND ($day::DATE IS NULL OR received_on <= "
        "$day) QUALIFY row_number() OVER (PARTITION BY agency, quarter ORDER BY arrival DESC) = 1 ORDER BY 1",
        {"quarter": until_quarter, "day": received_by}).fetchall()
    return [row[0] for row in rows]


def kept_submissions(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, date]]:
    """submission_id, agency, quarter, received_on of every submission whose rows are kept, in their order of
    arrival."""
    return connection.execute(
        "SELECT submission_id, agency, quarter, received_on FROM warehouse.submissions WHERE is_kept "
        "ORDER BY arrival").fetchall()


def drop_submissions(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> None:
    """Remove the rows of submissions that no release may ask for any more; the ledger keeps their counts.
    Call inside a transaction."""
    where = "WHERE list_contains($ids::VARCHAR[], submission_id)"
    for table in TABLES:
        connection.execute(f"DELETE FROM warehouse.{table} {where}", {"ids": ids})
    connection.execute(f"UPDATE warehouse.submissions SET is_kept = false {where}", {"ids": ids})


def _insert(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    connection.register("incoming", frame)
    connection.execute(f"INSERT INTO warehouse.{table} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


def load_submission(
    connection: duckdb.DuckDBPyConnection,
    *,
    submission: dict[str, Any],
    records: dict[str, pl.DataFrame],
    files: pl.DataFrame,
    findings: pl.DataFrame,
    unmapped: pl.DataFrame,
    superseded: Callable[[list[tuple[str, str, str, date]]], list[str]],
) -> list[str]:
    """Load one delivery and let go of those that it supersedes, or note a refused one, in one transaction.

    A refused delivery (``status`` ``refused``) enters the ledger and replaces nothing: last good wins.

    Args:
        superseded: of the kept submissions, as :func:`kept_submissions` gives them, the ids of those to drop.

    Returns:
        Ids of the submissions that were dropped: the vault's rows of them are to go too.
    """
    loads = submission["status"] != "refused"
    dropped: list[str] = []
    with transaction(connection):
        row = connection.execute("SELECT 1 + coalesce(max(arrival), 0) FROM warehouse.submissions").fetchone()
        arrival = int(row[0]) if row else 1
        if loads:
            connection.execute("UPDATE warehouse.submissions SET is_current = false WHERE agency = ? AND "
                               "quarter = ? AND is_current", [submission["agency"], submission["quarter"]])
            for dataset, frame in records.items():
                _insert(connection, table_name(dataset), frame)
        _insert(connection, "submissions", pl.DataFrame(
            [{**submission, "is_current": loads, "arrival": arrival, "is_kept": loads}]))
        for table, frame in (("submission_files", files), ("submission_findings", findings),
                             ("submission_unmapped", unmapped)):
            if frame.height:
                _insert(connection, table, frame)
        dropped = superseded(kept_submissions(connection))
        if dropped:
            drop_submissions(connection, dropped)
    return dropped


@dataclass(frozen=True, kw_only=True)
class RoleLinks:
    """Who is whom in one role, as it is carried from the vault."""

    role: str
    rows: pl.DataFrame
    """record_id, role, links, person_id, person_day."""
    replaced: pl.Series | None
    """Records whose rows are put in the place of those there are; None: all of the role."""
    version: str
    """Of the vault's people, with whom the rows then agree."""


def links_version(connection: duckdb.DuckDBPyConnection, role: str) -> str | None:
    """With which version of the vault's people the links of one role agree; None if with none for sure."""
    row = connection.execute("SELECT value FROM warehouse.about WHERE key = ?", [f"links_{role}"]).fetchone()
    return str(row[0]) if row else None


def store_links(connection: duckdb.DuckDBPyConnection, links: list[RoleLinks], quality: pl.DataFrame,
                overlap: pl.DataFrame, quarter: str) -> None:
    """Store who is whom as of ``quarter``, how good the links are, and the yearly counts of people in both
    roles."""
    with transaction(connection):
        for held in links:
            among = ""
            if held.replaced is not None:
                connection.register("incoming", held.replaced.to_frame("record_id"))
                among = "AND record_id IN (SELECT record_id FROM incoming)"
            connection.execute(f"DELETE FROM warehouse.links WHERE role = ? {among}", [held.role])
            if held.rows.height:
                _insert(connection, "links", held.rows)
            connection.execute("INSERT OR REPLACE INTO warehouse.about VALUES (?, ?)",
                               [f"links_{held.role}", held.version])
        connection.execute("DELETE FROM warehouse.link_quality WHERE quarter = ?", [quarter])
        if quality.height:
            _insert(connection, "link_quality", quality)
        connection.execute("DELETE FROM warehouse.role_overlap")
        if overlap.height:
            _insert(connection, "role_overlap", overlap)


PUBLISHED_QUALITY = ("estimated_precision", "estimated_recall", "blind_recall", "strict_recall")
"""The only figures beside protected counts that leave the warehouse: rates over all records of a role, in
tenths of a per cent. Counts of people, pairs and clusters, and rates of small groups, stay inside."""


def link_quality(connection: duckdb.DuckDBPyConnection, quarter: object) -> dict[str, dict[str, float]]:
    """By role, the rates of the links as of ``quarter`` that may be published, rounded to three places."""
    rows = connection.execute(
        "SELECT role, measure, value FROM warehouse.link_quality WHERE quarter = $quarter AND breakdown = "
        "'all' "
        "AND value IS NOT NULL AND list_contains($published::VARCHAR[], measure) ORDER BY ALL",
        {"quarter": str(quarter), "published": list(PUBLISHED_QUALITY)}).fetchall()
    found: dict[str, dict[str, float]] = {}
    for role, measure, value in rows:
        found.setdefault(role, {})[measure] = round(float(value), 3)
    return {role: rates for role, rates in found.items() if {"estimated_precision",
        "estimated_recall"} <= rates.keys()}


def clear_counts(connection: duckdb.DuckDBPyConnection, quarter: str, cubes: list[str]) -> None:
    """Remove the counts of some cubes as of ``quarter``. Call inside a transaction."""
    connection.execute(
        "DELETE FROM warehouse.cube_counts "
        "WHERE quarter = $quarter AND list_contains($cubes::VARCHAR[], cube)",
        {"quarter": quarter, "cubes": cubes})


def add_counts(connection: duckdb.DuckDBPyConnection, select: str, parameters: dict[str, Any]) -> None:
    """Store true counts (they never leave the warehouse). Call inside a transaction.

    ``select`` yields quarter, cube, agency, links, period, the dimension columns as one MAP, n and
    contributor (empty: all).
    """
    connection.execute(f"INSERT INTO warehouse.cube_counts {select}", parameters)


def counted_cells(connection: duckdb.DuckDBPyConnection, quarter: str) -> dict[str, int]:
    """By cube, how many cells there are of all contributors together, as of ``quarter``."""
    return dict(connection.execute(
        "SELECT cube, count(*) FROM warehouse.cube_counts WHERE quarter = $quarter AND contributor = '' "
        "GROUP BY cube", {"quarter": quarter}).fetchall())


def store_protected(connection: duckdb.DuckDBPyConnection, quarter: str, files: dict[str, bytes]) -> None:
    """Store the protected tables of a release as they will be published, so that a rebuild is a
    re-rendering."""
    with transaction(connection):
        connection.execute("DELETE FROM warehouse.protected_files WHERE quarter = ?", [quarter])
        connection.executemany("INSERT INTO warehouse.protected_files VALUES (?, ?, ?)",
                               [(quarter, name, content) for name, content in sorted(files.items())])


def protected_files(connection: duckdb.DuckDBPyConnection, quarter: str) -> dict[str, bytes]:
    """The protected tables of a release, by file name; empty where none were stored."""
    rows = connection.execute(
        "SELECT file_name, content FROM warehouse.protected_files WHERE quarter = ? ORDER BY 1",
        [quarter]).fetchall()
    return {name: bytes(content) for name, content in rows}
