"""What every builder of exhibits needs: the release, the words and the partnership.

What belongs here: names and labels as a page prints them. What does not: any figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dashboards.measure import cell_of
from dashboards.release import Release
from dashboards.words import Words
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.measures.dimensions import AREAS, DIMENSIONS
from schemas.measures.questions import Cells
from schemas.partnership import Partnership
from schemas.quarters import Quarter

UNKNOWN = (NOT_RECORDED, UNMAPPED, "not_known", "not_stated", "prefer_not_to_say")
"""Categories that say that something is not known; they stand last and are never the finding."""
LONG = ("wait_band", "arrest_band", "outcome_days", "crisis_worker_wait", "assessed_band")
"""Dimensions whose short labels would mislead on an axis."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One build of pages."""

    release: Release
    words: Words
    partnership: Partnership
    earlier: Release | None = None
    """The release that the reader saw before this one; None where this is the first."""

    @cached_property
    def memory(self) -> dict[tuple[str, ...], Any]:
        """What has been worked out in this build already, by what it is of: several pages ask for the
        same."""
        return {}

    @cached_property
    def names(self) -> dict[str, str]:
        """Agency to its name."""
        return {m.agency: m.name for m in self.release.members}

    def labels(self, dimension: str) -> dict[str, str]:
        """Category to short label in the language of the pages, in page order; of areas the partnership's
        own, and what is outside them or not known."""
        key = ("labels", dimension)
        if key not in self.memory:
            self.memory[key] = {
                code: label
                for code, label in self.words.all_of(labels_of(dimension)).items()
                if dimension not in AREAS or code in self.partnership.areas or not _is_area(code)
            }
        found: dict[str, str] = self.memory[key]
        return found

    def is_revised(self, cells: Cells, period: Quarter | str, of: str, **more: str) -> bool:
        """Whether the release before published another figure for a cell than this one does."""
        if self.earlier is None or not _covers(self.earlier, cells.table, period, of):
            return False
        was = cell_of(self.earlier, cells, period, of, **more)
        return was != cell_of(self.release, cells, period, of, **more)

    @property
    def period(self) -> str:
        """The release's quarter in words."""
        return self.words.quarter(self.release.quarter)

    def subtitle(self, title: str, period: str = "") -> str:
        """Statistical subtitle: measure, place, period (the release's quarter unless another is given)."""
        place = self.release.partnership
        return self.words.say("exhibit.subtitle", title=title, place=place, period=period or self.period)

    @property
    def base_note(self) -> str:
        """The one sentence on rounding."""
        return self.words.say("exhibit.rounded", base=self.partnership.thresholds.rounding_base)

    def axis(self, quarter: Quarter) -> str:
        """``Jul–Sep<br>2026``."""
        return self.words.axis(quarter)


def _is_area(code: str) -> bool:
    return codelist("areas").attribute("kind").get(code) == "local_authority"


def _covers(release: Release, table: str, period: Quarter | str, of: str) -> bool:
    """Whether a release tells of a period in a table: what it could not tell of, nobody has seen."""
    held = release.table(f"{table}.{of}")
    return held is not None and str(period) in held.periods


def labels_of(dimension: str) -> dict[str, str]:
    """Category to short label, in page order; long labels where the list has no short ones."""
    if dimension in DIMENSIONS:
        labels = DIMENSIONS[dimension].labels
        name = DIMENSIONS[dimension].codelist
    else:
        labels, name = dict(codelist(dimension).labels), dimension
    if name is not None and dimension not in LONG:
        shorts = codelist(name).shorts
        return {code: shorts.get(code, label) for code, label in labels.items()}
    return labels
