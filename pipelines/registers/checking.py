"""Bytes of one file of entries → entries, or findings that say why not.

What belongs here: reading a CSV of the register and every check of one file. What does not: the vocabulary
and the words of a rule (``schemas.registers``), the screen of titles (``title.py``), checks across files and
what is kept (``keeping.py``).

Any finding refuses the file: entries are few, and half a register is worse than the last whole one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.registers.entry import Entry, Finding
from pipelines.registers.title import TitleScreen
from schemas.codelists import codelist
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import INDICATORS
from schemas.measures.questions import Aim
from schemas.quarters import Quarter
from schemas.registers import BOARD, COLUMNS, COUNT_LIMIT, REF_PATTERN, REQUIRED, Kind, kinds

MAX_BYTES = 5_000_000
"""A register of ten thousand entries is under 2 MB; a larger file is an extract in the wrong folder."""
OPTIONAL_OF_ALL = frozenset({"title", "aim", "indicator", "due"})
"""Columns that any kind may fill."""
_COUNT = re.compile(r"\d{1,7}")
_POSTS = re.compile(r"\d{1,7}(?:\.\d)?")
_WITH_DECIMAL = frozenset({"directory", "posts"})
"""Kinds that count posts, which can be a part of one."""


@dataclass(frozen=True, kw_only=True)
class Checker:
    """Everything that a file is held against."""

    agencies: Collection[str]
    titles: TitleScreen
    today: date

    def check(self, name: str, data: bytes) -> tuple[list[Entry], list[Finding]]:
        """Entries of one file in its order, or none and what is wrong with it."""
        table, findings = _read(name, data)
        if findings:
            return [], findings
        entries: list[Entry] = []
        for row, cells in table:
            broken = list(self._broken(cells))
            findings += [Finding(file=name, row=row, column=column, rule_id=rule, hint=hint)
                         for column, rule, hint in broken]
            if not broken:
                entries.append(_entry(cells))
        findings += _repeated(name, [(row, cells) for row, cells in table])
        return ([], sorted(findings, key=lambda f: (f.row or 0, f.column))) if findings else (entries, [])

    def _broken(self, cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """(column, rule, hint) of everything that is wrong with one row."""
        for column in REQUIRED:
            if not cells[column]:
                yield column, "register_cell_missing", ""
        if cells["kind"] and cells["kind"] not in kinds():
            yield "kind", "register_kind_unknown", ""
        if cells["agency"] and cells["agency"] not in (*self.agencies, BOARD):
            yield "agency", "register_agency_unknown", ""
        if cells["owner"] and cells["owner"] not in codelist("register_roles"):
            yield "owner", "register_owner_unknown", ""
        if cells["ref"] and not re.fullmatch(REF_PATTERN, cells["ref"]):
            yield "ref", "register_ref_form", ""
        if cells["title"] and (rule := self.titles.broken(cells["title"])):
            yield "title", rule, ""
        if cells["aim"] and cells["aim"] not in set(Aim):
            yield "aim", "register_code_unknown", ", ".join(Aim)
        if cells["indicator"] and cells["indicator"] not in {*INDICATORS, *CUBES}:
            yield "indicator", "register_code_unknown", "a name of the dictionary's indicators"
        yield from self._broken_days(cells)
        if cells["kind"] in kinds():
            yield from _broken_of_kind(cells, kinds()[cells["kind"]])

    def _broken_days(self, cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        for column in ("due", "reviewed"):
            if cells[column] and _day(cells[column]) is None:
                yield column, "register_date", ""
        reviewed = _day(cells["reviewed"])
        if reviewed is not None and reviewed > self.today:
            yield "reviewed", "register_date_future", ""
        if cells["quarter"]:
            quarter = _quarter(cells["quarter"])
            if quarter is None or quarter.last_day >= self.today:
                yield "quarter", "register_quarter", ""


def _broken_of_kind(cells: Mapping[str, str], kind: Kind) -> Iterator[tuple[str, str, str]]:
    """What the kind asks for, and what it has no room for."""
    for column in COLUMNS:
        if column in kind.needs and not cells[column]:
            yield column, "register_cell_missing", ""
    counts_of = {"n": kind.has_counts, "of_n": kind.has_base}
    optional = OPTIONAL_OF_ALL | kind.may | {column for column, is_open in counts_of.items() if is_open}
    for column in COLUMNS:
        if cells[column] and column not in {*REQUIRED, *kind.needs, *optional}:
            yield column, "register_cell_not_of_kind", ""
    if kind.is_protected and cells["agency"] == BOARD:
        yield "agency", "register_agency_unknown", "a count of people is some agency's"
    if cells["topic"] and cells["topic"] not in kind.topics:
        yield "topic", "register_code_unknown", ", ".join(kind.topics)
    if cells["status"] and cells["status"] not in kind.statuses:
        yield "status", "register_code_unknown", ", ".join(kind.statuses)
    if cells["serves"] and cells["serves"] not in codelist("register_serves"):
        yield "serves", "register_code_unknown", ", ".join(codelist("register_serves").codes)
    if set(cells["areas"].split()) - set(codelist("areas").codes):
        yield "areas", "register_code_unknown", "codes of areas.csv, a space between"
    counts = {column: _number(cells[column], kind) for column in ("n", "of_n") if cells[column]}
    for column, value in counts.items():
        if value is None:
            yield column, "register_count", ""
    n, of_n = counts.get("n"), counts.get("of_n")
    if n is not None and of_n is not None and n > of_n:
        yield "n", "register_count_over", ""


def _read(name: str, data: bytes) -> tuple[list[tuple[int, dict[str, str]]], list[Finding]]:
    """(row, column → cell) of every line that holds anything; or what is wrong with the whole file."""
    def of_file(rule: str, row: int | None = None, column: str = "") -> list[Finding]:
        return [Finding(file=name, row=row, column=column, rule_id=rule)]

    if len(data) > MAX_BYTES:
        return [], of_file("register_too_large")
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return [], of_file("register_unreadable")
    if not lines or not any(cell.strip() for line in lines[1:] for cell in line):
        return [], of_file("register_empty")
    header = [cell.strip() for cell in lines[0]]
    found = [*(("register_column_unknown", place) for place, column in enumerate(header, start=1)
               if column not in COLUMNS),
             *(("register_column_repeated", place) for place, column in enumerate(header, start=1)
               if column in COLUMNS and column in header[: place - 1])]
    # a strange header may hold a value: its place is said, not its text
    wrong = [f for rule, place in found for f in of_file(rule, 1, str(place))]
    wrong += [f for column in REQUIRED if column not in header
              for f in of_file("register_column_missing", 1, column)]
    table = []
    for row, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(header):
            wrong += of_file("register_row_ragged", row)
            continue
        table.append((row, dict.fromkeys(COLUMNS, "") | {
            column: cell.strip() for column, cell in zip(header, line, strict=True)}))
    return table, wrong


def _repeated(name: str, table: list[tuple[int, dict[str, str]]]) -> list[Finding]:
    """References that stand twice, and counts of the same thing that do."""
    found, refs, counted = [], set(), set()
    for row, cells in table:
        if cells["ref"] and cells["ref"] in refs:
            found.append(Finding(file=name, row=row, column="ref", rule_id="register_ref_repeated"))
        refs.add(cells["ref"])
        kind = kinds().get(cells["kind"])
        key = count_key(cells["kind"], cells["topic"], cells["agency"], cells["quarter"])
        if kind is not None and kind.is_protected:
            if key in counted:
                found.append(Finding(file=name, row=row, column="n", rule_id="register_count_repeated"))
            counted.add(key)
    return found


def count_key(kind: str, topic: str, agency: str, quarter: str) -> tuple[str, str, str, str]:
    """What a protected count is of; no two entries may count the same."""
    return kind, topic, agency, quarter


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _quarter(text: str) -> Quarter | None:
    try:
        return Quarter.parse(text)
    except ValueError:
        return None


def _number(text: str, kind: Kind) -> float | None:
    pattern = _POSTS if kind.name in _WITH_DECIMAL else _COUNT
    return float(text) if pattern.fullmatch(text) and float(text) <= COUNT_LIMIT else None


def _entry(cells: Mapping[str, str]) -> Entry:
    kind = kinds()[cells["kind"]]
    reviewed = _day(cells["reviewed"])
    assert reviewed is not None
    return Entry(
        **{name: cells[name] for name in ("kind", "ref", "title", "agency", "owner", "aim", "topic", "serves",
                                          "status", "quarter", "indicator", "areas")},
        due=_day(cells["due"]), reviewed=reviewed, n=_number(cells["n"], kind),
        of_n=_number(cells["of_n"], kind))
