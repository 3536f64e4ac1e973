"""Which deliveries are kept: the last, and those in time for a release that is not final."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.steps.versions import superseded
from schemas.partnership import read_partnership

PARTNERSHIP = read_partnership()
IN_TIME = date(2026, 11, 14)
LATE = IN_TIME + timedelta(days=1)
NEXT = date(2027, 2, 14)
LAST = date(2027, 8, 14)
"""Cut-offs of 2026-Q3, of the quarter after, and of the last release in which its figures are provisional."""
Sent = list[tuple[str, date]]


@pytest.mark.parametrize(
    ("sent", "today", "dropped"),
    [
        ([("a", IN_TIME)], LATE, []),
        ([("a", IN_TIME), ("b", IN_TIME)], LATE, ["a"]),
        ([("a", IN_TIME), ("b", LATE)], LATE, []),
        ([("a", IN_TIME), ("b", LATE)], LAST, []),
        ([("a", IN_TIME), ("b", LATE)], LAST + timedelta(days=1), ["a"]),
        ([("a", IN_TIME), ("b", LATE), ("c", NEXT)], NEXT, ["b"]),
        ([("a", IN_TIME), ("b", LATE), ("c", NEXT + timedelta(days=1))], NEXT, []),
        ([("a", LATE), ("b", IN_TIME)], LATE, ["a"]),
    ],
    ids=["alone", "resent in time", "resent late", "on the last cut-off", "final", "late resend replaced",
         "late resend of the next release", "arrived later though dated earlier"],
)
def test_superseded_when_a_quarter_is_sent_again_then_only_what_is_asked_for_stays(
    sent: Sent, today: date, dropped: list[str]
) -> None:
    kept = [(name, "police", "2026-Q3", received_on) for name, received_on in sent]
    others = [("x", "police", "2026-Q2", IN_TIME), ("y", "sarc", "2026-Q3", IN_TIME)]
    assert superseded([*others, *kept], PARTNERSHIP, today) == dropped


def test_superseded_when_nothing_is_kept_then_nothing_goes() -> None:
    assert superseded([], PARTNERSHIP, LATE) == []
