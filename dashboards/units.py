"""Police crimes, attendances, disclosures and new clients side by side, and what a national survey would lead
one to expect. Different units are never added up.

What belongs here: one table of every unit with its rate per 1,000 residents, and one of the survey's rates.
What does not: each unit over time (``trends.py``).
"""

from __future__ import annotations

from dashboards.context import Context
from dashboards.exhibit import Data, Exhibit, Part
from dashboards.measure import cell_of, coverage, feeders, total, whole
from dashboards.places import PER
from dashboards.residents import adults_by_sex, residents
from dashboards.tabled import heads_of, last_four, number, per, seen, tabled
from schemas.codelists import rows as rows_of
from schemas.measures.cubes import CUBES, Links
from schemas.measures.questions import Aim, cells

UNITS = (
    ("crimes", cells("incidents_by_recency")),
    ("not_crimes", cells("reports_by_status", status=("n100", "transferred"))),
    ("cancelled", cells("reports_by_status", status="cancelled")),
    ("clients", cells("new_clients")),
    ("counted", cells("counted_clients")),
)
"""(what one count is, the cells that count it), in the order of the table."""
_KINDS = ("police", "sarc", "housing")
"""Kinds of agency whose incidents have a name of their own."""
YEAR_CUBE = "victims_of_year_by_area"


def units_exhibit(context: Context) -> Exhibit | None:
    """Every unit of every agency in the quarter, and over four quarters per 1,000 residents of the areas that
    the agency serves; None where nothing is counted."""
    words, release = context.words, context.release
    quarter, people = release.quarter, residents(context)
    rows, tidy = [], []
    texts: dict[str, str] = {}
    for unit, query in UNITS:
        for member in feeders(release, CUBES[query.cube]):
            kind = member.kind if unit == "crimes" and member.kind in _KINDS else unit
            name = words.say(f"units.{kind if unit == 'crimes' else unit}")
            now = seen(context, query, quarter, member.agency)
            year = total(seen(context, query, q, member.agency) for q in last_four(quarter))
            n = sum(people[area] for area in member.areas if area in people)
            rate = per(year, n, times=PER)
            rows.append((name, member.name, now.text, year.text, rate))
            if not now.marker:
                texts.setdefault(kind, now.text)
            tidy.append((unit, str(quarter), member.agency, now.value, now.marker, year.value, year.marker, n,
                         number(rate), f"{query.table}.{member.agency}.csv"))
    if not rows:
        return None
    found = words.join([f"{texts[key]} {words.say(f'units.{key}').lower()}"
                        for key in ("police", "sarc", "clients") if key in texts])
    return tabled(
        context, "units", headline=found, part=Part.FIRST, rows=rows,
        heads=heads_of(context, "units", "unit", "agency", "now", "four", "per_1000"),
        sentences=(words.say("units.sentence"),), notes=(words.say("tabled.vintage"),),
        covered=coverage(release, CUBES["incidents_by_recency"], quarter),
        data=Data(columns=("unit", "quarter", "agency", "value", "marker", "last_four_quarters",
                           "last_four_marker", "residents", "per_1000", "source"), rows=tuple(tidy)),
        duties=("W1", "W31"), aim=Aim.PREPARE)


def expected_exhibit(context: Context) -> Exhibit | None:
    """Adults whom the national survey's rates would mean among the residents, beside the people whom the
    police knew as victims in the latest calendar year; None where no full year is told."""
    words, release = context.words, context.release
    table = release.table(f"{YEAR_CUBE}.{Links.ALL}")
    years = [] if table is None else sorted(p for p in table.periods if p.isdigit())
    if not years:
        return None
    pct = {(r["measure"], r["sex"]): r["pct"] for r in rows_of("survey_estimates")}
    known = cell_of(release, cells(YEAR_CUBE), years[-1], str(Links.ALL))
    sexes, rows, expected = context.labels("sex"), [], 0
    tidy: list[tuple[str | int | None, ...]] = []
    for sex, n in adults_by_sex(context).items():
        share = pct["sexual_assault_last_year", sex]
        # to the nearest hundred: a national rate is no closer to any one place
        of_sex = 100 * whole(n * float(share) / 10_000)
        expected += of_sex
        rows.append((sexes[sex], f"{n:,}", f"{share}%", f"{of_sex:,}"))
        tidy.append((sex, years[-1], n, share, of_sex, None, ""))
    told = pct["told_police", "all"]
    tidy.append(("all", years[-1], sum(adults_by_sex(context).values()), "", expected, known.value,
                 known.marker))
    return tabled(
        context, "expected", rows=rows, period=years[-1],
        heads=heads_of(context, "expected", "sex", "residents", "rate", "expected"),
        headline=words.say("expected.found", n=f"{expected:,}", known=known.text),
        sentences=(words.say("expected.sentence", n=f"{expected:,}", known=known.text, year=years[-1]),
                   words.say("expected.told", share=f"{told}%")),
        notes=(words.say("expected.national"), words.say("tabled.vintage")),
        data=Data(columns=("sex", "year", "residents", "survey_pct", "expected", "value", "marker"),
                  rows=tuple(tidy)),
        duties=("W31", "W15"), aim=Aim.PREPARE)
