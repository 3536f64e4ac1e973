"""Tables that we did not make: frames of text read as statements about counts.

Here: which column is the count, the marker, a dimension; what a figure or a symbol says (`Said`); `Table`.
Not here: how tables hang together (linking.py), intervals (intervals.py), files (the caller reads them).
Every column is handed over as text; nothing is guessed from types.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import gcd

import polars as pl

from anonymisation.audit.rows import AuditError
from anonymisation.audit.systems import CAP

TOTAL_WORDS = ("all", "total", "totals", "sum", "overall", "grand total")
COUNT_NAMES = (
    "value",
    "count",
    "n",
    "counts",
    "freq",
    "frequency",
    "number",
    "obs_value",
    "obs",
    "observation",
)
MARKER_NAMES = ("marker", "markers", "flag", "symbol", "obs_status", "suppressed", "suppression", "sdc")
MAYBE_MARKER_NAMES = ("status", "note")
"""Names of markers, and of dimensions too: a marker where it stands empty somewhere, or holds nothing but
symbols."""
WITHHELD_SYMBOLS = frozenset(
    {"", "c", "[c]", "*", "**", "s", "[s]", "suppressed", "supp", "withheld", "hidden", "confidential",
     "p", "primary",
     "secondary", "†", "‡", "#", "true", "yes", "null", "nan", "none", "..", "..."}
)  # fmt: skip
UNKNOWN_SYMBOLS = frozenset({"x", ":", "-", "–", "na", "n/a", "u", "[u]", "not available"})
ABSENT_SYMBOLS = frozenset({"[x]", "[z]", "z"})  # not part of the table: nothing is counted there
PLAIN_SYMBOLS = frozenset({"", "false", "no", "[p]", "[r]", "[b]", "[e]", "0", "a", "ok", "published"})
MIN_FIGURES_TO_GUESS_BASE = 8
LARGEST_FIGURE = CAP // 10
"""Beyond this the solver's arithmetic is no longer sure of the last digit."""

BELOW = re.compile(r"^(?:<|less than|under|fewer than|below)\s*(\d+)$")
AT_MOST = re.compile(r"^(?:<=|≤|up to)\s*(\d+)$")
RANGE = re.compile(r"^(\d+)\s*(?:-|–|—|to|\.\.)\s*(\d+)$")
AT_LEAST = re.compile(r"^(?:(\d+)\s*\+|(?:>=|≥)\s*(\d+))$")
FIGURE = re.compile(r"^(\d+|\d{1,3}(?:,\d{3})+)(?:\.0+)?$")

RATE = re.compile(r"^-?\d[\d,]*(?:\.\d+)?\s*%$|^-?\d+\.\d*[1-9]\d*$")

