"""The table of register entries in the warehouse: counts of people in it are as true as any, so it is
encrypted like them.

What belongs here: how entries are stored and read back. What does not: what an entry may hold
(``pipelines.registers``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import duckdb
import polars as pl

from pipelines.store.connect import transaction
from schemas.registers import COLUMNS

_TEXT = dict.fromkeys(COLUMNS, "VARCHAR NOT NULL") | {
    "due": "DATE", "reviewed": "DATE NOT NULL", "n": "DOUBLE", "of_n": "DOUBLE"}
_TABLE = ", ".join(f"{name} {kind}" for name, kind in _TEXT.items())


def prepare_registers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables, and columns that are newer than the warehouse, where they are not there yet."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS warehouse.register_files (file_name VARCHAR PRIMARY KEY, sha256 VARCHAR "
        "NOT NULL, loaded_on DATE NOT NULL)")
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS warehouse.register_entries (file_name VARCHAR NOT NULL, {_TABLE})")
    known = {row[0] for row in connection.execute("DESCRIBE warehouse.register_entries").fetchall()}
    for column in COLUMNS:
        if column not in known:  # a register of before it had no word on it
            connection.execute(
                f"ALTER TABLE warehouse.register_entries ADD COLUMN {column} VARCHAR DEFAULT ''")


def keep(connection: duckdb.DuckDBPyConnection, files: Mapping[str, tuple[str, Sequence[tuple[str, ...]]]],
         *, still_there: Collection[str], loaded_on: date) -> None:
    """Replace the entries of each good file, and drop those of files that are gone, in one transaction.

    ``files``: name to hash and entries as text in the order of ``COLUMNS``. The same bytes again change
    nothing, the day of loading included.
    """
    prepare_registers(connection)
    known = dict(connection.execute("SELECT file_name, sha256 FROM warehouse.register_files").fetchall())
    with transaction(connection):
        for name in sorted(set(known) - set(still_there)):
            _drop(connection, name)
        for name, (sha256, entries) in sorted(files.items()):
            if known.get(name) == sha256:
                continue
            _drop(connection, name)
            connection.execute("INSERT INTO warehouse.register_files VALUES (?, ?, ?)",
                               [name, sha256, loaded_on])
            connection.executemany(
                f"INSERT INTO warehouse.register_entries VALUES (?, {', '.join('?' * len(COLUMNS))})",
                [(name, *(cell or (None if column in ("due", "n", "of_n") else "")
                          for column, cell in zip(COLUMNS, entry, strict=True))) for entry in entries])


def _drop(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    for table in ("register_entries", "register_files"):
        connection.execute(f"DELETE FROM warehouse.{table} WHERE file_name = ?", [name])


def entries(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Every entry, the columns of the register in their order, sorted by kind and reference."""
    prepare_registers(connection)
    return connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM warehouse.register_entries ORDER BY kind, ref").pl()


def snapshot(connection: duckdb.DuckDBPyConnection) -> tuple[str, date] | None:
    """Hash over the files that are loaded, and the day of the latest; None where none is.

    The hash is SHA-256 over the lines ``<sha256>  <file name>`` in the order of names.
    """
    prepare_registers(connection)
    rows = connection.execute(
        "SELECT file_name, sha256, loaded_on FROM warehouse.register_files ORDER BY 1").fetchall()
    if not rows:
        return None
    text = "".join(f"{sha256}  {name}\n" for name, sha256, _ in rows)
    return hashlib.sha256(text.encode()).hexdigest(), max(day for *_, day in rows)
