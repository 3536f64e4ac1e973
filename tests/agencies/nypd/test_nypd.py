"""A seventh agency made only of new files: the real extract of a force for which nobody here wrote a line of
code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.intake.delivery import Intake, take_in
from schemas.agencies import read_agencies, read_agency
from schemas.quarters import Quarter

EXTRACT = Path(__file__).parents[3].parent / "shared/realdata/nypd_shootings.csv"
QUARTER = Quarter.parse("2020-Q4")

pytestmark = pytest.mark.skipif(
    not EXTRACT.exists(),
    reason=f"the real extract [{EXTRACT.name}] is not beside the repository; it is not committed",
)


@pytest.fixture(scope="module")
def intake() -> Intake:
    """The history file, delivered as one quarter."""
    agency = read_agency(Path(__file__).parent / "nypd.yaml")
    return take_in(
        agency,
        QUARTER,
        {EXTRACT.name: EXTRACT.read_bytes()},
        today=date(2021, 1, 30),
        others=read_agencies().values(),
    )


def test_incidents_when_counted_by_year_then_they_are_those_that_others_have_printed(intake: Intake) -> None:
    years = (
        intake.accepted["incidents"]
        .group_by(pl.col("report_date").dt.year().alias("year"))
        .agg(pl.col("incident_ref").n_unique().alias("n"), pl.len().alias("rows"))
        .filter(pl.col("year").is_between(2017, 2019))
        .sort("year")
    )
    assert years.rows() == [(2017, 789, 789), (2018, 754, 754), (2019, 776, 776)]


def test_ages_when_impossible_then_their_rows_are_left_out_by_rule(intake: Intake) -> None:
    sent = pl.read_csv(EXTRACT, infer_schema=False).with_row_index("row", offset=2)
    wrong = sent.filter(pl.col("PERP_AGE_GROUP").is_in(["1020", "940", "224"]))["row"].to_list()

    assert len(wrong) == 3
    assert intake.quarantined.to_dicts() == [
        {"dataset": "suspects", "file": EXTRACT.name, "row": row, "rule_ids": ["age_impossible"]}
        for row in wrong
    ]
    assert intake.findings.select("rule_id", "column", "cell").rows() == [
        ("age_impossible", "PERP_AGE_GROUP", f"I{row}") for row in wrong
    ]


def test_victims_when_one_row_is_one_person_then_none_is_lost(intake: Intake) -> None:
    sent = pl.read_csv(EXTRACT, infer_schema=False)
    bands = {
        "<18": "u18",
        "18-24": "18to24",
        "25-44": "25to44",
        "45-64": "45to64",
        "65+": "65plus",
        "UNKNOWN": "not_recorded",
    }
    expected = sent["VIC_AGE_GROUP"].replace_strict(bands).value_counts().sort("VIC_AGE_GROUP").rows()

    victims = intake.accepted["victims"]
    assert victims["age_band"].value_counts().sort("age_band").rows() == expected
    assert victims.height == sent.height
    assert victims["report_date"].null_count() == 0


def test_whole_file_when_taken_in_then_nothing_is_unmapped_and_only_three_rows_are_left_out(
    intake: Intake,
) -> None:
    assert not intake.stopped
    assert intake.unmapped.is_empty()
    assert [(f.n_rows, f.n_accepted, f.n_left_out, f.stopped) for f in intake.files] == [
        (23568, 23565, 3, None)
    ]
