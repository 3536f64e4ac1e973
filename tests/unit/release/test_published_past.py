"""What was published stays as it was: every way of tampering with it is found, and nothing is made beside
it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from anonymisation.audit import audit
from anonymisation.disclosure import Cube, Rules, append_ledger, protect, read_ledger
from anonymisation.disclosure.publishing import release_files
from pipelines.doors.verify import BROKEN, HELD, UNUSABLE, verify_release
from pipelines.release.sign_off import approve, check_past
from pipelines.steps.protect import ReleaseOpen, protect_release, require_all_readers
from pipelines.store.places import Places
from pipelines.store.releases import ReleaseError, earlier, meta, published, write_checksums, write_folder
from schemas.quarters import Quarter
from schemas.signers import Signers

SIGNERS = Signers.model_validate({"signers": [
    {"name": "maker", "role": "analyst", "may": ["make"]},
    {"name": "approver", "role": "chair", "may": ["approve"]}]})
AREAS, AGES = ("north", "south"), ("child", "adult")
CUBE = Cube(name="by_area", unit="incident", dimensions=("area", "age"),
            categories={"area": AREAS, "age": AGES})


def frame(*periods: str, more: int = 0) -> pl.DataFrame:
    rows = [(p, a, b, n + more) for p in periods
            for (a, b), n in zip([(a, b) for a in AREAS for b in AGES], (3, 11, 27, 40), strict=True)]
    return pl.DataFrame(rows, schema={"period": pl.String, "area": pl.String, "age": pl.String,
                                      "n": pl.Int64},
                        orient="row")


def publish(places: Places, name: str, *periods: str, number: int,
            vintages: dict[str, str] | None = None) -> Path:
    """A release of some quarters, approved; quarters of a vintage hold two people more in each cell."""
    candidate(places, name, *periods, number=number, vintages=vintages)
    return approve(places, name, "approver", signers=SIGNERS, sign=lambda _: None)


def candidate(places: Places, name: str, *periods: str, number: int,
              vintages: dict[str, str] | None = None) -> None:
    """The same, not approved."""
    table = pl.concat([frame(*(p for p in periods if p not in (vintages or {}))),
                       frame(*(vintages or {}), more=2)])
    protected = protect([CUBE], {CUBE.name: table}, seed=bytes(range(number, number + 16)))
    files = beside(places, release_files([CUBE], protected, rules=Rules(), vintages=vintages))
    files["release.json"] = json.dumps({"status": "candidate", "made_by": "maker"}).encode()
    write_folder(places, name, files)


def beside(places: Places, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a release that is protected together with all that is out."""
    spec = json.loads(files["systems.json"]) | {"earlier": [path.name for path in published(places)]}
    return files | {"systems.json": json.dumps(spec).encode()}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path / "var")


@pytest.fixture
def folder(places: Places) -> Path:
    """The first of two releases."""
    first = publish(places, "2026-Q1.1", "2026-Q1", number=1)
    publish(places, "2026-Q2.1", "2026-Q2", number=2)
    return first


def unlock(path: Path) -> Path:
    path.chmod(0o644)
    return path


def seal_again(folder: Path) -> None:
    """What somebody does who covers his traces: the checksums follow the change."""
    unlock(folder / "SHA256SUMS")
    write_checksums(folder)


def check(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = verify_release(path, certificate=False, json_output=False)
    return code, capsys.readouterr().err.splitlines()


def test_verify_when_nothing_was_touched_then_it_holds(folder: Path,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    assert check(folder, capsys) == (HELD, [])
    assert check(folder.parent, capsys) == (HELD, [])


@pytest.mark.parametrize("covered", [False, True])
def test_verify_when_a_released_file_was_changed_then_found(
    folder: Path, capsys: pytest.CaptureFixture[str], covered: bool
) -> None:
    file = unlock(folder / "cubes" / "by_area.csv")
    file.write_bytes(file.read_bytes().replace(b"adult,40", b"adult,45").replace(b"adult,10", b"adult,15"))
    if covered:
        seal_again(folder)
    code, said = check(folder, capsys)
    assert code == BROKEN
    checksum, ledger = "[cubes/by_area.csv] is not as it was written", (
        "[2026-Q1.1/cubes/by_area.csv] is not the file that the published ledger names")
    assert said == ([ledger] if covered else [checksum, ledger])
    assert check(folder.parent, capsys)[0] == BROKEN


@pytest.mark.parametrize("covered", [False, True])
def test_verify_when_a_released_file_was_removed_then_found(
    folder: Path, capsys: pytest.CaptureFixture[str], covered: bool
) -> None:
    (folder / "cubes" / "by_area.csv").unlink()
    if covered:
        seal_again(folder)
    code, said = check(folder, capsys)
    assert code == BROKEN
    assert said[-1] == "[2026-Q1.1/cubes/by_area.csv] is not the file that the published ledger names"


def test_verify_when_a_file_was_added_and_sealed_then_found(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "cubes" / "more.csv").write_text("period,value,marker\n")
    seal_again(folder)
    assert check(folder, capsys) == (
        BROKEN, ["[2026-Q1.1/cubes/more.csv] is in the folder, and the published ledger does not name it"])


def test_verify_when_a_ledger_line_was_changed_then_found(folder: Path,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    ledger = folder.parent / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b'"vintage":"provisional"', b'"vintage":"final"', 1))
    code, said = check(folder, capsys)
    assert code == BROKEN
    assert said == ["the published ledger: the ledger's chain is broken at line [1]: a line was changed, "
                    "removed or moved. "
                    "Restore it from the last release's copy, and find out who changed it."]
    assert check(folder.parent, capsys)[0] == BROKEN


def test_verify_when_the_ledger_was_cut_short_then_the_release_misses_its_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = folder.parent / "ledger.jsonl"
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:1]))
    assert check(folder.parent / "2026-Q2.1", capsys) == (
        BROKEN, ["the published ledger does not name it, although it is approved"])


