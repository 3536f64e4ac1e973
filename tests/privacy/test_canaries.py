"""No record value leaves ``landing/``: canary people of the sample are found nowhere else, in no form, by no search of bytes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conftest import SAMPLE, Street


def _canaries() -> list[str]:
    """Names, NHS numbers, postcodes and birth dates of the canaries, in every form in which the sample writes them."""
    with (SAMPLE / "truth" / "canaries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    forms: set[str] = set()
    for row in rows:
        for column in ("forename", "surname", "nhs_number", "pnc_id", "postcode"):
            if value := (row.get(column) or "").strip():
                forms |= {value, value.upper(), value.lower(), value.replace(" ", "")}
        if dob := (row.get("dob") or "").strip():
            year, month, day = dob.split("-")
            forms |= {dob, f"{day}/{month}/{year}", f"{year}{month}{day}", f"{day}.{month}.{year}"}
    return sorted(form for form in forms if len(form) >= 5)


def _searched(street: Street) -> list[Path]:
    landing = street.data_dir / "landing"
    return [path for path in street.data_dir.rglob("*") if path.is_file() and not path.is_relative_to(landing)]


@pytest.fixture(scope="module")
def canaries() -> list[str]:
    return _canaries()


def test_canaries_when_the_sample_is_read_then_they_are_there_to_be_found(canaries: list[str]) -> None:
    sent = b"".join(path.read_bytes() for path in (SAMPLE / "police").rglob("*.csv"))
    found = [form for form in canaries if form.encode("cp1252", "ignore") in sent]
    assert len(canaries) >= 24
    assert len(found) >= 12, "the search must be able to find what it looks for"


def test_data_directory_when_the_street_has_run_then_no_canary_is_outside_landing(street: Street, canaries: list[str]) -> None:
    assert street.returncode == 0, street.output
    files = _searched(street)
    assert {"vault.duckdb", "warehouse.duckdb"} <= {path.name for path in files}
    leaks = [
        f"canary {number} in {path.relative_to(street.data_dir)}"
        for path in files
        for content in [path.read_bytes()]
        for number, form in enumerate(canaries)
        if form.encode() in content or form.encode("utf-16-le") in content
    ]
    assert leaks == []


def test_landing_when_the_street_has_run_then_only_sealed_files_are_left(street: Street, canaries: list[str]) -> None:
    left = [path for path in (street.data_dir / "landing").rglob("*") if path.is_file()]
    assert left
    assert {path.suffix for path in left} == {".sealed"}
    assert not any(form.encode() in path.read_bytes() for path in left for form in canaries)


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
