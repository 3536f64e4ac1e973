"""The screen of the one text that an entry may hold: a short title.

What belongs here: what a title may not hold, by which rule. What does not: every other column, which holds
codes, days and counts.

A screen of names cannot be complete. So capitals are an allow-list (agencies, places and terms of the
partnership), honorifics and common forenames are refused in any case, and every run of digits that could be
a reference is refused; a surname alone, in small letters or as the first word, is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from anonymisation.nicknames import canonical_names
from dashboards.lint import blaming
from schemas.codelists import codelist
from schemas.registers import TITLE_LENGTH

_PERMITTED = re.compile(r"[A-Za-z0-9 ,.()/&'’\-]*")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_HONORIFIC = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|sir|lady|pc|dc|ds|di|dci|sgt)\b\.?\s+[a-z]", re.IGNORECASE)
_FORENAMES = frozenset(name.casefold() for pair in canonical_names().items() for name in pair)
_IDENTIFIERS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    r"\d{5,}",  # a telephone, NHS or crime number
    r"\d[\d ]{8,}\d",  # the same in groups
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b",  # postcode
    r"\b(?!20\d\d/\d\d\b|24/7\b)\d{1,4}/\d{1,7}[A-Z]?(?:/\d{2,4})?\b",  # PNC number, crime number, day
    r"\b\d{1,2}[.-]\d{1,2}[.-]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b",  # day
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b",
    r"\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",  # National Insurance number
    r"\b[A-Z]\d{4}[A-Z]{2}\b",  # prison number
    r"\b\d{1,4}[a-z]? (?:[a-z]+ )?(?:street|road|avenue|lane|close|drive|court|crescent|way|place)\b",
))
_ORDINARY = """
will mark grace hope may rose faith joy dawn ivy daisy lily violet pearl ruby iris heather holly
june april august art bill rob sue pat jack frank grant dean miles penny carol gene gay drew chase
summer dot eve em jan mike ray rich nick pip jo jude max sol nat shell terry bob ben don ed stan val
viv zara liv bell nell lee christian angel sunny princess prince king earl duke major cherry olive
jasmine melody harmony charity patience constance prudence verity justice destiny trinity sky robin
martin guy
"""
ORDINARY = frozenset(_ORDINARY.split())
"""Forenames that are words as well: refused with a capital inside a title only."""
_TERMS = """
Victims Code Crown Prosecution Service Home Office National Standards Standard Marac Mash January
February March April May June July August September October November December English Welsh
Commissioner Crime Police Safeguarding Board Partnership Council University
"""
TERMS = frozenset(_TERMS.split())
_ACRONYMS = """
AIDS BSL CCE CPS CSA CSE CSP DA DASH DPA DPIA FGM FTE GDPR GP HBA HIV HMPPS HR IDVA ISA ISVA IT KPI
LGBT MARAC MASH MAPPA NHS OPCC PCC PSED RASSO RJ SARC SV UK VAWG VCS
"""
ACRONYMS = frozenset(_ACRONYMS.split())


@dataclass(frozen=True, kw_only=True)
class TitleScreen:
    """What a title of this partnership may hold."""

    known: frozenset[str]
    """Words that may stand with a capital."""

    @classmethod
    def of(cls, names: Iterable[str], areas: Iterable[str]) -> TitleScreen:
        """The screen for agencies of these names and areas of these codes."""
        labels = codelist("areas").labels
        texts = [*names, *(labels[area] for area in areas)]
        return cls(known=TERMS | ACRONYMS | {word for text in texts for word in _WORD.findall(text)})

    def broken(self, title: str) -> str | None:
        """Id of the first rule that a title breaks; None where it may stand."""
        if len(title) > TITLE_LENGTH:
            return "register_title_long"
        if any(pattern.search(title) for pattern in _IDENTIFIERS):
            return "register_title_identifier"
        if not _PERMITTED.fullmatch(title):
            return "register_title_character"
        if _HONORIFIC.search(title) or self._holds_name(title):
            return "register_title_name"
        return "register_title_words" if blaming(title) else None

    def _holds_name(self, title: str) -> bool:
        for place, match in enumerate(_WORD.finditer(title)):
            word = match[0].replace("’", "'").removesuffix("'s").rstrip("'")
            if match[0] in self.known or word in self.known:
                continue
            if word.casefold() in _FORENAMES and word.casefold() not in ORDINARY:
                return True
            if word[0].isupper() and place > 0:
                return True
        return False
