"""How an agency has somebody down: typing slips, short names, earlier surnames, missing numbers, one person
under two numbers.

What belongs here: an agency's register of people (its nominals). What does not: who they truly are
(``people.py``), the rates (``rates.py``), what happened (``history.py``).
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from data.synthesise import names, rates, recording
from data.synthesise.ledger import Row
from data.synthesise.people import Person, shares
from schemas.columns import NOT_RECORDED

_LETTERS = "abcdefghijklmnoprstuvwy"
_CP1252_REPLACES = {"ł": "l", "Ł": "L"}
ETHNICITY_FALLBACK = {
    "white_roma": "white_other",
    "white_gypsy_traveller": "white_other",
    "other_arab": "other_any",
}
"""What an agency writes whose list has no code for the group."""


@dataclass(frozen=True, kw_only=True)
class Nominal:
    """One entry of an agency's register of people."""

    ref: str
    person: Person
    forename: str
    surname: str
    born: date | None
    is_birth_filler: bool
    postcode: str
    area: str
    nhs_number: str
    pnc_id: str
    sex: str
    ethnicity: str
    disability: str
    orientation: str
    religion: str
    gender_identity: str
    may_link: str
    flaws: tuple[tuple[str, str], ...]
    """(identity column, rule that it trips)."""

    def flaw(self, column: str) -> str | None:
        """The rule that an identity column trips, if any."""
        return dict(self.flaws).get(column)


class Register:
    """One agency's register of people: who comes again is mostly found again."""

    def __init__(
        self,
        agency: str,
        rng: random.Random,
        *,
        ref: Callable[[int], str],
        knows_ethnicity: Callable[[str], bool],
        encoding: str = "utf-8",
    ) -> None:
        """An empty register; ``ref`` writes the n-th reference."""
        self._agency, self._rng, self._ref, self._knows, self._encoding = (
            agency,
            rng,
            ref,
            knows_ethnicity,
            encoding,
        )
        self._known: dict[str, Nominal] = {}
        self._count = 0

    def find(self, person: Person, on: date) -> Nominal:
        """The person's entry; a new one for a newcomer, and for some who came before."""
        known = self._known.get(person.person)
        if known is not None and self._rng.random() < recording.SAME_REFERENCE.get(self._agency, 0.8):
            return known
        self._count += 1
        nominal = self._enter(person, on)
        self._known[person.person] = nominal
        return nominal

    def _enter(self, person: Person, on: date) -> Nominal:
        rng, agency = self._rng, self._agency
        factor = recording.MISSING_FACTOR[person.ethnicity5]
        home = person.home_on(on)
        if person.is_canary:
            return self._written(
                person, home.area, person.forename, person.surname, person.born, home.postcode, "yes", {}
            )
        may_link = "yes" if rng.random() < recording.MAY_LINK.get(agency, 1.0) else "no"
        if may_link == "no":
            return self._written(
                person, home.area, person.forename, person.surname, person.born, home.postcode, "no", {}
            )
        flaws: dict[str, str] = {}
        forename, surname = self._names(person, factor, flaws)
        born: date | None = person.born
        chance = rng.random()
        if chance < recording.BIRTH_FILLER:
            born, flaws["dob"] = None, "date_placeholder"
        elif chance < recording.BIRTH_FILLER + recording.BIRTH_MISSING.get(agency, 0.0) * factor:
            born = None
        elif rng.random() < recording.BIRTH_SLIP.get(agency, 0.0) * factor:
            born = _slipped(rng, person.born)
        postcode = home.postcode
        chance = rng.random()
        if chance < recording.POSTCODE_PARTIAL:
            postcode, flaws["postcode"] = postcode.split()[0], "postcode_unusable"
        elif chance < recording.POSTCODE_PARTIAL + recording.POSTCODE_FILLER:
            postcode, flaws["postcode"] = "ZZ99 3VZ", "postcode_unusable"
        elif (
            chance
            < recording.POSTCODE_PARTIAL
            + recording.POSTCODE_FILLER
            + recording.POSTCODE_MISSING.get(agency, 0.0) * factor
        ):
            postcode = ""
        elif rng.random() < 0.08:
            postcode = postcode.lower() if rng.random() < 0.5 else postcode.replace(" ", "")
        return self._written(person, home.area, forename, surname, born, postcode, may_link, flaws)

    def _names(self, person: Person, factor: float, flaws: dict[str, str]) -> tuple[str, str]:
        rng, agency = self._rng, self._agency
        forename, surname = person.forename, person.surname
        if person.earlier_surname and rng.random() < recording.OTHER_SURNAME.get(agency, 0.0):
            surname = person.earlier_surname
        if forename in names.SHORT and rng.random() < recording.SHORT_NAME.get(agency, 0.0) * 2:
            forename = names.SHORT[forename]
        if forename in names.SPELLINGS and rng.random() < recording.OTHER_SPELLING.get(agency, 0.0) * 2:
            forename = rng.choice(names.SPELLINGS[forename])
        if surname in names.SPELLINGS and rng.random() < recording.OTHER_SPELLING.get(agency, 0.0) * 2:
            surname = rng.choice(names.SPELLINGS[surname])
        slip = recording.TYPING_SLIP.get(agency, 0.0) * factor
        if rng.random() < slip:
            forename = _mistyped(rng, forename)
        if rng.random() < slip:
            surname = _mistyped(rng, surname)
        if rng.random() < recording.SWAPPED_NAMES * factor:
            forename, surname = surname, forename
        if rng.random() < recording.NAME_FILLER:
            forename, flaws["forename"] = "UNKNOWN", "name_placeholder"
        elif rng.random() < 0.05:
            surname = surname.upper()
        return self._encodable(forename), self._encodable(surname)

    def _encodable(self, name: str) -> str:
        if self._encoding == "utf-8":
            return name
        plain = "".join(_CP1252_REPLACES.get(letter, letter) for letter in name)
        try:
            plain.encode(self._encoding)
        except UnicodeEncodeError:
            plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
        return plain

    def _written(
        self,
        person: Person,
        area: str,
        forename: str,
        surname: str,
        born: date | None,
        postcode: str,
        may_link: str,
        flaws: dict[str, str],
    ) -> Nominal:
        rng, agency = self._rng, self._agency
        factor = recording.MISSING_FACTOR[person.ethnicity5]
        ethnicity = (
            person.ethnicity if self._knows(person.ethnicity) else ETHNICITY_FALLBACK[person.ethnicity]
        )
        chance = rng.random()
        missing = recording.ETHNICITY_MISSING[agency] * factor
        if chance < missing:
            ethnicity = NOT_RECORDED
        elif chance < missing + 0.025:
            ethnicity = "not_stated"
        nhs, pnc = self._numbers(person, factor, flaws)
        return Nominal(
            ref=self._ref(self._count),
            person=person,
            forename=self._encodable(forename),
            surname=self._encodable(surname),
            born=born,
            is_birth_filler=flaws.get("dob") == "date_placeholder",
            postcode=postcode,
            area=NOT_RECORDED
            if rng.random() < recording.AREA_MISSING
            else ("withheld" if rng.random() < 0.012 else area),
            nhs_number=nhs,
            pnc_id=pnc,
            sex=NOT_RECORDED if rng.random() < recording.SEX_MISSING else person.sex,
            ethnicity=ethnicity,
            disability=_asked(rng, person.disability, recording.DISABILITY_MISSING.get(agency, 1.0)),
            orientation=_asked(rng, person.orientation, recording.PERSONAL_MISSING)
            if person.age_on(rates.LAST_DAY) >= 18
            else NOT_RECORDED,
            religion=_asked(
                rng, person.religion if person.religion in _religions() else "other",
                recording.PERSONAL_MISSING
            ),
            gender_identity=_asked(rng, person.gender_identity, recording.PERSONAL_MISSING),
            may_link=may_link,
            flaws=tuple(sorted(flaws.items())),
        )

    def _numbers(self, person: Person, factor: float, flaws: dict[str, str]) -> tuple[str, str]:
        rng, agency = self._rng, self._agency
        if person.is_canary:
            return person.nhs_number, person.pnc_id
        nhs = person.nhs_number if rng.random() < recording.NHS_KNOWN.get(agency, 0.0) / factor**0.5 else ""
        pnc = person.pnc_id if rng.random() < recording.PNC_KNOWN.get(agency, 0.0) else ""
        if nhs and not flaws and rng.random() < recording.NHS_SLIP:
            nhs, flaws["nhs_number"] = nhs[:-1] + str((int(nhs[-1]) + 3) % 10), "nhs_number_check"
        elif nhs and rng.random() < 0.3:
            nhs = f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}"
        if pnc and not flaws and rng.random() < recording.PNC_SLIP:
            pnc, flaws["pnc_id"] = pnc[:-1] + ("A" if pnc[-1] != "A" else "B"), "pnc_id_check"
        return nhs, pnc


