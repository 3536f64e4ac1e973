"""Is the data complete? The strip of this quarter's deliveries, and the grid of every quarter.

What belongs here: from ``coverage.csv`` and ``completeness.csv`` to tables. What does not: coverage of one
figure (``measure.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dashboards.context import Context
from dashboards.exhibit import Data, Table
from dashboards.measure import HAS_DATA, IS_OUTSIDE
from dashboards.release import Delivery
from dashboards.words import join
from schemas.codelists import codelist
from schemas.datasets import DATASETS
from schemas.quarters import Quarter
from schemas.registers import DATASET_PREFIX


class LeftOut(StrEnum):
    """Share of a delivery's rows that a rule left out, in bands."""

    NONE = "none"
    UNDER_1 = "under_1"
    UNDER_5 = "under_5"
    UNDER_10 = "under_10"
    MORE = "more"


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What an agency's own receipt says of one quarter, without its counts."""

    quarter: Quarter
    received_on: str
    left_out: LeftOut
    mend: str
    """What was found most often, and its remedy; empty where there was nothing to mend."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One delivery in the grid: its status in a word."""

    status: str
    text: str


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """One agency and dataset over the quarters."""

    agency: str
    dataset: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """Everything the completeness page and the first page's strip show."""

    n: int
    m: int
    missing: tuple[str, ...]
    """Deliveries due and not in, or in part: agency and dataset in words."""
    quarters: tuple[str, ...]
    grid: tuple[GridRow, ...]
    strip: Table
    by_agency: Table
    """The same in one line for each agency: the first page's."""
    columns: Table | None
    data: Data

    @property
    def is_complete(self) -> bool:
        """Whether every delivery due is in, whole."""
        return self.n == self.m and not self.missing


def completeness(context: Context) -> Completeness:
    """What arrived for the release's quarter, and over time."""
    release, words = context.release, context.words
    # returns to the register stand with the figures that they feed, not among the extracts
    extracts = [d for d in release.deliveries if not d.dataset.startswith(DATASET_PREFIX)]
    now = [d for d in extracts if d.quarter == release.quarter]
    has_bands = any(d.left_out_band for d in extracts)
    columns = ("agency", "dataset", "status", "received", *(("left_out",) if has_bands else ()))
    due = [d for d in now if d.status not in IS_OUTSIDE]
    pairs = sorted({(d.agency, d.dataset) for d in extracts})
    status = {(d.agency, d.dataset, d.quarter): d.status for d in extracts}
    return Completeness(
        n=sum(d.status in HAS_DATA for d in due),
        m=len(due),
        missing=tuple(_name(context, d) for d in due if d.status not in HAS_DATA or d.status == "partial"),
        quarters=tuple(
            f"{q.label.split(' ')[0][:3]}–{q.label.split(' ')[2][:3]} {q.year}" for q in release.quarters
        ),
        grid=tuple(
            GridRow(
                agency=context.names[a],
                dataset=dataset_title(d),
                tiles=tuple(_tile(context, status.get((a, d, q), "missing")) for q in release.quarters),
            )
            for a, d in pairs
        ),
        strip=Table(
            caption=words.say("completeness.strip_caption", quarter=release.quarter.label),
            columns=tuple(words.say(f"completeness.{c}") for c in columns),
            rows=tuple(
                (
                    context.names[d.agency],
                    dataset_title(d.dataset),
                    words.say(f"status.{d.status}"),
                    _day(d),
                    *((d.left_out_band or "[z]",) if has_bands else ()),
                )
                for d in sorted(now, key=lambda d: (d.agency, d.dataset))
            ),
        ),
        by_agency=_by_agency(context, now),
        columns=_columns(context),
        data=Data(
            columns=("agency", "dataset", "quarter", "status", "received_on", "share_left_out_pct_band"),
            rows=tuple(
                (d.agency, d.dataset, str(d.quarter), d.status, d.received_on, d.left_out_band)
                for d in sorted(release.deliveries, key=lambda d: (d.agency, d.dataset, d.quarter))
            ),
        ),
    )


