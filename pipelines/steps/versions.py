"""Which deliveries of an agency and quarter are still asked for: the last one, and those that were in time
for a release which is not final.

What belongs here: the choice. What does not: the rows (``pipelines.store.warehouse``, ``vault``), what a
release reads (``warehouse.current_submissions``).

A release reads what was received by its cut-off. A resend that comes later must not make the release forget
the delivery that was in time, so both are kept; the resend enters with the next release. When the quarter's
figures are final, or a resend came in time itself, the former delivery is let go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from schemas.partnership import Partnership
from schemas.quarters import Quarter


def superseded(
    kept: Sequence[tuple[str, str, str, date]], partnership: Partnership, today: date
) -> list[str]:
    """Ids of kept submissions that no release may ask for any more.

    Args:
        kept: submission id, agency, quarter and day of receipt, in their order of arrival.
        today: releases of quarters whose figures are final by then ask for nothing.
    """
    by_quarter: dict[tuple[str, str], list[tuple[str, date]]] = {}
    for submission_id, agency, quarter, received_on in kept:
        by_quarter.setdefault((agency, quarter), []).append((submission_id, received_on))
    asked_for: set[str] = set()
    for (_, quarter), versions in by_quarter.items():
        asked_for.add(versions[-1][0])
        cut_offs = partnership.cut_offs_until_final(Quarter.parse(quarter))
        if len(versions) == 1 or today > cut_offs[-1]:
            continue
        for cut_off in cut_offs:
            in_time = [submission_id for submission_id, received_on in versions if received_on <= cut_off]
            asked_for |= set(in_time[-1:])
    return [submission_id for submission_id, *_ in kept if submission_id not in asked_for]
