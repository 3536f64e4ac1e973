"""How the police force ran a case and met its victim: officers, prosecutors, updates, interview, arrest; and
how deprived the neighbourhood is in which the victim lives.

What belongs here: what the force notes beside who and what. What does not: the crime itself (``police.py``),
its rows (``police_rows.py``), rates (``rates.py``).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from data.synthesise import rates
from data.synthesise.ledger import NOT_RECORDED, Facts, Record, Speller, drawn_for
from data.synthesise.spelling import Nominal
from schemas.columns import UPDATE_STAGES

CHARGED: Final = ("1", "1A")
_WITHDREW: Final = ("14", "16")
_DECIDED: Final = (*CHARGED, "2", "3", "8", "22")
_CHAIN: Final = ("approached", "willing", "offered", "accepted", "held")
_VICTIM_CODES: Final = {
    "Supports": ("victim_support", "victim_support"),
    "Upd Arrest": ("update_arrest", "update_timing"),
    "Upd Charge": ("update_charge", "update_timing"),
    "Upd Court": ("update_court", "update_timing"),
    "Int Venue": ("interview_venue", "interview_venue"),
    "RJ": ("restorative_stage", "restorative_stage"),
    "RJ First": ("first_approached", "first_approached"),
}
_VICTIM_FLAGS: Final = {"Enhanced": "enhanced_rights_offered", "Spec Int": "is_specialist_interview"}


def _one(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def crime_facts(
    rng: random.Random, *, outcome: str, outcome_date: date | None, reported: date, last_day: date
) -> Facts:
    """Changes of officer, and the day on which prosecutors had the case."""
    changes = rng.choices(tuple(rates.OFFICER_CHANGES), tuple(rates.OFFICER_CHANGES.values()))[0]
    goes = rng.random() < rates.SENT_TO_CPS.get(outcome, 0.0)
    latest = outcome_date or last_day
    day = max(reported, latest - timedelta(days=rng.randint(3, 45)))
    sent = day if goes and day <= last_day else None
    return Facts(
        cells={"OIC Changes": changes, "CPS Sent": f"{sent:%d/%m/%Y}" if sent else ""},
        record={"n_officer_changes": changes, "cps_referred_date": sent},
    )


def suspect_facts(
    rng: random.Random, *, stage: str, stage_date: date, reported: date, last_day: date
) -> Facts:
    """Day of being named, and of the arrest where there was one."""
    named = min(reported + timedelta(days=rng.choice((0, 0, 0, 1, 2, 5))), last_day)
    gap = timedelta(days=rng.choice((0, 0, 1, 1, 2, 4, 9, 20, 35, 60)))
    is_arrested = stage == "arrested" or (stage in ("charged", "cautioned") and rng.random() < 0.9)
    arrested = min(named + gap, last_day) if is_arrested else None
    if stage == "arrested":
        arrested = max(named, stage_date)
    return Facts(
        cells={
            "Named On": f"{named:%d/%m/%Y}",
            "Arrested On": f"{arrested:%d/%m/%Y}" if arrested else "",
        },
        record={"named_date": named, "arrested_date": arrested},
    )


def victim_facts(
    spell: Speller, rng: random.Random, *, status: str, outcome: str, is_identified: bool, is_entitled: bool
) -> Facts:
    """How the victim was met: rights, updates at each stage, interview, restorative justice."""
    # every chance is drawn, whatever the case has come to: a later version of the row draws the same
    withdraws, is_missing = rng.random() < rates.WITHDREW_AFTER_CHARGE, rng.random() < rates.SUPPORT_MISSING
    arrest, court = rng.random() < 0.6, rng.random() < 0.6
    told = {stage: _one(rng, rates.TOLD) for stage in UPDATE_STAGES}
    support = "supports"
    if outcome in _WITHDREW:
        support = "withdrew_before_charge"
    elif outcome in CHARGED and withdraws:
        support = "withdrew_after_charge"
    if is_missing or status != "recorded":
        support = NOT_RECORDED
    offered = rng.random() < rates.ENHANCED_OFFERED["entitled" if is_entitled else "other"]
    has_come = {
        "arrest": is_identified and arrest,
        "charge": outcome not in ("0", NOT_RECORDED),
        "court": outcome in CHARGED and court,
    }
    venue = _one(rng, rates.VENUE)
    specialist = rng.random() < rates.SPECIALIST_INTERVIEW * (1.2 if venue == "specialist_suite" else 0.9)
    stage, first = "not_raised", NOT_RECORDED
    if rng.random() < rates.RESTORATIVE["decided" if outcome in _DECIDED else "other"]:
        stage = "not_suitable" if rng.random() < 0.4 else _CHAIN[min(4, int(rng.expovariate(0.7)))]
        first = "offender" if rng.random() < rates.OFFENDER_FIRST else "victim"
    record: Record = {
        "victim_support": support,
        "enhanced_rights_offered": "yes" if offered else "no",
        **{f"update_{at}": told[at] if has_come[at] else "not_due" for at in UPDATE_STAGES},
        "interview_venue": venue,
        "is_specialist_interview": NOT_RECORDED
        if venue in ("not_interviewed", NOT_RECORDED)
        else "yes"
        if specialist
        else "no",
        "restorative_stage": stage,
        "first_approached": first if stage in _CHAIN else NOT_RECORDED,
    }
    return Facts(
        cells={
            **{
                column: "" if record[name] == NOT_RECORDED else spell.write(code_map, str(record[name]))
                for column, (name, code_map) in _VICTIM_CODES.items()
            },
            **{
                column: "" if record[name] == NOT_RECORDED else spell.flag(str(record[name]))
                for column, name in _VICTIM_FLAGS.items()
            },
        },
        record=record,
    )


def neighbourhood_facts(nominal: Nominal) -> Facts:
    """The fifth of neighbourhoods in which an address lies, where the force can look one up: a whole
    postcode, not kept back. The same for everybody at the postcode, and in every version of a row."""
    plain = nominal.postcode.replace(" ", "").upper()
    home = next((h for h in nominal.person.homes if h.postcode.replace(" ", "") == plain), None)
    fifth = NOT_RECORDED
    if home is not None and nominal.area != "withheld":
        fifth = _one(drawn_for("neighbourhood", plain), rates.DEPRIVATION[home.area])
    return Facts(
        cells={"IMD Fifth": "" if fifth == NOT_RECORDED else fifth}, record={"deprivation_quintile": fifth})
