"""Exhibits made in their own way (places, steps, stages, flows, completeness), and their entries."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest

from dashboards.breakdowns import breakdown_exhibit
from dashboards.completeness import completeness, deliveries_of
from dashboards.context import Context
from dashboards.divided import divide
from dashboards.exhibit import Table
from dashboards.measure import HALF_WIDTH
from dashboards.pathway import flows_exhibit, steps_exhibit
from dashboards.places import FUNNEL_SD, _is_outside, places_exhibit, tiles
from dashboards.release import WITHHELD, Cell, PublishedRange, read_release
from dashboards.stages import stages_exhibit
from dashboards.trends import DATA_COLUMNS, key_figures, trend_exhibit
from schemas.measures.breakdowns import BREAKDOWNS
from schemas.measures.dimensions import ALL
from schemas.measures.indicators import INDICATORS, Indicator
from schemas.measures.questions import Aim, Cells, Question, cells
from schemas.quarters import Quarter

NOW = Quarter(year=2026, number=3)


@pytest.mark.parametrize(("distance", "outside"), [(-1, False), (0, False), (1, True)])
def test_is_outside_when_the_nearer_end_of_the_rounding_crosses_the_limit_then_and_only_then(
    distance: int, outside: bool
) -> None:
    expected = 100.0
    edge = round(expected + FUNNEL_SD * sqrt(expected) + HALF_WIDTH)
    assert _is_outside(Cell(value=edge + distance), expected) is outside


def test_is_outside_when_the_count_is_withheld_then_never() -> None:
    assert _is_outside(Cell(value=None, marker=WITHHELD), 100.0) is False


def test_places_when_drawn_then_in_the_order_of_names_and_never_ranked(context: Context) -> None:
    names = [
        "Birmingham", "Coventry", "Dudley", "Sandwell", "Solihull", "Walsall", "Wolverhampton",
    ]  # fmt: skip
    assert [p.name for p in tiles(context)] == names
    exhibit = places_exhibit(context)
    assert exhibit is not None and [row[0] for row in exhibit.table.rows] == names


def test_steps_when_drawn_then_each_step_holds_no_more_than_the_one_before(context: Context) -> None:
    exhibit = steps_exhibit(context)
    assert exhibit is not None
    now = [r for r in exhibit.data.rows if r[1] == str(NOW)]
    for agency in ("isva", "police", "sarc"):
        values = [r[3] for r in now if r[2] == agency]
        assert all(isinstance(v, int) for v in values)
        assert values == sorted(values, key=lambda v: -int(v or 0))
    assert [r[4] for r in now if r[2] == "housing"] == ["[x]"] * 3


def test_flows_when_drawn_then_eight_nodes_at_most_and_links_add_up_to_the_table(context: Context) -> None:
    exhibit = flows_exhibit(context)
    assert exhibit is not None
    for panel in exhibit.panels:
        assert panel.figure is not None
        (sankey,) = panel.figure["data"]
        assert len(sankey["node"]["label"]) <= 8
        agency = panel.id.removeprefix("flows-")
        listed = sum(int(r[4] or 0) for r in exhibit.data.rows if r[3] == agency)
        assert sum(sankey["link"]["value"]) == listed


def test_stages_when_drawn_then_three_rows_and_no_total(context: Context) -> None:
    exhibit = stages_exhibit(context)
    assert exhibit is not None
    assert [row[0] for row in exhibit.table.rows] == [
        "Named as suspects",
        "Charged",
        "Convicted or cautioned",
    ]
    assert exhibit.table.rows[2][2:] == ("[u]", "[u]")


def test_repeat_victims_when_a_range_is_too_wide_then_page_and_csv_say_u_and_why(
    context: Context, pages: Path
) -> None:
    """The release withholds the range of 2023-Q4 and publishes the others."""
    exhibit = trend_exhibit(context, INDICATORS["repeat_victims"])
    assert exhibit is not None and exhibit.data is not None
    shown = {row[0]: row[3] for row in exhibit.table.rows}
    assert (shown["October to December 2023"], shown["January to March 2024"]) == ("[u]", "20.5% to 31.5%")
    with (pages / "data" / "repeat_victims.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["links"] == "all"]
    told = {r["quarter"]: [r[c] for c in DATA_COLUMNS if c.startswith("linkage_")] for r in rows}
    assert told["2023-Q4"] == ["", "", "1", "[u]"]
    assert told["2024-Q1"] == ["20.5", "31.5", "1", ""]
    why = "A range of more than four percentage points says too little to act on; it is withheld and reads"
    assert f"{why} [u]." in exhibit.notes
    html = [page.read_text(encoding="utf-8") for page in pages.rglob("*.html")]
    assert any(why in text for text in html)
    assert any("[u]" in text and "a range too wide to act on" in text for text in html)


def test_repeat_victims_when_the_latest_range_is_too_wide_then_the_figure_stands_alone_and_says_why(
    context: Context,
) -> None:
    key = ("victims_repeat", "is_repeat", str(NOW))
    withheld = PublishedRange(low_pct=None, high_pct=None, marker="[u]")
    ranges = {**context.release.ranges, key: withheld}
    wide = replace(context, release=replace(context.release, ranges=ranges))
    figures = {name: key_figures(c, INDICATORS["repeat_victims"]) for name, c in
               {"usual": context, "wide": wide}.items()}
    assert [" to " in figures[name][0].value for name in ("usual", "wide")] == [True, False]
    assert "Range withheld [u]: it is wider than four percentage points, too wide to act on." in (
        figures["wide"][0].more)
    assert not any("withheld" in sentence for sentence in figures["usual"][0].more)


def test_breakdown_when_a_group_is_not_known_then_its_bounds_hold_all_of_them(context: Context) -> None:
    (part,) = divide(context, BREAKDOWNS["victim_ethnicity"], NOW)
    assert part.total.value is not None and part.unknown is not None and part.unknown.value is not None
    value = part.cells["white"].value
    assert value is not None
    assert part.highest("white") == f"{int(100 * (value + part.unknown.value) / part.total.value + 0.5)}%"
    assert part.highest("not_recorded") == "[z]"


def test_breakdown_when_the_release_has_no_table_then_there_is_no_exhibit(context: Context) -> None:
    empty = replace(context.release, folder=context.release.folder / "none")
    other = replace(context, release=empty)
    assert breakdown_exhibit(other, BREAKDOWNS["victim_sex"]) is None


def test_completeness_when_an_agency_is_late_then_it_is_due_and_missing(context: Context) -> None:
    found = completeness(context)
    assert (found.n, found.m, found.is_complete) == (15, 18, False)
    assert found.missing == (
        "Housing Services (incidents)", "Housing Services (victims)", "Housing Services (referrals)",
    )  # fmt: skip


def test_deliveries_of_when_an_agency_joined_late_then_its_quarters_before_say_so(context: Context) -> None:
    table = deliveries_of(context, "isva")
    assert table.rows[0] == ("July to September 2026", "Cases, Incidents, Referrals, Victims", "None")
    assert table.rows[-1] == ("October to December 2022", "Not yet a member", "[z]")


def test_deliveries_of_when_something_due_is_missing_then_it_is_named(context: Context) -> None:
    assert deliveries_of(context, "housing").rows[0] == (
        "July to September 2026",
        "None",
        "Incidents: late; Referrals: late; Victims: late",
    )


def test_breakdown_when_a_public_release_lacks_its_dimension_then_no_exhibit_says_nought(
    context: Context, release_dir: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(release_dir, tmp_path / "public")
    path = folder / "cubes" / "victims_by_age_sex.all.csv"
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sex"] == ALL]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name in rows[0] if name != "sex"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    public = replace(context, release=read_release(folder))
    assert breakdown_exhibit(context, BREAKDOWNS["victim_sex"]) is not None
    assert breakdown_exhibit(public, BREAKDOWNS["victim_sex"]) is None
    assert breakdown_exhibit(public, BREAKDOWNS["victim_age"]) is not None


def test_table_when_a_row_is_ragged_then_refused() -> None:
    with pytest.raises(ValueError, match=r"^table \[x\]: a row has not its \[2\] cells$"):
        Table(caption="x", columns=("a", "b"), rows=(("1",),))


@pytest.mark.parametrize(("build", "text"), [
    (lambda: cells("no_such"), r"^no cube is called \[no_such\]\. Add it to schemas/measures/cubes$"),
    (lambda: cells("victims_repeat", "rape"), r"^cube \[victims_repeat\] has no table"),
    (lambda: cells("victims_repeat", sex="male"), r"has no dimension \[sex\]$"),
    (lambda: cells("victims_repeat", is_repeat="x"), r"has no category \[x\]$"),
])  # fmt: skip
def test_cells_when_no_published_table_could_answer_then_refused(build: object, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        build()  # type: ignore[operator]  # a callable, handed as an object


def test_indicator_when_its_parts_count_other_units_then_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^indicator \[x\]: numerator and denominator are not counts of the same"
    ):
        Indicator(
            name="x", short="X", question=Question.WHO, aim=Aim.PREPARE, title="X", unit="people",
            duties=("W1",), definition="X", numerator=cells("victims_repeat"),
            denominator=cells("reports_by_status"))  # fmt: skip


def test_entries_when_read_then_every_one_names_its_clauses_and_fits_a_headline() -> None:
    assert all(i.duties and len(i.short.split()) <= 5 for i in INDICATORS.values())
    assert all(b.duties for b in BREAKDOWNS.values())
    assert isinstance(INDICATORS["victims"].numerator, Cells)
