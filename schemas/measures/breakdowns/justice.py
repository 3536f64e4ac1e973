"""What becomes of a report? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown

ENTRIES: tuple[Breakdown, ...] = ()
