"""The header against the agreement, and the look of whole columns, with every limit tried on both sides."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.intake.layout import (
    PERSONAL_SHARE,
    PROSE_DISTINCT,
    PROSE_LETTERS,
    PROSE_SHARE,
    PROSE_WORDS,
    check_contents,
    check_header,
    letters,
)
from pipelines.intake.raw_table import RawTable, tidy
from pipelines.intake.refusal import FileRefused
from schemas.agencies import Agency

NAMES = ("Ref", "Person", "PNC", "Stage")


def _table(header: tuple[str, ...], columns: list[list[str | None]]) -> RawTable:
    return RawTable(header=header, cells=tidy(columns, list(range(2, 2 + len(columns[0])))))


def _stage(cells: list[str | None]) -> RawTable:
    n = len(cells)
    return _table(NAMES, [[f"I{i}" for i in range(n)], [f"P{i}" for i in range(n)], [None] * n, cells])


def _refused(agency: Agency, cells: list[str | None]) -> bool:
    try:
        check_contents(_stage(cells), agency.files["suspects"], agency.code_maps)
    except FileRefused as refusal:
        assert [(t.rule_id, t.position, t.column) for t in refusal.trips] == [
            ("column_free_text", 3, "Stage")
        ]
        return True
    return False


def _sentence(i: int, *, words: int = PROSE_WORDS, size: int = PROSE_LETTERS) -> str:
    start = f"w{i} " + "a " * (words - 2)
    return start + "z" * (size - len(start))


def test_prose_when_distinct_and_frequent_then_the_column_is_refused(harbour: Agency) -> None:
    n = PROSE_DISTINCT
    rest: list[str | None] = ["named"] * (round(n / PROSE_SHARE) - n)
    assert _refused(harbour, [*(_sentence(i) for i in range(n)), *rest])
    assert not _refused(harbour, [*(_sentence(i) for i in range(n)), *rest, "named"])
    assert not _refused(harbour, [_sentence(i) for i in range(n - 1)])


def test_prose_when_shorter_than_a_sentence_then_it_is_a_code_that_is_not_known(harbour: Agency) -> None:
    assert _refused(harbour, [_sentence(i) for i in range(9)])
    assert not _refused(harbour, [_sentence(i, words=PROSE_WORDS - 1) for i in range(9)])
    assert not _refused(harbour, [_sentence(i, size=PROSE_LETTERS - 1) for i in range(9)])


def test_long_code_when_it_is_repeated_then_it_is_no_free_text(harbour: Agency) -> None:
    assert not _refused(
        harbour, [f"19{'CDE'[i % 3]} - Rape of a person as the counting rules name it" for i in range(60)]
    )


@pytest.mark.parametrize("cell", ["wren@example.org", "999 000 0018", "B15 2TT", "lives near B15 2TT now"])
def test_identifier_when_its_share_reaches_the_limit_then_the_column_is_refused(
    cell: str, harbour: Agency
) -> None:
    rest: list[str | None] = ["named"] * (round(1 / PERSONAL_SHARE) - 1)
    assert _refused(harbour, [cell, *rest])
    assert not _refused(harbour, [cell, *rest, "named"])


def test_reference_when_it_is_an_nhs_number_then_the_column_is_refused(harbour: Agency) -> None:
    numbers: list[str | None] = ["9990000018", "9990000026", "9990000034"]
    table = _table(NAMES, [["I1", "I2", "I3"], numbers, [None] * 3, ["named"] * 3])
    with pytest.raises(FileRefused) as refusal:
        check_contents(table, harbour.files["suspects"], harbour.code_maps)
    assert [t.column for t in refusal.value.trips] == ["Person"]


@pytest.mark.parametrize(("n_others", "is_refused"), [(1, True), (2, True), (3, False)])
def test_reference_when_less_than_half_look_like_identifiers_then_it_is_chance(
    n_others: int, is_refused: bool, harbour: Agency
) -> None:
    refs: list[str | None] = ["9990000018", "S12 3AB", *(f"P{i}" for i in range(n_others))]
    n = len(refs)
    table = _table(NAMES, [["I1"] * n, refs, [None] * n, ["named"] * n])
    refused = False
    try:
        check_contents(table, harbour.files["suspects"], harbour.code_maps)
    except FileRefused:
        refused = True
    assert refused is is_refused


def test_postcode_when_the_column_is_agreed_as_identity_then_nothing_is_refused(harbour: Agency) -> None:
    spec = harbour.files["people"]
    header = tuple(sorted(spec.permitted))
    columns: list[list[str | None]] = [["B15 2TT"] if name == "Postcode" else [None] for name in header]
    check_contents(_table(header, columns), spec, harbour.code_maps)


def test_header_when_several_names_are_wrong_then_every_one_is_said_at_once(harbour: Agency) -> None:
    table = _table(("Ref", "REF", "Stagee", "PNC"), [["a"], ["a"], ["a"], ["a"]])
    with pytest.raises(FileRefused) as refusal:
        check_header(table, harbour, "suspects", [])
    assert [(t.rule_id, t.position, t.column, t.hint) for t in refusal.value.trips] == [
        ("column_duplicated", 1, "REF", None),
        ("column_unknown", 2, None, None),
        ("column_missing", None, None, "[Person]"),
        ("column_missing", None, None, "[Stage]; column [C] has a name like it"),
    ]


def test_nameless_column_when_it_is_empty_then_it_does_not_count(harbour: Agency) -> None:
    table = _table(("Ref", "Person", "", "PNC", "Stage"), [["a"], ["b"], [None], ["c"], ["named"]])
    check_header(table, harbour, "suspects", [])


def test_dropped_column_when_it_is_not_sent_then_nothing_is_missed(harbour: Agency) -> None:
    spec = harbour.files["incidents"]
    header = tuple(sorted(spec.permitted - {"Unit"}))
    check_header(_table(header, [["x"] for _ in header]), harbour, "incidents", [])


@pytest.mark.parametrize(
    ("position", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_letters_when_a_place_is_given_then_they_are_a_spreadsheets(position: int, name: str) -> None:
    assert letters(position) == name


def test_table_when_printed_then_it_shows_no_cell() -> None:
    assert "Quillfeather" not in repr(_table(("Name",), [["Quillfeather"]]))


def test_tidy_when_cells_are_blank_then_they_are_null_and_empty_rows_are_gone() -> None:
    frame = tidy([[" a\u00a0", "", "\u00a0"], ["", " ", "b\t"]], [2, 3, 4])
    assert frame.to_dict(as_series=False) == {"c0": ["a", None], "c1": [None, "b"], "_row": [2, 4]}
    assert frame.schema == {"c0": pl.String, "c1": pl.String, "_row": pl.Int32}
