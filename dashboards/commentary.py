"""The analyst's commentary: one Markdown file per release, read into sections with the decision asked of
the board.

What belongs here: the file's form. What does not: its lint (``lint.py``) and its place on a page
(``story.py``).

The form, one section per page (``## incidents``), each line ``Field: text`` and its continuation lines::

    analyst: Partnership analyst
    release: 2026-Q3.1

    ## incidents
    What we see: …
    What may explain it: …
    What we do not know: …
    Decision: none | commission | challenge recording | mend a pathway
    Asked: …
    Owner: Head of commissioning
    By: 2026-12-15
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path


class CommentaryError(ValueError):
    """A commentary cannot be used; names file, line and remedy, never its text."""


class Decision(StrEnum):
    """What the board may be asked."""

    NONE = "none"
    COMMISSION = "commission"
    CHALLENGE = "challenge"
    MEND = "mend"


_DECISIONS = {
    "none": Decision.NONE,
    "commission": Decision.COMMISSION,
    "challenge recording": Decision.CHALLENGE,
    "mend a pathway": Decision.MEND,
}
_FIELDS = {
    "what we see": "see",
    "what may explain it": "explain",
    "what we do not know": "unknown",
    "decision": "decision",
    "asked": "asked",
    "owner": "owner",
    "by": "by",
}
_NEEDED = ("see", "decision")
_LINE = re.compile(r"([A-Za-z ]+):\s*(.*)")


@dataclass(frozen=True, kw_only=True)
class Section:
    """What the analyst says about one page, and what the board is asked."""

    page: str
    see: str
    explain: str = ""
    unknown: str = ""
    decision: Decision
    asked: str = ""
    owner: str = ""
    by: date | None = None

    def __post_init__(self) -> None:
        """Refuse a decision that nobody is to carry out.

        Raises:
            ValueError: a decision other than none lacks what is asked, its owner or its date.
        """
        if self.decision is not Decision.NONE:
            for name in ("asked", "owner", "by"):
                if not getattr(self, name):
                    raise ValueError(f"a decision needs [{name}]. Add it, or write none")

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything a person wrote, for the lint."""
        return tuple(t for t in (self.see, self.explain, self.unknown, self.asked, self.owner) if t)


@dataclass(frozen=True, kw_only=True)
class Commentary:
    """One release's commentary."""

    analyst: str
    release: str
    sections: Mapping[str, Section]
    sha256: str
    """Of the file as read: what sign-off locks."""
    source: str = field(repr=False, default="")


def read_commentary(path: Path, *, release: str, pages: tuple[str, ...]) -> Commentary:
    """Read a commentary and check its form.

    Raises:
        CommentaryError: another release, an unknown page or field, a section without what it sees or
            its decision.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CommentaryError(f"[{path.name}]: no such file. Write it, or leave it out.") from None
    head, *parts = re.split(r"^## +", text, flags=re.MULTILINE)
    top = {
        match[1].strip().lower(): match[2].strip()
        for line in head.splitlines()
        if (match := _LINE.fullmatch(line.strip()))
    }
    for key in ("analyst", "release"):
        if not top.get(key):
            raise CommentaryError(f"[{path.name}]: says no [{key}]. Put [{key}: …] above the first section.")
    if top["release"] != release:
        raise CommentaryError(
            f"[{path.name}]: is of release [{top['release']}], the folder of [{release}]. "
            "Take the other file."
        )
    sections: dict[str, Section] = {}
    for part in parts:
        page, _, body = part.partition("\n")
        name = page.strip().lower()
        if name not in pages:
            raise CommentaryError(
                f"[{path.name}]: no page is called [{name[:30]}]. Use one of [{', '.join(pages)}]."
            )
        if name in sections:
            raise CommentaryError(f"[{path.name}]: section [{name}] stands there twice. Join them.")
        sections[name] = _section(path.name, name, body)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Commentary(analyst=top["analyst"], release=release, sections=sections, sha256=digest, source=text)


def _section(file: str, page: str, body: str) -> Section:
    where = f"[{file}], section [{page}]"
    fields: dict[str, str] = {}
    current = ""
    for line in body.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match and match[1].strip().lower() in _FIELDS:
            current = _FIELDS[match[1].strip().lower()]
            fields[current] = match[2].strip()
        elif line.strip():
            if not current:
                raise CommentaryError(f"{where}: begins without a field. Begin with [What we see: …].")
            fields[current] = f"{fields[current]} {line.strip()}".strip()
    if missing := [name for name in _NEEDED if not fields.get(name)]:
        raise CommentaryError(f"{where}: [{missing[0]}] is empty. Fill it.")
    decision = _DECISIONS.get(fields["decision"].lower().rstrip("."))
    if decision is None:
        raise CommentaryError(f"{where}: the decision is not one of [{', '.join(_DECISIONS)}]. Choose one.")
    try:
        by = date.fromisoformat(fields["by"]) if fields.get("by") else None
    except ValueError:
        raise CommentaryError(f"{where}: [by] is not a date. Write it like 2026-12-15.") from None
    try:
        return Section(
            page=page,
            see=fields["see"],
            explain=fields.get("explain", ""),
            unknown=fields.get("unknown", ""),
            decision=decision,
            asked=fields.get("asked", ""),
            owner=fields.get("owner", ""),
            by=by,
        )
    except ValueError as error:
        raise CommentaryError(f"{where}: {error}.") from None
