"""Three rows that are never added up: people named, charged, and convicted or cautioned, and who is linked
to more.

What belongs here: the one table of the latest quarter. What does not: each row over time (``trends.py``).
"""

from __future__ import annotations

from dashboards.context import Context
from dashboards.exhibit import Data, Exhibit, Panel, Part, Table
from dashboards.measure import Series, all_series, coverage, people_span
from schemas.measures.cubes import CUBES, Links
from schemas.measures.indicators import INDICATORS
from schemas.measures.questions import Aim

STAGES = ("named", "charged", "convicted")
KINDS = ("repeat", "multiple")


def _both(context: Context, name: str) -> tuple[Series, Series]:
    """Strict and all links of one indicator."""
    found = {s.links: s for s in all_series(context.release, INDICATORS[name])}
    return found[Links.STRICT], found[Links.ALL]


def _range(context: Context, strict: Series, every: Series) -> str:
    span = people_span(context.release, strict.latest, every.latest, every.indicator)
    return every.latest.marker if span is None else context.words.between(*context.words.ends(span))


def _sentence(context: Context, row: tuple[str, ...]) -> str:
    stage, _, incidents, victims = row
    if "[" in incidents:
        return context.words.say("stages.withheld", stage=stage)
    key = "incidents_only" if "[" in victims else "sentence"
    return context.words.say(f"stages.{key}", stage=stage, incidents=incidents, victims=victims)


def stages_exhibit(context: Context) -> Exhibit | None:
    """People at each stage and the share linked to two or more incidents, or victims, as ranges; None
    without figures."""
    words = context.words
    series = {(stage, kind): _both(context, f"{stage}_{kind}") for stage in STAGES for kind in KINDS}
    totals = {stage: [s.latest.denominator for s in series[stage, "repeat"]] for stage in STAGES}
    if all(cell is None or cell.value is None for cells in totals.values() for cell in cells):
        return None
    rows = tuple(
        (
            words.say(f"stages.{stage}"),
            " – ".join(dict.fromkeys(c.text for c in totals[stage] if c is not None)),
            *(_range(context, *series[stage, kind]) for kind in KINDS),
        )
        for stage in STAGES
    )
    columns = tuple(words.say(f"table.{c}") for c in ("row", "people", "linked_incidents", "linked_victims"))
    title = words.say("stages.title")
    said = [_sentence(context, row) for row in rows]
    return Exhibit(
        id="stages",
        part=Part.FIRST,
        title=title,
        headline=words.say("headline.three_rows")
        if "[" in rows[0][2]
        else words.say("headline.suspects_again", range=rows[0][2]),
        subtitle=context.subtitle(title),
        coverage=coverage(context.release, CUBES["named_repeat"], context.release.quarter),
        panels=(
            Panel(id="stages-people", title="", mark="", figure=None, sentence=said[0], more=tuple(said[1:])),
        ),
        notes=(words.say("stages.note"),),
        table=Table(caption=context.subtitle(title), columns=columns, rows=rows),
        data=Data(
            columns=(
                "stage",
                "kind",
                "quarter",
                "links",
                "numerator",
                "numerator_marker",
                "denominator",
                "denominator_marker",
                "source",
            ),
            rows=tuple(
                (
                    stage,
                    kind,
                    str(context.release.quarter),
                    str(s.links),
                    s.latest.numerator.value,
                    s.latest.numerator.marker,
                    None if s.latest.denominator is None else s.latest.denominator.value,
                    "" if s.latest.denominator is None else s.latest.denominator.marker,
                    f"{stage}_repeat.{s.links}.csv",
                )
                for (stage, kind), pair in series.items()
                for s in pair
            ),
        ),
        definition=words.say("stages.definition"),
        aim=Aim.PURSUE,
        duties=("W2", "G2"),
        is_wide=True,
        is_open=True,
    )
