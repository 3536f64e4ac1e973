"""Invented people: who they truly are, where they live and when they moved.

What belongs here: true persons, households, twins, valid numbers. What does not: how an agency writes a
person down (``spelling.py``) and what happens to them (``history.py``).

NHS numbers come from the 999 range, which is kept for invented people, with a right check digit. PNC ids
have a right check letter. Postcodes cannot exist: the letters C, I, K, M, O and V never stand in the second
half of a real one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from data.synthesise import names, rates
from schemas.codelists import codelist, rows

DISTRICTS: Final = {
    "E08000025": (
        "B8",
        "B9",
        "B11",
        "B13",
        "B14",
        "B17",
        "B20",
        "B23",
        "B24",
        "B26",
        "B28",
        "B29",
        "B31",
        "B33",
        "B42",
        "B44",
    ),
    "E08000026": ("CV1", "CV2", "CV3", "CV4", "CV5", "CV6"),
    "E08000027": ("DY1", "DY2", "DY3", "DY5", "DY8", "DY9"),
    "E08000028": ("B64", "B65", "B66", "B67", "B68", "B70", "B71", "DY4", "WS10"),
    "E08000029": ("B37", "B90", "B91", "B92"),
    "E08000030": ("WS1", "WS2", "WS3", "WS5", "WS8", "WS9"),
    "E08000031": ("WV1", "WV2", "WV3", "WV4", "WV6", "WV10", "WV11"),
    "outside": ("DE1", "ST1", "LE2", "WR1", "GL1"),
}
"""Postcode districts that lie, for the most part, in each local authority."""
AREAS: Final = tuple(area for area in DISTRICTS if area != "outside")

_INWARD_LETTERS: Final = "CKMV"
_PNC_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
_NHS_WEIGHTS: Final = (10, 9, 8, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where somebody lives from a day on."""

    since: date
    area: str
    postcode: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """One true, invented person."""

    person: str
    """True person id, ``T00001``."""
    forename: str
    surname: str
    earlier_surname: str | None
    sex: str
    born: date
    ethnicity: str
    """Code of ``ethnicity19``."""
    homes: tuple[Home, ...]
    nhs_number: str
    pnc_id: str
    disability: str
    orientation: str
    religion: str
    gender_identity: str
    household: str
    twin: str | None = None
    is_canary: bool = False

    def age_on(self, day: date) -> int:
        """Age in whole years."""
        return age_on(self.born, day)

    def home_on(self, day: date) -> Home:
        """Where the person lives on ``day``."""
        return next((home for home in reversed(self.homes) if home.since <= day), self.homes[0])

    @property
    def ethnicity5(self) -> str:
        """Group of five."""
        return _five()[self.ethnicity]


def age_on(born: date, day: date) -> int:
    """Whole years from ``born`` to ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@cache
def _five() -> dict[str, str]:
    return dict(codelist("ethnicity19").attribute("ethnicity5"))


@cache
def shares(characteristic: str, area: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Categories of a census characteristic in an area, and their numbers; what was not answered left out."""
    found = [
        (row["category"], float(row["n"]))
        for row in rows("population")
        if row["area"] == area
        and row["characteristic"] == characteristic
        and row["category"] != "not_recorded"
    ]
    return tuple(c for c, _ in found), tuple(n for _, n in found)


@cache
def area_weights() -> tuple[float, ...]:
    """Residents of each area."""
    return tuple(sum(shares("ethnicity19", area)[1]) for area in AREAS)


def nhs_number(serial: int) -> str:
    """The first valid NHS number of the 999 range from ``serial`` on; different for serials that differ by
    two or more."""
    while True:
        nine = f"999{serial:06d}"
        check = (11 - sum(int(d) * w for d, w in zip(nine, _NHS_WEIGHTS, strict=True)) % 11) % 11
        if check < 10:
            return f"{nine}{check}"
        serial += 1


def pnc_id(year: int, serial: int) -> str:
    """A PNC id with its check letter, in the short form."""
    two = year % 100
    return f"{two:02d}/{serial}{_PNC_LETTERS[int(f'{two:02d}{serial:07d}') % len(_PNC_LETTERS)]}"


