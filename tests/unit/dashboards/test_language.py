"""A translation is a file: every sentence and label that a page shows can be said in another language without
a change of code."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from python_calamine import CalamineWorkbook

from dashboards.site import build_pages
from dashboards.standing import standing_texts
from dashboards.words import STRINGS_DIR, StringsError, read_words
from schemas.partnership import Partnership
from tests.unit.dashboards.conftest import COMMENTARY

PSEUDO, WELSH = "qps", "cy"
MARKED = re.compile(r"«[^«»]*»")
WORD = re.compile(r"[^\W\d_]")
DATA = re.compile(
    r"\b(?:[A-Z]{1,2}\d{1,2}[a-z]?|\d{4}-Q[1-4](?:\.\d+)?|[0-9a-f]{40,64}|XLSX|ODS|[A-Z])\b"
    r"|<br>|\[[bcpruxz]\]",
    re.ASCII,
)
"""Clauses, quarters and releases, checksums, formats, and the letters of areas: no words."""
HEARD = ("aria-label", "alt", "title")


class Shown(HTMLParser):
    """Every text of a page that somebody sees or hears, charts among them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._tags: list[str] = []
        self._is_figure = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.texts += [text for name in HEARD if (text := given.get(name))]
        if tag in ("script", "style"):
            self._tags.append(tag)
        self._is_figure = tag == "script" and "data-figure" in given

    def handle_endtag(self, tag: str) -> None:
        self._is_figure = False
        if tag in ("script", "style"):
            self._tags.pop()

    def handle_data(self, data: str) -> None:
        if self._is_figure:
            self.texts += list(_drawn(json.loads(data)))
        elif not self._tags:
            self.texts.append(data)


def _drawn(figure: dict[str, Any]) -> Iterator[str]:
    """Texts of a chart: labels, hovers, ticks, words on it."""
    for trace in figure["data"]:
        for held in (trace, trace.get("node", {}), trace.get("link", {})):
            for key in ("text", "hovertext", "customdata", "label", "x", "y"):
                yield from (v for v in held.get(key, ()) if isinstance(v, str))
    layout = figure["layout"]
    yield from (note["text"] for note in layout.get("annotations", ()))
    for axis in ("xaxis", "yaxis"):
        yield from layout.get(axis, {}).get("ticktext", ())
        yield layout.get(axis, {}).get("title", {}).get("text", "")


def marked(node: Any) -> Any:
    """A tree of strings with every text in marks."""
    if isinstance(node, dict):
        return {key: marked(value) for key, value in node.items()}
    return f"«{node}»" if node else node


