"""The header against the agreement: which columns stand in a file, and whether it may be read at all.

What belongs here: names of columns, and the look of whole columns (free text, identifiers in the wrong
place). What does not: single cells (``parsing.py``), the file's format (``csv_file.py``, ``workbook.py``,
``parquet_file.py``).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from anonymisation import normalise
from pipelines.intake.raw_table import RawTable
from pipelines.intake.refusal import FileRefused, Trip
from schemas.agencies import Agency, FileSpec, Tier
from schemas.columns import COLUMNS, Kind

OWN_SHARE = 0.5
"""Below this share of agreed names in the header, the file is looked for among other agencies' agreements."""

OTHER_SHARE = 0.8
"""Share of names that another agency's agreement must hold before the file is called theirs."""

PROSE_WORDS = 6
PROSE_LETTERS = 30
"""A code, even written out as an offence's title, is repeated; a sentence of this size that is not, is
somebody's words."""

PROSE_DISTINCT = 3
PROSE_SHARE = 0.2
"""Distinct sentences, and their share of the filled cells, from which a column of codes is free text."""

PERSONAL_SHARE = 0.05
"""Share of cells that look like a number, postcode or address of a person, from which a column is refused."""

REFERENCE_SHARE = 0.5
"""The same for a column of references: one ten-digit number in eleven passes the NHS check by chance, and
short references may look like postcodes."""

SUGGEST_CUTOFF = 0.75
"""Likeness (difflib) from which an agreed name is suggested for a missing one."""

_IDENTITY_NAME = re.compile(
    r"(fore|sur|first|last|full|middle|maiden|given|family)[ _-]?name|^names?$"
    r"|\bdob\b|(date|day)[ _-]*of[ _-]*birth|birth[ _-]?date"
    r"|nhs|\bpnc\b|\bni(no)?\b|national[ _-]*insurance|post[ _-]?code|address|e-?mail|phone|mobile|passport",
    re.IGNORECASE,
)
_POSTCODE = r"(?i)\b[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}\b"
_TEN_DIGITS = r"^\s*(?:\d[\s\-]*){10}(?:\.0)?$"
_EMAIL = r"[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}"


def folded(name: str) -> str:
    """A column name as it is compared: case and runs of spaces do not count."""
    return " ".join(name.split()).casefold()


def positions(table: RawTable) -> dict[str, int]:
    """Folded column name → its place in the file, from 0."""
    return {folded(name): i for i, name in enumerate(table.header) if name}


def check_header(table: RawTable, agency: Agency, kind: str, others: Iterable[Agency]) -> None:
    """Refuse a header that the agreement does not cover, with every reason at once.

    Raises:
        FileRefused: a name stands twice, is missing or is not agreed; or the file is another agency's.
    """
    spec = agency.files[kind]
    names = [folded(name) for name in table.header]
    permitted = {folded(name) for name in spec.permitted}
    _check_owner({name for name in names if name}, permitted, agency, others)
    trips: list[Trip] = []
    for i, name in enumerate(names):
        if not name:
            if table.column(i).null_count() < table.cells.height:
                trips.append(Trip(rule_id="column_unknown", position=i, hint="the column has no name"))
        elif name in names[:i]:
            agreed = table.header[i] if name in permitted else None
            trips.append(Trip(rule_id="column_duplicated", position=i, column=agreed))
        elif name not in permitted:
            trips.append(Trip(rule_id=_unknown_rule(table.header[i], agency), position=i))
    dropped = {folded(name) for name in spec.dropped}
    absent = [name for name in sorted(spec.permitted) if folded(name) not in {*names, *dropped}]
    for name in absent:
        near = [
            t
            for t in trips
            if t.rule_id == "column_unknown"
            and t.position is not None
            and difflib.SequenceMatcher(None, folded(name), names[t.position]).ratio() >= SUGGEST_CUTOFF
        ]
        where = f"; column [{letters(near[0].position or 0)}] has a name like it" if near else ""
        trips.append(Trip(rule_id="column_missing", hint=f"[{name}]{where}"))
    if trips:
        raise FileRefused(*trips)


def _unknown_rule(name: str, agency: Agency) -> str:
    is_identity = agency.tier is not Tier.IDENTIFIED and _IDENTITY_NAME.search(name)
    return "identity_not_agreed" if is_identity else "column_unknown"


