"""The screener: clean pages pass, every planted fault is found, and no finding repeats what it found."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, RectangleObject

from dashboards.beside import beside
from dashboards.screen import Allowed, Screened, is_nhs_number, screen, screen_pdf, without_footer

ALLOWED = Allowed(
    addresses=("https://www.bbc.co.uk/weather",),
    emails=("data@partnership.example",),
    base=5,
    texts=("0808 500 2222", "0800 1111"),
)


@pytest.fixture(scope="module")
def one(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one") / "pages"
    shutil.copytree(pages, folder)
    return folder


def test_screen_when_the_pages_are_as_built_then_nothing_is_found(pages: Path) -> None:
    assert [s.text for s in screen(pages, ALLOWED)] == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<p>999 000 0018 was seen</p>", "NHS number"),
        ("<p>lives at M1 1AA</p>", "postcode"),
        ("<p>12/394773H</p>", "PNC number"),
        ("<p>QQ123456C</p>".replace("QQ", "AB"), "National Insurance number"),
        ("<p>A1234BC</p>", "prison number"),
        ("<p>born 03/12/1998</p>", "calendar day"),
        ("<p>jo@somewhere.example</p>", "email address"),
        ("<a href='https://elsewhere.example/x'>x</a>", "address"),
        ('<script>{"bdata": 1}</script>', "encoded array"),
        ("<p>She refused.</p>", "word"),
    ],
)
def test_screen_when_a_page_holds_a_fault_then_names_file_and_rule_and_never_the_text(
    tmp_path: Path, text: str, rule: str
) -> None:
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    (found,) = screen(tmp_path, ALLOWED)
    assert (found.file, found.rule, found.n) == ("page.html", rule, 1)
    for piece in (
        "000 0018",
        "M1 1AA",
        "394773H",
        "AB123456C",
        "A1234BC",
        "1998",
        "somewhere",
        "elsewhere",
    ):
        assert piece not in found.text


@pytest.mark.parametrize(("value", "n"), [("15", 0), ("0", 0), ("", 0), ("14", 1), ("14.5", 1)])
def test_screen_when_a_count_is_no_multiple_of_five_then_found(tmp_path: Path, value: str, n: int) -> None:
    (tmp_path / "x.csv").write_text(f"quarter,value,marker\n2026-Q3,{value},\n", encoding="utf-8")
    assert sum(s.n for s in screen(tmp_path, ALLOWED)) == n


IN_WORDS: tuple[tuple[str, str], ...] = (
    ("There were 3 in all.", "small number"),
    ("Only one was seen.", "small number"),
    ("For two women.", "small number"),
    ("She refused.", "word"),
    ("Seen: 999 000 0018.", "NHS number"),
    ("Lives at M1 1AA.", "postcode"),
    ("Known as 12/394773H.", "PNC number"),
    ("Known as AB123456C.", "National Insurance number"),
    ("Known as A1234BC.", "prison number"),
    ("Born 03/12/1998.", "calendar day"),
    ("Ask jo@somewhere.example now.", "email address"),
    ("See https://elsewhere.example now.", "address"),
)
"""What a person may have written, and the rule that finds it, in whichever format it stands."""


def _book(**parts: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return held.getvalue()


def _print(text: str, *, author: str = "", link: str = "") -> bytes:
    """A print of one page with a text, an author and a link."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=300, height=200)
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = DictionaryObject({
        NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    })
    if author:
        writer.add_metadata({"/Author": author})
    if link:
        writer.add_uri(0, link, RectangleObject((0, 0, 10, 10)))
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


