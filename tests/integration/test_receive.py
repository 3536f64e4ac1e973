"""One delivery through steps 1 to 7, and what happens to what stood before: again, better, worse, withdrawn,
too late."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.hub import Hub
from pipelines.release.coverage import coverage
from pipelines.steps.aggregate import AsOf
from pipelines.steps.receive import Outcome, Received, open_stores, receive
from pipelines.store import warehouse
from pipelines.store.connect import StoreError, connect
from pipelines.store.landing import LandingError, waiting
from pipelines.store.warehouse import current_submissions
from schemas.quarters import Quarter
from tests.conftest import SAMPLE
from tests.integration.conftest import TODAY, new_hub, take

Q2, Q3 = Quarter.parse("2026-Q2"), Quarter.parse("2026-Q3")
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return new_hub(tmp_path)


def held(hub: Hub) -> Rows:
    """Every row of both databases, by table."""
    with connect(hub.places, hub.keys(), vault=True, warehouse=True) as connection:
        tables = connection.execute(
            "SELECT database_name || '.' || table_name FROM duckdb_tables() WHERE database_name IN ('vault', "
            "'warehouse') "
            "ORDER BY 1"
        ).fetchall()
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in tables
        }


def submissions(hub: Hub) -> list[tuple[str, str, str, bool]]:
    """agency, quarter, status, is_current of the ledger in the order of its quarters."""
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        return connection.execute(
            "SELECT agency, quarter, status, is_current FROM warehouse.submissions ORDER BY ALL"
        ).fetchall()


def vault_submissions(hub: Hub) -> set[str]:
    """Ids of the submissions of which the vault holds anything."""
    return {
        str(row[1]) for table, rows in held(hub).items() if table == "vault.record_references" for row in rows
    }


def send(
    hub: Hub,
    agency: str,
    quarter: Quarter,
    files: dict[str, bytes],
    *,
    nil: bool = False,
    today: date = TODAY,
    received_on: date = date(2026, 11, 1),
) -> Received:
    """Receive files made by a test."""
    folder = hub.places.landing / agency / str(quarter)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "manifest.json").write_text(
        json.dumps({"received_on": received_on.isoformat()} | ({"nil": True} if nil else {}))
    )
    return look(hub, agency, quarter, today=today)


def look(hub: Hub, agency: str, quarter: Quarter, *, today: date = TODAY) -> Received:
    """Receive what waits."""
    return receive(hub.places, hub.keys(), hub.agencies, agency, quarter,
                   partnership=hub.partnership, today=today)


def sample_file(agency: str, quarter: Quarter, start: str) -> tuple[str, bytes]:
    """Name and bytes of one file of a delivery of the sample."""
    path = next((SAMPLE / agency / str(quarter)).glob(f"{start}*"))
    return path.name, path.read_bytes()


def shortened(content: bytes) -> bytes:
    """The file without its last row."""
    return b"".join(content.splitlines(keepends=True)[:-1])


def test_delivery_when_received_then_loaded_whole_and_only_sealed_files_are_left(hub: Hub) -> None:
    got = take(hub, "housing", "2026-Q3")
    assert (got.outcome, got.n_rows, got.n_accepted + got.n_left_out, got.n_tokens, got.stopped_by) == (
        Outcome.LOADED,
        46,
        46,
        0,
        None,
    )
    assert submissions(hub) == [("housing", "2026-Q3", "loaded", True)]
    assert waiting(hub.places) == []
    assert {p.suffix for p in hub.places.landing.rglob("*") if p.is_file()} == {".sealed"}
    receipts = sorted(p.suffix for p in (hub.places.receipts / "housing" / "2026-Q3").iterdir())
    assert receipts == [".json", ".txt"]


def test_nothing_when_nothing_waits_then_nothing_is_said_or_made(hub: Hub) -> None:
    got = look(hub, "housing", Q3)
    assert got == Received(outcome=Outcome.NOTHING)
    assert not hub.places.vault.exists()
    assert not hub.places.warehouse.exists()


def test_delivery_when_the_same_bytes_come_again_then_nothing_happens(hub: Hub) -> None:
    take(hub, "probation", "2026-Q3")
    before = held(hub)
    assert take(hub, "probation", "2026-Q3") == Received(outcome=Outcome.SAME)
    assert held(hub) == before
    assert waiting(hub.places) == []


def test_resend_when_better_then_replaces_the_quarter_in_vault_and_warehouse(hub: Hub) -> None:
    first = take(hub, "probation", "2026-Q2")
    take(hub, "probation", "2026-Q3")
    name, content = sample_file("probation", Q3, "registrations")
    other, same = sample_file("probation", Q3, "sentences")
    second = send(hub, "probation", Q3, {name: shortened(content), other: same})
    assert second.outcome is Outcome.LOADED
    assert submissions(hub) == [
        ("probation", "2026-Q2", "loaded", True),
        ("probation", "2026-Q3", "loaded", False),
        ("probation", "2026-Q3", "loaded", True),
    ]
    assert vault_submissions(hub) == {first.submission_id, second.submission_id}
    rows = held(hub)
    assert {row[1] for row in rows["warehouse.records_registrations"]} == {
        first.submission_id,
        second.submission_id,
    }


CUT_OFF = date(2026, 11, 14)
"""Of the release of 2026-Q3 in the sample partnership: 45 days after its end."""
FINAL = date(2027, 8, 14)
"""Last cut-off at which figures of 2026-Q3 are provisional: that of 2027-Q2."""


def _as_of(hub: Hub, quarter: Quarter) -> list[str]:
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        as_of = AsOf.of(quarter, hub.partnership)
        return current_submissions(connection, until_quarter=str(quarter), received_by=as_of.cut_off)


def _status(hub: Hub, quarter: Quarter) -> str:
    """Coverage of probation's suspects in 2026-Q3, as of the release of ``quarter``."""
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        found = coverage(connection, hub.partnership, hub.agencies, AsOf.of(quarter, hub.partnership)).frame
    return str(found.row(by_predicate=(pl.col("agency") == "probation") & (pl.col("quarter") == str(Q3))
                         & (pl.col("dataset") == "suspects"), named=True)["status"])


