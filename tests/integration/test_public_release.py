"""Signing and the public release, on a copy of the finished street: who may sign, what the public sees, and
that nothing else gets through."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipelines.doors.verify import HELD, verify_release
from pipelines.hub import Hub
from pipelines.release.files import published_cells
from pipelines.release.public import check_public
from pipelines.release.sign_off import problems
from pipelines.steps.release import approve_release, write_public
from pipelines.store import releases
from pipelines.store.places import Places
from pipelines.store.releases import ReleaseError
from schemas.quarters import Quarter
from schemas.signers import SignerError
from tests.conftest import Street

ANALYST, APPROVER = "Sample analyst", "Sample approver"


@pytest.fixture(scope="module")
def hub(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """The street's releases, to be signed: neither database is needed for that."""
    base = tmp_path_factory.mktemp("signing")
    shutil.copytree(street.data_dir / "releases", base / "var" / "releases")
    for path in (base / "var" / "releases").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    places = Places.under(base / "var", base / "var-keys")
    places.make()
    return Hub(places=places)


@pytest.fixture(scope="module")
def candidate(hub: Hub) -> str:
    """The street's open candidate, made by the first who may make."""
    folder = releases.folders(hub.places)[-1]
    meta = releases.meta(folder)
    if meta["made_by"] != f"{ANALYST}, partnership analyst":  # a street of an earlier version
        meta["made_by"] = f"{ANALYST}, partnership analyst"
        (folder / releases.META).write_text(json.dumps(meta), encoding="utf-8")
        releases.write_checksums(folder)
    return folder.name


@pytest.fixture(scope="module")
def board(hub: Hub, candidate: str) -> Path:
    """The candidate, after a stranger and its maker were refused and the approver signed."""
    before = (hub.places.releases / candidate / "SHA256SUMS").read_bytes()
    with pytest.raises(SignerError, match=r"^\[Somebody\] may not \[approve\] a release\."):
        approve_release(hub, candidate, "Somebody")
    with pytest.raises(ReleaseError, match=rf"^\[{ANALYST}\] made the candidate \[{candidate}\]; "):
        approve_release(hub, candidate, ANALYST)
    with pytest.raises(ReleaseError, match=r"^No release of \[2026-Q3\] is approved for the board"):
        write_public(hub, Quarter.parse("2026-Q3"))
    assert (hub.places.releases / candidate / "SHA256SUMS").read_bytes() == before
    return approve_release(hub, candidate, APPROVER)


@pytest.fixture(scope="module")
def public(hub: Hub, board: Path) -> Path:
    """The public candidate."""
    told = write_public(hub, Quarter.parse("2026-Q3"))
    return hub.places.releases / str(told["folder"])


def test_approve_when_another_signs_then_pages_and_audit_log_say_so(board: Path) -> None:
    meta = releases.meta(board)
    assert meta["approved_by"] == "Sample approver, head of information governance"
    assert [line["event"] for line in meta["log"]][-1] == "approved"
    text = (board / "dashboard" / "index.html").read_text(encoding="utf-8")
    assert "approved by Sample approver, head of information governance" in text
    assert "This release has not been approved." not in text


def test_public_when_made_then_it_is_a_smaller_part_of_the_boards(board: Path, public: Path) -> None:
    ours, theirs = (published_cells([releases.tables_of(folder)]) for folder in (public, board))
    assert 0 < len(ours) < len(theirs) / 5
    assert {key: theirs[key] for key in ours} == ours
    meta = releases.meta(public)
    assert (meta["audience"], meta["of_release"], meta["status"]) == ("public", board.name, "candidate")
    assert "submissions" not in meta["provenance"] and meta["licence"] == "Open Government Licence v3.0"
    pages = {p.stem for p in (public / "dashboard").glob("*.html")}
    assert "index" in pages and not pages & {"by_whom", "places", "decisions", "changes", "own"}


@pytest.mark.parametrize("fault", ["changed", "added", "uncovered"])
def test_public_when_a_figure_is_not_as_the_board_saw_it_then_rejected(
    hub: Hub, public: Path, fault: str
) -> None:
    files = releases.tables_of(public)
    name = "cubes/victims_by_age_sex.all.csv"
    lines = files[name].decode().splitlines()
    row = next(i for i, line in enumerate(lines) if line.startswith("2026-Q3,") and line.split(",")[-2])
    *key, value, marker = lines[row].split(",")
    match fault:
        case "changed":
            lines[row] = ",".join([*key, str(int(value) + 5), marker])
        case "added":
            lines.append(",".join(["2026-Q4", *key[1:], value, marker]))
        case "uncovered":
            files["cubes/victims_by_religion.all.csv"] = files[name]
    files[name] = ("\n".join(lines) + "\n").encode()
    with pytest.raises(ReleaseError, match=r"^No public release was made: \[1\] figures are not as "):
        check_public(files, (hub.places.releases / releases.LEDGER).read_bytes())


def test_public_when_approved_then_ledger_names_it_and_the_past_of_the_board_is_as_it_was(
    hub: Hub, board: Path, public: Path
) -> None:
    with pytest.raises(SignerError, match=r"^\[Somebody\] may not \[approve public\] a release\."):
        approve_release(hub, public.name, "Somebody")
    approve_release(hub, public.name, APPROVER)
    assert problems(hub.places) == []
    assert verify_release(hub.places.releases, certificate=False, json_output=True) == HELD
    assert releases.earlier(hub.places, Quarter.parse("2026-Q4"))[-1] == board
    assert releases.folder_name(hub.places, Quarter.parse("2026-Q3")) == "2026-Q3.2"
