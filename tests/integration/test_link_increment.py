"""Quarter by quarter against everybody at once: increments find the same people, and cost what is new."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.hub import Hub
from pipelines.steps import link as step
from pipelines.steps.inspect import link_shortfalls
from pipelines.steps.link import link_people, links_of
from pipelines.store import vault, warehouse
from pipelines.store.connect import connect
from schemas.measures.cubes import Links
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


def _assert_links_are_the_vaults(hub: Hub) -> None:
    """Whether the warehouse's links, carried row by row, are those that the vault's people make anew."""
    with connect(hub.places, hub.keys(), vault=True, warehouse=True) as connection:
        held = connection.execute("SELECT * FROM warehouse.links").pl()
        made = pl.concat(
            links_of(vault.dated_people(connection, role), role, reading, hub.keys())
            for role in vault.token_tables(connection) for reading in Links)
    order = ["role", "links", "record_id"]
    assert held.height > 1000
    assert held.select(made.columns).sort(order).equals(made.sort(order))


def test_links_when_carried_quarter_by_quarter_then_are_those_of_everybody(
    step_by_step: tuple[Hub, list[dict[str, object]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _assert_links_are_the_vaults(step_by_step[0])
    hub, carried = copied(step_by_step[0], tmp_path), []
    kept = warehouse.store_links

    def counted(connection: object, links: list[warehouse.RoleLinks], *rest: object) -> None:
        carried.append(sum(held.rows.height for held in links))
        kept(connection, links, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(step, "store_links", counted)
    # as of an earlier quarter fewer are known, and as of the last they come again
    for quarter in (QUARTERS[1], QUARTERS[-1]):
        link_people(hub, quarter)
        _assert_links_are_the_vaults(hub)
    assert 0 < max(carried) < 0.6 * _n_links(hub)


def test_check_when_an_agency_sends_case_numbers_then_says_whose_references_are_not_believed(
    step_by_step: tuple[Hub, list[dict[str, object]]], tmp_path: Path
) -> None:
    hub = copied(step_by_step[0], tmp_path)
    assert link_shortfalls(hub, QUARTERS[-1])[1] == []
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        known = connection.execute("SELECT category FROM warehouse.link_quality WHERE measure = "
                                   "'shared_numbers' AND quarter = ?", [str(QUARTERS[-1])]).fetchall()
        assert {"police", "sarc", "isva"} <= {agency for (agency,) in known}
        connection.execute("UPDATE warehouse.link_quality SET value = 0.4 WHERE measure = 'shared_numbers' "
                           "AND category = 'isva'")
    assert link_shortfalls(hub, QUARTERS[-1])[1] == [
        "one reference of [isva] stands for several people (role victim), so that its references are not "
        "believed; ask the agency to send a person's own"]


def _n_links(hub: Hub) -> int:
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        return len(connection.execute("SELECT record_id FROM warehouse.links").fetchall())


def test_links_when_a_run_ended_between_vault_and_warehouse_then_the_next_carries_everybody(
    step_by_step: tuple[Hub, list[dict[str, object]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub = copied(step_by_step[0], tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(step, "store_links", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            link_people(hub, QUARTERS[1])
    link_people(hub, QUARTERS[-1])
    _assert_links_are_the_vaults(hub)


def test_links_when_somebody_may_no_longer_be_linked_then_nothing_of_them_is_left(
    step_by_step: tuple[Hub, list[dict[str, object]]], tmp_path: Path
) -> None:
    hub = copied(step_by_step[0], tmp_path)
    with connect(hub.places, hub.keys(), vault=True) as connection:
        k0 = connection.execute(
            "SELECT k0 FROM vault.tokens_victim WHERE k0 IS NOT NULL ORDER BY k0 LIMIT 1").pl()["k0"]
        assert vault.forget(connection, "victim", k0) > 0
    before = _n_links(hub)
    link_people(hub, QUARTERS[-1])
    assert _n_links(hub) < before
    _assert_links_are_the_vaults(hub)
