"""Is every group met alike? What came of referrals, and of reports, by ethnic group; and referrals of a group
before and after a campaign for it.

What belongs here: shares by group over released counts, side by side and never ranked. What does not: who is
harmed (``breakdowns.py``). A difference is a question to ask, never an answer: groups differ in what was
reported, where and when.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from dashboards.context import UNKNOWN, Context
from dashboards.exhibit import Data, Exhibit, Part
from dashboards.measure import coverage, feeders, quarters_of, total
from dashboards.register import shown
from dashboards.release import Cell
from dashboards.tabled import heads_of, last_four, seen, share_of, tabled, year_in_words
from dashboards.words import Words
from schemas.codelists import codelist
from schemas.measures.cubes import CUBES
from schemas.measures.questions import Aim, Cells, cells
from schemas.quarters import QUARTERS_PER_YEAR, Quarter

GROUP = "ethnicity5"


def records(context: Context, cube: str, dimension: str, quarters: tuple[Quarter, ...], agency: str) -> bool:
    """Whether an agency records a characteristic for at least half of what it counts: where it does not, a
    nought of a group would be a nought of the form."""
    unknown, every = (
        total(seen(context, query, q, agency) for q in quarters)
        for query in (Cells(cube=cube, where=((dimension, ("not_recorded",)),)), cells(cube)))
    return unknown.value is not None and every.value is not None and 2 * unknown.value <= every.value


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Shares that are set side by side by ethnic group."""

    name: str
    """Also the key of its strings."""
    cube: str
    dimension: str
    shares: tuple[tuple[str, tuple[str, ...]], ...]
    """(heading, categories that make the share)."""
    duties: tuple[str, ...]


REFERRED = Compared(
    name="referred_alike", cube="referrals_fate_by_ethnicity", dimension="referral_fate",
    shares=(("contact", ("contact_le_7_days", "contact_later")),
            ("service", ("not_fitting", "service")),
            ("person", ("person",))),
    duties=("W10", "C10", "W35"))
JUDGED = Compared(
    name="judged_alike", cube="victims_after_a_year_by_ethnicity", dimension="cohort_outcome",
    shares=(("charged", ("charged", "out_of_court")),
            ("no_action", ("evidential_supported", "no_suspect", "other_closed")),
            ("not_supported", ("evidential_not_supported",)), ("open", ("open",))),
    duties=("C10", "W35"))


def alike_exhibit(compared: Compared, context: Context) -> Exhibit | None:
    """For each agency and ethnic group the base over four quarters and the shares; None where nobody feeds
    the cube or no quarter has been followed for long enough."""
    words, release, cube = context.words, context.release, CUBES[compared.cube]
    quarters = quarters_of(release, cube)
    if len(quarters) < QUARTERS_PER_YEAR:
        return None
    year, labels = last_four(quarters[-1]), context.labels(GROUP)
    rows, tidy = [], []
    for member in feeders(release, cube):
        if not records(context, compared.cube, GROUP, year, member.agency):
            continue

        def over(query: Cells, group: str, agency: str = member.agency) -> Cell:
            return total(seen(context, query, q, agency, **{GROUP: group}) for q in year)

        for group in (g for g in labels if g not in UNKNOWN):
            base = over(cells(compared.cube), group)
            parts = [over(Cells(cube=compared.cube, where=((compared.dimension, held),)), group)
                     for _, held in compared.shares]
            if base.value is None:
                continue
            rows.append((labels[group], member.name, base.text, *(share_of(p, base) for p in parts)))
            tidy += [(group, str(year[-1]), member.agency, name, p.value, p.marker, base.value, base.marker,
                      f"{compared.cube}.{member.agency}.csv")
                     for (name, _), p in zip(compared.shares, parts, strict=True)]
    if not rows:
        return None
    name = compared.name
    return tabled(
        context, name, rows=rows, period=year_in_words(words, year),
        heads=(*heads_of(context, "alike", "group", "agency", "base"),
               *heads_of(context, name, *(key for key, _ in compared.shares))),
        sentences=(words.say("alike.sentence"),), headline=_apart(context, name, rows),
        notes=(words.say("alike.recorded"),),
        covered=coverage(release, cube, year[-1]),
        data=Data(columns=("group", "quarter", "agency", "measure", "numerator", "numerator_marker",
                           "denominator", "denominator_marker", "source"), rows=tuple(tidy)),
        duties=compared.duties, aim=Aim.PREPARE)


