"""The sample partnership's own list of dirt: every row that it names is found, and every broken file is
stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from data.synthesise.broken import broken_deliveries
from pipelines.intake.delivery import Intake, take_in
from pipelines.intake.file_guards import check_manifest
from pipelines.intake.refusal import FileRefused
from schemas.agencies import read_agencies
from schemas.quarters import Quarter
from schemas.rules import RULES, Severity

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
QUARTER = Quarter.parse("2026-Q3")
AGENCIES = read_agencies()
PLACE = ("file", "row", "rule_id")


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _take(agency: str, files: dict[str, bytes]) -> Intake:
    if "manifest.json" in files:
        check_manifest(files, files["manifest.json"])
    today = QUARTER.last_day + timedelta(days=60)
    return take_in(AGENCIES[agency], QUARTER, files, today=today, others=AGENCIES.values())


def _deliveries() -> Iterator[str]:
    return (name for name in sorted(AGENCIES) if (SAMPLE / name / str(QUARTER)).is_dir())


@pytest.mark.parametrize("agency", _deliveries())
def test_dirt_when_listed_for_the_last_quarter_then_every_row_of_it_is_found(agency: str) -> None:
    intake = _take(agency, _files(SAMPLE / agency / str(QUARTER)))
    listed = pl.read_csv(SAMPLE / "dirt.csv", schema_overrides={"row": pl.Int32}).filter(
        (pl.col("agency") == agency) & (pl.col("quarter") == str(QUARTER))
    )
    kinds = {file.name: file.kind for file in intake.files}
    found = intake.findings.with_columns(pl.col("file").replace(kinds)).select(PLACE).unique()
    left_out = found.filter(pl.col("rule_id") == "incident_absent").select("file", "row")
    # who may be linked is asked only of rows that are taken in
    asked = listed.join(left_out.with_columns(rule_id=pl.lit("link_refused")), on=list(PLACE), how="anti")

    assert not intake.stopped
    assert asked.height > 0
    assert asked.join(found, on=list(PLACE), how="anti").select(PLACE).rows() == []


@pytest.mark.parametrize("agency", _deliveries())
def test_rows_when_left_out_of_the_last_quarter_then_they_are_those_that_the_list_names(agency: str) -> None:
    intake = _take(agency, _files(SAMPLE / agency / str(QUARTER)))
    listed = pl.read_csv(SAMPLE / "truth" / "quarantined.csv", schema_overrides={"row": pl.Int32}).filter(
        (pl.col("agency") == agency) & (pl.col("quarter") == str(QUARTER))
    )
    kinds = {file.name: file.kind for file in intake.files}
    left_out = intake.quarantined.with_columns(pl.col("file").replace(kinds))

    assert set(left_out.select("file", "row").rows()) == set(listed.select("file", "row").rows())


BROKEN = pl.read_csv(SAMPLE / "broken" / "broken.csv").rows(named=True)


def _broken(rule_id: str) -> dict[str, bytes]:
    """The files that trip a rule; those too large to be committed are made anew."""
    folder = SAMPLE / "broken" / rule_id
    if folder.is_dir():
        return _files(folder)
    last = {path.relative_to(SAMPLE).as_posix(): path.read_bytes() for path in SAMPLE.glob(f"*/{QUARTER}/*")}
    return broken_deliveries(last)[rule_id][1]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["rule_id"])
def test_broken_delivery_when_taken_in_then_it_is_refused_by_the_rule_of_its_folder(
    case: dict[str, str],
) -> None:
    files = _broken(case["rule_id"])
    assert (SAMPLE / "broken" / case["rule_id"]).is_dir() == (case["is_committed"] == "yes")
    if case["rule_id"] == "file_unfinished":
        with pytest.raises(FileRefused, match="file_unfinished"):
            _take(case["agency"], files)
        return
    intake = _take(case["agency"], files)

    assert case["rule_id"] in intake.findings["rule_id"].to_list()
    assert intake.stopped is (RULES[case["rule_id"]].severity is Severity.STOP)