CHART = '<script type="application/json" data-figure="x">{}</script>'
CLEAN = "period,value,marker,unit\n2026-Q3,1235,,people\n"
PLANTED: tuple[tuple[str, bytes | str, str], ...] = (
    ("x.html", "<p>Now 1,234 in all.</p>", "undeclared number"),
    ("x.html", "<table><tr><td>1,234</td></tr></table>", "undeclared number"),
    ("x.html", CHART.format('{"data": [{"y": [1234], "hovertext": ["x"]}]}'), "undeclared number"),
    ("x.html", CHART.format('{"data": [{"y": [5], "hovertext": ["July: 1,234"]}]}'), "undeclared number"),
    ("x.html", "<p>There were 3 in all.</p>", "small number"),
    ("x.html", '<img src="" alt="a single woman">', "small number"),
    ("x.html", '<div aria-label="2 children"></div>', "small number"),
    ("x.html", '<meta name="author" content="Jo">', "name in metadata"),
    ("x.html", '<a href="https://elsewhere.example">x</a>', "address"),
    ("x.html", '<section data-counts="documents">2 done</section><p>3 seen</p>', "small number"),
    ("x.md", "Only one was seen.", "small number"),
    ("x.md", "999 000 0018", "NHS number"),
    ("y.csv", "period,value\n2026-Q3,1234\n", "undeclared number"),
    ("y.csv", "label\n999 000 0018\n", "NHS number"),
    ("y.csv", "label\nhttps://elsewhere.example\n", "address"),
    ("x.json", '{"a": "999 000 0018"}', "NHS number"),
    ("x.json", '{"a": "https://elsewhere.example"}', "address"),
    ("x.xlsx", _book(workbook='<sheet name="x" state="hidden"/>'), "hidden sheet"),
    ("x.xlsx", _book(workbook='<sheet name="x" state="veryHidden"/>'), "hidden sheet"),
    ("x.xlsx", _book(docProps__core="<dc:creator>Jo Bloggs</dc:creator>"), "name in metadata"),
    ("x.xlsx", _book(sharedStrings="<t>999 000 0018</t>"), "NHS number"),
    ("x.xlsx", _book(sheet1='<c r="A1" s="2"><v>1234</v></c>'), "undeclared number"),
    ("x.xlsx", _book(sharedStrings="<t>now 1,234</t>"), "undeclared number"),
    ("x.xlsx", _book(rels='<Relationship Target="https://elsewhere.example"/>'), "address"),
    ("x.ods", _book(content='<table:table table:display="false"/>'), "hidden sheet"),
    ("x.ods", _book(meta="<meta:initial-creator>Jo Bloggs</meta:initial-creator>"), "name in metadata"),
    ("x.ods", _book(content="<text:p>999 000 0018</text:p>"), "NHS number"),
    ("x.ods", _book(content='<table:table-cell office:value="1234"/>'), "undeclared number"),
    ("x.ods", _book(content='<text:a xlink:href="https://elsewhere.example"/>'), "address"),
    ("x.pdf", _print("999 000 0018"), "NHS number"),
    ("x.pdf", _print("Now 1,234 in all"), "undeclared number"),
    ("x.pdf", _print("She refused"), "word"),
    ("x.pdf", _print("x", author="Jo Bloggs"), "author of a PDF"),
    ("x.pdf", _print("x", link="https://elsewhere.example"), "address"),
    ("x.pdf", b"%PDF", "unreadable"),
    ("x.md", "Lives at M1 1AA.", "postcode"),
    ("x.md", "https://elsewhere.example", "address"),
    ("y.csv", "label\nM1 1AA\n", "postcode"),
    ("x.json", '{"a": "M1 1AA"}', "postcode"),
    ("x.xlsx", _book(sharedStrings="<t>M1 1AA</t>"), "postcode"),
    ("x.ods", _book(content="<text:p>M1 1AA</text:p>"), "postcode"),
    ("x.pdf", _print("Lives at M1 1AA"), "postcode"),
    ("x.html", "<p>Lives at M1 1AA</p>", "postcode"),
    ("x.html", "<p>999 000 0018</p>", "NHS number"),
)


@pytest.mark.parametrize(
    ("file", "content", "rule"), PLANTED, ids=[f"{i}-{f[2:]}-{r}" for i, (f, _, r) in enumerate(PLANTED)]
)
def test_screen_when_a_fault_of_each_kind_is_planted_in_each_format_then_it_alone_is_found(
    tmp_path: Path, file: str, content: bytes | str, rule: str
) -> None:
    (tmp_path / "clean.csv").write_text(CLEAN, encoding="utf-8")
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert [(s.file, s.rule) for s in screen(tmp_path, ALLOWED)] == [(file, rule)]


@pytest.mark.parametrize(("file", "content"), [
    ("x.html", '<section data-counts="documents"><section><p>2 done</p></section><p>1 open</p></section>'),
    ("x.html", "<p>Now 1,235 in all; 0 to 4 before; 3 of 6 agencies; Clause W2; since 2023.</p>"),
    ("x.html", CHART.format('{"data": [{"y": [1235], "hovertext": ["July to September 2026: 1,235"]}]}')),
    ("x.xlsx", _book(sheet1='<c r="A1" s="2"><v>1235</v></c><c r="A2" t="s"><v>777</v></c>')),
    ("x.ods", _book(content='<table:table-cell office:value="1235"/>')),
    ("x.pdf", _print("Now 1,235 in all; 0808 500 2222")),
])  # fmt: skip
def test_screen_when_a_number_is_declared_then_nothing_is_found(
    tmp_path: Path, file: str, content: bytes | str
) -> None:
    (tmp_path / "clean.csv").write_text(CLEAN, encoding="utf-8")
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert screen(tmp_path, ALLOWED) == ()


