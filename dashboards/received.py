"""Referrals of the police after they were sent: how many no service holds, as a range; and referrals for each
adviser's post.

What belongs here: the range that linkage error and rounding leave open, and load. What does not: the chain
itself (``breakdowns.py``), the indicator over time (``trends.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from dashboards.context import Context
from dashboards.exhibit import Data, Exhibit, Part
from dashboards.measure import HALF_WIDTH, coverage, feeders, quarters_of, total
from dashboards.register import shown
from dashboards.tabled import heads_of, last_four, number, per, seen, share_of, tabled, year_in_words
from dashboards.words import Words
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import RATE_BASE_MINIMUM
from schemas.measures.questions import Aim, cells

CHAIN = "referrals_chain"
FOUR_ROUNDED = 2 * HALF_WIDTH
"""How far rounding to 5 may have moved a sum of four quarters: two standard deviations of four independent
roundings, each of variance (5² - 1) / 6 = 4 (``pipelines/release/ranges.py``)."""
_FOUND = ("received", "started")
_CASES = {"referrals": cells("referrals_pathway"), "new_clients": cells("new_clients")}


def not_received_range(
    n_lost: int, n_found: int, *, precision: float, recall: float, half_width: int
) -> tuple[float, float]:
    """Lowest and highest share of referrals, in percent, that no service holds.

    Who was found may be somebody else (``precision``), who was not found may be there (``recall``): of
    ``n_found`` links the true ones are ``n_found × precision``, and those that linkage missed among the lost
    ``n_found × (1 / recall - 1)``. ``half_width`` is how far rounding may have moved each of the two counts.

    Raises:
        ValueError: precision or recall is no share above nought.
    """
    if not (0 < precision <= 1 and 0 < recall <= 1):
        raise ValueError("precision and recall are shares above 0. Take them from the release's linkage")
    n = n_lost + n_found
    missed, false = n_found * (1 / recall - 1), n_found * (1 - precision)
    low = max(0.0, n_lost - half_width - missed) / (n + 2 * half_width)
    high = min(1.0, (n_lost + half_width + false) / max(1, n))
    return 100 * low, 100 * high


def not_received_exhibit(context: Context) -> Exhibit | None:
    """Referrals of the police that no service holds, of the last four quarters together, as a range; None
    where linkage is not estimated or the base is small."""
    words, release, cube = context.words, context.release, CUBES[CHAIN]
    quality = {e.measure: float(e.value) for e in release.linkage
               if e.role == "victim" and e.breakdown == "all" and e.measure.startswith("estimated_")}
    if {"estimated_precision", "estimated_recall"} - set(quality):
        return None
    quarters = last_four(quarters_of(release, cube)[-1])
    rows, tidy, sentences = [], [], []
    for member in feeders(release, cube):
        lost, found = (
            total(seen(context, cells(CHAIN, chain=held), q, member.agency) for q in quarters)
            for held in (("not_received",), _FOUND))
        if lost.value is None or found.value is None or lost.value + found.value < RATE_BASE_MINIMUM:
            continue
        low, high = not_received_range(
            lost.value, found.value, precision=quality["estimated_precision"],
            recall=quality["estimated_recall"],
            half_width=FOUR_ROUNDED)
        ends = f"{floor(low)}%", f"{ceil(high)}%"
        base = lost + found
        rows.append((member.name, lost.text, base.text, share_of(lost, base), *ends))
        tidy.append((member.agency, str(quarters[-1]), lost.value, lost.marker, base.value, base.marker,
                     *ends, f"{CHAIN}.{member.agency}.csv"))
        sentences.append(words.say("not_received.sentence", agency=member.name, low=ends[0], high=ends[1]))
    if not rows:
        return None
    return tabled(
        context, "not_received",
        headline=words.say("not_received.found", range=words.between(*rows[0][-2:]))
        if len(rows) == 1 else "",
        rows=rows, part=Part.FIRST, sentences=sentences,
        period=year_in_words(words, quarters),
        heads=heads_of(context, "not_received", "agency", "lost", "sent", "share", "low", "high"),
        covered=coverage(release, cube, quarters[-1]),
        data=Data(columns=("agency", "quarter", "numerator", "numerator_marker", "denominator",
                           "denominator_marker", "low_pct", "high_pct", "source"), rows=tuple(tidy)),
        duties=("W4", "H1b"), aim=Aim.PROTECT)


def _load_found(words: Words, rows: Sequence[tuple[str, ...]]) -> str:
    """Referrals for each post, as a headline; empty where no rate is told."""
    told = sorted({float(row[-1]) for row in rows
                   if row[1] == words.say("load.referrals") and number(row[-1]) is not None})
    if not told:
        return ""
    ends = f"{told[0]:.1f}", f"{told[-1]:.1f}"
    return words.say("load.found", n=ends[0] if len(told) == 1 else words.between(*ends))


def load_exhibit(context: Context) -> Exhibit | None:
    """Referrals and new clients of the quarter for each full-time post of advocacy that is filled; None where
    no service with figures is in the directory."""
    words, release = context.words, context.release
    filled: dict[str, float] = {}
    for entry in shown(context, "directory"):
        if entry.row["topic"] == "advocacy" and entry.state != "closed" and entry.row["n"]:
            filled[entry.row["agency"]] = filled.get(entry.row["agency"], 0.0) + float(entry.row["n"])
    rows, tidy = [], []
    for agency, posts in sorted(filled.items()):
        for name, query in _CASES.items():
            if agency not in {m.agency for m in feeders(release, CUBES[query.cube])}:
                continue
            cell = seen(context, query, release.quarter, agency)
            rate = per(cell, posts, digits=1)
            rows.append((context.names[agency], words.say(f"load.{name}"), cell.text, f"{posts:g}", rate))
            tidy.append((agency, str(release.quarter), name, cell.value, cell.marker, f"{posts:g}",
                         number(rate), f"{query.table}.{agency}.csv"))
    if not rows:
        return None
    return tabled(
        context, "load", headline=_load_found(words, rows), rows=rows,
        sentences=(words.say("load.sentence"),),
        heads=heads_of(context, "load", "agency", "unit", "n", "posts", "per_post"),
        notes=(words.say("load.posts"),),
        data=Data(columns=("agency", "quarter", "unit", "value", "marker", "posts", "per_post", "source"),
                  rows=tuple(tidy)),
        duties=("W19",), aim=Aim.PROTECT)
