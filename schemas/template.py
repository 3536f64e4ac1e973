"""The spreadsheet of tier ``counts``: its columns and the words that may stand in them, derived from dataset
and code lists.

What belongs here: which columns, which words, and which code a word stands for. What does not: the workbook
itself (``pipelines.intake.counts_template``), an agency's own words (``agencies/*.yaml``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.codelists import codelist
from schemas.columns import COLUMNS, NOT_RECORDED, Column, Kind
from schemas.datasets import DATASETS

SHEET = "Counts"
"""Sheet that is read; the others explain."""

_TITLES = {
    "count_measure": "Measure",
    "service_area": "Area",
    "sex": "Sex",
    "age_band": "Age group",
    "n": "Count",
}


@dataclass(frozen=True, kw_only=True)
class TemplateColumn:
    """One column of the template."""

    column: Column
    title: str
    """Name in the header."""
    help: str
    words: tuple[str, ...]
    """Words to choose from; empty for a number."""


def title_of(name: str) -> str:
    """The template's title of a canonical column of ``counts``.

    Raises:
        KeyError: the dataset has a column without a title: add it here.
    """
    return _TITLES[name]


def words_of(name: str) -> dict[str, str]:
    """Word → code of a code column of ``counts``; age groups are those that cover every age once."""
    column = COLUMNS[name]
    if column.kind is not Kind.CODE or column.codelist is None:
        return {}
    known = codelist(column.codelist)
    codes = known.where("is_standard", "yes") if name == "age_band" else known.codes
    return {known.labels[code]: code for code in codes}


def template_columns(areas: Sequence[str]) -> tuple[TemplateColumn, ...]:
    """The template's columns, in order; of areas only the agency's own, ``outside`` and ``not_recorded``."""
    offered = {*areas, "outside", NOT_RECORDED}
    made = []
    for column in DATASETS["counts"].columns:
        words = words_of(column.name)
        if column.name == "service_area":
            words = {word: code for word, code in words.items() if code in offered}
        made.append(
            TemplateColumn(
                column=column, title=title_of(column.name), help=column.description, words=tuple(words)
            )
        )
    return tuple(made)
