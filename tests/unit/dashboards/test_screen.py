"""The screener: clean pages pass, every planted fault is found, and no finding repeats what it found."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from dashboards.screen import Allowed, Screened, is_nhs_number, screen

ALLOWED = Allowed(addresses=("https://www.bbc.co.uk/weather",), emails=("data@partnership.example",), base=5)


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
        ("<p>9990000018 was seen</p>", "NHS number"),
        ("<p>lives at B1 1AA</p>", "postcode"),
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
        "9990000018",
        "B1 1AA",
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


def _book(**parts: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return held.getvalue()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('<sheet name="x" state="hidden"/>', "hidden sheet"),
        ("<dc:creator>Jo Bloggs</dc:creator>", "name in metadata"),
        ("<t>9990000018</t>", "NHS number"),
    ],
)
def test_screen_when_a_workbook_holds_a_fault_then_found(tmp_path: Path, text: str, rule: str) -> None:
    (tmp_path / "t.xlsx").write_bytes(_book(workbook=text))
    assert [(s.file, s.rule) for s in screen(tmp_path, ALLOWED)] == [("t.xlsx", rule)]


def test_screen_when_a_file_is_of_an_unknown_kind_then_it_may_not_leave(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"x")
    (tmp_path / "pack.pdf").write_bytes(b"%PDF /Author (Jo)")
    assert [(s.file, s.rule) for s in screen(tmp_path, ALLOWED)] == [
        ("notes.docx", "unknown kind"),
        ("pack.pdf", "author of a PDF"),
    ]


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
