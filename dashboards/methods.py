"""Tables of the closing pages: definitions, symbols, revisions, linkage, decisions.

What belongs here: tables that describe the figures. What does not: the figures.
"""

from __future__ import annotations

import json
from typing import Any

from dashboards.commentary import Decision
from dashboards.context import Context
from dashboards.exhibit import Table
from dashboards.revisions import table_title
from dashboards.story import Story
from dashboards.words import SYMBOLS, Words
from schemas.measures.breakdowns import BREAKDOWNS
from schemas.measures.dimensions import ALL
from schemas.measures.indicators import INDICATORS
from schemas.measures.questions import Direction
from schemas.quarters import Quarter

SYSTEMS = "systems.json"
"""File of a release that says which quarters of which tables were left out to protect people."""
LINKAGE_RATES = (
    "estimated_precision",
    "estimated_recall",
    "blind_precision",
    "blind_recall",
    "blind_recall_low",
    "blind_recall_high",
)
"""Estimates that a page may show: rates of right and of found links. Counts of people or pairs are not among
them, since nothing has protected those."""


def methods_tables(context: Context, story: Story) -> dict[str, Any]:
    """Tables of the methods page by the names that its template uses."""
    words = context.words
    shown = {e.id for p in story.pages for e in p.exhibits}
    items = [
        (
            i.name,
            words.of(i.title),
            words.of(i.definition),
            i.duties,
            ""
            if i.direction is Direction.NEUTRAL
            else words.say("methods.wanted", way=words.say(f"methods.direction_{i.direction}")),
        )
        for i in INDICATORS.values()
    ]
    items += [
        (b.name, words.of(b.title), words.of(b.definition), b.duties, "")
        for b in BREAKDOWNS.values()
    ]
    release = context.release
    absent = [title for name, title, _, _, _ in items if name not in shown]
    return {
        "left_out": left_out(context),
        "has_stages": any(name.startswith("charged_by_") for name in release.table_names),
        "absent": words.join(absent) if absent and story.with_detail else "",
        "definitions_table": Table(
            caption=words.say("methods.definitions_caption"),
            columns=tuple(words.say(f"methods.{c}") for c in ("name", "counts", "duties", "direction")),
            rows=tuple(
                (title, text, ", ".join(duties), way)
                for name, title, text, duties, way in items
                if name in shown
            ),
        ),
        "symbols_table": Table(
            caption=words.say("methods.symbols_caption"),
            columns=(words.say("methods.symbol"), words.say("methods.meaning")),
            rows=tuple((symbol, words.say(f"symbol.{key}")) for symbol, key in SYMBOLS),
        ),
        "revisions_table": Table(
            caption=words.say("methods.revisions_caption"),
            columns=(words.say("table.quarter"), words.say("completeness.status")),
            rows=tuple(
                (
                    words.quarter(q),
                    words.say(
                        "methods.provisional"
                        if q in release.provisional_quarters
                        else "methods.final"
                        if q in release.final_quarters
                        else "methods.open"
                    ),
                )
                for q in release.quarters
            ),
        ),
        "linkage_table": Table(
            caption=words.say("methods.linkage_caption"),
            columns=tuple(
                words.say(c) for c in ("methods.measure", "methods.role", "table.quarter", "methods.value")
            ),
            rows=tuple(
                (
                    words.say(f"methods.rate.{e.measure}"),
                    words.say(f"methods.role_{e.role}"),
                    words.quarter(Quarter.parse(e.quarter)),
                    e.value,
                )
                for e in release.linkage
                if e.breakdown == ALL and e.measure in LINKAGE_RATES
            ),
        )
        if release.linkage
        else None,
    }


def period_in_words(words: Words, period: str) -> str:
    """A published period as a page prints it: a quarter in words, a year as it is."""
    return words.quarter(Quarter.parse(period)) if "-Q" in period else period


def left_out(context: Context) -> tuple[str, ...]:
    """What was left out for the sake of protection, a sentence for each table, with its quarters."""
    path, words = context.release.folder / SYSTEMS, context.words
    tables = json.loads(path.read_text(encoding="utf-8"))["cubes"] if path.is_file() else ()
    return tuple(
        words.say(
            "methods.left_out",
            title=table_title(context, table["name"]),
            periods=words.join([period_in_words(words, period) for period in table["left_out"]]),
        )
        for table in tables
        if table["left_out"]
    )


def revision_tables(context: Context, story: Story) -> dict[str, Any]:
    """Tables of the pages on changes and decisions."""
    words = context.words
    compared = story.page("changes").extra["compared"]
    found: dict[str, Any] = {
        "changes_totals": None,
        "changes_tables": None,
        "decisions_table": _decisions(context, story),
    }
    if compared is not None:
        found["changes_totals"] = Table(
            caption=words.say("changes.totals_caption"),
            columns=tuple(words.say(f"changes.{c}") for c in ("measure", "period", "was", "now")),
            rows=tuple((t.title, period_in_words(words, t.period), t.was, t.now) for t in compared.totals),
        )
        found["changes_tables"] = Table(
            caption=words.say("changes.caption", earlier=compared.earlier),
            columns=tuple(
                words.say(f"changes.{c}")
                for c in ("table", "compared", "cells", "first_shown", "withdrawn", "largest")
            ),
            rows=tuple(
                (
                    c.title,
                    *(f"{n:,}" for n in (c.n_compared, c.n_changed, c.n_first, c.n_withdrawn)),
                    "[z]" if c.largest is None else f"{c.largest:,}",
                )
                for c in compared.tables
            ),
        )
    return found


def _decisions(context: Context, story: Story) -> Table:
    words = context.words
    sections = story.commentary.sections if story.commentary is not None else {}
    return Table(
        caption=words.say("decisions.register"),
        columns=tuple(words.say(f"decisions.{c}") for c in ("section", "decision", "asked", "owner", "by")),
        rows=tuple(
            (
                words.say(f"page.{name}.title"),
                words.say(f"decisions.{s.decision}"),
                s.asked,
                s.owner,
                words.day(s.by) if s.by is not None else "[z]",
            )
            for name, s in sections.items()
            if s.decision is not Decision.NONE
        ),
    )
