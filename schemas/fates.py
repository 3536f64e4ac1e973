"""What becomes of each column on its way to vault and warehouse, in words, and the columns that are worked
out.

What belongs here: words. What does not: what does become of it (``columns.py``, ``records.py``,
``pipelines.steps``); the dictionary that prints the words (``dictionary.py``).
"""

from __future__ import annotations

from schemas.columns import NOT_RECORDED, Column, Kind
from schemas.datasets import DATASETS
from schemas.records import OFFENCE_AGE, REVIEW_TIMING, WAITS, code_columns

WORKED_OUT = {
    "record_id": "Keyed hash of the record's random key in the vault; only linkage can work it out.",
    "submission_id": "The delivery with which the record came.",
    "agency": "Short name of the agency that sent it.",
    "extract_quarter": "The quarter for which it was sent.",
    "event_month": "Month of the event, such as 2026-07.",
    "event_quarter": "Quarter of the event, such as 2026-Q3.",
    "recency": "Whether it was reported within twelve months, worked out from days that are then dropped.",
    OFFENCE_AGE: "Age band on the first day of the offence, worked out from the date of birth.",
    "is_linkable": "Whether the person may be linked across agencies: identity was sent and nobody objects.",
    **{
        name: f"Band of the wait from `{start}` to `{end}`; the days themselves are dropped."
        for waits in WAITS.values()
        for name, (start, end) in waits.items()
    },
    REVIEW_TIMING: "Whether the review came by the day on which it was due, as on the last day of the "
                   "extract's quarter; the days themselves are dropped.",
}
"""Meaning of every warehouse column that no extract has: the system's own, and those worked out on
arrival."""


def fate(column: Column) -> str:
    """What becomes of a column's values, in words: what the vault keeps, what the warehouse keeps, or
    nothing."""
    match column.kind:
        case Kind.IDENTITY:
            return "Vault: keyed tokens. Warehouse: nothing"
        case Kind.DATE:
            vault = (
                "the day, where it dates the record of a person who may be linked" if _dates_a_record(column)
                else "nothing"
            )
            return f"Vault: {vault}. Warehouse: the month, `{column.warehouse_name}`"
        case Kind.REF:
            return f"Vault: a keyed token. Warehouse: a keyed hash of it, `{column.warehouse_name}`"
        case Kind.CODES:
            made = code_columns(column)
            return f"Warehouse: {len(made)} yes/no columns, `{made[0]}` to `{made[-1]}`"
        case Kind.AGE:
            return "Nothing; folded into `age_band`"
        case Kind.FLAG if column.name == "may_link":
            return "Warehouse: the same. Where it is not yes, no identity goes to the vault"
        case Kind.CODE | Kind.FLAG | Kind.SCORE | Kind.NUMBER:
            return "Warehouse: the same"
    raise AssertionError(column.kind)


def _dates_a_record(column: Column) -> bool:
    return any(column.name == dataset.event and dataset.role for dataset in DATASETS.values())


def values_of(column: Column) -> str:
    """What may stand in a column after mapping, in words, with a link to its code list."""
    match column.kind:
        case Kind.CODE:
            return f"a code of [{column.codelist}](#{column.codelist})"
        case Kind.CODES:
            return f"several codes of [{column.codelist}](#{column.codelist})"
        case Kind.FLAG:
            return f"yes, no, {NOT_RECORDED}"
        case Kind.DATE:
            return "a day"
        case Kind.AGE | Kind.NUMBER:
            return "a whole number"
        case Kind.SCORE:
            return "1 to 5"
        case Kind.REF | Kind.IDENTITY:
            return "text" if column.name != "dob" else "a day"
    raise AssertionError(column.kind)
