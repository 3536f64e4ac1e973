"""Indicators read off a release: coverage, comparability, rates at their base, ranges."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.context import Context
from dashboards.measure import (
    HALF_WIDTH,
    LOW_BASE,
    Coverage,
    Reading,
    Span,
    all_series,
    cell_of,
    coverage,
    feeders,
    span_of,
    whole,
)
from dashboards.release import NOT_AVAILABLE, NOT_SENT, ROUNDED_ZERO, WITHHELD, Cell, Release, Table
from schemas.measures.cubes import CUBES, Links
from schemas.measures.indicators import INDICATORS, RATE_BASE_MINIMUM
from schemas.measures.questions import cells
from schemas.quarters import Quarter

NOW = Quarter(year=2026, number=3)
EVERYBODY = Coverage(contributed=frozenset({"police"}), expected=frozenset({"police"}))


def reading(numerator: Cell, denominator: Cell | None = None) -> Reading:
    return Reading(
        quarter=NOW,
        numerator=numerator,
        denominator=denominator,
        coverage=EVERYBODY,
        base_minimum=RATE_BASE_MINIMUM,
        is_comparable=True,
        is_provisional=False,
    )


@pytest.mark.parametrize(
    ("base", "text", "marker"), [(55, "[u]", LOW_BASE), (60, "25%", ""), (65, "23%", "")]
)
def test_reading_when_the_base_is_under_sixty_then_the_rate_is_withheld(
    base: int, text: str, marker: str
) -> None:
    found = reading(Cell(value=15), Cell(value=base))
    assert (found.text, found.marker) == (text, marker)


def test_reading_when_a_part_is_withheld_then_the_rate_is_withheld() -> None:
    found = reading(Cell(value=None, marker=WITHHELD), Cell(value=100))
    assert (found.value, found.text) == (None, "[c]")


def test_reading_when_the_numerator_is_a_rounded_zero_then_the_share_is_a_range() -> None:
    assert reading(Cell(value=0, marker=ROUNDED_ZERO), Cell(value=104)).text == "0% to 4%"


def test_span_of_when_strict_and_all_links_differ_then_runs_from_least_to_most() -> None:
    strict, every = reading(Cell(value=20), Cell(value=100)), reading(Cell(value=25), Cell(value=90))
    assert span_of([strict, every]) == Span(low=100 * 16 / 104, high=100 * 29 / 86, is_pct=True)
    assert Span(low=15.4, high=33.01, is_pct=True).text == ("15%", "34%")


@given(st.integers(0, 400), st.integers(RATE_BASE_MINIMUM, 2000), st.data())
def test_span_of_when_the_truth_rounds_to_the_figure_then_it_lies_within(
    n: int, base: int, data: st.DataObject
) -> None:
    n = min(n, base)
    truth = data.draw(st.integers(max(0, n - HALF_WIDTH), n + HALF_WIDTH))
    true_base = data.draw(st.integers(max(base - HALF_WIDTH, truth, 1), max(base + HALF_WIDTH, truth)))
    found = span_of([reading(Cell(value=n), Cell(value=base))])
    assert found is not None
    assert found.low <= 100 * truth / true_base <= found.high


@given(st.floats(-1e6, 1e6))
def test_whole_when_rounding_then_halves_go_away_from_zero(value: float) -> None:
    assert abs(whole(value) - value) <= 0.5
    assert whole(2.5) == 3 and whole(3.5) == 4 and whole(-2.5) == -3


def test_coverage_when_an_agency_is_late_then_it_is_expected_and_not_in(release: Release) -> None:
    assert coverage(release, CUBES["incidents_by_recency"], NOW) == Coverage(
        contributed=frozenset({"isva", "police", "sarc"}),
        expected=frozenset({"housing", "isva", "police", "sarc"}),
    )


def test_coverage_when_an_agency_has_left_then_it_is_not_expected(release: Release) -> None:
    assert coverage(release, CUBES["named_repeat"], NOW).expected == frozenset({"police"})
    before = Quarter(year=2026, number=1)
    assert coverage(release, CUBES["named_repeat"], before).expected == frozenset({"police", "probation"})


def test_feeders_when_only_the_police_feed_a_cube_then_nobody_else(release: Release) -> None:
    assert [m.agency for m in feeders(release, CUBES["victims_repeat"])] == ["police"]
    assert [m.agency for m in feeders(release, CUBES["clients_by_orientation"])] == ["isva", "sarc"]


def test_all_series_when_people_are_counted_then_strict_and_all_links_stand_side_by_side(
    release: Release,
) -> None:
    found = all_series(release, INDICATORS["repeat_victims"])
    assert [(s.agency, s.links) for s in found] == [(None, Links.STRICT), (None, Links.ALL)]
    assert [r.text for r in found[1].readings[:4]] == ["[x]"] * 4


def test_series_when_contributors_differ_then_the_quarter_is_not_comparable(context: Context) -> None:
    (victims,) = all_series(context.release, INDICATORS["victims"])
    apart = [str(r.quarter) for r in victims.readings if not r.is_comparable]
    assert apart == ["2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q2", "2025-Q4", "2026-Q3"]
    assert victims.latest.value is not None


def test_series_when_the_agency_is_missing_then_not_available_whatever_the_file_says(
    context: Context,
) -> None:
    housing = next(
        s for s in all_series(context.release, INDICATORS["incidents_recorded"]) if s.agency == "housing"
    )
    assert (housing.latest.text, housing.latest.value) == ("[x]", None)
    assert housing.rolling_year is not None and housing.rolling_year.value is None


def test_rolling_year_when_people_are_counted_then_there_is_none(context: Context) -> None:
    (victims,) = all_series(context.release, INDICATORS["victims"])
    assert victims.rolling_year is None


def lacking(monkeypatch: pytest.MonkeyPatch, name: str, dimension: str) -> None:
    """Let a table of the release be one of an agency whose extract has no column of a dimension."""
    found = Release.table

    def table(release: Release, asked: str) -> Table | None:
        told = found(release, asked)
        if asked != name or told is None:
            return told
        at = told.dimensions.index(dimension) + 1
        return replace(told, cells={
            key: cell if key[at] in ("not_recorded", "unmapped", "all") else NOT_SENT
            for key, cell in told.cells.items()})

    monkeypatch.setattr(Release, "table", table)


def test_cell_when_the_file_marks_it_as_not_applicable_then_so_does_every_sum_of_it(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking(monkeypatch, "incidents_by_setting.isva", "setting")
    asked = cells("incidents_by_setting", setting="street_or_open_space")
    assert cell_of(release, asked, NOW, "isva") == NOT_SENT
    assert cell_of(release, asked, NOW, "police").value is not None
    both = cells("incidents_by_setting", setting=("street_or_open_space", "not_recorded"))
    assert cell_of(release, both, NOW, "isva") == NOT_SENT
    for told in (cells("incidents_by_setting"), cells("incidents_by_setting", setting="not_recorded")):
        assert cell_of(release, told, NOW, "isva").value is not None


def test_series_when_an_agency_sends_no_column_of_it_then_it_has_none(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicator = INDICATORS["culture_not_met"]
    agencies = {s.agency for s in all_series(release, indicator)}
    lacking(monkeypatch, "referrals_declined.isva", "decline_reason")
    assert {s.agency for s in all_series(release, indicator)} == agencies - {"isva"} != agencies


def test_rape_of_the_police_when_it_stands_as_an_offence_group_then_read_there(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CUBES["incidents_by_kind"].stands_as("incidents_by_kind.rape", "police") == (
        "incidents_by_offence", "offence_group", "rape")
    without = replace(release, folder=release.folder)
    found = without.table
    monkeypatch.setattr(Release, "table", lambda _, name: None if name == "incidents_by_kind.rape.police"
                        else found(name))
    kind, group = cells("incidents_by_kind", "rape"), cells("incidents_by_offence", offence_group="rape")
    assert cell_of(without, kind, NOW, "police", kind_rape="yes") == cell_of(without, group, NOW, "police")
    assert cell_of(without, kind, NOW, "police", kind_rape="no") == NOT_AVAILABLE
    assert cell_of(without, kind, NOW, "isva", kind_rape="yes").value is not None
