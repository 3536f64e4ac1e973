"""Trends: an indicator over every quarter as an exhibit, judged by rule.

What belongs here: from series to panels, table and CSV rows. What does not: the rules (``change.py``) and
the sentences (``words.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.change import Chart, chart_of
from dashboards.context import Context
from dashboards.exhibit import Data, Exhibit, Figure, Panel, Part, Table
from dashboards.figures import TrendPoint, trend
from dashboards.measure import (
    LOW_BASE,
    Coverage,
    Reading,
    Series,
    all_series,
    coverage,
    people_span,
    published_range,
    whole,
)
from dashboards.words import MARK_OF, change_sentence, headline, usual_range
from schemas.measures.cubes import CUBES, Links
from schemas.measures.indicators import Indicator
from schemas.quarters import Quarter

DATA_COLUMNS = (
    "indicator",
    "quarter",
    "agency",
    "links",
    "numerator",
    "numerator_marker",
    "denominator",
    "denominator_marker",
    "value",
    "marker",
    "notes",
    "unit",
    "linkage_low_pct",
    "linkage_high_pct",
    "linkage_quarters",
    "linkage_marker",
    "usual_low",
    "usual_mean",
    "usual_high",
    "last_four_quarters",
    "source",
)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A series with its chart; for people, the same by strict links beside it."""

    series: Series
    chart: Chart
    strict: Series | None

    @property
    def mark(self) -> str:
        """Mark of the latest quarter."""
        return MARK_OF[self.chart.latest]


def judge(context: Context, indicator: Indicator) -> tuple[Judged, ...]:
    """Every series of an indicator, judged on the quarters that may be compared.

    People are judged on all links; strict links stand beside them as the other end of the range.
    """
    key = ("judged", indicator.name)
    if key not in context.memory:
        context.memory[key] = _judge(context, indicator)
    judged: tuple[Judged, ...] = context.memory[key]
    return judged


def _judge(context: Context, indicator: Indicator) -> tuple[Judged, ...]:
    found = all_series(context.release, indicator)
    strict = next((s for s in found if s.links is Links.STRICT), None)
    kept = [s for s in found if s.links is not Links.STRICT]
    return tuple(
        Judged(
            series=s,
            strict=strict if s.links is not None else None,
            chart=chart_of(
                [r.value if r.is_comparable else None for r in s.readings],
                counts=[r.numerator.value if r.is_comparable else None for r in s.readings],
            ),
        )
        for s in kept
    )


def notes_of(context: Context, series: Series, reading: Reading) -> str:
    """Marks of one quarter beside its figure: provisional, revised since the release before, not
    comparable."""
    marks = "[p]" * reading.is_provisional + "[r]" * (reading.quarter in revised(context, series))
    return marks + "[b]" * (not reading.is_comparable and reading.value is not None)


def revised(context: Context, series: Series) -> frozenset[Quarter]:
    """Quarters of a series that read otherwise in the release before."""
    of = series.agency or str(series.links)
    key = ("revised", series.indicator.name, of)
    if key not in context.memory:
        context.memory[key] = _revised(context, series)
    found: frozenset[Quarter] = context.memory[key]
    return found


def _revised(context: Context, series: Series) -> frozenset[Quarter]:
    if context.earlier is None:
        return frozenset()
    then = (
        s
        for s in all_series(context.earlier, series.indicator)
        if (s.agency, s.links) == (series.agency, series.links)
    )
    was = {r.quarter: r.text for s in then if s.has_values for r in s.readings}
    return frozenset(r.quarter for r in series.readings if was.get(r.quarter, r.text) != r.text)


def trend_exhibit(context: Context, indicator: Indicator, *, only: str | None = None) -> Exhibit | None:
    """One indicator as an exhibit; None where the release has no table for it.

    ``only``: one agency's own series, for its own edition.
    """
    judged = tuple(j for j in judge(context, indicator) if only is None or j.series.agency == only)
    if not any(r.numerator.value is not None for j in judged for r in j.series.readings):
        return None
    words, cube = context.words, CUBES[indicator.numerator.cube]
    # an agency's own page says nowhere which agency it is of
    verdicts = {j.series.agency if only is None else None: j.chart.latest for j in judged}
    return Exhibit(
        id=indicator.name if only is None else f"own-{indicator.name}",
        part=Part.TREND,
        title=words.of(indicator.title),
        headline=headline(
            words,
            indicator,
            verdicts,
            context.names,
            has_value=any(j.series.latest.value is not None for j in judged),
        ),
        coverage=None if only is not None else coverage_now(context, indicator),
        subtitle=context.subtitle(
            words.of(indicator.title), words.quarter(judged[0].series.latest.quarter)
        ),
        panels=tuple(_panel(context, j, "" if only is None else "own-") for j in judged),
        notes=tuple(_notes(context, judged, indicator)),
        table=_table(context, indicator, judged),
        data=Data(
            columns=DATA_COLUMNS,
            rows=tuple(
                row
                for j in judged
                for s in (j.series, j.strict)
                if s is not None
                for row in _rows(context, s, j.chart if s is j.series else None)
            ),
        ),
        definition=words.of(indicator.definition),
        aim=indicator.aim,
        duties=indicator.duties,
        is_wide=not cube.by_agency,
    )


