"""Typed reader of ``codes/*.csv``: every code list with its labels, source and days of validity.

What belongs here: reading and checking a list. What does not: what a particular list is good for
(``offences.py``, ``ethnicity.py``, ``areas.py``, ``population.py``), which column holds which list
(``columns.py``), how an agency spells a code (``agencies/*.yaml``).

A list is one CSV in ``codes/`` and one row in ``codes/sources.csv``, which says who publishes it, under which
licence, from when to when it holds, what it is for (``role``) and which columns name a row (``key``):

========= ==================================================================================================
role      what the file must have
========= ==================================================================================================
dimension ``code, label, short, order``, unique codes, and the code ``not_recorded``: it may stand in a cube
codes     ``code, label``, unique codes: a vocabulary that is no category of a cube
map       any columns, unique key: leads from one vocabulary to another
reference any columns, unique key: facts, such as population
========= ==================================================================================================

Empty ``valid_from`` or ``valid_to`` means without limit; both days are included.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

import polars as pl

CODES_DIR = Path(__file__).parent / "codes"
SOURCES = "sources"
NOT_RECORDED = "not_recorded"
"""Category of every dimension for what the agency did not record."""

_SOURCE_COLUMNS = (
    "list", "title", "role", "key", "publisher", "source", "licence", "valid_from", "valid_to", "retrieved",
    "note",
)
_ENTRY_COLUMNS = frozenset({"code", "label", "short", "order", "valid_from", "valid_to"})


class CodeListError(ValueError):
    """A code list could not be read, or a code is not in it. Names the file, the key and the remedy."""


class Role(StrEnum):
    """What a list is for, and so what its file must have."""

    DIMENSION = "dimension"
    CODES = "codes"
    MAP = "map"
    REFERENCE = "reference"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a list comes from: its row in ``codes/sources.csv``."""

    name: str
    title: str
    role: Role
    key: tuple[str, ...]
    """Columns whose values together name one row."""
    publisher: str
    source: str
    licence: str
    valid_from: date | None
    valid_to: date | None
    retrieved: date
    """Day on which the facts were carried over."""
    note: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One code of a list."""

    code: str
    label: str
    short: str
    """Label for a narrow place, such as an axis; the label itself where the list gives none."""
    order: int
    """Place on a page, from 1; the place in the file where the list gives none."""
    valid_from: date | None
    valid_to: date | None
    attributes: Mapping[str, str]
    """Every other column of the list, as text."""

    def is_valid_on(self, day: date) -> bool:
        """Whether the code was in use on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, kw_only=True)
class CodeList:
    """A list of unique codes (role ``dimension`` or ``codes``)."""

    name: str
    entries: tuple[Entry, ...]
    """In page order."""
    source: Source

    @property
    def valid_from(self) -> date | None:
        """First day on which the list holds, or None."""
        return self.source.valid_from

    @property
    def valid_to(self) -> date | None:
        """Last day on which the list holds, or None."""
        return self.source.valid_to

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every code, in page order."""
        return tuple(e.code for e in self.entries)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Code → label, in page order."""
        return MappingProxyType({e.code: e.label for e in self.entries})

    @cached_property
    def shorts(self) -> Mapping[str, str]:
        """Code → short label, in page order."""
        return MappingProxyType({e.code: e.short for e in self.entries})

    @cached_property
    def _by_code(self) -> Mapping[str, Entry]:
        return MappingProxyType({e.code: e for e in self.entries})

    def __contains__(self, code: object) -> bool:
        """Whether ``code`` is in the list."""
        return code in self._by_code

    def entry(self, code: str) -> Entry:
        """The entry of ``code``.

        Raises:
            CodeListError: the code is not in the list; the message does not repeat it.
        """
        self.check(code)
        return self._by_code[code]

    def check(self, code: str) -> str:
        """Return ``code`` if it is in the list.

        Raises:
            CodeListError: it is not. The message does not repeat the code, which may come from a record.
        """
        if code not in self._by_code:
            raise CodeListError(
                f"codes/{self.name}.csv: a code is not among its {len(self.entries)} codes. "
                f"Map it in the agency's file, or add it to the list with its source"
            )
        return code

    def attribute(self, column: str) -> Mapping[str, str]:
        """Code → value of ``column``, for a column that only some lists have.

        Raises:
            CodeListError: the list has no such column.
        """
        if self.entries and column not in self.entries[0].attributes:
            raise CodeListError(
                f"codes/{self.name}.csv: column [{column}] is not there. "
                f"Use one of [{', '.join(self.entries[0].attributes)}]"
            )
        return MappingProxyType({e.code: e.attributes[column] for e in self.entries})

    def where(self, column: str, value: str) -> tuple[str, ...]:
        """Codes whose ``column`` is ``value``, in page order."""
        return tuple(code for code, found in self.attribute(column).items() if found == value)

    def enum(self) -> pl.Enum:
        """The list as a polars type whose order is the page order."""
        return pl.Enum(self.codes)

    def frame(self) -> pl.DataFrame:
        """The list as a frame: one row per code, in page order; text but for ``order`` and the two dates."""
        return pl.DataFrame(
            [
                {
                    "code": e.code, "label": e.label, "short": e.short, "order": e.order,
                    "valid_from": e.valid_from, "valid_to": e.valid_to, **e.attributes,
                }
                for e in self.entries
            ],
            schema_overrides={"order": pl.Int32, "valid_from": pl.Date, "valid_to": pl.Date},
            infer_schema_length=None,
        )


