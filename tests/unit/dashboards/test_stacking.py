"""Wide tables become blocks on a narrow screen, keep their roles, and name their columns safely."""

from __future__ import annotations

import pytest

from dashboards.stacking import MOST_COLUMNS, ROOM, roles, stacking

FITS = 9
"""Characters of the longest word with which three columns just fit: 3 × (9 × 8.2 + 14) = 263 of 280."""


@pytest.mark.parametrize(("longest", "shape"), [
    (FITS, ""), (FITS + 1, "stack"), (21, "stack"), (22, "stack stack-wide"),
])  # fmt: skip
def test_stacking_when_the_longest_words_need_more_than_there_is_then_and_only_then(
    longest: int, shape: str
) -> None:
    word = "x" * longest
    attributes = stacking(("a", "b", "c"), [(word, "1 2 3", word), ("1", word, "")])
    assert (f' class="{shape}" role="table"' in attributes) is bool(shape)
    assert bool(attributes) is bool(shape)


def test_stacking_when_there_are_many_short_columns_then_their_least_width_counts() -> None:
    assert "stack-wide" not in stacking(("a",) * 9, [("1",) * 9])
    assert "stack-wide" in stacking(("abcd",) * 10, [("1",) * 10])


def test_stacking_when_a_column_is_named_with_marks_then_they_end_neither_string_nor_attribute() -> None:
    attributes = stacking(("a", "O'Brien \"Jo\" <b>\\" + "x" * 60), [("1", "2")])
    assert attributes.endswith(
        "style='--c2:\"O&#39;Brien \\22 Jo\\22  &lt;b&gt;\\\\" + "x" * 60 + "\"'"
    )


def test_stacking_when_there_are_more_columns_than_the_style_sheet_has_rules_then_the_table_scrolls() -> None:
    columns = ("x" * ROOM[0],) * (MOST_COLUMNS + 1)
    assert stacking(columns, [], "grid") == ' class="grid"'
    assert 'class="grid stack stack-wide"' in stacking(columns[:-1], [], "grid")


def test_roles_when_a_table_is_stacked_then_every_part_says_what_it_is_and_otherwise_none() -> None:
    assert set(roles(stacking(("a", "b"), [])).values()) == {""}
    named = roles(stacking(("a" * 30, "b" * 30), []))
    assert (named["cell"], named["head"], named["row"]) == (
        ' role="cell"', ' role="rowheader"', ' role="row"'
    )  # fmt: skip