@pytest.mark.parametrize(("received_on", "is_late"), [
    (CUT_OFF, False), (CUT_OFF + timedelta(days=1), True)])
def test_resend_when_after_the_cut_off_then_the_release_reads_the_one_in_time_and_the_next_the_resend(
    hub: Hub, received_on: date, is_late: bool
) -> None:
    first = take(hub, "probation", "2026-Q3")
    name, content = sample_file("probation", Q3, "registrations")
    second = send(hub, "probation", Q3, {name: shortened(content)}, received_on=received_on)
    read = first if is_late else second
    assert _as_of(hub, Q3) == [read.submission_id]
    assert _as_of(hub, Q3.next) == [second.submission_id]
    assert _status(hub, Q3) == _status(hub, Q3.next) == "submitted"
    assert submissions(hub) == [
        ("probation", "2026-Q3", "loaded", False), ("probation", "2026-Q3", "loaded", True)]
    held_ids = {read.submission_id, second.submission_id}
    assert vault_submissions(hub) == held_ids
    assert {row[1] for row in held(hub)["warehouse.records_registrations"]} == held_ids


def test_resend_when_late_and_the_quarter_is_final_then_only_the_last_is_kept_in_both_databases(
    hub: Hub,
) -> None:
    first = take(hub, "probation", "2026-Q3")
    name, content = sample_file("probation", Q3, "registrations")
    second = send(hub, "probation", Q3, {name: shortened(content)}, received_on=date(2026, 12, 1))
    take(hub, "housing", "2026-Q2", today=FINAL)
    assert vault_submissions(hub) >= {first.submission_id, second.submission_id}
    take(hub, "housing", "2026-Q3", today=FINAL + timedelta(days=1))
    assert first.submission_id not in vault_submissions(hub)
    rows = held(hub)
    records = [row for table, found in rows.items() if "records_" in table for row in found]
    assert first.submission_id not in {str(row[1]) for row in records}
    assert second.submission_id in vault_submissions(hub)


def test_may_link_when_withdrawn_by_a_late_resend_then_the_version_in_time_forgets_too(hub: Hub) -> None:
    take(hub, "isva", "2026-Q3")
    name, content = sample_file("isva", Q3, "isva_caseload")
    lines = content.decode("utf-8-sig").splitlines()
    before = _tokened(hub)
    client = next(line.split(",")[1] for line in lines[1:]
                  if line.split(",")[7] == "Yes" and _records_of(hub, line.split(",")[1]) & before)
    withdrawn = [line.replace(",Yes,", ",No,", 1) if line.split(",")[1] == client else line for line in lines]
    send(hub, "isva", Q3, {name: "\r\n".join([*withdrawn, ""]).encode("utf-8-sig")},
         received_on=CUT_OFF + timedelta(days=1))
    theirs = _records_of(hub, client)
    assert len(theirs) > 1, "records of both versions are held"
    assert not theirs & _tokened(hub)