def coverage_now(context: Context, indicator: Indicator) -> Coverage:
    """Who is in, of who should be, in the quarter of the release."""
    cube = CUBES[indicator.numerator.cube]
    return coverage(context.release, cube, context.release.quarter)


def _title(context: Context, judged: Judged) -> str:
    agency = judged.series.agency
    return context.names[agency] if agency is not None else ""


def more_sentences(context: Context, judged: Judged, *, is_beside_range: bool = False) -> tuple[str, ...]:
    """Range, same quarter last year, rolling year: each only where it can be had.

    ``is_beside_range``: whether the range stands beside them already, so that only its reason is told.
    """
    words, series = context.words, judged.series
    found: list[str] = []
    if series.is_all_small:
        return ()
    if judged.strict is not None and series.latest.value is not None:
        span = people_span(context.release, judged.strict.latest, series.latest, series.indicator)
        if span is not None:
            low, high = words.ends(span)
            key = "change.range_why" if is_beside_range else "change.range"
            found.append(words.say(key, low=low, high=high))
        elif _is_too_wide(context, series.latest, series.indicator):
            found.append(words.say("change.too_wide"))
    if series.latest.value is not None and series.latest.is_comparable and series.year_ago is not None:
        found.append(words.say("change.year_ago", value=series.year_ago.text))
    rolling = series.rolling_year
    if rolling is not None and rolling.value is not None and not rolling.marker:
        found.append(words.say("change.rolling", value=rolling.text))
    return tuple(found)


def _panel(context: Context, judged: Judged, prefix: str) -> Panel:
    series = judged.series
    panel_id = f"{prefix}{series.indicator.name}-{series.agency or 'people'}"
    figure = None
    if series.has_values and not series.is_all_small:
        figure = trend(
            [_point(context, judged, i) for i in range(len(series.readings))],
            div_id=panel_id,
            limits=None
            if judged.chart.limits is None
            else (judged.chart.limits.low, judged.chart.limits.mean, judged.chart.limits.high),
            labels={
                "usual": context.words.say("chart.usual"),
                "all": context.words.say("chart.all_links"),
                "strict": context.words.say("chart.strict_links"),
            },
            is_rate=series.indicator.is_rate,
        )
    return Panel(
        id=panel_id,
        title=_title(context, judged),
        mark=judged.mark,
        figure=figure,
        sentence=change_sentence(context.words, series, judged.chart, context.names),
        more=more_sentences(context, judged),
    )


def _point(context: Context, judged: Judged, index: int) -> TrendPoint:
    reading = judged.series.readings[index]
    strict = judged.strict.readings[index] if judged.strict is not None else None
    marks = notes_of(context, judged.series, reading)
    return TrendPoint(
        label=context.axis(reading.quarter),
        hover=f"{context.words.axis(reading.quarter, 'date.narrow')}: {reading.text} {marks}".strip(),
        value=reading.value,
        marker=reading.marker,
        is_signal=judged.chart.verdicts[index].is_signal,
        is_comparable=reading.is_comparable,
        other=strict.value if strict is not None else None,
    )


def _notes(context: Context, judged: tuple[Judged, ...], indicator: Indicator) -> list[str]:
    words, found = context.words, list[str]()
    if indicator.is_rate and indicator.base_minimum != context.partnership.thresholds.rate_base:
        found.append(words.say("exhibit.low_base", base=indicator.base_minimum))
    apart = max(
        (sum(not r.is_comparable and r.value is not None for r in j.series.readings) for j in judged),
        default=0,
    )
    if apart:
        found.append(words.say("change.incomparable", n=apart, m=len(context.release.quarters)))
    of_people = (r for j in judged if j.strict is not None for r in j.series.readings)
    if any(_is_too_wide(context, r, indicator) for r in of_people):
        found.append(words.say("exhibit.too_wide"))
    if context.earlier is not None and any(
        revised(context, s) for j in judged for s in (j.series, j.strict) if s is not None
    ):
        found.append(words.say("change.revised", earlier=context.earlier.number))
    return found


