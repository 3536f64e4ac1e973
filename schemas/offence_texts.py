"""Recognises a Home Office offence in what an agency wrote: a code, a category, a reviewed wording, or a
named ruin.

What belongs here: spellings, and the problems they have. What does not: what the offence is
(``offences.py``).

Recognised: ``019/08``, ``19/8``, ``01908``, ``1908``, ``19C``, ``19c - Rape of …``, ``19C 019/08``, the exact
name of a category, and the reviewed wordings of ``offence_wordings.csv``. A spreadsheet turns 19/08 into
``19-Aug``; that is named (``spreadsheet_date``) and never turned back, since 19-Aug may also have been 19/8
of another list, or a date. Whatever else is not known is ``unmapped``. Nothing here keeps or repeats the text
it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import polars as pl

from schemas.codelists import NOT_RECORDED, codelist, rows
from schemas.offences import categories_of, is_category, is_code, is_in_reach, is_pair

MAX_TEXT_LENGTH = 300
"""Longer than the longest title of the notifiable offence list (about 200): prose, not an offence."""

EXCEL_SERIALS = range(36526, 54789)
"""Day numbers of 2000-01-01 to 2049-12-31 in a spreadsheet's 1900 date system."""


class Problem(StrEnum):
    """Why a text gave no usable offence."""

    NOT_RECORDED = "not_recorded"
    """Empty, or a spelling of nothing."""
    SPREADSHEET_DATE = "spreadsheet_date"
    """A date: what a spreadsheet makes of a code such as 19/08."""
    AMBIGUOUS = "ambiguous"
    """Digits that are a category and also a code."""
    CONFLICT = "conflict"
    """A category and a code that do not belong together."""
    COURT_CODE = "court_code"
    """A court (CJS) offence code, from which no way leads to a Home Office code."""
    OUT_OF_REACH = "out_of_reach"
    """A notifiable offence outside what the standards' definition reaches."""
    UNMAPPED = "unmapped"
    """Anything else."""


REMEDIES: Mapping[Problem, str] = {
    Problem.NOT_RECORDED: "Send the Home Office code or category.",
    Problem.SPREADSHEET_DATE:
        "A spreadsheet changed a code into a date. Format the column as text and export again.",
    Problem.AMBIGUOUS: "Send the code with its slash and leading noughts, such as 008/02.",
    Problem.CONFLICT: "Check which of category and code is right.",
    Problem.COURT_CODE: "Send the Home Office code, not the court code.",
    Problem.OUT_OF_REACH: "Leave the row out of the extract, or check the code.",
    Problem.UNMAPPED: "Send the Home Office code or category, or have the wording reviewed and added.",
}
"""What the sender can do, in words for a receipt."""


@dataclass(frozen=True, kw_only=True)
class OffenceMatch:
    """What was recognised. Holds list codes only, never the text."""

    code: str | None = None
    """Home Office code ``nnn/nn``, or None where the text did not tell."""
    category: str | None = None
    """Home Office category, or None where the text did not tell and the code stands in several."""
    problem: Problem | None = None

    @property
    def is_usable(self) -> bool:
        """Whether an offence within reach was recognised."""
        return self.problem is None


_MONTH = (
    r"(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?"
    r"|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)"
)
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATE = re.compile(
    rf"\d{{1,2}}[\s\-/.]*{_MONTH}(?:[\s\-/.,]*\d{{2,4}})?{_TIME}"
    rf"|{_MONTH}[\s\-/.]*\d{{1,4}}(?:[\s\-/.,]+\d{{2,4}})?{_TIME}"
    rf"|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}{_TIME}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}{_TIME}",
    re.ASCII,
)
_CATEGORY = r"\d{1,3}[A-Z]"
_SLASHED = r"\d{1,3} ?/ ?\d{1,2}"
_END = r"(?=$|[\s\-:,;().])"
_TOKEN = rf"{_CATEGORY}|{_SLASHED}"
_LEAD = re.compile(rf"(?P<first>{_TOKEN}){_END}(?:[\s\-:,;(]+(?P<second>{_TOKEN}){_END})?", re.ASCII)
_DIGITS = re.compile(r"(\d{1,5})(?:\.0)?", re.ASCII)
_NUMBERED_NAME = re.compile(r"(\d{1,3})[\s\-:.]+(\D.*)", re.ASCII)
_COURT = re.compile(r"[A-Z]{2}\d{5}[A-Z]?", re.ASCII)
_STATUTE = re.compile(r"[\s\-(]*\b(?:sexual offences act|soa\b|sec(?:tion)?\b\.? ?\d|s\.? ?\d+ soa\b).*$")


