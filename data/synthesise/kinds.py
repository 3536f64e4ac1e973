"""Which of the fifteen kinds a support service would tick for an event.

What belongs here: from an event to kinds as services see them. What does not: the declared scope of offences
(``schemas/codes/scope.csv``), which the pipeline applies to police crimes itself.
"""

from __future__ import annotations

import random

from data.synthesise.history import Event
from data.synthesise.people import Person
from schemas.codelists import codelist


def kinds_of(event: Event, victim: Person, rng: random.Random) -> tuple[str, ...]:
    """Kinds in the order of the list, at least one."""
    category, code = event.what.category, event.what.code
    found = set()
    if category.startswith("19"):
        found.add("rape")
    if category in ("17A", "17B", "20A", "20B"):
        found.add("sexual_assault")
        if code in ("020/05", "017/15", "020/06", "017/16"):
            found.add("unwanted_touching")
    if victim.age_on(event.last) < 18:
        found.add("child_abuse_incest")
    if event.is_exploitation or category in ("22A", "8U"):
        found.add("coercion_exploitation")
    if event.what.is_online:
        found.add("online")
    if code in ("088/09", "088/12", "088/14"):
        found.add("exposure")
    if category in ("8L", "88A", "88E"):
        found.add("advances_harassment")
    if category == "70":
        found.add("vulnerable_adults")
    if category == "106":
        found.add("trafficking")
    if category == "24":
        found.add("prostitution")
    if code in ("088/15", "175/08"):
        found.add("pornography")
    if event.what.nearness == "partner" and rng.random() < 0.3:
        found.add("pressure")
    if rng.random() < 0.006:
        found.add("faith_or_belief")
    return tuple(kind for kind in codelist("kinds").codes if kind in found) or ("sexual_assault",)
