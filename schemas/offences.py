"""What an offence is: its group, the sex and age that statute fixes, and the fifteen kinds it falls under.

What belongs here: the facts of ``codes/offences.csv``, ``offence_categories.csv`` and ``scope.csv``, for a
Home Office category (``19C``), a Home Office code (``019/08``), or both. What does not: recognising an
offence in what an agency wrote (``offence_texts.py``), what became of the crime (``codes/outcomes.csv``).

Three levels that are never mixed: group (``Rape``), category (``19C``), code (``019/08``). A code may stand
in several categories (019/08 in 19C and 19J), and a category may pool ages (19J), so every fact here belongs
to a *pair* of category and code. Where a record gives only one of the two, a fact is told only if it is the
same for every pair that the record may mean; otherwise it is blank. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType

import polars as pl

from schemas.codelists import NOT_RECORDED, codelist, rows

EVERY_CODE = "*"
"""In ``scope.csv``: every code of the category."""

AGE_BOUNDS = MappingProxyType({
    "u13": (0, 12), "13to15": (13, 15), "u16": (0, 15), "13to17": (13, 17), "u18": (0, 17),
    "13plus": (13, None), "16plus": (16, None), "18plus": (18, None),
})
"""Ages in years that each ``victim_age`` of ``offences.csv`` allows, both included; None is without limit."""

ADULT_FROM_YEARS = 16
"""Home Office lettering: adult rape is rape of a person aged 16 and over (categories 19C and 19F)."""

CHILD_TO_YEARS = 17
"""A line whose victim is at most 17 is an offence against a child, as in categories 23, 71 and 73."""


class AgeGroup(StrEnum):
    """Whether the offence itself says that the victim was a child or an adult."""

    CHILD = "child"
    ADULT = "adult"
    NOT_FIXED = "not_fixed"


class Condition(StrEnum):
    """When a row of the scope applies."""

    ALWAYS = "always"
    SEXUAL_FLAG = "sexual_flag"
    """Only where the record also says that the matter was sexual."""


@dataclass(frozen=True, kw_only=True)
class Offence:
    """What is known of an offence from its category, its code, or both.

    Blank text: not fixed, or not the same for all pairs that are meant.
    """

    category: str | None
    code: str | None
    title: str
    home_office_group: str
    victim_sex: str
    """``F``, ``M`` or blank."""
    victim_age: str
    """A key of ``AGE_BOUNDS`` or blank."""
    age_group: AgeGroup
    is_attempt: bool
    is_sexual_offence: bool
    """Whether it is of the class Sexual offences: in scope whatever the kinds say."""
    is_state_based: bool
    """Whether the crime may have no victim row."""
    is_created_2024: bool
    """One of the two offences created on 31 January 2024, left out of the like-for-like series."""
    breach_of: str
    """A code of ``order_types.csv`` or blank."""
    valid_from: date | None
    valid_to: date | None

    def is_valid_on(self, day: date) -> bool:
        """Whether the offence could be recorded on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


def is_pair(category: str, code: str) -> bool:
    """Whether ``code`` stands in ``category`` in the notifiable offence list."""
    return code in _codes_of_category().get(category, ())


def is_category(text: str) -> bool:
    """Whether ``text`` is a Home Office offence category, in reach or not."""
    return text in _codes_of_category()


def is_code(text: str) -> bool:
    """Whether ``text`` is a notifiable Home Office code, in reach or not."""
    return text in _categories_of_code()


def categories_of(code: str) -> tuple[str, ...]:
    """Every category that holds ``code``; empty where the code is not notifiable."""
    return _categories_of_code().get(code, ())


def only_category(category: str, code: str) -> str:
    """The category of an offence in reach: as recorded, else the one that alone holds its code, else
    ``not_recorded``."""
    if category != NOT_RECORDED:
        return category
    holding = [c for c in categories_of(code) if is_in_reach(c, code)]
    return holding[0] if len(holding) == 1 else NOT_RECORDED


def is_in_reach(category: str | None, code: str | None) -> bool:
    """Whether the pair is among the offences that the standards' definition, or a breach measure, reaches."""
    if code is None:
        return category is not None and _reach().get(category) == "yes"
    return any((c, code) in _lines() for c in ((category,) if category else categories_of(code)))


