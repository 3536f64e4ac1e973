"""Exhibits whose table is their picture: every derived figure worked out again from the CSV beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboards.alike import JUDGED, REFERRED, alike_exhibit, campaigns_exhibit, records
from dashboards.areas import incidence_exhibit, provision_exhibit
from dashboards.context import Context
from dashboards.exhibit import Exhibit
from dashboards.received import FOUR_ROUNDED, load_exhibit, not_received_exhibit, not_received_range
from dashboards.release import Cell
from dashboards.tabled import number, per, share_of
from dashboards.units import expected_exhibit, units_exhibit
from schemas.measures.questions import Cells
from schemas.population import Characteristic, population
from tests.unit.dashboards.folder import AREAS

EMPTY = dict.fromkeys((
    "kind", "ref", "title", "agency", "owner", "aim", "topic", "serves", "status", "due", "reviewed",
    "indicator", "n", "of_n", "areas"), "")


def _rows(exhibit: Exhibit | None) -> list[dict[str, object]]:
    assert exhibit is not None
    return [dict(zip(exhibit.data.columns, row, strict=True)) for row in exhibit.data.rows]


def _with_entries(context: Context, *entries: dict[str, str]) -> Context:
    register = tuple(EMPTY | entry for entry in entries)
    return replace(context, release=replace(context.release, register=register))


def test_incidence_when_shown_then_it_is_prevalence_times_concentration_and_areas_are_not_ranked(
    context: Context
) -> None:
    exhibit = incidence_exhibit(context)
    rows = _rows(exhibit)
    assert exhibit is not None and [r["area"] for r in rows] == list(AREAS)
    assert [row[0] for row in exhibit.table.rows] == sorted(row[0] for row in exhibit.table.rows)
    for r in rows:
        crimes, people, residents = (int(str(r[c])) for c in ("numerator", "value", "residents"))
        assert crimes % 5 == people % 5 == 0
        assert r["per_1000"] == f"{1000 * crimes / residents:.2f}"
        product = 1000 * people / residents * crimes / people
        assert float(str(r["per_1000"])) == pytest.approx(product, abs=0.005)


def test_provision_when_a_service_serves_some_areas_then_the_others_are_named_as_without_it(
    context: Context
) -> None:
    service = {"kind": "directory", "agency": "sarc", "status": "open", "reviewed": "2026-10-01"}
    responses = ("criminal_justice", "safety", "information", "health", "employer", "prevention")
    entries = [service | {"ref": f"DIR-sarc-{n}", "topic": topic} for n, topic in enumerate(responses)]
    some = _with_entries(context, *entries, service | {
        "ref": "DIR-isva-1", "topic": "advocacy", "areas": " ".join(AREAS[1:])})
    exhibit = provision_exhibit(some)
    assert exhibit is not None
    assert (exhibit.panels[0].sentence, exhibit.panels[0].more) == (
        "No service in the directory for independent specialist advocacy: Birmingham.", ())
    assert exhibit.table.rows[-1][1:] == ("No service", *["Yes"] * 6)
    closed = _with_entries(context, *(e | {"status": "closed"} for e in entries))
    shown = provision_exhibit(closed)
    assert shown is not None and len(shown.panels[0].more) == len(responses)
    whole = _with_entries(context, *entries, service | {"ref": "DIR-isva-1", "topic": "advocacy"})
    every = provision_exhibit(whole)
    assert every is not None
    assert every.panels[0].sentence.startswith("Every kind of response has a service")


def test_units_when_side_by_side_then_no_row_is_a_sum_and_rates_are_of_the_agency_s_own_areas(
    context: Context
) -> None:
    rows = _rows(units_exhibit(context))
    assert {(r["unit"], r["agency"]) for r in rows} >= {
        ("crimes", "police"), ("crimes", "sarc"), ("not_crimes", "police"), ("counted", "counselling")}
    assert all(r["agency"] for r in rows)
    for r in rows:
        year, residents = r["last_four_quarters"], int(str(r["residents"]))
        if isinstance(year, int) and year:
            assert r["per_1000"] == f"{1000 * year / residents:.2f}"
        else:
            assert r["per_1000"] is None


def test_expected_when_worked_out_then_adults_times_the_survey_s_share_to_the_nearest_hundred(
    context: Context
) -> None:
    rows = {r["sex"]: r for r in _rows(expected_exhibit(context))}
    frame = population(AREAS, Characteristic.AGE, vintage="census_2021")
    for sex, share in (("female", 0.030), ("male", 0.007)):
        groups = dict.fromkeys(frame["category"], 0)
        for own, group, n in frame.select("sex", "category", "n").iter_rows():
            groups[group] += n * (own == sex)
        adults = sum(n for g, n in groups.items() if int(g[:2]) > 15) + 0.8 * groups["15to19"]
        assert rows[sex]["residents"] == pytest.approx(adults, abs=1)
        assert rows[sex]["expected"] == pytest.approx(adults * share, abs=50)
        assert int(str(rows[sex]["expected"])) % 100 == 0
    assert rows["all"]["expected"] == sum(int(str(rows[s]["expected"])) for s in ("female", "male"))


@pytest.mark.parametrize("compared", [REFERRED, JUDGED], ids=lambda c: c.name)
def test_groups_when_compared_then_each_share_is_of_its_own_base_and_unknown_groups_are_no_row(
    compared: object, context: Context
) -> None:
    exhibit = alike_exhibit(compared, context)  # type: ignore[arg-type]
    rows = _rows(exhibit)
    assert exhibit is not None and rows
    assert not {r["group"] for r in rows} & {"not_recorded", "unmapped", "not_stated"}
    shares = [text for row in exhibit.table.rows for text in row[3:]]
    assert len(shares) == len(rows)
    for r, text in zip(rows, shares, strict=True):
        part, base = r["numerator"], r["denominator"]
        if r["numerator_marker"] == "0 to 4" and isinstance(base, int) and base >= 60:
            assert text == f"0% to {-(-400 // (base - 4))}%"
        elif isinstance(part, int) and isinstance(base, int) and base >= 60:
            assert text == f"{int(100 * part / base + 0.5)}%"
        else:
            assert text.startswith("[")


@pytest.mark.parametrize(("unknown", "is_recorded"), [(45, True), (50, True), (55, False)])
def test_group_when_most_are_not_recorded_then_the_agency_has_no_row(
    context: Context, monkeypatch: pytest.MonkeyPatch, unknown: int, is_recorded: bool
) -> None:
    def seen(_: Context, query: Cells, *__: object, **___: str) -> Cell:
        return Cell(value=unknown if query.where else 100, marker="")

    monkeypatch.setattr("dashboards.alike.seen", seen)
    year = (context.release.quarter,)
    assert records(context, REFERRED.cube, "ethnicity5", year, "police") is is_recorded
    if not is_recorded:
        assert alike_exhibit(REFERRED, context) is None


@pytest.mark.parametrize(("lost", "found", "precision", "recall", "half_width", "low", "high"), [
    (50, 150, 1.0, 1.0, 0, 25.0, 25.0),
    (50, 150, 1.0, 0.75, 0, 0.0, 25.0),
    (50, 150, 0.9, 1.0, 0, 25.0, 32.5),
    (50, 150, 1.0, 1.0, 10, 100 * 40 / 220, 30.0),
    (0, 150, 1.0, 0.5, 0, 0.0, 0.0),
    (150, 0, 1.0, 1.0, 8, 100 * 142 / 166, 100.0),
])
def test_range_of_lost_when_links_are_missed_or_false_then_its_ends_move_and_stay_within_a_share(
    lost: int, found: int, precision: float, recall: float, half_width: int, low: float, high: float
) -> None:
    made = not_received_range(lost, found, precision=precision, recall=recall, half_width=half_width)
    assert made == pytest.approx((low, high))


@pytest.mark.parametrize("share", [0.0, 1.1])
def test_range_of_lost_when_linkage_is_no_share_then_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"^precision and recall are shares above 0\."):
        not_received_range(1, 1, precision=1.0, recall=share, half_width=0)


def test_lost_when_shown_then_the_share_lies_in_its_range_and_without_estimates_nothing_is_said(
    context: Context
) -> None:
    (row,) = _rows(not_received_exhibit(context))
    lost, base = int(str(row["numerator"])), int(str(row["denominator"]))
    low, high = not_received_range(lost, base - lost, precision=0.981, recall=0.94, half_width=FOUR_ROUNDED)
    assert low < 100 * lost / base < high
    assert (row["low_pct"], row["high_pct"]) == (f"{int(low)}%", f"{-int(-high // 1)}%")
    silent = replace(context, release=replace(context.release, linkage=()))
    assert not_received_exhibit(silent) is None


def test_load_when_posts_are_filled_then_counts_are_for_each_of_them(context: Context) -> None:
    posts = {"kind": "directory", "topic": "advocacy", "agency": "isva", "status": "open"}
    some = _with_entries(context, posts | {"n": "2.5"}, posts | {"n": "1.5"}, posts | {
        "n": "9", "status": "closed"})
    rows = _rows(load_exhibit(some))
    assert {r["unit"] for r in rows} == {"referrals", "new_clients"}
    for r in rows:
        assert r["posts"] == "4"
        assert r["per_post"] == f"{int(str(r['value'])) / 4:.1f}"
    assert load_exhibit(_with_entries(context, posts)) is None


def test_campaign_when_it_says_whom_it_is_for_then_that_group_s_referrals_before_and_after(
    context: Context
) -> None:
    campaign = {"kind": "campaigns", "topic": "reporting_options", "title": "Men can tell us",
                "serves": "men", "due": "2026-02-10", "ref": "CAM-board-9", "status": "done"}
    exhibit = campaigns_exhibit(_with_entries(
        context, campaign, campaign | {"serves": "by_and_for"}, campaign | {"topic": "media"}))
    rows = [r for r in _rows(exhibit) if r["agency"] == "police"]
    assert [(r["quarter"], r["serves"]) for r in rows] == [("2025-Q4", "men"), ("2026-Q2", "men")]
    table = context.release.table("referrals_fate_by_sex.police")
    assert table is not None
    assert [r["value"] for r in rows] == [
        table.cell(q, sex="male").value for q in ("2025-Q4", "2026-Q2")]
    late = campaigns_exhibit(_with_entries(context, campaign | {"due": "2026-08-01"}))
    assert late is not None and {row[-1] for row in late.table.rows} == {"not yet"}
    assert campaigns_exhibit(_with_entries(context, campaign | {"serves": ""})) is None


@pytest.mark.parametrize(("cell", "base", "text", "told"), [
    (Cell(value=50, marker=""), 1000, "50.00", "50.00"),
    (Cell(value=0, marker="0 to 4"), 1000, "0 to 4.00", None),
    (Cell(value=None, marker="[c]"), 1000, "[c]", None),
    (Cell(value=50, marker=""), 0, "[u]", None),
])
def test_rate_when_small_withheld_or_on_nothing_then_a_range_or_a_marker(
    cell: Cell, base: int, text: str, told: str | None
) -> None:
    assert per(cell, base, times=1000) == text
    assert number(text) == told


def test_share_when_its_base_is_below_60_then_withheld() -> None:
    assert share_of(Cell(value=30, marker=""), Cell(value=60, marker="")) == "50%"
    assert share_of(Cell(value=30, marker=""), Cell(value=55, marker="")) == "[u]"
    assert share_of(Cell(value=None, marker="[c]"), Cell(value=60, marker="")) == "[c]"
