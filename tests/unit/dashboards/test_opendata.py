"""Open formats: the same numbers in every one, valid to each standard's own checker, the same bytes every
time."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

import csvw
import frictionless
import pytest
from python_calamine import CalamineWorkbook

from dashboards.sheets import defused, same_bytes
from dashboards.words import read_words

HEAD = 2
"""Title and instructions stand above a table."""


HEADINGS = read_words().under("heading")


def csv_cells(path: Path) -> list[list[str]]:
    """Cells of a data file under the headings that a workbook gives its columns."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return [[HEADINGS[column] for column in head], *rows]


def as_text(value: object) -> str:
    """A spreadsheet's cell as its CSV prints it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removeprefix("'")


def sheet_cells(path: Path, name: str) -> list[list[str]]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(name[:31]).to_python()
    return [[as_text(v) for v in row] for row in rows[HEAD:]]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_workbook_when_read_back_then_every_cell_equals_its_csv(pages: Path, kind: str) -> None:
    files = sorted((pages / "data").glob("*.csv"), key=lambda path: path.stem)
    book = CalamineWorkbook.from_path(pages / "data" / f"tables.{kind}")
    assert book.sheet_names == ["Cover", "Contents", *(f.stem[:31] for f in files)]
    for file in files:
        assert sheet_cells(pages / "data" / f"tables.{kind}", file.stem) == csv_cells(file), file.name


def test_workbook_when_read_by_a_program_then_every_sheet_holds_one_named_table(pages: Path) -> None:
    with zipfile.ZipFile(pages / "data" / "tables.xlsx") as book:
        tables = [book.read(n).decode() for n in book.namelist() if n.startswith("xl/tables/")]
    names = {re.search(r'displayName="([^"]*)"', table)[1] for table in tables}  # type: ignore[index]
    files = {file.stem.replace("-", "_") for file in (pages / "data").glob("*.csv")}
    assert names == files | {"contents_table"}


def test_datapackage_when_checked_by_frictionless_then_valid(pages: Path) -> None:
    report = frictionless.Package(str(pages / "data" / "datapackage.json")).validate()
    assert report.flatten(["type", "note"]) == []
    assert report.stats["tasks"] == len(list((pages / "data").glob("*.csv")))


def test_csvw_when_checked_then_valid(pages: Path) -> None:
    assert csvw.CSVW(str(pages / "data" / "csvw-metadata.json"), validate=True).is_valid


def test_dcat_when_read_then_lists_every_file(pages: Path) -> None:
    content = json.loads((pages / "data" / "dcat.jsonld").read_text(encoding="utf-8"))
    files = sorted(f.stem for f in (pages / "data").glob("*.csv"))
    assert [d["dcat:downloadURL"] for d in content["dcat:distribution"]] == [f"{f}.csv" for f in files]
    assert (content["dct:identifier"], content["dct:accessRights"]) == ("2026-Q3.1", "audience: board")


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("a=b", "a=b"),
        (-5, -5),
        (None, None),
    ],
)
def test_defused_when_a_text_would_run_as_a_formula_then_it_does_not(
    value: str | int | None, safe: str | int | None
) -> None:
    assert defused(value) == safe


def test_same_bytes_when_archives_differ_in_order_and_time_then_equal() -> None:
    import io

    def archive(names: list[str], year: int) -> bytes:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as made:
            for name in names:
                made.writestr(zipfile.ZipInfo(name, date_time=(year, 1, 1, 0, 0, 0)), name)
        return held.getvalue()

    assert same_bytes(archive(["b", "mimetype", "a"], 2020)) == same_bytes(
        archive(["a", "b", "mimetype"], 2026)
    )
