"""What changed in numbers the reader has seen: this release against the one before, cell by cell.

What belongs here: the comparison of two released folders. What does not: change over time (``change.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from dashboards.context import Context
from dashboards.exhibit import Data
from dashboards.release import Cell, Release, Table
from schemas.measures.cubes import CUBES
from schemas.measures.dimensions import ALL

MOST_TOTALS = 60
"""Overall totals listed on the page; the CSV holds every difference."""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One table of which figures read otherwise now."""

    table: str
    title: str
    n_compared: int
    n_changed: int
    n_withdrawn: int
    n_first: int
    """How many had no value before and have one now."""
    largest: int | None
    """Largest difference between two published values; None where no cell has both."""


@dataclass(frozen=True, kw_only=True)
class Total:
    """An overall total that reads otherwise now."""

    title: str
    period: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Revisions:
    """This release against the one before it."""

    earlier: str
    tables: tuple[Changed, ...]
    totals: tuple[Total, ...]
    n_changed: int
    n_compared: int
    data: Data

    @property
    def is_only_new(self) -> bool:
        """Whether nothing that was published reads otherwise: figures have come, and that is all."""
        return self.n_changed == sum(t.n_first for t in self.tables)


def revisions(context: Context, earlier: Release) -> Revisions:
    """Compare every cell that both releases publish."""
    tables: list[Changed] = []
    totals: list[Total] = []
    rows: list[tuple[str | int | None, ...]] = []
    n_compared = 0
    for before in earlier.tables():
        now = context.release.table(before.name)
        if now is None or now.dimensions != before.dimensions:
            continue
        differ = [
            (key, cell, now.cells[key])
            for key, cell in before.cells.items()
            if key in now.cells and now.cells[key] != cell
        ]
        n_compared += sum(key in now.cells for key in before.cells)
        if not differ:
            continue
        tables.append(_changed(context, before, now, differ))
        for key, was, is_now in differ:
            period, *categories = key
            where = ";".join(
                f"{d}={c}" for d, c in zip(before.dimensions, categories, strict=True) if c != ALL
            )
            rows.append((before.name, period, where, was.value, was.marker, is_now.value, is_now.marker))
            if all(c == ALL for c in categories):
                totals.append(
                    Total(
                        title=table_title(context, before.name), period=period, was=was.text, now=is_now.text
                    )
                )
    return Revisions(
        earlier=earlier.number,
        tables=tuple(tables),
        totals=tuple(islice(dict.fromkeys(totals), MOST_TOTALS)),
        n_changed=len(rows),
        n_compared=n_compared,
        data=Data(
            columns=("table", "quarter", "cell", "value_before", "marker_before", "value_now", "marker_now"),
            rows=tuple(rows),
        ),
    )


def _changed(
    context: Context, before: Table, now: Table, differ: list[tuple[tuple[str, ...], Cell, Cell]]
) -> Changed:
    sizes = [
        abs(is_now.value - was.value)
        for _, was, is_now in differ
        if was.value is not None and is_now.value is not None
    ]
    return Changed(
        table=before.name,
        title=table_title(context, before.name),
        n_compared=sum(key in now.cells for key in before.cells),
        n_changed=len(differ),
        n_withdrawn=sum(was.value is not None and is_now.value is None for _, was, is_now in differ),
        n_first=sum(was.value is None and is_now.value is not None for _, was, is_now in differ),
        largest=max(sizes, default=None),
    )


def table_title(context: Context, name: str) -> str:
    """A table's title in words: its cube, its code, and the agency or links."""
    cube, *parts = name.split(".")
    of = parts[-1] if parts else ""
    title = context.words.of(CUBES[cube].title) if cube in CUBES else cube
    code = ""
    if len(parts) > 1:
        labels = context.labels(CUBES[cube].each or "") if cube in CUBES and CUBES[cube].each else {}
        code = f", {labels.get(parts[0], parts[0])}"
    return f"{title}{code}: {context.names.get(of) or context.words.say(f'links.{of}')}"