class Population:
    """Makes people, and remembers them."""

    def __init__(self) -> None:
        """Start with nobody but the canaries."""
        self._rng = random.Random(f"{rates.SEED}: people")
        self.people: dict[str, Person] = {}
        self.canaries = tuple(self._canary(*row) for row in names.CANARIES)

    def new(
        self, *, age: int, on: date, sex: str, area: str | None = None, like: Person | None = None
    ) -> Person:
        """A person of this age and sex; of the same group and area as ``like`` where given."""
        rng = self._rng
        born = _birthday(rng, age, on)
        home_area = area or (like.home_on(on).area if like else rng.choices(AREAS, area_weights())[0])
        census_area = home_area if home_area in AREAS else AREAS[0]
        group = (
            like.ethnicity
            if like and rng.random() < 0.7
            else rng.choices(*shares("ethnicity19", census_area))[0]
        )
        homes = self._homes(home_area)
        return self._add(
            forename=self._forename(group, sex),
            surname=rng.choice(names.SURNAMES[rng.choice(names.HABIT[group])]),
            sex=sex,
            born=born,
            ethnicity=group,
            homes=homes,
            area=census_area,
            on=on,
        )

    def sibling(self, of: Person, *, on: date, is_twin: bool) -> Person:
        """A brother or sister at the same address, of a name that nobody there has; a twin is of the same sex
        and day of birth."""
        rng = self._rng
        sex = of.sex if is_twin or rng.random() < 0.7 else ("male" if of.sex == "female" else "female")
        apart = rng.choice((-5, -4, -3, -2, 2, 3, 4, 5))
        born = of.born if is_twin else _birthday(rng, max(4, of.age_on(on) + apart), on)
        own = {person.forename for person in self.people.values() if person.household == of.household}
        forename = of.forename
        while forename in own:
            forename = self._forename(of.ethnicity, sex)
            if is_twin and rng.random() < names.TWIN_LETTERS:
                forename = self._same_letter(of, sex) or forename
        return self._add(
            forename=forename,
            surname=of.earlier_surname or of.surname,
            sex=sex,
            born=born,
            ethnicity=of.ethnicity,
            homes=of.homes,
            area=of.homes[0].area,
            on=on,
            household=of.household,
            twin=of.person if is_twin else None,
        )

    def _same_letter(self, of: Person, sex: str) -> str | None:
        pool = [
            n
            for habit in names.HABIT[of.ethnicity]
            for n in (names.FEMALE if sex == "female" else names.MALE)[habit]
            if n[0] == of.forename[0] and n != of.forename
        ]
        return self._rng.choice(pool) if pool else None

    def _forename(self, group: str, sex: str) -> str:
        return self._rng.choice(
            (names.FEMALE if sex == "female" else names.MALE)[self._rng.choice(names.HABIT[group])]
        )

    def _homes(self, area: str) -> tuple[Home, ...]:
        rng = self._rng
        homes = [Home(since=date(1900, 1, 1), area=area, postcode=self._postcode(area))]
        day = rates.WARM_UP_FIRST_DAY
        while area != "outside":
            day += timedelta(days=int(rng.expovariate(rates.MOVES_PER_YEAR) * 365) + 30)
            if day > rates.LAST_DAY:
                break
            where = area if rng.random() < 0.7 else rng.choices(AREAS, area_weights())[0]
            homes.append(Home(since=day, area=where, postcode=self._postcode(where)))
        return tuple(homes)

    def _postcode(self, area: str) -> str:
        rng = self._rng
        district, digit = rng.choice(DISTRICTS[area]), rng.randint(1, 9)
        return f"{district} {digit}{rng.choice(_INWARD_LETTERS)}{rng.choice(_INWARD_LETTERS)}"

    def _add(
        self,
        *,
        forename: str,
        surname: str,
        sex: str,
        born: date,
        ethnicity: str,
        homes: tuple[Home, ...],
        area: str,
        on: date,
        household: str | None = None,
        twin: str | None = None,
    ) -> Person:
        rng = self._rng
        number = len(self.people) + 1
        earlier = None
        if sex == "female" and age_on(born, on) >= 20 and rng.random() < rates.MARRIED_NAME:
            earlier, surname = surname, rng.choice(names.SURNAMES[rng.choice(names.HABIT[ethnicity])])
        person = Person(
            person=f"T{number:05d}",
            forename=forename,
            surname=surname,
            earlier_surname=earlier,
            sex=sex,
            born=born,
            ethnicity=ethnicity,
            homes=homes,
            nhs_number=nhs_number(number * 20),
            pnc_id=pnc_id(max(born.year + 14, 1998), number * 37 + 1000),
            disability="disabled" if rng.random() < rates.DISABLED else "not_disabled",
            orientation=rng.choices(tuple(rates.ORIENTATIONS), tuple(rates.ORIENTATIONS.values()))[0],
            religion=rng.choices(*shares("religion", area if area in AREAS else AREAS[0]))[0],
            gender_identity="different" if rng.random() < rates.GENDER_DIFFERENT else "same",
            household=household or f"H{number:05d}",
            twin=twin,
        )
        self.people[person.person] = person
        return person

    def _canary(
        self, forename: str, surname: str, sex: str, born: tuple[int, int, int], postcode: str
    ) -> Person:
        number = len(self.people) + 1
        person = Person(
            person=f"T{number:05d}",
            forename=forename,
            surname=surname,
            earlier_surname=None,
            sex=sex,
            born=date(*born),
            ethnicity="white_british",
            homes=(Home(since=date(1900, 1, 1), area="E08000031", postcode=postcode),),
            nhs_number=nhs_number(999_000 - 30 * number),
            pnc_id=pnc_id(1999, 9_900_000 + number),
            disability="not_disabled",
            orientation="straight",
            religion="christian",
            gender_identity="same",
            household=f"H{number:05d}",
            is_canary=True,
        )
        self.people[person.person] = person
        return person


def _birthday(rng: random.Random, age: int, on: date) -> date:
    """A birthday of somebody who is ``age`` on the day ``on``; never a filler date."""
    while True:
        born = on - timedelta(days=int(age * 365.25) + rng.randint(1, 364))
        if age_on(born, on) == age and born.year >= 1935 and born != date(1970, 1, 1):
            return born


def pick(rng: random.Random, weights: Sequence[tuple[str, float]]) -> str:
    """One of the weighted choices."""
    return rng.choices([c for c, _ in weights], [w for _, w in weights])[0]
