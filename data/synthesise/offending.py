"""Which offence, by whom and where: tables of weights by the victim's sex and age at the time.

What belongs here: the shape of offending in the sample. What does not: who and when (``history.py``). The
shape follows published tables loosely (relationship: ONS, year to March 2025, partner 48 % for female
adults raped; offences: Home Office counting rules, April 2026, for what the codes are); the weights are
assumed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Final

from data.synthesise.people import pick

NEW_OFFENCES_FROM: Final = date(2024, 1, 31)

_Table = tuple[tuple[str, str, float], ...]

_ADULT_FEMALE: Final[_Table] = (
    ("19C", "019/08", 34),
    ("19C", "019/12", 3),
    ("19J", "019/08", 2),
    ("20A", "020/05", 29),
    ("20A", "020/03", 6),
    ("22A", "022/02", 3),
    ("88E", "088/09", 9),
    ("88E", "088/10", 3),
    ("88E", "088/12", 2),
    ("88C", "088/05", 1),
    ("88C", "088/07", 1),
    ("70", "070/02", 1),
    ("8U", "008/67", 2),
    ("8L", "008/30", 1.5),
    ("106", "036/08", 0.6),
    ("24", "024/17", 0.4),
    ("88E", "088/14", 7),
    ("88C", "088/15", 5),
    ("88C", "175/08", 4),
)
_ADULT_MALE: Final[_Table] = (
    ("19F", "019/10", 30),
    ("19F", "019/14", 3),
    ("19K", "019/10", 2),
    ("17A", "017/15", 35),
    ("17A", "017/13", 6),
    ("22A", "022/03", 4),
    ("88E", "088/09", 5),
    ("88E", "088/10", 3),
    ("70", "070/01", 1),
    ("88C", "088/15", 6),
    ("88C", "175/08", 4),
)
_TEEN_FEMALE: Final[_Table] = (
    ("19D", "019/07", 20),
    ("19D", "019/11", 2),
    ("19J", "019/07", 1),
    ("20A", "020/05", 25),
    ("22B", "022/06", 17),
    ("22B", "022/18", 9),
    ("22B", "022/11", 2),
    ("88A", "071/17", 9),
    ("88A", "088/01", 3),
    ("71", "071/14", 2),
    ("71", "071/08", 3),
    ("23", "023/04", 4),
    ("88E", "088/09", 3),
    ("88E", "088/14", 4),
    ("88C", "175/08", 4),
)
_TEEN_MALE: Final[_Table] = (
    ("19G", "019/09", 18),
    ("17A", "017/15", 26),
    ("22B", "022/07", 16),
    ("22B", "022/19", 9),
    ("88A", "071/17", 10),
    ("88A", "088/02", 3),
    ("71", "071/08", 3),
    ("23", "023/05", 4),
    ("88C", "175/08", 5),
)
_OLDER_TEEN_FEMALE: Final[_Table] = (
    ("19C", "019/08", 32),
    ("20A", "020/05", 30),
    ("20A", "020/03", 5),
    ("73", "073/07", 3),
    ("71", "071/08", 4),
    ("88E", "088/09", 6),
    ("23", "023/04", 3),
    ("88E", "088/14", 9),
    ("88C", "088/15", 7),
)
_OLDER_TEEN_MALE: Final[_Table] = (
    ("19F", "019/10", 28),
    ("17A", "017/15", 36),
    ("73", "073/08", 3),
    ("71", "071/08", 4),
    ("88E", "088/09", 5),
    ("88C", "088/15", 9),
)
_CHILD_FEMALE: Final[_Table] = (
    ("19E", "019/16", 20),
    ("20B", "020/06", 40),
    ("20B", "020/04", 6),
    ("21", "021/12", 10),
    ("21", "021/11", 4),
    ("23", "023/14", 9),
    ("88A", "071/17", 6),
)
_CHILD_MALE: Final[_Table] = (
    ("19H", "019/17", 22),
    ("17B", "017/16", 42),
    ("17B", "017/14", 6),
    ("21", "021/13", 12),
    ("21", "021/11", 4),
    ("23", "023/15", 8),
    ("88A", "071/17", 6),
)
_NEW: Final = frozenset({"088/14", "088/15", "175/08"})
ONLINE: Final = frozenset({"088/14", "088/15", "175/08", "071/17"})
_FAMILY_ONLY: Final = "23"
_TRUST_ONLY: Final = "73"

TABLES: Final = (
    _ADULT_FEMALE,
    _ADULT_MALE,
    _TEEN_FEMALE,
    _TEEN_MALE,
    _OLDER_TEEN_FEMALE,
    _OLDER_TEEN_MALE,
    _CHILD_FEMALE,
    _CHILD_MALE,
)

_RELATIONS: Final = {
    "adult_female": (
        ("partner", 27),
        ("ex_partner", 19),
        ("other_family", 3),
        ("date", 9),
        ("friend", 10),
        ("colleague_or_school", 5),
        ("position_of_trust", 2),
        ("acquaintance", 11),
        ("stranger", 13),
        ("child_to_parent", 0.7),
        ("not_known", 1),
    ),
    "adult_male": (
        ("partner", 8),
        ("ex_partner", 6),
        ("other_family", 12),
        ("date", 8),
        ("friend", 17),
        ("colleague_or_school", 7),
        ("position_of_trust", 6),
        ("acquaintance", 21),
        ("stranger", 15),
        ("not_known", 2),
    ),
    "teen": (
        ("partner", 12),
        ("ex_partner", 8),
        ("parent", 7),
        ("sibling", 6),
        ("other_family", 9),
        ("date", 5),
        ("friend", 17),
        ("colleague_or_school", 14),
        ("position_of_trust", 5),
        ("acquaintance", 11),
        ("stranger", 8),
    ),
    "child": (
        ("parent", 26),
        ("sibling", 17),
        ("other_family", 24),
        ("friend", 8),
        ("colleague_or_school", 8),
        ("position_of_trust", 7),
        ("acquaintance", 8),
        ("stranger", 2),
    ),
}
NEARNESS: Final = {
    "partner": "partner",
    "ex_partner": "partner",
    "same_sex_partner": "partner",
    "parent": "family",
    "sibling": "family",
    "child_to_parent": "family",
    "other_family": "family",
    "date": "known",
    "friend": "known",
    "colleague_or_school": "known",
    "position_of_trust": "known",
    "acquaintance": "known",
    "stranger": "stranger",
    "not_known": "stranger",
}

_SETTINGS: Final = {
    "partner": (
        ("shared_home", 45),
        ("victims_home", 28),
        ("suspects_home", 18),
        ("other_home", 4),
        ("vehicle", 3),
        ("hotel", 2),
    ),
    "family": (
        ("shared_home", 52),
        ("victims_home", 15),
        ("suspects_home", 23),
        ("other_home", 8),
        ("place_of_worship", 1),
        ("other", 1),
    ),
    "known": (
        ("victims_home", 17),
        ("suspects_home", 27),
        ("other_home", 10),
        ("education", 11),
        ("workplace", 7),
        ("night_time_economy", 8),
        ("vehicle", 6),
        ("street_or_open_space", 6),
        ("hotel", 3),
        ("health_or_care", 2),
        ("supported_housing", 2),
        ("sport_or_leisure", 1),
    ),
    "stranger": (
        ("street_or_open_space", 38),
        ("night_time_economy", 19),
        ("public_transport", 14),
        ("vehicle", 9),
        ("hotel", 5),
        ("victims_home", 5),
        ("workplace", 4),
        ("health_or_care", 2),
        ("custody", 1),
        ("other", 3),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Offending:
    """What was done, between whom and where."""

    category: str
    code: str
    relationship: str
    setting: str
    is_online: bool

    @property
    def nearness(self) -> str:
        """``partner``, ``family``, ``known`` or ``stranger``."""
        return NEARNESS[self.relationship]


def relation(rng: random.Random, *, sex: str, age: int) -> str:
    """A relationship of the suspect to a victim of this sex and age."""
    if age < 13:
        return pick(rng, _RELATIONS["child"])
    if age < 18:
        return pick(rng, _RELATIONS["teen"])
    return pick(rng, _RELATIONS["adult_female" if sex == "female" else "adult_male"])


def offence(rng: random.Random, *, sex: str, age: int, on: date, relationship: str) -> Offending:
    """An offence that the law allows for this sex, age, day and relationship."""
    female = sex == "female"
    if age < 13:
        table = _CHILD_FEMALE if female else _CHILD_MALE
    elif age < 16:
        table = _TEEN_FEMALE if female else _TEEN_MALE
    elif age < 18:
        table = _OLDER_TEEN_FEMALE if female else _OLDER_TEEN_MALE
    else:
        table = _ADULT_FEMALE if female else _ADULT_MALE
    nearness = NEARNESS[relationship]
    fitting = [
        (category, code, weight)
        for category, code, weight in table
        if (code not in _NEW or on >= NEW_OFFENCES_FROM)
        and (category != _FAMILY_ONLY or nearness == "family")
        and (category != _TRUST_ONLY or relationship == "position_of_trust")
        and (code != "088/09" or nearness in ("stranger", "known"))
    ]
    category, code, _ = rng.choices(fitting, [w for _, _, w in fitting])[0]
    is_online = code in ONLINE
    setting = "online" if is_online and rng.random() < 0.85 else pick(rng, _SETTINGS[nearness])
    return Offending(
        category=category, code=code, relationship=relationship, setting=setting, is_online=is_online
    )
