"""The pages as bytes: nothing that is not released, nothing that leaves the page, the same every time."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from dashboards.change import limits_of
from dashboards.figures import BASES, KINDS, FigureError, bars, page_figure
from dashboards.site import EditionError, build_pages
from dashboards.story import PAGES, Story
from schemas.measures.breakdowns import BREAKDOWNS
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import INDICATORS
from schemas.partnership import Partnership, read_partnership
from tests.unit.dashboards.folder import write_folder

LARGEST_PAGE = 300_000
"""Bytes of the largest page without the chart script."""
ALLOWED_ADDRESS = "https://www.bbc.co.uk/weather"
"""Where "Exit this page" leads: the one address on a page."""


class Tables(HTMLParser):
    """Every table of a page by its id: rows of texts, hidden words left out."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] | None = None
        self._cell: list[str] | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "table" and found.get("id"):
            self._rows = self.tables.setdefault(str(found["id"]), [])
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "span" and self._cell is not None:
            self._hidden += (found.get("class") == "vh") or self._hidden > 0

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None and self._rows:
            self._rows[-1].append("".join(self._cell).strip())
            self._cell = None
        elif tag == "span" and self._hidden:
            self._hidden -= 1
        elif tag == "table":
            self._rows = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._hidden:
            self._cell.append(data)


class Heard(HTMLParser):
    """Text of the main part of a page, hidden words included, charts and scripts left out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._in_main = False
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_main = self._in_main or tag == "main"
        self._skipped += tag == "script"
        if tag in ("h1", "h2", "h3", "p", "li", "tr", "figcaption", "summary", "caption"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._in_main = self._in_main and tag != "main"
        self._skipped -= tag == "script"
        if tag in ("td", "th"):
            self.parts.append(" | ")

    def handle_data(self, data: str) -> None:
        if self._in_main and not self._skipped:
            self.parts.append(data)


def tables_of(page: Path) -> dict[str, list[list[str]]]:
    parser = Tables()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.tables


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def released(release_dir: Path, source: str, quarter: str, where: dict[str, str]) -> tuple[str, str]:
    """(value, marker) read straight from a cube's file, by other code than the pages use."""
    for row in rows_of(release_dir / "cubes" / source):
        if row["period"] == quarter and all(
            row[d] == where.get(d, "all") for d in row if d not in ("period", "value", "marker")
        ):
            return row["value"], row["marker"]
    return "", "[x]"


