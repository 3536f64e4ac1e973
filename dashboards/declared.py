"""Numbers that a release declares: those of its open data, against which every other file is read.

What belongs here: which numbers a folder declares, and which numbers of a text it does not. What does not:
the other rules of the screener (``screen.py``) and the lint of a commentary (``lint.py``).

A page, a spreadsheet and a print may hold numbers of the CSV files beside them and of the sentences that are
the same in every release (``strings.<language>.yaml``, titles and definitions); any other has been computed
from something that is not released, or was typed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from dashboards.words import read_words
from schemas.measures.breakdowns import BREAKDOWNS
from schemas.measures.dimensions import DIMENSIONS
from schemas.measures.indicators import INDICATORS

NUMBER = re.compile(r"(?<![\w./:+-])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\w:]|[./-]\d)")
"""A number that stands alone: no part of a date, a version, a clause or a checksum."""
SMALLEST = 100
"""Smaller numbers are shares, tables, quarters, agencies: the small-number rule and the rounding rule read
those."""
YEARS = range(1990, 2101)
DECLARING = (".csv",)
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


@cache
def _standing() -> frozenset[str]:
    """Numbers of the sentences, titles, definitions and labels that are the same in every release."""
    texts: list[str] = list(read_words().strings.values())
    texts += [text for i in INDICATORS.values() for text in (i.title, i.definition)]
    texts += [text for b in BREAKDOWNS.values() for text in (b.title, b.definition)]
    texts += [label for d in DIMENSIONS.values() for label in d.labels.values()]
    return frozenset(n for text in texts for n in numbers(text))


def numbers(text: str) -> Iterator[str]:
    """Numbers of a text without separators of thousands, in the order in which they stand."""
    for match in NUMBER.finditer(text):
        yield match[1].replace(",", "") + (match[2] or "")


def declared(texts: Mapping[str, str], further: Iterable[str]) -> frozenset[str]:
    """Numbers that the CSV files among ``texts`` (name to content) hold, and those of ``further`` texts."""
    found: set[str] = set(_standing())
    for name, text in texts.items():
        if name.endswith(DECLARING):
            cells = {cell for row in csv.reader(io.StringIO(text)) for cell in row}
            found |= {n for cell in cells for n in _DIGITS.findall(cell.replace(",", ""))}
    found |= {n for text in further for n in numbers(text)}
    return frozenset(found)


def undeclared(text: str, known: frozenset[str]) -> int:
    """How many numbers of a text, of a hundred or more, are neither declared nor years."""
    found = (n for n in numbers(text) if n not in known)
    return sum(float(n) >= SMALLEST and not (n.isdigit() and int(n) in YEARS) for n in found)
