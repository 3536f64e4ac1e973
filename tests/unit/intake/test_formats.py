"""Every agreed format gives the same table; dates and numbers that the format itself knows are written one
way."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import polars as pl
import pytest

from pipelines.intake.csv_file import MAX_LINE_BYTES, read_csv
from pipelines.intake.raw_table import RawTable
from pipelines.intake.reading import read_table
from pipelines.intake.refusal import FileRefused
from schemas.agencies import FileSpec

from .conftest import workbook_bytes


def _spec(kind: str, **more: object) -> FileSpec:
    feed = {
        "fields": {
            "incident_ref": {"column": "Ref"},
            "report_date": {"column": "Day", "dates": ["%d/%m/%Y"]},
            "status": {"column": "Status"},
        }
    }
    return FileSpec.model_validate({"pattern": "x", "format": kind, "feeds": {"incidents": feed}, **more})


def _cells(table: RawTable) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    return table.header, table.cells.rows()


HEADER = ("Ref", "Day", "Status")
EXPECTED = [("7", "2026-07-14", "TRUE", 2), ("A1", "2026-07-15 13:45:00", None, 4), ("2.5", None, "x", 5)]


def _parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(
        {
            "Ref": ["7", None, "A1", "2.5"],
            "Day": [datetime(2026, 7, 14), None, datetime(2026, 7, 15, 13, 45), None],
            "Status": ["TRUE", None, None, "x"],
        }
    ).write_parquet(buffer)
    return buffer.getvalue()


def _ods() -> bytes:
    def cell(kind: str, value: str) -> str:
        return f'<table:table-cell office:value-type="{kind}" {value}/>'

    def text(value: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    empty = "<table:table-cell/>"
    rows = [
        "".join(text(name) for name in HEADER),
        cell("float", 'office:value="7"')
        + cell("date", 'office:date-value="2026-07-14"')
        + cell("boolean", 'office:boolean-value="true"'),
        empty * 3,
        text("A1") + cell("date", 'office:date-value="2026-07-15T13:45:00"') + empty,
        cell("float", 'office:value="2.5"') + empty + text("x"),
    ]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Log">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", content)
        made.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return buffer.getvalue()


def test_workbook_when_read_then_every_cell_is_text() -> None:
    data = workbook_bytes(
        "Log", [list(HEADER), [7, date(2026, 7, 14), True], [], ["A1", None, None], [2.5, None, "x"]]
    )
    table = read_table(data, _spec("xlsx", sheet="Log"))
    assert _cells(table) == (HEADER, [EXPECTED[0], ("A1", None, None, 4), EXPECTED[2]])
    assert (table.sheet, table.has_typed_dates) == ("Log", True)


def test_ods_when_read_then_every_cell_is_text() -> None:
    assert _cells(read_table(_ods(), _spec("ods"))) == (HEADER, EXPECTED)


def test_ods_when_a_cell_repeats_itself_a_million_times_then_it_is_too_large() -> None:
    with zipfile.ZipFile(io.BytesIO(_ods())) as good:
        content = good.read("content.xml").decode()
    bomb = content.replace('office:value="7"', 'office:value="7" table:number-columns-repeated="1000000"')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("content.xml", bomb)
    with pytest.raises(FileRefused, match="file_too_large"):
        read_table(buffer.getvalue(), _spec("ods"))


def test_workbook_when_it_defines_entities_then_it_is_refused_unread() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(FileRefused, match="file_unreadable"):
        read_table(buffer.getvalue(), _spec("xlsx"))


def test_parquet_when_read_then_rows_are_counted_as_if_it_had_a_header() -> None:
    assert _cells(read_table(_parquet(), _spec("parquet"))) == (HEADER, EXPECTED)


def test_parquet_when_its_columns_are_typed_then_whole_numbers_have_no_point() -> None:
    buffer = io.BytesIO()
    pl.DataFrame(
        {"Ref": [1.0, 2.5, None], "Day": [date(2026, 7, 14), None, None], "Status": [True, False, None]}
    ).write_parquet(buffer)
    table = read_table(buffer.getvalue(), _spec("parquet"))
    assert table.cells.rows() == [("1", "2026-07-14", "TRUE", 2), ("2.5", None, "FALSE", 3)]


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"Ref": [["a"]], "Day": [None], "Status": [None]}),
        pl.DataFrame({"Ref": [b"a"], "Day": [None], "Status": [None]}),
    ],
)
def test_parquet_when_a_column_is_nested_or_binary_then_it_is_refused(frame: pl.DataFrame) -> None:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    with pytest.raises(FileRefused, match="file_unreadable"):
        read_table(buffer.getvalue(), _spec("parquet"))


@pytest.mark.parametrize("data", [b"PAR1", b"no parquet at all", _parquet()[:200]])
def test_parquet_when_damaged_then_it_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused, match="file_unreadable"):
        read_table(data, _spec("parquet"))


@pytest.mark.parametrize(("delimiter", "end"), [(",", "\n"), (";", "\r\n"), ("|", "\r")])
def test_csv_when_separated_as_agreed_then_it_is_read(delimiter: str, end: str) -> None:
    lines = [
        delimiter.join(HEADER),
        delimiter.join(["A1", "14/07/2026", '"a' + delimiter + '""b"""']),
        "",
        delimiter.join(["A2", "", ""]),
    ]
    table = read_table((end.join(lines) + end).encode(), _spec("csv", delimiter=delimiter))
    assert _cells(table) == (HEADER, [("A1", "14/07/2026", f'a{delimiter}"b"', 2), ("A2", None, None, 4)])


def test_csv_when_the_header_is_not_the_first_row_then_rows_are_still_the_senders() -> None:
    table = read_table(
        b"Report of the unit\n\nRef,Day,Status,,\nA1,14/07/2026,x,,\nTotal 1\n",
        _spec("csv", header_row=3, footer="total"),
    )
    assert table.header[:3] == HEADER
    assert table.cells.select("c0", "_row").rows() == [("A1", 4)]
    assert table.totals_rows == (5,)


@pytest.mark.parametrize(
    ("size", "is_refused"), [(MAX_LINE_BYTES - 1, False), (MAX_LINE_BYTES, False), (MAX_LINE_BYTES + 1, True)]
)
def test_line_when_around_the_limit_then_only_a_longer_one_is_refused(size: int, is_refused: bool) -> None:
    data = b"Ref,Day,Status\n" + (b"x," * size)[:size] + b"\nA1,14/07/2026,x\n"
    if is_refused:
        with pytest.raises(FileRefused, match="file_line_too_long"):
            read_csv(data, _spec("csv"))
    else:
        assert read_csv(data, _spec("csv")).ragged_rows == (2,)
