"""One connection for a run: opened once, of the databases that a step asks for, under the lock."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipelines.hub import Hub
from pipelines.steps.receive import open_stores
from pipelines.store import lock, warehouse
from pipelines.store.connect import Connection, StoreError, connect, hold
from pipelines.store.lock import StoreBusy, writer_lock
from pipelines.store.places import Places


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    made = Hub(places=Places.under(tmp_path / "var"))
    made.places.make()
    made.ensure_keys()
    return made


def attached(connection: Connection) -> set[str]:
    rows = connection.execute("SELECT database_name FROM duckdb_databases() WHERE NOT internal").fetchall()
    return {str(name) for (name,) in rows} - {"memory"}


def test_connect_when_held_then_steps_share_a_connection_and_see_what_they_asked_for(hub: Hub) -> None:
    keys = hub.keys()
    with hold(hub.places):
        with connect(hub.places, keys, vault=True, warehouse=True) as first:
            open_stores(first, keys)
            assert attached(first) == {"vault", "warehouse"}
        with connect(hub.places, keys, warehouse=True) as second:
            warehouse.prepare(second, keys.check_values())
            assert (second is first, attached(second)) == (True, {"warehouse"})
        with connect(hub.places, keys, vault=True, warehouse=True) as third:
            open_stores(third, keys)
            assert attached(third) == {"vault", "warehouse"}
    with connect(hub.places, keys, warehouse=True) as after:
        assert after is not first


def test_hold_when_nothing_was_opened_then_holds_no_lock_and_makes_no_file(hub: Hub) -> None:
    with hold(hub.places), writer_lock(hub.places.lock, wait_seconds=0):
        assert not hub.places.warehouse.exists()


def test_hold_when_a_step_has_ended_then_another_process_still_waits(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hold(hub.places):
        with connect(hub.places, hub.keys(), warehouse=True):
            pass
        with pytest.raises(StoreBusy), writer_lock(hub.places.lock, wait_seconds=0):
            pass
    with writer_lock(hub.places.lock, wait_seconds=0):
        assert lock.WAIT_SECONDS > 0


def test_hold_when_a_step_fails_then_the_lock_is_free_and_what_was_committed_stands(hub: Hub) -> None:
    keys = hub.keys()
    with pytest.raises(OSError, match="no space"), hold(hub.places):
        with connect(hub.places, keys, vault=True, warehouse=True) as connection:
            open_stores(connection, keys)
        raise OSError("no space")
    with connect(hub.places, keys, warehouse=True) as connection:
        assert connection.execute("SELECT count(*) FROM warehouse.about").fetchone() == (3,)


def test_connect_when_keys_change_within_a_run_then_is_refused(hub: Hub) -> None:
    keys = hub.keys()
    with hold(hub.places):
        with connect(hub.places, keys, warehouse=True):
            pass
        with (pytest.raises(StoreError, match=r"^The databases are open under other keys"),
              connect(hub.places, keys.rotated("warehouse"), warehouse=True)):
            pass


def test_connect_when_another_thread_asks_then_it_is_not_handed_the_run_s_connection(hub: Hub) -> None:
    keys, seen = hub.keys(), []

    def ask() -> None:
        try:
            with writer_lock(hub.places.lock, wait_seconds=0):
                seen.append("open")
        except StoreBusy:
            seen.append("busy")

    with hold(hub.places), connect(hub.places, keys, warehouse=True):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert seen == ["busy"]


def test_prepare_when_the_schema_is_of_version_1_then_submissions_get_their_order(hub: Hub) -> None:
    keys = hub.keys()
    with connect(hub.places, keys, warehouse=True) as connection:
        warehouse.prepare(connection, keys.check_values())
        connection.execute("ALTER TABLE warehouse.submissions DROP COLUMN arrival")
        connection.execute("ALTER TABLE warehouse.submissions DROP COLUMN is_kept")
        connection.execute("INSERT INTO warehouse.submissions VALUES "
                           "('a', 'police', '2026-Q3', DATE '2026-10-01', 'loaded', 'd', false), "
                           "('b', 'police', '2026-Q3', DATE '2026-10-02', 'loaded', 'e', true)")
        connection.execute("UPDATE warehouse.about SET value = '1' WHERE key = 'schema_version'")
    with connect(hub.places, keys, warehouse=True) as connection:
        warehouse.prepare(connection, keys.check_values())
        rows = connection.execute(
            "SELECT submission_id, is_current, arrival, is_kept FROM warehouse.submissions ORDER BY 1"
        ).fetchall()
        version = connection.execute(
            "SELECT value FROM warehouse.about WHERE key = 'schema_version'").fetchone()
    assert rows == [("a", False, 1, False), ("b", True, 2, True)]
    assert version == (str(warehouse.SCHEMA_VERSION),)


def test_prepare_when_records_lack_what_is_new_then_they_get_it_as_not_said(hub: Hub) -> None:
    keys = hub.keys()
    with connect(hub.places, keys, warehouse=True) as connection:
        warehouse.prepare(connection, keys.check_values())
        for column in ("interpreter", "help_kind_emotional", "outcome_cope_end", "therapy_wait"):
            connection.execute(f"ALTER TABLE warehouse.records_cases DROP COLUMN {column}")
        connection.execute("DROP TABLE warehouse.records_orders")
        connection.execute("INSERT INTO warehouse.records_cases (record_id, agency) VALUES ('r', 'isva')")
        connection.execute("UPDATE warehouse.about SET value = '2' WHERE key = 'schema_version'")
    with connect(hub.places, keys, warehouse=True) as connection:
        warehouse.prepare(connection, keys.check_values())
        rows = connection.execute(
            "SELECT agency, interpreter, help_kind_emotional, outcome_cope_end, therapy_wait "
            "FROM warehouse.records_cases"
        ).fetchall()
        orders = connection.execute("SELECT count(*) FROM warehouse.records_orders").fetchone()
    assert rows == [("isva", "not_recorded", "no", None, None)]
    assert orders == (0,)
