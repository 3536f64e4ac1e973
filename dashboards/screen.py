"""The release screener: everything that is about to be published, read once more by rules before it leaves.

What belongs here: rules over the bytes of HTML, CSV, JSON, Markdown, XLSX, ODS and PDF. What does not: the
attack on the protection (``anonymisation.audit``) and the lint of a commentary (``lint.py``), whose word
list is used here.

A finding names file, rule and count, never what was found: the text may be a person's.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from dashboards.figures import SCRIPT
from dashboards.lint import blaming

TEXTS = frozenset({".html", ".css", ".js", ".csv", ".json", ".jsonld", ".md", ".txt", ".jsonl"})
ARCHIVES = frozenset({".xlsx", ".ods"})
NAMESPACES = (
    "http://www.w3.org/",
    "http://purl.org/",
    "http://schemas.openxmlformats.org/",
    "http://schemas.microsoft.com/",
)
"""Names of standards that look like addresses and are never fetched."""
COUNT_COLUMNS = frozenset(
    {"value", "numerator", "denominator", "value_before", "value_now", "value_year_ago"}
)
PERCENT = "percent"
NHS_DIGITS = 10
NHS_MODULUS = 11

_PATTERNS: dict[str, tuple[str, re.Pattern[str]]] = {
    "postcode": (" ", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")),
    "PNC number": ("/", re.compile(r"\b(?:19|20)?\d{2}/\d{1,7}[A-Z]\b")),
    "National Insurance number": ("", re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2}\d{6}[A-D]\b")),
    "prison number": ("", re.compile(r"\b[A-Z]\d{4}[A-Z]{2}\b")),
    "calendar day": ("/", re.compile(r"\b(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:19|20)\d{2}\b")),
}
"""By rule: a character without which nothing can match, looked for first since that is quick, and the
pattern."""
_NHS = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_ADDRESS = re.compile(r"https?://[^\s\"'<>)\\]+")
_HIDDEN = re.compile(r"state=\"(?:hidden|veryHidden)\"|table:display=\"false\"")
_PERSON = re.compile(
    r"<(?:dc:creator|cp:lastModifiedBy|meta:initial-creator|meta:printed-by)>[^<]+</", re.IGNORECASE
)
_PDF_PERSON = re.compile(rb"/Author\s*[(<]")


@dataclass(frozen=True, kw_only=True)
class Screened:
    """One rule broken in one file."""

    file: str
    rule: str
    n: int
    advice: str

    @property
    def text(self) -> str:
        """One line for the person who publishes."""
        return f"[{self.file}], rule [{self.rule}], {self.n}: {self.advice}"


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What may stand in the files of this release."""

    addresses: tuple[str, ...]
    """Beginnings of addresses: the exit page."""
    emails: tuple[str, ...]
    base: int
    """Every published count is a multiple of it."""


class _Prose(HTMLParser):
    """Text of a page without tables, scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in ("script", "style", "table")

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in ("script", "style", "table")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.parts.append(data)


def screen(folder: Path, allowed: Allowed) -> tuple[Screened, ...]:
    """Every rule over every file of a folder; an empty answer lets it leave.

    A file of a kind that no rule can read is itself a finding.
    """
    found: list[Screened] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        if path.suffix in TEXTS or name.endswith("SHA256SUMS"):
            if not _is_chart_script(content):
                found += _text(name, path.suffix, content.decode("utf-8"), allowed)
        elif path.suffix in ARCHIVES:
            found += _archive(name, content, allowed)
        elif path.suffix == ".pdf":
            found += _counted(
                name, "author of a PDF", len(_PDF_PERSON.findall(content)), "print it without an author"
            )
        else:
            found.append(
                Screened(
                    file=name,
                    rule="unknown kind",
                    n=1,
                    advice="leave it out, or teach the screener to read it",
                )
            )
    return tuple(found)


@cache
def _chart_script() -> bytes:
    return SCRIPT.read_bytes()


def _is_chart_script(content: bytes) -> bool:
    """Whether a file is plotly's own script, byte for byte: it is screened by not being ours."""
    return content == _chart_script()


def _counted(file: str, rule: str, n: int, advice: str) -> Iterator[Screened]:
    if n:
        yield Screened(file=file, rule=rule, n=n, advice=advice)


