"""Files that may not be loaded, each with its rule and the words that must be said; two invented agencies."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import xlsxwriter

AGENCY = """
agency: {name}
name: Pier Service
kind: other
is_specialist: false
tier: {tier}
legal: {{controller: A, regime: uk_gdpr, article_6: a, article_9: b, article_10: c,
         gateway: d, retention_months: 12, agreement_ref: T-2, agreement_signed: 2022-01-01,
         agreement_review: 2030-01-01}}
joined: 2022-Q1
areas: [E08000025]
delivery: {{day: 30, contact: Desk}}
files:
{files}
code_maps:
  status: {{Recorded: recorded, Cancelled: cancelled}}
"""
CSV_FILE = """
  log:
    pattern: log_{quarter}.csv
    format: csv
    encoding: ENCODING
    feeds:
      incidents:
        fields:
          incident_ref: {column: Ref}
          report_date: {column: Reported, dates: ["%d/%m/%Y"]}
          status: {column: Status, codes: status}
          setting: {column: Place}
"""
BOOK_FILE = """
  book:
    pattern: book_{quarter}.xlsx
    format: xlsx
    sheet: Log
    absent_ok: true
    feeds:
      incidents:
        fields:
          incident_ref: {column: Ref}
          report_date: {column: Reported, dates: [excel]}
          status: {column: Status, codes: status}
"""
OTHER_FILE = """
  attendances:
    pattern: attendances_{quarter}.csv
    format: csv
    feeds:
      incidents:
        fields:
          incident_ref: {column: Attendance No}
          report_date: {column: Attended On, dates: ["%d/%m/%Y"]}
          status: {column: State, codes: status}
          setting: {column: Where}
"""
HEADER = "Ref,Reported,Status,Place"
GOOD = (
    HEADER + "\r\n" + "".join(f"I{i},{i:02d}/07/2026,Recorded,workplace\r\n" for i in range(1, 21))
).encode()


def _workbook(rows: list[list[object]], *, sheet: str = "Log") -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            page.write(r, c, cell)
    book.close()
    return buffer.getvalue()


GOOD_BOOK = _workbook([["Ref", "Reported", "Status"], ["B1", 46217, "Recorded"]])


def _bomb() -> bytes:
    """A workbook whose sheet unpacks to a thousand times its size: 33 MB from some thirty kilobytes."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD_BOOK)) as good,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in good.namelist():
            if part != "xl/worksheets/sheet1.xml":
                made.writestr(part, good.read(part))
        made.writestr("xl/worksheets/sheet1.xml", b"<row></row>" * 3_000_000)
    return buffer.getvalue()


def _far_cell() -> bytes:
    """A workbook with one mark in the last cell of a sheet: sixteen thousand million cells if it were spread
    out."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet("Log")
    page.write_row(0, 0, ["Ref", "Reported", "Status"])
    page.write(1_048_575, 16_383, "x")
    book.close()
    return buffer.getvalue()


def _claiming(data: bytes, size: int) -> bytes:
    """A workbook whose last part claims another size than it has."""
    at = data.rfind(b"PK\x01\x02")
    return data[: at + 24] + size.to_bytes(4, "little") + data[at + 28 :]


def _locked() -> bytes:
    """The container that a password-protected workbook is stored in."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


def _line(text: str) -> bytes:
    return (HEADER + "\r\n" + text + "\r\n").encode()


MIXED = (
    HEADER + "\r\n" + "I1,01/07/2026,Recorded,workplac\u00e9\r\n"
).encode() + "I2,02/07/2026,Recorded,workplac\u00e9\r\n".encode("cp1252")

LOG, BOOK = "log_2026-Q3.csv", "book_2026-Q3.xlsx"

