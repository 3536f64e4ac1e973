"""The published range: from protected one-way margins and the run's own estimates, and nothing on too small a
base."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import polars as pl
import pytest

from anonymisation.linkage.ranges import PeopleRange, range_for
from pipelines.release.ranges import (
    HELD,
    MAX_WIDTH_PCT,
    SCHEMA,
    TOO_WIDE,
    Share,
    _share,
    deviations,
    is_told,
    narrowest,
    ranges,
)
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
    n_false, n_weak, n_missed = 1000 * 0.01, 60, 1060 * (1 / 0.97 - 1)
    below, above = (sqrt(variance + n_weak / 4 + n) for n in (n_false, n_missed))
    taken = deviations((n_false + n_weak + n_missed) / max(below, above))
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
        for by in (-taken * below, taken * above)
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
            "",
        )
    ]


@pytest.mark.parametrize("apart", [0.0, 0.5, 1.0, 2.0, 10.0])
def test_deviations_when_the_truth_is_at_an_end_then_nine_in_ten_ranges_hold_it(apart: float) -> None:
    normal = NormalDist()
    taken = deviations(apart)
    assert normal.cdf(taken + apart) - normal.cdf(-taken) == pytest.approx(HELD, abs=1e-3)


PERIODS = ("2025-Q4", "2026-Q1", "2026-Q2")


def _of_quarters(*yes_and_no: tuple[int, int]) -> dict[str, pl.DataFrame]:
    """Both readings alike, of the quarters PERIODS."""
    rows = [
        protected(yes, no, 0).with_columns(period=pl.lit(period))
        for period, (yes, no) in zip(PERIODS, yes_and_no, strict=True)
    ]
    return {table.name: pl.concat(rows) for table in _tables(PERIODS)}


SURE = {"victim": {"estimated_precision": 1.0, "estimated_recall": 0.99}}


def test_ranges_when_one_quarter_is_too_few_people_then_the_quarters_before_are_taken_in() -> None:
    """Three hundred people a quarter: no one quarter is enough, two are; the first has none before it, and
    is withheld."""
    made = ranges(_tables(PERIODS), _of_quarters(*[(60, 240)] * 3), SURE, rounding_base=12)
    assert made["n_quarters"].to_list() == [1, 2, 2]
    assert made["marker"].to_list() == [TOO_WIDE, "", ""]
    assert made.row(0)[3:5] == (None, None)
    widths = (made["high_pct"] - made["low_pct"]).to_list()[1:]
    assert all(0 < width <= MAX_WIDTH_PCT for width in widths)


@pytest.mark.parametrize(
    ("measure", "high_pct", "expected"),
    [("victims_repeat", 33.9, True), ("victims_repeat", 34.04, True), ("victims_repeat", 34.06, False),
     ("named_repeat", 60.0, True)],
)
def test_is_told_when_a_range_is_wider_than_its_measure_bears_then_it_is_withheld(
    measure: str, high_pct: float, expected: bool
) -> None:
    """At 4.0 points as published it stands, at 4.1 it does not; other measures have no limit."""
    made = PeopleRange(low_pct=30.0, high_pct=high_pct, strict_pct=31.0, all_pct=32.0)
    assert is_told(measure, made) is expected


def test_narrowest_when_one_quarter_is_rounded_apart_then_the_difference_is_that_of_all_quarters() -> None:
    """Rounding moved one quarter's readings five people apart: its range is hardly wider than the others'."""
    other = Share(n_with=100, n_people=400, n_unknown=5), Share(n_with=105, n_people=395, n_unknown=5)
    odd = Share(n_with=100, n_people=400, n_unknown=5), Share(n_with=110, n_people=395, n_unknown=5)
    shares = {f"{year}-Q{n}": other for year in (2023, 2024, 2025) for n in (1, 2, 3, 4)}
    quality = QUALITY["victim"]
    usual, _ = narrowest(shares, "2023-Q1", quality, 5)
    made, _ = narrowest(shares | {"2023-Q1": odd}, "2023-Q1", quality, 5)
    alone, _ = narrowest({"2023-Q1": odd}, "2023-Q1", quality, 5)
    width, wide, widest = (r.high_pct - r.low_pct for r in (usual, made, alone))
    assert width < wide < width + 0.3 < widest


def test_ranges_when_rounding_turned_the_readings_round_then_the_range_is_the_same() -> None:
    tables = _tables()
    readings = protected(100, 300, 20), protected(110, 280, 20)
    made = [
        ranges(tables, dict(zip((t.name for t in tables), order, strict=True)), QUALITY, rounding_base=1)
        .select("low_pct", "high_pct", "marker")
        .rows()
        for order in (readings, readings[::-1])
    ]
    assert made[0] == made[1]


def test_ranges_when_no_estimate_was_made_then_none_is_published() -> None:
    tables = _tables()
    told = {t.name: protected(100, 300, 20) for t in tables}
    assert ranges(tables, told, {}, rounding_base=5).equals(pl.DataFrame(schema=SCHEMA))
