"""What happens to the people: incidents, again and again for some, and which agencies hear of each.

What belongs here: true events with their days and people. What does not: what an agency writes down of them
(``police.py`` and its like).
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from data.synthesise import rates
from data.synthesise.offending import NEARNESS, Offending, offence, relation
from data.synthesise.people import Person, Population

HOUSING_AREAS: Final = ("E08000025", "E08000028", "E08000029")
OLDEST_SUSPECT: Final = 80
"""Nobody but the canaries is born before 1935."""
CANARY_DAYS: Final = (
    date(2022, 11, 8),
    date(2023, 11, 14),
    date(2024, 8, 6),
    date(2025, 2, 4),
    date(2025, 11, 11),
    date(2026, 8, 4),
)
"""In quarters that every identified agency delivers."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One true incident, on the day on which somebody first spoke of it."""

    event: str
    """True event id, ``V00001``."""
    day: date
    """First report or disclosure."""
    first: date
    last: date
    """First and last day on which it happened or may have."""
    victims: tuple[Person, ...]
    suspects: tuple[Person, ...]
    what: Offending
    area: str
    """Where it happened."""
    is_exploitation: bool
    agencies: frozenset[str]
    """Agencies that hear of it first-hand: police, sarc, isva (other ways), housing."""


class History:
    """Every event, in order of day."""

    def __init__(self, population: Population) -> None:
        """Let everything happen."""
        self._rng = random.Random(f"{rates.SEED}: history")
        self._population = population
        self._suspects: list[Person] = []
        self._exploited: dict[str, date] = {}
        self.events: list[Event] = []
        harmed: list[tuple[Person, date]] = []
        for day in sorted(self._first_days()):
            harmed.append((self._victim(day, harmed), day))
        drafts = [draft for person, day in harmed for draft in self._chain(person, day)]
        drafts += [
            (day, person, None, 0) for day, person in zip(CANARY_DAYS, population.canaries, strict=True)
        ]
        known: defaultdict[str, list[Person]] = defaultdict(list)
        for day, person, relationship, _ in sorted(drafts, key=lambda d: (d[0], d[1].person, d[3])):
            event = self._happen(day, person, relationship, known[person.person])
            if event is not None:
                known[person.person] = [*event.suspects, *known[person.person]][:3]
                self.events.append(event)

    def _first_days(self) -> list[date]:
        rng = self._rng
        span = (rates.LAST_DAY - rates.WARM_UP_FIRST_DAY).days
        days: list[date] = []
        highest = 1.5
        while len(days) < rates.CHAINS:
            day = rates.WARM_UP_FIRST_DAY + timedelta(days=rng.randint(0, span))
            if rng.random() * highest < _intensity(day):
                days.append(day)
        return days

    def _victim(self, day: date, harmed: list[tuple[Person, date]]) -> Person:
        rng = self._rng
        chance = rng.random()
        if harmed and chance < rates.SIBLING + rates.TWIN:
            of = rng.choice(harmed)[0]
            if not of.twin and (chance > rates.SIBLING or of.age_on(day) < 25):
                return self._population.sibling(of, on=day, is_twin=chance >= rates.SIBLING)
        low, high = rng.choices(tuple(rates.VICTIM_AGES), tuple(rates.VICTIM_AGES.values()))[0]
        return self._population.new(
            age=rng.randint(low, high), on=day, sex="female" if rng.random() < rates.FEMALE_VICTIM else "male"
        )

    def _chain(self, person: Person, first: date) -> list[tuple[date, Person, str | None, int]]:
        rng = self._rng
        relationship = relation(rng, sex=person.sex, age=person.age_on(first))
        factor = rates.AGAIN_BY_RELATION[NEARNESS[relationship]]
        day, drafts = first, [(first, person, relationship if rng.random() < 0.9 else None, 0)]
        while rng.random() < rates.AGAIN * factor and len(drafts) < 9:
            day += timedelta(days=1 + int(rng.expovariate(1 / rates.MEAN_GAP_DAYS)))
            if day > rates.LAST_DAY:
                break
            drafts.append((day, person, relationship if rng.random() < 0.75 else None, len(drafts)))
        return drafts

    def _happen(
        self, day: date, person: Person, relationship: str | None, before: list[Person]
    ) -> Event | None:
        rng = self._rng
        last = self._when(day, person)
        first = last if rng.random() < 0.72 else last - timedelta(days=rng.randint(1, 60))
        if person.age_on(first) < 2:
            first = last
        age = person.age_on(last)
        if _band(person.age_on(first)) != _band(age):
            first = last
        relationship = relationship or relation(rng, sex=person.sex, age=age)
        if age < 13 and relationship in ("partner", "ex_partner", "date"):
            relationship = "friend"
        if age < 18 and relationship == "child_to_parent":
            relationship = "sibling"
        what = offence(rng, sex=person.sex, age=age, on=first, relationship=relationship)
        agencies = (
            frozenset({"police", "sarc", "isva"})
            if person.is_canary
            else self._who_hears(day, last, person, what)
        )
        is_exploitation = (13 <= age < 18 and rng.random() < rates.EXPLOITED) or what.category in (
            "71",
            "106",
            "24",
        )
        if is_exploitation and not person.is_canary:
            self._exploited.setdefault(person.person, day)
        suspects = self._suspects_of(day, person, what, before, is_exploitation=is_exploitation)
        victims: tuple[Person, ...] = (person,)
        if rng.random() < rates.SECOND_VICTIM and not person.is_canary:
            other = (
                self._population.new(age=max(age, 16), on=day, sex=person.sex, like=person)
                if age >= 16
                else None
            )
            victims = (person, other) if other else victims
        if not agencies or day < rates.FIRST_DAY:
            return None
        where = (
            person.home_on(last).area
            if rng.random() < 0.85
            else rng.choice(("E08000025", "E08000026", "outside"))
        )
        return Event(
            event=f"V{len(self.events) + 1:05d}",
            day=day,
            first=first,
            last=last,
            victims=victims,
            suspects=suspects,
            what=what,
            area=where,
            is_exploitation=is_exploitation,
            agencies=agencies,
        )

    def _when(self, day: date, person: Person) -> date:
        rng = self._rng
        if rng.random() < rates.NON_RECENT and person.age_on(day) >= 16:
            years = min(rng.expovariate(1 / 9) + 1.05, max(1.05, person.age_on(day) - 5))
            return day - timedelta(days=int(years * 365.25))
        return day - timedelta(days=min(int(rng.expovariate(1 / 9)), 330))

    def _who_hears(self, day: date, last: date, person: Person, what: Offending) -> frozenset[str]:
        rng = self._rng
        found = set()
        if rng.random() < rates.POLICE_KNOWS:
            found.add("police")
        is_recent = (day - last).days <= 365 and not what.is_online
        if is_recent and rng.random() < (rates.SARC_IF_POLICE if "police" in found else rates.SARC_IF_NOT):
            found.add("sarc")
        if rng.random() < (rates.ISVA_BESIDE if found else rates.ISVA_BY_OTHER_WAYS):
            found.add("isva")
        if (
            what.nearness in ("partner", "family")
            and person.age_on(day) >= 16
            and day >= date(2023, 10, 1)
            and person.home_on(day).area in HOUSING_AREAS
            and rng.random() < rates.HOUSING_KNOWS
        ):
            found.add("housing")
        return frozenset(found)

    def _suspects_of(
        self, day: date, person: Person, what: Offending, before: list[Person], *, is_exploitation: bool
    ) -> tuple[Person, ...]:
        rng = self._rng
        found = [self._suspect(day, person, what, before, is_exploitation=is_exploitation)]
        if rng.random() < rates.SECOND_SUSPECT and not person.is_canary:
            second = self._suspect(day, person, what, [], is_exploitation=is_exploitation)
            found += [second] if second.person != found[0].person else []
        self._suspects += found
        return tuple(found)

    def _suspect(
        self, day: date, person: Person, what: Offending, before: list[Person], *, is_exploitation: bool
    ) -> Person:
        rng = self._rng
        if person.is_canary:
            canaries = self._population.canaries
            return canaries[(canaries.index(person) + 1) % len(canaries)]
        if before and rng.random() < rates.SAME_SUSPECT[what.nearness]:
            return before[0]
        if is_exploitation and self._exploited and rng.random() < rates.EXPLOITED_AS_SUSPECT:
            earlier = [
                self._population.people[p]
                for p, since in self._exploited.items()
                if p != person.person and since < day
            ]
            if earlier:
                return rng.choice(earlier)
        if self._suspects and rng.random() < rates.SERIAL_SUSPECT:
            serial = rng.choice(self._suspects)
            if not serial.is_canary and serial.person != person.person and serial.age_on(day) >= 12:
                return serial
        sex = "male" if rng.random() < rates.MALE_SUSPECT else "female"
        return self._population.new(
            age=_suspect_age(rng, person.age_on(day), what), on=day, sex=sex, like=person
        )


def _intensity(day: date) -> float:
    years = (day - rates.WARM_UP_FIRST_DAY).days / 365.25
    step_day, step = rates.STEP
    summer = rates.SUMMER_FACTOR if 5 <= day.month <= 8 else 1.0
    return float((1 + rates.GROWTH_PER_YEAR) ** years * summer * (step if day >= step_day else 1.0))


def _band(age: int) -> int:
    return sum(age >= bound for bound in (13, 16, 18))


def _suspect_age(rng: random.Random, age: int, what: Offending) -> int:
    match what.relationship:
        case "parent":
            return min(age + rng.randint(19, 38), OLDEST_SUSPECT)
        case "sibling" | "friend" | "colleague_or_school" if age < 18:
            return max(11, age + rng.randint(-1, 5))
        case "child_to_parent":
            return max(13, age - rng.randint(19, 32))
        case "partner" | "ex_partner" | "same_sex_partner" | "date":
            return max(15, min(age + rng.randint(-4, 9), OLDEST_SUSPECT))
        case "position_of_trust":
            return rng.randint(25, 62)
        case _:
            return max(14, min(78, int(rng.gauss(34, 13))))
