"""The police force's four files: crimes, victims, suspects, referrals.

What belongs here: what this agency knows of an event and how it writes it down. What does not: faults
(``dirt.py``).
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from data.synthesise import rates, recording
from data.synthesise.history import Event
from data.synthesise.ledger import NOT_RECORDED, Cell, Extract, Record, Row, Speller, band, drawn_for
from data.synthesise.people import Person, age_on
from data.synthesise.police_rows import IC, Crime, PoliceRows
from data.synthesise.referral_form import form_facts
from data.synthesise.spelling import Nominal, Register, flawed
from schemas.agencies import Agency
from schemas.quarters import Quarter

NO_SUSPECT = ("14", "18", "0")
RECLASSIFIED = {("20A", "020/05"): ("19C", "019/08"), ("17A", "017/15"): ("19F", "019/10")}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A referral that reached its service."""

    event: Event
    victim: Person
    made: date
    consented: date | None
    source: str


@dataclass(frozen=True, kw_only=True)
class Charge:
    """Somebody charged: what probation may hear of later."""

    person: Person
    on: date
    category: str
    code: str


class Police:
    """The force, quarter by quarter."""

    def __init__(self, agency: Agency, events: list[Event]) -> None:
        """Record every event that the police hear of."""
        self._rng = random.Random(f"{rates.SEED}: police")
        self._spell = Speller(agency, self._rng)
        self._rows = PoliceRows(self._rng, self._spell)
        self._register = Register(
            "police",
            self._rng,
            ref=lambda n: f"P{100_000 + 7 * n}",
            knows_ethnicity=lambda e: self._spell.knows("ethnicity", e),
            encoding="cp1252",
        )
        self._files: defaultdict[Quarter, dict[str, list[Row]]] = defaultdict(
            lambda: {"crimes": [], "victims": [], "suspects": [], "referrals": []}
        )
        self._seen: defaultdict[str, list[date]] = defaultdict(list)
        self._referrals = 0
        self.sent: list[Sent] = []
        self.charges: list[Charge] = []
        for number, event in enumerate((e for e in events if "police" in e.agencies), start=1):
            self._record(number, event)

    def extract(self, quarter: Quarter) -> Extract:
        """The files of a quarter."""
        return Extract(agency="police", quarter=quarter, files=self._files[quarter])

    def _record(self, number: int, event: Event) -> None:
        rng = self._rng
        crime = self._first(number, event)
        victims = [(person, self._register.find(person, event.day)) for person in event.victims]
        suspects = (
            [(person, self._register.find(person, event.day)) for person in event.suspects]
            if crime.is_identified
            else []
        )
        details = {p.person: self._details(p, n, event) for p, n in victims}
        stages = {p.person: rng.random() for p, _ in suspects}
        versions = [crime]
        later = self._later(crime)
        if later is not None:
            versions.append(later)
        for version in versions:
            files = self._files[version.quarter]
            files["crimes"].append(self._rows.crime_row(version))
            files["victims"] += [self._rows.victim_row(version, p, n, details[p.person]) for p, n in victims]
            files["suspects"] += [
                self._rows.suspect_row(version, p, n, stages[p.person]) for p, n in suspects
            ]
        if versions[-1].outcome in ("1", "1A"):
            on = versions[-1].outcome_date or event.day
            self.charges += [
                Charge(person=p, on=on, category=versions[-1].category, code=versions[-1].code)
                for p, _ in suspects[:1]
            ]
        if crime.status == "recorded":
            for person, nominal in victims:
                self._refer(event, person, nominal)

    def _first(self, number: int, event: Event) -> Crime:
        rng = self._rng
        quarter = Quarter.of(event.day)
        status = rng.choices(tuple(rates.POLICE_STATUS), tuple(rates.POLICE_STATUS.values()))[0]
        if event.victims[0].is_canary or (status == "n100" and not event.what.category.startswith("19")):
            status = "recorded"
        reason = rng.choices(
            ("no_crime", "duplicate", "recorded_in_error", "outside_jurisdiction"), (5, 3, 1, 1)
        )[0]
        is_identified = event.victims[0].is_canary or rng.random() < (
            0.3 if event.what.nearness == "stranger" else 0.84
        )
        outcome, outcome_date = self._outcome(
            event.day, quarter, is_identified=is_identified, status=status, settles=False
        )
        return Crime(
            ref=f"20/{number:06d}/{event.day.year % 100}",
            event=event,
            quarter=quarter,
            status=status,
            cancelled_reason=reason if status == "cancelled" else NOT_RECORDED,
            category=event.what.category,
            code=event.what.code,
            outcome=outcome,
            outcome_date=outcome_date,
            is_identified=is_identified,
            setting=event.what.setting if rng.random() > 0.05 else NOT_RECORDED,
            area=event.area if rng.random() > 0.015 else NOT_RECORDED,
            faith=rng.random() < 0.004,
        )

    def _outcome(
        self, day: date, quarter: Quarter, *, is_identified: bool, status: str, settles: bool
    ) -> tuple[str, date | None]:
        rng = self._rng
        if status != "recorded":
            return NOT_RECORDED, None
        weights = {
            o: w
            for o, w in rates.FIRST_OUTCOME.items()
            if ((o not in ("14", "18")) if is_identified else (o in NO_SUSPECT))
            and not (settles and o == "0")
        }
        outcome = rng.choices(tuple(weights), tuple(weights.values()))[0]
        first = max(day + timedelta(days=2), quarter.first_day)
        room = (quarter.last_day - first).days
        if outcome == "0" or room < 0:
            return "0", None
        return outcome, first + timedelta(days=rng.randint(0, room))

    def _later(self, crime: Crime) -> Crime | None:
        rng = self._rng
        quarter = crime.quarter.plus(rng.choice((1, 1, 2, 2, 3, 4)))
        if (
            rng.random() >= rates.CHANGED_LATER
            or quarter.first_day > rates.LAST_DAY
            or crime.event.victims[0].is_canary
        ):
            return None
        later = replace(crime, quarter=quarter)
        if crime.status != "recorded":
            return replace(
                later,
                status="recorded" if crime.status == "n100" else crime.status,
                outcome="0" if crime.status == "n100" else crime.outcome,
            )
        if crime.outcome == "0" and rng.random() < 0.8:
            outcome, on = self._outcome(
                crime.event.day, quarter, is_identified=crime.is_identified, status="recorded", settles=True
            )
            return replace(later, outcome=outcome, outcome_date=on)
        pair = (crime.category, crime.code)
        if (
            pair in RECLASSIFIED
            and crime.event.victims[0].age_on(crime.event.first) >= 16
            and rng.random() < 0.6
        ):
            category, code = RECLASSIFIED[pair]
            return replace(later, category=category, code=code)
        if rng.random() < 0.3:
            return replace(
                later,
                status="cancelled",
                cancelled_reason="no_crime",
                outcome=NOT_RECORDED,
                outcome_date=None,
            )
        new = "16" if crime.is_identified else "18"
        return replace(
            later, outcome=new, outcome_date=quarter.first_day + timedelta(days=rng.randint(0, 80))
        )

    def _details(self, person: Person, nominal: Nominal, event: Event) -> dict[str, str]:
        """What stays the same in every version of a victim's row."""
        rng = self._rng
        before = [day for day in self._seen[nominal.ref] if 0 < (event.day - day).days <= 365]
        self._seen[nominal.ref].append(event.day)
        relationship = event.what.relationship
        if (
            relationship in ("partner", "ex_partner")
            and event.suspects[0].sex == person.sex
            and rng.random() < 0.5
        ):
            relationship = "same_sex_partner"
        if rng.random() < recording.RELATIONSHIP_MISSING:
            relationship = NOT_RECORDED
        flags = {
            "is_flagged_repeat": bool(before) and rng.random() < 0.7,
            "is_persistently_targeted": len(before) >= 2 and rng.random() < 0.6,
            "is_vulnerable": person.age_on(event.day) < 18 or person.disability == "disabled",
            "is_intimidated": rng.random() < 0.2,
        }
        told = {
            name: NOT_RECORDED if rng.random() < 0.06 else ("yes" if value else "no")
            for name, value in flags.items()
        }
        observed = IC[person.ethnicity5] if rng.random() < 0.7 else NOT_RECORDED
        age: int | None = (
            age_on(nominal.born, event.day)
            if nominal.born
            else (person.age_on(event.day) if rng.random() < 0.6 else None)
        )
        if rng.random() < 0.06 and nominal.born:
            age = None
        return {
            **told,
            "relationship": relationship,
            "ethnicity_observed": observed,
            "age": "" if age is None else str(age),
        }

    def _refer(self, event: Event, person: Person, nominal: Nominal) -> None:
        rng = self._rng
        if rng.random() >= rates.REFERRAL_OFFERED:
            return
        offered = event.day + timedelta(days=rng.choice((0, 0, 0, 1, 1, 2, 3, 6)))
        consents = rng.random() < rates.CONSENTED
        made = offered + timedelta(days=rng.choice((0, 0, 1, 1, 2, 2, 3, 5))) if consents else offered
        if made > rates.LAST_DAY:
            return
        is_child = person.age_on(made) < 18
        white = person.ethnicity5 == "white"
        destination = rng.choices(
            ("chisva" if is_child else "isva", "victim_service", "counselling", "by_and_for", "sarc", "idva"),
            (50, 25, 8, 0.5 if white else 9, 6, 1 if is_child else 8),
        )[0]
        reaches = consents and destination in ("isva", "chisva") and rng.random() >= rates.NEVER_RECEIVED
        status, reason = "consent_not_given", NOT_RECORDED
        if consents:
            status = rng.choices(
                (
                    "made",
                    "received",
                    "accepted",
                    "waiting",
                    "declined_by_service",
                    "declined_by_person",
                    "no_response",
                    "unsafe_to_contact",
                    "no_contact_details",
                    "duplicate",
                ),
                (46, 10, 20, 8, 4, 4, 4, 1, 2, 1),
            )[0]
            if status == "declined_by_service":
                reason = (
                    "male_not_served"
                    if person.sex == "male" and rng.random() < 0.5
                    else rng.choice(("no_capacity", "out_of_area", "crime_type"))
                )
        self._referrals += 1
        ref = f"R{self._referrals:06d}"
        consented = offered if consents else None
        cells: dict[str, Cell] = {
            "Referral No": ref,
            "Person Id": nominal.ref,
            "Forename": nominal.forename,
            "Surname": nominal.surname,
            "DOB": self._rows.born(nominal),
            "Home LA": self._spell.write("area", nominal.area),
            "May Link": "Y" if nominal.may_link == "yes" else "N",
            "Offered": self._spell.flag("yes"),
            "Consent": self._spell.flag("yes" if consents else "no"),
            "Consent Date": f"{consented:%d/%m/%Y}" if consented else "",
            "Sent": f"{made:%d/%m/%Y}",
            "Service Type": self._spell.write("destination", destination),
            "Result": self._spell.write("referral_status", status),
            "Reason": "" if reason == NOT_RECORDED else self._spell.write("decline_reason", reason),
        }
        record: Record = {
            "referral_ref": ref,
            "person_ref": nominal.ref,
            "true_person": person.person,
            "may_link": nominal.may_link,
            "made_date": made,
            "source": "police",
            "destination": destination,
            "referral_status": status,
            "decline_reason": reason,
            "consent_offered": "yes",
            "consent_given": "yes" if consents else "no",
            "consent_date": consented,
            "received_date": None,
            "contact_date": None,
            "start_date": None,
            "reported_to_police": "yes",
            "residence_area": nominal.area,
            "service_area": NOT_RECORDED,
            "age_band": band(born=nominal.born, age=None, on=made),
            "sex": NOT_RECORDED,
            "ethnicity": NOT_RECORDED,
            "disability": NOT_RECORDED,
        }
        own = drawn_for("police", ref)
        form = form_facts("police", self._spell.drawing(own), own, ("Form", "Mandatory", "Filled"))
        cells |= form.cells
        record |= form.record
        row = Row(cells=cells, records={"referrals": record}, order=(ref,), is_canary=person.is_canary)
        self._files[Quarter.of(made)]["referrals"].append(
            flawed(row, nominal, {"forename": "Forename", "dob": "DOB"}, "May Link")
        )
        if reaches:
            self.sent.append(
                Sent(event=event, victim=person, made=made, consented=consented, source="police")
            )
