"""Is the partnership keeping its word? The entries: what is counted."""

from __future__ import annotations

from schemas.measures.cubes.cube import Cube

ENTRIES: tuple[Cube, ...] = ()