@cache
def offence(category: str | None, code: str | None) -> Offence | None:
    """The facts of an offence, or None where it is out of reach.

    Args:
        category: such as ``19C``, or None where the record does not tell.
        code: such as ``019/08``, or None where the record does not tell.
    """
    if not is_in_reach(category, code):
        return None
    meant = _meant(category, code)
    lines = [line for pair in meant for line in _lines().get(pair, ())]
    complete = all(pair in _lines() for pair in meant)

    def same(column: str) -> str:
        values = {line[column] for line in lines}
        return values.pop() if complete and len(values) == 1 else ""

    def every(column: str, value: str) -> bool:
        return complete and all(line[column] == value for line in lines)

    group, title = same("home_office_group"), " | ".join(dict.fromkeys(line["title"] for line in lines))
    if code is None and category is not None:
        known = codelist("offence_categories").entry(category)
        title = known.label
        group = group or known.attributes["subclass"] or known.attributes["class"]
    starts, ends = [line["valid_from"] for line in lines], [line["valid_to"] for line in lines]
    return Offence(
        category=category, code=code, title=title, home_office_group=group,
        victim_sex=same("victim_sex"), victim_age=same("victim_age"),
        age_group=_age_group({line["victim_age"] for line in lines} if complete else {""}),
        is_attempt=every("is_attempt", "yes"), is_sexual_offence=every("is_sexual_offence", "yes"),
        is_state_based=any(line["state_based"] != "V" for line in lines) or not complete,
        is_created_2024=every("created_2024", "yes"), breach_of=same("breach_of"),
        valid_from=None if "" in starts else min(date.fromisoformat(d) for d in starts),
        valid_to=None if "" in ends else max(date.fromisoformat(d) for d in ends),
    )


def kinds_of(category: str | None, code: str | None, *, is_sexual: bool) -> frozenset[str]:
    """Which of the fifteen kinds (codes of ``kinds.csv``) an offence falls under; they overlap.

    Args:
        category: such as ``19C``, or None.
        code: such as ``019/08``, or None.
        is_sexual: whether the record itself says that the matter was sexual, which harassment, stalking,
        communications
            and slavery offences need.

    Returns:
        The kinds that hold for every pair the record may mean. Empty is no proof of being out of scope: see
        ``is_in_scope``.
    """
    scope = _scope()
    allowed = (Condition.ALWAYS, Condition.SEXUAL_FLAG) if is_sexual else (Condition.ALWAYS,)
    kinds = [
        frozenset(kind for condition in allowed for kind in scope.get((pair, condition), ()))
        for pair in _meant(category, code)
    ]
    return frozenset.intersection(*kinds) if kinds else frozenset()


def is_in_scope(category: str | None, code: str | None, *, is_sexual: bool) -> bool:
    """Whether the standards' definition covers the offence: a sexual offence, or one of the fifteen kinds."""
    known = offence(category, code)
    if known is None:
        return False
    return known.is_sexual_offence or bool(kinds_of(category, code, is_sexual=is_sexual))


@cache
def offences_frame() -> pl.DataFrame:
    """Every offence in reach as a frame for joins.

    Grain: one row per (``offence_category``, ``offence_code``), with ``not_recorded`` where only the other is
    known. Columns: the two, ``title, home_office_group, victim_sex, victim_age, age_group, is_attempt,
    is_sexual_offence, is_state_based, is_created_2024, breach_of, valid_from, valid_to``. Flags are yes or
    no; blanks are empty text.
    """
    found = [o for pair in _partial_pairs() if (o := offence(*pair)) is not None]
    return pl.DataFrame(
        {
            "offence_category": [o.category or NOT_RECORDED for o in found],
            "offence_code": [o.code or NOT_RECORDED for o in found],
            "title": [o.title for o in found],
            "home_office_group": [o.home_office_group for o in found],
            "victim_sex": [o.victim_sex for o in found],
            "victim_age": [o.victim_age for o in found],
            "age_group": [str(o.age_group) for o in found],
            **{flag: _yes_no(found, flag) for flag in (
                "is_attempt", "is_sexual_offence", "is_state_based", "is_created_2024",
            )},
            "breach_of": [o.breach_of for o in found],
            "valid_from": pl.Series([o.valid_from for o in found], dtype=pl.Date),
            "valid_to": pl.Series([o.valid_to for o in found], dtype=pl.Date),
        }
    )


