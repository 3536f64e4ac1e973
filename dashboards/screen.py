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
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from dashboards.declared import DECLARING, declared, numbers, undeclared
from dashboards.figures import SCRIPT
from dashboards.lint import blaming, small_numbers, small_with_neighbours
from dashboards.said import Said

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
REPORT = "report.md"
"""The auditor's report counts tables and attacks, never people."""
AXIS_STEP = 100
"""In a print the marks of an axis are text: multiples of this, which the browser chose."""
USE_WORDS = "use the words of dashboards/lint.py"
LEAVE_OUT = "leave the number out, or say 0 to 4"
UNDECLARED = "publish protected counts only, and what the data files hold"
NHS_DIGITS = 10
NHS_MODULUS = 11

_NHS = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
_PATTERNS: dict[str, re.Pattern[str]] = {
    "postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"),
    "PNC number": re.compile(r"\b(?:19|20)?\d{2}/\d{1,7}[A-Z]\b"),
    "National Insurance number": re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2}\d{6}[A-D]\b"),
    "prison number": re.compile(r"\b[A-Z]\d{4}[A-Z]{2}\b"),
    "calendar day": re.compile(r"\b(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:19|20)\d{2}\b"),
}
_ANY_IDENTIFIER = re.compile(
    r"(?<!\w)(?=[A-Z\d])(?:" + "|".join(p.pattern for p in (_NHS, *_PATTERNS.values())) + ")"
)
"""Finds whatever one of them finds, in a third of the time: a release has megabytes and no identifier."""
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_ADDRESS = re.compile(r"https?://[^\s\"'<>)\\]+")
_CELL = re.compile(
    r"<c (?![^>]*t=\"s\")[^>]*><v>([^<]*)</v>|office:value=\"([^\"]*)\"|<(?:t|text:p)[^>]*>([^<]*)<"
)
"""Cells of both kinds of workbook: numbers, and texts; a number that points to a text is none."""
_SAID = re.compile(r"<(si|is|t|a:t|text:p|text:h|dc:\w+)(?: [^>]*)?>(.*?)</\1>", re.DOTALL)
"""Texts of both kinds of workbook: of cells, comments, drawings, and of the title."""
_SEAM = re.compile(
    r"</t>\s*</r>\s*<r>\s*(?:<rPr>.*?</rPr>\s*)?<t(?: [^>]*)?>|</?text:span[^>]*>", re.DOTALL
)
"""What stands between two runs of one text, such as a word in bold: a reader sees none of it."""
_LAYOUT = "styles.xml"
"""Part of a workbook whose texts are of its layout (``Page 1``)."""
_LETTER = re.compile(r"[^\W\d_]{2}")
_AUTHOR = re.compile(r"<meta[^>]+name=[\"'](?:author|creator)[\"']", re.IGNORECASE)
_LINK = re.compile(r"(?:href|Target)=\"(https?:[^\"]*)\"")
_HIDDEN = re.compile(r"state=\"(?:hidden|veryHidden)\"|table:display=\"false\"")
_PERSON = re.compile(
    r"<(?:dc:creator|cp:lastModifiedBy|meta:initial-creator|meta:printed-by)>[^<]+</", re.IGNORECASE
)


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
    texts: tuple[str, ...] = ()
    """Further texts whose numbers may stand on a page: the support lines."""