@pytest.fixture(scope="module")
def pseudo(
    release_dir: Path, earlier_dir: Path, partnership: Partnership, commentary_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:  # fmt: skip
    """The board's pages in a language whose every sentence and label stands in marks."""
    out = tmp_path_factory.mktemp("pseudo")
    english = yaml.safe_load((STRINGS_DIR / "strings.en.yaml").read_text(encoding="utf-8"))
    tree = {**marked(english), "language": PSEUDO, "labels": {t: f"«{t}»" for t in standing_texts()}}
    (out / f"strings.{PSEUDO}.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    build_pages(
        release_dir, out / "pages", earlier=[earlier_dir], commentary=commentary_file, strings=out,
        partnership=partnership.model_copy(update={"language": PSEUDO}),
    )  # fmt: skip
    return out / "pages"


def names_of(partnership: Partnership, release_dir: Path) -> list[str]:
    """What people gave themselves as a name, or wrote: no translation's business. The longest first."""
    release = json.loads((release_dir / "release.json").read_text(encoding="utf-8"))
    found = [partnership.name, partnership.contact, *(a["name"] for a in release["agencies"])]
    found += [text for line in partnership.support for text in (line.name, line.who, line.contact)]
    found += [line.partition(": ")[2] for line in COMMENTARY.splitlines() if ": " in line]
    with (release_dir / "registers.csv").open(encoding="utf-8") as file:
        found += [row["title"] for row in csv.DictReader(file)]
    found += [release["provenance"]["code_version"], release["release"]]
    return sorted({n for n in found if n}, key=len, reverse=True)


def test_pages_when_every_string_and_label_is_marked_then_no_unmarked_word_stands_on_any(
    pseudo: Path, partnership: Partnership, release_dir: Path
) -> None:
    names = names_of(partnership, release_dir)
    left: dict[str, set[str]] = {}
    for path in sorted(pseudo.glob("*.html")):
        page = Shown()
        page.feed(path.read_text(encoding="utf-8"))
        assert any("«" in text for text in page.texts), path.name
        text = "\n".join(page.texts)  # a symbol inside a sentence is an element of its own
        for name in names:
            text = text.replace(name, " ")
        while MARKED.search(text):
            text = MARKED.sub(" ", text)
        found = {" ".join(line.split()) for line in text.splitlines() if WORD.search(DATA.sub(" ", line))}
        if found:
            left[path.name] = found
    assert left == {}


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_workbook_when_every_string_is_marked_then_cover_contents_and_headings_are(
    pseudo: Path, partnership: Partnership, kind: str
) -> None:
    book = CalamineWorkbook.from_path(pseudo / "data" / f"tables.{kind}")
    cover, contents, *tables = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    said = [str(cell) for row in (*cover, *contents[:1]) for cell in row if cell != ""]
    said += [text for row in contents[1:] if (text := str(row[-1]))]
    said += [str(cell) for table in tables for row in table[:3] for cell in row if cell != ""]
    assert len(tables) > 100 and len(cover) > 5
    assert [text for text in said if "«" not in text and partnership.name not in text] == []


def test_pages_when_the_language_is_another_then_the_page_says_which(pseudo: Path) -> None:
    assert f'<html lang="{PSEUDO}"' in (pseudo / "index.html").read_text(encoding="utf-8")


def test_pages_when_a_few_strings_are_welsh_then_they_stand_on_the_page(
    release_dir: Path, partnership: Partnership, tmp_path: Path
) -> None:
    tree = yaml.safe_load((STRINGS_DIR / "strings.en.yaml").read_text(encoding="utf-8"))
    tree["language"] = WELSH
    tree["page"]["places"]["title"] = "Lleoedd"
    tree["support"]["title"] = "Cymorth"
    tree["date"]["month"] |= {7: "Gorffennaf", 9: "Medi", 10: "Hydref"}
    tree["date"]["quarter"] = "{first} i {last} {year}"
    tree["join"]["range"] = "{low} i {high}"
    tree["labels"] = {"Female": "Benyw"}
    (tmp_path / f"strings.{WELSH}.yaml").write_text(
        yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    build_pages(
        release_dir, tmp_path / "out", earlier=[], commentary=None, strings=tmp_path,
        partnership=partnership.model_copy(update={"language": WELSH}))  # fmt: skip
    places, who, pathways = (
        (tmp_path / "out" / f"{n}.html").read_text(encoding="utf-8") for n in ("places", "who", "pathways")
    )
    for text in ("<h1>Lleoedd</h1>", ">Cymorth</h2>", "Gorffennaf i Medi 2026", "1 Hydref 2026"):
        assert text in places, text
    assert ">Benyw</th>" in who and ">Female</th>" not in who
    cells = re.findall(r"<td>(.*?)</td>", who)
    charts = re.findall(r"data-figure.*?</script>", pathways, re.DOTALL)
    assert "0 i 4" in cells and "0 to 4" not in cells
    assert any('"0 i 4"' in chart for chart in charts) and not any('"0 to 4"' in chart for chart in charts)


@pytest.mark.parametrize(("change", "message"), [
    ({"support": {}},
     r"^\[strings.cy.yaml\], key \[support.title\]: is missing, one of \[\d+\]. Mend it there.$"),
    ({"more": "x"}, r"^\[strings.cy.yaml\], key \[more\]: is not one of \[strings.en.yaml\], one of \[1\]."),
    ({"footer": {"source": "{base} {x}", "contact": "{contact}", "licence": "l"}}, r"nothing fills \[x\]"),
])  # fmt: skip
def test_words_when_a_translation_lacks_a_key_or_has_another_brace_then_names_it(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    tree = yaml.safe_load((STRINGS_DIR / "strings.en.yaml").read_text(encoding="utf-8"))
    (tmp_path / "strings.cy.yaml").write_text(yaml.safe_dump({**tree, **change}), encoding="utf-8")
    with pytest.raises(StringsError, match=message):
        read_words("cy", tmp_path)
