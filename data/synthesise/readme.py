"""The words beside the sample: what it is, how it was made, and figures computed from it.

What belongs here: the text of ``data/sample/README.md``. What does not: the rates themselves (``rates.py``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

from data.synthesise import rates, recording
from data.synthesise.history import History
from data.synthesise.ledger import Extract
from data.synthesise.people import Population

TEXT = """\
# The sample partnership

Everybody in these files is invented. No name, number, date or place was taken from a record of anybody.
Names come from lists of common names (`data/synthesise/names.py`); NHS numbers from the 999 range, which
is kept for test data; postcodes hold letters that no real one has in that place, so none of them exists.
The agencies, their people and their agreements are invented too; the seven local authorities are real,
and nothing here says anything about them.

Made by `python -m data.synthesise` from one seed, the same bytes every time (a test compares them). Do
not edit by hand.

| folder | what |
|---|---|
| `<agency>/<quarter>/` | one delivery: the files as sent, and `manifest.json` (hashes, day of receipt) |
| `police/{resent}.resend-1/` | the whole quarter again: the first delivery lacked {lacked} crimes |
| `truth/` | who is who and what every record should become; never read by the pipeline |
| `dirt.csv` | which row trips which rule: agency, quarter, delivery, file, row, column, rule |
| `registers/` | the register that the board's officer keeps: documents and actions, and counted returns |
| `broken/<rule>/` | small deliveries that are refused as a whole; `broken.csv` says as whose |

{rows} rows in {deliveries} deliveries ({by_agency}), {size:.1f} MB with all that stands beside them.
{events} true incidents; {people} people in all, of whom `truth/persons.csv` has those whom a delivery
holds. {left_out} rows ({out_pct:.1f} %) are left out by a rule.

True share of police victims of a quarter with another report to the police in the 365 days before, over
the quarters with a full year before them: {repeat_pct:.1f} %.

## Coverage
Sixteen quarters, {first} to {last}. Housing joins in {housing_joins} and serves three councils; the
adviser service sent nothing for {isva_gap}; probation sent a nil return for {probation_nil} and only one
of its two files for {probation_part}; the referral centre's {sarc_late} came on {sarc_received}, after
the cut-off; counselling left in {counselling_leaves}. `truth/deliveries.csv` has it row by row.

## Rates and sources
Every rate stands in `data/synthesise/rates.py` (what happens) or `recording.py` (how it is written down)
with its source or the word "assumed". Most are assumed.
Areas, ethnic groups and religions follow the Census 2021 (ONS, Open Government Licence v3.0); offence
codes are the Home Office's of April 2026. The sample exercises the pipeline; it is no estimate of
anything.

## Reading the truth
A row of `truth/<dataset>.csv.gz` (`polars.read_csv` opens it) is one record in a delivery that brought or
changed it, with the values that intake should accept; an empty cell is "not recorded" (or no date, or a
value that is set aside). A delivery that repeats a record unchanged has no row. `is_left_out` says that a
rule leaves the record out of that delivery; `quarantined.csv` says where and why. The latest row of a
record that is not left out counts, ordered by quarter. Rows whose `delivery` is `resend-1` count only
where the resent folder was delivered. `true_person` is the person whom the record is about, whatever the
agency calls them. Six canaries (`canaries.csv`) have names, numbers, postcodes and birth dates that occur
nowhere else, and stand in every agency that sends identity.
"""

LOOK_BACK_DAYS = 365
"""Twelve months, anchored on the report (RV-A)."""


def readme(files: dict[str, bytes], extracts: list[Extract], history: History, population: Population) -> str:
    """The text."""
    rows = sum(len(rows) for e in extracts for rows in e.files.values())
    out = sum(1 for e in extracts for file_rows in e.files.values() for row in file_rows if row.out)
    repeat = repeat_victim_share(extracts)
    size = sum(len(data) for data in files.values()) / 1e6
    agencies = Counter(e.agency for e in extracts)
    return TEXT.format(
        resent=recording.POLICE_RESENT,
        lacked=recording.LEFT_OUT_AT_FIRST,
        rows=rows,
        deliveries=len(extracts),
        by_agency=", ".join(f"{name} {n}" for name, n in sorted(agencies.items())),
        size=size,
        events=len(history.events),
        people=len(population.people),
        left_out=out,
        out_pct=100 * out / rows,
        repeat_pct=100 * repeat,
        first=f"{rates.FIRST_DAY:%B %Y}",
        last=f"{rates.LAST_DAY:%B %Y}",
        housing_joins=recording.HOUSING_JOINS,
        isva_gap=recording.ISVA_GAP,
        probation_nil=recording.PROBATION_NIL,
        probation_part=recording.PROBATION_PART,
        sarc_late=recording.SARC_LATE[0],
        sarc_received=recording.SARC_LATE[1],
        counselling_leaves=recording.COUNSELLING_LEAVES,
    )


def repeat_victim_share(extracts: list[Extract]) -> float:
    """Share of (true person, quarter) with a recorded police crime and one in the 365 days before."""
    status: dict[str, str] = {}
    days: defaultdict[str, set[date]] = defaultdict(set)
    victims: list[tuple[str, str, date]] = []
    for extract in extracts:
        for rows in extract.files.values():
            for row in rows:
                if extract.agency == "police" and "incidents" in row.records:
                    status[str(row.records["incidents"]["incident_ref"])] = str(
                        row.records["incidents"]["status"]
                    )
                if extract.agency == "police" and "victims" in row.records:
                    record = row.records["victims"]
                    day = record["report_date"]
                    assert isinstance(day, date)
                    victims.append((str(record["incident_ref"]), str(record["true_person"]), day))
    for ref, person, day in victims:
        if status.get(ref) == "recorded":
            days[person].add(day)
    start = rates.FIRST_DAY + timedelta(days=LOOK_BACK_DAYS)
    seen = {
        (person, (day.year, (day.month - 1) // 3)): False
        for person, found in days.items()
        for day in found
        if day >= start
    }
    for person, found in days.items():
        for day in found:
            if day >= start and any(0 < (day - other).days <= LOOK_BACK_DAYS for other in found):
                seen[person, (day.year, (day.month - 1) // 3)] = True
    return sum(seen.values()) / len(seen)
