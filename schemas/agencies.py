"""Typed reader of ``agencies/<agency>.yaml``: who an agency is, by what right it shares, and how its files
map to ours.

What belongs here: the form of an agency file and what makes it complete. What does not: the datasets
(``datasets.py``) and what is done with a mapping (``pipelines.intake``). A new agency is a new file, never an
edited ``if``.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from schemas.columns import COLUMNS, IDENTITY_COLUMNS, Kind
from schemas.datasets import DATASETS
from schemas.documents import Document, DocumentError, read_document
from schemas.quarters import Quarter

AGENCY_DIR = Path(__file__).parent / "agencies"


class Tier(StrEnum):
    """What an agency sends; everything downstream copes with each."""

    COUNTS = "counts"
    RECORDS = "records"
    IDENTIFIED = "identified"


def _quarter(value: object) -> object:
    return Quarter.parse(value) if isinstance(value, str) else value


QuarterField = Annotated[Any, BeforeValidator(_quarter)]
Text = Annotated[str, Field(min_length=1)]


class Legal(Document):
    """By what right the agency shares. Every field is needed: an agency whose file lacks one is refused."""

    controller: Text
    """The legal person that decides why and how the data are processed."""
    regime: Literal["uk_gdpr", "part_3"]
    """UK GDPR, or Part 3 of the Data Protection Act 2018 (law enforcement)."""
    article_6: Text
    article_9: Text
    article_10: Text
    gateway: Text
    """The power or duty to share, such as section 115 of the Crime and Disorder Act 1998."""
    retention_months: Annotated[int, Field(ge=1, le=120)]
    """How long a received file is kept, encrypted."""
    agreement_ref: Text
    agreement_signed: date
    agreement_review: date

    @model_validator(mode="after")
    def _review_after_signature(self) -> Legal:
        if self.agreement_review <= self.agreement_signed:
            raise ValueError("the review date stands before the signature. Enter the date of the next review")
        return self


class Delivery(Document):
    """When the agency's files are due."""

    day: Annotated[int, Field(ge=1, le=90)]
    """Days after the end of the quarter."""
    contact: Text
    """A role and a shared mailbox, never a person's name."""


class FieldMap(Document):
    """Where one canonical column comes from, and how it is read."""

    column: str | None = None
    """The agency's own column name."""
    value: str | None = None
    """A constant for every row, instead of a column."""
    dates: tuple[str, ...] = ()
    """Formats in the order in which they are tried, such as ``%d/%m/%Y``; ``excel`` reads a spreadsheet's day
    number."""
    codes: str | None = None
    """Name of the code map of this file that turns the agency's codes into ours; without it our codes are
    expected."""
    split: str | None = None
    """Separator between several codes in one cell."""
    when: dict[str, str] = Field(default_factory=dict)
    """For kind ``codes`` only: the agency's yes/no columns, each with the code that a yes stands for."""

    @model_validator(mode="after")
    def _one_source(self) -> FieldMap:
        if sum((self.column is not None, self.value is not None, bool(self.when))) != 1:
            raise ValueError("give exactly one of column, value, when")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The agency's columns that this field reads."""
        return tuple(self.when) if self.when else (self.column,) if self.column is not None else ()


class Feed(Document):
    """One canonical dataset filled from one file."""

    fields: dict[str, FieldMap]
    present: tuple[str, ...] = ()
    """The agency's columns that must hold something for a row to count as a row of this dataset (wide
    files)."""
    one_per: tuple[str, ...] = ()
    """Canonical columns of which equal rows are one record (a file that repeats the crime for every
    person)."""


class FileSpec(Document):
    """One kind of file of an agency."""

    pattern: Text
    """File name with ``{quarter}`` where the quarter stands, such as ``crimes_{quarter}.csv``; ``*`` stands
    for anything."""
    format: Literal["csv", "xlsx", "ods", "parquet", "counts_template"]
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    """Encoding of a CSV; a byte-order mark is always understood."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1)] = 1
    """Row of the file in which the column names stand, counted as the sender sees it."""
    footer: str | None = None
    """First cell of a totals row at the bottom, which is not a record."""
    dropped: tuple[str, ...] = ()
    """Columns that the agreement allows to be sent and that are dropped unread."""
    absent_ok: bool = False
    """True where a quarter without this file is no shortcoming."""
    feeds: dict[str, Feed]

    @property
    def permitted(self) -> frozenset[str]:
        """The agency's columns that may stand in the file; any other is refused at the door."""
        used = {
            source for feed in self.feeds.values() for field in feed.fields.values()
            for source in field.sources
        }
        return frozenset(used | set(self.dropped) | {c for feed in self.feeds.values() for c in feed.present})

    @field_validator("feeds")
    @classmethod
    def _known_columns(cls, feeds: dict[str, Feed]) -> dict[str, Feed]:
        for name, feed in feeds.items():
            if name not in DATASETS:
                raise ValueError(f"[{name}] is not a dataset. Use one of [{', '.join(DATASETS)}]")
            dataset = DATASETS[name]
            known = {column.name for column in dataset.columns}
            if unknown := sorted(set(feed.fields) - known):
                raise ValueError(f"[{name}] has no column [{unknown[0]}]. Use one of "
                                 f"[{', '.join(sorted(known))}]")
            if missing := [c for c in (*dataset.key, *dataset.required) if c not in feed.fields]:
                raise ValueError(f"[{name}] needs the column [{missing[0]}]. Map it, or give it a constant "
                                 "value")
            for column, field in feed.fields.items():
                kind = COLUMNS[column].kind
                reads_date = kind is Kind.DATE or column == "dob"
                if reads_date and field.column is not None and not field.dates:
                    raise ValueError(f"[{name}.{column}] is a date. Say its formats under dates")
                if (field.when or field.split) and kind is not Kind.CODES:
                    raise ValueError(f"[{name}.{column}] holds one value a row. Remove when and split")
        return feeds


