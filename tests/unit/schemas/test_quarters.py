"""The quarter: words, order, arithmetic."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.quarters import Quarter

Q3 = Quarter(year=2026, number=3)

quarters = st.builds(Quarter, year=st.integers(1900, 2200), number=st.integers(1, 4))
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def test_quarter_when_parsed_then_every_word_of_it_follows() -> None:
    quarter = Quarter.parse("2026-Q3")
    assert quarter == Q3
    assert (quarter.year, quarter.number) == (2026, 3)
    assert (quarter.first_day, quarter.last_day) == (date(2026, 7, 1), date(2026, 9, 30))
    assert quarter.months == ("2026-07", "2026-08", "2026-09")
    assert (str(quarter), quarter.label) == ("2026-Q3", "July to September 2026")
    assert (quarter.financial_year, quarter.financial_label) == ("2026/27", "Q2 of 2026/27")
    assert (quarter.previous, quarter.next) == (Quarter.parse("2026-Q2"), Quarter.parse("2026-Q4"))


@pytest.mark.parametrize(
    ("text", "first", "last", "label", "financial"),
    [
        ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31), "January to March 2024", "Q4 of 2023/24"),
        ("2024-Q2", date(2024, 4, 1), date(2024, 6, 30), "April to June 2024", "Q1 of 2024/25"),
        ("2024-Q4", date(2024, 10, 1), date(2024, 12, 31), "October to December 2024", "Q3 of 2024/25"),
        ("2000-Q1", date(2000, 1, 1), date(2000, 3, 31), "January to March 2000", "Q4 of 1999/00"),
    ],
)
def test_quarter_when_at_an_edge_of_a_year_then_days_and_labels_are_right(
    text: str, first: date, last: date, label: str, financial: str
) -> None:
    quarter = Quarter.parse(text)
    assert (quarter.first_day, quarter.last_day, quarter.label, quarter.financial_label) == (
        first, last, label, financial,
    )


@pytest.mark.parametrize(
    "text", ["2026-Q0", "2026-Q5", "2026Q3", "Q3 2026", "2026-q3", " 2026-Q3", "26-Q3", "", "٢٠٢٦-Q3",
    "2026-Q3\n"]
)
def test_quarter_when_the_text_is_no_quarter_then_the_error_says_the_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not of the form 2026-Q3") as caught:
        Quarter.parse(text)
    assert str(caught.value) == (
        f"quarter [{text}] is not of the form 2026-Q3 (calendar year, -Q, 1 to 4). Write it in that form"
    )


@pytest.mark.parametrize(
    ("year", "number", "message"),
    [
        (2026, 0, "quarter number [0] is not 1, 2, 3 or 4. Give the calendar quarter"),
        (2026, 5, "quarter number [5] is not 1, 2, 3 or 4. Give the calendar quarter"),
        (0, 1, "quarter year [0] is not a calendar year. Give one such as 2026"),
        (10000, 1, "quarter year [10000] is not a calendar year. Give one such as 2026"),
    ],
)
def test_quarter_when_made_out_of_range_then_refused(year: int, number: int, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Quarter(year=year, number=number)
    assert str(caught.value) == message


def test_quarter_when_written_to_then_refused() -> None:
    with pytest.raises(FrozenInstanceError):
        Q3.year = 2027  # type: ignore[misc]


def test_range_when_first_is_before_last_then_both_ends_are_in_it() -> None:
    found = [str(q) for q in Quarter.range(Quarter.parse("2025-Q3"), Quarter.parse("2026-Q2"))]
    assert found == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
    assert list(Quarter.range(Q3, Q3)) == [Q3]
    assert list(Quarter.range(Q3, Q3.previous)) == []


@given(quarters)
def test_quarter_when_printed_and_parsed_then_the_same(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter


@given(quarters, st.integers(-400, 400), st.integers(-400, 400))
def test_plus_when_done_twice_then_as_done_once(quarter: Quarter, a: int, b: int) -> None:
    assert quarter.plus(a).plus(b) == quarter.plus(a + b)
    assert quarter.plus(a).minus(quarter) == a
    assert (quarter.plus(a) > quarter) == (a > 0)


@given(days)
def test_of_when_given_any_day_then_the_day_lies_in_exactly_that_quarter(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first_day <= day <= quarter.last_day
    assert f"{day:%Y-%m}" in quarter.months
    assert [q.contains(day) for q in (quarter.previous, quarter, quarter.next)] == [False, True, False]


@given(quarters)
def test_quarters_when_next_to_each_other_then_without_gap_or_overlap(quarter: Quarter) -> None:
    assert quarter.last_day + timedelta(days=1) == quarter.next.first_day
    assert quarter.months < quarter.next.months


@given(st.lists(quarters))
def test_quarters_when_sorted_then_in_the_order_of_their_first_days(found: list[Quarter]) -> None:
    assert [q.first_day for q in sorted(found)] == sorted(q.first_day for q in found)
    assert sorted(map(str, found)) == [str(q) for q in sorted(found)]
