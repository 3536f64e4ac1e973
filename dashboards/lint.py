"""The lint of what people write: small numbers, blaming words, numbers that the release does not hold.

What belongs here: rules over prose, for commentary, strings and templates. What does not: the prose.

Sources of the words: the partnership's own terms (victims and survivors), Appropriate Language (Children's
Society and NAPAC, 2024), and the Standards. A word list flags; a person rewrites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.commentary import Commentary
from dashboards.story import Story

BETTER: dict[str, str] = {
    r"admit(s|ted|ting)?": "said, disclosed, or told us",
    r"alleg(e|es|ed|edly|ation|ations|ing)( victims?)?": "reported",
    r"claim(s|ed|ing)?": "said or reported",
    r"disengag(e|es|ed|ing|ement)": "support ended early",
    r"fail(s|ed|ing|ure|ures)? to (engage|attend|respond|disclose)": "say what the service offered, and when",
    r"non-?complian(t|ce)": "say what happened",
    r"refus(e|es|ed|ing|al|als)": "chose not to, or declined by the service",
    r"drop(s|ped|ping)?[ -]?outs?": "support ended early",
    r"hard[ -]to[ -]reach": "say whom services do not reach",
    r"promiscuous|risky (behaviour|choices|lifestyle)|lifestyle choices?|poor decisions?": (
        "say what was done to the person"
    ),
    r"(sex|relationship|affair) with (a )?(child|minor|girl|boy)(ren|s)?": "sexual abuse of a child",
    r"date rape": "rape",
    r"child porn(ography)?": "images of child sexual abuse",
    r"histor(ic|ical) (abuse|rape|offences?|allegations?)": "non-recent",
    r"attrition": "where cases stop",
    r"accusers?|complainants?": "victim, or survivor",
    r"unfounded|false (reports?|allegations?)": "say what the record shows",
    r"shocking|horrific|epidemic|alarming|soaring|plummet(ed|ing)?|skyrocket(ed|ing)?": "state the number",
}
"""Pattern to what to write instead."""
SMALL = re.compile(
    r"(?<![\w.,%\-/–])([1-4])(?![\w%]|[.,]\d|[-/]\d| of \d| in \d| quarters?"
    r"| (?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r" \d{4}"
    r"| points apart| campaigns?\b| months?| weeks?|(?: working)? days?| years?| agenc(?:y|ies)"
    r"| services?| series| areas?| decisions?"
    r"| deliver(?:y|ies)| tables?| indicators?| numbers changed| more[;:.)])"
    r"|\b(a single|only one|just one|one"
    r" (victim|survivor|woman|man|girl|boy|child|person|client|suspect|incident|crime|case)"
    r"|(two|three|four)"
    r" (victims|survivors|women|men|girls|boys|children|people|clients|suspects|incidents|crimes|cases))\b",
    re.IGNORECASE,
)
"""A small count in prose: digits 1 to 4, or words for them beside a person or an event."""
_BETTER = {re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE): advice for pattern, advice in BETTER.items()}
_NUMBER = re.compile(r"(?<![\w.-])(\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?(?![\w-])")
_YEAR = range(1990, 2101)


class LintError(ValueError):
    """A text cannot stand; one line per finding, with place, rule and remedy, never the text around it."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One place in a text that a rule catches."""

    rule: str
    what: str
    advice: str


def blaming(text: str) -> list[Finding]:
    """Words that blame, doubt or sensationalise, with what to write instead."""
    return [
        Finding(rule="word", what=match[0].lower(), advice=advice)
        for pattern, advice in _BETTER.items()
        for match in pattern.finditer(text)
    ]


def small_numbers(text: str) -> list[Finding]:
    """Small counts in prose. The number itself is not repeated."""
    return [
        Finding(rule="small number", what="", advice="leave the number out, or say 0 to 4")
        for _ in SMALL.finditer(text.replace("0 to 4", ""))
    ]


def small_with_neighbours(text: str) -> list[tuple[str, str]]:
    """Small counts in a text of one line, each with the word before it and with the word after it."""
    found: list[tuple[str, str]] = []
    for match in SMALL.finditer(text):
        first, last = text.rfind(" ", 0, max(match.start() - 1, 0)), text.find(" ", match.end() + 1)
        end = last if last >= 0 else len(text)
        found.append((text[first + 1 : match.end()], text[match.start() : end]))
    return found


def undeclared(text: str, declared: Iterable[str]) -> list[Finding]:
    """Numbers that stand on no page of the release: a figure from elsewhere, or a slip of the pen."""
    known = set(declared)
    return [
        Finding(
            rule="undeclared number", what="", advice="use a figure of this page, or leave the number out"
        )
        for match in _NUMBER.finditer(text)
        if match[1].replace(",", "") not in known and int(match[1].replace(",", "")) not in _YEAR
    ]


def declared_numbers(story: Story) -> set[str]:
    """Every number that stands on a page of the story, as digits."""
    texts: list[str] = list(story.main_points)
    for page in story.pages:
        for exhibit in page.exhibits:
            texts += [exhibit.headline, exhibit.subtitle, *exhibit.notes]
            texts += [t for panel in exhibit.panels for t in (panel.sentence, *panel.more)]
            texts += [cell for row in exhibit.table.rows for cell in row]
    for figure in story.figures:
        texts += [figure.value, figure.sentence, *figure.more]
    return {m[1].replace(",", "") for t in texts for m in _NUMBER.finditer(t)}


def check_commentary(said: Commentary, story: Story) -> None:
    """Every rule over every section.

    Raises:
        LintError: a section holds a small count, a blaming word, or a number that the release does not hold.
    """
    declared = declared_numbers(story)
    lines = []
    for name, section in said.sections.items():
        for text in section.texts:
            for found in (*blaming(text), *small_numbers(text), *undeclared(text, declared)):
                what = f" [{found.what}]" if found.what else ""
                lines.append(f"section [{name}], rule [{found.rule}]{what}: {found.advice}.")
    if lines:
        raise LintError("the commentary cannot stand:\n" + "\n".join(dict.fromkeys(lines)))