def _by_agency(context: Context, now: list[Delivery]) -> Table:
    """Which deliveries of each agency are in, and which are not."""
    words = context.words
    rows = []
    for agency in sorted({d.agency for d in now}):
        own = [d for d in now if d.agency == agency]
        due = [d for d in own if d.status not in IS_OUTSIDE]
        late = [dataset_title(d.dataset) for d in due if d.status not in HAS_DATA or d.status == "partial"]
        there = words.say("completeness.in", n=sum(d.status in HAS_DATA for d in due), m=len(due))
        told = there if due else words.say(f"status.{own[0].status}")
        rows.append((context.names[agency], told, ", ".join(late) or "[z]"))
    return Table(
        caption=words.say("completeness.strip_caption", quarter=context.release.quarter.label),
        columns=tuple(words.say(f"completeness.{c}") for c in ("agency", "are_in", "not_in")),
        rows=tuple(rows),
    )


def deliveries_of(context: Context, agency: str) -> Table:
    """One agency's deliveries: a row for each quarter, the latest first, a column for each dataset."""
    release, words = context.release, context.words
    status = {(d.dataset, d.quarter): d.status for d in release.deliveries if d.agency == agency}
    datasets = sorted({dataset for dataset, _ in status})
    return Table(
        caption=words.say("own.caption", agency=context.names[agency]),
        columns=(words.say("completeness.quarter"), *(dataset_title(d) for d in datasets)),
        rows=tuple(
            (q.label, *(words.say(f"status.{status.get((d, q), 'missing')}") for d in datasets))
            for q in reversed(release.quarters)
        ),
    )


def quality_of(context: Context, delivered: tuple[Delivered, ...]) -> Table | None:
    """An agency's data quality: a row for each quarter, the latest first; None where it has no receipt."""
    words = context.words
    rows = tuple(
        (
            d.quarter.label,
            d.received_on,
            f"{(date.fromisoformat(d.received_on) - d.quarter.last_day).days}",
            words.say(f"own.left_out_{d.left_out}"),
            d.mend or words.say("own.nothing"),
        )
        for d in reversed(delivered)
        if d.quarter <= context.release.quarter
    )
    columns = ("quarter", "received", "days", "left_out", "mend")
    return (
        Table(
            caption=words.say("own.quality_caption"),
            columns=tuple(words.say(f"own.{c}") for c in columns),
            rows=rows,
        )
        if rows
        else None
    )


def dataset_title(name: str) -> str:
    """A dataset's name in words."""
    if name.startswith(DATASET_PREFIX):
        return codelist("register_kinds").labels[name.removeprefix(DATASET_PREFIX)]
    title = getattr(DATASETS.get(name), "title", None)
    return str(title) if title else name.replace("_", " ").capitalize()


def _name(context: Context, delivery: Delivery) -> str:
    return f"{context.names[delivery.agency]} ({dataset_title(delivery.dataset).lower()})"


def _day(delivery: Delivery) -> str:
    return delivery.received_on if delivery.status in HAS_DATA | {"late"} and delivery.received_on else "[z]"


def _tile(context: Context, status: str) -> Tile:
    return Tile(status=status, text=context.words.say(f"status.{status}"))


def missing_sentence(context: Context, found: Completeness) -> str:
    """One sentence on what is in and what is not."""
    words, quarter = context.words, context.release.quarter.label
    if found.is_complete:
        return words.say("main.complete", m=found.m, quarter=quarter)
    missing = words.say("main.missing", agencies=join(found.missing)) if found.missing else ""
    return words.say("main.incomplete", n=found.n, m=found.m, quarter=quarter, missing=missing).strip()


def _columns(context: Context) -> Table | None:
    rows = [r for r in context.release.completeness if r.get("quarter") == str(context.release.quarter)]
    if not rows:
        return None
    rest = [c for c in rows[0] if c not in ("agency", "quarter")]
    return Table(
        caption=context.words.say("completeness.columns_caption", quarter=context.release.quarter.label),
        columns=(context.words.say("completeness.agency"), *(c.replace("_", " ").capitalize() for c in rest)),
        rows=tuple(
            (context.names.get(r["agency"], r["agency"]), *(r[c] for c in rest))
            for r in sorted(rows, key=lambda r: tuple(r.values()))
        ),
    )
