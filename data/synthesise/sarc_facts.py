"""How the referral centre met one person: choice of examiner, hours, crisis worker, pathway.

What belongs here: what the centre notes of an attendance beside who and what. What does not: the attendance
itself (``sarc.py``), rates (``rates.py``).
"""

from __future__ import annotations

import random
from typing import Final

from data.synthesise import rates
from data.synthesise.ledger import NOT_RECORDED, Facts, Speller

_COLUMNS: Final = {
    "Examiner": ("examiner_choice", rates.EXAMINER_CHOICE),
    "Hours": ("out_of_hours", rates.OUT_OF_HOURS),
    "Crisis worker wait": ("crisis_worker_wait", rates.CRISIS_WORKER),
}


def attendance_facts(spell: Speller, rng: random.Random, *, was_seen: bool, is_child: bool) -> Facts:
    """Cells and values of one attendance; of somebody who was not seen only when they asked."""
    found = {
        column: (name, rng.choices(tuple(weights), tuple(weights.values()))[0])
        for column, (name, weights) in _COLUMNS.items()
    }
    pathway = "yes" if is_child and rng.random() < 0.94 else "no"
    record: dict[str, object] = {
        name: value if was_seen or name == "out_of_hours" else NOT_RECORDED for name, value in found.values()
    }
    return Facts(
        cells={
            **{
                column: "" if record[name] == NOT_RECORDED else spell.write(name, str(record[name]))
                for column, (name, _) in found.items()
            },
            "Child pathway": spell.flag(pathway),
        },
        record=record | {"is_child_pathway": pathway},
    )
