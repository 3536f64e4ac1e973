"""Identity that is malformed, missing or may not be linked, through the whole way of a delivery: what it
costs, and what it does not."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.hub import Hub
from pipelines.steps.prepare import Outcome
from pipelines.store.connect import connect
from pipelines.store.places import Places
from schemas.quarters import Quarter
from schemas.records import table_name
from tests.integration.conftest import new_hub
from tests.integration.test_receive import held, sample_file, send

Q2, Q3 = Quarter.parse("2026-Q2"), Quarter.parse("2026-Q3")
NHS, CONSENT = "NHS no", "Link consent"
OF_THE_IDENTIFIER = {"k1", "c_nhs", "token_count"}
"""Columns of the vault that an NHS number feeds; a record key and a submission are new every time."""
LEDGER = "warehouse.submission"
"""Tables of what came in and what became of it: counts and rules, of nobody."""
NEW_EVERY_TIME = {"rec_key", "submission_id"}

Rows = list[dict[str, str]]


def _changed(change: Callable[[Rows], Rows]) -> dict[str, bytes]:
    """The advisers' file of the sample with its rows changed; rows with a cell too many are left out."""
    name, content = sample_file("isva", Q3, "isva")
    read = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    rows = change([row for row in read if None not in row and None not in row.values()])
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return {name: text.getvalue().encode("utf-8-sig")}


def _tokens(hub: Hub) -> pl.DataFrame:
    with connect(hub.places, hub.keys(), vault=True) as connection:
        frame = connection.execute("SELECT * FROM vault.tokens_victim").pl()
    return frame.drop(NEW_EVERY_TIME).sort("k0", "k2", "k3", "k1", nulls_last=True)


def _broken_number(rows: Rows) -> Rows:
    """One number with another check digit, which is then wrong, of somebody who is in the file once."""
    clients = [row["Client ID"] for row in rows]
    once = (row for row in rows if row[CONSENT] == "Yes" and clients.count(row["Client ID"]) == 1)
    row = next(row for row in once if row[NHS].isdigit() and len(row[NHS]) == 10)
    row[NHS] = row[NHS][:-1] + str((int(row[NHS][-1]) + 1) % 10)
    return rows


def test_identifier_when_malformed_then_costs_its_own_tokens_only(tmp_path: Path) -> None:
    right = new_hub(tmp_path / "right")
    wrong = Hub(places=Places.under(tmp_path / "wrong" / "var"))
    wrong.places.make()
    shutil.copytree(right.places.key_dir, wrong.places.key_dir, dirs_exist_ok=True)
    assert send(right, "isva", Q3, _changed(lambda rows: rows)).outcome is Outcome.LOADED
    assert send(wrong, "isva", Q3, _changed(_broken_number)).outcome is Outcome.LOADED
    before, after = _tokens(right), _tokens(wrong)
    assert before.drop(OF_THE_IDENTIFIER).equals(after.drop(OF_THE_IDENTIFIER))
    costs = before["k1"].is_not_null() & after["k1"].is_null()
    assert costs.sum() >= 1
    assert before.filter(costs)["k0"].n_unique() == 1, "of one person"
    lost = before.filter(costs)["token_count"] - after.filter(costs)["token_count"]
    assert lost.unique().to_list() == [2]
    assert before.filter(~costs).equals(after.filter(~costs))


@pytest.mark.parametrize("column", ["Surname", "DOB", CONSENT])
def test_identity_column_when_missing_then_refused_by_name_and_nothing_is_written(
    tmp_path: Path, column: str
) -> None:
    hub = new_hub(tmp_path)
    name, content = sample_file("isva", Q2, "isva")
    assert send(hub, "isva", Q2, {name: content}).outcome is Outcome.LOADED
    before = held(hub)
    without = _changed(lambda rows: [{k: v for k, v in row.items() if k != column} for row in rows])
    got = send(hub, "isva", Q3, without)
    assert (got.outcome, got.stopped_by, got.n_tokens) == (Outcome.REFUSED, "column_missing", 0)
    assert f"[{column}]" in str(got.receipt)
    after = held(hub)
    written = [table for table in after if after[table] != before.get(table)]
    assert [table for table in written if not table.startswith(LEDGER)] == [], "the refusal, and nothing else"


def test_may_link_when_no_for_everybody_then_nobody_is_tokenised_and_everybody_is_counted(
    tmp_path: Path,
) -> None:
    hub = new_hub(tmp_path)
    got = send(hub, "isva", Q3, _changed(lambda rows: [{**row, CONSENT: "No"} for row in rows]))
    assert (got.outcome, got.n_tokens) == (Outcome.LOADED, 0)
    tables = held(hub)
    personal = ("vault.tokens", "vault.bridge", "vault.event_days", "vault.people")
    assert [name for name in tables if name.startswith(personal) and tables[name]] == []
    assert len(tables[f"warehouse.{table_name('cases')}"]) > 50
