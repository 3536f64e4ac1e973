"""The calendar quarter: the period of every delivery, partition, cube and release.

What belongs here: the ``Quarter`` value object and its words. What does not: which quarters a partnership
covers (``partnership.py``), delivery days (``agencies.py``), ages and days of people
(``anonymisation/coarsen.py``).

A quarter is a calendar quarter: Q1 is January to March. Agencies that count in financial years (April to
March) see the financial name beside it; the two are never mixed, since "Q1" means different months in each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

QUARTERS_PER_YEAR = 4
MONTHS_PER_QUARTER = 3
FINANCIAL_YEAR_STARTS_IN_QUARTER = 2
"""The financial year of public bodies in England runs from 1 April, the first day of calendar Q2."""

_TEXT = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)


@dataclass(frozen=True, order=True, kw_only=True)
class Quarter:
    """One calendar quarter. Ordered in time, hashable, printed as ``2026-Q3``."""

    year: int
    """Calendar year, 1 to 9999."""
    number: int
    """1 (January to March) to 4 (October to December)."""

    def __post_init__(self) -> None:
        """Refuse what is not a quarter.

        Raises:
            ValueError: the year or the number is out of range.
        """
        if not 1 <= self.number <= QUARTERS_PER_YEAR:
            raise ValueError(f"quarter number [{self.number}] is not 1, 2, 3 or 4. Give the calendar quarter")
        if not date.min.year <= self.year <= date.max.year:
            raise ValueError(f"quarter year [{self.year}] is not a calendar year. Give one such as 2026")

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``2026-Q3``, and nothing else: other spellings leave open which calendar they mean.

        Raises:
            ValueError: the text is not a year, ``-Q`` and 1 to 4.
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(
                f"quarter [{text[:20]}] is not of the form 2026-Q3 (calendar year, -Q, 1 to 4). "
                f"Write it in that form"
            )
        return cls(year=int(match[1]), number=int(match[2]))

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter in which ``day`` lies."""
        return cls(year=day.year, number=(day.month - 1) // MONTHS_PER_QUARTER + 1)

    @classmethod
    def range(cls, first: Quarter, last: Quarter) -> Iterator[Quarter]:
        """Every quarter from ``first`` to ``last``, both included; none where ``last`` stands before
        ``first``."""
        for index in range(first._index, last._index + 1):
            yield cls._at(index)

    @property
    def first_day(self) -> date:
        """First day of the quarter."""
        return date(self.year, self._first_month, 1)

    @property
    def last_day(self) -> date:
        """Last day of the quarter."""
        month = self._first_month + MONTHS_PER_QUARTER - 1
        if month == len(_MONTHS):
            return date(self.year, month, 31)
        return date(self.year, month + 1, 1) - timedelta(days=1)

    @property
    def months(self) -> tuple[str, ...]:
        """The three months, as ``2026-07``."""
        return tuple(f"{self.year:04d}-{self._first_month + i:02d}" for i in range(MONTHS_PER_QUARTER))

    @property
    def next(self) -> Quarter:
        """The quarter after this one."""
        return self.plus(1)

    @property
    def previous(self) -> Quarter:
        """The quarter before this one."""
        return self.plus(-1)

    @property
    def label(self) -> str:
        """Words for a page: ``July to September 2026``."""
        return f"{_MONTHS[self._first_month - 1]} to {_MONTHS[self._first_month + 1]} {self.year}"

    @property
    def financial_year(self) -> str:
        """The financial year (April to March) in which the quarter lies, such as ``2026/27``."""
        start = self.year if self.number >= FINANCIAL_YEAR_STARTS_IN_QUARTER else self.year - 1
        return f"{start}/{(start + 1) % 100:02d}"

    @property
    def financial_label(self) -> str:
        """The quarter's name in the financial year, such as ``Q2 of 2026/27`` for July to September 2026."""
        number = (self.number - FINANCIAL_YEAR_STARTS_IN_QUARTER) % QUARTERS_PER_YEAR + 1
        return f"Q{number} of {self.financial_year}"

    def plus(self, n: int) -> Quarter:
        """The quarter ``n`` quarters later; earlier where ``n`` is negative.

        Raises:
            ValueError: the result lies outside the calendar.
        """
        return self._at(self._index + n)

    def minus(self, other: Quarter) -> int:
        """Quarters from ``other`` to this one; negative where this one is earlier."""
        return self._index - other._index

    def contains(self, day: date) -> bool:
        """Whether ``day`` lies in the quarter."""
        return Quarter.of(day) == self

    def __str__(self) -> str:
        """``2026-Q3``, the form that ``parse`` reads."""
        return f"{self.year:04d}-Q{self.number}"

    @property
    def _first_month(self) -> int:
        return (self.number - 1) * MONTHS_PER_QUARTER + 1

    @property
    def _index(self) -> int:
        return self.year * QUARTERS_PER_YEAR + self.number - 1

    @classmethod
    def _at(cls, index: int) -> Quarter:
        return cls(year=index // QUARTERS_PER_YEAR, number=index % QUARTERS_PER_YEAR + 1)
