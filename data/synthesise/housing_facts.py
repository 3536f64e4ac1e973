"""How the councils' housing teams met a disclosure: stage, wishes, action.

What belongs here: what the log notes beside who and what. What does not: the disclosure itself
(``housing.py``), rates (``rates.py``).
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from data.synthesise import rates
from data.synthesise.ledger import NOT_RECORDED, Facts, Speller

_COLUMNS = {
    "Stage": ("disclosure_stage", "disclosure_stage"),
    "Survivor told": ("survivor_told", "yes_no"),
    "Wishes recorded": ("wishes_recorded", "yes_no"),
    "Acted": ("wishes_basis", "wishes_basis"),
    "Action": ("abuse_action", "abuse_action"),
}


def disclosure_facts(spell: Speller, rng: random.Random, *, basis: str) -> Facts:
    """Cells and values of one disclosure, shared on ``basis``."""
    stage = _one(rng, rates.DISCLOSURE_STAGE)
    told = "yes" if rng.random() < rates.SURVIVOR_TOLD else "no"
    wishes = _one(rng, rates.WISHES_RECORDED)
    against = rng.random() < rates.ACTED_AGAINST_WISHES.get(basis, rates.ACTED_AGAINST_WISHES["other"])
    ground = basis if basis in rates.ACTED_AGAINST_WISHES else "other_reason"
    record: dict[str, object] = {
        "disclosure_stage": stage,
        "survivor_told": NOT_RECORDED if basis == "not_shared" else told,
        "wishes_recorded": wishes,
        "wishes_basis": NOT_RECORDED if wishes != "yes" else ground if against else "as_wished",
        "abuse_action": _one(rng, rates.ABUSE_ACTION),
    }
    return Facts(
        cells={
            column: "" if record[name] == NOT_RECORDED else spell.write(code_map, str(record[name]))
            for column, (name, code_map) in _COLUMNS.items()
        },
        record=record,
    )


def _one(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]
