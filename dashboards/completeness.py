"""Is the data complete? The strip of this quarter's deliveries, and the grid of every quarter.

What belongs here: from ``coverage.csv``, and from the figures of what is not recorded, to tables. What does
not: coverage of one figure (``measure.py``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dashboards.context import Context
from dashboards.exhibit import Data, Table
from dashboards.measure import HAS_DATA, IS_OUTSIDE, all_series, whole
from dashboards.release import Delivery
from dashboards.standing import dataset_name
from dashboards.words import Words
from schemas.codelists import codelist
from schemas.measures.indicators import INDICATORS
from schemas.quarters import Quarter
from schemas.registers import DATASET_PREFIX

NOT_WHOLE = ("missing", "not_received", "late", "partial")
"""Statuses of a delivery that a reader must know of, the gravest first."""
NOT_RECORDED = ("known_age_not_recorded", "known_ethnicity_not_recorded", "known_disability_not_recorded")
"""Indicators that say how much each agency does not record."""


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
    """One quarter, with what every agency delivered for it."""

    quarter: str
    tiles: tuple[Tile, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The row as read."""
        return (self.quarter, *(tile.text for tile in self.tiles))


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """Everything the completeness page and the first page's strip show."""

    n: int
    m: int
    missing: tuple[str, ...]
    """Deliveries due and not in, or in part: agency and dataset in words."""
    agencies: tuple[str, ...]
    grid: tuple[GridRow, ...]
    """Quarters, the latest first."""
    strip: Table
    by_agency: Table
    """The same in one line for each agency: the first page's."""
    columns: Table | None
    """How much each agency does not record, of what the release publishes."""
    columns_headline: str
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
    columns = ("agency", "dataset", "status", "received")
    due = [d for d in now if d.status not in IS_OUTSIDE]
    agencies = sorted({d.agency for d in extracts})
    columns_table, columns_headline = _not_recorded(context)
    return Completeness(
        n=sum(d.status in HAS_DATA for d in due),
        m=len(due),
        missing=tuple(_name(context, d) for d in due if d.status not in HAS_DATA or d.status == "partial"),
        agencies=tuple(context.names[a] for a in agencies),
        grid=tuple(
            GridRow(
                quarter=words.axis(q, "date.narrow"),
                tiles=tuple(
                    _tile(context, [d for d in extracts if (d.agency, d.quarter) == (a, q)])
                    for a in agencies
                ),
            )
            for q in reversed(release.quarters)
        ),
        strip=Table(
            caption=words.say("completeness.strip_caption", quarter=context.period),
            columns=tuple(words.say(f"completeness.{c}") for c in columns),
            rows=tuple(
                (
                    context.names[agency],
                    ", ".join(dataset_title(words, d.dataset) for d in alike),
                    words.say(f"status.{alike[0].status}"),
                    _day(words, alike[0]),
                )
                for agency, alike in _alike(now)
            ),
        ),
        by_agency=_by_agency(context, now),
        columns=columns_table,
        columns_headline=columns_headline,
        data=Data(
            columns=("agency", "dataset", "quarter", "status", "received_on"),
            rows=tuple(
                (d.agency, d.dataset, str(d.quarter), d.status, d.received_on)
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
        late = [
            dataset_title(words, d.dataset)
            for d in due
            if d.status not in HAS_DATA or d.status == "partial"
        ]
        there = words.say("completeness.in", n=sum(d.status in HAS_DATA for d in due), m=len(due))
        told = there if due else words.say(f"status.{own[0].status}")
        none = words.say("completeness.none") if due else "[z]"
        rows.append((context.names[agency], told, ", ".join(late) or none))
    return Table(
        caption=words.say("completeness.strip_caption", quarter=context.period),
        columns=tuple(words.say(f"completeness.{c}") for c in ("agency", "are_in", "not_in")),
        rows=tuple(rows),
    )


def deliveries_of(context: Context, agency: str) -> Table:
    """One agency's deliveries: a row for each quarter, the latest first, with what is in and what is not."""
    release, words = context.release, context.words
    own = {
        q: sorted(
            (d for d in release.deliveries if (d.agency, d.quarter) == (agency, q)), key=lambda d: d.dataset
        )
        for q in release.quarters
    }
    return Table(
        caption=words.say("own.caption", agency=context.names[agency]),
        columns=(
            words.say("completeness.quarter"),
            words.say("own.arrived"),
            words.say("completeness.not_in"),
        ),
        rows=tuple((words.quarter(q), *_arrived(words, own[q])) for q in reversed(release.quarters)),
    )


def _arrived(words: Words, own: list[Delivery]) -> tuple[str, str]:
    """Datasets of one agency and quarter that are in, and those due that are not, or in part."""
    due = [d for d in own if d.status not in IS_OUTSIDE]
    if not due:
        return words.say(f"status.{own[0].status if own else 'missing'}"), "[z]"
    arrived = ", ".join(dataset_title(words, d.dataset) for d in due if d.status in HAS_DATA)
    late = [_apart(words, d) for d in due if d.status not in HAS_DATA or d.status == "partial"]
    return arrived or words.say("completeness.none"), "; ".join(late) or words.say("completeness.none")


def _apart(words: Words, delivery: Delivery) -> str:
    """A dataset and how it fared: ``Victims: not received``."""
    return words.say(
        "completeness.apart",
        dataset=dataset_title(words, delivery.dataset),
        status=words.say(f"status.{delivery.status}").lower(),
    )


def quality_of(context: Context, delivered: tuple[Delivered, ...]) -> Table | None:
    """An agency's data quality: a row for each quarter, the latest first; None where it has no receipt."""
    words = context.words
    rows = tuple(
        (
            words.quarter(d.quarter),
            words.day(d.received_on),
            f"{(date.fromisoformat(d.received_on) - d.quarter.last_day).days}",
            words.say(f"own.left_out_{d.left_out}"),
            words.of(d.mend) or words.say("own.nothing"),
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


def dataset_title(words: Words, name: str) -> str:
    """A dataset's name in words."""
    if name.startswith(DATASET_PREFIX):
        return words.of(codelist("register_kinds").labels[name.removeprefix(DATASET_PREFIX)])
    return words.of(dataset_name(name))


def _name(context: Context, delivery: Delivery) -> str:
    return f"{context.names[delivery.agency]} ({dataset_title(context.words, delivery.dataset).lower()})"


def _day(words: Words, delivery: Delivery) -> str:
    is_in = delivery.status in HAS_DATA | {"late"} and delivery.received_on
    return words.day(delivery.received_on) if is_in else "[z]"


def _alike(now: list[Delivery]) -> list[tuple[str, list[Delivery]]]:
    """Deliveries of a quarter by agency; datasets of the same fate and day stand together."""
    found: dict[tuple[str, str, str], list[Delivery]] = {}
    for d in sorted(now, key=lambda d: (d.agency, d.dataset)):
        found.setdefault((d.agency, d.status, d.received_on), []).append(d)
    return [(agency, alike) for (agency, *_), alike in found.items()]


def _tile(context: Context, own: list[Delivery]) -> Tile:
    """What an agency delivered for a quarter, in a word; datasets that fared otherwise are named."""
    words = context.words
    counts = Counter(d.status for d in own) or Counter(["missing"])
    usual = max(counts, key=lambda status: (counts[status], status in HAS_DATA))
    apart = [_apart(words, d) for d in sorted(own, key=lambda d: d.dataset) if d.status != usual]
    worst = next((s for s in (*NOT_WHOLE, usual) if s in counts), usual)
    return Tile(status=worst, text="; ".join([words.say(f"status.{usual}"), *apart]))


def missing_sentence(context: Context, found: Completeness) -> str:
    """One sentence on what is in and what is not."""
    words, quarter = context.words, context.period
    if found.is_complete:
        return words.say("main.complete", m=found.m, quarter=quarter)
    missing = words.say("main.missing", agencies=words.join(found.missing)) if found.missing else ""
    return words.say("main.incomplete", n=found.n, m=found.m, quarter=quarter, missing=missing).strip()


def _not_recorded(context: Context) -> tuple[Table | None, str]:
    """How much each agency did not record in the release's quarter, and the widest span as a headline; no
    table where the release publishes none of it."""
    words = context.words
    held = {
        name: {s.agency: s for s in all_series(context.release, INDICATORS[name])} for name in NOT_RECORDED
    }
    agencies = sorted({a for series in held.values() for a in series if a is not None})
    rows = [
        (
            context.names[a],
            *(held[name][a].latest.text if a in held[name] else "[z]" for name in NOT_RECORDED),
        )
        for a in agencies
    ]
    if not any(s.latest.value is not None for series in held.values() for s in series.values()):
        return None, words.say("completeness.columns_headline")
    worst, name = max(
        (s.latest.value or 0.0, name) for name, series in held.items() for s in series.values()
    )
    return Table(
        caption=words.say("completeness.columns_caption", quarter=context.period),
        columns=(
            words.say("completeness.agency"),
            *(words.of(INDICATORS[name].short) for name in NOT_RECORDED),
        ),
        rows=tuple(rows),
    ), words.say(
        "completeness.columns_worst", short=words.of(INDICATORS[name].short), share=f"{whole(worst)}%"
    )
