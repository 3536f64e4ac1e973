"""Signing and the public release, on a copy of the finished street: who may sign, what the public sees, and
that nothing else gets through."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.doors.verify import HELD, verify_release
from pipelines.hub import Hub
from pipelines.release.files import NOT_AVAILABLE, keyed
from pipelines.release.public import check_public
from pipelines.release.quality import left_out_band
from pipelines.release.sign_off import problems
from pipelines.steps.edition import check_day, write_editions
from pipelines.steps.release import approve_release, write_public
from pipelines.store import releases
from pipelines.store.places import Places
from pipelines.store.releases import ReleaseError
from schemas.quarters import Quarter
from schemas.signers import SignerError
from tests.conftest import Street

ANALYST, APPROVER = "Sample analyst", "Sample approver"


def cells_of(folder: Path) -> dict[str, str]:
    """Key to value of every published cell of a folder."""
    cells: dict[str, str] = {}
    for cube in json.loads((folder / "systems.json").read_bytes())["cubes"]:
        frame = pl.read_csv(folder / "cubes" / f"{cube['name']}.csv", infer_schema=False,
                            empty_string_is_null=False).filter(pl.col("marker") != NOT_AVAILABLE)
        told = keyed(frame.rename({"value": "n"}), cube["unit"], tuple(cube["dimensions"]))
        cells |= dict(told.iter_rows())
    return cells


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
    ours, theirs = cells_of(public), cells_of(board)
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
    assert releases.earlier(hub.places, "2026-Q4.1")[-1] == board
    assert releases.folder_name(hub.places, Quarter.parse("2026-Q3")) == "2026-Q3.2"


@pytest.mark.parametrize(("today", "is_early"), [
    ("2026-11-26", True), ("2026-11-27", False), ("2026-12-02", False), ("2026-12-03", False),
])
def test_check_day_when_the_board_meets_on_2_december_then_agencies_from_27_november(
    today: str, is_early: bool
) -> None:
    board_on, quarter = date(2026, 12, 2), Quarter.parse("2026-Q3")
    if not is_early:
        check_day(board_on, quarter, date.fromisoformat(today))
        return
    with pytest.raises(ReleaseError) as error:
        check_day(board_on, quarter, date.fromisoformat(today))
    assert str(error.value) == (
        "The board meets on [2026-12-02]; agencies may have its figures from [2026-11-27]. Run this again on "
        "that day.")


def test_check_day_when_no_meeting_is_entered_then_says_where_to_enter_it() -> None:
    with pytest.raises(ReleaseError, match=r"names no day on which the board meets for \[2026-Q3\]\. "):
        check_day(None, Quarter.parse("2026-Q3"), date(2026, 12, 1))


def test_editions_when_agencies_get_theirs_then_each_has_a_folder_with_its_own_page_and_no_others(
    hub: Hub, street: Street, board: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hub, "today", lambda _: date(2026, 11, 27))
    shutil.copytree(street.data_dir / "receipts", hub.places.receipts, dirs_exist_ok=True)
    pages = write_editions(hub, board.name, "agency", single_file=False)
    agencies = [entry["agency"] for entry in releases.meta(board)["agencies"]]
    assert pages == [hub.places.editions / board.name / a / "own.html" for a in agencies]
    for page, agency in zip(pages, agencies, strict=True):
        text = page.read_text(encoding="utf-8")
        others = {a.name for a in hub.agencies.values() if a.agency != agency}
        own = text.split("<main", 1)[1]
        assert hub.agencies[agency].name in text and not [n for n in others if n in own]
        assert "Rows left out by a rule" in own and "Data quality by quarter" in own
        quality = own[own.index('<table id="own-quality"'):].split("</table>")[0]
        days_after_the_quarter = {str(day) for day in range(1, 120)}
        assert set(re.findall(r">(\d+)<", quality)) <= days_after_the_quarter


def test_editions_when_asked_for_other_boards_and_on_one_page_then_written_and_screened(
    hub: Hub, board: Path
) -> None:
    (summary,) = write_editions(hub, board.name, "summary", single_file=True)
    assert "Summary edition for other boards." in summary.read_text(encoding="utf-8")
    (one,) = write_editions(hub, board.name, "one_page", single_file=False)
    assert sorted(p.name for p in one.parent.glob("*.html")) == ["index.html", "pack.html"]


@pytest.mark.parametrize(("left_out", "rows", "band"), [
    (0, 100, "none"), (1, 101, "under_1"), (1, 100, "under_5"), (49, 1000, "under_5"), (5, 100, "under_10"),
    (99, 1000, "under_10"), (10, 100, "more"), (3, 0, "more"),
])
def test_left_out_band_when_the_share_is_at_a_limit_then_the_next_band(
    left_out: int, rows: int, band: str
) -> None:
    assert left_out_band(left_out, rows) == band