def digest(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_build_pages_when_built_twice_then_same_bytes(
    pages: Path, release_dir: Path, draw: Callable[[Path, Path], list[Path]], tmp_path: Path
) -> None:
    draw(release_dir, tmp_path)
    assert digest(tmp_path) == digest(pages)


def test_pages_when_built_then_every_page_of_the_pack_is_there_and_small(pages: Path) -> None:
    sizes = {p.stem: p.stat().st_size for p in pages.glob("*.html") if p.stem != "pack"}
    assert sorted(sizes) == sorted(PAGES)
    assert max(sizes.values()) < LARGEST_PAGE


@pytest.mark.parametrize("forbidden", ["bdata", "cdn.", "Share chart", "plotly.com", "Chart Studio"])
def test_pages_when_read_then_hold_nothing_that_leaves_the_page(pages: Path, forbidden: str) -> None:
    for page in [*pages.glob("*.html"), *(pages / "assets").glob("*.css"), pages / "assets" / "charts.js"]:
        assert forbidden not in page.read_text(encoding="utf-8"), page.name


def test_pages_when_read_then_the_only_address_is_the_exit(pages: Path) -> None:
    for page in pages.glob("*.html"):
        found = set(re.findall(r"(?:https?:)?//[^\s\"'<)]+", page.read_text(encoding="utf-8")))
        assert found == {ALLOWED_ADDRESS}, page.name


def test_pages_when_they_hold_figures_then_the_one_configuration_sends_nothing(pages: Path) -> None:
    n = 0
    for page in pages.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        figures = text.count("data-figure=")
        bases = re.findall(r"<script type=\"application/json\" id=\"chart-bases\">(.*?)</script>", text)
        assert len(bases) == bool(figures), page.name
        for base in bases:
            config = json.loads(base)["config"]
            assert (
                config["showSendToCloud"],
                config["plotlyServerURL"],
                config["displaylogo"],
                config["displayModeBar"],
            ) == (False, "", False, False)
        n += figures
    assert n > 50


def of_kinds(parts: list[dict[str, object]]) -> list[dict[str, object]]:
    """Parts of a figure over what all of their kind share."""
    return [
        {**KINDS.get(str(p.get("kind")), {}), **{k: v for k, v in p.items() if k != "kind"}} for p in parts
    ]


def test_figures_when_handed_to_plotly_with_their_base_then_every_property_is_one_that_it_knows(
    story: Story,
) -> None:
    import plotly.graph_objects as go

    kinds = set()
    for figure in (p.figure for page in story.pages for e in page.exhibits for p in e.panels if p.figure):
        own, base = figure["layout"], BASES[figure["base"]]
        laid = {k: {**base.get(k, {}), **v} if isinstance(v, dict) else v for k, v in own.items()}
        laid |= {k: of_kinds(own[k]) for k in ("shapes", "annotations") if k in own}
        go.Figure(data=of_kinds(figure["data"]), layout={**base, **laid})
        kinds.add(figure["base"])
    assert kinds == set(BASES)


def test_page_figure_when_an_array_would_be_encoded_then_refused() -> None:
    import numpy as np

    with pytest.raises(
        FigureError, match=r"^figure \[x\]: holds an array\. Hand lists of numbers to the figure$"
    ):
        page_figure([{"type": "bar", "y": np.array([1.0, 2.0])}], {}, base="bars", div_id="x")
    with pytest.raises(FigureError, match=r"^figure \[x\]: holds \[bdata\]\."):
        page_figure([{"type": "bar", "y": {"bdata": "AA=="}}], {}, base="bars", div_id="x")


def test_bars_when_a_label_is_long_then_it_stands_in_two_lines_and_leaves_the_bar_room() -> None:
    labels = ("Started, still open, or referred on", "Support started", "Donaudampfschifffahrtsgesellschaft")
    figure = bars(labels, (5, 10, 15), ("5", "10", "15"), div_id="b", hovers=("", "", ""))
    assert figure["data"][0]["y"] == [labels[2], labels[1], "Started, still open,<br>or referred on"]


def test_bars_when_drawn_then_values_stand_as_plain_lists() -> None:
    figure = bars(["a", "b"], [5.0, None], ["5", "[c]"], div_id="x", hovers=["a: 5", "b: [c]"])
    assert figure["data"][0]["x"] == [0, 5.0]
    assert figure["data"][0]["hovertext"] == ["b: [c]", "a: 5"]


def test_methods_page_when_a_table_was_left_out_for_protection_then_it_says_which_and_when(
    tmp_path: Path, partnership: Partnership, pages: Path
) -> None:
    folder = write_folder(tmp_path / "2026-Q3.1")
    tables = [
        {"name": "incidents_by_kind.rape.police", "left_out": ["2023-Q2", "2023-Q3"]},
        {"name": "incidents_by_setting.sarc", "left_out": []},
    ]
    (folder / "systems.json").write_text(json.dumps({"cubes": tables}), encoding="utf-8")
    build_pages(folder, tmp_path / "pages", earlier=[], partnership=partnership, commentary=None)
    told = (tmp_path / "pages" / "methods.html").read_text(encoding="utf-8")
    said = re.findall(r"<li>(Left out to protect people: .*?)</li>", told)
    assert said == [
        "Left out to protect people: Incidents by kind, Rape: Police, in April to June 2023 and "
        "July to September 2023. The report beside the tables says why."
    ]
    assert "Left out" not in (pages / "methods.html").read_text(encoding="utf-8")


def test_pages_when_the_release_is_a_sample_not_attacked_then_every_page_says_so(pages: Path) -> None:
    for page in pages.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "Invented data." in text and "Not yet attacked." in text, page.name
        assert "0808 500 2222" in text and "Checked on 1 October 2026." in text, page.name


@pytest.mark.parametrize("name", INDICATORS)
def test_trend_data_when_recomputed_from_the_cubes_then_equal(
    pages: Path, release_dir: Path, name: str
) -> None:
    indicator = INDICATORS[name]
    rows = rows_of(pages / "data" / f"{name}.csv")
    assert rows
    for row in rows[-6:]:
        sources = row["source"].split()
        for cells, kind, source in (
            (indicator.numerator, "numerator", sources[0]),
            (indicator.denominator, "denominator", sources[-1]),
        ):
            if cells is None:
                continue
            options: list[dict[str, str]] = [{}]
            for dimension, categories in cells.where:
                options = [{**o, dimension: c} for o in options for c in categories]
            found = [released(release_dir, source, row["quarter"], o) for o in options]
            if row[f"{kind}_marker"] == "[x]":
                assert row[kind] == ""
                continue
            assert row[kind] == str(sum(int(v or 0) for v, _ in found))


# housing alone feeds some, and is late in the last quarter of the folder: there is nothing to show of them
@pytest.mark.parametrize(
    "name", [n for n, b in BREAKDOWNS.items() if CUBES[b.cells.cube].agency_kinds != ("housing",)]
)
def test_breakdown_data_when_recomputed_from_the_cubes_then_equal(
    pages: Path, release_dir: Path, name: str
) -> None:
    item = BREAKDOWNS[name]
    rows = rows_of(pages / "data" / f"{name}.csv")
    assert rows
    fixed = {dimension: category for dimension, (category,) in item.cells.where}
    for row in rows:
        where = dict(fixed)
        if row["category"] != "all" and CUBES[item.cells.cube].each == item.dimension:
            where[f"{item.dimension.removesuffix('s')}_{row['category']}"] = item.category
        elif row["category"] != "all":
            where[item.dimension] = row["category"]
        value, marker = released(release_dir, row["source"], row["period"], where)
        assert (row["value"], row["marker"]) in ((value, marker), ("", "[x]"))


@pytest.mark.parametrize("name", [i.name for i in INDICATORS.values() if not i.is_rate])
def test_table_of_counts_when_read_off_the_page_then_equals_its_csv(pages: Path, name: str) -> None:
    page = pages / f"{INDICATORS[name].question.value}.html"
    _, *body = tables_of(page)[f"{name}-table"]
    shown = [
        cell.split(" [")[0].split("[p]")[0].strip() if not cell.startswith("[") else cell[:3]
        for row in body
        for cell in row[1:]
        if cell not in ("", "[p]", "[b]", "[p][b]")
    ]
    by_quarter: dict[str, list[str]] = {}
    for row in rows_of(pages / "data" / f"{name}.csv"):
        text = row["numerator_marker"] or f"{int(row['numerator']):,}"
        by_quarter.setdefault(row["quarter"], []).append(text)
    assert shown == [text for texts in by_quarter.values() for text in texts]


@pytest.mark.parametrize(("name", "n"), [("kinds", 15), ("flags", 4), ("vulnerability", 3)])
def test_overlapping_data_when_recomputed_from_the_cubes_then_equal(
    pages: Path, release_dir: Path, name: str, n: int
) -> None:
    rows = rows_of(pages / "data" / f"{name}.csv")
    assert len({r["category"] for r in rows}) == n + 1
    stem = name.removesuffix("s")
    for row in rows:
        where = {} if row["category"] == "all" else {f"{stem}_{row['category']}": "yes"}
        value, marker = released(release_dir, row["source"], row["period"], where)
        assert (row["value"], row["marker"]) in ((value, marker), ("", "[x]"))


def test_page_text_when_built_then_equals_the_golden_text(pages: Path) -> None:
    """The whole of one page as a reader hears it. To write it anew, delete the file and run the test once."""
    reader = Heard()
    reader.feed((pages / "again.html").read_text(encoding="utf-8"))
    text = (
        "\n".join(line for part in "".join(reader.parts).splitlines() if (line := " ".join(part.split())))
        + "\n"
    )
    golden = Path(__file__).parents[2] / "golden" / "page_again.txt"
    if not golden.exists():
        golden.write_text(text, encoding="utf-8")
        pytest.fail("wrote the golden text: read it, and run again")
    assert text == golden.read_text(encoding="utf-8")


def test_pages_when_the_partnership_is_another_then_its_areas_stand_in_the_order_of_names(
    partnership: Partnership, tmp_path: Path
) -> None:
    humberside = ("E06000010", "E06000011", "E06000012", "E06000013")
    folder = write_folder(tmp_path / "release", areas=humberside, is_sample=False, attacked=True)
    file = tmp_path / "partnership.yaml"  # a partnership is a file: nothing else is said of it anywhere
    content = partnership.model_dump(mode="json") | {
        "name": "Humberside Partnership", "short_name": "Humberside", "areas": list(humberside),
        "is_sample": False, "police_area": "E23000012", "first_quarter": "2022-Q4", "last_quarter": "2026-Q3",
    }  # fmt: skip
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    other = read_partnership(file)
    build_pages(folder, tmp_path / "out", earlier=[], partnership=other, commentary=None, edition="summary")
    text = (tmp_path / "out" / "places.html").read_text(encoding="utf-8")
    (funnel,) = re.findall(r'data-figure="places-funnel">(.*?)</script>', text, re.DOTALL)
    dots = [n for trace in json.loads(funnel)["data"] if "text" in trace for n in trace["text"]]
    assert len(dots) == len(humberside)
    assert {row["area"] for row in rows_of(tmp_path / "out" / "data" / "places.csv")} == set(humberside)
    assert all(int(row["residents"]) > 100_000 for row in rows_of(tmp_path / "out" / "data" / "places.csv"))
    assert re.findall(r'<span class="name">(.*?)</span>', text) == [
        "A. East Riding of Yorkshire",
        "B. Hull",
        "C. North East Lincolnshire",
        "D. North Lincolnshire",
    ]
    assert "Invented data." not in text and "Not yet attacked." not in text


def test_limits_in_a_sentence_when_recomputed_from_the_released_csv_then_equal(pages: Path) -> None:
    """The sentences on the page give limits or averages that are recomputed from the released figures."""
    rows = rows_of(pages / "data" / "incidents_recorded.csv")
    own = {agency: [float(r["value"]) for r in rows if r["agency"] == agency and r["value"]]
           for agency in {r["agency"] for r in rows}}
    limits = [limits_of(values[:12]) for values in own.values() if len(values) >= 12]
    text = (pages / "incidents.html").read_text(encoding="utf-8")
    said = set(re.findall(r"\((\d+ to \d+)\)", text))
    tops = {f"{round(one.high):,}, the top" for one in limits} | {f"{round(one.low):,}, the bottom"
        for one in limits}
    means = {f"The average is {round(one.mean):,}" for one in limits}
    both = {f"{round(one.low)} to {round(one.high)}" for one in limits}
    assert (said & both) or any(words in text for words in tops | means)


def test_pages_when_the_analyst_asks_for_a_decision_then_it_stands_there_and_the_rest_is_the_annex(
    pages: Path,
) -> None:
    text = (pages / "incidents.html").read_text(encoding="utf-8")
    assert "<strong>Commission.</strong> Fund the self-referral line until the end of the contract." in text
    assert "Owner: Head of commissioning. By: 15 December 2026." in text
    assert tables_of(pages / "decisions.html")["decisions-table"][1:] == [
        [
            "How much, and of what kind",
            "Commission",
            "Fund the self-referral line until the end of the contract.",
            "Head of commissioning",
            "15 December 2026",
        ]
    ]
    annex = re.search(r"class=\"annex\">.*?</ul>", text, re.DOTALL)
    assert annex is not None and "waiting.html" in annex[0] and "incidents.html" not in annex[0]


def test_changes_page_when_an_earlier_figure_read_otherwise_then_it_is_listed(pages: Path) -> None:
    rows = rows_of(pages / "data" / "changes.csv")
    assert {(r["table"], r["cell"]) for r in rows} == {("victims_by_disability.all", "disability=disabled")}
    assert all(int(r["value_before"]) - int(r["value_now"]) == 5 for r in rows)
    assert f"{len(rows)} numbers changed since release 2026-Q2.1" in (pages / "changes.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("edition", "names"),
    [
        ("summary", sorted(set(PAGES) - {"changes"})),
        ("one_page", ["index"]),
        ("agency:sarc", sorted(("own", *PAGES))),
    ],
)
def test_build_pages_when_another_edition_then_its_pages(
    release_dir: Path, partnership: Partnership, commentary_file: Path, tmp_path: Path, edition: str,
    names: list[str],
) -> None:  # fmt: skip
    build_pages(
        release_dir, tmp_path, earlier=[], partnership=partnership, commentary=commentary_file,
        edition=edition,
    )  # fmt: skip
    pages = [p for p in tmp_path.glob("*.html") if p.stem != "pack"]
    assert sorted(p.stem for p in pages) == names
    for page in pages:
        links = re.findall(r'href="([^"#:]+)["#]', page.read_text(encoding="utf-8"))
        assert [link for link in links if not (tmp_path / link).is_file()] == [], page.name


def test_build_pages_when_the_edition_is_unknown_then_says_which_there_are(
    release_dir: Path, partnership: Partnership, tmp_path: Path
) -> None:
    with pytest.raises(EditionError) as error:
        build_pages(
            release_dir,
            tmp_path,
            earlier=[],
            partnership=partnership,
            commentary=None,
            edition="agency:nobody",
        )
    assert str(error.value) == (
        "edition [agency:nobody] is not one of [board, summary, one_page, public, agency:counselling, "
        "agency:housing, "
        "agency:isva, agency:police, agency:probation, agency:sarc]. Choose one."
    )


def test_single_file_when_built_then_it_needs_nothing_beside_it(
    release_dir: Path, partnership: Partnership, tmp_path: Path
) -> None:
    (path,) = build_pages(
        release_dir, tmp_path, earlier=[], partnership=partnership, commentary=None, single_file=True
    )
    text = path.read_text(encoding="utf-8")
    assert 'src="' not in text.split("<body", 1)[1][:2000] and "assets/" not in re.sub(
        r"<script>.*?</script>", "", text, flags=re.DOTALL
    )