def test_verify_when_the_whole_ledger_was_written_anew_then_the_next_release_knows(
    places: Places, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Places.under(tmp_path / "other")
    publish(other, "2026-Q1.1", "2025-Q4", "2026-Q1", number=7)  # another past, consistent in itself
    lines = (folder.parent / "ledger.jsonl").read_bytes()
    second = [b for b in read_ledger(lines) if b.release == "2026-Q2.1"]
    forged = append_ledger((other.releases / "ledger.jsonl").read_bytes(), second)
    (folder.parent / "ledger.jsonl").write_bytes(forged)
    assert check(folder.parent / "2026-Q2.1", capsys) == (
        BROKEN, ["the published ledger: the head written down elsewhere is not in this ledger: "
                 "it was rewritten or cut short."])


def test_verify_when_a_whole_release_was_removed_then_the_ledger_still_names_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.rename(folder.parent.parent / "elsewhere")
    assert check(folder.parent, capsys) == (
        BROKEN, ["release [2026-Q1.1] is in the published ledger and not in the folder"])


def test_verify_when_the_path_is_no_release_then_unusable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = check(tmp_path, capsys)
    assert code == UNUSABLE
    assert said[0].endswith("is no release: it has no [SHA256SUMS]. Give the path of a release folder, or of "
                            "the folder "
                            "that holds them all.")


def test_check_past_when_whole_then_silent(places: Places, folder: Path) -> None:
    check_past(places)


def test_check_past_when_an_earlier_release_is_gone_then_nothing_is_made_beside_it(
    places: Places, folder: Path
) -> None:
    folder.rename(places.data_dir / "elsewhere")
    before = sorted(p.as_posix() for p in places.releases.rglob("*"))
    with pytest.raises(ReleaseError) as refused:
        check_past(places)
    assert str(refused.value) == (
        "The published past is not whole, and no release is made beside it: [1] things are wrong, first: "
        "file "
        "[2026-Q1.1/cubes/by_area.csv] is in the ledger but missing from the folder. Restore it from the "
        "release's copy. "
        "Restore the releases folder and its ledger from a copy (tessera verify says what is wrong).")
    assert sorted(p.as_posix() for p in places.releases.rglob("*")) == before


def test_check_past_when_the_ledger_is_gone_then_refused(places: Places, folder: Path) -> None:
    (places.releases / "ledger.jsonl").unlink()
    with pytest.raises(ReleaseError, match=r"\[ledger.jsonl\] is missing, although releases were approved"):
        check_past(places)


def test_protect_release_when_an_earlier_release_is_gone_then_refused_before_any_count_is_read(
    places: Places, folder: Path
) -> None:
    folder.rename(places.data_dir / "elsewhere")
    hub: Any = SimpleNamespace(places=places)  # no key, no warehouse: nothing of them is asked for
    with pytest.raises(ReleaseError,
                       match="The published past is not whole, and no release is made beside it"):
        protect_release(hub, Quarter.parse("2026-Q3"))


def test_require_all_readers_when_nothing_private_was_handed_over_then_refused(places: Places,
    folder: Path) -> None:
    files = {"systems.json": (folder / "systems.json").read_bytes(),
             "cubes/by_area.csv": (folder / "cubes" / "by_area.csv").read_bytes()}
    idle = audit(files).idle
    assert idle == ("contributing agency",)
    with pytest.raises(ReleaseOpen) as refused:
        require_all_readers(Quarter.parse("2026-Q3"), idle)
    assert str(refused.value) == (
        "The release of [2026-Q3] was not attacked by every reader and was not made: [contributing agency] "
        "did not run. "
        "Hand the true counts and the contributors' counts of every system to the audit.")
    nobody = pl.DataFrame(schema={"key": pl.String, "agency": pl.String, "n": pl.Int64})
    require_all_readers(Quarter.parse("2026-Q3"), audit(files, contributors=nobody).idle)


def test_approve_when_another_release_came_out_since_it_was_protected_then_refused_and_nothing_changes(
    places: Places
) -> None:
    candidate(places, "2026-Q1.1", "2026-Q1", number=1)
    candidate(places, "2026-Q2.1", "2026-Q2", number=2)  # drawn without knowing what the first will tell
    approve(places, "2026-Q1.1", "approver", signers=SIGNERS, sign=lambda _: None)
    ledger = (places.releases / "ledger.jsonl").read_bytes()
    with pytest.raises(ReleaseError) as refused:
        approve(places, "2026-Q2.1", "approver", signers=SIGNERS, sign=lambda _: None)
    assert str(refused.value) == (
        "Release [2026-Q2.1] was protected before [2026-Q1.1] came out, and nobody knows what both give away "
        "together. Make it again (tessera release).")
    assert (places.releases / "ledger.jsonl").read_bytes() == ledger
    assert meta(places.releases / "2026-Q2.1")["status"] == "candidate"
    candidate(places, "2026-Q2.1", "2026-Q2", number=2)
    approve(places, "2026-Q2.1", "approver", signers=SIGNERS, sign=lambda _: None)


def test_earlier_when_a_quarter_is_released_twice_then_the_first_is_known_to_the_reader_of_the_second(
    places: Places, folder: Path
) -> None:
    publish(places, "2026-Q2.2", "2026-Q2", number=3)
    assert [path.name for path in earlier(places, "2026-Q2.2")] == ["2026-Q1.1", "2026-Q2.1"]
    assert [path.name for path in earlier(places, "2026-Q2.1")] == ["2026-Q1.1"]
    assert [path.name for path in earlier(places, "2026-Q2.1-public")] == ["2026-Q1.1"]
    assert [path.name for path in earlier(places, "2026-Q3.1")] == [
        "2026-Q1.1", "2026-Q2.1", "2026-Q2.2"]


def test_protect_release_when_a_later_quarter_is_out_then_refused_before_any_count_is_read(
    places: Places, folder: Path
) -> None:
    hub: Any = SimpleNamespace(places=places)
    with pytest.raises(ReleaseError) as refused:
        protect_release(hub, Quarter.parse("2026-Q1"))
    assert str(refused.value) == (
        "Release [2026-Q2.1] is out, and tells [2026-Q1] already. Nothing is released of a quarter before it "
        "any more.")


def test_approve_when_a_quarter_is_told_anew_then_the_ledger_holds_both_vintages(
    places: Places, folder: Path
) -> None:
    publish(places, "2027-Q1.1", "2026-Q1", "2027-Q1", number=3, vintages={"2026-Q1": "final"})
    told = [(b.release, b.period, b.vintage) for b in read_ledger((places.releases / "ledger.jsonl")
        .read_bytes())]
    assert told == [
        ("2026-Q1.1", "2026-Q1", "provisional"), ("2026-Q2.1", "2026-Q2", "provisional"),
        ("2027-Q1.1", "2026-Q1", "final"), ("2027-Q1.1", "2027-Q1", "provisional"),
    ]


@pytest.mark.parametrize(("rows", "unavailable"), [
    (["2026-Q1,north,,[x]", "2026-Q1,south,,[x]", "2026-Q1,all,,[x]"], ("", "area=north", "area=south")),
    ([], ()),  # a yearly table before the first full year
])
def test_approve_when_nothing_of_a_unit_can_be_counted_yet_then_its_file_is_named_all_the_same(
    places: Places, rows: list[str], unavailable: tuple[str, ...]
) -> None:
    nobody = Cube(name="repeat", unit="victim", dimensions=("area",), categories={"area": AREAS})
    protected = protect([CUBE], {CUBE.name: frame("2026-Q1")}, seed=bytes(16))
    files = release_files([CUBE], protected, rules=Rules())
    described = json.loads(files["systems.json"])
    described["cubes"].append(described["cubes"][0] | {
        "name": nobody.name, "unit": nobody.unit, "dimensions": ["area"],
        "categories": {"area": list(AREAS)}})
    files = beside(places, files | {"systems.json": json.dumps(described).encode()})
    files["cubes/repeat.csv"] = "".join(f"{row}\n" for row in ("period,area,value,marker", *rows)).encode()
    files["release.json"] = json.dumps({"status": "candidate", "made_by": "maker"}).encode()
    write_folder(places, "2026-Q1.1", files)
    approve(places, "2026-Q1.1", "approver", signers=SIGNERS, sign=lambda _: None)
    told = {b.unit: b for b in check_past(places)}
    assert told["victim"].unavailable == unavailable
    assert told["victim"].cells == {}
    assert "2026-Q1.1/cubes/repeat.csv" in told["victim"].files