def parse_offence(text: str | None) -> OffenceMatch:
    """Recognise one text; never raises, never guesses."""
    plain = _plain(text or "")
    if _is_missing(plain):
        return OffenceMatch(problem=Problem.NOT_RECORDED)
    if len(plain) > MAX_TEXT_LENGTH:
        return OffenceMatch(problem=Problem.UNMAPPED)
    if _DATE.fullmatch(plain):
        return OffenceMatch(problem=Problem.SPREADSHEET_DATE)
    if (digits := _DIGITS.fullmatch(plain)) is not None:
        return _from_digits(digits[1])
    if (lead := _LEAD.match(plain)) is not None:
        return _from_tokens(*(token for token in lead.group("first", "second") if token is not None))
    if (numbered := _NUMBERED_NAME.fullmatch(plain)) is not None:
        return _from_numbered_name(numbered[1], numbered[2])
    if _COURT.fullmatch(plain):
        is_known = plain in codelist("cjs_offences")
        return OffenceMatch(problem=Problem.COURT_CODE if is_known else Problem.UNMAPPED)
    return _from_wording(plain)


def parse_offences(texts: Iterable[str | None]) -> dict[str | None, OffenceMatch]:
    """Recognise every distinct text once: text as given → match."""
    return {text: parse_offence(text) for text in dict.fromkeys(texts)}


def parse_column(texts: pl.Series) -> pl.DataFrame:
    """Recognise a text column, each distinct text once.

    Returns:
        One row per row of ``texts``, in order: ``offence_category``, ``offence_code`` (``not_recorded`` where
        not told) and ``problem`` (null where there is none). The texts are not in it.
    """
    distinct = texts.unique(maintain_order=True)
    matches = [parse_offence(text) for text in distinct]
    table = pl.DataFrame(
        {
            "text": distinct,
            "offence_category": [m.category or NOT_RECORDED for m in matches],
            "offence_code": [m.code or NOT_RECORDED for m in matches],
            "problem": [None if m.problem is None else str(m.problem) for m in matches],
        },
        schema=dict.fromkeys(("text", "offence_category", "offence_code", "problem"), pl.String),
    )
    wanted = pl.DataFrame({"text": texts.cast(pl.String)})
    return wanted.join(table, on="text", how="left", nulls_equal=True, maintain_order="left").drop("text")


def combine(category: OffenceMatch, code: OffenceMatch) -> OffenceMatch:
    """Put together what a category column and a code column of the same row gave.

    One that is not recorded adds nothing. Two that name different categories or codes, or a pair that is not
    in the notifiable list, are a conflict. Otherwise a problem of either stays visible unless the other tells
    all it could.
    """
    if code.problem is Problem.NOT_RECORDED:
        return category
    if category.problem is Problem.NOT_RECORDED:
        return code
    if category.problem is not None or code.problem is not None:
        usable = code if category.problem is not None else category
        if usable.problem is None and usable.code is not None:
            return usable
        return code if code.problem is not None else category
    return _checked(
        {c for c in (category.category, code.category) if c is not None},
        {n for n in (category.code, code.code) if n is not None},
    )


