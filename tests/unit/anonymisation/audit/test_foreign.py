"""Tables that we did not make: symbols, linked tables, hierarchies, several releases."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from anonymisation.audit import Attacked, AuditError, attack_tables


def frame(header: str, *rows: str) -> pl.DataFrame:
    """Columns and rows parted by blanks; `_` is an empty field."""
    split = [["" if v == "_" else v.replace("~", " ") for v in row.split()] for row in rows]
    return pl.DataFrame(split, schema=dict.fromkeys(header.split(), pl.String), orient="row")


def found(result: Attacked, *by: str) -> dict[str, tuple[Any, ...]]:
    return {
        "/".join(r[: len(by)]): r[len(by) :]
        for r in result.frame.select(*by, "lo", "up", "open", "why").iter_rows()
    }


@pytest.mark.parametrize("symbol", ["_", "c", "[c]", "*", "s", "suppressed"])
def test_attack_when_a_symbol_withholds_then_the_margin_gives_the_cell_away(symbol: str) -> None:
    table = frame("area n", f"a {symbol}", "b 9", "Total 12")
    assert found(attack_tables({"t": table}), "area") == {"a": (3, 3, True, "recovered exactly")}


@pytest.mark.parametrize("symbol", ["-", "–", ":", "x", "n/a"])
def test_attack_when_a_sign_has_no_one_meaning_then_what_stands_behind_it_is_attacked_all_the_same(
    symbol: str,
) -> None:
    small, none = (frame("area n", f"a {symbol}", "b 9", f"Total {n}") for n in (12, 9))
    assert found(attack_tables({"t": small}), "area") == {"a": (3, 3, True, "recovered exactly")}
    assert found(attack_tables({"t": none}), "area") == {"a": (0, 0, False, "certainly none")}


@pytest.mark.parametrize(
    ("symbol", "hidden"),
    [
        ("<5", (0, 4)),
        ("<=4", (0, 4)),
        ("1-4", (1, 4)),
        ("1~to~4", (1, 4)),
        ("0–4", (0, 4)),
        ("under~5", (0, 4)),
        ("≤4", (0, 4)),
    ],
)
def test_attack_when_a_range_is_printed_then_it_holds_until_it_is_narrowed(
    symbol: str, hidden: tuple[int, int]
) -> None:
    alone = frame("area n", f"a {symbol}", f"b {symbol}")
    assert found(attack_tables({"t": alone}), "area") == dict.fromkeys("ab", (*hidden, False, ""))
    told = frame("area n", f"a {symbol}", f"b {symbol}", "Total 7")
    assert found(attack_tables({"t": told}), "area") == dict.fromkeys("ab", (3, 4, True, "known to within 1"))


def test_attack_when_zeros_are_printed_then_below_five_is_no_zero() -> None:
    table = frame("area n", "a <5", "b 0", "d <5", "Total 5")
    assert found(attack_tables({"t": table}), "area") == dict.fromkeys("ad", (1, 4, False, ""))


def test_attack_when_nothing_bounds_a_cell_then_up_is_null_and_it_holds() -> None:
    assert found(attack_tables({"t": frame("area n", "a c", "b 9")}), "area") == {"a": (0, None, False, "")}


@pytest.mark.parametrize(("zeros", "is_open"), [("published", False), ("hidden", True)])
def test_attack_when_a_hidden_zero_is_found_then_it_depends_on_what_zeros_are(
    zeros: str, is_open: bool
) -> None:
    table = frame("area n", "a c", "b 9", "Total 9")
    why = "recovered exactly" if is_open else "certainly none"
    assert found(attack_tables({"t": table}, zeros=zeros), "area") == {"a": (0, 0, is_open, why)}


@pytest.mark.parametrize(("total", "up", "is_open"), [(13, 4, True), (14, 5, False), (15, 6, False)])
def test_attack_when_two_cells_share_a_rest_then_it_must_reach_the_threshold(
    total: int, up: int, is_open: bool
) -> None:
    table = frame("area n", "a c", "b c", "d 9", f"Total {total}")
    why = "certainly small" if is_open else ""
    assert found(attack_tables({"t": table}), "area") == dict.fromkeys("ab", (0, up, is_open, why))


def test_attack_when_a_figure_stands_beside_the_marker_then_it_is_open() -> None:
    table = frame("area value marker", "a 3 [c]", "b 9 _")
    assert found(attack_tables({"t": table}), "area") == {
        "a": (3, 3, True, "a figure stands beside the marker")
    }


def test_attack_when_a_marker_column_withholds_then_it_is_read() -> None:
    table = frame("area value marker", "a _ [c]", "b 9 _", "e _ [x]", "all 12 _")
    assert found(attack_tables({"t": table}), "area") == {"a": (3, 3, True, "recovered exactly")}


def test_attack_when_two_symbols_mean_two_things_then_saying_so_opens_more() -> None:
    table = frame("area n", "a [p]", "b [s]", "Total 9")
    markers = {"[p]": (1, 4), "[s]": (5, None)}
    assert found(attack_tables({"t": table}, symbols=markers), "area") == {
        "a": (1, 4, True, "known to within 3"), "b": (5, 8, False, "certainly not small"),
    }  # fmt: skip
    assert attack_tables({"t": frame("area n", "a s", "b s", "Total 9")}).n_open == 0


def test_attack_when_margins_are_missing_then_two_tables_still_share_them() -> None:
    by_sex = frame("area sex n", "a f 3", "a m 9", "b f 20", "b m 20")
    by_age = frame("area age n", "a u c", "a o 11", "b u 20", "b o 20")
    assert attack_tables({"age": by_age}).n_open == 0
    assert found(attack_tables({"sex": by_sex, "age": by_age}), "area", "age") == {
        "a/u": (1, 1, True, "recovered exactly")
    }


def test_attack_when_a_hierarchy_is_given_then_its_parents_are_sums() -> None:
    table = frame("area n", "a c", "b 9", "d c", "e 30", "north 11", "south 34")
    tree = {"area": {"north": ["a", "b"], "south": ["d", "e"]}}
    exact = {"a": (2, 2, True, "recovered exactly"), "d": (4, 4, True, "recovered exactly")}
    assert found(attack_tables({"t": table}, hierarchies=tree), "area") == exact
    assert found(attack_tables({"t": table}, hierarchies=tree["area"]), "area") == exact
    assert attack_tables({"t": table}).n_open == 0


def test_attack_when_parents_and_leaves_stand_in_two_tables_then_they_are_linked() -> None:
    leaves, parents = frame("area n", "a c", "b 9", "d 7"), frame("area n", "north 11", "d 7")
    result = attack_tables({"l": leaves, "p": parents}, hierarchies={"north": ["a", "b"]})
    assert found(result, "area") == {"a": (2, 2, True, "recovered exactly")}


def test_attack_when_cumulative_periods_are_declared_then_quarters_follow() -> None:
    table = frame(
        "period area n", "q1 a c", "q1 b 9", "q2 a c", "q2 b 8", "q1+2 a 9", "q1+2 b 17", "q1 all 12"
    )
    tree = {"period": {"q1+2": ["q1", "q2"]}}
    assert found(attack_tables({"t": table}, hierarchies=tree), "period", "area") == {
        "q1/a": (3, 3, True, "recovered exactly"), "q2/a": (6, 6, True, "recovered exactly"),
    }  # fmt: skip


def test_attack_when_files_are_tied_by_a_relation_then_they_are_summed() -> None:
    files = {
        "q1": frame("area n", "a c", "b 9"),
        "q2": frame("area n", "a 4", "b 8"),
        "ytd": frame("area n", "a 6", "b 17"),
    }
    assert found(attack_tables(files, relations=["ytd = q1 + q2"]), "area") == {
        "a": (2, 2, True, "recovered exactly")
    }
    with pytest.raises(
        AuditError, match=r"^3 cells are published with two figures that exclude each other; say --vintages"
    ):
        attack_tables(files)


def test_attack_when_one_file_cannot_exceed_another_then_the_inequality_binds() -> None:
    files = {"victims": frame("area n", "a c", "b 9"), "incidents": frame("area n", "a 3", "b 12")}
    assert found(attack_tables(files, relations=["victims <= incidents"]), "area") == {
        "a": (0, 3, True, "known to within 3")
    }


def test_attack_when_a_later_file_unhides_or_revises_then_both_count() -> None:
    first, second = frame("area n", "a 3", "b 9", "Total 12"), frame("area n", "a c", "b 10", "Total 13")
    result = attack_tables({"first": first, "second": second}, vintages=True)
    assert found(result, "area") == {"a": (3, 3, True, "recovered exactly")}
    assert result.notes == ("2 cells were revised by a later file; its figure stands",)


def test_attack_when_a_cell_is_rounded_twice_then_it_is_narrowed() -> None:
    first, second = frame("area n", "a 0", "b 10", "Total 10"), frame("area n", "a 5", "b 10", "Total 15")
    result = attack_tables({"first": first, "second": second}, base=5)
    assert found(result, "area")["a"] == (1, 4, True, "known to within 3")


def test_attack_when_rounded_to_the_nearest_then_boxes_are_half_a_base() -> None:
    table = frame("area n", "a 5", "b 0", "d 0", "Total 0")
    assert attack_tables({"t": table}, base=5, nearest=False).n_open > 0
    with pytest.raises(AuditError, match=r"^no table fits the published figures"):
        attack_tables({"t": table}, base=5, nearest=True)


def test_attack_when_the_truth_may_be_further_away_then_that_is_read_within() -> None:
    table = frame("area n", "a 5", "b 10", "all 15")
    attacked = attack_tables({"t": table}, base=5, within=9)
    assert found(attacked, "area") == {"a": (1, 14, False, ""), "b": (1, 19, False, "")}
    assert attacked.notes == ("figures are read as rounded to base 5, the truth within 9",)


def test_attack_when_figures_are_of_whole_countries_then_intervals_are_exact() -> None:
    table = frame("area n", "a c", "b c", "d 67,000,003", "all 67,000,012")
    assert found(attack_tables({"t": table}), "area") == dict.fromkeys("ab", (0, 9, False, ""))


def test_attack_when_nothing_is_withheld_or_rounded_then_it_says_how_the_figures_are_read() -> None:
    assert attack_tables({"t": frame("area n", "a 5", "b 10", "all 15")}).notes == (
        "every figure is read as exact, and none is withheld; name the base of rounded figures with --base",
    )


def test_attack_when_one_figure_is_repeated_often_then_it_betrays_no_base() -> None:
    rows = [f"a{i} 40" for i in range(9)]
    assert attack_tables({"t": frame("area n", *rows, "b c", "d c", "all 400")}).base is None


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("value women marker", ["c 3 _", "d _ [c]", "all 12 _"]),  # a dimension bears a name of counts
        ("value n", ["7 3", "8 c", "all 12"]),  # and holds numbers
        ("status n", ["open 3", "closed c", "all 12"]),  # a dimension bears a name of markers
        ("note n status", ["x 3 _", "z _ sup", "all 12 _"]),
        ("number women marker", ["x _ [c]", "all _ [c]"]),  # no figure is left
    ],
)
def test_attack_when_a_dimension_bears_a_usual_name_then_columns_are_told_apart_by_what_they_hold(
    header: str, rows: list[str]
) -> None:
    attacked = attack_tables({"t": frame(header, *rows)}, count="n" if header == "value n" else None,
                             symbols={"sup": (0, None)})  # fmt: skip
    assert attacked.frame.columns[1] == header.split()[0]
    assert attacked.frame["target"].unique().to_list() == ["withheld"]


def test_attack_when_a_nought_is_printed_as_such_then_a_range_from_nought_names_no_base() -> None:
    rows = ["a 0~to~4", "b 0", "d 0~to~4", "all 5"]
    assert attack_tables({"t": frame("area n", *rows)}).base is None
    assert attack_tables({"t": frame("area n", *rows[::2], "all 5")}).base == 5


def test_attack_when_a_hierarchy_is_of_a_column_of_totals_then_it_binds_nothing() -> None:
    table = frame("area age n", "a all c", "b all 9", "all all 12")
    alone = attack_tables({"t": table}, hierarchies={"age": {"young": ["x", "y"]}})
    assert found(alone, "area") == {"a": (3, 3, True, "recovered exactly")}


def test_attack_when_the_base_is_not_told_then_common_multiples_betray_it() -> None:
    table = frame("area n", *(f"a{i} {5 * i}" for i in range(1, 12)))
    result = attack_tables({"t": table})
    assert result.base == 5
    assert result.notes == ("figures are read as rounded to base 5, the truth within 4",)
    assert attack_tables({"t": table}, method="suppression").base is None


def test_attack_when_combinations_have_no_row_then_it_is_said_how_they_are_read() -> None:
    table = frame("area sex n", "a f c", "a m 9", "b m 20", "Total f 4", "Total m 29", "Total Total 33")
    assert found(attack_tables({"t": table}), "area", "sex") == {"a/f": (4, 4, True, "recovered exactly")}
    assert attack_tables({"t": table}).notes[0].startswith("1 combinations have no row and are read as zero")
    assert found(attack_tables({"t": table}, absent="withheld"), "area", "sex") == {
        "a/f": (0, 4, True, "certainly small")
    }


def test_attack_when_a_dimension_bears_a_name_of_ours_then_the_answer_keeps_both() -> None:
    table = frame("lo open n", "a x1 c", "a x2 9", "b x1 8", "b x2 7", "all all 27")
    assert attack_tables({"t": table}).frame.columns[:4] == [
        "tables",
        "lo (dimension)",
        "open (dimension)",
        "target",
    ]


BAD: list[tuple[dict[str, pl.DataFrame], dict[str, Any], str]] = [
    ({}, {}, "no table was handed over"),
    ({"t": frame("area n", "a -3")}, {}, "table [t] row 2: the count is negative"),
    ({"t": frame("area n", "a 2.5")}, {}, "table [t] row 2: the count is not a whole number"),
    ({"t": frame("area n", "a what")}, {},
     "table [t] row 2: neither a count nor a symbol that we know; explain symbols with --symbol"),
    ({"t": frame("area n", "a 3", "a 4")}, {},
     "table [t] rows 2 and 3: the same cell twice; name every dimension column with "
     "--dimensions, or hand the releases over as separate files"),
    ({"t": frame("area n", "a 3")}, {"count": "m"}, "table [t]: there is no count column [m]"),
    ({"t": frame("area kind", "a b")}, {}, "table [t]: no column of counts was found; name it with --count"),
    ({"t": frame("n", "3")}, {},
     "table [t]: no dimension column is left beside the count; name them with --dimensions"),
    ({"t": frame("area n", "all 3")}, {}, "table [t]: dimension [area] holds nothing but totals"),
    ({"t": frame("area n", "a 3")}, {"method": "magic"},
     "method [magic]: must be one of auto, suppression, rounding"),
    ({"t": frame("area n", "a 3")}, {"method": "rounding", "base": 5},
     "method [rounding]: 1 figures are not multiples of the base [5]"),
    ({"t": frame("area n", "a 3")}, {"threshold": 0}, "threshold [0] must be at least 1"),
    ({"t": frame("area n", "a 3")}, {"base": 1}, "base [1] must be at least 2"),
    ({"t": frame("area n", "a 3")}, {"base": 0, "method": "rounding"}, "base [0] must be at least 2"),
    ({"t": frame("area n", "a 3")}, {"within": 4},
     "within: must be 1 or more, and goes with figures that are rounded (--base)"),
    ({"t": frame("area n", "a 100000001")}, {},
     "table [t] row 2: a count above 100,000,000 is more than can be attacked"),
    ({"t": frame("value n", "1 3", "2 c")}, {},
     "table [t]: columns ['value', 'n'] might all be the counts; name one with --count"),
    ({"t": frame("area n", "a 3")}, {"relations": ["t = u"]},
     "relation [t = u]: no table is named [u]; tables are [t]"),
    ({"t": frame("area n", "a 3")}, {"hierarchies": {"x": ["y"]}},
     "hierarchy: none of its categories occurs in any table"),
    ({"t": frame("area n", "a 3")}, {"hierarchies": {"area": {"x": ["y"], "y": ["x"]}}},
     "hierarchy: [x] is its own ancestor"),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "options", "text"), BAD)
def test_attack_when_the_input_cannot_be_used_then_it_says_why(
    tables: dict[str, pl.DataFrame], options: dict[str, Any], text: str
) -> None:
    with pytest.raises(AuditError) as error:
        attack_tables(tables, **options)
    assert str(error.value) == text


@pytest.mark.parametrize("hidden", ["[c]", "*", "..", "...", "", "c", "supp"])
@pytest.mark.parametrize("total", ["all", "Total", "Grand Total", ""])
def test_attack_when_others_write_a_hidden_cell_in_their_way_then_it_is_opened(
    hidden: str, total: str
) -> None:
    rows = [("north", "a", "1,800"), ("north", "b", hidden), ("north", total, "1,803"), ("south", "a", "27"),
            ("south", "b", "9"), ("south", total, "36")]  # fmt: skip
    table = pl.DataFrame(rows, schema=["Place", "Need", "Victims"], orient="row")
    attacked = attack_tables({"t": table})
    assert attacked.n_open == 1
    assert attacked.frame.select("Place", "Need", "lo", "up", "why").rows() == [
        ("north", "b", 3, 3, "recovered exactly")
    ]


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"area": ["n", "s"], "f": ["1", "*"], "m": ["7", "9"]},
         "table [t]: columns ['f', 'm'] all hold figures. Write a column per category as rows, one row per "
         "cell, or name the counts with --count"),
        ({"area": ["n", "s"], "n": ["1", "*"], "share": ["12%", "9%"]},
         "table [t]: columns ['share'] hold percentages or decimals, which are no categories; name the "
         "dimensions with --dimensions"),
    ],
)  # fmt: skip
def test_attack_when_columns_are_no_dimensions_then_refused(columns: dict[str, list[str]], text: str) -> None:
    with pytest.raises(AuditError) as refused:
        attack_tables({"t": pl.DataFrame(columns)})
    assert str(refused.value) == text
