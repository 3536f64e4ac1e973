"""The published range: from protected one-way margins and the run's own estimates, and nothing on too small a
base."""

from __future__ import annotations

import polars as pl
import pytest

from anonymisation.linkage.ranges import range_for
from pipelines.release.ranges import SCHEMA, _share, ranges
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
        (RATE_BASE_MINIMUM, (10, RATE_BASE_MINIMUM, 5)),
        (RATE_BASE_MINIMUM + 1, (10, RATE_BASE_MINIMUM + 1, 5)),
    ],
)
def test_share_when_base_is_small_then_none_is_told(
    with_and_without: int, expected: tuple[int, int, int] | None
) -> None:
    frame = protected(10, with_and_without - 10, 5)
    assert _share(frame, ("area", "is_repeat"), "is_repeat", PERIOD) == expected


def test_share_when_a_cell_is_withheld_then_counts_as_nobody() -> None:
    frame = protected(10, 90, 0).with_columns(
        pl.when(pl.col("is_repeat") == "not_recorded").then(None).otherwise(pl.col("value")).alias("value")
    )
    assert _share(frame, ("area", "is_repeat"), "is_repeat", PERIOD) == (10, 100, 0)


def _tables() -> list[Table]:
    cube = CUBES["victims_repeat"]
    made = []
    for links in ("strict", "all"):
        fields = {
            "name": f"victims_repeat.{links}",
            "cube": cube,
            "links": links,
            "dimensions": ("area", "is_repeat"),
            "periods": (PERIOD,),
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


def test_ranges_when_both_readings_are_protected_then_one_row_from_their_margins() -> None:
    tables = _tables()
    told = {tables[0].name: protected(100, 300, 20), tables[1].name: protected(110, 280, 20)}
    whole = range_for(
        n_with_strict=100,
        n_people_strict=400,
        n_with_all=110,
        n_people_all=390,
        precision=0.99,
        recall=0.97,
        n_unlinkable=20,
    )
    assert ranges(tables, told, QUALITY, rounding_base=1).rows() == [
        (
            "victims_repeat",
            "is_repeat",
            PERIOD,
            round(whole.low_pct, 1),
            round(whole.high_pct, 1),
            25.0,
            round(100 * 110 / 390, 1),
        )
    ]
    assert whole.low_pct < 25.0 < 100 * 110 / 390 < whole.high_pct


@pytest.mark.parametrize(("elastic", "off"), [((), 4), (("victims_repeat.strict", "victims_repeat.all"), 9)])
def test_ranges_when_counts_are_rounded_then_wider_by_what_rounding_can_move(
    elastic: tuple[str, ...], off: int
) -> None:
    tables = _tables()
    told = {tables[0].name: protected(100, 300, 20), tables[1].name: protected(110, 280, 20)}
    low, high = (
        range_for(
            n_with_strict=100 + d,
            n_people_strict=400,
            n_with_all=110 + d,
            n_people_all=390,
            precision=0.99,
            recall=0.97,
            n_unlinkable=20,
        )
        for d in (-off, off)
    )
    made = ranges(tables, told, QUALITY, rounding_base=5, elastic=elastic)
    assert made.select("low_pct", "high_pct", "strict_pct").rows() == [
        (round(low.low_pct, 1), round(high.high_pct, 1), 25.0)
    ]


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
