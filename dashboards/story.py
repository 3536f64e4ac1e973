"""Measures to pages, in the order in which a board asks.

What belongs here: which exhibits make which page, the main points, and the order of the pack. What does
not: how an exhibit comes about (``trends.py``, ``breakdowns.py``, ``pathway.py``, ``places.py``) and how it
looks (``templates``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from dashboards.alike import JUDGED_ALIKE, REFERRED_ALIKE, campaigns_exhibit
from dashboards.areas import incidence_exhibit, provision_exhibit
from dashboards.breakdowns import breakdown_exhibit
from dashboards.change import Verdict
from dashboards.commentary import Commentary, Decision
from dashboards.completeness import (
    Completeness,
    Delivered,
    completeness,
    deliveries_of,
    missing_sentence,
    quality_of,
)
from dashboards.context import Context
from dashboards.exhibit import Exhibit, Figure, Page, Part
from dashboards.pathway import flows_exhibit, steps_exhibit
from dashboards.places import places_exhibit
from dashboards.received import load_exhibit, not_received_exhibit
from dashboards.register import REGISTER_EXHIBITS
from dashboards.residents import shares_of_residents
from dashboards.revisions import revisions
from dashboards.stages import stages_exhibit
from dashboards.trends import Judged, judge, key_figures, trend_exhibit
from dashboards.units import expected_exhibit, units_exhibit
from dashboards.words import change_sentence, judgement
from schemas.measures.breakdowns import BREAKDOWNS
from schemas.measures.indicators import INDICATORS, Indicator
from schemas.measures.questions import Question

MAIN_POINTS = 6
"""Main points of the first page (ONS practice: up to six single sentences)."""
UNKNOWABLE_NAMED = 5
QUESTION_PAGES = tuple(q.value for q in Question)
ALWAYS = ("index", "completeness")
"""Pages before the questions."""
CLOSING = ("changes", "decisions", "methods")
PUBLIC = "public"
"""Audience that is asked for no decision."""
OWN = "own"
"""An agency's own page, in its own edition alone."""
PAGES = (*ALWAYS, *QUESTION_PAGES, *CLOSING)
OF_THE_PAGE: Mapping[Question, tuple[Callable[[Context], Exhibit | None], ...]] = {
    Question.AMOUNT: (units_exhibit, expected_exhibit),
    Question.PATHWAYS: (steps_exhibit, flows_exhibit, not_received_exhibit, REFERRED_ALIKE),
    Question.WAITING: (load_exhibit,),
    Question.BY_WHOM: (stages_exhibit,),
    Question.JUSTICE: (JUDGED_ALIKE,),
    Question.PLACES: (places_exhibit, incidence_exhibit, provision_exhibit),
    Question.PLEDGES: (*REGISTER_EXHIBITS, campaigns_exhibit),
}
"""Exhibits of a kind that one page alone has. A question without an entry is a page of its indicators and
breakdowns: a new question needs its strings and nothing here."""
LEADS: Mapping[Question, str] = {Question.BY_WHOM: "suspect_identified"}
"""The indicator that a page begins with: what follows is known of these crimes only."""
LEAD_NAMED = 3
"""Changes that the sentence at the head of a page names."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """Everything a build writes, in order."""

    pages: tuple[Page, ...]
    annex: tuple[str, ...]
    """Pages without a decision asked; empty where there is no commentary yet."""
    main_points: tuple[str, ...]
    figures: tuple[Figure, ...]
    completeness: Completeness
    commentary: Commentary | None
    with_detail: bool

    def page(self, name: str) -> Page:
        """One page by name.

        Raises:
            KeyError: the story has no such page.
        """
        for page in self.pages:
            if page.name == name:
                return page
        raise KeyError(f"the story has no page [{name}]")


def tell(
    context: Context,
    *,
    commentary: Commentary | None,
    with_detail: bool = True,
    agency: str | None = None,
    delivered: tuple[Delivered, ...] = (),
) -> Story:
    """The whole pack as values: pages without markup.

    ``agency``: whose own edition it is; its own page stands first, with what its receipts say
    (``delivered``).
    """
    found = completeness(context)
    questions = [
        Page(name=q.value, exhibits=tuple(_exhibits(context, q, with_detail)), lead=_lead(context, q))
        for q in Question
    ]
    compared = revisions(context, context.earlier) if context.earlier is not None else None
    pages = (
        *((_own(context, agency, delivered),) if agency is not None else ()),
        Page(name="index"),
        Page(name="completeness", extra={"found": found}),
        *(p for p in questions if p.exhibits),
        Page(name="changes", extra={"compared": compared}),
        Page(name="decisions"),
        Page(name="methods"),
    )
    figures = tuple(f for i in INDICATORS.values() if i.is_key for f in key_figures(context, i))
    annex = _annex(pages, commentary)
    return Story(
        pages=(*(p for p in pages if p.name not in annex), *(p for p in pages if p.name in annex)),
        annex=annex,
        main_points=tuple(_main_points(context, found, commentary)),
        figures=figures,
        completeness=found,
        commentary=commentary,
        with_detail=with_detail,
    )


def _own(context: Context, agency: str, delivered: tuple[Delivered, ...]) -> Page:
    """An agency's own page: its deliveries since it joined, their quality in bands, and its own figures, all
    of them released."""
    found = (trend_exhibit(context, i, only=agency) for i in INDICATORS.values())
    return Page(
        name=OWN,
        exhibits=tuple(e for e in found if e is not None),
        extra={
            "deliveries": deliveries_of(context, agency),
            "quality": quality_of(context, delivered),
        },
    )


def _annex(pages: tuple[Page, ...], commentary: Commentary | None) -> tuple[str, ...]:
    """Question pages whose section asks nothing of the board; none at all before a commentary is written."""
    if commentary is None:
        return ()
    asked = {name for name, s in commentary.sections.items() if s.decision is not Decision.NONE}
    return tuple(p.name for p in pages if p.name in QUESTION_PAGES and p.name not in asked)


def _exhibits(context: Context, question: Question, with_detail: bool) -> Iterator[Exhibit]:
    """Exhibits of one page: the page's own kinds, trends, breakdowns; ``Page.parts`` orders them."""
    first = LEADS.get(question)
    leading = trend_exhibit(context, INDICATORS[first]) if first is not None else None
    found: list[Exhibit | None] = [leading and replace(leading, part=Part.FIRST)]
    found += [make(context) for make in OF_THE_PAGE.get(question, ())]
    found += [
        _trend(context, i) for i in INDICATORS.values() if i.question is question and i.name != first
    ]
    found += [
        breakdown_exhibit(context, b, shares_of_residents(context, b))
        for b in BREAKDOWNS.values()
        if b.question is question
    ]
    yield from (e for e in found if e is not None and (with_detail or e.part is not Part.DETAIL))