def _check_owner(names: set[str], permitted: set[str], agency: Agency, others: Iterable[Agency]) -> None:
    if not names or len(names & permitted) >= OWN_SHARE * len(names):
        return
    for other in others:
        if other.agency == agency.agency:
            continue
        for spec in other.files.values():
            theirs = {folded(name) for name in spec.permitted}
            if len(names & theirs) >= max(OTHER_SHARE * len(names), 2):
                raise FileRefused.because(
                    "file_wrong_agency", hint=f"it looks like a file of [{other.agency}]"
                )


def check_contents(table: RawTable, spec: FileSpec, code_maps: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse a column that is agreed as a code or number and holds sentences or identifiers of people.

    Raises:
        FileRefused: ``column_free_text``, for every such column.
    """
    where = positions(table)
    trips = []
    suspicious = _suspicious(table)
    for position, plain in sorted(_plain_columns(spec, where, code_maps).items()):
        if position in suspicious and _is_free_text(table.column(position), plain):
            trips.append(Trip(rule_id="column_free_text", position=position, column=table.header[position]))
    if trips:
        raise FileRefused(*trips)


@dataclass(frozen=True, kw_only=True)
class _Plain:
    """What a column of codes, flags, ages, scores, numbers or references may hold."""

    known: frozenset[str]
    """Cells that its code maps know."""
    is_reference: bool


def _plain_columns(
    spec: FileSpec, where: Mapping[str, int], code_maps: Mapping[str, Mapping[str, str]]
) -> dict[int, _Plain]:
    """Place → what may stand there, for every column that is read neither as identity nor as a date."""
    plain: dict[int, set[str]] = {}
    identity: set[int] = set()
    references: set[int] = set()
    for feed in spec.feeds.values():
        for name, field in feed.fields.items():
            for source in field.sources:
                position = where[folded(source)]
                if COLUMNS[name].kind in (Kind.IDENTITY, Kind.DATE):
                    identity.add(position)
                else:
                    known = code_maps[field.codes] if field.codes else {}
                    plain.setdefault(position, set()).update(folded(code) for code in known)
                    references |= {position} if COLUMNS[name].kind is Kind.REF else set()
    return {
        position: _Plain(known=frozenset(known), is_reference=position in references)
        for position, known in plain.items()
        if position not in identity
    }


def _suspicious(table: RawTable) -> set[int]:
    """Places of the columns in which any cell has ten digits, an address or the length of prose: most have
    none, and one look at the whole table spares them the closer one."""
    text = pl.col(pl.String)
    seen = table.cells.select(
        (
            text.str.contains(_TEN_DIGITS)
            | text.str.contains(_EMAIL)
            | text.str.contains(_POSTCODE)
            | (text.str.len_chars() >= PROSE_LETTERS)
        ).any()
    )
    return {int(name.removeprefix("c")) for name in seen.columns if seen[name].item() is True}


def _is_free_text(cells: pl.Series, plain: _Plain) -> bool:
    filled = cells.drop_nulls()
    if filled.is_empty():
        return False
    counted = filled.value_counts(name="n")
    counted.columns = ["text", "n"]
    text = pl.col("text")
    counted = counted.filter(~text.str.to_lowercase().str.replace_all(r"\s+", " ").is_in(list(plain.known)))
    digits = counted.filter(text.str.contains(_TEN_DIGITS))
    numbers = (
        digits.filter(normalise.nhs_number(digits.get_column("text")).is_not_null())
        if digits.height
        else digits
    )
    places = counted.filter(text.str.contains(_EMAIL) | text.str.contains(_POSTCODE))
    n_personal = int(numbers["n"].sum()) + int(places["n"].sum())
    prose = counted.filter(
        (text.str.count_matches(r"\S+") >= PROSE_WORDS) & (text.str.len_chars() >= PROSE_LETTERS)
    )
    share = REFERENCE_SHARE if plain.is_reference else PERSONAL_SHARE
    is_prose = prose.height >= PROSE_DISTINCT and prose.height >= PROSE_SHARE * filled.len()
    return is_prose or n_personal >= max(1.0, share * filled.len())


def letters(position: int) -> str:
    """Place of a column, from 0, as a spreadsheet names it: 0 → ``A``, 26 → ``AA``."""
    name = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
