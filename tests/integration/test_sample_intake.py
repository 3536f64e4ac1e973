"""The sample's deliveries through intake: what is accepted is the truth, and every listed fault is found.

A few quarters, chosen so that every agency, a resend and later versions of records are among them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.synthesise.__main__ import DEFAULT_OUT
from data.synthesise.broken import QUARTER, broken_deliveries
from data.synthesise.truth import COLUMNS
from pipelines.intake.delivery import take_in
from pipelines.intake.outcome import Intake
from schemas.agencies import read_agencies
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED
from schemas.datasets import DATASETS
from schemas.quarters import Quarter

TODAY = date(2026, 11, 21)
AGENCIES = read_agencies()
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3")
PLACE = ("agency", "quarter", "delivery", "file", "row")

Delivered = dict[tuple[str, str, str], Intake]


def _folders() -> list[Path]:
    found = [f for q in QUARTERS for f in sorted(DEFAULT_OUT.glob(f"[!btR]*/{q}*"))]
    return [f for f in found if f.parent.name in AGENCIES]


@pytest.fixture(scope="module")
def delivered() -> Delivered:
    """(agency, quarter, delivery) → what intake made of it."""
    made: Delivered = {}
    for folder in _folders():
        quarter, _, resent = folder.name.partition(".")
        files = {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "manifest.json"}
        agency = AGENCIES[folder.parent.name]
        made[agency.agency, quarter, resent or "first"] = take_in(
            agency, Quarter.parse(quarter), files, today=TODAY
        )
    return made


def _table(name: str) -> pl.DataFrame:
    """A file of the truth, all text, empty cells null, of the quarters looked at."""
    return pl.read_csv(DEFAULT_OUT / name, infer_schema=False).filter(pl.col("quarter").is_in(QUARTERS))


def test_deliveries_when_taken_in_then_none_is_refused(delivered: Delivered) -> None:
    assert len(delivered) == 19
    assert [key for key, intake in delivered.items() if intake.stopped] == []


@pytest.mark.parametrize("dataset", list(COLUMNS))
def test_records_when_accepted_then_are_those_of_the_truth(delivered: Delivered, dataset: str) -> None:
    """Every record that the truth says a delivery brought stands in it with just these values."""
    told = _table(f"truth/{dataset}.csv.gz")
    key = ["agency", "quarter", "delivery", *DATASETS[dataset].key]
    accepted = pl.concat(
        _as_text(intake.accepted[dataset]).with_columns(
            agency=pl.lit(agency),
            quarter=pl.lit(quarter),
            delivery=pl.lit(None if d == "first" else d, dtype=pl.String),
        )
        for (agency, quarter, d), intake in delivered.items()
        if dataset in intake.accepted
    )
    good = told.filter(pl.col("is_left_out").is_null())
    columns = [c for c in COLUMNS[dataset] if c in accepted.columns]
    expected = good.select(*dict.fromkeys((*key, *columns)))
    found = accepted.select(expected.columns).join(good, on=key, how="semi", nulls_equal=True)

    assert found.height == expected.height > 0
    assert found.sort(key).to_dicts() == expected.sort(key).to_dicts()


def test_left_out_when_compared_then_the_same_records(delivered: Delivered) -> None:
    told = _table("truth/quarantined.csv")
    found = pl.concat(
        _placed(intake.quarantined, intake, key).select(*PLACE, "dataset")
        for key, intake in delivered.items()
    )
    several = pl.col("agency") == "isva"  # one row, four datasets: a row that cannot be read is none of them
    ragged = told.filter(several & (pl.col("rule_ids") == "row_ragged")).select(*PLACE).unique()
    expected = told.join(ragged, on=PLACE, how="anti").select(*PLACE, "dataset")

    assert _lines(found.filter(pl.col("dataset").is_not_null())) == _lines(expected)
    assert _lines(found.filter(pl.col("dataset").is_null()).select(PLACE)) == _lines(ragged)


def test_dirt_when_listed_then_every_row_of_it_is_found(delivered: Delivered) -> None:
    told = _table("dirt.csv").select(*PLACE, "rule_id").unique()
    found = pl.concat(
        _placed(intake.findings, intake, key).select(*PLACE, "rule_id") for key, intake in delivered.items()
    )

    assert told.height > 500
    assert _lines(told.join(found, on=told.columns, how="anti", nulls_equal=True)) == []


def test_broken_when_taken_in_then_each_is_refused_by_its_rule() -> None:
    last = {
        p.relative_to(DEFAULT_OUT).as_posix(): p.read_bytes()
        for p in DEFAULT_OUT.glob(f"*/{QUARTER}/*")
        if p.is_file()
    }
    others = list(AGENCIES.values())
    wrong = []
    for rule, (agency, files) in broken_deliveries(last).items():
        if rule == "file_unfinished":
            continue  # the landing looks at the manifest before intake sees a byte
        intake = take_in(AGENCIES[agency], Quarter.parse(QUARTER), files, today=TODAY, others=others)
        if rule not in intake.findings["rule_id"].to_list() or intake.stopped == (rule == "file_missing"):
            wrong.append(rule)

    assert wrong == []


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    order = {code: i for i, code in enumerate(codelist("kinds").codes)}
    joined = frame.with_columns(
        pl.col(name).map_elements(
            lambda codes: " ".join(sorted(codes, key=lambda c: order.get(c, 0))) or None,
            return_dtype=pl.String,
        )
        for name in lists
    )
    text = joined.with_columns(pl.all().cast(pl.String))
    return text.with_columns(
        pl.when(pl.col(name) != NOT_RECORDED).then(name).alias(name) for name in text.columns
    )


def _placed(frame: pl.DataFrame, intake: Intake, key: tuple[str, str, str]) -> pl.DataFrame:
    kinds = {file.name: file.kind for file in intake.files}
    return frame.with_columns(
        pl.col("file").replace(kinds),
        pl.col("row").cast(pl.String),
        agency=pl.lit(key[0]),
        quarter=pl.lit(key[1]),
        delivery=pl.lit(key[2]),
    )


def _lines(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    return sorted(set(frame.rows()), key=str)