def flawed(row: Row, nominal: Nominal, columns: dict[str, str], may_link: str | None) -> Row:
    """The row with what its person's entry trips noted; ``columns`` leads from identity columns to the
    agency's."""
    for canonical, column in columns.items():
        if rule := nominal.flaw(canonical):
            row.trip(column, rule)
    if may_link and nominal.may_link != "yes":
        row.trip(may_link, "link_refused")
    return row


def _religions() -> frozenset[str]:
    return frozenset(shares("religion", "E08000025")[0])


def _asked(rng: random.Random, value: str, missing: float) -> str:
    chance = rng.random()
    if chance < missing:
        return NOT_RECORDED
    return "prefer_not_to_say" if chance < missing + 0.03 else value


def _mistyped(rng: random.Random, name: str) -> str:
    """One slip after the first letter: a letter left out, doubled, replaced, or two exchanged."""
    if len(name) < 4:
        return name
    at = rng.randint(1, len(name) - 2)
    match rng.randint(0, 3):
        case 0:
            return name[:at] + name[at + 1 :]
        case 1:
            return name[:at] + name[at] + name[at:]
        case 2:
            return name[:at] + rng.choice(_LETTERS) + name[at + 1 :]
        case _:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _slipped(rng: random.Random, born: date) -> date:
    """A date of birth mistyped: day and month exchanged where that is a day, else one year or one day off."""
    if born.day <= 12 and born.day != born.month and rng.random() < 0.5:
        return date(born.year, born.day, born.month)
    if rng.random() < 0.5:
        return date(born.year - 1, born.month, min(born.day, 28))
    return date(born.year, born.month, born.day - 1 if born.day > 1 else 2)