class Agency(Document):
    """One agency of the partnership, as its file says."""

    agency: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
    """Short name; also the file's name."""
    name: Text
    kind: Literal["police", "sarc", "isva", "voluntary", "housing", "probation", "other"]
    is_specialist: bool
    """A specialist sexual-violence service, from which the most sensitive characteristics may be counted
    one-way."""
    tier: Tier
    legal: Legal
    joined: QuarterField
    """First quarter of which the agency sends records."""
    left: QuarterField | None = None
    """First quarter of which it no longer does."""
    areas: tuple[str, ...]
    """Local authorities that the agency serves."""
    delivery: Delivery
    files: dict[str, FileSpec]
    code_maps: dict[str, dict[str, str]] = Field(default_factory=dict)

    @field_validator("code_maps", mode="before")
    @classmethod
    def _text_keys(cls, maps: object) -> object:
        if not isinstance(maps, dict):
            return maps
        for name, entries in maps.items():
            for key in entries or {}:
                if not isinstance(key, str):
                    raise ValueError(f"[{name}] has the key [{key}], which YAML reads as a "
                                     f"{type(key).__name__}. Put it in quotes")
        return maps

    @model_validator(mode="after")
    def _consistent(self) -> Agency:
        for file_kind, spec in self.files.items():
            for dataset, feed in spec.feeds.items():
                for column, field in feed.fields.items():
                    where = f"files.{file_kind}.feeds.{dataset}.fields.{column}"
                    if field.codes is not None and field.codes not in self.code_maps:
                        raise ValueError(f"{where}: no code map is called [{field.codes}]. Add it under "
                                         "code_maps")
                    if self.tier is not Tier.IDENTIFIED and column in IDENTITY_COLUMNS:
                        raise ValueError(f"{where}: tier [{self.tier}] sends no identity. Remove [{column}] "
                                         "or change the tier")
                    if COLUMNS[column].specialist_only and not self.is_specialist:
                        raise ValueError(f"{where}: [{column}] is taken from specialist services alone. "
                                         "Remove it")
        if self.left is not None and self.left <= self.joined:
            raise ValueError("left stands before joined. Enter the first quarter without records")
        return self

    @property
    def feeds(self) -> frozenset[str]:
        """Canonical datasets that the agency fills."""
        return frozenset(name for spec in self.files.values() for name in spec.feeds)

    def file_kind(self, name: str, quarter: Quarter) -> str | None:
        """Which kind of file ``name`` is by the agreed patterns, or None."""
        for kind, spec in self.files.items():
            if fnmatchcase(name, spec.pattern.replace("{quarter}", str(quarter))):
                return kind
        return None

    def is_member(self, quarter: Quarter) -> bool:
        """Whether the agency was part of the partnership in ``quarter``."""
        return bool(self.joined <= quarter and (self.left is None or quarter < self.left))


def read_agency(path: Path) -> Agency:
    """Read one agency file.

    Raises:
        DocumentError: names file, key and remedy; incomplete legal fields are an error like any other.
    """
    agency = read_document(path, Agency)
    if agency.agency != path.stem:
        raise DocumentError(
            f"[{path.name}], key [agency]: is [{agency.agency}] but the file is called [{path.stem}]. Make "
            "them equal."
        )
    return agency


def read_agencies(*directories: Path) -> dict[str, Agency]:
    """Read every agency file of ``directories`` (the package's own unless others are given), by short name in
    order.

    Raises:
        DocumentError: as :func:`read_agency`; or two files name the same agency.
    """
    agencies: dict[str, Agency] = {}
    for path in (p for d in directories or (AGENCY_DIR,) for p in sorted(d.glob("*.yaml"))):
        agency = read_agency(path)
        if agency.agency in agencies:
            raise DocumentError(f"[{path.name}], key [agency]: [{agency.agency}] is already taken. Choose "
                                "another name.")
        agencies[agency.agency] = agency
    return dict(sorted(agencies.items()))