def _table(context: Context, indicator: Indicator, judged: tuple[Judged, ...]) -> Table:
    words = context.words
    caption = context.subtitle(words.of(indicator.title), words.say("table.by_quarter"))
    if judged[0].series.agency is not None:
        columns = (words.say("table.quarter"), *(context.names[j.series.agency or ""] for j in judged))
        rows = tuple(
            (words.quarter(q), *(_marked(context, j.series, j.series.readings[i]) for j in judged))
            for i, q in enumerate(r.quarter for r in judged[0].series.readings)
        )
        return Table(caption=caption, columns=columns, rows=rows)
    first = judged[0]
    strict = first.strict
    columns = (words.say("table.quarter"), words.say("table.all_links" if strict else "table.figure"))
    if strict is not None:
        columns = (*columns, words.say("table.strict_links"), words.say("table.range"))
    rows = tuple(
        (
            words.quarter(r.quarter),
            r.text,
            *(
                (strict.readings[i].text, _range(context, strict.readings[i], r, indicator))
                if strict is not None
                else ()
            ),
            notes_of(context, first.series, r),
        )
        for i, r in enumerate(first.series.readings)
    )
    return Table(caption=caption, columns=(*columns, words.say("table.mark")), rows=rows)


def _marked(context: Context, series: Series, reading: Reading) -> str:
    return f"{reading.text} {notes_of(context, series, reading)}".strip()


def _range(context: Context, strict: Reading, every: Reading, indicator: Indicator) -> str:
    span = people_span(context.release, strict, every, indicator)
    if span is not None:
        return context.words.between(*context.words.ends(span))
    return every.marker or (LOW_BASE if _is_too_wide(context, every, indicator) else "")


def _is_too_wide(context: Context, reading: Reading, indicator: Indicator) -> bool:
    """Whether the release withholds the range of a quarter, since it says too little."""
    found = published_range(context.release, reading, indicator)
    return found is not None and found.marker != ""


def _rows(context: Context, series: Series, chart: Chart | None) -> list[tuple[str | int | None, ...]]:
    indicator = series.indicator
    of = series.agency or str(series.links)
    tables = dict.fromkeys((indicator.numerator.table, (indicator.denominator or indicator.numerator).table))
    usual = (None, None, None) if chart is None else usual_range(series, chart)
    source = " ".join(f"{table}.{of}.csv" for table in tables)
    return [
        (
            indicator.name,
            str(r.quarter),
            series.agency or "",
            "" if series.links is None else str(series.links),
            r.numerator.value,
            r.numerator.marker,
            None if r.denominator is None else r.denominator.value,
            "" if r.denominator is None else r.denominator.marker,
            None if r.value is None else whole(r.value),
            r.marker,
            notes_of(context, series, r),
            "percent" if indicator.is_rate else indicator.unit,
            *_published(context, series, r),
            *usual,
            _rolling(series) if r is series.latest else None,
            source,
        )
        for r in series.readings
    ]


def _rolling(series: Series) -> int | None:
    """Sum of the last four quarters where the sentence gives it."""
    cell = series.rolling_year
    return None if cell is None or cell.marker else cell.value


def _published(context: Context, series: Series, reading: Reading) -> tuple[str | int | None, ...]:
    """Range that linkage error allows, as the release publishes it beside the figure by all links: both ends,
    how many quarters it is over, and its marker where it is withheld."""
    found = published_range(context.release, reading, series.indicator) if series.links is Links.ALL else None
    if found is None:
        return None, None, None, ""
    ends = (None if end is None else f"{end}" for end in (found.low_pct, found.high_pct))
    return *ends, found.n_quarters, found.marker


def key_figures(context: Context, indicator: Indicator) -> tuple[Figure, ...]:
    """The indicator among the key figures: one for people, one for each agency otherwise."""
    return tuple(
        Figure(
            id=f"key-{indicator.name}-{j.series.agency or 'people'}",
            subject="" if j.series.agency is None else context.names[j.series.agency],
            value=_shown(context, j),
            mark=j.mark,
            sentence=change_sentence(context.words, j.series, j.chart, context.names),
            more=more_sentences(context, j, is_beside_range=True),
            page=indicator.question.value,
            exhibit=indicator.name,
        )
        for j in judge(context, indicator)
        if j.series.has_values
    )


def _shown(context: Context, judged: Judged) -> str:
    """The figure as a card prints it: a range where strict links make one."""
    if judged.strict is not None and judged.series.latest.value is not None:
        span = people_span(
            context.release, judged.strict.latest, judged.series.latest, judged.series.indicator
        )
        if span is not None:
            return context.words.between(*context.words.ends(span))
    return judged.series.latest.text
