"""The form of a referral: which kind, and how much of what it must hold it holds.

What belongs here: what is said of the form, the same way by every agency. What does not: the referral
itself (the agencies' modules), rates (``rates.py``).
"""

from __future__ import annotations

import random

from data.synthesise import rates
from data.synthesise.ledger import Facts, Speller


def form_facts(agency: str, spell: Speller, rng: random.Random, columns: tuple[str, str, str]) -> Facts:
    """Cells of the three ``columns`` (form, mandatory fields, those filled) and their values."""
    weights = rates.FORM[agency]
    version = rng.choices(tuple(weights), tuple(weights.values()))[0]
    n = rates.FORM_FIELDS.get(version)
    filled = None if n is None else sum(rng.random() < rates.FIELD_FILLED[version] for _ in range(n))
    form, mandatory, done = columns
    return Facts(
        cells={
            form: spell.write("form", version),
            mandatory: "" if n is None else n,
            done: "" if filled is None else filled,
        },
        record={"form_version": version, "n_mandatory": n, "n_mandatory_filled": filled},
    )
