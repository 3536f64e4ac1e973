"""Rows → the bytes of an agency's files, the same bytes every time.

What belongs here: CSV and XLSX as the agencies' files say, manifests. What does not: what stands in a row.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from datetime import date, datetime
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]

from data.synthesise.ledger import Extract, Row
from schemas.agencies import Agency, FileSpec

MANIFEST: Final = "manifest.json"
_CREATED: Final = datetime(2022, 1, 1)
_TITLES: Final = {"attendances": ("Aldercroft SARC: attendances", "Quarter {quarter}. Confidential")}
_LINE_ENDS: Final = {"police": "\r\n"}
BYTE_ORDER_MARK: Final = frozenset({"isva"})
"""Agencies whose program writes a byte-order mark."""


def header_of(spec: FileSpec, rows: list[Row], kind: str) -> tuple[str, ...]:
    """Column names in order: as the rows have them, or as the agreement does where there is no row."""
    if rows:
        return tuple(rows[0].cells)
    raise ValueError(f"file [{kind}] has no row. Send a nil return, or leave the file out")


def sender_row(spec: FileSpec, index: int) -> int:
    """The row number that the sender sees of the row ``index``, from 0."""
    return spec.header_row + 1 + index


def write_file(agency: Agency, kind: str, extract: Extract) -> tuple[str, bytes]:
    """Name and bytes of one file of an extract."""
    spec = agency.files[kind]
    rows = extract.files[kind]
    header = header_of(spec, rows, kind)
    name = spec.pattern.replace("{quarter}", str(extract.quarter)).replace("*", "")
    if spec.format == "csv":
        return name, _csv(agency, spec, header, rows)
    return name, _workbook(spec, kind, str(extract.quarter), header, rows)


def _csv(agency: Agency, spec: FileSpec, header: tuple[str, ...], rows: list[Row]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=spec.delimiter, lineterminator=_LINE_ENDS.get(agency.agency, "\n"))
    writer.writerow(header)
    for row in rows:
        cells: list[str] = []
        for column in header:
            text = str(row.cells[column])
            cells += text.split(spec.delimiter) if row.split_at == column else [text]
        writer.writerow(cells)
    encoding = "utf-8-sig" if agency.agency in BYTE_ORDER_MARK else spec.encoding
    return out.getvalue().encode(encoding)


def _workbook(spec: FileSpec, kind: str, quarter: str, header: tuple[str, ...], rows: list[Row]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": _CREATED})
    bold = workbook.add_format({"bold": True})
    day = workbook.add_format({"num_format": "dd/mm/yyyy"})
    sheet = workbook.add_worksheet(spec.sheet or "Sheet1")
    for i, line in enumerate(_TITLES.get(kind, ())):
        if i == 0:
            sheet.merge_range(0, 0, 0, len(header) - 1, line, bold)
        else:
            sheet.write_string(i, 0, line.format(quarter=quarter))
    top = spec.header_row - 1
    for i, column in enumerate(header):
        sheet.write_string(top, i, column, bold)
    for r, row in enumerate(rows, start=top + 1):
        for i, column in enumerate(header):
            cell = row.cells[column]
            if isinstance(cell, date):
                sheet.write_datetime(r, i, datetime(cell.year, cell.month, cell.day), day)
            elif isinstance(cell, int):
                sheet.write_number(r, i, cell)
            elif cell != "":
                sheet.write_string(r, i, cell)
    if spec.footer is not None:
        sheet.write_string(top + 1 + len(rows), 0, spec.footer, bold)
        sheet.write_number(top + 1 + len(rows), 1, len(rows), bold)
    workbook.close()
    return buffer.getvalue()


def packed(data: bytes) -> bytes:
    """Compressed, without the hour: the truth's records are too many to be committed plain."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=0) as file:
        file.write(data)
    return out.getvalue()


def manifest(files: dict[str, bytes], received_on: date | None) -> bytes:
    """The manifest of a delivery."""
    content: dict[str, object] = {
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    }
    if received_on is not None:
        content["received_on"] = received_on.isoformat()
    return (json.dumps(content, indent=1) + "\n").encode()


def nil_manifest(received_on: date) -> bytes:
    """The manifest of a nil return."""
    return (json.dumps({"nil": True, "received_on": received_on.isoformat()}, indent=1) + "\n").encode()