def _apart(context: Context, name: str, rows: list[tuple[str, ...]]) -> str:
    """How far the groups of one agency lie apart at most in the first share, as a headline; empty where no
    agency tells it of two groups."""
    told: dict[str, list[int]] = {}
    for _, agency, _, share, *_ in rows:
        if share[:-1].isdigit():
            told.setdefault(agency, []).append(int(share[:-1]))
    apart = [max(shares) - min(shares) for shares in told.values() if len(shares) > 1]
    return context.words.say(f"{name}.found", n=max(apart)) if apart else ""


OF_GROUP: dict[str, Cells] = {
    "everyone": cells("referrals_fate_by_sex"),
    "women": cells("referrals_fate_by_sex", sex="female"),
    "women_and_girls": cells("referrals_fate_by_sex", sex="female"),
    "men": cells("referrals_fate_by_sex", sex="male"),
    "men_and_boys": cells("referrals_fate_by_sex", sex="male"),
    "children": cells("referrals_by_age", age_band=("u13", "13to15", "16to17")),
}
"""Whom a campaign is for → referrals of that group. Who is of a community that is not named cannot be told
apart: for them nothing is counted."""


def campaigns_exhibit(context: Context) -> Exhibit | None:
    """For each campaign about ways to report that says whom it is for: referrals of the group in the quarter
    before its day and the first whole one after it, by agency; None without such a campaign."""
    words, release = context.words, context.release
    held = [c for c in shown(context, "campaigns")
            if c.row["topic"] == "reporting_options" and c.row["serves"] in OF_GROUP and c.row["due"]]
    rows, tidy, later = [], [], words.say("campaigns.not_yet")
    for campaign in held:
        day = date.fromisoformat(campaign.row["due"])
        before, after = Quarter.of(day).plus(-1), Quarter.of(day).plus(1)
        query = OF_GROUP[campaign.row["serves"]]
        group = words.of(codelist("register_serves").labels[campaign.row["serves"]])
        for member in feeders(release, CUBES[query.cube]):
            if query.where and not records(context, query.cube, query.where[0][0], (before,), member.agency):
                continue
            found = [seen(context, query, q, member.agency) if q in release.quarters else None
                     for q in (before, after)]
            texts = [later if cell is None else cell.text for cell in found]
            rows.append((campaign.row["title"], group, member.name, words.quarter(before), texts[0],
                         words.quarter(after), texts[1]))
            tidy += [(campaign.row["ref"], campaign.row["serves"], member.agency, str(q),
                      None if cell is None else cell.value, "" if cell is None else cell.marker)
                     for q, cell in zip((before, after), found, strict=True)]
    if not rows:
        return None
    return tabled(
        context, "campaigns", rows=rows, part=Part.DETAIL,
        heads=heads_of(context, "campaigns", "campaign", "group", "agency", "before", "n_before", "after",
                       "n_after"),
        headline=_followed(words, len({r[0] for r in rows if r[-1] != later}), len(held)),
        sentences=(words.say("campaigns.sentence"),), notes=(words.say("alike.recorded"),),
        data=Data(columns=("campaign", "serves", "agency", "quarter", "value", "marker"), rows=tuple(tidy)),
        duties=("W16",), aim=Aim.PREPARE)


def _followed(words: Words, n: int, m: int) -> str:
    """Of how many campaigns the quarter after them is told, as a headline."""
    if not n:
        return words.say("campaigns.not_found")
    return words.say("campaigns.found_one" if m == 1 else "campaigns.found", n=n, m=m)


REFERRED_ALIKE: Callable[[Context], Exhibit | None] = partial(alike_exhibit, REFERRED)
JUDGED_ALIKE: Callable[[Context], Exhibit | None] = partial(alike_exhibit, JUDGED)
