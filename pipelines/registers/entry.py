"""Entries of the register and findings about them, as values.

What belongs here: the two shapes, and how entries are written as a file. What does not: reading and checking
(``checking.py``), the vocabulary (``schemas.registers``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas.registers import COLUMNS, REGISTER_RULES
from schemas.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. Grain: one document, action, pledge, return … of one agency (or of the board)."""

    kind: str
    ref: str
    title: str
    agency: str
    owner: str
    """A role of ``register_roles.csv``, never a person."""
    aim: str
    topic: str
    serves: str
    status: str
    due: date | None
    reviewed: date
    quarter: str
    """Such as ``2026-Q3``; empty for what is not counted by the quarter."""
    indicator: str
    """Name of the indicator by which an action is measured; empty where there is none."""
    n: float | None
    of_n: float | None
    areas: str = ""
    """Codes of the areas that a service serves, a space between; empty: the whole partnership."""

    def cells(self) -> tuple[str, ...]:
        """The entry as text, in the order of ``COLUMNS``."""
        return tuple(_text(getattr(self, name)) for name in COLUMNS)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One place where a file breaks a rule. Names and places only, never a value."""

    file: str
    row: int | None
    """Row as a spreadsheet shows it; None where the whole file is meant."""
    column: str
    rule_id: str
    hint: str = ""

    @property
    def rule(self) -> Rule:
        """The rule."""
        return REGISTER_RULES[self.rule_id]

    @property
    def text(self) -> str:
        """One line for the person who keeps the register."""
        place = f"[{self.file}]"
        if self.row is not None:
            place += f", row [{self.row}]"
        if self.column:
            place += f", column [{self.column}]"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {self.rule.what}{hint} {self.rule.remedy} [{self.rule_id}]"


class RegisterError(ValueError):
    """The register cannot be used; the text says which file, which rule and what to do, never a value."""


def _text(value: str | float | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.1f}"
    return value.isoformat() if isinstance(value, date) else value


def to_csv(entries: Iterable[Entry]) -> bytes:
    """A file of entries; the same bytes for the same entries in the same order."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(entry.cells() for entry in entries)
    return out.getvalue().encode()