def _trend(context: Context, indicator: Indicator) -> Exhibit | None:
    """An indicator over time: among the steady ones unless it is a key figure or has changed by rule."""
    found = trend_exhibit(context, indicator)
    if found is None or indicator.is_key or found.is_signal:
        return found
    return replace(found, part=Part.STEADY)


def _lead(context: Context, question: Question) -> str:
    """How many series of a page show a change by rule, and which; empty where none bears limits."""
    judged = [(i, j) for i in INDICATORS.values() if i.question is question for j in judge(context, i)]
    bearing = [(i, j) for i, j in judged if j.chart.limits is not None and j.series.latest.is_comparable]
    words = context.words
    if not bearing:
        return ""
    changed: dict[str, list[str | None]] = {}
    for indicator, j in bearing:
        if j.chart.latest.is_signal:
            changed.setdefault(words.of(indicator.short), []).append(j.series.agency)
    if not changed:
        return words.say("lead.quiet" if len(bearing) > 1 else "lead.quiet_one", n=len(bearing))
    named = [_where(context, short, agencies) for short, agencies in changed.items()]
    rest = len(named) - LEAD_NAMED
    which = "; ".join(named[:LEAD_NAMED]) + (words.say("main.and_more", n=rest) if rest > 0 else "")
    return words.say("lead.changed", n=sum(map(len, changed.values())), m=len(bearing), which=which)


def _where(context: Context, short: str, agencies: list[str | None]) -> str:
    """What changed, and where: at the one agency, at how many, or across all of them."""
    words, agency = context.words, agencies[0]
    if len(agencies) > 1:
        return words.say("lead.at_agencies", short=short, n=len(agencies))
    return short if agency is None else words.say("lead.at", short=short, agency=context.names[agency])


def _main_points(context: Context, found: Completeness, commentary: Commentary | None) -> Iterator[str]:
    """Completeness first, then signals, those that are not wanted before others, then what nobody can say
    yet, then what is asked; six at most."""
    words = context.words
    yield missing_sentence(context, found)
    judged = [(i, j) for i in INDICATORS.values() for j in judge(context, i)]
    bearing = [(i, j) for i, j in judged if j.chart.limits is not None and j.series.latest.value is not None]
    signals = [(i, j) for i, j in bearing if j.chart.latest.is_signal]
    yield words.say("main.quiet" if signals else "main.quiet_none", n=len(bearing), signals=len(signals))
    order = list(Verdict)

    def weight(pair: tuple[Indicator, Judged]) -> tuple[bool, bool, int]:
        indicator, verdict = pair[0], pair[1].chart.latest
        return not indicator.is_key, judgement(indicator.direction, verdict) != "worse", order.index(verdict)

    strongest = sorted(signals, key=weight)
    for indicator, j in strongest[: MAIN_POINTS - 4]:
        where = f" ({context.names[j.series.agency]})" if j.series.agency else ""
        yield words.say(
            "main.signal",
            short=words.of(indicator.short),
            where=where,
            sentence=change_sentence(words, j.series, j.chart, context.names),
        )
    sayable = {i.name for i, j in bearing if j.series.latest.is_comparable}
    told = [i for i, j in judged if j.series.has_values]  # of what no quarter tells, there is nothing to say
    unknowable = tuple(dict.fromkeys(words.of(i.short).lower() for i in told if i.name not in sayable))
    if unknowable:
        named = "; ".join(unknowable[:UNKNOWABLE_NAMED])
        rest = len(unknowable) - UNKNOWABLE_NAMED
        yield words.say(
            "main.unknowable", what=named + (words.say("main.and_more", n=rest) if rest > 0 else "")
        )
    if context.release.audience == PUBLIC:
        return
    if commentary is None:
        yield words.say("main.no_decisions")
        return
    n = sum(s.decision is not Decision.NONE for s in commentary.sections.values())
    yield words.say("main.decisions" if n != 1 else "main.one_decision", n=n)
