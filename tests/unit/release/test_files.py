"""Tables as they are written: margins, keys of cells, quarters that cannot be counted, and quarters in which
a table is left out to protect people."""

from __future__ import annotations

import json

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from anonymisation.audit import AuditError, read_release
from pipelines.release.files import cube_csv, keyed, margins, systems_json, with_forms
from pipelines.release.past import past_of
from pipelines.release.tables import Table
from schemas.measures.cubes import CUBES
from schemas.quarters import Quarter
from tests.unit.release.test_tables import made

DIMENSIONS = ("area", "sex")


def cells(*rows: tuple[str, str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema={"period": pl.String, "area": pl.String, "sex": pl.String, "n": pl.Int64}, orient="row"
    )


def test_margins_when_made_then_hold_every_sum_once() -> None:
    made = margins(
        cells(
            ("2026-Q3", "north", "female", 3),
            ("2026-Q3", "north", "male", 4),
            ("2026-Q3", "south", "female", 5),
            ("2026-Q2", "south", "female", 1),
        ),
        DIMENSIONS,
    )
    expected = cells(
        ("2026-Q3", "north", "female", 3),
        ("2026-Q3", "north", "male", 4),
        ("2026-Q3", "south", "female", 5),
        ("2026-Q2", "south", "female", 1),
        ("2026-Q3", "north", "all", 7),
        ("2026-Q3", "south", "all", 5),
        ("2026-Q2", "south", "all", 1),
        ("2026-Q3", "all", "female", 8),
        ("2026-Q3", "all", "male", 4),
        ("2026-Q2", "all", "female", 1),
        ("2026-Q3", "all", "all", 12),
        ("2026-Q2", "all", "all", 1),
    )
    assert_frame_equal(made.select(expected.columns), expected, check_row_order=False)


@pytest.mark.parametrize(
    ("area", "sex", "key"),
    [
        ("north", "male", "victim|2026-Q3|area=north;sex=male"),
        ("all", "male", "victim|2026-Q3|sex=male"),
        ("all", "all", "victim|2026-Q3|"),
    ],
)
def test_key_when_a_dimension_is_a_margin_then_leaves_it_out(area: str, sex: str, key: str) -> None:
    assert keyed(cells(("2026-Q3", area, sex, 7)), "victim", ("sex", "area")).rows() == [(key, 7)]


TABLE = Table(
    name="orders_by_breach.police", cube=CUBES["orders_by_breach"], unit="order.police", agency="police",
    links="", dimensions=("is_breached",), categories={"is_breached": ("no", "yes")},
    periods=("2026-Q2", "2026-Q3"), missing=("2026-Q1",),
)  # fmt: skip
TOLD = pl.DataFrame(
    [("2026-Q3", "no", 5, ""), ("2026-Q3", "yes", 0, "0 to 4"), ("2026-Q3", "all", 5, "")],
    schema={"period": pl.String, "is_breached": pl.String, "value": pl.Int64, "marker": pl.String},
    orient="row",
)


def folder(rows: pl.DataFrame | None) -> dict[str, bytes]:
    return {
        "systems.json": systems_json([TABLE], {TABLE.name: rows}, threshold=5, base=5),
        f"cubes/{TABLE.name}.csv": cube_csv(TABLE, rows),
    }


def test_cube_when_a_quarter_is_left_out_then_its_cells_read_withheld_and_the_system_says_so() -> None:
    files = folder(TOLD)
    assert files[f"cubes/{TABLE.name}.csv"].decode().splitlines() == [
        "period,is_breached,value,marker",
        "2026-Q1,no,,[x]", "2026-Q1,yes,,[x]", "2026-Q1,all,,[x]",
        "2026-Q2,no,,[c]", "2026-Q2,yes,,[c]", "2026-Q2,all,,[c]",
        "2026-Q3,no,5,\"\"", "2026-Q3,yes,0,0 to 4", "2026-Q3,all,5,\"\"",
    ]  # fmt: skip
    assert json.loads(files["systems.json"])["cubes"][0]["left_out"] == ["2026-Q2"]


def test_release_when_a_quarter_is_left_out_then_an_attacker_reads_no_more_than_if_it_had_no_row() -> None:
    files = folder(TOLD)
    (told,) = read_release(files).cubes
    without = [line for line in files[f"cubes/{TABLE.name}.csv"].splitlines() if b"[c]" not in line]
    (bare,) = read_release(files | {
        "systems.json": files["systems.json"].replace(b'"2026-Q2"', b""),
        f"cubes/{TABLE.name}.csv": b"\n".join(without) + b"\n",
    }).cubes  # fmt: skip
    assert [*told.value] == [*bare.value] == ["2026-Q1", "2026-Q3"]
    for period in told.value:
        assert (told.value[period] == bare.value[period]).all()
        assert (told.state[period] == bare.state[period]).all()


def test_release_when_a_left_out_quarter_tells_something_then_it_is_refused() -> None:
    files = folder(TOLD)
    path = f"cubes/{TABLE.name}.csv"
    files[path] = files[path].replace(b"Q2,all,,[c]", b"Q2,all,5,")
    with pytest.raises(AuditError, match=r"\[2026-Q2\] is declared left out, and has other rows than \[c\]$"):
        read_release(files)


def test_past_when_a_quarter_was_left_out_then_a_later_release_may_tell_it() -> None:
    known = past_of({"2026-Q3.1": folder(TOLD)}, [], Quarter.parse("2026-Q4"))
    assert known.told == {TABLE.name: ["2026-Q3"]}
    assert known.is_joining(TABLE, "2026-Q2") or known.is_fresh(TABLE.unit, "2026-Q2")


# what an agency's extract has no place for

SETTINGS = made("2026-Q3")["incidents_by_setting.isva"]


def of_settings(*rows: tuple[str, str, int, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"period": pl.String, "setting": pl.String, "value": pl.Int64,
                                      "marker": pl.String}, orient="row")


def held(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"period": pl.String, "setting": pl.String, "n": pl.Int64}, orient="row")


