"""Where Dagster keeps its runs and events: its own SQLite storages, with one connection pool each.

What belongs here: how the files are opened. What does not: what is in them (Dagster's tables; counts only, by
``shield.py`` and the assets), where they are (``build.py``).

Dagster's own classes make a new engine for each statement, so that every event costs a connection, a compiled
statement and three waits for the disk. A quarter's intake has ninety events, and they cost as much as reading
the files. Here an event is one transaction, and what cannot change while a process runs is asked once. Remove
these classes when Dagster's keep their engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from threading import local
from typing import Any

import sqlalchemy as db
from dagster import EventLogEntry
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData


def _engine(address: str) -> db.Engine:
    """A pooled engine. In write-ahead mode ``synchronous = NORMAL`` cannot damage the file; a loss of power
    may lose the last events, which a rerun writes again."""
    engine = db.create_engine(
        address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False})

    @db.event.listens_for(engine, "connect")
    def relax(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine


class PooledEventLog(ConsolidatedSqliteEventLogStorage):
    """Dagster's consolidated event log over one engine."""

    @cached_property
    def _pooled(self) -> db.Engine:
        return _engine(self._conn_string)

    @cached_property
    def _storing(self) -> local:
        """The transaction in which this thread stores an event, while it does."""
        return local()

    @contextmanager
    def _connect(self) -> Iterator[db.Connection]:
        storing: db.Connection | None = getattr(self._storing, "connection", None)
        if storing is not None:
            yield storing
            return
        with self._pooled.begin() as connection:
            yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event, its tags and what it says of its asset, all or nothing."""
        with self._connect() as connection:
            self._storing.connection = connection
            try:
                super().store_event(event)
            finally:
                self._storing.connection = None

    @cached_property
    def _known_columns(self) -> set[str]:
        return set()

    def _has_asset_key_col_on_connection(self, conn: db.Connection, column_name: str) -> bool:
        """Whether the table of assets has a column. Dagster asks at every event; none is ever dropped."""
        if column_name not in self._known_columns:
            if not super()._has_asset_key_col_on_connection(conn, column_name):
                return False
            self._known_columns.add(column_name)
        return True

    @cached_property
    def _known_partitions(self) -> set[tuple[str, str]]:
        return set()

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether a quarter is there. Dagster asks several times for each output of a step."""
        known = (partitions_def_name, partition_key)
        if known not in self._known_partitions:
            if not super().has_dynamic_partition(partitions_def_name, partition_key):
                return False
            self._known_partitions.add(known)
        return True

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Take a quarter away."""
        self._known_partitions.discard((partitions_def_name, partition_key))
        super().delete_dynamic_partition(partitions_def_name, partition_key)

    @cached_property
    def _known_tables(self) -> set[str]:
        return set()

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there. Dagster asks at every event for each partition; none is ever dropped."""
        if table_name not in self._known_tables:
            with self._pooled.connect() as connection:
                if not self._pooled.dialect.has_table(connection, table_name):
                    return False
            self._known_tables.add(table_name)
        return True

    def dispose(self) -> None:
        """Close what is open."""
        self._pooled.dispose()
        super().dispose()  # type: ignore[no-untyped-call]


class PooledRuns(SqliteRunStorage):
    """Dagster's run storage over one engine."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> PooledRuns:
        """As Dagster asks for it."""
        return cls.from_local(inst_data=inst_data, **config_value)

    @cached_property
    def _pooled(self) -> db.Engine:
        return _engine(self._conn_string)

    @contextmanager
    def connect(self) -> Iterator[db.Connection]:
        """A connection in a transaction."""
        with self._pooled.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close what is open."""
        self._pooled.dispose()
        super().dispose()