def _from_tokens(*tokens: str) -> OffenceMatch:
    categories, codes = set(), set()
    for token in tokens:
        if "/" in token:
            head, tail = token.replace(" ", "").split("/")
            codes.add(_padded(head, tail))
        else:
            categories.add(token.lstrip("0"))
    if any(not is_category(c) for c in categories) or any(not is_code(n) for n in codes):
        return OffenceMatch(problem=Problem.UNMAPPED)
    return _checked(categories, codes)


def _from_digits(digits: str) -> OffenceMatch:
    """Digits alone: a category such as 21 or 106, or a code whose slash was lost, such as 1908."""
    category = digits.lstrip("0")
    code = _padded(digits[:-2], digits[-2:]) if len(digits) > 2 else ""
    if is_category(category) and is_code(code):
        return OffenceMatch(problem=Problem.AMBIGUOUS)
    if is_category(category):
        return _checked({category}, set())
    if is_code(code):
        return _checked(set(), {code})
    is_day_number = int(digits) in EXCEL_SERIALS
    return OffenceMatch(problem=Problem.SPREADSHEET_DATE if is_day_number else Problem.UNMAPPED)


def _from_numbered_name(number: str, name: str) -> OffenceMatch:
    """A number and a name, such as ``70 Sexual activity …``: taken only if the name starts as the category's
    does."""
    category = number.lstrip("0")
    if not is_category(category):
        return OffenceMatch(problem=Problem.UNMAPPED)
    own, given = _wording(codelist("offence_categories").labels[category]), _wording(name)
    if not given or given.split()[0] != own.split()[0]:
        return OffenceMatch(problem=Problem.UNMAPPED)
    return _checked({category}, set())


def _from_wording(text: str) -> OffenceMatch:
    wording = _wording(text)
    if wording in _reviewed():
        category, code = _reviewed()[wording]
        return _checked({category} if category else set(), {code} if code else set())
    if wording in _category_names():
        return _checked({_category_names()[wording]}, set())
    return OffenceMatch(problem=Problem.UNMAPPED)


def _checked(categories: set[str], codes: set[str]) -> OffenceMatch:
    """A match of known categories and codes, with the category that follows from the code."""
    if len(categories) > 1 or len(codes) > 1:
        return OffenceMatch(problem=Problem.CONFLICT)
    category, code = next(iter(categories), None), next(iter(codes), None)
    if category is not None and code is not None and not is_pair(category, code):
        return OffenceMatch(problem=Problem.CONFLICT)
    if category is None and code is not None and len(categories_of(code)) == 1:
        category = categories_of(code)[0]
    problem = None if is_in_reach(category, code) else Problem.OUT_OF_REACH
    return OffenceMatch(code=code, category=category, problem=problem)


def _padded(head: str, tail: str) -> str:
    return f"{int(head):03d}/{int(tail):02d}"


def _plain(text: str) -> str:
    """Upper case, plain hyphens and single blanks, without the apostrophe that marks text in a
    spreadsheet."""
    dashes = re.sub(r"[\u2010-\u2015\u2212]", "-", text.strip().removeprefix("'"))
    return re.sub(r"\s+", " ", dashes).strip().upper()


def _wording(text: str) -> str:
    """Lower case words only, without a closing reference to the Act."""
    return re.sub(r"[^a-z0-9]+", " ", _STATUTE.sub("", text.lower())).strip()


@cache
def _missing() -> frozenset[str]:
    safe = codelist("missing_values").attribute("is_safe_default")
    return frozenset(code.upper() for code, is_safe in safe.items() if is_safe == "yes")


def _is_missing(plain: str) -> bool:
    return not plain or plain in _missing()


@cache
def _reviewed() -> dict[str, tuple[str, str]]:
    return {row["wording"]: (row["category"], row["code"]) for row in rows("offence_wordings")}


@cache
def _category_names() -> dict[str, str]:
    """Name → category, for names that only one category bears."""
    found: dict[str, list[str]] = {}
    for code, label in codelist("offence_categories").labels.items():
        found.setdefault(_wording(label), []).append(code)
    return {name: codes[0] for name, codes in found.items() if len(codes) == 1 and codes[0] != NOT_RECORDED}