FIGURE_KIND, HIDDEN_KIND, RANGE_KIND, UNKNOWN_KIND, ABSENT_KIND = (
    "figure",
    "withheld",
    "range",
    "unknown",
    "absent",
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one row says of one cell."""

    kind: str
    lo: int
    up: int
    text: str
    """As published, for the report."""
    below: bool = False
    """Printed as "below n": may or may not take in zero."""
    beside: bool = False
    """A figure stands beside a marker that withholds it."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How to read tables of counts."""

    dimensions: tuple[str, ...] = ()
    count: str | None = None
    marker: str | None = None
    total: tuple[str, ...] = TOTAL_WORDS
    symbols: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    """A symbol of the publisher's and the values that it may stand for."""

    def __post_init__(self) -> None:
        for symbol, (lo, up) in self.symbols.items():
            if lo < 0 or (up is not None and up < lo):
                raise AuditError(f"symbol [{symbol}]: the range is empty")


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its dimensions and what each row says. Grain: one entry per row."""

    name: str
    file: str
    """Where it stands: one file may hold several tables (`parted`)."""
    dimensions: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], Said], ...]


def read_table(name: str, frame: pl.DataFrame, how: Reading) -> Table:
    """Read one frame of text. Raises AuditError with row numbers (header counted) and never a figure."""
    if not frame.height:
        raise AuditError(f"table [{name}]: no rows")
    columns = {c: [("" if v is None else str(v)).strip() for v in frame[c].to_list()] for c in frame.columns}
    marker = _marker_column(columns, how, name)
    count = _count_column(columns, how, marker, name)
    dimensions = how.dimensions or tuple(c for c in columns if c not in (count, marker))
    mine = tuple(d for d in dimensions if d in columns)
    if how.dimensions and not mine:
        raise AuditError(f"table [{name}]: none of the {len(how.dimensions)} named dimensions is a column")
    rates = [d for d in mine if not how.dimensions and any(RATE.match(v) for v in columns[d])]
    if rates:
        raise AuditError(
            f"table [{name}]: columns {rates} hold percentages or decimals, which are no categories; name "
            "the dimensions with --dimensions"
        )
    if not mine:
        raise AuditError(
            f"table [{name}]: no dimension column is left beside the count; name them with --dimensions"
        )
    words = {word.lower() for word in how.total}
    for d in mine:  # an empty cell is a margin, in a column that has no other word for it
        if not any(v.lower() in words for v in columns[d]):
            columns[d] = [v or TOTAL_WORDS[0] for v in columns[d]]
    rows: list[tuple[tuple[str, ...], Said]] = []
    seen: dict[tuple[str, ...], int] = {}
    for i in range(frame.height):
        cell = tuple(columns[d][i] for d in mine)
        if cell in seen:
            raise AuditError(
                f"table [{name}] rows {seen[cell]} and {i + 2}: the same cell twice; "
                "name every dimension column with --dimensions, or hand the releases over as separate files"
            )
        seen[cell] = i + 2
        said = _said(
            columns[count][i], columns[marker][i] if marker else "", how, f"table [{name}] row {i + 2}"
        )
        rows.append((cell, said))
    return Table(name=name, file=name, dimensions=mine, rows=tuple(rows))


def _marker_column(columns: Mapping[str, Sequence[str]], how: Reading, name: str) -> str | None:
    if how.marker is not None:
        if how.marker not in columns:
            raise AuditError(f"table [{name}]: there is no marker column [{how.marker}]")
        return how.marker
    found = [c for u in MARKER_NAMES for c in columns if c.lower() == u]
    found += [c for u in MAYBE_MARKER_NAMES for c in columns if c.lower() == u and _may_mark(columns[c], how)]
    return next((c for c in found if c not in how.dimensions), None)


def _may_mark(column: Sequence[str], how: Reading) -> bool:
    return "" in column or all(v.lower() in PLAIN_SYMBOLS or _symbol(v, how) is not None for v in column)


def _count_column(columns: Mapping[str, Sequence[str]], how: Reading, marker: str | None, name: str) -> str:
    """The column asked for; else one of a usual name that holds figures, or that stands beside the marker;
    else the last one of figures."""
    if how.count is not None:
        if how.count not in columns:
            raise AuditError(f"table [{name}]: there is no count column [{how.count}]")
        return how.count
    free = [c for c in columns if c != marker and c not in how.dimensions]
    names = list(columns)
    before = names[names.index(marker) - 1] if marker in names[1:] else None
    usual = [c for c in free if c.lower() in COUNT_NAMES]
    readable = [c for c in free if all(_is_said(v, how) for v in columns[c])]
    found = [c for c in readable if any(FIGURE.match(v) for v in columns[c])]
    told = _among(usual, found) or _among(usual, readable) or usual[:1]
    if before in (found or readable) and (len(told) != 1 or told[0] not in found):
        return before
    if len(told) > 1:
        raise AuditError(f"table [{name}]: columns {told} might all be the counts; name one with --count")
    if told:
        return told[0]
    if not found:
        raise AuditError(f"table [{name}]: no column of counts was found; name it with --count")
    words = list(zip(*(columns[c] for c in free if c not in found), strict=True))
    if len(found) > 1 and words and not how.dimensions and len(set(words)) == len(words):
        raise AuditError(
            f"table [{name}]: columns {found} all hold figures. Write a column per category as rows, one row "
            "per cell, or name the counts with --count"
        )
    return found[-1]


def _among(names: Sequence[str], others: Collection[str]) -> list[str]:
    return [name for name in names if name in others]


def _is_said(text: str, how: Reading) -> bool:
    return FIGURE.match(text) is not None or _symbol(text, how) is not None


def _said(text: str, marker: str, how: Reading, where: str) -> Said:
    match = FIGURE.match(text)
    if match:
        value = int(match.group(1).replace(",", ""))
        if value > LARGEST_FIGURE:
            raise AuditError(f"{where}: a count above {LARGEST_FIGURE:,} is more than can be attacked")
        symbol = (
            None if marker.lower() in PLAIN_SYMBOLS and marker not in how.symbols else _symbol(marker, how)
        )
        if symbol is not None and symbol.kind == RANGE_KIND and symbol.lo <= value <= symbol.up:
            return symbol  # a rounded zero printed with its range
        hides = symbol is not None and symbol.kind == HIDDEN_KIND
        return Said(kind=FIGURE_KIND, lo=value, up=value, text=marker if hides else text, beside=hides)
    if re.match(r"^-\s*\d", text):
        raise AuditError(f"{where}: the count is negative")
    if re.match(r"^\d*\.\d+$|^\d+\.\d*$|^\d+e[+-]?\d+$", text.lower()):
        raise AuditError(f"{where}: the count is not a whole number")
    plain = marker.lower() in PLAIN_SYMBOLS and marker not in how.symbols
    said = _symbol(text if plain or text else marker, how)
    if said is None:
        raise AuditError(f"{where}: neither a count nor a symbol that we know; explain symbols with --symbol")
    return said


def _symbol(text: str, how: Reading) -> Said | None:
    word = " ".join(text.lower().split())
    bare = word[1:-1].strip() if len(word) > 2 and word[0] + word[-1] in ("[]", "()") else word
    if text in how.symbols:
        lo, up = how.symbols[text]
        return Said(kind=HIDDEN_KIND, lo=lo, up=CAP if up is None else up, text=text)
    if word in ABSENT_SYMBOLS:
        return Said(kind=ABSENT_KIND, lo=0, up=0, text=text)
    if word in UNKNOWN_SYMBOLS:
        return Said(kind=UNKNOWN_KIND, lo=0, up=CAP, text=text)
    if word in WITHHELD_SYMBOLS:
        return Said(kind=HIDDEN_KIND, lo=0, up=CAP, text=text or "(blank)")
    for pattern, take in ((BELOW, -1), (AT_MOST, 0)):
        if (found := pattern.match(bare)) and int(found.group(1)) + take >= 0:
            return Said(kind=RANGE_KIND, lo=0, up=int(found.group(1)) + take, text=text, below=True)
    if (found := RANGE.match(bare)) and int(found.group(1)) <= int(found.group(2)):
        return Said(kind=RANGE_KIND, lo=int(found.group(1)), up=int(found.group(2)), text=text)
    if found := AT_LEAST.match(bare):
        return Said(kind=RANGE_KIND, lo=int(found.group(1) or found.group(2)), up=CAP, text=text)
    return None


def parted(table: Table, totals: Collection[str]) -> list[Table]:
    """The tables that stand under each other in one file, told apart by which dimensions a row breaks down.

    A set of dimensions that no row names together is not published (it is not read as zero); a dimension that
    holds nothing but totals breaks nothing down. Margins belong to every table that they are margins of.
    """
    words = {w.lower() for w in totals}
    split = [frozenset(i for i, v in enumerate(cell) if v.lower() not in words) for cell, _ in table.rows]
    sets = set(split)
    largest = sorted((s for s in sets if not any(s < other for other in sets)), key=sorted)
    if largest in ([frozenset(range(len(table.dimensions)))], [frozenset()]):
        return [table]
    found = []
    for kept in largest:
        at = sorted(kept)
        dimensions = tuple(table.dimensions[i] for i in at)
        rows = tuple(
            (tuple(cell[i] for i in at), said)
            for (cell, said), own in zip(table.rows, split, strict=True)
            if own <= kept
        )
        name = f"{table.name} [{'*'.join(dimensions)}]"
        found.append(Table(name=name, file=table.file, dimensions=dimensions, rows=rows))
    return found


def without_zero(tables: Sequence[Table]) -> list[Table]:
    """Where zeros are printed as such, "below 5" is no zero: what every reader concludes."""
    if not any(s.kind == FIGURE_KIND and s.lo == 0 for t in tables for _, s in t.rows):
        return list(tables)
    return [
        replace(t, rows=tuple((c, replace(s, lo=1) if s.below and s.up >= 1 else s) for c, s in t.rows))
        for t in tables
    ]


def guessed_base(tables: Sequence[Table]) -> int | None:
    """The rounding base that the figures betray: their common divisor, if it is 3 or more and different
    figures are many.
    """
    figures = {s.lo for t in tables for _, s in t.rows if s.kind == FIGURE_KIND and s.lo > 0}
    common = gcd(*figures) if figures else 0
    has_plain_zero = any(s.kind == FIGURE_KIND and s.lo == 0 for t in tables for _, s in t.rows)
    zeros = set() if has_plain_zero else {
        s.up + 1
        for t in tables
        for _, s in t.rows
        if s.kind == RANGE_KIND and s.lo == 0 and s.text.lower().startswith("0")
    }
    for base in sorted(zeros):
        if base >= 2 and common % base == 0:
            return base  # a printed rounded zero such as `0 to 4` names the base
    return common if common >= 3 and len(figures) >= MIN_FIGURES_TO_GUESS_BASE else None
