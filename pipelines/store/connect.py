"""The one way to open the databases: encrypted, offline, one process at a time.

What belongs here: connecting, attaching, the schema version. What does not: tables (``vault.py``,
``warehouse.py``).

Keys are bound as parameters, never written into SQL: a key literal can end in the database file itself. The
httpfs extension, which DuckDB 1.5 needs to write encrypted files, is loaded by path from the installed
package; nothing is installed into a home directory and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import duckdb

from anonymisation.keys import KeyRing
from pipelines.store.lock import writer_lock
from pipelines.store.places import Places

Connection = duckdb.DuckDBPyConnection
"""An open connection; other rooms are handed one and never import the database."""

THREADS = 2
VAULT = "vault"
WAREHOUSE = "warehouse"


class StoreError(RuntimeError):
    """A database cannot be opened; the text says which, why and what to do."""


def _httpfs() -> Path:
    spec = find_spec("duckdb_extension_httpfs")
    folders = (spec.submodule_search_locations if spec else None) or []
    for folder in folders:
        found = sorted(Path(folder).glob(f"extensions/v{duckdb.__version__}/httpfs.duckdb_extension"))
        if found:
            return found[0]
    raise StoreError(
        f"DuckDB [{duckdb.__version__}] needs its httpfs extension to write encrypted files, and the package "
        "duckdb-extension-httpfs of the same version is not installed. Install the versions of "
        "requirements.lock."
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _attach(connection: duckdb.DuckDBPyConnection, name: str, path: Path, key: bytes) -> None:
    try:
        connection.execute(f"ATTACH {_quoted(path)} AS {name} (ENCRYPTION_KEY $key)", {"key": key.hex()})
    except duckdb.Error as error:
        text = str(error)
        if "encryption key" in text.lower():
            why = (
                "its key is not the one it was made with. Use the key directory that belongs to it "
                f"([{name}_db.key])"
            )
        elif "lock" in text.lower():
            why = "another process has it open. End that process and start again"
        else:
            why = f"the file is damaged or not ours ({type(error).__name__}). Restore it from its backup"
        raise StoreError(f"The {name} [{path.name}] cannot be opened: {why}. Nothing was changed.") from None


@contextmanager
def connect(places: Places, keys: KeyRing, *, vault: bool = False,
            warehouse: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the asked-for databases under their names in one connection, holding the writer lock throughout.

    Raises:
        StoreError: a wrong key, a damaged file, a missing extension.
        pipelines.store.lock.StoreBusy: another process is at work.
    """
    places.make()
    with writer_lock(places.lock):
        for leftover in places.temporary.iterdir():
            if leftover.is_file():
                leftover.unlink()
        connection = duckdb.connect(":memory:", config={
            "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
            "temp_directory": str(places.temporary), "threads": str(THREADS),
        })
        try:
            connection.execute(f"LOAD {_quoted(_httpfs())}")
            connection.execute("SET temp_file_encryption = true")
            connection.execute("SET enable_progress_bar = false")
            if vault:
                _attach(connection, VAULT, places.vault, keys.vault_db)
            if warehouse:
                _attach(connection, WAREHOUSE, places.warehouse, keys.warehouse_db)
            yield connection
        finally:
            connection.close()


def is_prepared(connection: duckdb.DuckDBPyConnection, database: str) -> bool:
    """Whether a database has been written to before: all its tables are made before its first row."""
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = $database AND table_name = 'about'",
        {"database": database}).fetchone()
    if found is None:
        return False
    return connection.execute(f"SELECT 1 FROM {database}.about LIMIT 1").fetchone() is not None


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing. DuckDB writes to one attached database in a transaction."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def copy_database(places: Places, path: Path, old_key: bytes, new_key: bytes) -> None:
    """Copy an encrypted database into a new file under another key and put it in the old one's place, whole
    or not at all.

    Raises:
        StoreError: the old key is not the one it was made with.
    """
    made = path.with_suffix(".rotated")
    made.unlink(missing_ok=True)
    with writer_lock(places.lock):
        connection = duckdb.connect(":memory:", config={
            "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
            "temp_directory": str(places.temporary)})
        try:
            connection.execute(f"LOAD {_quoted(_httpfs())}")
            connection.execute("SET temp_file_encryption = true")
            _attach(connection, "old", path, old_key)
            _attach(connection, "new", made, new_key)
            connection.execute("COPY FROM DATABASE old TO new")
        finally:
            connection.close()
        made.replace(path)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
