"""How the police force writes a crime, a victim and a suspect into its files.

What belongs here: one row of each file, and the record that it should become. What does not: what happened
and when it changes (``police.py``), faults (``dirt.py``).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from data.synthesise import recording
from data.synthesise.history import Event
from data.synthesise.ledger import NOT_RECORDED, Cell, Record, Row, Speller, band, drawn_for
from data.synthesise.people import Person
from data.synthesise.police_facts import crime_facts, neighbourhood_facts, suspect_facts, victim_facts
from data.synthesise.spelling import Nominal, flawed
from schemas.codelists import codelist
from schemas.quarters import Quarter

_ENHANCED = ("persistently_targeted", "vulnerable", "intimidated")
IC = {"white": "1", "asian": "4", "black": "3", "mixed": "3", "other": "6"}
"""Ethnic group of five → the appearance that an officer would note."""


@dataclass(frozen=True, kw_only=True)
class Crime:
    """A crime as it stands in one extract."""

    ref: str
    event: Event
    quarter: Quarter
    status: str
    cancelled_reason: str
    category: str
    code: str
    outcome: str
    outcome_date: date | None
    is_identified: bool
    setting: str
    area: str
    faith: bool



class PoliceRows:
    """Writes rows as the force's system exports them."""

    def __init__(self, rng: random.Random, spell: Speller) -> None:
        """Draw spellings from ``rng``."""
        self._rng, self._spell = rng, spell

    def _day(self, day: date | None) -> str:
        chance = self._rng.random()
        if day is None:
            return ""
        if chance < recording.TIME_IN_DATE:
            return f"{day:%d/%m/%Y} {self._rng.randint(0, 23):02d}:{self._rng.randint(0, 59):02d}"
        is_other = chance < recording.TIME_IN_DATE + recording.ISO_DATE
        return f"{day:%Y-%m-%d}" if is_other else f"{day:%d/%m/%Y}"

    def _flag(self, value: bool) -> tuple[str, str]:
        code = NOT_RECORDED if self._rng.random() < 0.03 else ("yes" if value else "no")
        return ("" if code == NOT_RECORDED else self._spell.flag(code)), code

    def _offence(self, category: str, code: str) -> tuple[str, str]:
        """Category and code in one of the spellings that reach the same pair."""
        rng = self._rng
        shown, number = category, code
        chance = rng.random()
        if chance < 0.03:
            shown = f"{category.lower()} "
        elif chance < 0.06 and category[0] == "1":
            shown = f"{category} - {codelist('offence_categories').labels[category]}"
        chance = rng.random()
        head, tail = code.split("/")
        if chance < 0.05:
            number = f"{int(head)}/{int(tail)}"
        elif chance < 0.09:
            number = f"{head}{tail}"
        return shown, number

    def crime_row(self, crime: Crime) -> Row:
        """The row of a crime."""
        rng, event = self._rng, crime.event
        age = event.victims[0].age_on(event.first)
        category, code = self._offence(crime.category, crime.code)
        domestic, is_domestic = self._flag(event.what.nearness in ("partner", "family") and age >= 16)
        child, is_child = self._flag(age < 18)
        exploited, is_exploitation = self._flag(event.is_exploitation)
        online, is_online = self._flag(event.what.is_online)
        harassment = crime.category == "8L"
        cells: dict[str, Cell] = {
            "Crime Ref": crime.ref,
            "Reported": self._day(event.day),
            "Committed From": self._day(event.first),
            "Committed To": self._day(event.last),
            "HO Class": category,
            "HO Code": code,
            "Status": self._spell.write("status", crime.status),
            "Cancelled Reason": ""
            if crime.cancelled_reason == NOT_RECORDED
            else self._spell.write("cancelled_reason", crime.cancelled_reason),
            "Outcome": "" if crime.outcome == NOT_RECORDED else self._spell.write("outcome", crime.outcome),
            "Outcome Date": f"{crime.outcome_date:%d/%m/%Y}" if crime.outcome_date else "",
            "Location Type": self._spell.write("setting", crime.setting),
            "Offence LA": self._spell.write("area", crime.area),
            "DA": domestic,
            "CSA": child,
            "Exploitation": exploited,
            "Online": online,
            "Faith": "Y" if crime.faith else "N",
            "Harassment": "Y" if harassment else "N",
            "OIC Unit": rng.choice(("PPU1", "PPU2", "PPU3", "RASSO", "LPU")),
        }
        record: Record = {
            "incident_ref": crime.ref,
            "event": event.event,
            "report_date": event.day,
            "occurred_from_date": event.first,
            "occurred_to_date": event.last,
            "status": crime.status,
            "cancelled_reason": crime.cancelled_reason,
            "offence_category": crime.category,
            "offence_code": crime.code,
            "kinds": " ".join(
                k for k, on in (("advances_harassment", harassment), ("faith_or_belief", crime.faith)) if on
            ),
            "setting": crime.setting,
            "outcome_type": crime.outcome,
            "outcome_date": crime.outcome_date,
            "is_domestic": is_domestic,
            "is_child_abuse": is_child,
            "is_exploitation": is_exploitation,
            "is_online": is_online,
            "reported_to_police": "yes",
            "share_basis": NOT_RECORDED,
            "offence_area": crime.area,
            "service_area": NOT_RECORDED,
        }
        facts = crime_facts(
            drawn_for("police", crime.ref),
            outcome=crime.outcome,
            outcome_date=crime.outcome_date,
            reported=event.day,
            last_day=crime.quarter.last_day,
        )
        cells |= facts.cells
        record |= facts.record
        return Row(
            cells=cells,
            records={"incidents": record},
            order=(crime.ref[-2:], crime.ref),
            is_canary=event.victims[0].is_canary,
        )

    def victim_row(self, crime: Crime, person: Person, nominal: Nominal, details: dict[str, str]) -> Row:
        """The row of a victim of a crime."""
        day = crime.event.day
        age = int(details["age"]) if details["age"] else None
        told = {
            name: details[name]
            for name in (
                "relationship",
                "ethnicity_observed",
                "is_flagged_repeat",
                "is_persistently_targeted",
                "is_vulnerable",
                "is_intimidated",
            )
        }
        cells: dict[str, Cell] = {
            "Crime Ref": crime.ref,
            "Person Id": nominal.ref,
            "Forename": nominal.forename,
            "Surname": nominal.surname,
            "DOB": self.born(nominal),
            "Age": details["age"],
            "Postcode": nominal.postcode,
            "Sex": self._spell.write("sex", nominal.sex),
            "SDE": self._spell.write("ethnicity", nominal.ethnicity),
            "IC": self._observed(details["ethnicity_observed"]),
            "Disability": self._spell.write("disability", nominal.disability),
            "Home LA": self._spell.write("area", nominal.area),
            "Relationship": self._spell.write("relationship", details["relationship"]),
            **{
                column: "" if told[name] == NOT_RECORDED else self._spell.flag(told[name])
                for column, name in (
                    ("Repeat", "is_flagged_repeat"),
                    ("Persistent", "is_persistently_targeted"),
                    ("Vulnerable", "is_vulnerable"),
                    ("Intimidated", "is_intimidated"),
                )
            },
            "May Link": "Y" if nominal.may_link == "yes" else "N",
        }
        record: Record = {
            "incident_ref": crime.ref,
            "person_ref": nominal.ref,
            "true_person": person.person,
            "may_link": nominal.may_link,
            "report_date": day,
            "age_band": band(born=nominal.born, age=age, on=day),
            "sex": nominal.sex,
            "ethnicity": nominal.ethnicity,
            "gender_identity": NOT_RECORDED,
            "disability": nominal.disability,
            "orientation": NOT_RECORDED,
            "religion": NOT_RECORDED,
            "residence_area": nominal.area,
            **told,
        }
        rng = drawn_for("police", f"{crime.ref} {nominal.ref}")
        facts = victim_facts(
            self._spell.drawing(rng),
            rng,
            status=crime.status,
            outcome=crime.outcome,
            is_identified=crime.is_identified,
            is_entitled="yes" in [told[f"is_{why}"] for why in _ENHANCED],
        )
        where = neighbourhood_facts(nominal)
        cells |= facts.cells | where.cells
        record |= facts.record | where.record
        row = Row(
            cells=cells,
            records={"victims": record},
            order=(crime.ref[-2:], crime.ref, nominal.ref),
            parent=crime.ref,
            is_canary=person.is_canary,
        )
        return flawed(
            row, nominal, {"forename": "Forename", "dob": "DOB", "postcode": "Postcode"}, "May Link"
        )

    def suspect_row(self, crime: Crime, person: Person, nominal: Nominal, chance: float) -> Row:
        """The row of a suspect of a crime."""
        day = crime.event.day
        stage = _stage(crime.outcome, chance)
        pnc = nominal.pnc_id or (person.pnc_id if stage in ("arrested", "charged") and chance < 0.8 else "")
        observed = IC[person.ethnicity5] if chance < 0.6 else NOT_RECORDED
        stage_date = min(day + timedelta(days=int(chance * 60)), crime.quarter.last_day)
        cells: dict[str, Cell] = {
            "Crime Ref": crime.ref,
            "Person Id": nominal.ref,
            "Forename": nominal.forename,
            "Surname": nominal.surname,
            "DOB": self.born(nominal),
            "Postcode": nominal.postcode,
            "Sex": self._spell.write("sex", nominal.sex),
            "SDE": self._spell.write("ethnicity", nominal.ethnicity),
            "IC": self._observed(observed),
            "PNC Id": pnc,
            "Role": self._spell.write("stage", stage),
            "Role Date": f"{stage_date:%d/%m/%Y}",
            "Home LA": self._spell.write("area", nominal.area),
        }
        record: Record = {
            "incident_ref": crime.ref,
            "person_ref": nominal.ref,
            "true_person": person.person,
            "may_link": "yes",
            "report_date": day,
            "stage": stage,
            "stage_date": stage_date,
            "age_band": band(born=nominal.born, age=None, on=day),
            "sex": nominal.sex,
            "ethnicity": nominal.ethnicity,
            "ethnicity_observed": observed,
            "residence_area": nominal.area,
        }
        facts = suspect_facts(
            drawn_for("police", f"{crime.ref} {nominal.ref}"),
            stage=stage,
            stage_date=stage_date,
            reported=day,
            last_day=crime.quarter.last_day,
        )
        cells |= facts.cells
        record |= facts.record
        row = Row(
            cells=cells,
            records={"suspects": record},
            order=(crime.ref[-2:], crime.ref, nominal.ref),
            parent=crime.ref,
            is_canary=person.is_canary,
        )
        return flawed(
            row,
            nominal,
            {"forename": "Forename", "dob": "DOB", "postcode": "Postcode", "pnc_id": "PNC Id"},
            None,
        )

    def born(self, nominal: Nominal) -> str:
        """A date of birth as the system exports it."""
        if nominal.is_birth_filler:
            return "01/01/1900"
        if nominal.born is None:
            return ""
        is_other = self._rng.random() < recording.ISO_DATE
        return f"{nominal.born:%Y-%m-%d}" if is_other else f"{nominal.born:%d/%m/%Y}"

    def _observed(self, code: str) -> str:
        return "" if code == NOT_RECORDED else self._spell.write("ethnicity_observed", code)



def _stage(outcome: str, chance: float) -> str:
    if outcome in ("1", "1A"):
        return "charged"
    if outcome in ("2", "3"):
        return "cautioned"
    if chance < 0.04:
        return "eliminated"
    return "arrested" if chance < 0.5 else "named"