BAD: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("file_empty", LOG, lambda: b"", "The file is empty."),
    ("file_empty", LOG, lambda: b" \r\n\r\n", "The file is empty."),
    ("file_empty", BOOK, lambda: _workbook([]), "The file is empty."),
    ("file_header_only", LOG, lambda: (HEADER + "\r\n").encode(), "column names and no rows"),
    ("file_header_only", LOG, lambda: (HEADER + "\r\n,,,\r\n\r\n").encode(), "column names and no rows"),
    (
        "file_header_only",
        BOOK,
        lambda: _workbook([["Ref", "Reported", "Status"]]),
        "column names and no rows",
    ),
    (
        "file_delimiter",
        LOG,
        lambda: GOOD.replace(b",", b";"),
        "the agreed separator is [comma], the file has [semicolon]",
    ),
    (
        "file_delimiter",
        LOG,
        lambda: GOOD.replace(b",", b"\t"),
        "the agreed separator is [comma], the file has [tab]",
    ),
    ("file_encoding", LOG, lambda: MIXED, "the agreed encoding is [utf-8]; line [3] is not in it"),
    ("file_encoding", LOG, lambda: GOOD.decode().encode("utf-16"), "the agreed encoding is [utf-8]"),
    ("file_truncated", LOG, lambda: GOOD[:-20], "ends in the middle of a row"),
    (
        "file_truncated",
        LOG,
        lambda: GOOD + b'I9,09/07/2026,Recorded,"workp',
        "a quotation mark is not closed",
    ),
    ("file_truncated", BOOK, lambda: GOOD_BOOK[: len(GOOD_BOOK) // 2], "the workbook is not whole"),
    (
        "file_unreadable",
        LOG,
        lambda: _line('I1,01/07/2026,Recorded,"work" place"'),
        "is not doubled, or not closed",
    ),
    ("file_truncated", BOOK, lambda: b"PK" + b"\0" * 400, "the workbook is not whole"),
    ("file_unreadable", BOOK, lambda: b"Ref,Reported,Status\r\n", "it is not a workbook"),
    (
        "file_unreadable",
        BOOK,
        lambda: _workbook([["Ref"]], sheet="Sheet1"),
        "the workbook has no sheet called [Log]",
    ),
    ("file_truncated", BOOK, lambda: _claiming(GOOD_BOOK, 3), "the workbook is not whole"),
    ("file_encrypted", BOOK, _locked, "protected by a password"),
    (
        "file_line_too_long",
        LOG,
        lambda: _line("I1,01/07/2026,Recorded," + "w" * 2_000_000),
        "longer than any record",
    ),
    ("file_line_too_long", LOG, lambda: b"w" * 3_000_000, "longer than any record"),
    ("file_too_large", BOOK, _bomb, "larger than any delivery"),
    ("file_too_large", BOOK, lambda: _claiming(GOOD_BOOK, 3_000_000_000), "larger than any delivery"),
    ("file_too_large", BOOK, _far_cell, "a cell far below or far right of the table is filled"),
    (
        "file_wrong_agency",
        LOG,
        lambda: b"Attendance No,Attended On,State,Where\r\nA1,01/07/2026,Recorded,workplace\r\n",
        "it looks like a file of [lighthouse]",
    ),
    ("file_wrong_quarter", LOG, lambda: GOOD.replace(b"/07/2026", b"/10/2026"), "it was sent for [2026-Q3]"),
    (
        "file_unknown",
        "Quillfeather statement.csv",
        lambda: GOOD,
        "the agreed names are [log_{quarter}.csv], [book_",
    ),
    (
        "column_duplicated",
        LOG,
        lambda: b"Ref,Reported,Status,Place,Ref\r\nI1,01/07/2026,Recorded,workplace,I1\r\n",
        "A column name stands twice.",
    ),
    ("column_missing", LOG, lambda: b"Ref,Reported,Status\r\nI1,01/07/2026,Recorded\r\n", "[Place]"),
    (
        "column_missing",
        LOG,
        lambda: b"Ref,Reported,Status,Placee\r\nI1,01/07/2026,Recorded,workplace\r\n",
        "[Place]; column [D] has a name like it",
    ),
    (
        "column_unknown",
        LOG,
        lambda: b"Ref,Reported,Status,Place,Quillfeather\r\nI1,01/07/2026,Recorded,workplace,x\r\n",
        "cell E1",
    ),
    (
        "column_unknown",
        LOG,
        lambda: b"Ref,Reported,Status,Place,\r\nI1,01/07/2026,Recorded,workplace,x\r\n",
        "the column has no name",
    ),
    (
        "identity_not_agreed",
        LOG,
        lambda: b"Ref,Reported,Status,Place,Surname\r\nI1,01/07/2026,Recorded,workplace,Quillfeather\r\n",
        "cell E1",
    ),
    (
        "column_free_text",
        LOG,
        lambda: (
            HEADER
            + "\r\n"
            + "".join(
                f"I{i},01/07/2026,Recorded,She met Quillfeather at the corner shop number {i}\r\n"
                for i in range(9)
            )
        ).encode(),
        "cell D1",
    ),
    (
        "column_free_text",
        LOG,
        lambda: GOOD.replace(b"workplace\r\n", b"workplace\r\n", 1).replace(
            b"Recorded,workplace", b"Recorded,B15 2TT", 2
        ),
        "cell D1",
    ),
    (
        "column_free_text",
        LOG,
        lambda: GOOD.replace(b"Recorded,workplace", b"Recorded,wren.quillfeather@example.org", 1),
        "cell D1",
    ),
    (
        "column_free_text",
        LOG,
        lambda: GOOD.replace(b"Recorded,workplace", b"Recorded,999 000 0018", 1),
        "cell D1",
    ),
]
