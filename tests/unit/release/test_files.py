"""Tables as they are written: margins, keys of cells, and quarters that cannot be counted."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.release.files import keyed, margins

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
