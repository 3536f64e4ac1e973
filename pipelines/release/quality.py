"""What an agency's receipts say of its deliveries over time, for its own edition alone.

What belongs here: from receipts to one line for each quarter, in bands. What does not: the receipt itself
(``pipelines.intake.receipt``) and the page (``dashboards.completeness``).

The exact numbers of rows stay in the receipt: beside the rounded figures of the pack they would undo the
rounding for whoever the edition is passed on to.
"""

from __future__ import annotations

import json
from typing import Any

from dashboards.completeness import Delivered, LeftOut
from pipelines.store.places import Places
from schemas.quarters import Quarter

UPPER_PCT = ((1, LeftOut.UNDER_1), (5, LeftOut.UNDER_5), (10, LeftOut.UNDER_10))
"""Upper ends of the bands of rows left out, in percent, each excluded."""
PERCENT = 100


def delivered_by(places: Places, agency: str) -> tuple[Delivered, ...]:
    """One line for each quarter of which the agency has a receipt, the latest receipt of each, oldest
    first."""
    folder = places.receipts / agency
    latest: dict[Quarter, dict[str, Any]] = {}
    for path in sorted(folder.glob("*/*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))["receipt"]
        quarter = Quarter.parse(told["quarter"])
        if quarter not in latest or latest[quarter]["received_on"] <= told["received_on"]:
            latest[quarter] = told
    return tuple(_delivered(quarter, latest[quarter]) for quarter in sorted(latest))


def _delivered(quarter: Quarter, told: dict[str, Any]) -> Delivered:
    rows, left_out = (sum(f[key] or 0 for f in told["files"]) for key in ("n_rows", "n_left_out"))
    to_mend = [f for f in told["findings"] if f["severity"] in ("stop", "fix")]
    first = max(to_mend, key=lambda f: (f["n"], f["rule_id"]), default=None)
    return Delivered(
        quarter=quarter, received_on=told["received_on"], left_out=left_out_band(left_out, rows),
        mend="" if first is None else f"{first['what']} {first['remedy']}")


def left_out_band(left_out: int, rows: int) -> LeftOut:
    """Band of the share of rows left out."""
    if not left_out:
        return LeftOut.NONE
    share = PERCENT * left_out / max(rows, left_out)
    return next((band for upper, band in UPPER_PCT if share < upper), LeftOut.MORE)
