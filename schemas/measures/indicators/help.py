"""Does help help? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import Indicator

ENTRIES: tuple[Indicator, ...] = ()
