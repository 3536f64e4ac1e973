"""Warehouse tables: what has a column, and above all what has none."""

from __future__ import annotations

import pytest

from schemas.codelists import codelist
from schemas.columns import COLUMNS, NOT_RECORDED, UNMAPPED, Kind
from schemas.datasets import DATASETS
from schemas.records import (
    DERIVED,
    SYSTEM_COLUMNS,
    TABLES,
    WAITS,
    allowed_values,
    code_columns,
    table_columns,
    table_name,
)


def test_tables_when_made_then_one_for_each_dataset() -> None:
    assert list(TABLES) == [f"records_{name}" for name in DATASETS] == [table_name(name) for name in DATASETS]
    assert all(TABLES[table_name(name)] == table_columns(dataset) for name, dataset in DATASETS.items())
    assert set(DERIVED) == set(DATASETS)


@pytest.mark.parametrize("table", TABLES)
def test_table_when_it_is_looked_at_then_nothing_identifying_and_no_calendar_day_has_a_column(
    table: str
) -> None:
    forbidden = {c.name for c in COLUMNS.values() if c.kind in (Kind.IDENTITY, Kind.REF, Kind.DATE, Kind.AGE)}
    assert not forbidden & set(TABLES[table])
    assert not {"DATE", "TIMESTAMP", "BLOB"} & set(TABLES[table].values())
    assert not [name for name in TABLES[table] if name.endswith(("_ref", "_date", "_day"))
                or name.startswith("k0")]


def test_counts_table_when_made_then_these_columns_in_this_order() -> None:
    assert list(TABLES["records_counts"].items()) == [
        *SYSTEM_COLUMNS.items(), ("count_measure", "VARCHAR"), ("service_area", "VARCHAR"),
        ("sex", "VARCHAR"),
        ("age_band", "VARCHAR"), ("n", "BIGINT"),
    ]


def test_registrations_table_when_made_then_these_columns_in_this_order() -> None:
    assert list(TABLES["records_registrations"]) == [
        *SYSTEM_COLUMNS, "agency_person_id", "register", "register_month", "may_link", "age_band", "sex",
        "ethnicity",
        "ethnicity_observed", "residence_area", "is_linkable",
    ]


def test_kinds_when_stored_then_fifteen_columns_of_yes_and_no() -> None:
    kinds = code_columns(COLUMNS["kinds"])
    assert len(kinds) == 15
    assert kinds == tuple(f"kind_{code}" for code in codelist("kinds").codes if code not in (NOT_RECORDED,
        UNMAPPED))
    assert set(kinds) <= set(TABLES["records_incidents"])


def test_waits_when_banded_then_both_ends_are_dates_of_their_record() -> None:
    for name, waits in WAITS.items():
        dates = {c.name for c in DATASETS[name].columns if c.kind is Kind.DATE}
        assert {day for pair in waits.values() for day in pair} <= dates
        assert set(waits) <= set(TABLES[table_name(name)])


def test_scores_when_stored_then_small_integers() -> None:
    assert {TABLES["records_cases"][f"need_health_{point}"]
            for point in ("start", "review", "end")} == {"TINYINT"}


def test_allowed_values_when_flag_code_or_text_then_as_the_kind_says() -> None:
    assert allowed_values(COLUMNS["is_domestic"]) == {"yes", "no", NOT_RECORDED}
    assert allowed_values(COLUMNS["sex"]) == {*codelist("sex").codes, NOT_RECORDED, UNMAPPED}
    assert allowed_values(COLUMNS["incident_ref"]) is None
    assert allowed_values(COLUMNS["n"]) is None