def _text(name: str, suffix: str, text: str, allowed: Allowed) -> Iterator[Screened]:
    rows: list[list[str]] = []
    if suffix == ".csv":
        # what repeats in a column is read once: a release has some hundred thousand lines of few categories
        rows = list(csv.reader(io.StringIO(text)))
        text = "\n".join(sorted({cell for row in rows for cell in row}))
    yield from _identifiers(name, text, allowed)
    addresses = [a for a in _ADDRESS.findall(text) if not a.startswith((*allowed.addresses, *NAMESPACES))]
    yield from _counted(name, "address", len(addresses), "link to nothing outside the folder")
    yield from _counted(name, "encoded array", text.count('"bdata"'), "hand lists to the figure")
    if name.endswith("release.json"):
        yield from _linkage_counts(name, text)
    if suffix == ".csv":
        yield from _unrounded(name, rows, allowed.base)
    if suffix in (".html", ".md"):
        prose = text
        if suffix == ".html":
            reader = _Prose()
            reader.feed(text)
            prose = " ".join(reader.parts)
        yield from _counted(name, "word", len(blaming(prose)), "use the words of dashboards/lint.py")


def _identifiers(name: str, text: str, allowed: Allowed) -> Iterator[Screened]:
    counts = {
        rule: len(pattern.findall(text)) if sign in text else 0 for rule, (sign, pattern) in _PATTERNS.items()
    }
    counts["NHS number"] = sum(is_nhs_number(m) for m in _NHS.findall(text))
    emails = _EMAIL.findall(text) if "@" in text else ()
    counts["email address"] = sum(m not in allowed.emails for m in emails)
    for rule, n in counts.items():
        yield from _counted(name, rule, n, "find where it came from, and stop the release until it is gone")


def is_nhs_number(text: str) -> bool:
    """Whether ten digits carry the check digit of an NHS number (modulus 11, NHS Data Dictionary)."""
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) != NHS_DIGITS:
        return False
    check = NHS_MODULUS - sum(d * (NHS_DIGITS - i) for i, d in enumerate(digits[:-1])) % NHS_MODULUS
    return check % NHS_MODULUS == digits[-1] and check != NHS_DIGITS


def _unrounded(name: str, rows: list[list[str]], base: int) -> Iterator[Screened]:
    """Counts of a CSV that are no multiple of the rounding base: a number that the protection never saw."""
    header = rows[0] if rows else []
    unit = header.index("unit") if "unit" in header else None
    n = 0
    for column, title in enumerate(header):
        if title not in COUNT_COLUMNS:
            continue
        is_share = title == "value" and unit is not None
        told = [row[column] for row in rows[1:] if not is_share or row[unit or 0] != PERCENT]
        odd = {v for v in set(told) if v and (not v.lstrip("-").isdigit() or int(v) % base != 0)}
        n += sum(v in odd for v in told) if odd else 0
    yield from _counted(name, "undeclared number", n, "publish protected counts only")


def _linkage_counts(name: str, text: str) -> Iterator[Screened]:
    """Estimates of linkage that are counts: people and pairs that no protection has seen."""
    n = sum(
        isinstance(entry.get("value"), int | float)
        and not str(entry.get("measure", "")).endswith("_pct")
        and entry["value"] > 1
        for entry in json.loads(text).get("linkage", ())
    )
    yield from _counted(
        name, "unprotected count", n, "publish rates of linkage, never counts of people or pairs"
    )


def _archive(name: str, content: bytes, allowed: Allowed) -> Iterator[Screened]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {
            n: archive.read(n).decode("utf-8", "replace")
            for n in archive.namelist()
            if n.endswith((".xml", ".rels", ".rdf"))
        }
        strange = [
            n for n in archive.namelist() if n not in parts and n != "mimetype" and not n.endswith("/")
        ]
    whole = "\n".join(parts.values())
    yield from _identifiers(name, re.sub(r"<[^>]+>", " ", whole), allowed)
    yield from _counted(name, "hidden sheet", len(_HIDDEN.findall(whole)), "show it or leave it out")
    yield from _counted(
        name, "name in metadata", len(_PERSON.findall(whole)), "write no person's name into the file"
    )
    yield from _counted(name, "part of unknown kind", len(strange), "leave pictures, macros and links out")
