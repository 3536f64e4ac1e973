"""From links with known errors to a published range: strict less the false, all plus the missed, wider for
the unlinkable.

What belongs here: the arithmetic for one measure that counts people. What does not: the estimates
(quality.py), the counts (marts), rounding (disclosure).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class PeopleRange:
    """A share of people, in per cent, as a range that linkage error allows, and the two readings it was
    made from."""

    low_pct: float
    high_pct: float
    strict_pct: float
    all_pct: float


def range_for(
    *,
    n_with_strict: float,
    n_people_strict: float,
    n_with_all: float,
    n_people_all: float,
    precision: float,
    recall: float,
    n_unlinkable: float = 0,
    unlinkable: Literal["like_others", "bounds"] = "like_others",
) -> PeopleRange:
    """Range of the share of people with a property that only links reveal (a repeat, a second agency).

    Low: strict links, less the estimated false ones (a false link makes a repeat of two people). High: all
    links, plus the estimated missed ones; a missed link hides a repeat and counts a person twice. People
    who cannot be linked widen it: `bounds` lets none or all of them have the property (Manski's worst
    case), `like_others` lets none of them or as many as of the others.

    Args:
        n_with_strict, n_people_strict: people with the property, and people, under strict links.
        n_with_all, n_people_all: the same under all links.
        precision, recall: estimated shares of right links and of found ones, 0 to 1.
        n_unlinkable: records that no link can reach; each counted as a person.

    Raises:
        ValueError: counts that cannot be (more with than people, negative) or shares outside 0 to 1.
    """
    if not 0 <= precision <= 1 or not 0 < recall <= 1:
        raise ValueError(
            f"Precision [{precision}] or recall [{recall}] is not a share; a recall of 0 has no range."
        )
    for n_with, n_people in ((n_with_strict, n_people_strict), (n_with_all, n_people_all)):
        if n_with < 0 or n_people < n_with or n_unlinkable < 0:
            raise ValueError("More people have the property than there are people, or a count is below 0.")
    if not n_people_strict or not n_people_all:
        return PeopleRange(low_pct=0.0, high_pct=100.0, strict_pct=0.0, all_pct=0.0)
    strict, everyone = n_with_strict / n_people_strict, n_with_all / n_people_all
    false = n_with_strict * (1 - precision)
    low = (n_with_strict - false) / (n_people_strict + false + n_unlinkable)
    missed = n_with_all * (1 / recall - 1)
    n_high = max(n_people_all - missed, n_with_all + missed)
    high = min((n_with_all + missed) / n_high, 1.0) if n_high else 0.0
    if unlinkable == "bounds":
        high = (high * n_high + n_unlinkable) / (n_high + n_unlinkable) if n_high + n_unlinkable else 0.0
    return PeopleRange(
        low_pct=100 * min(low, high),
        high_pct=100 * max(low, high),
        strict_pct=100 * strict,
        all_pct=100 * everyone,
    )
