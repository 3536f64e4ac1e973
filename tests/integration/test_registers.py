"""The register taken in: the last good file stands, the folder is the register, the store is encrypted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.hub import Hub
from pipelines.registers.entry import RegisterError
from pipelines.registers.keeping import check_files, folder_of, load_files
from pipelines.store import registers as store
from pipelines.store.connect import connect
from pipelines.store.warehouse import prepare
from tests.conftest import ROOT, SAMPLE
from tests.integration.conftest import new_hub


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
