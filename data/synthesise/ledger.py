"""Rows as an agency would send them, each with the records it should become: the tie between extract and
truth.

What belongs here: the row, the extract, and how a code is spelt. What does not: bytes (``files.py``),
faults (``dirt.py``), the truth's files (``truth.py``).
"""

from __future__ import annotations

import random
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from data.synthesise import rates, recording
from data.synthesise.people import age_on
from schemas.agencies import Agency
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.quarters import Quarter

Cell = str | int | date
Record = dict[str, object]
FIRST = "first"
RESENT = "resend-1"


@dataclass(kw_only=True, eq=False)
class Row:
    """One row of one file."""

    cells: dict[str, Cell]
    """The agency's column → what stands in it."""
    records: dict[str, Record]
    """Dataset → the canonical values that the row should become."""
    order: tuple[object, ...]
    """Place in the file."""
    parent: str | None = None
    """Reference of the incident to which the row belongs."""
    dirt: list[tuple[str, str]] = field(default_factory=list)
    """(the agency's column, rule that it trips)."""
    out: dict[str, list[str]] = field(default_factory=dict)
    """Dataset → rules for which its record is left out."""
    split_at: str | None = None
    """Column whose comma stands unquoted, so that the row has a cell too many."""
    is_copy: bool = False
    """Repeats another row: becomes no record of its own."""
    is_canary: bool = False
    has_fault: bool = False
    """Was given a fault by ``dirt.py``; is given no second one."""

    def trip(self, column: str, rule_id: str, *leaves_out: str) -> None:
        """Note that the row trips a rule, and which of its records are left out for it."""
        self.dirt.append((column, rule_id))
        for dataset in leaves_out:
            if dataset in self.records:
                self.out.setdefault(dataset, []).append(rule_id)


@dataclass(kw_only=True, eq=False)
class Extract:
    """What one agency sends for one quarter."""

    agency: str
    quarter: Quarter
    files: dict[str, list[Row]]
    """File kind → rows in order."""
    delivery: str = FIRST


class Speller:
    """Writes our codes as one agency does: the code maps of its file, read backwards."""

    def __init__(self, agency: Agency, rng: random.Random) -> None:
        """Read the maps backwards."""
        self._rng = rng
        self._spellings: dict[str, dict[str, list[str]]] = {}
        self._nothing: dict[str, list[str]] = {}
        for name, entries in agency.code_maps.items():
            known = {text.casefold() for text in entries}
            self._nothing[name] = [text for text in recording.NOTHING_SPELT if text.casefold() not in known]
            backwards = self._spellings.setdefault(name, {})
            for text, code in entries.items():
                backwards.setdefault(code, []).append(text)

    def drawing(self, rng: random.Random) -> Speller:
        """The same maps, drawing spellings from ``rng``."""
        other = copy(self)
        other._rng = rng
        return other

    def knows(self, code_map: str, code: str) -> bool:
        """Whether the agency can write the code."""
        return code in self._spellings[code_map]

    def write(self, code_map: str, code: str) -> str:
        """The code as the agency writes it, now and then in another spelling; nothing where it is not
        recorded."""
        if code == NOT_RECORDED:
            return self._rng.choice(self._nothing[code_map])
        found = self._spellings[code_map][code]
        if len(found) > 1 and self._rng.random() < recording.CODE_SPELT_OTHERWISE:
            return self._rng.choice(found[1:])
        return found[0]

    def flag(self, value: str) -> str:
        """A yes/no cell."""
        return self.write("yes_no", value)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Cells of one row, and the values that they should become."""

    cells: dict[str, Cell]
    record: Record


def drawn_for(agency: str, ref: str) -> random.Random:
    """A random stream of one record alone: it draws the same in every version of the record, and whatever
    else is drawn moves nothing in it."""
    return random.Random(f"{rates.SEED}: facts: {agency} {ref}")


def band(*, born: date | None, age: int | None, on: date) -> str:
    """Standard age band at ``on``: from the date of birth where one is recorded, else from the age."""
    years = age_on(born, on) if born is not None else age
    if years is None:
        return NOT_RECORDED
    return next(code for code, lower in _standard_bands() if years >= lower)


@cache
def _standard_bands() -> tuple[tuple[str, int], ...]:
    """(band, youngest age), the oldest first."""
    bands = codelist("age_bands")
    lower = bands.attribute("lower_years")
    return tuple((b, int(lower[b])) for b in reversed(bands.where("is_standard", "yes")) if lower[b])


__all__ = [
    "FIRST",
    "NOT_RECORDED",
    "RESENT",
    "UNMAPPED",
    "Cell",
    "Extract",
    "Facts",
    "Record",
    "Row",
    "Speller",
    "band",
    "drawn_for",
]
