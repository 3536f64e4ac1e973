"""Every key replaced: what it protects follows, the counts stay, and the old key opens nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from anonymisation.keys import KeyProblem, KeyRing
from pipelines.hub import Hub
from pipelines.steps.aggregate import count_cubes, make_core
from pipelines.steps.link import link_people
from pipelines.steps.receive import Outcome, receive
from pipelines.steps.rotate import rotate
from pipelines.store.connect import StoreError, connect
from pipelines.store.landing import LandingError, unseal
from pipelines.store.warehouse import prepare
from schemas.measures.cubes import CUBES
from schemas.quarters import Quarter
from tests.conftest import SAMPLE
from tests.integration.conftest import TODAY, copied, lay_out, new_hub, take

LAST = Quarter.parse("2026-Q3")
NEXT = "2026-Q3"
NO_TOKENS = ("rec_key", "submission_id", "agency", "role", "event_day", "token_count", "spec_version")
CUBES_TRIED = ("incidents_by_kind", "victims_by_age_sex", "victims_repeat", "named_repeat", "referrals_wait")


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """Four quarters of the adviser service and probation, two of the police, linked. Not to be changed."""
    hub = new_hub(tmp_path_factory.mktemp("rotation"))
    for agency, quarters in (
        ("isva", ("2026-Q1", "2026-Q2")),
        ("probation", ("2026-Q1", "2026-Q2")),
        ("police", ("2026-Q2",)),
    ):
        for quarter in quarters:
            assert take(hub, agency, quarter).outcome is Outcome.LOADED
    link_people(hub, LAST)
    return hub


@pytest.fixture
def hub(linked: Hub, tmp_path: Path) -> Hub:
    return copied(linked, tmp_path)


def counts(hub: Hub) -> dict[str, list[tuple[object, ...]]]:
    """The stored counts of some cubes of every kind."""
    make_core(hub, LAST)
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        count_cubes(connection, [CUBES[name] for name in CUBES_TRIED], LAST)
        rows = connection.execute("SELECT * FROM warehouse.cube_counts").fetchall()
    made = {name: sorted((r for r in rows if r[1] == name), key=repr) for name in CUBES_TRIED}
    assert all(made.values())
    return made


def table(hub: Hub, name: str) -> pl.DataFrame:
    with connect(hub.places, hub.keys(), vault=True, warehouse=True) as connection:
        return connection.execute(f"SELECT * FROM {name}").pl()


def ids(hub: Hub) -> set[str]:
    """Every keyed id of the warehouse: records, the agencies' references, people."""
    found: set[str] = set(table(hub, "warehouse.links")["person_id"])
    for name, columns in (
        ("victims", ("record_id", "incident_id", "agency_person_id")),
        ("referrals", ("record_id", "referral_id")),
        ("registrations", ("record_id", "agency_person_id")),
    ):
        frame = table(hub, f"warehouse.records_{name}")
        for column in columns:
            found |= set(frame[column].drop_nulls())
    return found


def tokens(hub: Hub) -> set[str]:
    """Every token of both roles, the bridge and the references."""
    found: set[str] = set()
    for name in ("tokens_victim", "tokens_suspect", "bridge"):
        frame = table(hub, f"vault.{name}")
        for column in frame.columns:
            if column not in NO_TOKENS:
                found |= {str(value) for value in frame[column].drop_nulls().to_list()}
    return found | set(table(hub, "vault.record_references")["token"].drop_nulls())


def whom(hub: Hub) -> set[frozenset[str]]:
    """The groups of records that are one person, whatever the person is called."""
    people = table(hub, "vault.people")
    return {
        frozenset(keys)
        for keys in people.group_by("role", "person_uid").agg(pl.col("rec_key"))["rec_key"].to_list()
    }


def goes_on(hub: Hub) -> bool:
    """Whether the next delivery is taken in and linked to the same people."""
    lay_out(hub, SAMPLE / "isva" / NEXT, LAST)
    before = table(hub, "vault.people").filter(pl.col("role") == "victim")["person_uid"].unique()
    outcome = receive(hub.places, hub.keys(), hub.agencies, "isva", LAST,
        partnership=hub.partnership, today=TODAY).outcome
    link_people(hub, LAST)
    rows = table(hub, "vault.people").filter(pl.col("role") == "victim")
    shared = rows.filter(pl.col("person_uid").is_in(before.implode()))["rec_key"].n_unique()
    return outcome is Outcome.LOADED and shared > len(rows) / 2


