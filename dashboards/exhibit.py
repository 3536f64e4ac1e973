"""What stands on a page: exhibits, their panels and tables, pages and decisions, as values without markup.

What belongs here: the shapes. What does not: how they come about (``trends.py``, ``breakdowns.py``,
``places.py`` …) and how they look (``templates``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dashboards.measure import Coverage
from schemas.measures.questions import Aim


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as read: the first column of a row is its header."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a ragged table.

        Raises:
            ValueError: a row has another number of cells than there are columns.
        """
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table [{self.caption}]: a row has not its [{len(self.columns)}] cells")


@dataclass(frozen=True, kw_only=True)
class Data:
    """The same figures, tidy: what the CSV beside the exhibit holds."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One chart of an exhibit with its own sentence."""

    id: str
    title: str
    mark: str
    """``none``, ``high``, ``low``, ``early``, ``unknown``, or empty where nothing is judged."""
    figure: Mapping[str, Any] | None = field(repr=False)
    """None where there is nothing to draw; the sentence says why."""
    sentence: str
    more: tuple[str, ...] = ()
    """Further sentences: same quarter last year, rolling year, range."""


class Part(StrEnum):
    """Parts of a page, in order; each is a section with its own heading."""

    FIRST = "first"
    """What the page alone has: steps, stages, places."""
    TREND = "trend"
    """Key figures and what changed by rule."""
    STEADY = "steady"
    """What did not change, or cannot be told yet: findings in a list, their charts folded on screen and left
    out in print."""
    DIVIDED = "divided"
    DETAIL = "detail"
    """Folded on screen and left out in print; not in the summary edition."""


FOLDED = (Part.STEADY, Part.DETAIL)
"""Parts whose findings stand in a list and whose charts and tables are folded."""


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One question answered: headline, chart, sentence, table, CSV."""

    id: str
    part: Part
    title: str
    """What is shown, without place or period: its line in the list of contents."""
    headline: str
    coverage: Coverage | None
    subtitle: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...]
    table: Table
    data: Data
    definition: str
    aim: Aim | None = None
    duties: tuple[str, ...] = ()
    is_wide: bool = False
    """Whether its panels take the whole width."""
    is_of_documents: bool = False
    """Whether it counts documents, actions or entries of a directory, and nobody: small numbers may be
    said."""
    is_open: bool = False
    """Whether its table is its picture, and stands open."""

    @property
    def is_signal(self) -> bool:
        """Whether the rules call the latest quarter of one of its series a change."""
        return any(panel.mark in ("high", "low") for panel in self.panels)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A key figure of the first page."""

    id: str
    subject: str
    """The agency whose figure it is; empty for people."""
    value: str
    mark: str
    sentence: str
    more: tuple[str, ...]
    page: str
    exhibit: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the pack."""

    name: str
    """Also the file's name, and the key of its strings."""
    exhibits: tuple[Exhibit, ...] = ()
    lead: str = ""
    """One sentence on what its series show, by rule."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What a page of its own kind needs beside exhibits, by the name its template uses."""

    @property
    def parts(self) -> tuple[tuple[Part, tuple[Exhibit, ...]], ...]:
        """Its exhibits by part, in the order of the parts; parts without exhibits are left out."""
        found = ((part, tuple(e for e in self.exhibits if e.part is part)) for part in Part)
        return tuple((part, exhibits) for part, exhibits in found if exhibits)

    @property
    def aims(self) -> tuple[Aim, ...]:
        """Aims of its exhibits, in the order in which the standards name them."""
        held = {e.aim for e in self.exhibits}
        return tuple(aim for aim in Aim if aim in held)

    @property
    def duties(self) -> tuple[str, ...]:
        """Clauses that its exhibits answer, once each."""
        return tuple(dict.fromkeys(d for e in self.exhibits for d in e.duties))
