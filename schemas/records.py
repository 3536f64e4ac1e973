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

WAITS: MappingProxyType[str, MappingProxyType[str, tuple[str, str]]] = MappingProxyType({
    "incidents": MappingProxyType({
        "cps_wait": ("report_date", "cps_referred_date"),
        "outcome_wait": ("report_date", "outcome_date"),
    }),
    "suspects": MappingProxyType({"arrest_wait": ("named_date", "arrested_date")}),
    "referrals": MappingProxyType({
        "received_wait": ("made_date", "received_date"),
        "contact_wait": ("consent_date", "contact_date"),
        "start_wait": ("contact_date", "start_date"),
    }),
    "cases": MappingProxyType({
        "assessed_wait": ("start_date", "assessed_date"),
        "safeguarding_wait": ("start_date", "safeguarding_date"),
        "therapy_wait": ("therapy_referred_date", "therapy_start_date"),
    }),
})
"""Dataset → waits inside one of its records, folded into bands at intake because days do not reach the
warehouse; a referral without a recorded consent date counts from the day it was made."""

REVIEW_TIMING = "review_timing"
"""Whether a case was reviewed by the day on which that was due, as on the last day of its extract's quarter
(``codes/review_timing.csv``)."""

OFFENCE_AGE = "offence_age_band"
"""Age band of a victim on the first day of the offence."""


def _waits(dataset: str) -> dict[str, str]:
    return dict.fromkeys(WAITS.get(dataset, {}), "VARCHAR")


DERIVED: MappingProxyType[str, MappingProxyType[str, str]] = MappingProxyType({
    "incidents": MappingProxyType({"recency": "VARCHAR", **_waits("incidents")}),
    "victims": MappingProxyType({"is_linkable": "BOOLEAN", OFFENCE_AGE: "VARCHAR"}),
    "suspects": MappingProxyType({"is_linkable": "BOOLEAN", **_waits("suspects")}),
    "referrals": MappingProxyType({"is_linkable": "BOOLEAN", **_waits("referrals")}),
    "cases": MappingProxyType({"is_linkable": "BOOLEAN", **_waits("cases"), REVIEW_TIMING: "VARCHAR"}),
    "registrations": MappingProxyType({"is_linkable": "BOOLEAN"}),
    "programmes": MappingProxyType({}),
    "releases": MappingProxyType({}),
    "orders": MappingProxyType({}),
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


def unsaid(dataset: Dataset) -> dict[str, str]:
    """Warehouse column → the word that stands in it for a record whose sender could not say it yet; columns
    that are not here are empty then."""
    words: dict[str, str] = {}
    for column in dataset.columns:
        if column.kind is Kind.CODES:
            words |= dict.fromkeys(code_columns(column), "no")
        elif column.kind in (Kind.CODE, Kind.FLAG):
            words[str(column.warehouse_name)] = NOT_RECORDED
    asked = {"recency", REVIEW_TIMING, OFFENCE_AGE}
    return words | dict.fromkeys(set(DERIVED[dataset.name]) & asked, NOT_RECORDED)


def allowed_values(column: Column) -> frozenset[str] | None:
    """Values that a code or flag column may hold, the unknown ones included; None where any value may
    stand."""
    if column.kind is Kind.FLAG:
        return frozenset(FLAG_VALUES)
    if column.kind in (Kind.CODE, Kind.CODES):
        assert column.codelist is not None
        return frozenset(codelist(column.codelist).codes) | {NOT_RECORDED, UNMAPPED}
    return None