@pytest.mark.parametrize("format_of", ["html", "csv", "json", "xlsx", "ods", "pdf"])
def test_screen_when_a_sentence_of_each_kind_stands_in_each_format_then_its_rule_alone_finds_it(
    tmp_path: Path, format_of: str
) -> None:
    written = {
        "html": lambda text: f"<p>{text}</p>".encode(),
        "csv": lambda text: f"label\n{text}\n".encode(),
        "json": lambda text: json.dumps({"a": [{"b": text}]}).encode(),
        "xlsx": lambda text: _book(
            sharedStrings=f"<si><r><t>{text[:7]}</t></r><r><rPr><b/></rPr><t>{text[7:]}</t></r></si>"
        ),
        "ods": lambda text: _book(
            content=f"<text:p>{text[:7]}<text:span text:style-name='b'>{text[7:]}</text:span></text:p>"
        ),
        "pdf": _print,
    }[format_of]
    found = {}
    for number, (text, rule) in enumerate(IN_WORDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / f"x.{format_of}").write_bytes(written(text))
        found[text] = ([s.rule for s in screen(folder, ALLOWED)], [rule])
    assert {text: got for text, (got, wanted) in found.items() if got != wanted} == {}


@pytest.mark.parametrize(("page", "rules"), [
    ("", ["small number"]),
    ("<table><tr><td>There were 3 in all</td></tr></table>", []),
    ('<p data-counts="documents">There were 3 in all</p>', []),
    ("<table><tr><td>There are 3 of all</td></tr></table>", ["small number"]),
])  # fmt: skip
def test_screen_pdf_when_its_page_has_the_number_in_a_table_or_of_documents_then_only_there_it_may_stand(
    page: str, rules: list[str]
) -> None:
    found = screen_pdf("x.pdf", _print("There were 3 in all"), ALLOWED, frozenset(), page=page)
    assert [s.rule for s in found] == rules


def test_screen_pdf_when_a_line_ends_within_a_word_then_the_rest_is_no_number_of_its_own() -> None:
    parted, apart = ("the checksum SHA-) Tj 0 -14 Td (256 of it", "in all) Tj 0 -14 Td (256 of them")
    assert list(screen_pdf("x.pdf", _print(parted), ALLOWED, frozenset())) == []
    assert [s.rule for s in screen_pdf("x.pdf", _print(apart), ALLOWED, frozenset())] == ["undeclared number"]


@pytest.mark.parametrize("part", [
    {"comments1": "<text><r><t>There were 3 in all</t></r></text>"},
    {"docProps__core": "<dc:title>There were 3 in all</dc:title>"},
    {"drawing1": "<a:t>There were 3 in all</a:t>"},
])  # fmt: skip
def test_screen_when_a_small_number_stands_in_a_comment_a_title_or_a_drawing_then_found(
    tmp_path: Path, part: dict[str, str]
) -> None:
    (tmp_path / "x.xlsx").write_bytes(_book(**part))
    assert [s.rule for s in screen(tmp_path, ALLOWED)] == ["small number"]


def test_screen_when_half_of_the_files_are_read_elsewhere_then_the_same_is_found_in_the_same_order(
    tmp_path: Path,
) -> None:
    for number, (file, content, _) in enumerate(PLANTED):
        path = tmp_path / f"{number:02}{Path(file).suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with beside() as second:
        assert screen(tmp_path, ALLOWED, second=second) == screen(tmp_path, ALLOWED)


def test_screen_when_a_file_is_of_an_unknown_kind_then_it_may_not_leave(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"x")
    assert [(s.file, s.rule) for s in screen(tmp_path, ALLOWED)] == [("notes.docx", "unknown kind")]


def test_screen_when_the_chart_script_is_changed_by_one_byte_then_it_is_read(one: Path) -> None:
    script = one / "assets" / "plotly.min.js"
    script.write_bytes(script.read_bytes() + b"\n")
    assert "address" in {s.rule for s in screen(one, ALLOWED)}


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("9990000018", True),
        ("999 000 0018", True),
        ("9990000019", False),
        ("1234567890", False),
        ("999000001", False),
    ],
)
def test_is_nhs_number_when_the_check_digit_is_right_then_and_only_then(text: str, valid: bool) -> None:
    assert is_nhs_number(text) is valid


@pytest.mark.parametrize(
    ("number", "left"), [(137, "Now 12 "), (138, "Now 12 137 / 213"), (13, "Now 12 137 / 213")]
)
def test_without_footer_when_the_page_has_that_number_then_only_the_browsers_count_goes(
    number: int, left: str
) -> None:
    assert without_footer("Now 12 137 / 213", number, 213) == left


def test_screened_when_printed_then_one_line() -> None:
    assert Screened(file="a", rule="b", n=2, advice="c").text == "[a], rule [b], 2: c"


@pytest.mark.parametrize(("measure", "value", "n"), [
    ("estimated_recall", 0.98, 0), ("linked_pct", 57.5, 0), ("n_people", 6252, 1),
    ("twin_like_pairs", 33.0, 1),
])  # fmt: skip
def test_screen_when_linkage_estimates_hold_counts_then_found(
    tmp_path: Path, measure: str, value: float, n: int
) -> None:
    content = json.dumps({"linkage": [{"measure": measure, "value": value}]})
    (tmp_path / "release.json").write_text(content, encoding="utf-8")
    assert [s.rule for s in screen(tmp_path, ALLOWED)] == ["unprotected count"] * n
