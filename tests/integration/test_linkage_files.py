"""Files of strangers: however four people are written down, the same records are read; what cannot be read is
refused in words; and no method fails on a file of a few records or fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.linkage import main
from benchmarks.linkage_csv import CaseProblem
from benchmarks.linkage_files import FIELDS, Case, file_case
from benchmarks.linkage_methods import METHODS

HEADER = ("who", "given", "family", "born", "zip")
LEFT = (("1", "Ann", "Lee", "1985-03-07", "10115"), ("2", "Bob", "Ray", "1990-12-31", "20095"))
RIGHT = (("1", "Anne", "Lee", "1985-03-07", "10115"), ("3", "Cy", "Poe", "1979-02-01", "80331"))
MAP = "forename: given\nsurname: family\ndob: born\npostcode: zip\n"

Rows = tuple[tuple[str, ...], ...]


def _csv(rows: Rows, header: tuple[str, ...] = HEADER, delimiter: str = ",", end: str = "\n") -> str:
    return end.join(delimiter.join(row) for row in (header, *rows)) + end


def _with(column: int, how: Callable[[str], str]) -> tuple[Rows, Rows]:
    """Both files with one column written otherwise."""
    left, right = (
        tuple((*row[:column], how(row[column]), *row[column + 1 :]) for row in rows) for rows in (LEFT, RIGHT)
    )
    return left, right


def _dated(style: str) -> tuple[bytes, bytes]:
    def written(iso: str) -> str:
        year, month, day = iso.split("-")
        name = ("January", "February", "March", *[""] * 8, "December")[int(month) - 1]
        return style.format(
            y=year, yy=year[2:], m=month, mm=int(month), d=day, dd=int(day), name=name, short=name[:3]
        )

    left, right = _with(3, written)
    return _csv(left).encode(), _csv(right).encode()


def _both(how: Callable[[Rows], str]) -> tuple[bytes, bytes]:
    return how(LEFT).encode(), how(RIGHT).encode()


ORDER = (3, 0, 4, 2, 1)
QUOTED = tuple(f'"{name}"' for name in HEADER)
SHAPES: dict[str, tuple[bytes, bytes]] = {
    "plain": _both(_csv),
    "semicolons": _both(lambda rows: _csv(rows, delimiter=";")),
    "tabs": _both(lambda rows: _csv(rows, delimiter="\t")),
    "pipes": _both(lambda rows: _csv(rows, delimiter="|")),
    "byte order mark": tuple(_csv(rows).encode("utf-8-sig") for rows in (LEFT, RIGHT)),  # type: ignore[dict-item]
    "utf-16": tuple(_csv(rows).encode("utf-16") for rows in (LEFT, RIGHT)),  # type: ignore[dict-item]
    "windows lines": _both(lambda rows: _csv(rows, end="\r\n")),
    "old mac lines": _both(lambda rows: _csv(rows, end="\r")),
    "blank lines": _both(lambda rows: "\n" + _csv(rows, end="\n\n")),
    "rows of nothing": _both(lambda rows: _csv((*rows, ("", "", "", "", "")))),
    "trailing delimiter": _both(lambda rows: _csv(tuple((*r, "") for r in rows), header=(*HEADER, ""))),
    "trailing cells": _both(lambda rows: _csv(tuple((*r, "", "") for r in rows))),
    "columns in another order": _both(
        lambda rows: _csv(tuple(tuple(r[i] for i in ORDER) for r in rows), tuple(HEADER[i] for i in ORDER))
    ),
    "columns nobody mapped": _both(
        lambda rows: _csv(tuple((*r, "x", "y") for r in rows), header=(*HEADER, "colour", "note"))
    ),
    "capitals in the header": _both(lambda rows: _csv(rows, header=tuple(h.upper() for h in HEADER))),
    "spaces in the header": _both(lambda rows: _csv(rows, header=tuple(f" {h} " for h in HEADER))),
    "quotation marks": _both(
        lambda rows: _csv(tuple(tuple(f'"{cell}"' for cell in r) for r in rows), header=QUOTED)
    ),
    "day first": _dated("{d}/{m}/{y}"),
    "day first, no noughts": _dated("{dd}/{mm}/{y}"),
    "day first, points": _dated("{d}.{m}.{y}"),
    "two-digit years": _dated("{d}/{m}/{yy}"),
    "compact dates": _dated("{y}{m}{d}"),
    "slashed iso dates": _dated("{y}/{m}/{d}"),
    "months by name": _dated("{dd} {name} {y}"),
    "months by short name": _dated("{d}-{short}-{y}"),
    "times of day": _dated("{y}-{m}-{d} 00:00:00"),
    "times without noughts": _dated("{d}/{m}/{y} 0:00"),
    "days of a spreadsheet": tuple(  # type: ignore[dict-item]
        _csv(rows).encode()
        for rows in _with(3, lambda day: str((date.fromisoformat(day) - date(1899, 12, 30)).days))
    ),
    "zip and four": tuple(_csv(rows).encode() for rows in _with(4, lambda z: f"{z}-1234")),  # type: ignore[dict-item]
    "numbers with a point": tuple(_csv(rows).encode() for rows in _with(0, lambda w: f"{w}.0")),  # type: ignore[dict-item]
    "truth in blanks": tuple(_csv(rows).encode() for rows in _with(0, lambda w: f" {w} ")),  # type: ignore[dict-item]
}


def _read(folder: Path, left: bytes, right: bytes | None, columns: str = MAP) -> tuple[Case, list[str]]:
    (folder / "a.csv").write_bytes(left)
    (folder / "m.yaml").write_text(columns, encoding="utf-8")
    if right is None:
        return file_case(folder / "a.csv", None, folder / "m.yaml", "who")
    (folder / "b.csv").write_bytes(right)
    return file_case(folder / "a.csv", folder / "b.csv", folder / "m.yaml", "who")


EXPECTED = [("left", *row) for row in LEFT] + [("right", *row) for row in RIGHT]


@pytest.mark.parametrize("shape", SHAPES)
def test_file_case_when_the_same_people_are_written_otherwise_then_the_same_records_are_read(
    tmp_path: Path, shape: str
) -> None:
    case, notes = _read(tmp_path, *SHAPES[shape])
    assert case.records.select("source", "truth", *FIELDS[:4]).rows() == EXPECTED
    assert (case.is_across, notes) == (True, [])


@pytest.mark.parametrize(
    "columns",
    [
        "given_name: given\nlast name: family\nDate of Birth: born\nzip-code: zip\n",
        "columns:\n  forename: given\n  surname: family\n  dob: born\n  postcode: zip\n",
        "left: {forename: given, surname: family, dob: born, postcode: zip}\n"
        "right: {forename: given, surname: family, dob: born, postcode: zip}\n",
        "given: forename\nfamily: surname\nborn: dob\nzip: postcode\n",
        "forename: {left: given, right: given}\nsurname: FAMILY\ndob: born\npostcode: zip\ntruth: who\n",
    ],
)
def test_file_case_when_the_map_is_written_otherwise_then_the_same_records_are_read(
    tmp_path: Path, columns: str
) -> None:
    case, _ = _read(tmp_path, *SHAPES["plain"], columns=columns)
    assert case.records.select("source", "truth", *FIELDS[:4]).rows() == EXPECTED


def test_file_case_when_rows_are_short_or_truth_is_blank_then_what_is_missing_is_missing(
    tmp_path: Path,
) -> None:
    text = _csv((*LEFT, ("4", "Di"), ("", "Ed", "Fox", "1961-05-05", "10115")))
    case, notes = _read(tmp_path, text.encode(), None)
    assert case.records.select("truth", *FIELDS[:4]).rows()[2:] == [
        ("4", "Di", None, None, None), (None, "Ed", "Fox", "1961-05-05", "10115"),
    ]  # fmt: skip
    assert notes == ["[1] records have no [who]; they are linked, but in no pair that is counted."]


def test_file_case_when_a_cell_holds_delimiters_lines_and_quotes_then_it_is_one_cell(tmp_path: Path) -> None:
    text = 'who,given,family,born,zip\n1,"Ann, ""Nan""\nMary",Lee,1985-03-07,10115\n'
    case, _ = _read(tmp_path, text.encode(), None)
    assert case.records["forename"].to_list() == ['Ann, "Nan"\nMary']


@pytest.mark.parametrize(
    ("column", "written", "expected"),
    [
        (1, ("J", "k", "J.", None), ["JJ", "kk", "JJ", None]),
        (1, ("J. R.", "K", "Lee", "J R"), ["JR", "KK", "Lee", "JR"]),
        (1, ("J", "Kim", "Lee", None), ["J", "Kim", "Lee", None]),
        (3, ("1985", "1990", "1985", None), ["1985-01-01", "1990-01-01", "1985-01-01", None]),
        (3, ("1985-03", "1990-12", "x", None), ["1985-03-01", "1990-12-01", "x", None]),
        (4, ("K1A 0B1", "k1a0b1", "K1A 0B2", "M5V 3L9"), ["100000", "100000", "100001", "100100"]),
        (4, ("B15 1AA", "D02 X285", "B15 1AB", None), ["B151AA", "D02X285", "B151AB", None]),
    ],
)
def test_file_case_when_values_are_of_other_habits_then_they_are_read_so_where_most_of_the_column_is(
    tmp_path: Path, column: int, written: tuple[str | None, ...], expected: list[str | None]
) -> None:
    rows = [["1", "Ann", "Lee", "1985-03-07", "10115"] for _ in written]
    for row, text in zip(rows, written, strict=True):
        row[column] = text or ""
    case, _ = _read(tmp_path, _csv(tuple(map(tuple, rows))).encode(), None)
    assert case.records[("truth", *FIELDS)[column]].to_list() == expected


def test_file_case_when_hardly_a_value_is_understood_then_the_notes_say_so(tmp_path: Path) -> None:
    left, _ = _with(4, lambda _: "12-34-56-78-9012")
    _, notes = _read(tmp_path, _csv(left).encode(), None, MAP.replace("postcode", "nhs_number"))
    assert notes == [
        "[2] of [2] values of [nhs_number] are of no form that is known, and say nothing. If it is another "
        "identifier, map it as [other_id]."
    ]


@pytest.mark.parametrize(
    ("content", "columns", "expected"),
    [
        (_csv((*LEFT, ("3", "Cy", "Poe", "1979", "02", "01"))), MAP,
         r"has \[1\] rows of more cells than its header, the first of them row \[4\]. Put cells that hold a"),
        ('who,given,family,born,zip\n1,"Ann,Lee,1985-03-07,10115\n', MAP, "is not CSV: a quotation mark"),
        (_csv(LEFT, header=("who", "given", "given", "born", "zip")), MAP,
         r"has more than one column \[given\]. Give each column a name of its own"),
        (_csv(tuple(("", *r[1:]) for r in LEFT)), MAP, r"Column \[who\] holds nothing in any record"),
        ("who,given\0,family\n1,A,B\n", MAP, "is not text. Save it as UTF-8 CSV"),
        (_csv(((" ", "", "", "", ""),)), MAP, "has a header row and no record"),
        (_csv(LEFT), "forename: given\nfirst name: family\n", r"names the field \[forename\] twice"),
        (_csv(LEFT), "- given\n- family\n", "The column map is empty"),
        (_csv(LEFT), "forename: [given\n", "is not YAML"),
    ],
)  # fmt: skip
def test_main_when_a_file_or_map_is_no_table_then_ends_with_two_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, columns: str, expected: str
) -> None:
    with pytest.raises(CaseProblem, match=expected):
        _read(tmp_path, content.encode(), None, columns)
    arguments = ["--left", str(tmp_path / "a.csv"), "--columns", str(tmp_path / "m.yaml"), "--truth", "who"]
    assert main([*arguments, "--json"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "Ann" not in told.err


def _case(rows: list[tuple[str, str | None, dict[str, str]]], *, is_across: bool = True) -> Case:
    records = pl.DataFrame(
        [
            {"rec_key": str(i), "source": source, "truth": truth, **{f: said.get(f) for f in FIELDS}}
            for i, (source, truth, said) in enumerate(rows)
        ],
        schema=dict.fromkeys(("rec_key", "source", "truth", *FIELDS), pl.String),
    )
    return Case(name="few", records=records, is_across=is_across)


ANN = {"forename": "Ann", "surname": "Lee", "dob": "1985-03-07"}
BOB = {"forename": "Bob", "surname": "Ray", "dob": "1975-01-17"}
FEW: dict[str, tuple[Case, float | None]] = {
    "two records without postcode": (_case([("left", "1", ANN), ("right", "1", ANN)]), 1.0),
    "two people": (_case([("left", "1", ANN), ("right", "2", BOB)]), 0.0),
    "one record": (_case([("left", "1", ANN)], is_across=False), 0.0),
    "two copies in one file": (_case([("left", "1", ANN), ("left", "1", ANN)], is_across=False), 1.0),
    "identifier alone": (
        _case([("left", "1", {"other_id": "A1"}), ("right", "1", {"other_id": "A1"}),
               ("right", "2", {"other_id": "A3"})]), 1.0),
    "names alone": (_case([(s, t, {"forename": f, "surname": n}) for s, t, f, n in (
        ("left", "1", "Ann", "Lee"), ("left", "2", "Bob", "Ray"), ("right", "1", "Ann", "Lee"))]), None),
    "surname alone": (_case([(s, t, {"surname": t}) for s, t in (("left", "Lee"), ("right", "Lee"))]), None),
    "records that say nothing": (_case([("left", "1", ANN), ("right", "1", {})]), 0.0),
    "no truth": (_case([("left", None, ANN), ("right", None, ANN)]), 0.0),
    "an empty right file": (_case([("left", "1", ANN), ("left", "2", ANN)]), 0.0),
    "three hundred copies": (_case([("left", str(i), ANN) for i in range(300)], is_across=False), 0.0),
}  # fmt: skip
"""Files of a few records or fields, and the F1 that the product must have; None where a name alone says too
little in so small a file."""


@pytest.mark.parametrize("name", FEW)
def test_methods_when_a_file_holds_little_then_none_fails_and_nobody_is_joined_wrongly(name: str) -> None:
    case, expected = FEW[name]
    rates = {method: link(case) for method, link in METHODS.items()}
    assert all(0.0 <= value <= 1.0 for told in rates.values() for value in told.values())
    if expected is not None:
        assert rates["tessera"]["f1"] == rates["match_keys"]["f1"] == expected
