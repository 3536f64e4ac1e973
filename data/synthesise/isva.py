"""The adviser service's caseload: one wide row for a referral and all that followed, sent again whenever it
changes.

What belongs here: what this agency knows and how it writes it down. What does not: faults (``dirt.py``).
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from data.synthesise import rates, recording
from data.synthesise.history import Event
from data.synthesise.isva_facts import case_facts
from data.synthesise.kinds import kinds_of
from data.synthesise.ledger import NOT_RECORDED, Cell, Extract, Record, Row, Speller, band, drawn_for
from data.synthesise.police import Sent
from data.synthesise.referral_form import form_facts
from data.synthesise.spelling import Nominal, Register, flawed
from schemas.agencies import Agency
from schemas.columns import NEEDS
from schemas.quarters import Quarter

_STARTED = "started"
_ENDS = ("completed", "ended_early", "moved", "died")
_IDENTITY = {"forename": "First name", "dob": "DOB", "postcode": "Postcode", "nhs_number": "NHS no"}


@dataclass(frozen=True, kw_only=True)
class _Course:
    """The whole course of one referral, as it will have been."""

    ref: str
    sent: Sent
    nominal: Nominal
    area: str
    received: date
    contact: date | None
    decided: date
    start: date | None
    end: date | None
    assessed: date | None
    review: date | None
    fate: str
    reason: str
    ending: str
    kinds: tuple[str, ...]
    relationship: str
    needs: dict[str, int]
    """Need and point → score, such as ``health start``."""


class Isva:
    """The service, quarter by quarter."""

    def __init__(self, agency: Agency, events: list[Event], sent: list[Sent]) -> None:
        """Receive what others sent, and those who came by other ways."""
        self._rng = random.Random(f"{rates.SEED}: isva")
        self._spell = Speller(agency, self._rng)
        self._register = Register(
            "isva",
            self._rng,
            ref=lambda n: f"L{4000 + n}",
            knows_ethnicity=lambda e: self._spell.knows("ethnicity", e),
        )
        self._rows: defaultdict[Quarter, list[Row]] = defaultdict(list)
        own = [self._came(e) for e in events if "isva" in e.agencies]
        every = sorted(
            (s for s in (*own, *sent) if s.made <= rates.LAST_DAY),
            key=lambda s: (s.made, s.event.event, s.source),
        )
        for number, referral in enumerate(every, start=1):
            self._take(number, referral)

    def extract(self, quarter: Quarter) -> Extract:
        """The file of a quarter."""
        return Extract(agency="isva", quarter=quarter, files={"caseload": self._rows[quarter]})

    def _came(self, event: Event) -> Sent:
        rng = self._rng
        made = event.day + timedelta(days=0 if event.victims[0].is_canary else rng.randint(0, 20))
        source = rng.choices(
            (
                "self",
                "helpline",
                "gp_or_health",
                "voluntary_sector",
                "education",
                "housing",
                "family_or_friend",
                "childrens_social_care",
                "adult_social_care",
                "marac",
                "mash",
                "probation_or_prison",
                "court",
                "a_and_e",
                "other",
            ),
            (38, 9, 9, 9, 8, 4, 4, 6, 2, 3, 2, 1, 1, 2, 2),
        )[0]
        return Sent(event=event, victim=event.victims[0], made=made, consented=made, source=source)

    def _take(self, number: int, sent: Sent) -> None:
        rng, person = self._rng, sent.victim
        received = sent.made + timedelta(days=rng.choice((0, 0, 0, 1, 1, 2, 3)))
        if received > rates.LAST_DAY:
            return
        fate = (
            _STARTED
            if person.is_canary
            else rng.choices(
                (
                    _STARTED,
                    "declined_by_service",
                    "declined_by_person",
                    "no_response",
                    "no_contact_details",
                    "unsafe_to_contact",
                    "ineligible",
                    "duplicate",
                    "onward_referred",
                    "returned",
                ),
                (62, 12 if person.sex == "male" else 7, 8, 9, 2, 2, 3, 2, 4, 1),
            )[0]
        )
        has_contact = fate in (_STARTED, "declined_by_service", "declined_by_person", "onward_referred")
        contact = (
            received + timedelta(days=1 if person.is_canary else int(rng.expovariate(1 / 7)))
            if has_contact
            else None
        )
        decided = (contact or received) + timedelta(days=rng.randint(3, 20))
        start = end = assessed = review = None
        if fate == _STARTED and contact:
            start = contact + timedelta(days=2 if person.is_canary else int(rng.expovariate(1 / 34)))
            end = start + timedelta(days=25 + int(rng.expovariate(1 / 190)))
            assessed = start + timedelta(days=rng.randint(-3, 12)) if rng.random() < 0.93 else None
            assessed = max(assessed, contact) if assessed else None
            review = start + timedelta(days=90) if rng.random() < 0.7 else None
        reason = NOT_RECORDED
        if fate == "declined_by_service":
            reason = (
                "male_not_served"
                if person.sex == "male" and rng.random() < 0.55
                else rng.choices(
                    (
                        "no_capacity",
                        "cannot_meet_language",
                        "cannot_meet_mental_health",
                        "cannot_meet_disability",
                        "out_of_area",
                        "cannot_meet_substance_use",
                        "nrpf",
                        "crime_type",
                    ),
                    (45, 8, 12, 4, 12, 6, 5, 8),
                )[0]
            )
        elif fate == "ineligible":
            reason = rng.choice(("out_of_area", "age", "crime_type"))
        home = person.home_on(received).area
        course = _Course(
            ref=f"K{number:05d}",
            sent=sent,
            nominal=self._register.find(person, received),
            received=received,
            contact=contact,
            area=home if home != "outside" else "E08000025",
            decided=decided,
            start=start,
            end=end,
            assessed=assessed,
            review=review,
            fate=fate,
            reason=reason,
            ending=rng.choices(_ENDS, (72, 20, 7, 0.4))[0],
            kinds=kinds_of(sent.event, person, rng),
            relationship=sent.event.what.relationship
            if rng.random() > recording.RELATIONSHIP_MISSING
            else NOT_RECORDED,
            needs=self._needs(),
        )
        days = [received, start, end] if fate == _STARTED else [received, decided]
        for quarter in sorted({Quarter.of(day) for day in days if day and day <= rates.LAST_DAY}):
            self._rows[quarter].append(self._row(course, quarter))

    def _needs(self) -> dict[str, int]:
        rng, found = self._rng, {}
        for need in NEEDS:
            if rng.random() < 0.85:
                start = rng.choice((1, 1, 2, 2, 3, 3, 4))
                found[f"{need} start"] = start
                review = min(5, start + rng.choice((0, 0, 1, 1)))
                if rng.random() < 0.9:
                    found[f"{need} review"] = review
                if rng.random() < 0.9:
                    found[f"{need} end"] = max(1, min(5, review + rng.choice((-1, 0, 0, 1, 1, 2))))
        return found

    def _row(self, c: _Course, quarter: Quarter) -> Row:
        """The referral as it stands at the end of ``quarter``."""

        def by(day: date | None) -> date | None:
            return day if day is not None and day <= quarter.last_day else None

        contact, start, end = by(c.contact), by(c.start), by(c.end)
        status = self._status(c, contact, start, end, by(c.decided))
        reason = c.reason if status == c.fate else NOT_RECORDED
        discloses = contact is not None and c.fate in (_STARTED, "declined_by_service", "onward_referred")
        points = {
            "start": by(c.assessed),
            "review": by(c.review) if c.assessed else None,
            "end": end if c.assessed and c.ending == "completed" else None,
        }
        needs = {key: score for key, score in c.needs.items() if start and points[key.rsplit(" ", 1)[1]]}
        n, person, event = c.nominal, c.sent.victim, c.sent.event
        informed = "yes" if "police" in event.agencies else "no"
        service = "chisva" if person.age_on(c.sent.made) < 18 else "isva"
        consented = c.sent.consented
        knows = discloses and self._spell.knows("relationship", c.relationship)
        relationship = c.relationship if knows else NOT_RECORDED

        def iso(day: date | None) -> str:
            return "" if day is None else day.isoformat()

        cells: dict[str, Cell] = {
            "Case ID": c.ref,
            "Client ID": n.ref,
            "First name": n.forename,
            "Surname": n.surname,
            "DOB": self._born(n),
            "NHS no": n.nhs_number,
            "Postcode": n.postcode,
            "Link consent": self._spell.flag(n.may_link),
            "Sex": self._spell.write("sex", n.sex),
            "Gender identity": self._spell.write("gender_identity", n.gender_identity),
            "Ethnicity": self._spell.write("ethnicity", n.ethnicity),
            "Disabled": self._spell.write("disability", n.disability),
            "Orientation": self._spell.write("orientation", n.orientation),
            "Religion": self._spell.write("religion", n.religion),
            "Home area": self._spell.write("area", n.area),
            "Area": self._spell.write("area", c.area),
            "Source": self._spell.write("source", c.sent.source),
            "Service": self._spell.write("destination", service),
            "Referral date": iso(c.sent.made),
            "Received": iso(c.received),
            "Consent": self._spell.flag("yes" if consented else "no"),
            "Consent date": iso(consented),
            "First contact": iso(contact),
            "Outcome": self._spell.write("referral_status", status),
            "Reason": "" if reason == NOT_RECORDED else self._spell.write("decline_reason", reason),
            "Disclosed on": iso(contact if discloses else None),
            "Abuse from": iso(event.first if discloses else None),
            "Abuse to": iso(event.last if discloses else None),
            "Abuse types": ";".join(self._spell.write("kinds", k) for k in c.kinds) if discloses else "",
            "Exploitation": self._spell.flag("yes" if event.is_exploitation else "no") if discloses else "",
            "Relationship": self._spell.write("relationship", relationship) if discloses else "",
            "Reported to police": self._spell.flag(informed),
            "Support start": iso(start),
            "Support end": iso(end),
            "Assessed": iso(by(c.assessed) if start else None),
            "Adviser team": c.area[-2:],
            **{
                f"{need.replace('_', ' ').capitalize()} {point}": str(needs.get(f"{need} {point}", ""))
                for need in NEEDS
                for point in points
            },
        }
        rng = drawn_for("isva", c.ref)
        spell = self._spell.drawing(rng)
        form = form_facts("isva", spell, rng, ("Form", "Form fields", "Form filled"))
        case = case_facts(
            spell,
            rng,
            start=start,
            end=end,
            last_day=quarter.last_day,
            review=c.review is not None,
            is_assessed=by(c.assessed) is not None,
            health=c.needs.get("health start"),
            is_child=service == "chisva",
            may_be_pregnant=person.sex == "female" and 13 <= person.age_on(c.sent.made) <= 50,
            ending=c.ending,
        )
        cells |= form.cells | case.cells
        row = Row(cells=cells, records={}, order=(c.ref,), is_canary=person.is_canary)
        personal: Record = {
            "person_ref": n.ref,
            "true_person": person.person,
            "may_link": n.may_link,
            "sex": n.sex,
            "ethnicity": n.ethnicity,
            "disability": n.disability,
            "residence_area": n.area,
        }
        if discloses and contact:
            row.records["incidents"] = {
                "incident_ref": c.ref,
                "event": event.event,
                "report_date": contact,
                "status": "recorded",
                "cancelled_reason": NOT_RECORDED,
                "occurred_from_date": event.first,
                "occurred_to_date": event.last,
                "offence_category": NOT_RECORDED,
                "offence_code": NOT_RECORDED,
                "kinds": " ".join(c.kinds),
                "setting": NOT_RECORDED,
                "outcome_type": NOT_RECORDED,
                "outcome_date": None,
                "is_domestic": NOT_RECORDED,
                "is_child_abuse": NOT_RECORDED,
                "is_exploitation": "yes" if event.is_exploitation else "no",
                "is_online": NOT_RECORDED,
                "reported_to_police": informed,
                "share_basis": NOT_RECORDED,
                "offence_area": NOT_RECORDED,
                "service_area": c.area,
            }
            row.records["victims"] = {
                **personal,
                "incident_ref": c.ref,
                "report_date": contact,
                "age_band": band(born=n.born, age=None, on=contact),
                "ethnicity_observed": NOT_RECORDED,
                "gender_identity": n.gender_identity,
                "orientation": n.orientation,
                "religion": n.religion,
                "relationship": relationship,
                **dict.fromkeys(
                    ("is_flagged_repeat", "is_persistently_targeted", "is_vulnerable", "is_intimidated"),
                    NOT_RECORDED,
                ),
            }
        row.records["referrals"] = {
            **personal,
            "referral_ref": c.ref,
            "made_date": c.sent.made,
            "source": c.sent.source,
            "destination": service,
            "referral_status": status,
            "decline_reason": reason,
            "consent_offered": NOT_RECORDED,
            "consent_given": "yes" if consented else "no",
            "consent_date": consented,
            "received_date": c.received,
            "contact_date": contact,
            "start_date": start,
            "reported_to_police": informed,
            "service_area": c.area,
            "age_band": band(born=n.born, age=None, on=c.sent.made),
            **form.record,
        }
        if start:
            row.records["cases"] = {
                **personal,
                "case_ref": c.ref,
                "start_date": start,
                "end_date": end,
                "assessed_date": by(c.assessed),
                "reported_to_police": informed,
                "service_area": c.area,
                "age_band": band(born=n.born, age=None, on=start),
                **{
                    f"need_{need}_{point}": needs.get(f"{need} {point}") for need in NEEDS for point in points
                },
                **case.record,
            }
        return flawed(row, n, _IDENTITY, "Link consent")

    def _status(
        self, c: _Course, contact: date | None, start: date | None, end: date | None, decided: date | None
    ) -> str:
        if c.fate != _STARTED:
            return c.fate if decided else "received"
        if end:
            return c.ending
        if start:
            return "accepted"
        return "waiting" if contact else "received"

    def _born(self, nominal: Nominal) -> str:
        if nominal.is_birth_filler:
            return "1900-01-01"
        if nominal.born is None:
            return ""
        is_other = self._rng.random() < recording.ISO_DATE
        return f"{nominal.born:%d/%m/%Y}" if is_other else nominal.born.isoformat()
