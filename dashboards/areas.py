"""Areas beyond the count of people: incidence as prevalence times concentration, and needs beside services.

What belongs here: tables by area over released counts and the register. What does not: people per 1,000
residents as a funnel (``places.py``); no area is ever ranked.
"""

from __future__ import annotations

from dashboards.context import Context
from dashboards.exhibit import Data, Exhibit, Part
from dashboards.measure import cell_of, coverage, feeders, total
from dashboards.places import PER, PLACES_CUBE
from dashboards.register import Shown, shown
from dashboards.residents import residents
from dashboards.tabled import heads_of, last_four, number, per, seen, tabled
from schemas.measures.cubes import CUBES, Links
from schemas.measures.questions import Aim, cells
from schemas.quarters import QUARTERS_PER_YEAR, Quarter
from schemas.registers import kinds

YEAR_CUBE, CRIME_CUBE = "victims_of_year_by_area", "crimes_by_residence"


def incidence_exhibit(context: Context) -> Exhibit | None:
    """Crimes per 1,000 residents of an area as victims per 1,000 times crimes per victim, over the latest
    calendar year of which all four quarters are told; None where there is none."""
    words, release, names = context.words, context.release, context.labels("area")
    table = release.table(f"{YEAR_CUBE}.{Links.ALL}")
    years = [] if table is None else sorted(p for p in table.periods if p.isdigit())
    if not years:
        return None
    year = years[-1]
    quarters = [Quarter(year=int(year), number=n + 1) for n in range(QUARTERS_PER_YEAR)]
    rows, tidy = [], []
    for area, n in sorted(residents(context).items(), key=lambda pair: names[pair[0]]):
        people = cell_of(release, cells(YEAR_CUBE), year, str(Links.ALL), area=area)
        crimes = total(seen(context, cells(CRIME_CUBE), q, str(Links.ALL), residence_area=area)
                       for q in quarters)
        rates = (per(crimes, n, times=PER), per(people, n, times=PER), per(crimes, people.value or 0))
        rows.append((names[area], crimes.text, people.text, *rates))
        tidy.append((area, names[area], year, crimes.value, crimes.marker, people.value, people.marker, n,
                     *(number(rate) for rate in rates),
                     f"{CRIME_CUBE}.{Links.ALL}.csv {YEAR_CUBE}.{Links.ALL}.csv"))
    told = [float(rate) for row in rows if (rate := number(row[-1])) is not None]
    rates_told = [float(rate) for row in rows if (rate := number(row[3])) is not None]
    return tabled(
        context, "incidence", period=year,
        headline=words.say("incidence.found", low=f"{min(rates_told):.2f}", high=f"{max(rates_told):.2f}")
        if rates_told else "", part=Part.FIRST, rows=rows,
        heads=heads_of(context, "incidence", "area", "crimes", "people", "per_1000", "people_per_1000",
                       "crimes_per_person"),
        sentences=(words.say("incidence.sentence", low=f"{min(told):.2f}", high=f"{max(told):.2f}") if told
                   else words.say("incidence.none"),),
        notes=(words.say("incidence.rounding"), words.say("tabled.vintage")),
        covered=coverage(release, CUBES[YEAR_CUBE], quarters[-1]),
        data=Data(columns=("area", "name", "year", "numerator", "numerator_marker", "value", "marker",
                           "residents", "per_1000", "people_per_1000", "crimes_per_person", "source"),
                  rows=tuple(tidy)),
        duties=("H10", "W1"), aim=Aim.PREVENT)


def _serves(entry: Shown, area: str) -> bool:
    own = entry.row.get("areas", "").split()
    return entry.state != "closed" and (not own or area in own)


def provision_exhibit(context: Context) -> Exhibit | None:
    """For each area what is asked for beside what is there: people, referrals and needs not met, and whether
    a service of the directory takes people now, by response; None without a directory.

    Services are told as there or not: their number counts nobody, but stands beside counts of people.
    """
    words, release, names = context.words, context.release, context.labels("area")
    services = shown(context, "directory")
    if not services:
        return None
    quarter, topics = release.quarter, words.all_of(kinds()["directory"].topics)
    asked = [("referrals_by_area", m.agency, cells("referrals_by_area"))
             for m in feeders(release, CUBES["referrals_by_area"])]
    asked += [("ended_unmet_by_area", m.agency, cells("ended_unmet_by_area", has_unmet_need="yes"))
              for m in feeders(release, CUBES["ended_unmet_by_area"])]
    rows, tidy = [], []
    without: dict[str, list[str]] = {}
    for area in sorted(residents(context), key=lambda code: names[code]):
        found = [(PLACES_CUBE, str(Links.ALL),
                  seen(context, cells(PLACES_CUBE), quarter, str(Links.ALL), area=area))]
        found += [
            (cube, agency, total(seen(context, query, q, agency, area=area) for q in last_four(quarter)))
            for cube, agency, query in asked]
        n_open = {topic: sum(_serves(e, area) for e in services if e.row["topic"] == topic)
                  for topic in topics}
        for topic in (topic for topic, n in n_open.items() if not n):
            without.setdefault(topic, []).append(names[area])
        rows.append((names[area], *(cell.text for *_, cell in found),
                     *(words.say("provision.there" if n else "provision.absent") for n in n_open.values())))
        tidy += [(area, names[area], str(quarter), cube, of, cell.value, cell.marker, "")
                 for cube, of, cell in found]
        tidy += [(area, names[area], str(quarter), topic, "", None, "", str(n))
                 for topic, n in n_open.items()]
    gaps = [words.say("provision.gap", areas=words.join(without[topic]), response=label.lower())
            for topic, label in topics.items() if topic in without]
    n_without = len({area for areas in without.values() for area in areas})
    told = (words.say("table.figure"), *heads_of(context, "provision", "people"),
            *(words.say(f"provision.column.{cube}", agency=context.names[of]) for cube, of, _ in asked),
            *topics.values())
    heads, *turned = zip(told, *rows, strict=True)
    return tabled(
        context, "provision", headline=words.say("provision.found", n=n_without, m=len(rows))
        if n_without else words.say("provision.found_all"), part=Part.FIRST, rows=turned, heads=heads,
        sentences=gaps or [words.say("provision.no_gaps")],
        notes=(words.say("provision.four"), words.say("provision.register")),
        covered=coverage(release, CUBES[PLACES_CUBE], quarter),
        data=Data(columns=("area", "name", "quarter", "measure", "counted_by", "value", "marker",
                           "n_services"), rows=tuple(tidy)),
        duties=("W0", "W6", "H18"), aim=Aim.PROTECT)
