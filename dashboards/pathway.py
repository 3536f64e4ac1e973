"""The referral pathway: step bars of every hundred referrals, and flows from source to destination.

What belongs here: steps and flows from one agency's referral cells. What does not: sources and destinations
alone (``breakdowns.py``) and waits (``trends.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.context import UNKNOWN, Context
from dashboards.exhibit import Data, Exhibit, Panel, Part, Table
from dashboards.figures import bars, sankey
from dashboards.measure import Coverage, cell_of, coverage, feeders, total, whole
from dashboards.release import NOT_AVAILABLE, Cell
from dashboards.words import Words, is_headline
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import STEPS
from schemas.measures.questions import Aim, Cells
from schemas.quarters import QUARTERS_PER_YEAR, Quarter

PATHWAY = "referrals_pathway"
NODES_A_SIDE = 4
"""Sources and destinations named in the flows; the rest stand together, so that no more than eight nodes
are drawn."""
DUTIES = ("W4", "W25", "G3", "G5")


@dataclass(frozen=True, kw_only=True)
class Steps:
    """How far the referrals of one agency and quarter have come."""

    agency: str
    cells: tuple[Cell, ...]
    base_minimum: int

    def share(self, index: int) -> int | None:
        """Of every hundred referrals; None where the base does not bear it."""
        base, value = self.cells[0].value, self.cells[index].value
        return None if not base or base < self.base_minimum or value is None else whole(100 * value / base)


def _steps(context: Context, agency: str, quarter: Quarter) -> Steps:
    covered = coverage(context.release, CUBES[PATHWAY], quarter, agency).contributed
    cells = tuple(
        cell_of(
            context.release,
            Cells(cube=PATHWAY, where=() if statuses is None else (("referral_status", statuses),)),
            quarter,
            agency,
        )
        if covered
        else NOT_AVAILABLE
        for _, statuses in STEPS
    )
    return Steps(agency=agency, cells=cells, base_minimum=context.partnership.thresholds.rate_base)


def _coverage(context: Context) -> Coverage:
    return coverage(context.release, CUBES[PATHWAY], context.release.quarter)


def steps_exhibit(context: Context) -> Exhibit | None:
    """Steps of the pathway for each agency; None where no agency sends referrals."""
    words, quarter = context.words, context.release.quarter
    agencies = [m.agency for m in feeders(context.release, CUBES[PATHWAY])]
    parts = [_steps(context, a, quarter) for a in agencies]
    if not any(p.cells[0].value for p in parts):
        return None
    names = [words.say(f"steps.{name}") for name, _ in STEPS]
    earlier = quarter.plus(-QUARTERS_PER_YEAR)
    shares = [s for p in parts if (s := p.share(len(STEPS) - 1)) is not None]
    columns = (words.say("table.step"), *(context.names[a] for a in agencies))
    return Exhibit(
        id="steps",
        part=Part.FIRST,
        title=words.say("steps.title"),
        headline=_headline(context, shares),
        coverage=_coverage(context),
        subtitle=context.subtitle(words.say("steps.title")),
        panels=tuple(_steps_panel(context, p, _steps(context, p.agency, earlier), names) for p in parts),
        notes=(words.say("steps.open"),),
        table=Table(
            caption=context.subtitle(words.say("steps.title")),
            columns=columns,
            rows=tuple((name, *(_both(p, i) for p in parts)) for i, name in enumerate(names)),
        ),
        data=Data(
            columns=("step", "quarter", "agency", "value", "marker", "unit", "source"),
            rows=tuple(
                (
                    name,
                    str(q),
                    p.agency,
                    p.cells[i].value,
                    p.cells[i].marker,
                    "referrals",
                    f"{PATHWAY}.{p.agency}.csv",
                )
                for q in (quarter, earlier)
                if q >= context.release.first_quarter
                for p in (parts if q == quarter else [_steps(context, a, q) for a in agencies])
                for i, (name, _) in enumerate(STEPS)
            ),
        ),
        definition=words.say("steps.definition"),
        aim=Aim.PROTECT,
        duties=DUTIES,
    )


def _both(part: Steps, index: int) -> str:
    share = part.share(index)
    return part.cells[index].text if share is None or index == 0 else f"{part.cells[index].text} ({share}%)"


def _headline(context: Context, shares: list[int]) -> str:
    if not shares:
        return context.words.say("headline.only_small")
    if min(shares) == max(shares):
        return context.words.say("headline.steps", started=shares[0])
    return context.words.say("headline.steps_range", low=min(shares), high=max(shares))


def _steps_panel(context: Context, part: Steps, before: Steps, names: list[str]) -> Panel:
    words = context.words
    panel_id, agency = f"steps-{part.agency}", context.names[part.agency]
    if part.cells[0].value is None:
        return Panel(
            id=panel_id,
            title=agency,
            mark="",
            figure=None,
            sentence=words.say("breakdown.unavailable", agency=agency),
        )
    last = len(STEPS) - 1
    share, earlier = part.share(last), before.share(last)
    sentence = words.say(
        "steps.sentence" if share is not None else "steps.sentence_counts",
        agency=agency,
        made=part.cells[0].text,
        started=part.cells[last].text,
        share=f"{share}%",
    )
    return Panel(
        id=panel_id,
        title=agency,
        mark="",
        sentence=sentence,
        more=() if earlier is None else (words.say("steps.year_ago", share=f"{earlier}%"),),
        figure=bars(
            names,
            [None if c.value is None else float(c.value) for c in part.cells],
            [_both(part, i) for i in range(len(STEPS))],
            div_id=panel_id,
            hovers=[f"{name}: {cell.text}" for name, cell in zip(names, part.cells, strict=True)],
        ),
    )


def flows_exhibit(context: Context) -> Exhibit | None:
    """Flows from source to destination for each agency, drawn on screen; the table stands for them in
    print."""
    words, quarter, release = context.words, context.release.quarter, context.release
    sources, destinations = context.labels("source"), context.labels("destination")
    panels, rows, tidy = [], [], []
    for member in feeders(release, CUBES[PATHWAY]):
        if not coverage(release, CUBES[PATHWAY], quarter, member.agency).contributed:
            continue
        flows = {
            (s, d): cell_of(release, Cells(cube=PATHWAY), quarter, member.agency, source=s, destination=d)
            for s in sources
            for d in destinations
        }
        shown = {pair: cell for pair, cell in flows.items() if cell.value}
        if not shown:
            continue
        tops = [_top([(pair[side], cell) for pair, cell in shown.items()]) for side in (0, 1)]
        merged: dict[tuple[str, str], Cell] = {}
        for (s, d), cell in shown.items():
            pair = (s if s in tops[0] else "", d if d in tops[1] else "")
            merged[pair] = total([merged[pair], cell]) if pair in merged else cell
        other = words.say("flows.other")
        for (s, d), cell in sorted(shown.items(), key=lambda item: (-(item[1].value or 0), item[0])):
            rows.append((sources[s], destinations[d], member.name, cell.text))
            tidy.append(
                (
                    s,
                    d,
                    str(quarter),
                    member.agency,
                    cell.value,
                    cell.marker,
                    "referrals",
                    f"{PATHWAY}.{member.agency}.csv",
                )
            )
        ends = [
            [*tops[0], *([""] if any(not s for s, _ in merged) else [])],
            [*tops[1], *([""] if any(not d for _, d in merged) else [])],
        ]
        nodes = [sources.get(s, other) for s in ends[0]] + [destinations.get(d, other) for d in ends[1]]
        panels.append(
            Panel(
                id=f"flows-{member.agency}",
                title=member.name,
                mark="",
                figure=sankey(
                    nodes,
                    [
                        (
                            ends[0].index(s),
                            len(ends[0]) + ends[1].index(d),
                            cell.value or 0,
                            f"{sources.get(s, other)} → {destinations.get(d, other)}: {cell.text}",
                        )
                        for (s, d), cell in sorted(merged.items())
                    ],
                    div_id=f"flows-{member.agency}",
                ),
                sentence=_flow_sentence(context, member.name, shown, sources, destinations),
            )
        )
    if not panels:
        return None
    return Exhibit(
        id="flows",
        part=Part.DETAIL,
        title=words.say("flows.title"),
        headline=_flows_headline(words, rows),
        coverage=_coverage(context),
        subtitle=context.subtitle(words.say("flows.title")),
        panels=tuple(panels),
        notes=(words.say("flows.note"),),
        table=Table(
            caption=context.subtitle(words.say("flows.title")),
            rows=tuple(rows),
            columns=(
                words.say("flows.source"),
                words.say("flows.destination"),
                words.say("table.agency"),
                words.say("table.figure"),
            ),
        ),
        data=Data(
            columns=("source", "destination", "quarter", "agency", "value", "marker", "unit", "table"),
            rows=tuple(tidy),
        ),
        definition=words.say("flows.definition"),
        aim=Aim.PROTECT,
        duties=DUTIES,
    )


def _flows_headline(words: Words, rows: Sequence[tuple[str, ...]]) -> str:
    """The largest flow that an agency records."""
    source, destination, _, value = max(rows, key=lambda row: int(row[3].replace(",", "")))
    text = words.say("flows.found", source=source, destination=destination, value=value)
    return text if is_headline(text) else words.say("flows.headline")


def _top(ends: list[tuple[str, Cell]]) -> list[str]:
    """The largest named ends, at most three, so that with the rest no side has more than four."""
    sums: dict[str, int] = {}
    for end, cell in ends:
        sums[end] = sums.get(end, 0) + (cell.value or 0)
    known = sorted((e for e in sums if e not in UNKNOWN), key=lambda e: (-sums[e], e))
    return known[: NODES_A_SIDE - 1]


def _flow_sentence(
    context: Context,
    agency: str,
    shown: dict[tuple[str, str], Cell],
    sources: dict[str, str],
    destinations: dict[str, str],
) -> str:
    (s, d), cell = max(shown.items(), key=lambda item: (item[1].value or 0, item[0]))
    return context.words.say(
        "flows.sentence", agency=agency, source=sources[s], destination=destinations[d], value=cell.text
    )
