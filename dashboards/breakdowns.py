"""Breakdowns: how the counts of the latest quarter divide over categories, as an exhibit.

What belongs here: from divided counts to bars, sentence, table and CSV rows, per agency or for people. What
does not: dividing them (``divided.py``), trends (``trends.py``), the referral pathway (``pathway.py``),
places (``places.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.context import UNKNOWN, Context
from dashboards.divided import Divided, divide, periods_of, used_in
from dashboards.exhibit import Data, Exhibit, Panel, Part, Table
from dashboards.figures import bars
from dashboards.measure import coverage, whole
from dashboards.release import NOT_AVAILABLE, NOT_SENT, ROUNDED_ZERO
from dashboards.words import HEADLINE_WORDS, is_headline
from schemas.measures.breakdowns import Breakdown
from schemas.measures.cubes import CUBES, Cube
from schemas.measures.dimensions import DIMENSIONS
from schemas.quarters import Quarter

ANSWERS = ("yes", "no")
COUNTED = ("n_crimes", "officer_changes")
"""Answers, and dimensions of numbers: what they divide is asked, and the headline answers it."""
DATA_COLUMNS = (
    "breakdown",
    "period",
    "agency",
    "links",
    "category",
    "label",
    "value",
    "marker",
    "unit",
    "residents_pct",
    "source",
)


def _in_words(context: Context, period: Quarter | str) -> str:
    return context.words.quarter(period) if isinstance(period, Quarter) else period


def breakdown_exhibit(
    context: Context, item: Breakdown, compare: Mapping[str, float] | None = None
) -> Exhibit | None:
    """One breakdown as an exhibit; None where the release has no table for it.

    ``compare``: share of each category among residents, in percent, drawn as diamonds.
    """
    periods = periods_of(context, item)
    if not periods:
        return None
    period = periods[-1]
    divided = divide(context, item, period)
    if not divided or all(d.total.value is None for d in divided):
        return None
    if all(cell == NOT_AVAILABLE for d in divided for cell in d.cells.values()):
        return None  # a public release holds less of the same table
    used = used_in(context, item, divided)
    labels = context.labels(item.dimension)
    words, cube = context.words, CUBES[item.cells.cube]
    notes: list[str] = []
    if cube.each == item.dimension:
        notes.append(words.say("exhibit.overlap"))
    if compare:
        notes.append(words.say("breakdown.population"))
        notes.append(words.say("breakdown.highest"))
    known = [labels[c] for c in divided[0].cells if c not in used and c not in UNKNOWN]
    if known:
        notes.append(words.say("exhibit.unused", labels=", ".join(known)))
    return Exhibit(
        id=item.name,
        part=Part.DETAIL if item.is_detail else Part.DIVIDED,
        title=words.of(item.title),
        headline=_headline(context, item, divided, labels),
        subtitle=context.subtitle(words.of(item.title), _in_words(context, period)),
        coverage=coverage(context.release, cube, context.release.quarter),
        panels=tuple(_panel(context, item, d, used, labels, compare) for d in divided),
        notes=tuple(notes),
        table=_table(context, item, divided, used, labels, compare, _in_words(context, period)),
        data=Data(
            columns=DATA_COLUMNS,
            rows=tuple(
                (
                    item.name,
                    str(period),
                    d.agency or "",
                    "" if d.agency else d.of,
                    code,
                    label,
                    cell.value,
                    cell.marker,
                    item.unit,
                    None if not compare or code not in compare else f"{compare[code]:.1f}",
                    _source(item, cube, code, d.of),
                )
                for d in divided
                for code, label, cell in (
                    ("all", words.say("table.total"), d.total),
                    *((c, labels[c], d.cells[c]) for c in used),
                )
            ),
        ),
        definition=words.of(item.definition),
        aim=item.aim,
        duties=item.duties,
        is_wide=not cube.by_agency,
    )


def _source(item: Breakdown, cube: Cube, code: str, of: str) -> str:
    table = item.cells.table if cube.each != item.dimension or code == "all" else f"{cube.name}.{code}"
    return f"{table}.{of}.csv"


def _headline(
    context: Context, item: Breakdown, divided: tuple[Divided, ...], labels: Mapping[str, str]
) -> str:
    """What is divided, and what stands out; without the first where ten words do not hold both."""
    words = context.words
    what = words.of(DIMENSIONS[item.dimension].title if item.dimension in DIMENSIONS else item.title)
    with_data = [d for d in divided if d.total.value is not None]
    leaders = {d.largest for d in with_data}
    filled: dict[str, object] = {}
    is_answer = False
    if leaders == {None}:
        key = "no_leader" if any(d.has_known for d in with_data) else "only_small"
    elif len(leaders) > 1:
        key = "differs"
    else:
        (leader,) = leaders
        assert leader is not None
        key = "largest" if len(with_data) == 1 else "largest_agencies"
        share = with_data[0].share(leader) or with_data[0].cells[leader].text
        label = labels[leader]
        filled = {"label": words.label(label), "answer": label.lower(), "share": share, "n": len(with_data)}
        is_answer = key == "largest" and (leader in ANSWERS or item.dimension in COUNTED)
    first = "of_answer" if is_answer else f"of_{key}"
    keys = (first, *(("short_largest",) if key == "largest" else ()), key)
    texts = [words.say(f"headline.{k}", what=what, **filled) for k in keys]
    fits = [text for text in texts if is_headline(text)]
    return fits[0] if fits else " ".join(texts[-1].split()[: HEADLINE_WORDS - 1]) + " …"


def _sentences(
    context: Context, item: Breakdown, part: Divided, labels: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    words = context.words
    agency = context.names[part.agency] if part.agency else ""
    if NOT_SENT in (part.total, *part.cells.values()):
        return words.say("breakdown.not_sent", agency=agency), ()
    if part.total.value is None:
        return words.say("breakdown.unavailable", agency=agency), ()
    first = words.say("breakdown.no_leader" if part.has_known else "breakdown.none")
    if part.largest is not None:
        value, share = part.cells[part.largest].text, part.share(part.largest)
        key = (
            "kinds_top" if CUBES[item.cells.cube].each == item.dimension else "top" if share else "top_counts"
        )
        first = words.say(
            f"breakdown.{key}",
            label=words.label(labels[part.largest]),
            value=value,
            total=part.total.text,
            share=share,
        )
    if part.unknown is None or part.unknown.value is None:
        return first, ()
    base = part.total.value
    is_told = base >= part.base_minimum and part.unknown.marker != ROUNDED_ZERO
    share = f"{whole(100 * part.unknown.value / base)}%" if is_told else ""
    return first, (
        words.say(
            "breakdown.unknown" if share else "breakdown.unknown_counts",
            value=part.unknown.text,
            total=part.total.text,
            share=share,
        ),
    )


def _panel(
    context: Context,
    item: Breakdown,
    part: Divided,
    used: tuple[str, ...],
    labels: Mapping[str, str],
    compare: Mapping[str, float] | None,
) -> Panel:
    panel_id = f"{item.name}-{part.of}"
    sentence, more = _sentences(context, item, part, labels)
    figure = None
    if len(used) > 1 and part.total.value is not None:
        in_pct = bool(compare) and part.total.value >= part.base_minimum
        cells = [part.cells[c] for c in used]
        texts = [part.share(c) if in_pct and not part.cells[c].marker else part.cells[c].text for c in used]
        figure = bars(
            [labels[c] for c in used],
            div_id=panel_id,
            texts=texts,
            is_pct=in_pct,
            values=[
                None
                if cell.value is None
                else 100 * cell.value / part.total.value
                if in_pct
                else float(cell.value)
                for cell in cells
            ],
            hovers=[f"{labels[c]}: {part.cells[c].text}" for c in used],
            compare=[compare.get(c) for c in used] if compare and in_pct else None,
        )
    return Panel(
        id=panel_id,
        title=context.names[part.agency] if part.agency else "",
        mark="",
        figure=figure,
        sentence=sentence,
        more=more,
    )


def _table(
    context: Context,
    item: Breakdown,
    divided: tuple[Divided, ...],
    used: tuple[str, ...],
    labels: Mapping[str, str],
    compare: Mapping[str, float] | None,
    period: str,
) -> Table:
    words = context.words
    group = words.say("table.group")
    caption = context.subtitle(words.of(item.title), period)
    all_of = words.say("table.total")
    if divided[0].agency is not None:
        return Table(
            caption=caption,
            columns=(group, *(context.names[d.agency or ""] for d in divided)),
            rows=(
                *((labels[c], *(d.text(c) for d in divided)) for c in used),
                (all_of, *(d.total.text for d in divided)),
            ),
        )
    part = divided[0]
    columns = (group, words.say("table.figure"), words.say("table.share"))
    rows = [(labels[c], part.text(c), _share_text(part, c)) for c in used]
    rows.append((all_of, part.total.text, "100%" if part.total.value else "[x]"))
    if not compare:
        return Table(caption=caption, columns=columns, rows=tuple(rows))
    ends = [(part.highest(c), f"{whole(compare[c])}%" if c in compare else "[z]") for c in used]
    return Table(
        caption=caption,
        columns=(*columns, words.say("table.highest"), words.say("table.residents")),
        rows=tuple((*row, *end) for row, end in zip(rows, [*ends, ("[z]", "100%")], strict=True)),
    )


def _share_text(part: Divided, category: str) -> str:
    cell = part.cells[category]
    return cell.marker if cell.marker in ("[c]", "[x]", ROUNDED_ZERO) else part.share(category) or "[u]"
