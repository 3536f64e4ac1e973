"""Quarter by quarter against everybody at once: increments find the same people, and cost what is new."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.hub import Hub
from pipelines.steps.link import link_people
from pipelines.store import vault
from pipelines.store.connect import connect
from schemas.quarters import Quarter
from tests.integration.conftest import copied

QUARTERS = [Quarter.parse(text) for text in ("2026-Q1", "2026-Q2", "2026-Q3")]
SAME_PAIRS = 0.995
"""F1 between the pairs of both (measured 0.998): an increment weighs new records with the model that there
is, and takes no link back that a whole run would not make."""


def _people(hub: Hub) -> pl.DataFrame:
    with connect(hub.places, hub.keys(), vault=True) as connection:
        return connection.execute(
            "SELECT rowid, role, rec_key, person_uid, strict_uid FROM vault.people").pl()


def _pairs(frame: pl.DataFrame, *by: str) -> float:
    sizes = frame.group_by("role", *by).len()["len"].cast(pl.Float64)
    return float((sizes * (sizes - 1) / 2).sum())


@pytest.fixture(scope="module")
def step_by_step(
    taken_in: Hub, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Hub, list[dict[str, object]]]:
    hub = copied(taken_in, tmp_path_factory.mktemp("increment"))
    return hub, [dict(link_people(hub, quarter)) for quarter in QUARTERS]


def test_people_when_linked_quarter_by_quarter_then_only_what_is_new_is_linked(
    step_by_step: tuple[Hub, list[dict[str, object]]],
) -> None:
    _, told = step_by_step
    assert [run["victim_run"] for run in told] == ["no model yet", *["increment"] * 2]
    for run in told[1:]:
        assert int(str(run["victim_linked_now"])) < 0.3 * int(str(run["victim_records"]))


def test_people_when_linked_quarter_by_quarter_then_are_those_of_one_whole_run(
    step_by_step: tuple[Hub, list[dict[str, object]]], tmp_path: Path
) -> None:
    hub = copied(step_by_step[0], tmp_path)
    before = _people(hub)
    assert link_people(hub, QUARTERS[-1], relink=True)["victim_run"] == "asked for"
    after = _people(hub)
    both = before.join(after, on=["role", "rec_key"], suffix="_whole")
    assert both.height == before.height == after.height
    for uid in ("person_uid", "strict_uid"):
        shared = _pairs(both, uid, f"{uid}_whole")
        assert 2 * shared / (_pairs(both, uid) + _pairs(both, f"{uid}_whole")) >= SAME_PAIRS
        assert float((both[uid] == both[f"{uid}_whole"]).mean()) >= SAME_PAIRS  # type: ignore[arg-type]


def test_people_when_nothing_is_new_then_nobody_is_linked_and_no_row_is_written(
    step_by_step: tuple[Hub, list[dict[str, object]]], tmp_path: Path
) -> None:
    hub = copied(step_by_step[0], tmp_path)
    before = _people(hub)
    told = link_people(hub, QUARTERS[-1])
    assert (told["victim_run"], told["victim_linked_now"]) == ("increment", 0)
    assert _people(hub).sort("rec_key", "role").equals(before.sort("rec_key", "role"))


def test_people_when_a_model_is_of_another_version_then_everybody_is_linked_anew(
    step_by_step: tuple[Hub, list[dict[str, object]]], tmp_path: Path
) -> None:
    hub = copied(step_by_step[0], tmp_path)
    with connect(hub.places, hub.keys(), vault=True) as connection:
        model = json.loads(str(vault.last_model(connection, "victim")))
        assert model["facts"]["linkage_key"] == hub.keys().check_value("linkage")
        model["facts"]["model_version"] -= 1
        connection.execute("INSERT INTO vault.link_runs VALUES ('2026-Q3', 'victim', ?)", [json.dumps(model)])
    assert link_people(hub, QUARTERS[-1])["victim_run"] == "another model version"


def test_changes_when_people_merge_or_split_then_the_log_names_who_supersedes_whom(
    step_by_step: tuple[Hub, list[dict[str, object]]],
) -> None:
    hub, _ = step_by_step
    with connect(hub.places, hub.keys(), vault=True) as connection:
        changes = connection.execute("SELECT * FROM vault.changes").pl()
        people = connection.execute("SELECT DISTINCT person_uid FROM vault.people").pl()["person_uid"]
    assert set(changes["kind"]) <= {"merge", "split"}
    merged = changes.filter(pl.col("kind") == "merge", pl.col("changed_in") == str(QUARTERS[-1]))
    assert not merged["old_uid"].is_in(people.implode()).any()
    assert merged["superseded_by"].is_in(people.implode()).all()