@cache
def sources() -> Mapping[str, Source]:
    """Every list's source by the list's name.

    Raises:
        CodeListError: ``sources.csv`` is missing or a row of it cannot be used.
    """
    found: dict[str, Source] = {}
    for line, row in enumerate(_read(SOURCES, _SOURCE_COLUMNS), start=2):
        name = row["list"]
        where = f"codes/{SOURCES}.csv line {line}"
        if name in found:
            raise CodeListError(f"{where}: list [{name}] stands there twice. Keep one row")
        if row["role"] not in set(Role):
            roles = ", ".join(Role)
            raise CodeListError(f"{where}: role [{row['role']}] is not one of [{roles}]. Choose one")
        retrieved = _day(row["retrieved"], where, "retrieved")
        missing = [c for c in ("title", "key", "publisher", "source", "licence", "retrieved") if not row[c]]
        if missing or retrieved is None:
            raise CodeListError(f"{where}: [{', '.join(missing)}] is empty. Say where the list comes from")
        found[name] = Source(
            name=name, title=row["title"], role=Role(row["role"]), key=tuple(row["key"].split()),
            publisher=row["publisher"], source=row["source"], licence=row["licence"],
            valid_from=_day(row["valid_from"], where, "valid_from"),
            valid_to=_day(row["valid_to"], where, "valid_to"),
            retrieved=retrieved, note=row["note"],
        )
    return MappingProxyType(found)


def source_of(name: str) -> Source:
    """The source of list ``name``.

    Raises:
        CodeListError: there is no such list.
    """
    known = sources()
    if name not in known:
        raise CodeListError(
            f"code list [{name}] is not in codes/{SOURCES}.csv. Use a list that is, or add codes/{name}.csv "
            f"and its row there"
        )
    return known[name]


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of list ``name`` as text, of whatever role, in file order.

    Raises:
        CodeListError: the list is unknown, or its file is missing, ragged or holds a key twice.
    """
    source = source_of(name)
    read = tuple(MappingProxyType(row) for row in _read(name, source.key))
    seen: set[tuple[str, ...]] = set()
    for line, row in enumerate(read, start=2):
        key = tuple(row[column] for column in source.key)
        if key in seen:
            raise CodeListError(
                f"codes/{name}.csv line {line}: key [{', '.join(source.key)}] = [{', '.join(key)}] "
                f"stands there twice. Remove one row, or widen the key in codes/{SOURCES}.csv"
            )
        seen.add(key)
    return read


@cache
def codelist(name: str) -> CodeList:
    """Read the list ``name``; read once, then kept.

    Raises:
        CodeListError: the list is unknown, of role ``map`` or ``reference``, or its file breaks what its role
        asks for.
    """
    source = source_of(name)
    if source.role not in (Role.DIMENSION, Role.CODES):
        raise CodeListError(
            f"codes/{name}.csv is of role [{source.role}], not a list of codes. Read it with rows()"
        )
    read = rows(name)
    needed = {"code", "label", "short", "order"} if source.role is Role.DIMENSION else {"code", "label"}
    missing = needed - set(read[0] if read else ())
    if missing:
        raise CodeListError(f"codes/{name}.csv: column [{', '.join(sorted(missing))}] is not there. Add it")
    entries = [_entry(name, line, row) for line, row in enumerate(read, start=2)]
    entries.sort(key=lambda e: e.order)
    if source.role is Role.DIMENSION and all(e.code != NOT_RECORDED for e in entries):
        raise CodeListError(
            f"codes/{name}.csv: the code [{NOT_RECORDED}] is not there. Add it: every dimension needs it"
        )
    return CodeList(name=name, entries=tuple(entries), source=source)


def _entry(name: str, line: int, row: Mapping[str, str]) -> Entry:
    where = f"codes/{name}.csv line {line}"
    order = row.get("order") or str(line - 1)
    if not row["code"] or not row["label"]:
        raise CodeListError(f"{where}: code or label is empty. Fill both")
    if not order.isdecimal():
        raise CodeListError(f"{where}: order [{order}] is not a whole number. Number the rows from 1")
    return Entry(
        code=row["code"], label=row["label"], short=row.get("short") or row["label"], order=int(order),
        valid_from=_day(row.get("valid_from", ""), where, "valid_from"),
        valid_to=_day(row.get("valid_to", ""), where, "valid_to"),
        attributes=MappingProxyType({k: v for k, v in row.items() if k not in _ENTRY_COLUMNS}),
    )


def _read(name: str, needed: tuple[str, ...]) -> list[dict[str, str]]:
    path = CODES_DIR / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = list(csv.reader(file, strict=True))
    except FileNotFoundError:
        raise CodeListError(
            f"codes/{name}.csv is not there. Add the file, or remove its row from codes/{SOURCES}.csv"
        ) from None
    except (UnicodeDecodeError, csv.Error):
        raise CodeListError(f"codes/{name}.csv is not a UTF-8 CSV file. Save it as one") from None
    if not table:
        raise CodeListError(f"codes/{name}.csv is empty. Add its header and rows")
    header, *body = table
    absent = [column for column in needed if column not in header]
    if absent:
        raise CodeListError(f"codes/{name}.csv: column [{', '.join(absent)}] is not there. Add it")
    ragged = next((line for line, row in enumerate(body, start=2) if len(row) != len(header)), None)
    if ragged is not None:
        raise CodeListError(
            f"codes/{name}.csv line {ragged} has not {len(header)} cells as its header. "
            f"Quote cells with commas"
        )
    return [dict(zip(header, row, strict=True)) for row in body]


def _day(text: str, where: str, column: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CodeListError(f"{where}: {column} [{text}] is not a day. Write it as 2026-04-01") from None
