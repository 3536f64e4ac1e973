"""Small files that are refused as a whole, one folder for each rule that stops a file.

What belongs here: how a file is broken. What does not: faults of rows (``dirt.py``). Each folder is a
delivery of the agency and quarter that ``broken.csv`` names; nothing of the sample's own deliveries is
refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]

from data.synthesise.files import MANIFEST

QUARTER: Final = "2026-Q3"
_ROWS: Final = 4
"""Rows of a broken file besides its header."""
_LONG_LINE_BYTES: Final = 1_100_000
_BOMB_BYTES: Final = 60_000_000
_DAY: Final = (1980, 1, 1, 0, 0, 0)


def broken_deliveries(sample: dict[str, bytes]) -> dict[str, tuple[str, dict[str, bytes]]]:
    """Rule → (agency, files by name), made from the sample's own last deliveries.

    Args:
        sample: path under the sample's folder → bytes.
    """
    housing = f"disclosures_{QUARTER}.csv"
    lines = sample[f"housing/{QUARTER}/{housing}"].split(b"\n")
    header, rows = lines[0], lines[1 : 1 + _ROWS]
    whole = b"\n".join([header, *rows, b""])
    names = header.split(b";")

    def with_column(name: bytes, cells: list[bytes]) -> bytes:
        return b"\n".join(
            [header + b";" + name, *(row + b";" + cell for row, cell in zip(rows, cells, strict=True)), b""]
        )

    crimes = sample[f"police/{QUARTER}/crimes_{QUARTER}.csv"].split(b"\r\n")
    sentences = sample[f"probation/{QUARTER}/sentences_{QUARTER}.txt"].split(b"\n")
    attendances = f"SARC attendances {QUARTER}.xlsx"
    caseload = f"isva_caseload_{QUARTER}.csv"
    caseload_lines = sample[f"isva/{QUARTER}/{caseload}"].split(b"\n")[: 1 + _ROWS]
    no_council = [names.index(b"Council")]
    later = [
        row.replace(b"2026-07", b"2027-02").replace(b"2026-08", b"2027-02").replace(b"2026-09", b"2027-02")
        for row in rows
    ]
    prose = [
        b"She told the officer on the first visit that she could not go back to the flat at all",
        b"Caller asked us not to ring in the evening because her husband is at home by then",
        b"Has spoken to her sister about it and would like to be seen by a woman if she can",
        b"Neighbour heard shouting on two nights and came to the office with her this morning",
    ]
    made: dict[str, tuple[str, dict[str, bytes]]] = {
        "file_empty": ("housing", {housing: b""}),
        "file_header_only": ("housing", {housing: header + b"\n"}),
        "file_unknown": ("housing", {f"log {QUARTER}.csv": whole}),
        "file_unreadable": ("sarc", {attendances: b"this is not a workbook\n"}),
        "file_encrypted": ("sarc", {attendances: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504}),
        "file_encoding": (
            "isva",
            {caseload: b"\n".join([*caseload_lines, b""]).decode("utf-8").encode("utf-16")},
        ),
        "file_delimiter": ("housing", {housing: whole.replace(b",", b" ").replace(b";", b",")}),
        "file_line_too_long": ("housing", {housing: whole + b"x" * _LONG_LINE_BYTES}),
        "file_too_large": ("sarc", {attendances: _bomb()}),
        "file_unfinished": (
            "housing",
            {housing: whole[: len(whole) // 2], MANIFEST: _promise(housing, whole)},
        ),
        "file_wrong_agency": ("probation", {f"sentences_{QUARTER}.txt": whole.replace(b";", b"|")}),
        "file_wrong_quarter": ("housing", {housing: b"\n".join([header, *later, b""])}),
        "file_truncated": (
            "probation",
            {f"sentences_{QUARTER}.txt": b"\n".join(sentences[:_ROWS]) + b"\n" + sentences[_ROWS][:20]},
        ),
        "file_repeated": ("housing", {housing: whole, f"disclosures_{QUARTER} v2.csv": whole}),
        "column_duplicated": (
            "housing",
            {housing: with_column(b"Ref", [row.split(b";")[0] for row in rows])},
        ),
        "column_missing": (
            "housing",
            {
                housing: b"\n".join(
                    b";".join(c for i, c in enumerate(line.split(b";")) if i not in no_council)
                    for line in (header, *rows)
                )
                + b"\n"
            },
        ),
        "column_unknown": ("housing", {housing: with_column(b"Risk score", [b"12", b"4", b"9", b"15"])}),
        "column_free_text": ("housing", {housing: _replaced(header, rows, b"Abuse", prose)}),
        "identity_not_agreed": ("housing", {housing: with_column(b"Surname", [b"Sample"] * len(rows))}),
        "file_missing": ("police", {f"crimes_{QUARTER}.csv": b"\r\n".join([*crimes[: 1 + _ROWS], b""])}),
    }
    return made


def _replaced(header: bytes, rows: list[bytes], column: bytes, cells: list[bytes]) -> bytes:
    at = header.split(b";").index(column)
    made = []
    for row, cell in zip(rows, cells, strict=True):
        parts = row.split(b";")
        parts[at] = cell
        made.append(b";".join(parts))
    return b"\n".join([header, *made, b""])


def _promise(name: str, whole: bytes) -> bytes:
    return (json.dumps({"files": {name: hashlib.sha256(whole).hexdigest()}}, indent=1) + "\n").encode()


def _bomb() -> bytes:
    """A small workbook whose sheet unpacks to far more than any delivery."""
    plain = io.BytesIO()
    workbook = xlsxwriter.Workbook(plain, {"in_memory": True})
    workbook.add_worksheet("Attendances")
    workbook.close()
    out = io.BytesIO()
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            if name == "docProps/core.xml":
                continue  # holds the hour
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"<sheetData/>", b"<sheetData>" + b" " * _BOMB_BYTES + b"</sheetData>")
            target.writestr(zipfile.ZipInfo(name, _DAY), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