def test_warehouse_key_when_rotated_then_no_id_is_the_same_and_every_count_is(hub: Hub) -> None:
    counted, known, groups = counts(hub), ids(hub), whom(hub)
    shown = rotate(hub, "warehouse")
    assert hub.keys().check_value("warehouse") == shown
    assert ids(hub) & known == set()
    assert len(ids(hub)) == len(known)
    assert (counts(hub), whom(hub)) == (counted, groups)


def test_linkage_key_when_rotated_then_no_token_is_the_same_and_links_and_counts_are(hub: Hub) -> None:
    counted, known, groups = counts(hub), tokens(hub), whom(hub)
    rotate(hub, "linkage")
    assert tokens(hub) & known == set()
    assert len(tokens(hub)) == len(known)
    assert (counts(hub), whom(hub)) == (counted, groups)
    link_people(hub, LAST)
    assert whom(hub) == groups, "linked anew from the re-keyed tokens, everybody is who they were"
    assert goes_on(hub), "a delivery under the new key finds the people of the old"


@pytest.mark.parametrize(("name", "file"), [("vault_db", "vault"), ("warehouse_db", "warehouse")])
def test_database_key_when_rotated_then_the_file_opens_with_the_new_one_alone(
    hub: Hub, name: str, file: str
) -> None:
    old, counted, groups = hub.keys(), counts(hub), whom(hub)
    rotate(hub, name)
    with pytest.raises(
        StoreError, match=rf"^The {file} \[{file}\.duckdb\] cannot be opened: its key is not the one"
    ), connect(hub.places, old, vault=True, warehouse=True):
        pass
    assert (counts(hub), whom(hub)) == (counted, groups)
    assert sorted(p.name for p in hub.places.data_dir.glob(f"{file}*")) == [f"{file}.duckdb"]


def test_landing_key_when_rotated_then_received_files_open_with_the_new_one_alone(hub: Hub) -> None:
    old: KeyRing = hub.keys()
    sealed = sorted(hub.places.received.glob("isva/2026-Q2/*.sealed"))
    assert sealed
    rotate(hub, "landing")
    place = (hub.places, "isva", Quarter.parse("2026-Q2"), "caseload", sealed[0].stem)
    assert (
        unseal(*place, hub.keys().landing)
        == (SAMPLE / "isva" / "2026-Q2" / "isva_caseload_2026-Q2.csv").read_bytes()
    )
    with pytest.raises(LandingError, match="cannot be opened: another key"):
        unseal(*place, old.landing)
    assert goes_on(hub)


def test_receipt_key_when_rotated_then_the_data_stay_as_they_are(hub: Hub) -> None:
    known = ids(hub) | tokens(hub)
    old = hub.keys().check_value("receipt")
    assert rotate(hub, "receipt") != old
    assert ids(hub) | tokens(hub) == known


@pytest.mark.parametrize("name", ["vault_db", "warehouse_db", "linkage", "warehouse", "landing"])
def test_rotation_when_it_broke_off_after_the_data_then_the_staged_key_is_named_and_puts_it_right(
    hub: Hub, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr("pipelines.steps.rotate.store_rotated", breaks)
    with pytest.raises(OSError, match="killed"):
        rotate(hub, name)
    monkeypatch.undo()
    with pytest.raises(StoreError, match=r"[Nn]othing was changed\.$"):
        rotate(hub, name)
    staged = hub.places.key_dir / f"{name}.new"
    staged.replace(hub.places.key_dir / f"{name}.key")
    assert rotate(hub, name) == hub.keys().check_value(name), (
        "once the new key is in its place, keys rotate again"
    )


def test_rotation_when_it_broke_off_before_the_data_then_refused_and_says_what_to_do(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr("pipelines.steps.rotate.copy_database", breaks)
    with pytest.raises(OSError, match="killed"):
        rotate(hub, "vault_db")
    monkeypatch.undo()
    with pytest.raises(KeyProblem) as caught:
        rotate(hub, "vault_db")
    assert str(caught.value) == (
        "A rotation of the key [vault_db] was begun and not ended: [vault_db.new] stands in the key "
        "directory. If the databases "
        "refuse [vault_db.key], the new key is in force: put [vault_db.new] in its place. Otherwise remove "
        "[vault_db.new]."
    )
    (hub.places.key_dir / "vault_db.new").unlink()
    rotate(hub, "vault_db")


def test_rotation_when_the_key_is_unknown_then_names_those_that_there_are(hub: Hub) -> None:
    with pytest.raises(KeyProblem, match=r"^There is no key \[front_door\]\. Keys are: "):
        rotate(hub, "front_door")
