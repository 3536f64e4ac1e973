"""The probation unit's text files about people: sentences, and entries on registers.

What belongs here: what this agency knows and how it writes it down. What does not: faults (``dirt.py``),
programmes, releases and orders (``probation_facts.py``).
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

from data.synthesise import rates, recording
from data.synthesise.history import CANARY_DAYS, Event
from data.synthesise.ledger import NOT_RECORDED, Cell, Extract, Record, Row, Speller, band
from data.synthesise.people import Person, Population
from data.synthesise.police import Charge
from data.synthesise.probation_facts import ProbationFacts
from data.synthesise.spelling import Nominal, Register, flawed
from schemas.agencies import Agency
from schemas.quarters import Quarter

_OFFENCES = (
    ("19C", "019/08", 30),
    ("20A", "020/05", 30),
    ("19D", "019/07", 8),
    ("22B", "022/06", 12),
    ("88E", "088/09", 12),
    ("88A", "071/17", 8),
)
_IDENTITY = {"forename": "FORENAME", "dob": "DOB", "postcode": "POSTCODE", "pnc_id": "PNC"}
_VICTIM_REGISTERS = (("ADVV", 30), ("MSV", 12), ("CL2", 25), ("CCE", 20), ("CUCK", 13))


class Probation:
    """The unit, quarter by quarter."""

    def __init__(
        self, agency: Agency, population: Population, charges: list[Charge], events: list[Event]
    ) -> None:
        """Sentence and register."""
        self._rng = random.Random(f"{rates.SEED}: probation")
        self._spell = Speller(agency, self._rng)
        self._register = Register(
            "probation",
            self._rng,
            ref=lambda n: f"X{300_000 + 11 * n}",
            knows_ethnicity=lambda e: self._spell.knows("ethnicity", e),
        )
        self._files: defaultdict[Quarter, dict[str, list[Row]]] = defaultdict(
            lambda: {"sentences": [], "registrations": []}
        )
        self._facts = ProbationFacts(agency)
        self._registered: set[tuple[str, str]] = set()
        self._nil = Quarter.parse(recording.PROBATION_NIL)
        sentences = self._sentences(population, charges)
        for number, (day, _, person, category, code) in enumerate(
            sorted(sentences, key=lambda s: (s[0], s[1])), start=1
        ):
            self._sentence(number, day, person, category, code)
        self._exploited(events)

    def extract(self, quarter: Quarter) -> Extract:
        """The files of a quarter."""
        files = self._files[quarter] | self._facts.files(quarter)
        return Extract(agency="probation", quarter=quarter, files=files)

    def _sentences(
        self, population: Population, charges: list[Charge]
    ) -> list[tuple[date, str, Person, str, str]]:
        rng = self._rng
        found = []
        for charge in charges:
            day = charge.on + timedelta(days=rng.randint(120, 480))
            if rng.random() < rates.CONVICTED_IF_CHARGED and day <= rates.LAST_DAY:
                found.append((day, charge.person.person, charge.person, charge.category, charge.code))
        for quarter in Quarter.range(Quarter.of(rates.FIRST_DAY), Quarter.of(rates.LAST_DAY)):
            for _ in range(rates.PROBATION_FROM_ELSEWHERE + rng.randint(-4, 4)):
                day = quarter.first_day + timedelta(days=rng.randint(0, 89))
                person = population.new(
                    age=rng.randint(18, 64), on=day, sex="male" if rng.random() < 0.97 else "female"
                )
                category, code, _ = rng.choices(_OFFENCES, [w for _, _, w in _OFFENCES])[0]
                found.append((day, person.person, person, category, code))
        found += [
            (day, p.person, p, "20A", "020/05")
            for day, p in zip(CANARY_DAYS, population.canaries, strict=True)
        ]
        return [s for s in found if Quarter.of(s[0]) != self._nil]

    def _day(self, day: date | None) -> str:
        if day is None:
            return ""
        return f"{day:%d/%m/%Y}" if self._rng.random() < recording.DATE_AS_TEXT else f"{day:%d-%b-%Y}".upper()

    def _who(self, n: Nominal) -> dict[str, Cell]:
        return {
            "CRN": n.ref,
            "FORENAME": n.forename.upper(),
            "SURNAME": n.surname.upper(),
            "DOB": "01/01/1900" if n.is_birth_filler else self._day(n.born),
            "PNC": n.pnc_id,
            "POSTCODE": n.postcode,
            "SEX": self._spell.write("sex", n.sex),
            "ETHNICITY": self._spell.write("ethnicity", n.ethnicity),
            "LAU": "" if n.area == NOT_RECORDED else self._spell.write("area", n.area),
        }

    def _sentence(self, number: int, day: date, person: Person, category: str, code: str) -> None:
        rng = self._rng
        n = self._register.find(person, day)
        disposal = rng.choices(("CUSTODY", "COMMUNITY", "SUSPENDED", "COND CAUTION"), (52, 24, 18, 6))[0]
        stage = "cautioned" if disposal == "COND CAUTION" else "convicted"
        ref = f"{n.ref}/{number:04d}"
        cells: dict[str, Cell] = {
            **self._who(n),
            "EVENT": ref,
            "DISPOSAL": disposal,
            "SENTENCED": self._day(day),
            "OFFENCE": category,
            "HO CODE": code.replace("/", ""),
        }
        record: Record = {
            "incident_ref": ref,
            "person_ref": n.ref,
            "true_person": person.person,
            "may_link": "yes",
            "report_date": day,
            "stage": stage,
            "stage_date": day,
            "offence_category": category,
            "offence_code": code,
            "age_band": band(born=n.born, age=None, on=day),
            "sex": n.sex,
            "ethnicity": n.ethnicity,
            "ethnicity_observed": NOT_RECORDED,
            "residence_area": n.area,
        }
        row = Row(cells=cells, records={"suspects": record}, order=(day, ref), is_canary=person.is_canary)
        self._files[Quarter.of(day)]["sentences"].append(flawed(row, n, _IDENTITY, None))
        if stage == "convicted":
            self._enter(n, "RSC", day)
            for register, chance in (
                ("SHPO", 0.5),
                ("REG17", 0.25),
                ("RCHD", 0.2),
                ("MAPP", 0.35),
                ("ADVP", 0.3),
            ):
                if rng.random() < chance:
                    self._enter(n, register, day + timedelta(days=rng.randint(0, 30)))

    def _exploited(self, events: list[Event]) -> None:
        """Some people who were exploited come to probation for other offences, and are registered as
        victims too."""
        rng = self._rng
        for event in events:
            person = event.victims[0]
            if (
                event.is_exploitation
                and not person.is_canary
                and person.age_on(event.day) >= 15
                and rng.random() < 0.12
            ):
                day = event.day + timedelta(days=rng.randint(60, 500))
                register = rng.choices([r for r, _ in _VICTIM_REGISTERS], [w for _, w in _VICTIM_REGISTERS])[
                    0
                ]
                self._enter(self._register.find(person, day), register, day)

    def _enter(self, n: Nominal, register: str, day: date) -> None:
        if day > rates.LAST_DAY or Quarter.of(day) == self._nil or (n.ref, register) in self._registered:
            return
        self._registered.add((n.ref, register))
        cells: dict[str, Cell] = {
            **self._who(n),
            "REGISTER": register,
            "REGISTERED": self._day(day),
            "REVIEW DUE": f"{day + timedelta(days=182):%d-%b-%Y}".upper(),
        }
        record: Record = {
            "person_ref": n.ref,
            "register": register,
            "true_person": n.person.person,
            "may_link": "yes",
            "register_date": day,
            "age_band": band(born=n.born, age=None, on=day),
            "sex": n.sex,
            "ethnicity": n.ethnicity,
            "ethnicity_observed": NOT_RECORDED,
            "residence_area": n.area,
        }
        row = Row(
            cells=cells,
            records={"registrations": record},
            order=(day, n.ref, register),
            is_canary=n.person.is_canary,
        )
        self._files[Quarter.of(day)]["registrations"].append(flawed(row, n, _IDENTITY, None))