@cache
def scope_frame() -> pl.DataFrame:
    """The declared scope as a frame for joins.

    Grain: one row per (``offence_category``, ``offence_code``, ``kind``), over the pairs of
    ``offences_frame``. ``condition`` is ``always`` or ``sexual_flag``; a kind that holds always is not
    repeated under the flag.
    """
    table = []
    for category, code in _partial_pairs():
        always = kinds_of(category, code, is_sexual=False)
        for kind in codelist("kinds").codes:
            if kind in always:
                table.append((category, code, kind, Condition.ALWAYS))
            elif kind in kinds_of(category, code, is_sexual=True):
                table.append((category, code, kind, Condition.SEXUAL_FLAG))
    return pl.DataFrame(
        [(c or NOT_RECORDED, n or NOT_RECORDED, kind, str(condition)) for c, n, kind, condition in table],
        schema=["offence_category", "offence_code", "kind", "condition"],
        orient="row",
    )


@cache
def _reach() -> Mapping[str, str]:
    return codelist("offence_categories").attribute("is_in_reach")


def _yes_no(found: Iterable[Offence], flag: str) -> list[str]:
    return ["yes" if getattr(o, flag) else "no" for o in found]


def _age_group(ages: set[str]) -> AgeGroup:
    """The group that holds for each of the ages; blank is every age."""
    bounds = [AGE_BOUNDS.get(age, (0, None)) for age in ages]

    def holds(test: Callable[[int, int | None], bool]) -> bool:
        return bool(bounds) and all(test(lower, upper) for lower, upper in bounds)

    if holds(lambda _, upper: upper is not None and upper <= CHILD_TO_YEARS):
        return AgeGroup.CHILD
    if holds(lambda lower, _: lower >= ADULT_FROM_YEARS):
        return AgeGroup.ADULT
    return AgeGroup.NOT_FIXED


def _meant(category: str | None, code: str | None) -> list[tuple[str, str]]:
    """Every pair of category and code that the two may mean; a category without codes stands with an empty
    code."""
    if category is not None and code is not None:
        return [(category, code)]
    if code is not None:
        return [(c, code) for c in categories_of(code)]
    if category is not None:
        return [(category, n) for n in _codes_of_category().get(category, ()) or ("",)]
    return []


@cache
def _partial_pairs() -> tuple[tuple[str | None, str | None], ...]:
    pairs: dict[tuple[str | None, str | None], None] = {}
    for category, code in _lines():
        pairs[(category, code or None)] = None
        pairs[(category, None)] = None
        if code:
            pairs[(None, code)] = None
    return tuple(sorted(pairs, key=lambda p: (p[0] or "~", p[1] or "~")))


@cache
def _lines() -> MappingProxyType[tuple[str, str], tuple[MappingProxyType[str, str], ...]]:
    """(category, code) → its lines in ``offences.csv``."""
    found: dict[tuple[str, str], list[MappingProxyType[str, str]]] = {}
    for row in rows("offences"):
        found.setdefault((row["category"], row["code"]), []).append(MappingProxyType(dict(row)))
    return MappingProxyType({key: tuple(lines) for key, lines in found.items()})


@cache
def _codes_of_category() -> MappingProxyType[str, tuple[str, ...]]:
    held = codelist("offence_categories").attribute("codes")
    return MappingProxyType({c: tuple(codes.split()) for c, codes in held.items() if c != NOT_RECORDED})


@cache
def _categories_of_code() -> MappingProxyType[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for category, codes in _codes_of_category().items():
        for code in codes:
            found[code] = (*found.get(code, ()), category)
    return MappingProxyType(found)


@cache
def _scope() -> MappingProxyType[tuple[tuple[str, str], Condition], frozenset[str]]:
    """((category, code), condition) → kinds, with every ``*`` spelt out over the lines in reach."""
    found: dict[tuple[tuple[str, str], Condition], set[str]] = {}
    for row in rows("scope"):
        for pair in _lines():
            if pair[0] == row["category"] and row["code"] in (EVERY_CODE, pair[1]):
                found.setdefault((pair, Condition(row["condition"])), set()).add(row["kind"])
    return MappingProxyType({key: frozenset(kinds) for key, kinds in found.items()})
