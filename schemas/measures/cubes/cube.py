"""One cube entry: a unit, a period, dimensions and a SQL file. Counts and nothing else.

What belongs here: the shape of an entry, and what no entry may be. What does not: the entries (one file per
board question, beside this one).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.measures.dimensions import DIMENSIONS, Dimension


class Links(StrEnum):
    """Which links between records make a person."""

    STRICT = "strict"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Cube:
    """One entry: a table of counts in every quarter, with all of its margins."""

    name: str
    """Also the name of the SQL file, unless ``sql`` says another."""
    title: str
    unit: str
    """What one count is; agency and links are appended with dots (``incident.police``, ``victim.all``)."""
    population: str
    """Which units are in and which are not, in words."""
    dimensions: tuple[str, ...]
    duties: tuple[str, ...]
    """Clauses of the standards that the cube serves (ids of ``duties.csv``)."""
    sql: str | None = None
    each: str | None = None
    """A code list: one table for each of its codes, with the yes/no dimension ``<stem>_<code>`` added."""
    by_agency: bool = False
    """One table for each contributing agency instead of one across agencies."""
    agency_kinds: tuple[str, ...] = ()
    """Kinds of agency that feed it; empty: every agency that feeds ``dataset``."""
    specialist_only: bool = False
    """Fed by specialist sexual-violence services alone (the most sensitive characteristics)."""
    dataset: str = "incidents"
    """Canonical dataset without which an agency does not contribute, or ``register_<kind>``: a return to the
    register."""
    links: tuple[Links, ...] = ()
    """For people: one table for each reading of the links; empty for units that are not people."""
    needs_history: bool = False
    """Looks back over twelve months: nothing before a contributor's full quarters of history."""
    follow_up_quarters: int = 0
    """Looks ahead: a quarter is shown once so many quarters after it are in, with its final figures."""
    structural_zeros: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Cells, each as (dimension, category) pairs, that can hold nobody by definition: every reader knows."""
    counted_as: tuple[tuple[str, str, str, str, str], ...] = ()
    """Codes of ``each`` whose count another table of the unit holds at a kind of agency, so that it stands
    once: (code, kind of agency, cube, dimension, category)."""
    year_of: str | None = None
    """For persons of a year: the unit that counts the same persons quarter by quarter."""
    period_kind: str = "quarter"
    """``quarter`` or ``year`` (full calendar years)."""
    area_basis: str | None = None
    """``offence``, ``residence`` or ``service``, where the cube has the dimension ``area``."""

    def __post_init__(self) -> None:
        """Refuse an entry that could not be a table.

        Raises:
            ValueError: an unknown dimension, or an area without its basis.
        """
        if unknown := [d for d in self.dimensions if d not in DIMENSIONS]:
            raise ValueError(f"cube [{self.name}]: no dimension is called [{unknown[0]}]. Add it to "
                             "dimensions.py")
        if self.follow_up_quarters and self.period_kind != "quarter":
            raise ValueError(f"cube [{self.name}]: only quarters are followed up. Take follow_up_quarters "
                             "out")
        if ("area" in self.dimensions) != (self.area_basis is not None):
            raise ValueError(f"cube [{self.name}]: say in area_basis which area it means, or leave out both")

    @property
    def tables(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(name, dimensions) of every table of one unit that the entry stands for: one, or one per code of
        ``each``."""
        if self.each is None:
            return ((self.name, self.dimensions),)
        stem = self.each.removesuffix("s")
        codes = (c for c in codelist(self.each).codes if c not in (NOT_RECORDED, UNMAPPED))
        return tuple((f"{self.name}.{code}", (*self.dimensions, f"{stem}_{code}")) for code in codes)

    def stands_as(self, table: str, kind: str) -> tuple[str, str, str] | None:
        """(cube, dimension, category) that counts what ``table`` would at this kind of agency, or None."""
        for code, of_kind, *place in self.counted_as:
            if (table, kind) == (f"{self.name}.{code}", of_kind):
                cube, dimension, category = place
                return cube, dimension, category
        return None

    @property
    def columns(self) -> tuple[str, ...]:
        """Dimension columns that the SQL select returns, beside ``agency``, ``period`` and ``n``."""
        return tuple(dict.fromkeys(chain.from_iterable(dimensions for _, dimensions in self.tables)))

    @property
    def dimension_objects(self) -> tuple[Dimension, ...]:
        """The dimensions themselves."""
        return tuple(DIMENSIONS[name] for name in self.columns)


def untold(one: str, other: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Structural zeros of two dimensions that are not recorded of the same people (those who cannot be
    linked): where one is known, so is the other."""
    return (
        *(((one, NOT_RECORDED), (other, c)) for c in DIMENSIONS[other].categories if c != NOT_RECORDED),
        *(((one, c), (other, NOT_RECORDED)) for c in DIMENSIONS[one].categories if c != NOT_RECORDED),
    )


def parted(coarse: str, fine: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Structural zeros of a dimension and of one that the code lists divide it into: each category of the
    finer lies in one of the coarser."""
    held = DIMENSIONS[fine].within(DIMENSIONS[coarse])
    return tuple(((coarse, c), (fine, category)) for category, own in held.items()
                 for c in DIMENSIONS[coarse].categories if c != own)


def nobody(one: str, categories: tuple[str, ...], other: str, category: str
           ) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Structural zeros of two dimensions where exactly those in ``categories`` of one are in ``category`` of
    the other."""
    return tuple(((one, c), (other, o)) for c in DIMENSIONS[one].categories
                 for o in DIMENSIONS[other].categories if (c in categories) != (o == category))


STRICT_AND_ALL = (Links.STRICT, Links.ALL)
ALL_LINKS = (Links.ALL,)
