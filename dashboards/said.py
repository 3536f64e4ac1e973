"""What a page says, read back from its markup: prose, cells of tables, charts, and what it says of documents.

What belongs here: taking a page apart. What does not: the rules over its texts (``screen.py``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

HEARD = ("alt", "aria-label", "title")
"""Attributes whose text a reader hears and may not see."""


class Said:
    """What a page says: its prose (with labels that are heard alone), its table cells, and what its charts
    show and say."""

    def __init__(self, page: str) -> None:
        self.parts: list[str] = []
        self.cells: list[str] = []
        self.figures: list[str] = []
        self.documents: list[str] = []
        """Said of documents, actions, directories: what counts nobody may be small."""
        self._tables = self._skipped = 0
        self._within: list[str] = []
        """The element that tells of documents, and what is open inside it."""
        parser = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
        root = etree.fromstring(page, parser) if page.strip() else None
        for event, element in etree.iterwalk(root, ("start", "end")) if root is not None else ():
            if event == "start":
                self._open(element.tag, element.attrib)
                is_figure = element.tag == "script" and "data-figure" in element.attrib
                self._say(element.text or "", is_figure=is_figure)
            else:
                self._close(element.tag)
                self._say(element.tail or "", is_figure=False)

    def _open(self, tag: str, given: Mapping[str, str]) -> None:
        if self._within or given.get("data-counts") == "documents":
            self._within.append(tag)
        self._tables += tag == "table"
        self._skipped += tag in ("script", "style")
        self.parts += [text for label in HEARD if (text := given.get(label))]

    def _close(self, tag: str) -> None:
        if self._within:
            self._within.pop()
        self._tables -= tag == "table"
        self._skipped -= tag in ("script", "style")

    def _say(self, text: str, *, is_figure: bool) -> None:
        if is_figure:
            self.figures += _said_by(json.loads(text))
        elif self._within:
            self.documents.append(text)
        elif not self._skipped:
            (self.cells if self._tables else self.parts).append(text)


def _said_by(figure: dict[str, Any]) -> Iterator[str]:
    """What a figure shows of released values: marks and flows with what is said of them; lines and limits are
    drawn through the same values."""
    for trace in figure["data"]:
        shown = trace.get("link", trace)
        said = shown.get("hovertext") or shown.get("customdata")
        if said:
            values = [v for axis in ("x", "y", "value") for v in shown.get(axis, ()) if isinstance(v, int)]
            yield " ".join([*said, *map(str, shown.get("text", ())), *map(str, values)])
