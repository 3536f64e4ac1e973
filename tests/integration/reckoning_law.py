"""What the law and the code lists say of an offence, and how old the person was when it began.

What belongs here: facts of offences and ages, by the lists of ``schemas`` (which have tests of their own).
What does not: counting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from schemas.codelists import codelist, rows
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.offences import AgeGroup, kinds_of, offence
from tests.conftest import SAMPLE
from tests.integration.reckoning_columns import UNKNOWN


@cache
def category_of(code: str) -> str:
    """The category of a code that stands in the lines of one alone."""
    found = {line["category"] for line in rows("offences") if line["code"] == code}
    return found.pop() if len(found) == 1 else NOT_RECORDED


@cache
def persons() -> pl.DataFrame:
    """Everybody of the invented partnership."""
    return pl.read_csv(SAMPLE / "truth" / "persons.csv", infer_schema=False)


@dataclass(frozen=True)
class Law:
    group: str
    category: str
    age_group: str | None
    is_new: str
    kinds: frozenset[str]


@cache
def law_of(category: str, code: str) -> Law:
    """What the offence lists say of a pair, where the record tells."""
    known = [None if value in UNKNOWN else value for value in (category, code)]
    found = offence(*known) if any(known) else None
    if found is None:
        unknown = UNMAPPED if category == UNMAPPED else NOT_RECORDED
        return Law(unknown, unknown, None, "no", frozenset())
    group = (
        "rape"
        if found.home_office_group == "Rape"
        else "other_sexual"
        if found.is_sexual_offence
        else "other_in_scope"
    )
    fixed = str(found.age_group) if found.age_group in (AgeGroup.CHILD, AgeGroup.ADULT) else None
    told = category if known[0] else category_of(code)
    is_new = "yes" if found.is_created_2024 else "no"
    return Law(group, told, fixed, is_new, kinds_of(*known, is_sexual=False))


def age_when_it_began() -> pl.Expr:
    """Age band on the first day of the offence, from the day of birth of the true person."""
    born = {row[0]: date.fromisoformat(row[1]) for row in persons().select("true_person", "born").iter_rows()}
    bands = [
        (e.code, int(e.attributes["lower_years"]), int(e.attributes["upper_years"] or 999))
        for e in codelist("age_bands").entries
        if e.attributes["is_standard"] == "yes" and e.attributes["lower_years"]
    ]

    def band(row: dict[str, object]) -> str:
        day, person = row["began"], born.get(str(row["true_person"]))
        if not isinstance(day, date) or person is None:
            return NOT_RECORDED
        age = day.year - person.year - ((day.month, day.day) < (person.month, person.day))
        return next((code for code, low, high in bands if low <= age <= high), NOT_RECORDED)

    return (
        pl.struct("began", "true_person")
        .map_elements(band, return_dtype=pl.String)
        .alias("offence_age_band")
    )