def screen(
    folder: Path,
    allowed: Allowed,
    *,
    beside: Path | None = None,
    second: Executor | None = None,
    only: Collection[str] | None = None,
) -> tuple[Screened, ...]:
    """Every rule over every file of a folder, in order of their names; an empty answer lets it leave.

    ``beside``: the release that an edition is of, whose data files declare its numbers. ``second``: where
    half of the files are read. ``only``: the files that have changed since the folder was screened; all of
    them unless given.

    A file of a kind that no rule can read is itself a finding.
    """
    contents = {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
    contents = {name: content for name, content in contents.items() if not _is_chart_script(content)}
    data = {n: c.decode("utf-8") for n, c in contents.items() if n.endswith(DECLARING)}
    for path in sorted(beside.rglob("*.csv")) if beside is not None else ():
        data[str(path)] = path.read_text(encoding="utf-8")
    known = declared(data, allowed.texts)
    if only is not None:
        contents = {name: content for name, content in contents.items() if name in only}
    theirs = _half(contents) if second is not None else {}
    other = second.submit(_files, theirs, allowed, known) if second is not None else None
    found = _files({n: c for n, c in contents.items() if n not in theirs}, allowed, known)
    found += other.result() if other is not None else []
    return tuple(sorted(found, key=lambda one: one.file))


def _half(contents: dict[str, bytes]) -> dict[str, bytes]:
    """About half of the reading: every second file by size."""
    by_size = sorted(contents, key=lambda name: (len(contents[name]), name))
    return {name: contents[name] for name in by_size[::2]}


def _files(contents: dict[str, bytes], allowed: Allowed, known: frozenset[str]) -> list[Screened]:
    """Every rule over these files."""
    return [one for name, content in contents.items() for one in _file(name, content, allowed, known)]


def _file(name: str, content: bytes, allowed: Allowed, known: frozenset[str]) -> Iterator[Screened]:
    suffix = Path(name).suffix
    if suffix in TEXTS or name.endswith("SHA256SUMS"):
        yield from _text(name, suffix, content.decode("utf-8"), allowed, known)
    elif suffix in ARCHIVES:
        yield from _archive(name, content, allowed, known)
    elif suffix == ".pdf":
        yield from screen_pdf(name, content, allowed, known)
    else:
        yield Screened(
            file=name, rule="unknown kind", n=1, advice="leave it out, or teach the screener to read it"
        )


@cache
def _chart_script() -> bytes:
    return SCRIPT.read_bytes()


def _is_chart_script(content: bytes) -> bool:
    """Whether a file is plotly's own script, byte for byte: it is screened by not being ours."""
    return content == _chart_script()


def _counted(file: str, rule: str, n: int, advice: str) -> Iterator[Screened]:
    if n:
        yield Screened(file=file, rule=rule, n=n, advice=advice)


def screen_pdf(
    name: str, content: bytes, allowed: Allowed, known: frozenset[str], *, page: str = ""
) -> Iterator[Screened]:
    """Every rule over the text, links and metadata of a print.

    ``page``: the page that was printed; a small number that stands in its tables, or counts documents, may
    stand in the print.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        book = PdfReader(io.BytesIO(content), strict=True)
        text = "\n".join(
            without_footer(page.extract_text(), number, len(book.pages))
            for number, page in enumerate(book.pages, start=1)
        ).replace("-\n", "-")  # a line ends within a word: the rest of it is no number of its own
    except PyPdfError:
        yield Screened(file=name, rule="unreadable", n=1, advice="print it again")
        return
    authors = [book.metadata.author] if book.metadata is not None and book.metadata.author else []
    yield from _counted(name, "author of a PDF", len(authors), "print it without an author")
    links = [
        str(note.get_object()["/A"]["/URI"])
        for page in book.pages
        for note in page.get("/Annots", ())
        if "/URI" in note.get_object().get("/A", {})
    ]
    yield from _identifiers(name, text, allowed)
    yield from _addresses(name, "\n".join([text, *links]), allowed)
    axes = {n for n in numbers(text) if n.isdigit() and int(n) % AXIS_STEP == 0}
    yield from _counted(name, "undeclared number", undeclared(text, known | axes), UNDECLARED)
    yield from _counted(name, "small number", _small_in_print(text, page), LEAVE_OUT)
    yield from _counted(name, "word", len(blaming(text)), USE_WORDS)


def _small_in_print(text: str, page: str) -> int:
    """Small numbers of a print that do not stand between the same words in a table of its page, or where the
    page counts documents; at an end of a line, where print may part them from one of the two, beside the
    other."""
    printed = Said(page)
    beyond = _on_one_line(" ".join([*printed.cells, *printed.documents]))
    lines = f"\n{text}\n"

    def may_stand(before: str, after: str) -> bool:
        first, second = before in beyond, after in beyond
        return (first and second) or (first and f"{before}\n" in lines) or (second and f"\n{after}" in lines)

    return sum(not may_stand(*words) for words in small_with_neighbours(_on_one_line(text)))


def _on_one_line(text: str) -> str:
    return " ".join(text.split()).replace("0 to 4", "—")


def said_of_documents(page: str) -> str:
    """What a page says of documents, actions and directories, which counts nobody; a print cannot tell it
    from the rest."""
    return " ".join(Said(page).documents)


def without_footer(text: str, number: int, n_pages: int) -> str:
    """A page's text less its own page number (``137 / 213``), once: counted by the browser, not by us."""
    return re.sub(rf"(?<!\d){number}\s*/\s*{n_pages}(?!\d)", "", text, count=1)


def _addresses(name: str, text: str, allowed: Allowed) -> Iterator[Screened]:
    found = [a for a in _ADDRESS.findall(text) if not a.startswith((*allowed.addresses, *NAMESPACES))]
    yield from _counted(name, "address", len(found), "link to nothing outside the folder")


def _text(name: str, suffix: str, text: str, allowed: Allowed, known: frozenset[str]) -> Iterator[Screened]:
    if suffix == ".html":
        text = text.replace(_chart_script().decode("utf-8"), "")  # an edition of one file holds it
    rows: list[list[str]] = []
    if suffix == ".csv":
        # what repeats in a column is read once: a release has some hundred thousand lines of few categories
        rows = list(csv.reader(io.StringIO(text)))
        text = "\n".join(sorted({cell for row in rows for cell in row}))
    yield from _identifiers(name, text, allowed)
    yield from _addresses(name, text, allowed)
    yield from _counted(name, "encoded array", text.count('"bdata"'), "hand lists to the figure")
    if name.endswith("release.json"):
        yield from _linkage_counts(name, text)
    if suffix == ".csv":
        yield from _unrounded(name, rows, allowed.base)
        yield from _said(name, text.splitlines())
    if suffix in (".json", ".jsonld"):
        yield from _said(name, _strings(json.loads(text)))
    if suffix in (".html", ".md"):
        prose, documents = text, []
        if suffix == ".html":
            n = len(_AUTHOR.findall(text))
            yield from _counted(name, "name in metadata", n, "write no person's name into the file")
            reader = Said(text)
            prose = " ".join(" ".join(reader.parts).split())
            documents = reader.documents
            told = " ".join([prose, *reader.cells, *reader.figures])
            yield from _counted(name, "undeclared number", undeclared(told, known), UNDECLARED)
        yield from _counted(name, "word", len(blaming(" ".join([prose, *documents]))), USE_WORDS)
        if not name.endswith(REPORT):
            yield from _counted(name, "small number", len(small_numbers(prose)), LEAVE_OUT)


def _strings(node: Any) -> Iterator[str]:
    """Every text of a JSON document; names of keys are ours."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _strings(value)


def _identifiers(name: str, text: str, allowed: Allowed) -> Iterator[Screened]:
    counts: dict[str, int] = {}
    if _ANY_IDENTIFIER.search(text):
        counts = {rule: len(pattern.findall(text)) for rule, pattern in _PATTERNS.items()}
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
    yield from _counted(name, "undeclared number", n, UNDECLARED)


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


def _said(name: str, texts: Iterable[str]) -> Iterator[Screened]:
    """Rules of prose over texts of cells and labels; a number that stands alone has its own rule."""
    prose = "\n".join(dict.fromkeys(text for text in texts if _LETTER.search(text)))
    yield from _counted(name, "small number", len(small_numbers(prose)), LEAVE_OUT)
    yield from _counted(name, "word", len(blaming(prose)), USE_WORDS)


def _texts(part: str) -> Iterator[str]:
    """Texts of a part of a workbook, each whole."""
    for match in _SAID.finditer(part):
        yield unescape(re.sub(r"<[^>]+>", "", match[2]))


def _archive(name: str, content: bytes, allowed: Allowed, known: frozenset[str]) -> Iterator[Screened]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {
            n: _SEAM.sub("", archive.read(n).decode("utf-8", "replace"))
            for n in archive.namelist()
            if n.endswith((".xml", ".rels", ".rdf"))
        }
        strange = [
            n for n in archive.namelist() if n not in parts and n != "mimetype" and not n.endswith("/")
        ]
    whole = "\n".join(parts.values())
    text = re.sub(r"<[^>]+>", " ", whole)
    yield from _identifiers(name, text, allowed)
    yield from _addresses(name, " ".join([text, *_LINK.findall(whole)]), allowed)
    told = " ".join(part for parts_of in _CELL.findall(whole) for part in parts_of if part)
    yield from _counted(name, "undeclared number", undeclared(told, known), UNDECLARED)
    said = [text for part, content in parts.items() if not part.endswith(_LAYOUT) for text in _texts(content)]
    yield from _said(name, said)
    yield from _counted(name, "hidden sheet", len(_HIDDEN.findall(whole)), "show it or leave it out")
    yield from _counted(
        name, "name in metadata", len(_PERSON.findall(whole)), "write no person's name into the file"
    )
    yield from _counted(name, "part of unknown kind", len(strange), "leave pictures, macros and links out")