def test_resend_when_the_warehouse_breaks_off_then_the_former_one_stands_and_orphans_are_swept(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(hub, "probation", "2026-Q3")
    before = held(hub)
    name, content = sample_file("probation", Q3, "registrations")
    insert: Callable[..., None] = warehouse._insert

    def breaks(connection: object, table: str, frame: object) -> None:
        if table == "submission_files":
            raise OSError("no space")
        insert(connection, table, frame)

    monkeypatch.setattr(warehouse, "_insert", breaks)
    with pytest.raises(OSError, match="no space"):
        send(hub, "probation", Q3, {name: shortened(content)})
    monkeypatch.undo()
    broken = held(hub)
    assert {t: r for t, r in broken.items() if t.startswith("warehouse.")} == {
        t: r for t, r in before.items() if t.startswith("warehouse.")
    }
    assert len(broken["vault.record_references"]) > len(before["vault.record_references"]), (
        "the vault is written first"
    )
    with connect(hub.places, hub.keys(), vault=True, warehouse=True) as connection:
        open_stores(connection, hub.keys())
    assert held(hub) == before


def test_resend_when_refused_then_the_last_good_one_stands(hub: Hub) -> None:
    take(hub, "housing", "2026-Q3")
    before = held(hub)
    name, content = sample_file("housing", Q3, "disclosures")
    got = send(hub, "housing", Q3, {name: content.replace(b"Disclosed", b"Told on", 1)})
    assert (got.outcome, got.n_accepted) == (Outcome.REFUSED, 0)
    assert got.stopped_by is not None
    assert submissions(hub) == [
        ("housing", "2026-Q3", "loaded", True),
        ("housing", "2026-Q3", "refused", False),
    ]
    after = held(hub)
    ledger = {t for t in after if "submission" in t}
    assert {t: r for t, r in after.items() if t not in ledger} == {
        t: r for t, r in before.items() if t not in ledger
    }
    assert waiting(hub.places) == []


def test_resend_when_of_one_file_then_completed_from_the_sealed_ones(hub: Hub) -> None:
    first = take(hub, "probation", "2026-Q3")
    sentences = [row[6:] for row in held(hub)["warehouse.records_suspects"]]
    name, content = sample_file("probation", Q3, "registrations")
    got = send(hub, "probation", Q3, {name: shortened(content)})
    assert got.outcome is Outcome.LOADED
    assert sorted(map(repr, sentences)) == sorted(
        repr(row[6:]) for row in held(hub)["warehouse.records_suspects"]
    )
    assert got.receipt is not None
    assert got.n_rows == first.n_rows - 1


def test_resend_when_the_other_file_was_erased_then_says_to_send_the_quarter(hub: Hub) -> None:
    take(hub, "probation", "2026-Q3")
    before = held(hub)
    shutil.rmtree(hub.places.received)
    name, content = sample_file("probation", Q3, "registrations")
    with pytest.raises(
        LandingError,
        match=r"^The file \[orders\] of \[probation\] for \[2026-Q3\] is no longer kept\. "
        r"Ask the agency to send the whole quarter again\.$",
    ):
        send(hub, "probation", Q3, {name: shortened(content)})
    assert held(hub) == before


def test_nil_return_when_received_then_quarter_is_known_and_empty(hub: Hub) -> None:
    assert take(hub, "probation", "2023-Q3").outcome is Outcome.NIL
    take(hub, "probation", "2026-Q3")
    assert send(hub, "probation", Q3, {}, nil=True).outcome is Outcome.NIL
    assert submissions(hub) == [
        ("probation", "2023-Q3", "nil", True),
        ("probation", "2026-Q3", "loaded", False),
        ("probation", "2026-Q3", "nil", True),
    ]
    rows = held(hub)
    assert (rows["warehouse.records_suspects"], rows["warehouse.records_registrations"]) == ([], [])
    assert [t for t, r in rows.items() if t.startswith("vault.") and r and t != "vault.about"] == []


def test_may_link_when_withdrawn_then_older_tokens_days_and_bridges_are_forgotten(hub: Hub) -> None:
    take(hub, "isva", "2026-Q2")
    name, content = sample_file("isva", Q3, "isva_caseload")
    lines = content.decode("utf-8-sig").splitlines()
    before = _tokened(hub)
    now = {line.split(",")[1] for line in lines[1:]}
    older = sample_file("isva", Q2, "isva_caseload")[1].decode("utf-8-sig").splitlines()
    client = next(
        line.split(",")[1] for line in older[1:] if line.split(",")[7] == "Yes" and line.split(",")[1] in now
    )
    withdrawn = [line.replace(",Yes,", ",No,", 1) if line.split(",")[1] == client else line for line in lines]
    assert withdrawn != lines
    assert _records_of(hub, client) & before, "the person had tokens"
    assert (
        send(hub, "isva", Q3, {name: "\r\n".join([*withdrawn, ""]).encode("utf-8-sig")}).outcome
        is Outcome.LOADED
    )
    theirs, rows = _records_of(hub, client), held(hub)
    assert len(theirs) > 3
    for table in ("vault.tokens_victim", "vault.event_days", "vault.bridge", "vault.people"):
        assert [row for row in rows[table] if theirs & set(map(str, row))] == [], table
    assert len(_tokened(hub)) > len(before), "everybody else's stay"


def _tokened(hub: Hub) -> set[str]:
    with connect(hub.places, hub.keys(), vault=True) as connection:
        return {key for (key,) in connection.execute("SELECT rec_key FROM vault.tokens_victim").fetchall()}


def _records_of(hub: Hub, client: str) -> set[str]:
    """Record keys of an adviser service's client."""
    from anonymisation.hashing import hmac_hex

    token = pl.Series([f"isva|person_ref|{client}"])
    for key in hub.keys().token_keys("reference", "person_ref"):
        token = hmac_hex(token, key)
    with connect(hub.places, hub.keys(), vault=True) as connection:
        return {
            key
            for (key,) in connection.execute(
                "SELECT rec_key FROM vault.record_references WHERE name = 'person_ref' AND token = ?",
                [token[0]],
            ).fetchall()
        }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "vault_db",
            r"^The vault \[vault\.duckdb\] cannot be opened: its key is not the one it was made with",
        ),
        (
            "warehouse_db",
            r"^The warehouse \[warehouse\.duckdb\] cannot be opened: its key is not the one it was made with",
        ),
        ("linkage", r"^The vault's tokens were made with the linkage key"),
        ("warehouse", r"^The warehouse's ids were made with the key"),
        ("landing", r"^The received files are sealed with the landing key"),
    ],
)
def test_key_when_it_is_another_then_says_so_and_nothing_is_written(hub: Hub, name: str, words: str) -> None:
    take(hub, "housing", "2026-Q2")
    before, sealed = held(hub), sorted(hub.places.received.rglob("*"))
    path = hub.places.key_dir / f"{name}.key"
    right = path.read_text()
    path.write_text(secrets.token_hex(32) + "\n")
    with pytest.raises(StoreError, match=words):
        take(hub, "housing", "2026-Q3")
    path.write_text(right)
    assert (held(hub), sorted(hub.places.received.rglob("*"))) == (before, sealed)
    assert waiting(hub.places) == [("housing", Q3)], "the delivery waits for the right key"
    got = look(hub, "housing", Q3)
    assert got.outcome is Outcome.LOADED


def test_received_files_when_past_their_retention_then_erased_at_the_next_delivery_of_anybody(
    hub: Hub,
) -> None:
    take(hub, "probation", "2025-Q3", today=date(2025, 10, 20))
    take(hub, "housing", "2026-Q1", today=date(2026, 4, 20))
    kept = {p.parent.parent.name for p in hub.places.received.rglob("*.sealed")}
    assert kept == {"probation", "housing"}
    take(hub, "housing", "2026-Q2", today=date(2026, 9, 30))
    assert _sealed(hub) == {("housing", "2026-Q1"), ("housing", "2026-Q2"), ("probation", "2025-Q3")}
    take(hub, "housing", "2026-Q3", today=date(2026, 10, 1))
    assert _sealed(hub) == {("housing", "2026-Q2"), ("housing", "2026-Q3")}, (
        "twelve months of one, six of the other"
    )


def _sealed(hub: Hub) -> set[tuple[str, str]]:
    return {(p.parent.parent.name, p.parent.name) for p in hub.places.received.rglob("*.sealed")}
