"""Is the partnership keeping its word? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown

ENTRIES: tuple[Breakdown, ...] = ()
