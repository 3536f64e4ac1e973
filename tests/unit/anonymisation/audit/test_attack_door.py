"""The doors: files in, exit status and text out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anonymisation.audit import audit
from pipelines.doors.attack import attack_command, verify_command


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "by_area.csv"
    path.write_text(
        "area;kind;value;marker\na;x;;[c]\na;y;9;\nb;x;7;\nb;y;8;\nall;x;9;\nall;y;17;\n",
        encoding="utf-8-sig",
    )
    return path


def test_attack_command_when_a_target_is_open_then_status_1_and_its_interval(
    table: Path, capsys: Any
) -> None:
    assert attack_command([table]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["tables", "area", "kind", "published", "interval", "verdict", "why", "bound"]
    assert out[1].split() == ["by_area", "a", "x", "[c]", "[2,", "2]", "OPEN", "recovered", "exactly"]
    assert out[2].startswith("1 of 1 targets are open (")


def test_attack_command_when_json_is_asked_then_json(table: Path, capsys: Any) -> None:
    assert attack_command([table], json_output=True) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["n_targets"], found["n_open"], found["n_unsolved"]) == (1, 1, 0)
    assert found["targets"][0] == {
        "tables": "by_area", "area": "a", "kind": "x", "target": "withheld", "published": "[c]",
        "lo": 2, "up": 2,
        "width": 0, "exact": True, "open": True, "why": "recovered exactly",
    }  # fmt: skip


def test_attack_command_when_nothing_is_open_then_status_0(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "t.csv"
    path.write_text("area,n\na,c\nb,c\nall,30\n")
    assert attack_command([path]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 of 2 targets are open")


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_attack_command_when_a_hierarchy_file_is_given_then_it_is_used(tmp_path: Path, suffix: str) -> None:
    path, tree = tmp_path / "t.csv", tmp_path / f"tree.{suffix}"
    path.write_text("area,n\na,c\nb,9\nd,30\nnorth,11\n")
    tree.write_text('{"north": ["a", "b"]}' if suffix == "json" else "area:\n  north: [a, b]\n")
    assert attack_command([path]) == 0
    assert attack_command([path], hierarchies=tree) == 1


@pytest.mark.parametrize("dimensions", [["area,kind"], ["area", "kind"], [" area , kind,"]])
def test_attack_command_when_dimensions_are_named_then_no_other_column_is_one(
    tmp_path: Path, capsys: Any, dimensions: list[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("area,kind,n,remark\na,x,[c],new\na,y,9,\na,all,12,old\n")
    assert attack_command([path], dimensions=dimensions, json_output=True) == 1
    (target,) = json.loads(capsys.readouterr().out)["targets"]
    assert (target["area"], target["kind"], target["lo"], target["up"]) == ("a", "x", 3, 3)


def test_attack_command_when_two_files_bear_one_name_then_folders_tell_them_apart(
    tmp_path: Path, capsys: Any
) -> None:
    paths = []
    for release, row in (("r1", "a,4"), ("r2", "a,c")):
        (tmp_path / release).mkdir()
        paths.append(tmp_path / release / "t.csv")
        paths[-1].write_text(f"area,n\n{row}\nb,9\n")
    assert attack_command(paths) == 1
    assert "r1/t r2/t" in capsys.readouterr().out


BAD = [
    ("", {}, "file [t.csv]: empty"),
    ("area,n\n", {}, "file [t.csv]: a header and no rows"),
    ("area,area\na,3\n", {}, "file [t.csv]: column names are missing or repeated"),
    ("area,n\na,3,4\n", {}, "file [t.csv]: 1 rows have not 2 fields as the header has, first row 2"),
    ("area,n\na,\0\n", {}, "file [t.csv]: not a CSV file"),
    ("area,n\na,3\nb,4\nall,9\n", {}, "no table fits the published figures: 3 cells have no possible value; "
     "margins do not add, or the files do not count the same people"),
    ("area,n\na,3\n", {"symbol": ["c"]}, "--symbol [c]: write it as symbol=low:high"),
    ("area,n\na,3\n", {"earlier": [Path("x")]},
     "--earlier goes with a release folder; hand tables over oldest first"),
    ("area,n\na,3\n", {"hierarchies": Path("nowhere.json")}, "file [nowhere.json]: cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "message"), BAD)
def test_attack_command_when_the_input_cannot_be_used_then_status_2(
    tmp_path: Path, capsys: Any, text: str, options: dict[str, Any], message: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert attack_command([path], **options) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"tessera attack: {message}\n")


@pytest.fixture
def folder(tmp_path: Path, written: Any) -> Path:
    cats = {"area": ["n", "s"], "kind": ["no", "yes"]}
    files = written.release(
        [(written.cube("by_kind", cats), {"p": written.cells(np.array([[0, 5], [10, 20]]), cats)})]
    )
    (tmp_path / "release" / "cubes").mkdir(parents=True)
    for name, data in files.items():
        (tmp_path / "release" / name).write_bytes(data)
    (tmp_path / "release" / "certificate.json").write_bytes(audit(files).certificate)
    return tmp_path / "release"


def test_attack_command_when_a_release_folder_is_named_then_it_is_audited(folder: Path, capsys: Any) -> None:
    assert attack_command([folder]) == 0
    assert capsys.readouterr().out.startswith("# What this release withstood\n")
    assert attack_command([folder], earlier=[folder], json_output=True) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True


def test_verify_command_when_the_certificate_holds_then_status_0(folder: Path, capsys: Any) -> None:
    assert verify_command(folder, certificate=True) == 0
    assert capsys.readouterr().out == (
        "1 systems proved: 3 cells that may be small, each with an interval at least 4 wide.\nThe "
        "certificate holds.\n"
    )


def test_verify_command_when_a_file_was_changed_then_status_1(folder: Path, capsys: Any) -> None:
    cube = folder / "cubes" / "by_kind.csv"
    cube.write_text(cube.read_text().replace("n,no,0,0 to 4", "n,no,5,"))
    assert verify_command(folder, certificate=True, json_output=True) == 1
    assert (
        json.loads(capsys.readouterr().out)["problems"][0]
        == "file [cubes/by_kind.csv] is not the one certified"
    )


def test_verify_command_when_there_is_no_release_then_status_2(
    tmp_path: Path, folder: Path, capsys: Any
) -> None:
    (folder / "certificate.json").unlink()
    for path, flag, message in (
        (tmp_path / "none", True, "[none] is not a folder"),
        (tmp_path, True, f"folder [{tmp_path.name}]: no [systems.json] in it, so it is not a release"),
        (folder, True, "the folder has no [certificate.json]"),
        (folder, False, "say what to check: --certificate"),
    ):
        assert verify_command(path, certificate=flag) == 2
        assert capsys.readouterr().err == f"tessera verify: {message}\n"
