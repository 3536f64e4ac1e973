"""The warehouse: pseudonymised records, the submissions ledger, links and protected tables. No tokens, no
names, no days.

What belongs here: its tables and how they are written. What does not: the SQL that counts
(``pipelines/marts``).

A submission is one delivery of one agency for one quarter. Loading one deletes the (agency, quarter)
partition of every dataset, inserts, and moves the current-submission pointer, in one transaction: that
transaction is the commit.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl

from pipelines.store.connect import StoreError, is_prepared, transaction
from schemas.records import TABLES, table_name

SCHEMA_VERSION = 1

_TABLES = {
    "about": "key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL",
    "submissions": "submission_id VARCHAR PRIMARY KEY, agency VARCHAR NOT NULL, quarter VARCHAR NOT NULL, "
                   "received_on DATE NOT NULL, "
                   "status VARCHAR NOT NULL, digest VARCHAR NOT NULL, is_current BOOLEAN NOT NULL",
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
    """Ids of submissions that count, optionally as of a release: up to a quarter, received by its cut-off."""
    rows = connection.execute(
        "SELECT submission_id FROM warehouse.submissions WHERE is_current "
        "AND ($quarter::VARCHAR IS NULL OR quarter <= $quarter) AND ($day::DATE IS NULL OR received_on <= "
        "$day) ORDER BY 1",
        {"quarter": until_quarter, "day": received_by}).fetchall()
    return [row[0] for row in rows]


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
) -> None:
    """Replace the partition of (agency, quarter) by one delivery, or note a refused one, in one transaction.

    A refused delivery (``status`` ``refused``) enters the ledger and replaces nothing: last good wins.
    """
    loads = submission["status"] != "refused"
    with transaction(connection):
        if loads:
            scope = [submission["agency"], submission["quarter"]]
            for table in TABLES:
                connection.execute(f"DELETE FROM warehouse.{table} WHERE agency = ? AND extract_quarter = ?",
                                   scope)
            connection.execute("UPDATE warehouse.submissions SET is_current = false WHERE agency = ? AND "
                               "quarter = ?", scope)
            for dataset, frame in records.items():
                _insert(connection, table_name(dataset), frame)
        _insert(connection, "submissions", pl.DataFrame([{**submission, "is_current": loads}]))
        for table, frame in (("submission_files", files), ("submission_findings", findings),
                             ("submission_unmapped", unmapped)):
            if frame.height:
                _insert(connection, table, frame)


def replace_links(connection: duckdb.DuckDBPyConnection, links: pl.DataFrame, quality: pl.DataFrame,
                  overlap: pl.DataFrame,
                  quarter: str) -> None:
    """Store who is whom as of ``quarter``: (record_id, role, links, person_id, person_day), how good the
    links are, and the yearly counts of people in both roles."""
    with transaction(connection):
        connection.execute("DELETE FROM warehouse.links")
        _insert(connection, "links", links)
        connection.execute("DELETE FROM warehouse.link_quality WHERE quarter = ?", [quarter])
        if quality.height:
            _insert(connection, "link_quality", quality)
        connection.execute("DELETE FROM warehouse.role_overlap")
        if overlap.height:
            _insert(connection, "role_overlap", overlap)


PUBLISHED_QUALITY = ("estimated_precision", "estimated_recall", "blind_recall", "strict_recall")
"""The only figures beside protected counts that leave the warehouse: rates over all records of a role, in
whole per cent. Counts of people, pairs and clusters, and rates of small groups, stay inside."""


def link_quality(connection: duckdb.DuckDBPyConnection, quarter: object) -> dict[str, dict[str, float]]:
    """By role, the rates of the links as of ``quarter`` that may be published, rounded to two places."""
    rows = connection.execute(
        "SELECT role, measure, value FROM warehouse.link_quality WHERE quarter = $quarter AND breakdown = "
        "'all' "
        "AND value IS NOT NULL AND list_contains($published::VARCHAR[], measure) ORDER BY ALL",
        {"quarter": str(quarter), "published": list(PUBLISHED_QUALITY)}).fetchall()
    found: dict[str, dict[str, float]] = {}
    for role, measure, value in rows:
        found.setdefault(role, {})[measure] = round(float(value), 2)
    return {role: rates for role, rates in found.items() if {"estimated_precision",
        "estimated_recall"} <= rates.keys()}


def clear_counts(connection: duckdb.DuckDBPyConnection, quarter: str, cube: str) -> None:
    """Remove the counts of one cube as of ``quarter``. Call inside a transaction."""
    connection.execute("DELETE FROM warehouse.cube_counts WHERE quarter = ? AND cube = ?", [quarter, cube])


def add_counts(connection: duckdb.DuckDBPyConnection, select: str, parameters: dict[str, Any]) -> int:
    """Store true counts (they never leave the warehouse); how many cells. Call inside a transaction.

    ``select`` yields quarter, cube, agency, links, period, the dimension columns as one MAP, n and
    contributor (empty: all).
    """
    row = connection.execute(f"INSERT INTO warehouse.cube_counts {select}", parameters).fetchone()
    return int(row[0]) if row else 0


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
