"""The register taken in: the last good file stands, the folder is the register, the store is encrypted."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.hub import Hub
from pipelines.registers.entry import RegisterError
from pipelines.registers.keeping import check_files, folder_of, load_files
from pipelines.release.counts import TrueCounts
from pipelines.release.coverage import coverage
from pipelines.release.registers import register_files
from pipelines.release.tables import tables
from pipelines.steps.aggregate import AsOf, count_cubes, make_core
from pipelines.store import registers as store
from pipelines.store.connect import connect
from pipelines.store.warehouse import prepare
from schemas.measures.cubes import CUBES
from schemas.quarters import Quarter
from schemas.registers import kinds
from tests.conftest import ROOT, SAMPLE
from tests.integration.conftest import new_hub

LAST = Quarter.parse("2026-Q3")


def _stored(hub: Hub) -> tuple[int, tuple[str, object] | None]:
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        return store.entries(connection).height, store.snapshot(connection)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    made = new_hub(tmp_path)
    shutil.copytree(SAMPLE / "registers", folder_of(made))
    return made


def test_register_when_a_file_goes_bad_then_its_last_good_entries_stand(hub: Hub) -> None:
    assert all(checked.is_good for checked in load_files(hub, folder_of(hub)))
    first = _stored(hub)
    returns = folder_of(hub) / "returns.csv"
    returns.write_text(returns.read_text().replace("quality_lead", "Jane Doe", 1))
    again = load_files(hub, folder_of(hub))
    assert [(c.name, c.is_good) for c in again] == [("documents.csv", True), ("returns.csv", False)]
    assert _stored(hub) == first


def test_register_when_loaded_twice_then_the_same_and_when_a_file_is_gone_then_its_entries_are(
    hub: Hub
) -> None:
    load_files(hub, folder_of(hub))
    first = _stored(hub)
    load_files(hub, folder_of(hub))
    assert _stored(hub) == first
    (folder_of(hub) / "returns.csv").unlink()
    load_files(hub, folder_of(hub))
    height, snapshot = _stored(hub)
    assert 0 < height < first[0]
    assert snapshot is not None and snapshot != first[1]


def test_register_when_the_warehouse_is_older_than_a_column_then_it_gets_it_and_keeps_its_entries(
    hub: Hub
) -> None:
    load_files(hub, folder_of(hub))
    first = _stored(hub)
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        connection.execute("ALTER TABLE warehouse.register_entries DROP COLUMN areas")
    assert _stored(hub) == first
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        assert set(store.entries(connection)["areas"]) == {""}


def test_register_when_two_files_say_the_same_then_the_second_is_refused(hub: Hub) -> None:
    shutil.copy(folder_of(hub) / "documents.csv", folder_of(hub) / "plan.csv")
    found = {c.name: c for c in check_files(hub, folder_of(hub))}
    assert found["documents.csv"].is_good
    assert {f.rule_id for f in found["plan.csv"].findings} == {"register_ref_repeated"}
    assert {f.hint for f in found["plan.csv"].findings} == {"also in documents.csv"}


def test_register_when_the_folder_is_empty_then_said_and_nothing_is_dropped(hub: Hub) -> None:
    load_files(hub, folder_of(hub))
    first = _stored(hub)
    for path in folder_of(hub).iterdir():
        path.unlink()
    with pytest.raises(RegisterError, match="holds no register"):
        load_files(hub, folder_of(hub))
    assert _stored(hub) == first


def _returned() -> list[dict[str, str]]:
    with (SAMPLE / "registers" / "returns.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_cubes_of_returns_when_counted_then_equal_the_register_read_apart(hub: Hub) -> None:
    load_files(hub, folder_of(hub))
    make_core(hub, LAST)
    rows = _returned()
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        known = coverage(connection, hub.partnership, hub.agencies, AsOf.of(LAST, hub.partnership))
        found = {t.name: t for t in tables(hub.partnership, hub.agencies, known, LAST)}
        for cube in (c for c in CUBES.values() if c.dataset.startswith("register_")):
            assert count_cubes(connection, [cube], LAST)[cube.name] > 0
            kind = cube.dataset.removeprefix("register_")
            own = [r for r in rows if r["kind"] == kind]
            assert {name for name, t in found.items() if t.cube is cube} == {
                f"{cube.name}.{r['agency']}" for r in own}
            for agency in {r["agency"] for r in own}:
                table = found[f"{cube.name}.{agency}"]
                quarters = sorted({r["quarter"] for r in own if r["agency"] == agency})
                assert list(table.periods) == quarters
                expected: dict[tuple[str, ...], int] = {}
                for r in (r for r in own if r["agency"] == agency):
                    yes, base = int(r["n"]), int(r["of_n"] or r["n"])
                    key = (r["quarter"], r["topic"])
                    if len(table.dimensions) == 1:
                        expected[key] = yes
                    else:
                        expected |= {(*key, "yes"): yes, (*key, "no"): base - yes}
                got = {tuple(row[:-1]): row[-1] for row in TrueCounts(connection, LAST).of(table).rows()}
                assert {k: n for k, n in got.items() if n} == {k: n for k, n in expected.items() if n}


def test_coverage_when_a_kind_was_not_returned_for_a_quarter_then_missing_and_never_a_zero(hub: Hub) -> None:
    path = folder_of(hub) / "returns.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not (x.startswith("complaints") and ",2026-Q1," in x)))
    load_files(hub, folder_of(hub))
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        known = coverage(connection, hub.partnership, hub.agencies, AsOf.of(LAST, hub.partnership))
        found = {t.name: t for t in tables(hub.partnership, hub.agencies, known, LAST)}
    rows = known.frame.filter(dataset="register_complaints", agency="isva").sort("quarter")
    assert dict(zip(rows["quarter"], rows["status"], strict=True))["2026-Q1"] == "not_received"
    assert rows["status"].to_list()[:8] == ["not_joined"] * 8
    assert "2026-Q1" in found["complaints_received.isva"].missing
    assert "2026-Q1" not in found["complaints_received.isva"].periods
    assert "complaints_received.sarc" not in found


def test_release_files_when_the_register_changes_later_then_the_stored_ones_say_what_was_shown(
    hub: Hub
) -> None:
    def files() -> dict[str, bytes]:
        with connect(hub.places, hub.keys(), warehouse=True) as connection:
            prepare(connection, hub.keys().check_values())
            return register_files(connection, AsOf.of(LAST, hub.partnership))

    assert files() == {}
    load_files(hub, folder_of(hub))
    first = files()
    assert files() == first
    shown = list(csv.DictReader(io.StringIO(first["registers.csv"].decode())))
    protected = {kind.name for kind in kinds().values() if kind.is_protected}
    assert len(shown) == json.loads(first["registers.json"])["n_shown"] > 100
    assert not {row["kind"] for row in shown} & protected
    assert {row["n"] for row in shown if row["kind"] == "directory"} >= {"2.5", "4"}
    plan = folder_of(hub) / "documents.csv"
    plan.write_text(plan.read_text().replace(",in_progress,", ",done,", 1))
    load_files(hub, folder_of(hub))
    assert json.loads(files()["registers.json"])["sha256"] != json.loads(first["registers.json"])["sha256"]


def test_command_when_a_file_is_bad_then_exit_code_2_and_no_value_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "registers"
    folder.mkdir(parents=True)
    (folder / "plan.csv").write_text("kind,ref,agency,owner,status,reviewed\nactions,ACT-police-1,police,"
                                     "Zebedee Quillfeather,done,2026-01-01\n")
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.doors.cli", "registers", "check", "--data-dir",
         str(tmp_path / "var")], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "[register_owner_unknown]" in done.stderr
    assert "Zebedee" not in done.stdout + done.stderr
