"""The pseudonymised tables of the warehouse: what is left of each dataset once people are out of it.

What belongs here: names and types of the warehouse's columns, derived from ``columns.py``. What does not: how
a value is made pseudonymous (``anonymisation``) and the SQL that reads it (``pipelines/marts``).

No name, date of birth, number, postcode, calendar day or free text has a column here, so none can be stored.
"""

from __future__ import annotations

from types import MappingProxyType

from schemas.codelists import codelist
from schemas.columns import FLAG_VALUES, NOT_RECORDED, UNMAPPED, Column, Kind
from schemas.datasets import DATASETS, Dataset

SYSTEM_COLUMNS: MappingProxyType[str, str] = MappingProxyType({
    "record_id": "VARCHAR",
    "submission_id": "VARCHAR",
    "agency": "VARCHAR",
    "extract_quarter": "VARCHAR",
    "event_month": "VARCHAR",
    "event_quarter": "VARCHAR",
})
"""Columns of every table. ``record_id`` = HMAC(warehouse key, record key of the vault); months read
``2026-07``."""

WAITS: MappingProxyType[str, tuple[str, str]] = MappingProxyType({
    "received_wait": ("made_date", "received_date"),
    "contact_wait": ("consent_date", "contact_date"),
    "start_wait": ("contact_date", "start_date"),
})
"""Waits inside one referral, folded into bands at intake because days do not reach the warehouse; a referral
without a recorded consent date counts from the day it was made."""

DERIVED: MappingProxyType[str, MappingProxyType[str, str]] = MappingProxyType({
    "incidents": MappingProxyType({"recency": "VARCHAR"}),
    "victims": MappingProxyType({"is_linkable": "BOOLEAN"}),
    "suspects": MappingProxyType({"is_linkable": "BOOLEAN"}),
    "referrals": MappingProxyType({"is_linkable": "BOOLEAN", **dict.fromkeys(WAITS, "VARCHAR")}),
    "cases": MappingProxyType({"is_linkable": "BOOLEAN"}),
    "registrations": MappingProxyType({"is_linkable": "BOOLEAN"}),
    "counts": MappingProxyType({}),
})
"""Columns worked out at intake, by dataset."""


def code_columns(column: Column) -> tuple[str, ...]:
    """Names of the yes/no columns that a column of kind ``codes`` becomes, in the order of its list."""
    stem = column.name.removesuffix("s")
    assert column.codelist is not None
    return tuple(f"{stem}_{code}" for code in codelist(column.codelist).codes if code not in (NOT_RECORDED,
        UNMAPPED))


def table_name(dataset: str) -> str:
    """Name of the warehouse table of a dataset."""
    return f"records_{dataset}"


def table_columns(dataset: Dataset) -> dict[str, str]:
    """Column name to DuckDB type of the warehouse table of ``dataset``, in order."""
    columns = dict(SYSTEM_COLUMNS)
    for column in dataset.columns:
        if column.kind is Kind.CODES:
            columns |= dict.fromkeys(code_columns(column), "VARCHAR")
        elif column.warehouse_name is not None:
            columns[column.warehouse_name] = {Kind.SCORE: "TINYINT", Kind.NUMBER: "BIGINT"}.get(column.kind,
                "VARCHAR")
    return columns | dict(DERIVED[dataset.name])


TABLES: MappingProxyType[str, dict[str, str]] = MappingProxyType({
    table_name(d.name): table_columns(d) for d in DATASETS.values()
})
"""Every pseudonymised table: column name to DuckDB type."""


def allowed_values(column: Column) -> frozenset[str] | None:
    """Values that a code or flag column may hold, the unknown ones included; None where any value may
    stand."""
    if column.kind is Kind.FLAG:
        return frozenset(FLAG_VALUES)
    if column.kind in (Kind.CODE, Kind.CODES):
        assert column.codelist is not None
        return frozenset(codelist(column.codelist).codes) | {NOT_RECORDED, UNMAPPED}
    return None
