"""No record value leaves ``landing/``: canary people of the sample are found nowhere else, in no form, by no
search of bytes."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import textwrap
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLE, Street

MIN_FORM_LENGTH = 5
"""Shorter texts stand in any file by chance."""


def _canaries() -> list[str]:
    """Names, numbers, postcodes and birth dates of the canaries, in every form in which an agency of the
    sample writes them."""
    with (SAMPLE / "truth" / "canaries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    forms: set[str] = set()
    for row in rows:
        for column in ("forename", "surname", "nhs_number", "pnc_id", "postcode"):
            if value := row[column].strip():
                forms |= {value, value.upper(), value.lower(), value.title(), value.replace(" ", "")}
        number = row["nhs_number"].replace(" ", "")
        forms.add(f"{number[:3]} {number[3:6]} {number[6:]}")
        born = date.fromisoformat(row["born"])
        forms |= {
            f"{born:{form}}"
            for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%d-%b-%Y", "%d %b %Y")
        }
        forms.add(f"{born:%d-%b-%Y}".upper())
    return sorted(form for form in forms if len(form) >= MIN_FORM_LENGTH)


def _contents(path: Path) -> list[bytes]:
    """The bytes of a file, and of what is packed in it."""
    content = path.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return [content, *(packed.read(name) for name in packed.namelist())]


def leaks(folder: Path, forms: list[str], *, but: Path | None = None) -> list[str]:
    """Which canary (by number) is in which file below ``folder``; never the value."""
    return [
        f"canary {number} in {path.relative_to(folder)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (but is not None and path.is_relative_to(but))
        for content in _contents(path)
        for number, form in enumerate(forms)
        if form.encode() in content or form.encode("utf-16-le") in content
    ]


@pytest.fixture(scope="module")
def canaries() -> list[str]:
    return _canaries()


def test_canaries_when_the_sample_is_read_then_they_are_there_to_be_found(canaries: list[str]) -> None:
    found = {
        form
        for agency in ("police", "sarc", "isva", "probation")
        for path in (SAMPLE / agency).rglob("*.*")
        if path.is_file()
        for content in _contents(path)
        for form in canaries
        if form.encode() in content
    }
    with (SAMPLE / "truth" / "canaries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column in ("surname", "nhs_number", "postcode"):
            value = row[column]
            assert {value, value.upper(), value.replace(" ", "")} & found, f"{row['true_person']} {column}"
        assert any(
            f"{date.fromisoformat(row['born']):{form}}" in found for form in ("%Y-%m-%d", "%d/%m/%Y")
        ), row["true_person"]


def test_leaks_when_a_value_is_hidden_in_a_packed_file_then_found(
    tmp_path: Path, canaries: list[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "sheet.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sheet1.xml", f"<c>{canaries[0]}</c>" * 50)
    (tmp_path / "wide.bin").write_bytes(canaries[1].encode("utf-16-le"))
    (tmp_path / "clean.txt").write_text("nothing")
    assert leaks(tmp_path, canaries[:2]) == ["canary 0 in sheet.xlsx", "canary 1 in wide.bin"]


def test_data_directory_when_the_street_has_run_then_no_canary_is_outside_landing(
    street: Street, canaries: list[str]
) -> None:
    assert street.returncode == 0, street.output
    names = {path.name for path in street.data_dir.rglob("*") if path.is_file()}
    assert {"vault.duckdb", "warehouse.duckdb", "ranges.csv", "event_log.db"} <= names
    assert leaks(street.data_dir, canaries, but=street.data_dir / "landing") == []


def test_landing_when_the_street_has_run_then_only_sealed_files_are_left(
    street: Street, canaries: list[str]
) -> None:
    left = [path for path in (street.data_dir / "landing").rglob("*") if path.is_file()]
    assert left
    assert {path.suffix for path in left} == {".sealed"}
    assert leaks(street.data_dir / "landing", canaries) == []


def test_output_when_the_street_has_run_then_it_names_no_canary(street: Street, canaries: list[str]) -> None:
    assert [number for number, form in enumerate(canaries) if form in street.output] == []


def test_keys_when_the_street_has_run_then_no_key_is_in_the_data_directory(street: Street) -> None:
    keys = [line.encode() for path in street.key_dir.glob("*.key") for line in path.read_text().split()]
    assert len(keys) >= 6
    raw = [bytes.fromhex(key.decode()) for key in keys]
    for path in street.data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(form in content for form in (*keys, *raw)), path.name


BREAKS = '''
"""A step that breaks with every value of its delivery in the message, run as a person would see it."""
from pathlib import Path

import polars as pl
import pytest

import pipelines.steps.prepare as step
from pipelines.doors.runs import jobs_of
from pipelines.hub import Hub
from pipelines.store.places import Places
from schemas.quarters import Quarter
from tests.conftest import SAMPLE
from tests.integration.conftest import lay_out

QUARTER = Quarter.parse("{quarter}")


def _breaks(accepted, **_):
    rows = accepted["victims"].select("forename", "surname", "dob", "nhs_number", "postcode").rows()
    try:
        raise ValueError(f"inner {{rows}}")
    except ValueError as inner:
        raise pl.exceptions.ComputeError(f"conversion failed for {{rows}}") from inner


def test_job_when_its_step_breaks(monkeypatch):
    hub = Hub(places=Places.under(Path("{data_dir}")))
    hub.places.make()
    lay_out(hub, SAMPLE / "{agency}" / "{quarter}", QUARTER)
    monkeypatch.setattr(step, "pseudonymise", _breaks)
    with jobs_of(hub) as jobs:
        ran = jobs.run("take_in_{agency}", QUARTER)
    print(ran.message)
    assert ran.succeeded, ran.message


def test_step_when_it_breaks_by_hand(monkeypatch):
    from pipelines.defs.shield import shielded
    from pipelines.steps.receive import receive

    hub = Hub(places=Places.under(Path("{data_dir}")))
    monkeypatch.setattr(step, "pseudonymise", _breaks)
    with shielded("receipt"):
        receive(hub.places, hub.keys(), hub.agencies, "{agency}", QUARTER,
                partnership=hub.partnership, today=hub.today())
'''


def _with_a_canary() -> str:
    """A quarter of the adviser service in which a canary stands."""
    surnames = [
        row["surname"] for row in csv.DictReader((SAMPLE / "truth" / "canaries.csv").open(encoding="utf-8"))
    ]
    for path in sorted((SAMPLE / "isva").rglob("*.csv")):
        text = path.read_text(encoding="utf-8-sig")
        if any(name.casefold() in text.casefold() for name in surnames):
            return path.parent.name
    raise AssertionError("no canary in the adviser service's files")


def test_step_when_it_breaks_with_values_in_its_message_then_pytest_and_dagster_show_none(
    tmp_path: Path, canaries: list[str]
) -> None:
    from pipelines.defs.jobs import INTAKE

    quarter, data_dir = _with_a_canary(), tmp_path / "var"
    text = BREAKS.format(quarter=quarter, agency="isva", data_dir=data_dir).replace("take_in_", f"{INTAKE}_")
    (tmp_path / "test_breaks.py").write_text(textwrap.dedent(text), encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-vv",
            "-p",
            "no:cacheprovider",
            str(tmp_path / "test_breaks.py"),
            "--rootdir",
            str(ROOT),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    output = done.stdout + done.stderr
    assert "2 failed" in output, output
    assert output.count("failed with [ComputeError] at [") >= 2, "the failure is told, its text is not"
    assert [number for number, form in enumerate(canaries) if form in output] == []
    assert leaks(data_dir, canaries, but=data_dir / "landing") == []
    stored = b"".join(path.read_bytes() for path in (data_dir / "dagster").rglob("*") if path.is_file())
    assert b"StepFailed" in stored, "Dagster did store the failure"
    assert b"conversion failed" not in stored
    assert b"inner [(" not in stored
