"""The councils' disclosure log: rows without identity.

What belongs here: what this agency knows and how it writes it down. What does not: faults (``dirt.py``).
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta

from data.synthesise import rates
from data.synthesise.history import HOUSING_AREAS, Event
from data.synthesise.housing_facts import disclosure_facts
from data.synthesise.kinds import kinds_of
from data.synthesise.ledger import NOT_RECORDED, Cell, Extract, Record, Row, Speller, band, drawn_for
from data.synthesise.referral_form import form_facts
from data.synthesise.spelling import Register
from schemas.agencies import Agency
from schemas.quarters import Quarter


class Housing:
    """The log, quarter by quarter, from the quarter in which the councils joined."""

    def __init__(self, agency: Agency, events: list[Event]) -> None:
        """Log every event that the teams hear of."""
        self._rng = random.Random(f"{rates.SEED}: housing")
        self._spell = Speller(agency, self._rng)
        self._register = Register(
            "housing",
            self._rng,
            ref=lambda n: f"HH{7000 + n}",
            knows_ethnicity=lambda e: self._spell.knows("ethnicity", e),
        )
        self._rows: defaultdict[Quarter, list[Row]] = defaultdict(list)
        for number, event in enumerate((e for e in events if "housing" in e.agencies), start=1):
            self._log(number, event)

    def extract(self, quarter: Quarter) -> Extract:
        """The file of a quarter."""
        return Extract(agency="housing", quarter=quarter, files={"disclosures": self._rows[quarter]})

    def _log(self, number: int, event: Event) -> None:
        rng, person = self._rng, event.victims[0]
        day = event.day + timedelta(days=rng.randint(0, 25))
        council = person.home_on(day).area
        if day > rates.LAST_DAY or council not in HOUSING_AREAS:
            return
        n = self._register.find(person, day)
        age: int | None = person.age_on(day) if rng.random() > 0.06 else None
        kinds = [k for k in kinds_of(event, person, rng) if self._spell.knows("kinds", k)] or [
            "sexual_assault"
        ]
        basis = rng.choices(
            ("with_consent", "immediate_risk", "safeguarding", "legal_duty", "not_shared"),
            (66, 10, 11, 2, 11),
        )[0]
        informed = "yes" if "police" in event.agencies else "no"
        relationship = (
            event.what.relationship
            if self._spell.knows("relationship", event.what.relationship)
            else NOT_RECORDED
        )
        refers = basis != "not_shared" and rng.random() < 0.72
        made = day + timedelta(days=rng.choice((0, 0, 1, 2, 3, 5)))
        refers = refers and made <= Quarter.of(day).last_day
        destination = rng.choices(
            (
                "isva",
                "idva",
                "refuge",
                "victim_service",
                "childrens_social_care",
                "marac",
                "by_and_for",
                "counselling",
            ),
            (22, 34, 12, 10, 4, 10, 2 if person.ethnicity5 == "white" else 9, 3),
        )[0]
        status = rng.choices(
            ("made", "accepted", "waiting", "declined_by_service", "declined_by_person", "no_response"),
            (40, 30, 8, 10, 7, 5),
        )[0]
        consents = basis == "with_consent"
        ref = f"DL{number:04d}"
        cells: dict[str, Cell] = {
            "Ref": ref,
            "Household ref": n.ref,
            "Disclosed": day.isoformat(),
            "From": event.first.isoformat(),
            "To": event.last.isoformat(),
            "Age": "" if age is None else str(age),
            "Sex": self._spell.write("sex", n.sex),
            "Ethnic group": self._spell.write("ethnicity", n.ethnicity),
            "Disabled": self._spell.write("disability", n.disability),
            "Relationship": self._spell.write("relationship", relationship),
            "Abuse": ",".join(self._spell.write("kinds", k) for k in kinds),
            "Domestic": self._spell.flag("yes"),
            "Police told": self._spell.flag(informed),
            "Share basis": self._spell.write("share_basis", basis),
            "Council": self._spell.write("area", council),
            "Consent": self._spell.flag("yes" if consents else "no") if refers else "",
            "Consent date": day.isoformat() if refers and consents else "",
            "Referred on": made.isoformat() if refers else "",
            "Referred to": self._spell.write("destination", destination) if refers else "",
            "Result": self._spell.write("referral_status", status) if refers else "",
            "Tenancy type": rng.choice(("S", "I", "F", "N")),
            "Officer team": rng.choice(("T1", "T2", "T3", "T4")),
        }
        own = drawn_for("housing", ref)
        spell = self._spell.drawing(own)
        facts = disclosure_facts(spell, own, basis=basis)
        columns = ("Form", "Form fields", "Form filled")
        form = form_facts("housing", spell, own, columns)
        cells |= facts.cells | (form.cells if refers else dict.fromkeys(columns, ""))
        personal: Record = {
            "person_ref": n.ref,
            "true_person": person.person,
            "may_link": NOT_RECORDED,
            "sex": n.sex,
            "ethnicity": n.ethnicity,
            "residence_area": council,
        }
        row = Row(cells=cells, records={}, order=(ref,))
        row.records["incidents"] = {
            "incident_ref": ref,
            "event": event.event,
            "report_date": day,
            "status": "recorded",
            "cancelled_reason": NOT_RECORDED,
            "occurred_from_date": event.first,
            "occurred_to_date": event.last,
            "offence_category": NOT_RECORDED,
            "offence_code": NOT_RECORDED,
            "kinds": " ".join(kinds),
            "setting": NOT_RECORDED,
            "outcome_type": NOT_RECORDED,
            "outcome_date": None,
            "is_domestic": "yes",
            "is_child_abuse": NOT_RECORDED,
            "is_exploitation": NOT_RECORDED,
            "is_online": NOT_RECORDED,
            "reported_to_police": informed,
            "share_basis": basis,
            "offence_area": NOT_RECORDED,
            "service_area": council,
            **facts.record,
        }
        row.records["victims"] = {
            **personal,
            "incident_ref": ref,
            "report_date": day,
            "age_band": band(born=None, age=age, on=day),
            "disability": n.disability,
            "relationship": relationship,
            **dict.fromkeys(
                (
                    "ethnicity_observed",
                    "gender_identity",
                    "orientation",
                    "religion",
                    "is_flagged_repeat",
                    "is_persistently_targeted",
                    "is_vulnerable",
                    "is_intimidated",
                ),
                NOT_RECORDED,
            ),
        }
        if refers:
            row.records["referrals"] = {
                **personal,
                "referral_ref": ref,
                "made_date": made,
                "source": "housing",
                "destination": destination,
                "referral_status": status,
                "decline_reason": NOT_RECORDED,
                "consent_offered": NOT_RECORDED,
                "consent_given": "yes" if consents else "no",
                "consent_date": day if consents else None,
                "received_date": None,
                "contact_date": None,
                "start_date": None,
                "reported_to_police": informed,
                "service_area": council,
                "age_band": band(born=None, age=age, on=made),
                "disability": NOT_RECORDED,
                **form.record,
            }
        self._rows[Quarter.of(day)].append(row)
