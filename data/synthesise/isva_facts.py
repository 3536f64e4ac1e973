"""How the adviser service met and helped one person: the part of its wide row beside needs and dates.

What belongs here: what the service knows of a case once it has begun. What does not: the course of the
referral (``isva.py``), rates (``rates.py``).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from data.synthesise import rates
from data.synthesise.ledger import NOT_RECORDED, Cell, Facts, Record, Speller
from schemas.codelists import codelist
from schemas.columns import CIRCUMSTANCES, OUTCOMES, SURVEY_ITEMS

_ENDINGS: Final = {
    "completed": "as_planned", "ended_early": "before_planned", "moved": "moved", "died": "died"
}
_DATES: Final = {
    "Review due": "review_due_date",
    "Reviewed": "review_date",
    "Safeguarding referral": "safeguarding_date",
    "Therapy referral": "therapy_referred_date",
    "Therapy start": "therapy_start_date",
}
_CODES: Final = {
    "Interpreter": ("interpreter", "interpreter"),
    "Adjustment": ("adjustment", "need_met"),
    "Intermediary": ("intermediary", "need_met"),
    "Choice of service": ("service_choice", "service_choice"),
    "Challenged": ("escalation", "escalation"),
    "Ended": ("end_reason", "end_reason"),
    "Felt to blame": ("blamed_by", "blamed_by"),
}
_FLAGS: Final = {
    "Safeguarding concern": "is_safeguarding_needed",
    "Confidentiality": "confidentiality_explained",
    "Safe contact": "safe_contact",
    "Survey sent": "survey_sent",
    **{c.replace("_", " ").capitalize(): f"has_{c}" for c in CIRCUMSTANCES},
}
_SCORES: Final = {
    **{f"{o.capitalize()} {p}": f"outcome_{o}_{p}" for o in OUTCOMES for p in ("start", "end")},
    **{f"Survey {i}": f"survey_{i}" for i in SURVEY_ITEMS},
}


def _one(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def _drawn(
    rng: random.Random, *, start: date, review: bool, health: int | None, is_child: bool,
    may_be_pregnant: bool, ending: str
) -> Record:
    """The whole case, as it will have been."""
    due = start + timedelta(days=rates.REVIEW_AFTER_DAYS)
    in_time = rng.random() < rates.REVIEWED_ON_TIME
    shift = -rng.randint(0, 12) if in_time else rng.randint(1, 40)
    needed = rng.random() < rates.SAFEGUARDING_NEEDED["child" if is_child else "adult"]
    referred = start + timedelta(days=rng.choice((-2, 0, 0, 1, 1, 2, 3, 6, 15)))
    has_referral = rng.random() < rates.SAFEGUARDING_REFERRED
    low = health is not None and health <= 2
    to_therapy = rng.random() < rates.THERAPY_REFERRED["low" if low else "other"]
    sent = start + timedelta(days=rng.randint(3, 60))
    begun = sent + timedelta(days=1 + int(rng.expovariate(1 / 70)))
    has_begun = rng.random() < rates.THERAPY_STARTED
    told: Record = {
        "review_due_date": due,
        "review_date": due + timedelta(days=shift) if review else None,
        "safeguarding_date": referred if needed and has_referral else None,
        "therapy_referred_date": sent if to_therapy else None,
        "therapy_start_date": begun if to_therapy and has_begun else None,
        "interpreter": _one(rng, rates.INTERPRETER),
        "adjustment": _one(rng, rates.ADJUSTMENT),
        "intermediary": _one(rng, rates.INTERMEDIARY),
        "is_safeguarding_needed": "yes" if needed else "no",
        "confidentiality_explained": _one(rng, rates.CONFIDENTIALITY),
        "safe_contact": _one(rng, rates.SAFE_CONTACT),
        "service_choice": _one(rng, rates.SERVICE_CHOICE),
        "escalation": _one(rng, rates.ESCALATION),
        "help_kinds": [k for k in codelist("help_kinds").codes if rng.random() < rates.HELP[k]],
        "end_reason": _ENDINGS[ending],
    }
    for outcome in OUTCOMES:
        first = rng.choice((1, 1, 2, 2, 3, 3, 4))
        last = max(1, min(5, first + rng.choice((-1, 0, 0, 1, 1, 1, 2))))
        told[f"outcome_{outcome}_start"] = first if rng.random() < 0.88 else None
        is_scored = rng.random() < (0.9 if ending == "completed" else 0.25)
        told[f"outcome_{outcome}_end"] = last if is_scored else None
    asked = ending != "died" and rng.random() < rates.SURVEY_SENT
    answers = rng.random() < rates.SURVEY_ANSWERED
    told["survey_sent"] = "yes" if asked else "no"
    for item in SURVEY_ITEMS:
        score = rng.choice((1, 2, 3, 4, 4, 4, 5, 5, 5, 5))
        told[f"survey_{item}"] = score if asked and answers and rng.random() < 0.95 else None
    blamed = _one(rng, rates.BLAMED)
    told["blamed_by"] = blamed if asked and answers else NOT_RECORDED
    for circumstance in CIRCUMSTANCES:
        has = rng.random() < rates.CIRCUMSTANCES[circumstance]
        has = has and (circumstance != "pregnancy" or may_be_pregnant)
        missing = rng.random() < rates.CIRCUMSTANCE_MISSING
        told[f"has_{circumstance}"] = NOT_RECORDED if missing else "yes" if has else "no"
    return told


_AT_END: Final = (
    "end_reason", "escalation", "survey_sent", "blamed_by", *(f"survey_{i}" for i in SURVEY_ITEMS),
    *(f"outcome_{o}_end" for o in OUTCOMES),
)


def case_facts(
    spell: Speller, rng: random.Random, *, start: date | None, end: date | None, last_day: date, review: bool,
    is_assessed: bool, health: int | None, is_child: bool, may_be_pregnant: bool, ending: str
) -> Facts:
    """Cells and values of a case as it stands on ``last_day``; empty cells where support has not begun.

    ``start`` and ``end`` are those that have come by then; ``health`` is the score of that need at the start.
    """
    if start is None:
        columns = (*_DATES, *_CODES, *_FLAGS, *_SCORES, "Help given")
        return Facts(cells=dict.fromkeys(columns, ""), record={})
    told = _drawn(
        rng, start=start, review=review, health=health, is_child=is_child,
        may_be_pregnant=may_be_pregnant, ending=ending,
    )
    closes = last_day if end is None else end
    for name in _DATES.values():
        day = told[name]
        # what is still to come, or would come after the end of support, is not in the row
        if isinstance(day, date) and day > closes and name != "review_due_date":
            told[name] = None
    for name in _AT_END if end is None else ():
        told[name] = None if name in _SCORES.values() else NOT_RECORDED
    for outcome in OUTCOMES if not is_assessed else ():
        told[f"outcome_{outcome}_start"] = None
    helps = told["help_kinds"]
    assert isinstance(helps, list)
    cells: dict[str, Cell] = {
        **{column: "" if (day := told[name]) is None else str(day) for column, name in _DATES.items()},
        **{column: _written(spell, listed, str(told[name])) for column, (name, listed) in _CODES.items()},
        **{column: _flag(spell, str(told[name])) for column, name in _FLAGS.items()},
        **{column: "" if (score := told[name]) is None else str(score) for column, name in _SCORES.items()},
        "Help given": ";".join(spell.write("help_kinds", k) for k in helps),
    }
    return Facts(cells=cells, record=told | {"help_kinds": " ".join(helps)})


def _written(spell: Speller, code_map: str, code: str) -> str:
    return "" if code == NOT_RECORDED else spell.write(code_map, code)


def _flag(spell: Speller, code: str) -> str:
    return "" if code == NOT_RECORDED else spell.flag(code)
