"""Files that may not be loaded: a clear message each, exit code 2 at the door, and nothing changed."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.doors.check import ACCEPTED, LEFT_OUT, NOT_LOADED, check
from pipelines.intake.delivery import Intake, take_in
from schemas.agencies import Agency, read_agency
from schemas.quarters import Quarter
from schemas.rules import RULES, Severity

from .bad_files import AGENCY, BAD, BOOK, BOOK_FILE, CSV_FILE, GOOD, GOOD_BOOK, HEADER, LOG, OTHER_FILE

QUARTER = Quarter.parse("2026-Q3")
TODAY = date(2026, 10, 20)
CANARY = "Quillfeather"
"""A word that stands in the files and may stand in no message."""


def _agency(folder: Path, name: str, files: str, *, tier: str = "records", encoding: str = "utf-8") -> Agency:
    path = folder / f"{name}.yaml"
    path.write_text(
        AGENCY.format(name=name, tier=tier, files=files.replace("ENCODING", encoding)), encoding="utf-8"
    )
    return read_agency(path)


@pytest.fixture
def pier(tmp_path: Path) -> Agency:
    """An agency with a CSV and a workbook."""
    (tmp_path / "agencies").mkdir()
    return _agency(tmp_path / "agencies", "pier", CSV_FILE + BOOK_FILE)


@pytest.fixture
def lighthouse(tmp_path: Path, pier: Agency) -> Agency:
    """Another agency of the same partnership."""
    return _agency(tmp_path / "agencies", "lighthouse", OTHER_FILE)


@pytest.mark.parametrize(
    ("rule_id", "name", "data", "says"), BAD, ids=[f"{b[0]}-{i}" for i, b in enumerate(BAD)]
)
def test_check_when_a_file_is_bad_then_it_says_so_and_exits_with_2(
    rule_id: str,
    name: str,
    data: Callable[[], bytes],
    says: str,
    tmp_path: Path,
    pier: Agency,
    lighthouse: Agency,
) -> None:
    path = tmp_path / name
    path.write_bytes(data())
    os.utime(path, (time.time() - 60, time.time() - 60))
    before = _tree(tmp_path)
    out = io.StringIO()

    code = check(
        [path], agency="pier", quarter="2026-Q3", agency_dirs=[tmp_path / "agencies"], today=TODAY, out=out
    )

    text = out.getvalue()
    assert code == NOT_LOADED
    assert f"[{rule_id}]" in text
    assert says in text
    assert RULES[rule_id].what in text
    assert RULES[rule_id].remedy in text
    assert CANARY.casefold() not in text.casefold()
    assert _tree(tmp_path) == before


def _tree(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(folder.rglob("*"))}


def test_bad_files_when_listed_then_every_stop_rule_is_tried() -> None:
    elsewhere = {"file_unfinished", "file_repeated"}
    stops = {rule.rule_id for rule in RULES.values() if rule.severity is Severity.STOP}
    assert stops == {b[0] for b in BAD} | elsewhere


def test_check_when_the_file_is_good_then_it_exits_with_0(tmp_path: Path, pier: Agency) -> None:
    (tmp_path / LOG).write_bytes(GOOD)
    out = io.StringIO()

    assert (
        check([tmp_path / LOG], agency="pier", agency_dirs=[tmp_path / "agencies"], today=TODAY, out=out)
        == ACCEPTED
    )
    assert out.getvalue() == (
        "Receipt for [pier], [2026-Q3], received on 2026-10-20\n"
        "Accepted in full.\n"
        "\n"
        "[log_2026-Q3.csv]: 20 rows, 20 accepted, 0 left out\n"
        "\n"
        "Not signed: nothing was sent.\n"
    )


def test_check_when_a_row_is_left_out_then_it_exits_with_1(tmp_path: Path, pier: Agency) -> None:
    (tmp_path / LOG).write_bytes(GOOD.replace(b"05/07/2026", b"32/07/2026"))
    out = io.StringIO()

    assert (
        check([tmp_path / LOG], agency="pier", agency_dirs=[tmp_path / "agencies"], today=TODAY, out=out)
        == LEFT_OUT
    )
    assert "20 rows, 19 accepted, 1 left out" in out.getvalue()
    assert "    - [log_2026-Q3.csv], row 6, cell B6, column [Reported]" in out.getvalue()


def test_check_when_a_file_of_two_gigabytes_is_given_then_it_is_refused_unread(
    tmp_path: Path, pier: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / LOG
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    out = io.StringIO()

    def refuse_to_read(self: Path) -> bytes:
        raise AssertionError(f"[{self.name}] was read")

    monkeypatch.setattr(Path, "read_bytes", refuse_to_read)

    assert (
        check([path], agency="pier", agency_dirs=[tmp_path / "agencies"], today=TODAY, out=out) == NOT_LOADED
    )
    assert out.getvalue() == (
        "[log_2026-Q3.csv]: The file, or what it unpacks to, is larger than any delivery can be. "
        "(at most [200] MB) Send one quarter only; save the workbook again. [file_too_large]\n"
    )


def test_check_when_the_file_grows_while_it_is_read_then_it_is_unfinished(
    tmp_path: Path, pier: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / LOG
    path.write_bytes(GOOD)

    def somebody_writes(_: float) -> None:
        with path.open("ab") as file:
            file.write(b"I99,03/07")

    monkeypatch.setattr("pipelines.doors.check.time.sleep", somebody_writes)
    out = io.StringIO()

    assert (
        check([path], agency="pier", agency_dirs=[tmp_path / "agencies"], today=TODAY, out=out) == NOT_LOADED
    )
    assert "The file was still being written." in out.getvalue()


def test_check_when_the_manifest_differs_then_the_file_is_unfinished(tmp_path: Path, pier: Agency) -> None:
    (tmp_path / LOG).write_bytes(GOOD)
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {LOG: "0" * 64}}), encoding="utf-8")
    out = io.StringIO()

    code = check(
        [tmp_path / LOG, tmp_path / "manifest.json"],
        agency="pier",
        agency_dirs=[tmp_path / "agencies"],
        today=TODAY,
        out=out,
    )
    assert code == NOT_LOADED
    assert "it is not what the manifest says, or not there" in out.getvalue()


@pytest.mark.parametrize(
    ("agency", "quarter", "says"),
    [
        ("harbourmaster", "2026-Q3", "no agency is called [harbourmaster]. Use one of ["),
        ("pier", "Q3 2026", "quarter [Q3 2026] is not of the form 2026-Q3"),
    ],
)
def test_check_when_it_is_asked_wrongly_then_it_says_how_to_ask(
    agency: str, quarter: str, says: str, tmp_path: Path, pier: Agency
) -> None:
    (tmp_path / LOG).write_bytes(GOOD)
    out = io.StringIO()

    assert (
        check([tmp_path / LOG], agency=agency, quarter=quarter, agency_dirs=[tmp_path / "agencies"], out=out)
        == NOT_LOADED
    )
    assert says in out.getvalue()


def test_check_when_the_path_is_wrong_then_it_says_so(tmp_path: Path, pier: Agency) -> None:
    out = io.StringIO()

    assert check([tmp_path / LOG], agency="pier", agency_dirs=[tmp_path / "agencies"], out=out) == NOT_LOADED
    assert out.getvalue() == "[log_2026-Q3.csv]: could not be opened [FileNotFoundError]. Check the path.\n"


def _take(agency: Agency, files: Mapping[str, bytes]) -> Intake:
    return take_in(agency, QUARTER, files, today=TODAY)


def test_delivery_when_one_file_is_bad_then_nothing_of_it_is_accepted(pier: Agency) -> None:
    intake = _take(pier, {LOG: GOOD, BOOK: GOOD_BOOK[:500]})

    assert intake.stopped
    assert intake.accepted == {}
    assert [(f.name, f.n_accepted, f.stopped) for f in intake.files] == [
        (BOOK, 0, "file_truncated"),
        (LOG, 0, None),
    ]


def test_delivery_when_two_files_are_of_one_kind_then_it_is_stopped(tmp_path: Path) -> None:
    agency = _agency(tmp_path, "jetty", CSV_FILE.replace("log_{quarter}", "log_*"))
    intake = _take(agency, {"log_a.csv": GOOD, "log_b.csv": GOOD})

    assert intake.stopped
    assert set(intake.findings["rule_id"]) == {"file_repeated"}
    assert set(intake.findings["file"]) == {"log"}


def test_unknown_name_when_it_may_hold_a_person_then_it_is_not_repeated(pier: Agency) -> None:
    intake = _take(pier, {"Quillfeather statement.csv": GOOD})

    assert [f.name for f in intake.files] == ["file 1 of the delivery"]
    assert CANARY not in str(intake.files) + str(intake.findings.to_dicts())


def test_cp1252_file_when_it_is_utf8_then_its_encoding_is_named(tmp_path: Path) -> None:
    agency = _agency(tmp_path, "jetty", CSV_FILE, encoding="cp1252")
    intake = _take(agency, {LOG: GOOD.replace(b"workplace", "caf\u00e9".encode())})

    assert intake.findings.select("rule_id", "hint").rows() == [
        ("file_encoding", "the agreed encoding is [cp1252]; [20] of [21] lines hold damaged letters")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_when_in_an_understood_encoding_then_it_is_read(encoding: str, tmp_path: Path) -> None:
    agency = _agency(tmp_path, "jetty", CSV_FILE, encoding="cp1252" if encoding == "cp1252" else "utf-8")
    text = GOOD.decode().replace("I1,", "I\u00e9,", 1)
    intake = _take(agency, {LOG: text.encode(encoding)})

    assert intake.findings.is_empty()
    assert intake.accepted["incidents"]["incident_ref"][0] == "I\u00e9"


def test_csv_when_a_cell_spans_lines_then_rows_are_counted_as_a_spreadsheet_shows_them(pier: Agency) -> None:
    text = HEADER + '\r\nI1,01/07/2026,Recorded,"work\r\nplace"\r\n\r\nI2,never,Recorded,workplace\r\n'
    intake = _take(pier, {LOG: text.encode()})

    assert intake.findings.filter(pl.col("severity") == "fix").select("row", "cell").rows() == [(4, "B4")]


def test_columns_when_in_another_order_and_case_then_they_are_found(pier: Agency) -> None:
    rows = list(csv.reader(io.StringIO(GOOD.decode())))
    turned = "\r\n".join(",".join(reversed(row)) for row in rows).replace("Reported", " REPORTED ")
    intake = _take(pier, {LOG: turned.encode()})

    assert intake.findings.is_empty()
    assert intake.accepted["incidents"].height == 20


def test_rows_when_all_have_another_number_of_cells_then_all_are_left_out(pier: Agency) -> None:
    intake = _take(pier, {LOG: GOOD.replace(b"workplace", b"workplace,surplus")})

    assert not intake.stopped
    assert set(intake.findings["rule_id"]) == {"row_ragged"}
    assert (intake.files[0].n_rows, intake.files[0].n_accepted, intake.files[0].n_left_out) == (20, 0, 20)
    assert intake.accepted["incidents"].is_empty()
