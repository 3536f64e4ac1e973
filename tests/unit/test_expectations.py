"""Promises over time, each at its threshold, just inside and just outside."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.expectations import (
    DRIFT_LEAST,
    MAX_LEFT_OUT_PCT,
    MAX_MISSING_PCT,
    MAX_NOT_RECORDED_PCT,
    MAX_UNMAPPED_PCT,
    NOT_RECORDED_RISE,
    Promise,
    count_promises,
    coverage_promises,
    delivery_promises,
    history_promises,
    reconciliation_promises,
    unmapped_promises,
)

QUARTERS = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")


def _kept(promises: list[Promise]) -> dict[str, bool]:
    return {promise.name: promise.is_kept for promise in promises}


def _deliveries(n_rows: int, n_left_out: int = 0, n_unmapped: int = 0, n_before: int = 4) -> pl.DataFrame:
    before = [(q, 300, 0, 0, 300) for q in QUARTERS[4 - n_before:4]]
    return pl.DataFrame([*before, (QUARTERS[4], n_rows, n_left_out, n_unmapped, n_rows)], orient="row",
                        schema=["quarter", "n_rows", "n_left_out", "n_unmapped", "n_cells"])


@pytest.mark.parametrize(("n_out", "is_kept"), [(199, True), (200, True), (201, False)])
def test_rows_left_out_when_at_a_fifth_then_kept_and_above_broken(n_out: int, is_kept: bool) -> None:
    assert MAX_LEFT_OUT_PCT == 20
    assert _kept(delivery_promises(_deliveries(1000, n_left_out=n_out)))["few rows left out"] is is_kept


@pytest.mark.parametrize(("n", "is_kept"), [(99, False), (100, True), (101, True), (899, True), (900, True),
                                            (901, False)])
def test_rows_when_a_third_or_three_times_the_usual_then_kept_and_beyond_broken(
    n: int, is_kept: bool
) -> None:
    assert _kept(delivery_promises(_deliveries(n)))["as many rows as usual"] is is_kept


def test_rows_when_fewer_than_four_quarters_before_then_nothing_is_usual() -> None:
    assert "as many rows as usual" not in _kept(delivery_promises(_deliveries(1, n_before=3)))


@pytest.mark.parametrize(("n_missing", "is_kept"), [(24, True), (25, True), (26, False)])
def test_coverage_when_a_quarter_is_missing_then_kept_and_above_broken_for_that_agency_alone(
    n_missing: int, is_kept: bool
) -> None:
    assert MAX_MISSING_PCT == 25
    awaited = pl.DataFrame({"agency": ["police", "sarc"], "n_due": [100, 2], "n_missing": [n_missing, 0]})
    assert _kept(coverage_promises(awaited)) == {
        "police: what is due is in": is_kept, "sarc: what is due is in": True}


@pytest.mark.parametrize(("pct", "is_kept"), [(9.9, True), (10.0, True), (10.1, False)])
def test_unmapped_when_a_tenth_of_one_column_then_kept_and_above_broken(pct: float, is_kept: bool) -> None:
    assert MAX_UNMAPPED_PCT == 10
    shares = pl.DataFrame({"agency": ["isva", "isva", "sarc"], "column_name": ["sex", "need", "sex"],
                           "unmapped_pct": [1.0, pct, 2.0]})
    assert _kept(unmapped_promises(shares)) == {
        "isva: few codes of any column unmapped": is_kept, "sarc: few codes of any column unmapped": True}
    assert unmapped_promises(shares.clear()) == []


def _history(n: int = 300, pct: float = 10.0, usual: int = 300, quarters: tuple[str, ...] = QUARTERS
             ) -> pl.DataFrame:
    return pl.DataFrame(
        [("t.police", q, n if q == QUARTERS[4] else usual, pct if q == QUARTERS[4] else 10.0)
         for q in quarters], orient="row", schema=["table", "period", "n", "sex_pct"])


@pytest.mark.parametrize(("n", "is_kept"), [(99, False), (100, True), (101, True), (899, True), (900, True),
                                            (901, False)])
def test_total_when_a_third_or_three_times_the_usual_then_kept_and_beyond_broken(
    n: int, is_kept: bool
) -> None:
    assert _kept(history_promises(_history(n), QUARTERS[4]))["t.police: total as usual"] is is_kept


@pytest.mark.parametrize(("usual", "is_judged"), [(19, False), (20, True), (21, True)])
def test_total_when_the_usual_is_small_then_not_judged(usual: int, is_judged: bool) -> None:
    assert DRIFT_LEAST == 20
    found = _kept(history_promises(_history(1, usual=usual), QUARTERS[4]))
    assert ("t.police: total as usual" in found) is is_judged


@pytest.mark.parametrize(("pct", "is_kept"), [(24.9, True), (25.0, True), (25.1, False)])
def test_not_recorded_when_it_rises_by_fifteen_points_then_kept_and_above_broken(
    pct: float, is_kept: bool
) -> None:
    assert NOT_RECORDED_RISE == 15
    found = _kept(history_promises(_history(pct=pct), QUARTERS[4]))
    assert found["t.police: no more not recorded than usual"] is is_kept
    assert found["t.police: enough is recorded"]


@pytest.mark.parametrize(("pct", "is_kept"), [(59.9, True), (60.0, True), (60.1, False)])
def test_not_recorded_when_three_fifths_then_kept_and_above_broken(pct: float, is_kept: bool) -> None:
    assert MAX_NOT_RECORDED_PCT == 60
    found = _kept(history_promises(_history(pct=pct, quarters=QUARTERS[4:]), QUARTERS[4]))
    assert found == {"t.police: enough is recorded": is_kept}


@pytest.mark.parametrize(("n_open", "is_kept"), [(0, True), (1, False), (2, False)])
def test_reconciliation_when_one_link_is_open_then_broken(n_open: int, is_kept: bool) -> None:
    links = pl.DataFrame({"link": ["cube", "records"], "n_unexplained": [n_open, 0]})
    assert _kept(reconciliation_promises(links)) == {
        "cube: every difference is explained": is_kept, "records: every difference is explained": True}


@pytest.mark.parametrize(("most", "is_kept"), [(9, False), (10, True), (11, False)])
def test_cubes_of_a_unit_when_their_totals_differ_by_one_then_broken(most: int, is_kept: bool) -> None:
    totals = pl.DataFrame({"unit": ["u"], "period": ["2026-Q3"], "n_tables": [2], "least": [10],
                           "most": [most]})
    assert _kept(count_promises(totals))["cubes of a unit agree on its total"] is is_kept