PROTECTED = of_settings(("2026-Q3", "hotel", 0, "0 to 4"), ("2026-Q3", "not_recorded", 155, ""),
                        ("2026-Q3", "all", 155, ""))
OF_A_FORM = PROTECTED.with_columns(
    pl.when(pl.col("setting") != "hotel").then("value"),
    pl.when(pl.col("setting") == "hotel").then(pl.lit("[z]")).otherwise("marker").alias("marker"))


def test_table_when_the_extract_has_no_column_then_its_noughts_are_not_applicable() -> None:
    assert SETTINGS.not_sent == {"setting"}
    counts = held(("2026-Q3", "not_recorded", 153), ("2026-Q3", "hotel", 0))
    assert_frame_equal(with_forms(SETTINGS, PROTECTED, counts), OF_A_FORM)


def test_table_when_one_quarter_had_a_column_then_no_mark_tells_which_quarters_held_somebody() -> None:
    before = PROTECTED.with_columns(pl.lit("2026-Q2").alias("period"))
    counts = held(("2026-Q2", "hotel", 2), ("2026-Q3", "not_recorded", 153))
    both = pl.concat([before, PROTECTED])
    assert_frame_equal(with_forms(SETTINGS, both, counts), both)


def test_table_when_the_agency_sends_a_column_then_a_nought_is_a_count() -> None:
    police = made("2026-Q3")["incidents_by_setting.police"]
    assert_frame_equal(with_forms(police, PROTECTED, held(("2026-Q3", "not_recorded", 153))), PROTECTED)


def test_file_when_a_nought_is_one_of_a_form_then_no_value_stands_beside_its_marker() -> None:
    told = cube_csv(SETTINGS, OF_A_FORM).decode().splitlines()
    assert {"2026-Q3,hotel,,[z]", '2026-Q3,not_recorded,155,""', '2026-Q3,all,155,""'} <= set(told)
