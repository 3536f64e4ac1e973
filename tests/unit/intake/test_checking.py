"""What parsing must have made impossible is a defect of ours, told by column and check, never by value."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.intake.checking import check_rows
from pipelines.intake.refusal import IntakeError
from schemas.models import types_of

LAST_DAY = date(2026, 9, 30)
CANARY = "Quillfeather"


def counts(**own: object) -> pl.DataFrame:
    """One typed row of counts."""
    row = {"count_measure": "clients_supported", "service_area": "E08000025", "sex": "female",
           "age_band": "not_recorded", "n": 7, "_file": "counts", "_row": 2} | own
    types = types_of("counts")
    return pl.DataFrame({name: pl.Series([row.get(name)], dtype=dtype) for name, dtype in types.items()})


def _rules(frame: pl.DataFrame) -> list[tuple[str, str | None, int]]:
    return check_rows(frame, "counts", LAST_DAY).select("rule_id", "canonical", "_row").rows()


def test_check_rows_when_all_holds_then_finds_nothing() -> None:
    assert _rules(counts(count_measure=_a_measure())) == []


def _a_measure() -> str:
    from schemas.codelists import codelist

    return codelist("count_measures").codes[0]


def test_check_rows_when_a_needed_cell_is_empty_and_a_number_negative_then_both_are_told() -> None:
    both = pl.concat([counts(count_measure=_a_measure(), n=None),
                      counts(count_measure=_a_measure(), n=-1, _row=3)])
    assert _rules(both) == [("required_missing", "n", 2), ("number_unreadable", "n", 3)]


@pytest.mark.parametrize(("column", "check"), [("sex", "defect"), ("age_band", "defect")])
def test_check_rows_when_a_code_is_in_no_list_then_it_is_our_defect(column: str, check: str) -> None:
    frame = counts(count_measure=_a_measure(), **{column: CANARY})
    with pytest.raises(IntakeError, match=rf"at column \[{column}\], check \[{check}\], \[1\] times") as told:
        check_rows(frame, "counts", LAST_DAY)
    assert CANARY not in str(told.value)


def test_check_rows_when_a_type_or_a_column_is_another_then_it_is_our_defect() -> None:
    good = counts(count_measure=_a_measure())
    for frame in (good.with_columns(pl.col("n").cast(pl.String)), good.drop("n")):
        with pytest.raises(IntakeError, match=r"at column \[n\], check \[type\], \[1\] times"):
            check_rows(frame, "counts", LAST_DAY)
    with pytest.raises(IntakeError, match=r"at column \[more\], check \[type\]"):
        check_rows(good.with_columns(more=pl.lit(CANARY)), "counts", LAST_DAY)
