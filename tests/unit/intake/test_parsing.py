"""Readers of single columns: what they read, what they set aside, and the limits on either side."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake import parsing
from pipelines.intake.parsing import Parsed
from schemas.columns import COLUMNS

TODAY = date(2026, 10, 20)
DAY_FORMATS = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%d", "excel")


def _text(*cells: str | None) -> pl.Series:
    return pl.Series("text", cells, dtype=pl.String)


def _tripped(parsed: Parsed) -> set[str]:
    return {rule for rule, mask in parsed.trips.items() if mask.any()}


def _day(
    cell: str | None, *, is_needed: bool = False, formats: tuple[str, ...] = DAY_FORMATS, typed: bool = False
) -> Parsed:
    return parsing.day(_text(cell), formats, is_needed=is_needed, has_typed_dates=typed, today=TODAY)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("14/07/2026", date(2026, 7, 14)),
        ("4/7/2026", date(2026, 7, 4)),
        ("14/07/2026 23:59", date(2026, 7, 14)),
        ("2026-07-14", date(2026, 7, 14)),
        ("46217", date(2026, 7, 14)),
        ("46217.75", date(2026, 7, 14)),
        ("29/02/2024", date(2024, 2, 29)),
        ("20/10/2026", date(2026, 10, 20)),
        ("01/01/1901", None),
        (None, None),
    ],
)
def test_day_when_in_an_agreed_format_then_it_is_read(cell: str | None, expected: date | None) -> None:
    parsed = _day(cell)
    assert parsed.values.to_list() == [expected]
    assert _tripped(parsed) <= {"date_placeholder"}


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("31/02/2026", "date_optional_unreadable"),
        ("29/02/2023", "date_optional_unreadable"),
        ("07/14/2026", "date_optional_unreadable"),
        ("14/07/26", "date_optional_unreadable"),
        ("c. 1998", "date_optional_unreadable"),
        ("31/12/1899", "date_optional_unreadable"),
        ("0", "date_optional_unreadable"),
        ("21/10/2026", "date_optional_future"),
        ("01/01/1900", "date_placeholder"),
        ("31/12/9999", "date_placeholder"),
        ("NK", "date_placeholder"),
        ("not known", "date_placeholder"),
        ("-", "date_placeholder"),
    ],
)
def test_day_when_it_cannot_stand_then_it_is_set_aside_and_said(cell: str, rule: str) -> None:
    parsed = _day(cell)
    assert parsed.values.to_list() == [None]
    assert _tripped(parsed) == {rule}


def test_needed_day_when_unreadable_then_the_rule_leaves_the_row_out() -> None:
    assert _tripped(_day("31/02/2026", is_needed=True)) == {"date_unreadable"}


def test_two_digit_year_when_a_four_digit_format_reads_it_then_it_is_no_day_of_the_first_century() -> None:
    assert _tripped(_day("14/07/0026", formats=("%d/%m/%Y",))) == {"date_optional_unreadable"}


def test_formats_when_two_could_read_a_cell_then_the_first_wins() -> None:
    assert _day("03/04/2026", formats=("%m/%d/%Y", "%d/%m/%Y")).values.to_list() == [date(2026, 3, 4)]
    assert _day("14/03/2026", formats=("%m/%d/%Y", "%d/%m/%Y")).values.to_list() == [date(2026, 3, 14)]


def test_typed_dates_when_the_format_knows_them_then_they_are_read_whatever_was_agreed() -> None:
    assert _day("2026-07-14", formats=("%d/%m/%Y",), typed=True).values.to_list() == [date(2026, 7, 14)]
    assert _day("2026-07-14", formats=("%d/%m/%Y",), typed=False).values.to_list() == [None]


@pytest.mark.parametrize(
    ("cell", "years"), [("0", 0), ("1", 1), ("119", 119), ("120", 120), ("36.0", 36), ("007", 7)]
)
def test_age_when_possible_then_it_is_read(cell: str, years: int) -> None:
    parsed = parsing.age(_text(cell))
    assert (parsed.values.to_list(), _tripped(parsed)) == ([years], set())


@pytest.mark.parametrize(
    "cell", ["121", "122", "999", "1020", "-1", "16+", "36.5", "thirty", "3 6", "1e2", "99999999999"]
)
def test_age_when_impossible_then_it_is_said(cell: str) -> None:
    parsed = parsing.age(_text(cell))
    assert (parsed.values.to_list(), _tripped(parsed)) == ([None], {"age_impossible"})


@pytest.mark.parametrize("cell", [None, "NK", "Unknown", "-", "n/k"])
def test_age_when_not_recorded_then_nothing_is_said(cell: str | None) -> None:
    parsed = parsing.age(_text(cell))
    assert (parsed.values.to_list(), _tripped(parsed)) == ([None], set())


@pytest.mark.parametrize(
    ("years", "band"),
    [
        (0, "u13"),
        (12, "u13"),
        (13, "13to15"),
        (15, "13to15"),
        (16, "16to17"),
        (17, "16to17"),
        (18, "18to24"),
        (24, "18to24"),
        (25, "25to34"),
        (54, "45to54"),
        (55, "55plus"),
        (120, "55plus"),
    ],
)
def test_age_band_when_years_are_sent_then_the_standard_band_follows(years: int, band: str) -> None:
    assert parsing.age_band(_text(str(years)), COLUMNS["age_band"]).values.to_list() == [band]


def test_age_band_when_groups_numbers_and_nothing_are_mixed_then_each_is_read_for_itself() -> None:
    parsed = parsing.age_band(
        _text("<18", "1", "34", "1020", "UNKNOWN", None, "teen"),
        COLUMNS["age_band"],
        {"<18": "u18", "1": "25to44"},
    )
    assert parsed.values.to_list() == [
        "u18",
        "25to44",
        "25to34",
        "not_recorded",
        "not_recorded",
        "not_recorded",
        "unmapped",
    ]
    assert {rule: mask.to_list().index(True) for rule, mask in parsed.trips.items() if mask.any()} == {
        "age_impossible": 3,
        "code_unmapped": 6,
    }


def test_code_when_a_map_is_given_then_only_what_it_knows_is_a_code() -> None:
    observed = COLUMNS["ethnicity_observed"]
    mapped = parsing.code(_text("White", " white ", "5", "-", None), observed, {"White": "1"})
    assert mapped.values.to_list() == ["1", "1", "unmapped", "not_recorded", "not_recorded"]
    assert parsing.code(_text("5"), observed).values.to_list() == ["5"]


def test_missing_spellings_when_unsafe_then_they_are_not_taken_for_nothing() -> None:
    """``U``, ``99`` and ``Z`` mean nothing in one system and something in another: only an agency's map may
    say so."""
    assert (
        parsing.code(_text("U", "99", "Z", "none"), COLUMNS["setting"]).values.to_list() == ["unmapped"] * 4
    )


def test_not_stated_when_the_list_keeps_it_apart_then_it_stays_apart() -> None:
    assert parsing.code(_text("not stated"), COLUMNS["ethnicity"]).values.to_list() == ["not_stated"]
    assert parsing.code(_text("not stated"), COLUMNS["setting"]).values.to_list() == ["not_recorded"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Y", "yes"),
        ("yes", "yes"),
        ("1", "yes"),
        ("TRUE", "yes"),
        ("n", "no"),
        ("0", "no"),
        ("FALSE", "no"),
        (None, "not_recorded"),
        ("NK", "not_recorded"),
    ],
)
def test_flag_when_declared_then_it_is_read(cell: str | None, value: str) -> None:
    parsed = parsing.flag(_text(cell))
    assert (parsed.values.to_list(), _tripped(parsed)) == ([value], set())


def test_flag_when_not_declared_then_it_is_counted_and_not_guessed() -> None:
    parsed = parsing.flag(_text("yep"))
    assert (parsed.values.to_list(), _tripped(parsed)) == (["not_recorded"], {"code_unmapped"})


def test_many_codes_when_split_then_each_part_is_looked_up_once() -> None:
    parsed = parsing.many_codes(
        _text("a; b;a", "b;quux", "-", None, ";"),
        COLUMNS["kinds"],
        separator=";",
        code_map={"A": "rape", "b": "online"},
    )
    assert parsed.values.to_list() == [["rape", "online"], ["online", "unmapped"], None, None, None]
    assert parsed.trips["code_unmapped"].to_list() == [False, True, False, False, False]


def test_many_flags_when_ticked_then_the_codes_of_the_ticks() -> None:
    parsed = parsing.many_flags(
        {"Faith": _text("Y", "N", None, "maybe"), "Web": _text("1", "N", None, "N")},
        {"Faith": "faith_or_belief", "Web": "online"},
    )
    assert parsed.values.to_list() == [["faith_or_belief", "online"], [], None, []]
    assert parsed.trips["code_unmapped"].to_list() == [False, False, False, True]


@pytest.mark.parametrize(
    ("cell", "rule"), [("0", "score_out_of_range"), ("1", None), ("5", None), ("6", "score_out_of_range")]
)
def test_score_when_around_the_limits_then_only_1_to_5_is_kept(cell: str, rule: str | None) -> None:
    parsed = parsing.score(_text(cell))
    assert _tripped(parsed) == ({rule} if rule else set())
    assert parsed.values.to_list() == [None if rule else int(cell)]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("0", None),
        ("12", None),
        ("<5", "number_suppressed"),
        ("< 5", "number_suppressed"),
        ("*", "number_suppressed"),
        ("1–4", "number_suppressed"),
        ("1 to 4", "number_suppressed"),
        ("[low]", "number_suppressed"),
        ("fewer than 5", "number_suppressed"),
        ("1,234", "number_unreadable"),
        ("-3", "number_unreadable"),
        ("n/a", "number_unreadable"),
    ],
)
def test_number_when_hidden_or_no_number_then_it_is_said(cell: str, rule: str | None) -> None:
    parsed = parsing.number(_text(cell))
    assert _tripped(parsed) == ({rule} if rule else set())


ANY_TEXT = st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=20)


@given(ANY_TEXT)
def test_readers_when_given_any_text_then_every_cell_is_read_empty_or_said(cells: list[str | None]) -> None:
    text = pl.Series("text", cells, dtype=pl.String)
    read = {
        "day": parsing.day(text, DAY_FORMATS, is_needed=True, has_typed_dates=False, today=TODAY),
        "age": parsing.age(text),
        "score": parsing.score(text),
        "number": parsing.number(text),
        "code": parsing.code(text, COLUMNS["sex"]),
        "flag": parsing.flag(text),
        "age_band": parsing.age_band(text, COLUMNS["age_band"]),
        "codes": parsing.many_codes(text, COLUMNS["kinds"], separator=";"),
    }
    from pipelines.intake.mapping import is_missing

    nothing = text.is_null() | is_missing(text).fill_null(value=False)
    for name, parsed in read.items():
        assert len(parsed.values) == len(text), name
        said = pl.Series([False] * len(text), dtype=pl.Boolean)
        for mask in parsed.trips.values():
            assert mask.null_count() == 0
            said = said | mask
        if name in ("day", "age", "score"):
            assert (parsed.values.is_not_null() | said | nothing).all(), name
        if name == "number":
            assert (parsed.values.is_not_null() | said | text.is_null()).all(), name


@given(st.dates(date(1901, 1, 2), date(2026, 10, 20)))
def test_day_when_written_in_an_agreed_format_then_it_is_that_day(day: date) -> None:
    assert _day(day.strftime("%d/%m/%Y")).values.to_list() in ([day], [None])
    if day.strftime("%Y%m%d") not in {"19011213", "19700101"}:
        assert _day(day.strftime("%d/%m/%Y")).values.to_list() == [day]
