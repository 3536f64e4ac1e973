"""The published range: from protected one-way margins and the run's own estimates, and nothing on too small a
base."""

from __future__ import annotations

from math import sqrt

import polars as pl
import pytest

from anonymisation.linkage.ranges import range_for
from pipelines.release.ranges import MARGIN_SD, MAX_WIDTH_PCT, SCHEMA, Share, _share, ranges
from pipelines.release.tables import Table
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import RATE_BASE_MINIMUM

PERIOD = "2026-Q3"
QUALITY = {"victim": {"estimated_precision": 0.99, "estimated_recall": 0.97}}


def protected(yes: int, no: int, unknown: int) -> pl.DataFrame:
    rows = [
        (PERIOD, "all", "yes", yes),
        (PERIOD, "all", "no", no),
        (PERIOD, "all", "not_recorded", unknown),
        (PERIOD, "all", "all", yes + no + unknown),
        (PERIOD, "E08000025", "yes", 5),
        (PERIOD, "E08000025", "no", 5),
    ]
    return pl.DataFrame(
        rows,
        schema={"period": pl.String, "area": pl.String, "is_repeat": pl.String, "value": pl.Int64},
        orient="row",
    )


@pytest.mark.parametrize(
    ("with_and_without", "expected"),
    [
        (RATE_BASE_MINIMUM - 1, None),
        (RATE_BASE_MINIMUM, Share(n_with=10, n_people=RATE_BASE_MINIMUM, n_unknown=5)),
        (RATE_BASE_MINIMUM + 1, Share(n_with=10, n_people=RATE_BASE_MINIMUM + 1, n_unknown=5)),
    ],
)
def test_share_when_base_is_small_then_none_is_told(with_and_without: int, expected: Share | None) -> None:
    frame = protected(10, with_and_without - 10, 5)
    assert _share(frame, ("area", "is_repeat"), "is_repeat", PERIOD) == expected


def test_share_when_a_cell_is_withheld_then_counts_as_nobody() -> None:
    frame = protected(10, 90, 0).with_columns(
        pl.when(pl.col("is_repeat") == "not_recorded").then(None).otherwise(pl.col("value")).alias("value")
    )
    assert _share(frame, ("area", "is_repeat"), "is_repeat", PERIOD) == Share(
        n_with=10, n_people=100, n_unknown=0
    )


def _tables(periods: tuple[str, ...] = (PERIOD,)) -> list[Table]:
    cube = CUBES["victims_repeat"]
    made = []
    for links in ("strict", "all"):
        fields = {
            "name": f"victims_repeat.{links}",
            "cube": cube,
            "links": links,
            "dimensions": ("area", "is_repeat"),
            "periods": periods,
            "missing": (),
            "unit": f"police_victim.{links}",
            "agency": "",
            "categories": {},
            "agencies": (),
            "contributors": (),
        }
        names = Table.__dataclass_fields__
        made.append(Table(**{k: v for k, v in fields.items() if k in names}))  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(
    ("base", "elastic", "variance"),
    [(1, (), 0.0), (5, (), 4.0), (5, ("victims_repeat.strict", "victims_repeat.all"), 16.5)],
)
def test_ranges_when_both_readings_are_protected_then_one_row_with_a_margin_at_each_end(
    base: int, elastic: tuple[str, ...], variance: float
) -> None:
    tables = _tables()
    told = {tables[0].name: protected(1000, 3000, 20), tables[1].name: protected(1060, 2900, 20)}
    below = MARGIN_SD * sqrt(variance + 1000 * 0.01)
    above = MARGIN_SD * sqrt(variance + 1060 * (1 / 0.97 - 1))
    low, high = (
        range_for(
            n_with_strict=1000 + by,
            n_people_strict=4000,
            n_with_all=1060 + by,
            n_people_all=3960,
            precision=0.99,
            recall=0.97,
            n_unlinkable=20,
        )
        for by in (-below, above)
    )
    assert ranges(tables, told, QUALITY, rounding_base=base, elastic=elastic).rows() == [
        (
            "victims_repeat",
            "is_repeat",
            PERIOD,
            round(low.low_pct, 1),
            round(high.high_pct, 1),
            25.0,
            round(100 * 1060 / 3960, 1),
            1,
        )
    ]


def test_ranges_when_one_quarter_is_too_few_people_then_the_quarters_before_are_taken_in() -> None:
    """Three hundred people a quarter: no one quarter is enough, two are, and the first has none before it."""
    periods = ("2025-Q4", "2026-Q1", "2026-Q2")
    tables = _tables(periods)
    told = {
        table.name: pl.concat(
            [protected(60, 240, 0).with_columns(period=pl.lit(period)) for period in periods]
        )
        for table in tables
    }
    quality = {"victim": {"estimated_precision": 1.0, "estimated_recall": 0.99}}
    made = ranges(tables, told, quality, rounding_base=15)
    assert made["n_quarters"].to_list() == [1, 2, 2]
    widths = (made["high_pct"] - made["low_pct"]).to_list()
    assert widths[0] > MAX_WIDTH_PCT >= widths[1] == widths[2]


def test_ranges_when_rounding_turned_the_readings_round_then_the_range_is_the_same() -> None:
    tables = _tables()
    readings = protected(100, 300, 20), protected(110, 280, 20)
    made = [
        ranges(tables, dict(zip((t.name for t in tables), order, strict=True)), QUALITY, rounding_base=5)
        .select("low_pct", "high_pct")
        .rows()
        for order in (readings, readings[::-1])
    ]
    assert made[0] == made[1]


def test_ranges_when_no_estimate_was_made_then_none_is_published() -> None:
    tables = _tables()
    told = {t.name: protected(100, 300, 20) for t in tables}
    assert ranges(tables, told, {}, rounding_base=5).equals(pl.DataFrame(schema=SCHEMA))
