"""Words from numbers: the strings of one language, and the sentences that the rules allow.

What belongs here: reading the strings file, filling a sentence, choosing the sentence for a verdict. What
does not: the numbers (``measure.py``), the verdict (``change.py``), and the lint of what people write
(``lint.py``).

Sentences are chosen by rule and filled from released figures; nothing here knows a number of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from dashboards.change import BASELINE_POINTS, Chart, Limits, Verdict
from dashboards.measure import LOW_BASE, Reading, Series, Span, whole
from dashboards.release import UNAVAILABLE, WITHHELD
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import Indicator
from schemas.measures.questions import Direction
from schemas.quarters import Quarter

STRINGS_DIR = Path(__file__).parent / "assets"
SOURCE = "en"
"""The language that all others are translated from."""
HEADLINE_WORDS = 10
"""A headline states the finding in ten words or fewer (Government Analysis Function, charts guidance)."""
SYMBOLS = (
    ("[c]", "c"),
    ("[x]", "x"),
    ("[z]", "z"),
    ("[u]", "u"),
    ("[b]", "b"),
    ("[p]", "p"),
    ("[r]", "r"),
    ("0 to 4", "zero"),
)
"""Symbols of tables (Government Analysis Function, symbols in tables) and the string that explains each."""
MARK_OF = {
    Verdict.ABOVE: "high",
    Verdict.RISING: "high",
    Verdict.NEAR_TOP: "high",
    Verdict.RUN_ABOVE: "high",
    Verdict.BELOW: "low",
    Verdict.FALLING: "low",
    Verdict.NEAR_BOTTOM: "low",
    Verdict.RUN_BELOW: "low",
    Verdict.NONE: "none",
    Verdict.TOO_EARLY: "early",
    Verdict.RUN_CHART: "early",
    Verdict.NO_RANGE: "early",
    Verdict.UNKNOWN: "unknown",
}
"""The mark beside a figure: a shape and a word, never a colour alone."""


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_RANGE = re.compile(r"(?<![\w.])(\d[\d,.]*%?) to (\d[\d,.]*%?)(?!\w)")


class StringsError(ValueError):
    """The strings file cannot be used, or a sentence is not in it; names file, key and remedy."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """The strings of one language."""

    language: str
    strings: Mapping[str, str] = field(repr=False)
    """Dotted key to text."""
    labels: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Texts that stand in ``schemas`` (labels of codes, titles and definitions of measures) to their
    translation; English needs none."""

    def say(self, key: str, **values: object) -> str:
        """One string with its braces filled.

        Raises:
            StringsError: no such key, or a brace without a value.
        """
        if key not in self.strings:
            raise StringsError(f"[strings.{self.language}], key [{key}]: is missing. Add it.")
        try:
            return self.strings[key].format(**values)
        except KeyError as error:
            raise StringsError(
                f"[strings.{self.language}], key [{key}]: nothing fills [{error.args[0]}]."
            ) from None

    def under(self, key: str) -> dict[str, str]:
        """Every string under a key, by what follows it."""
        start = f"{key}."
        return {k.removeprefix(start): text for k, text in self.strings.items() if k.startswith(start)}

    def of(self, text: str) -> str:
        """A text that stands in ``schemas``, in this language; as it is where nobody has translated it."""
        return self.labels.get(text, text)

    def all_of(self, labels: Mapping[str, str]) -> dict[str, str]:
        """Labels by code, in this language."""
        return {code: self.of(label) for code, label in labels.items()}

    def label(self, text: str) -> str:
        """A category within a sentence: one of several words in quotation marks, so that it is seen to be
        one."""
        return self.say("join.quoted", text=text) if " " in text else text

    def month(self, day: date) -> str:
        """``October 2026``."""
        return self.say("date.month_of", month=self.say(f"date.month.{day.month}"), year=day.year)

    def day(self, day: date | str) -> str:
        """``15 October 2026``, from a date or as the release writes it; a text that is no date as it is."""
        if isinstance(day, str):
            if not _ISO.fullmatch(day):
                return day
            day = date.fromisoformat(day)
        return self.say("date.day", day=day.day, month=self.say(f"date.month.{day.month}"), year=day.year)

    def quarter(self, quarter: Quarter) -> str:
        """``July to September 2026``."""
        return self._quarter(quarter, "date.quarter", "date.month")

    def axis(self, quarter: Quarter, key: str = "date.axis") -> str:
        """``Jul–Sep<br>2026``: for the narrow places of a chart."""
        return self._quarter(quarter, key, "date.short")

    def _quarter(self, quarter: Quarter, key: str, month: str) -> str:
        first, last = (self.say(f"{month}.{d.month}") for d in (quarter.first_day, quarter.last_day))
        return self.say(key, first=first, last=last, year=quarter.year)

    def join(self, items: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        return self.say("join.last", items=self.say("join.between").join(items[:-1]), last=items[-1])

    def between(self, low: str, high: str) -> str:
        """A range of two figures: ``14% to 16%``."""
        return self.say("join.range", low=low, high=high)

    def ends(self, span: Span) -> tuple[str, str]:
        """Both ends of a range; the upper one says over how many quarters, where over more than one."""
        low, high = span.text
        return low, high if span.n_quarters == 1 else self.say("join.over", high=high, n=span.n_quarters)

    @cached_property
    def _is_range_english(self) -> bool:
        return self.strings.get("join.range") == "{low} to {high}"

    def drawn(self, node: Any) -> Any:
        """A figure (dictionaries, lists, texts, numbers) whose texts read as ``figures`` has them."""
        if self._is_range_english:
            return node
        if isinstance(node, Mapping):
            return {key: self.drawn(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.drawn(value) for value in node]
        return self.figures(node) if isinstance(node, str) else node

    def figures(self, text: str) -> str:
        """A text whose ranges of figures (``0 to 4``) read as this language has them: the release writes
        them in English, since they are symbols of its tables."""
        if self._is_range_english:
            return text
        return _RANGE.sub(lambda m: self.between(m[1], m[2]), text)

    def fields(self, key: str) -> frozenset[str]:
        """Names in braces of one string."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.strings[key]) if name)


def read_words(language: str = SOURCE, folder: Path = STRINGS_DIR) -> Words:
    """Read ``strings.<language>.yaml``; a translation has every key of the English file.

    Raises:
        StringsError: there is no such file, or it is not a tree of texts.
    """
    path = folder / f"strings.{language}.yaml"
    if not path.exists():
        raise StringsError(f"[{path.name}]: no such file. Translate [strings.en.yaml] into it.")
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    labels = content.pop("labels", {})
    flat: dict[str, str] = {}

    def walk(prefix: str, node: object) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                walk(f"{prefix}.{key}" if prefix else str(key), value)
        elif isinstance(node, str):
            flat[prefix] = node
        else:
            raise StringsError(f"[{path.name}], key [{prefix}]: is no text. Put it in quotes.")

    walk("", content)
    words = Words(language=flat.pop("language"), strings=flat, labels=labels)
    if language != SOURCE:
        _check_translation(words, read_words(), path.name)
    return words


def _check_translation(words: Words, source: Words, name: str) -> None:
    """Refuse a translation of which a page would fall short, or that asks for what nobody fills.

    Raises:
        StringsError: keys are missing or not known, or braces are not those of the English sentence.
    """
    missing = [key for key in source.strings if key not in words.strings]
    unknown = [key for key in words.strings if key not in source.strings]
    for what, keys in (("is missing", missing), ("is not one of [strings.en.yaml]", unknown)):
        if keys:
            raise StringsError(f"[{name}], key [{keys[0]}]: {what}, one of [{len(keys)}]. Mend it there.")
    for key in words.strings:
        if extra := words.fields(key) - source.fields(key):
            raise StringsError(f"[{name}], key [{key}]: nothing fills [{min(extra)}]. Use the English names.")


def sentence(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]


def number(value: float, *, is_rate: bool) -> str:
    """Whole, with thousands, and a percent sign where it is a share."""
    return f"{whole(value)}%" if is_rate else f"{whole(value):,}"


def _limit_texts(limits: Limits, *, is_rate: bool) -> dict[str, str]:
    low, mean, high = (number(v, is_rate=is_rate) for v in _ends(limits, is_rate=is_rate))
    return {"low": low, "mean": mean, "high": high}


def _ends(limits: Limits, *, is_rate: bool) -> tuple[float, float, float]:
    """Low, mean and high of the usual range within what a count or a share can be."""
    return max(limits.low, 0.0), limits.mean, min(limits.high, 100.0) if is_rate else limits.high


def usual_range(series: Series, chart: Chart) -> tuple[int | None, int | None, int | None]:
    """Low, mean and high of the usual range as sentences give them; None where there are no limits."""
    if chart.limits is None:
        return None, None, None
    low, mean, high = (whole(v) for v in _ends(chart.limits, is_rate=series.indicator.is_rate))
    return low, mean, high


def change_sentence(words: Words, series: Series, chart: Chart, names: Mapping[str, str]) -> str:
    """The one sentence on the latest quarter of a series, by rule."""
    latest = series.latest
    if latest.value is None:
        return gap_sentence(words, latest, series.indicator, names)
    for name, agencies in (("missing", latest.coverage.missing), ("partial", latest.coverage.partial)):
        if agencies:
            return words.say(f"change.{name}", agencies=words.join([names[a] for a in sorted(agencies)]))
    verdict = chart.latest
    if verdict is Verdict.TOO_EARLY:
        return words.say("change.too_early", n=chart.n_points)
    if series.is_all_small:
        return words.say("change.all_small")
    if verdict is Verdict.NO_RANGE:
        return words.say("change.no_range", n=BASELINE_POINTS, value=latest.text)
    if verdict is Verdict.RUN_CHART or chart.limits is None:
        return words.say("change.run_chart", value=latest.text)
    is_rate = series.indicator.is_rate
    first = next(r.quarter for r, v in zip(series.readings, chart.values, strict=True) if v is not None)
    text = words.say(
        f"change.{verdict.value}",
        value=latest.text,
        since=words.month(first.first_day),
        **_limit_texts(chart.limits, is_rate=is_rate),
    )
    wanted = words.say(f"change.{judgement(series.indicator.direction, verdict)}")
    trial = words.say("change.trial") if chart.is_trial else ""
    return " ".join(part for part in (text, wanted, trial) if part)


def judgement(direction: Direction, verdict: Verdict) -> str:
    """``better``, ``worse`` or ``neutral``: a signal is good or bad only where the indicator says which way
    is wanted."""
    mark = MARK_OF[verdict]
    if direction is Direction.NEUTRAL or mark not in ("high", "low"):
        return "neutral"
    return "better" if (mark == "high") == (direction is Direction.HIGHER_IS_BETTER) else "worse"


def gap_sentence(words: Words, reading: Reading, indicator: Indicator, names: Mapping[str, str]) -> str:
    """Why there is no figure."""
    match reading.marker:
        case m if m == WITHHELD:
            return words.say("change.withheld")
        case m if m == LOW_BASE:
            return words.say("change.low_base", base=indicator.base_minimum)
        case m if m == UNAVAILABLE and reading.coverage.missing:
            agencies = words.join([names[a] for a in sorted(reading.coverage.missing)])
            return words.say(
                "change.unavailable", reason=words.say("change.reason_missing", agencies=agencies)
            )
    if not reading.coverage.expected:
        return words.say("change.unavailable", reason=words.say("change.reason_nobody"))
    reason = "history" if CUBES[indicator.numerator.cube].needs_history else "absent"
    return words.say("change.unavailable", reason=words.say(f"change.reason_{reason}"))


def is_headline(text: str) -> bool:
    """Whether a text is short enough for a headline."""
    return len(text.split()) <= HEADLINE_WORDS


def headline(
    words: Words,
    indicator: Indicator,
    verdicts: Mapping[str | None, Verdict],
    names: Mapping[str, str],
    *,
    has_value: bool,
) -> str:
    """The finding of a trend in ten words or fewer: the one signal, how many there are, or that there is
    none.

    ``has_value``: whether the latest quarter has a figure at all; one that may not be compared is not
    missing.
    """
    short = words.of(indicator.short)
    signals = {agency: v for agency, v in verdicts.items() if v.is_signal}
    if len(signals) > 1:
        ways = {MARK_OF[v] for v in signals.values()}
        key = f"several_{ways.pop()}" if len(ways) == 1 else "several"
        return words.say(f"headline.{key}", short=short, n=len(signals))
    if signals:
        ((agency, verdict),) = signals.items()
        where = "" if agency is None else words.say("headline.at", agency=names[agency])
        text = words.say(f"headline.{verdict.value}", short=short, where=where)
        for shorter in (words.say("headline.at_one"), ""):
            if not is_headline(text):
                text = words.say(f"headline.{verdict.value}", short=short, where=shorter)
        return text
    quiet = [agency for agency, v in verdicts.items() if v is Verdict.NONE]
    if quiet:
        text = steady = words.say("headline.steady", short=short)
        if len(quiet) > 1:
            text = words.say("headline.steady_agencies", short=short, n=len(quiet))
        elif quiet[0] is not None:
            text = steady + words.say("headline.at", agency=names[quiet[0]])
        return text if is_headline(text) else steady
    if any(v is not Verdict.UNKNOWN for v in verdicts.values()):
        return words.say("headline.too_early", short=short)
    return words.say("headline.incomparable" if has_value else "headline.unknown", short=short)
