"""The referral centre's two workbooks: attendances, and onward referrals.

What belongs here: what this agency knows of an event and how it writes it down. What does not: faults
(``dirt.py``).
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

from data.synthesise import rates, recording
from data.synthesise.history import Event
from data.synthesise.kinds import kinds_of
from data.synthesise.ledger import NOT_RECORDED, Cell, Extract, Record, Row, Speller, band, drawn_for
from data.synthesise.people import Person
from data.synthesise.police import Sent
from data.synthesise.sarc_facts import attendance_facts
from data.synthesise.spelling import Nominal, Register, flawed
from schemas.agencies import Agency
from schemas.quarters import Quarter

_SETTINGS = {
    "public_transport": "other",
    "health_or_care": "other",
    "supported_housing": "other_home",
    "custody": "other",
    "place_of_worship": "other",
    "sport_or_leisure": "other",
}
_IDENTITY = {
    "forename": "First name",
    "dob": "Date of birth",
    "postcode": "Postcode",
    "nhs_number": "NHS number",
}


class Sarc:
    """The centre, quarter by quarter."""

    def __init__(self, agency: Agency, events: list[Event]) -> None:
        """Record every event that the centre hears of."""
        self._rng = random.Random(f"{rates.SEED}: sarc")
        self._spell = Speller(agency, self._rng)
        self._register = Register(
            "sarc",
            self._rng,
            ref=lambda n: f"C{20_000 + n}",
            knows_ethnicity=lambda e: self._spell.knows("ethnicity", e),
        )
        self._files: defaultdict[Quarter, dict[str, list[Row]]] = defaultdict(
            lambda: {"attendances": [], "onward": []}
        )
        self._onward = 0
        self.sent: list[Sent] = []
        for number, event in enumerate((e for e in events if "sarc" in e.agencies), start=1):
            self._attend(number, event)

    def extract(self, quarter: Quarter) -> Extract:
        """The files of a quarter."""
        return Extract(agency="sarc", quarter=quarter, files=self._files[quarter])

    def _day(self, day: date | None) -> Cell:
        if day is None:
            return ""
        return f"{day:%d/%m/%Y}" if self._rng.random() < recording.DATE_AS_TEXT else day

    def _attend(self, number: int, event: Event) -> None:
        rng = self._rng
        person = event.victims[0]
        day = min(event.day + timedelta(days=rng.choice((0, 0, 0, 1))), rates.LAST_DAY)
        quarter = Quarter.of(day)
        nominal = self._register.find(person, day)
        result = (
            "completed"
            if person.is_canary
            else rng.choices(("completed", "declined_by_person", "no_response"), (84, 9, 7))[0]
        )
        contact: date | None = day + timedelta(days=rng.choice((0, 0, 0, 1, 1, 2, 4)))
        if contact and contact > quarter.last_day:
            contact, result = None, "received"
        if result == "no_response":
            contact = None
        informed = "yes" if "police" in event.agencies else "no"
        source = rng.choices(
            ("police", "self", "gp_or_health", "childrens_social_care", "a_and_e", "other"),
            (90, 3, 2, 3, 1, 1) if informed == "yes" else (0, 45, 14, 20, 12, 9),
        )[0]
        home = person.home_on(day).area
        clinic = home if home != "outside" else "E08000025"
        ref = f"A{number:05d}"
        setting = (
            _SETTINGS.get(event.what.setting, event.what.setting) if rng.random() > 0.1 else NOT_RECORDED
        )
        kinds = [k for k in kinds_of(event, person, rng) if self._spell.knows("kinds", k)] or [
            "sexual_assault"
        ]
        is_said = rng.random() > recording.RELATIONSHIP_MISSING
        relationship = event.what.relationship if is_said else NOT_RECORDED
        if not self._spell.knows("relationship", relationship):
            relationship = NOT_RECORDED
        occurred = rng.random() > 0.06
        cells: dict[str, Cell] = {
            "Attendance ref": ref,
            **self._who(nominal),
            "Gender same as birth": self._spell.write("gender_identity", nominal.gender_identity),
            "Disability": self._spell.write("disability", nominal.disability),
            "Orientation": self._spell.write("orientation", nominal.orientation),
            "Religion": self._spell.write("religion", nominal.religion),
            "Assailant": self._spell.write("relationship", relationship),
            "Postcode": nominal.postcode,
            "Referred by": self._spell.write("source", source),
            "Referral date": self._day(day),
            "First contact": self._day(contact),
            "Result": self._spell.write("referral_status", result),
            "Assault from": self._day(event.first if occurred else None),
            "Assault to": self._day(event.last if occurred else None),
            "Assault type": "; ".join(self._spell.write("kinds", k) for k in kinds),
            "Where": self._spell.write("setting", setting),
            "CSE": self._spell.flag("yes" if event.is_exploitation else "no"),
            "Police informed": self._spell.flag(informed),
            "Clinic area": self._spell.write("area", clinic),
            "Crisis worker": rng.choice(("CW1", "CW2", "CW3")),
            "Police ref": f"LOG {rng.randint(100, 4999)}" if informed == "yes" else "",
        }
        own = drawn_for("sarc", ref)
        facts = attendance_facts(
            self._spell.drawing(own),
            own,
            was_seen=result == "completed",
            is_child=person.age_on(day) < 18,
        )
        cells |= facts.cells
        personal: Record = {
            "person_ref": nominal.ref,
            "true_person": person.person,
            "may_link": nominal.may_link,
            "sex": nominal.sex,
            "ethnicity": nominal.ethnicity,
            "residence_area": nominal.area,
            "age_band": band(born=nominal.born, age=None, on=day),
        }
        records: dict[str, Record] = {
            "incidents": {
                "incident_ref": ref,
                "event": event.event,
                "report_date": day,
                "status": "recorded",
                "cancelled_reason": NOT_RECORDED,
                "occurred_from_date": event.first if occurred else None,
                "occurred_to_date": event.last if occurred else None,
                "offence_category": NOT_RECORDED,
                "offence_code": NOT_RECORDED,
                "kinds": " ".join(kinds),
                "setting": setting,
                "outcome_type": NOT_RECORDED,
                "outcome_date": None,
                "is_domestic": NOT_RECORDED,
                "is_child_abuse": NOT_RECORDED,
                "is_exploitation": "yes" if event.is_exploitation else "no",
                "is_online": NOT_RECORDED,
                "reported_to_police": informed,
                "share_basis": NOT_RECORDED,
                "offence_area": NOT_RECORDED,
                "service_area": clinic,
                **facts.record,
            },
            "victims": {
                **personal,
                "incident_ref": ref,
                "report_date": day,
                "ethnicity_observed": NOT_RECORDED,
                "gender_identity": nominal.gender_identity,
                "disability": nominal.disability,
                "orientation": nominal.orientation,
                "religion": nominal.religion,
                "relationship": relationship,
                **dict.fromkeys(
                    ("is_flagged_repeat", "is_persistently_targeted", "is_vulnerable", "is_intimidated"),
                    NOT_RECORDED,
                ),
            },
            "referrals": {
                **personal,
                "referral_ref": ref,
                "made_date": day,
                "source": source,
                "destination": "sarc",
                "referral_status": result,
                "decline_reason": NOT_RECORDED,
                "consent_offered": NOT_RECORDED,
                "consent_given": NOT_RECORDED,
                "consent_date": None,
                "received_date": None,
                "contact_date": contact,
                "start_date": None,
                "reported_to_police": informed,
                "service_area": clinic,
                "disability": NOT_RECORDED,
            },
        }
        row = flawed(
            Row(cells=cells, records=records, order=(day, ref), is_canary=person.is_canary),
            nominal,
            _IDENTITY,
            "Consent to link",
        )
        self._files[quarter]["attendances"].append(row)
        if result == "completed" and contact and rng.random() < rates.SARC_ONWARD:
            self._refer(event, person, nominal, contact, informed)

    def _who(self, nominal: Nominal) -> dict[str, Cell]:
        born: Cell = "01/01/1900" if nominal.is_birth_filler else self._day(nominal.born)
        return {
            "Client no": nominal.ref,
            "First name": nominal.forename,
            "Last name": nominal.surname,
            "Date of birth": born,
            "NHS number": nominal.nhs_number,
            "Sex": self._spell.write("sex", nominal.sex),
            "Ethnic category": self._spell.write("ethnicity", nominal.ethnicity),
            "Home area": self._spell.write("area", nominal.area),
            "Consent to link": self._spell.flag(nominal.may_link),
        }

    def _refer(self, event: Event, person: Person, nominal: Nominal, contact: date, informed: str) -> None:
        rng = self._rng
        made = contact + timedelta(days=rng.choice((0, 0, 1, 1, 2, 4, 7)))
        if made > rates.LAST_DAY:
            return
        is_child = person.age_on(made) < 18
        destination = rng.choices(
            (
                "chisva" if is_child else "isva",
                "counselling",
                "sexual_health",
                "gp",
                "mental_health",
                "childrens_social_care",
                "by_and_for",
            ),
            (60, 9, 11, 5, 5, 8 if is_child else 0.5, 1 if person.ethnicity5 == "white" else 6),
        )[0]
        consents = rng.random() < 0.9
        status = (
            rng.choices(("made", "accepted", "waiting", "declined_by_service"), (55, 30, 11, 4))[0]
            if consents
            else "consent_not_given"
        )
        if consents and destination in ("isva", "chisva") and rng.random() > 0.04:
            self.sent.append(Sent(event=event, victim=person, made=made, consented=made, source="sarc"))
        self._onward += 1
        ref = f"O{self._onward:05d}"
        who = self._who(nominal)
        cells: dict[str, Cell] = {
            "Onward ref": ref,
            **{
                c: who[c]
                for c in (
                    "Client no",
                    "First name",
                    "Last name",
                    "Date of birth",
                    "NHS number",
                    "Consent to link",
                    "Home area",
                )
            },
            "Consent to refer": self._spell.flag("yes" if consents else "no"),
            "Consent date": self._day(made if consents else None),
            "Sent": self._day(made),
            "Service": self._spell.write("destination", destination),
            "Result": self._spell.write("referral_status", status),
            "Police informed": self._spell.flag(informed),
        }
        record: Record = {
            "referral_ref": ref,
            "person_ref": nominal.ref,
            "true_person": person.person,
            "may_link": nominal.may_link,
            "made_date": made,
            "source": "sarc",
            "destination": destination,
            "referral_status": status,
            "decline_reason": NOT_RECORDED,
            "consent_offered": NOT_RECORDED,
            "consent_given": "yes" if consents else "no",
            "consent_date": made if consents else None,
            "received_date": None,
            "contact_date": None,
            "start_date": None,
            "reported_to_police": informed,
            "residence_area": nominal.area,
            "service_area": NOT_RECORDED,
            "age_band": band(born=nominal.born, age=None, on=made),
            "sex": NOT_RECORDED,
            "ethnicity": NOT_RECORDED,
            "disability": NOT_RECORDED,
        }
        row = Row(cells=cells, records={"referrals": record}, order=(ref,), is_canary=person.is_canary)
        identity = {k: v for k, v in _IDENTITY.items() if v in cells}
        self._files[Quarter.of(made)]["onward"].append(flawed(row, nominal, identity, "Consent to link"))
