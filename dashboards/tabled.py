"""An exhibit whose table is its picture: rows of released counts and what is computed from them.

What belongs here: the one shape that such exhibits share, and arithmetic on cells. What does not: their rows
(``areas.py``, ``units.py``, ``alike.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from dashboards.context import Context
from dashboards.exhibit import Data, Exhibit, Panel, Part, Table
from dashboards.measure import HALF_WIDTH, LOW_BASE, Coverage, cell_of, coverage, whole
from dashboards.release import NOT_AVAILABLE, ROUNDED_ZERO, Cell
from dashboards.words import Words, is_headline
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import RATE_BASE_MINIMUM
from schemas.measures.questions import Aim, Cells
from schemas.quarters import QUARTERS_PER_YEAR, Quarter


def tabled(
    context: Context, name: str, *, sentences: Sequence[str], heads: Sequence[str],
    rows: Sequence[tuple[str, ...]], data: Data, duties: tuple[str, ...], aim: Aim, period: str = "",
    notes: Sequence[str] = (), covered: Coverage | None = None, part: Part = Part.DIVIDED,
    headline: str = ""
) -> Exhibit:
    """An exhibit of the strings ``<name>.title``, ``.headline`` and ``.definition``; ``headline``: the
    finding, where the figures bear one."""
    words = context.words
    title = words.say(f"{name}.title")
    subtitle = context.subtitle(title, period)
    return Exhibit(
        id=name.replace("_", "-"), part=part, title=title,
        headline=headline if headline and is_headline(headline) else words.say(f"{name}.headline"),
        subtitle=subtitle, coverage=covered,
        panels=(Panel(id=f"{name.replace('_', '-')}-said", title="", mark="", figure=None,
                      sentence=sentences[0], more=tuple(sentences[1:])),),
        notes=tuple(notes),
        table=Table(caption=subtitle, columns=tuple(heads), rows=tuple(rows)),
        data=data, definition=words.say(f"{name}.definition"), aim=aim, duties=duties, is_wide=True,
        is_open=True)


def seen(context: Context, cells: Cells, quarter: Quarter, of: str, **more: str) -> Cell:
    """A published cell of a quarter, ``[x]`` where its agency contributed nothing: never a zero."""
    by_agency = CUBES[cells.cube].by_agency
    covered = coverage(context.release, CUBES[cells.cube], quarter, of if by_agency else None)
    if not covered.contributed:
        return NOT_AVAILABLE
    return cell_of(context.release, cells, quarter, of, **more)


def last_four(quarter: Quarter) -> tuple[Quarter, ...]:
    """The four quarters that end with ``quarter``."""
    return tuple(quarter.plus(-back) for back in reversed(range(QUARTERS_PER_YEAR)))


def year_in_words(words: Words, quarters: Sequence[Quarter]) -> str:
    """``October 2025 to September 2026``: the months that quarters in a row cover."""
    return words.say("alike.period", first=words.month(quarters[0].first_day),
                     last=words.month(quarters[-1].last_day))


def share_of(part: Cell, base: Cell) -> str:
    """A share of two published counts in words; withheld on a small base, as every percentage is, and a range
    where the count reads 0 to 4."""
    if part.value is None or base.value is None:
        return part.marker or base.marker
    if base.value < RATE_BASE_MINIMUM:
        return LOW_BASE
    if part.marker == ROUNDED_ZERO:
        return f"0% to {ceil(100 * HALF_WIDTH / (base.value - HALF_WIDTH))}%"
    return f"{whole(100 * part.value / base.value)}%"


def lowest_to_highest(words: Words, shares: Iterable[str]) -> str:
    """``49% to 55%`` of percentages in words, ``52%`` where there is one; empty where none is told."""
    told = sorted({int(share[:-1]) for share in shares if share[:-1].isdigit()})
    if not told:
        return ""
    ends = f"{told[0]}%", f"{told[-1]}%"
    return ends[0] if len(told) == 1 else words.between(*ends)


def heads_of(context: Context, name: str, *columns: str) -> tuple[str, ...]:
    """Headings of the strings ``<name>.column.<column>``."""
    return tuple(context.words.say(f"{name}.column.{column}") for column in columns)


def per(cell: Cell, base: float, *, times: float = 1.0, digits: int = 2) -> str:
    """A rate of one published count in words: a range where the count reads 0 to 4, the marker where there is
    none."""
    if cell.value is None or not base:
        return cell.marker or LOW_BASE
    if cell.marker == ROUNDED_ZERO:
        return f"0 to {times * HALF_WIDTH / base:.{digits}f}"
    return f"{times * cell.value / base:.{digits}f}"


def number(text: str) -> str | None:
    """A rate as the CSV has it: nothing where the table prints a marker or a range."""
    return text if text.replace(".", "").isdigit() else None
