"""Victim-blaming words in case records: where they stand, what else may be written, and counts of what a
person made of them.

What belongs here: finding terms, telling likely false alarms, and folding a person's answers into counts.
What does not: the list (``schemas/codes/blaming_terms.csv``, each term with its source), showing and asking
(``pipelines.doors.screen``).

A list flags; only a person decides. Quotations, the person's own words and negations are marked as likely
false alarms and asked about all the same. Nothing of the text leaves this process: what is returned for
writing are counts by result and by class.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache

from pipelines.inside.own_file import OwnFile
from pipelines.registers.entry import Entry
from schemas.codelists import rows
from schemas.quarters import Quarter
from schemas.registers import kinds

CONTEXT_CHARACTERS = 70
"""Shown on either side of a term: enough to judge a sentence by, no more than that."""
NEGATION_REACH = 25
"""Characters before a term in which a negation still means it."""


class Answer(StrEnum):
    """What a person made of a flag."""

    FALSE_ALARM = "false_alarm"
    AMENDED = "amended"
    ANNOTATED = "annotated"
    TO_AMEND = "to_amend"
    UNDECIDED = "undecided"


CONFIRMED = frozenset({Answer.AMENDED, Answer.ANNOTATED, Answer.TO_AMEND})


class Likely(StrEnum):
    """Why a flag may be a false alarm; empty where nothing says so."""

    QUOTED = "stands in quotation marks"
    SAID = "looks like what somebody said"
    NEGATED = "is negated"
    NOTHING = ""


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term of the list."""

    code: str
    term_class: str
    pattern: re.Pattern[str]
    better: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Flag:
    """One place in a record. Its text is shown to a person and never written, and is not in its ``repr``."""

    row: int
    column: int
    """Place of the column, from 0."""
    term: Term
    likely: Likely
    before: str = field(repr=False)
    found: str = field(repr=False)
    after: str = field(repr=False)


@cache
def terms() -> tuple[Term, ...]:
    """The list, in its order."""
    return tuple(
        Term(code=row["term"], term_class=row["term_class"], better=row["better"], source=row["source"],
             pattern=re.compile(rf"(?<!\w)(?:{row['pattern']})(?!\w)", re.IGNORECASE))
        for row in rows("blaming_terms"))


_QUOTED = re.compile(r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|‘[^’\n]{1,400}’(?!\w)|(?<!\w)'[^\n]{1,300}?'(?!\w)")
_NEGATED = re.compile(
    r"(?:\b(?:not|never|no|nor|without|neither|nothing|rather than)\b|n[’']t\b)"
    rf"[^.;!?\n]{{0,{NEGATION_REACH}}}$",
    re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:said|says|told|states?|stated|wrote|describe[sd]|explain(?:s|ed)|feels|felt|her words|his words|"
    r"their words|quote)\b[^.;!?\n]{0,80}$", re.IGNORECASE)


def flags_of(text: str, *, row: int, column: int) -> list[Flag]:
    """Every place of one cell in which a term stands, in order; of overlapping ones the longest."""
    text = text.replace("\u00a0", " ")
    spans = sorted(((m.start(), m.end(), term) for term in terms() for m in term.pattern.finditer(text)),
                   key=lambda span: (span[0], -span[1]))
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    found: list[Flag] = []
    reached = -1
    for start, end, term in spans:
        if start < reached:
            continue
        reached = end
        before = text[:start]
        likely = (Likely.QUOTED if any(a < start and end < b for a, b in quoted)
                  else Likely.NEGATED if _NEGATED.search(before)
                  else Likely.SAID if _SAID.search(before) else Likely.NOTHING)
        found.append(Flag(row=row, column=column, term=term, likely=likely,
                          before=before[-CONTEXT_CHARACTERS:], found=text[start:end],
                          after=text[end:end + CONTEXT_CHARACTERS]))
    return found


def screen(own: OwnFile, columns: Sequence[int]) -> dict[int, list[Flag]]:
    """Row → its flags, for every row that has any text in the columns; rows without a flag are there too."""
    return {
        row: [flag for column in columns for flag in flags_of(cells[column], row=row, column=column)]
        for row, cells in own.rows if any(cells[column].strip() for column in columns)}


def result_of(answers: Iterable[Answer]) -> str:
    """What one record comes to: what is still to be done first, then what was done, then nothing."""
    given = set(answers)
    for answer in (Answer.TO_AMEND, Answer.UNDECIDED, Answer.AMENDED, Answer.ANNOTATED, Answer.FALSE_ALARM):
        if answer in given:
            return str(answer)
    return "not_flagged"


def counts(
    flagged: Mapping[int, list[Flag]], answers: Sequence[Answer], *, agency: str, quarter: Quarter,
    owner: str, today: date
) -> list[Entry]:
    """Entries of the register: records by result, and flags by class (confirmed of looked at).

    ``answers``: one for each flag, in the order of the rows. Counts and codes only.
    """
    remaining = iter(answers)
    results: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    looked_at: Counter[str] = Counter()
    for flags in flagged.values():
        given = [next(remaining) for _ in flags]
        results[result_of(given)] += 1
        for flag, answer in zip(flags, given, strict=True):
            looked_at[flag.term.term_class] += answer is not Answer.UNDECIDED
            confirmed[flag.term.term_class] += answer in CONFIRMED

    def entry(kind: str, letters: str, topic: str, number: int, n: int, of_n: int | None) -> Entry:
        return Entry(
            kind=kind, ref=f"{letters}-{agency}-{quarter}-{number}", title="", agency=agency, owner=owner,
            aim="", topic=topic, serves="", status="returned", due=None, reviewed=today,
            quarter=str(quarter), indicator="", n=float(n), of_n=None if of_n is None else float(of_n))

    return [
        *(entry("language_screens", "LSC", topic, number, results[topic], None)
          for number, topic in enumerate(kinds()["language_screens"].topics, start=1)),
        *(entry("language_flags", "LFL", topic, number, confirmed[topic], looked_at[topic])
          for number, topic in enumerate(kinds()["language_flags"].topics, start=1))]
