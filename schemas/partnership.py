"""Typed reader of ``partnership.yaml``: areas, quarters, thresholds, words and support lines of one
partnership.

What belongs here: what differs from one partnership to the next. What does not: an agency (``agencies.py``)
and what is the same everywhere (code lists, measures).
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from schemas.agencies import QuarterField, Text
from schemas.documents import Document, read_document
from schemas.quarters import Quarter

PARTNERSHIP_FILE = Path(__file__).parent / "partnership.yaml"
FINAL_AFTER_QUARTERS = 4
"""A quarter's figures are provisional when first published and final four quarters later (disclosure notes,
vintages)."""


class SupportLine(Document):
    """Where a reader can turn to, printed on every page."""

    name: Text
    who: Text
    contact: Text
    checked_on: date
    """Day on which somebody rang or opened it."""


class BoardMeeting(Document):
    """When the board reads a quarter's release."""

    quarter: QuarterField
    meets_on: date


class Thresholds(Document):
    """Limits that the board decides on."""

    small_count: Annotated[int, Field(ge=3)]
    """Counts above 0 and below this are protected."""
    rounding_base: Annotated[int, Field(ge=3)]
    rate_base: Annotated[int, Field(ge=1)]
    """A percentage on a smaller base is not shown."""
    full_quarters: Annotated[int, Field(ge=1)]
    """Full quarters of a contributor before its repeat measures are shown."""


class PublishedElsewhere(Document):
    """Exact figures that somebody else publishes of what we count: every reader may hold them beside ours."""

    unit: Text
    """The unit of ours that they count, with its agency: ``incident.police``."""
    dimensions: tuple[str, ...]
    """What they break it down by, each quarter, with every margin."""
    who: Text
    """Publisher and publication."""


class Partnership(Document):
    """One partnership."""

    name: Text
    short_name: Text
    is_sample: bool
    """True for invented data: every page says so, and keys may be the sample's."""
    areas: tuple[str, ...]
    """Local authorities of the partnership, codes of ``areas.csv``."""
    police_area: Text
    first_quarter: QuarterField
    last_quarter: QuarterField
    cut_off_days: Annotated[int, Field(ge=1, le=120)]
    """Days after the end of a quarter until which a delivery counts for its release."""
    population_vintage: Text
    thresholds: Thresholds
    published_elsewhere: tuple[PublishedElsewhere, ...] = ()
    """What our own attacker is handed as exactly known; nobody's where none is declared."""
    support: tuple[SupportLine, ...]
    exit_url: Text
    """Where "Exit this page" leads: a harmless page."""
    contact: Text
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    """Language of the pages: its sentences stand in ``dashboards/assets/strings.<language>.yaml``."""
    board_meetings: tuple[BoardMeeting, ...] = ()
    """Days on which the board meets; a quarter whose day is not fixed yet is not listed."""

    @model_validator(mode="after")
    def _consistent(self) -> Partnership:
        if self.last_quarter < self.first_quarter:
            raise ValueError("last_quarter stands before first_quarter. Swap them")
        if not self.support:
            raise ValueError("support is empty. Name at least one support line")
        return self

    def board_on(self, quarter: Quarter) -> date | None:
        """The day on which the board reads a quarter's release; None where it is not fixed."""
        return next((m.meets_on for m in self.board_meetings if m.quarter == quarter), None)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Every quarter from the first to the last."""
        return tuple(Quarter.range(self.first_quarter, self.last_quarter))

    def cut_off(self, quarter: Quarter) -> date:
        """Last day on which a delivery counts for the release of ``quarter``."""
        return quarter.last_day + timedelta(days=self.cut_off_days)

    def cut_offs_until_final(self, quarter: Quarter) -> tuple[date, ...]:
        """Cut-offs of the releases in which the figures of ``quarter`` are provisional, in order."""
        return tuple(self.cut_off(quarter.plus(n)) for n in range(FINAL_AFTER_QUARTERS))


def read_partnership(path: Path = PARTNERSHIP_FILE) -> Partnership:
    """Read the partnership file.

    Raises:
        schemas.documents.DocumentError: names file, key and remedy.
    """
    return read_document(path, Partnership)
