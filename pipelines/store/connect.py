"""The one way to open the databases: encrypted, offline, one process at a time.

What belongs here: connecting, attaching, the schema version. What does not: tables (``vault.py``,
``warehouse.py``).

Keys are bound as parameters, never written into SQL: a key literal can end in the database file itself. The
httpfs extension, which DuckDB 1.5 needs to write encrypted files, is loaded by path from the installed
package; nothing is installed into a home directory and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from threading import get_ident

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


def _opened(places: Places) -> duckdb.DuckDBPyConnection:
    """A connection without any database yet. The writer lock is held."""
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
    except BaseException:
        connection.close()
        raise
    return connection


@dataclass(kw_only=True)
class _Held:
    """What one run holds open: nothing until its first :func:`connect`. Ours alone; it mutates as databases
    are attached."""

    thread: int
    closing: ExitStack
    connection: duckdb.DuckDBPyConnection | None = None
    check_values: dict[str, str] | None = None
    attached: dict[str, bool] = field(default_factory=lambda: {VAULT: False, WAREHOUSE: False})


_held: dict[Path, _Held] = {}


@contextmanager
def hold(places: Places) -> Iterator[None]:
    """Within it, each :func:`connect` of this thread to the same data directory is handed one connection,
    made at the first, and the writer lock is held from then to the end: a run opens the files once, and
    nobody else changes them between two of its steps."""
    place = places.data_dir
    if place in _held:
        yield
        return
    with ExitStack() as closing:
        _held[place] = _Held(thread=get_ident(), closing=closing)
        closing.callback(_held.pop, place)
        yield


@contextmanager
def connect(places: Places, keys: KeyRing, *, vault: bool = False,
            warehouse: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the asked-for databases under their names in one connection, holding the writer lock throughout.

    Within :func:`hold` the connection outlives the block; a step sees the databases that it asked for, no
    other.

    Raises:
        StoreError: a wrong key, a damaged file, a missing extension.
        pipelines.store.lock.StoreBusy: another process is at work.
    """
    wanted = {VAULT: vault, WAREHOUSE: warehouse}
    held = _held.get(places.data_dir)
    if held is not None and held.thread == get_ident():
        yield _attached(held, places, keys, wanted)
        return
    with ExitStack() as closing:
        yield _attached(_Held(thread=get_ident(), closing=closing), places, keys, wanted)


def _attached(held: _Held, places: Places, keys: KeyRing,
              wanted: dict[str, bool]) -> duckdb.DuckDBPyConnection:
    """The connection of ``held``, with exactly the databases that are wanted."""
    if held.connection is None:
        places.make()
        held.closing.enter_context(writer_lock(places.lock))
        held.connection = _opened(places)
        held.closing.callback(held.connection.close)
        held.check_values = keys.check_values()
    elif held.check_values != keys.check_values():
        raise StoreError("The databases are open under other keys than those at hand. End this run and start "
                         "again; nothing was changed.")
    paths = {VAULT: (places.vault, keys.vault_db), WAREHOUSE: (places.warehouse, keys.warehouse_db)}
    for name, is_wanted in wanted.items():
        if is_wanted and not held.attached[name]:
            _attach(held.connection, name, *paths[name])
        elif held.attached[name] and not is_wanted:
            held.connection.execute("USE memory")
            held.connection.execute(f"DETACH {name}")
            note_prepared(held.connection, name, "")
        held.attached[name] = is_wanted
    return held.connection


def note_prepared(connection: duckdb.DuckDBPyConnection, database: str, check_value: str) -> None:
    """Note on the connection that a database was prepared with the key of ``check_value``."""
    connection.execute(f"SET VARIABLE prepared_{database} = $check_value", {"check_value": check_value})


def was_prepared(connection: duckdb.DuckDBPyConnection, database: str, check_value: str) -> bool:
    """Whether this connection has prepared the database already, with the same key."""
    row = connection.execute(f"SELECT getvariable('prepared_{database}')").fetchone()
    return row is not None and row[0] == check_value


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
