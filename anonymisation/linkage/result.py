"""What a linkage run gives back.

What belongs here: the shapes. What does not: how they are worked out (link.py, quality.py) and where they
are stored (pipelines/store).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

ASSIGNMENT_SCHEMA: Final = {
    "rec_key": pl.String,
    "person_uid": pl.String,
    "strict_uid": pl.String,
    "grade": pl.String,
}
"""One row per record. person_uid: all links; strict_uid: match-keys only, always within one person."""

CHANGE_SCHEMA: Final = {
    "old_uid": pl.String,
    "new_uid": pl.String,
    "superseded_by": pl.String,
    "kind": pl.String,
}
"""One row per person that was merged into another, or out of whom another was split."""

GRADES: Final = {
    "A": "held to another record by a match-key",
    "B": "held to another record by weighed evidence only",
    "alone": "tokens enough to be recognised, nobody else is the same",
    "unlinkable": "too little said about who it is to be recognised by any match-key",
}


@dataclass(frozen=True, kw_only=True)
class LinkResult:
    """People of one role, and what is known of the errors. Holds uids and rates, no token and no identity."""

    assignments: pl.DataFrame
    """ASSIGNMENT_SCHEMA; after an increment: new records and those of people who changed."""
    changes: pl.DataFrame
    """CHANGE_SCHEMA."""
    quality: dict[str, Any]
    """Named rates and counts of the run (quality.py), fit for JSON; of an increment `shared_numbers`
    alone."""
    by_group: pl.DataFrame
    """Missed-match estimate by attribute and group; empty without attributes or known pairs, and after an
    increment."""
    model: dict[str, Any]
    """Splink settings with learnt rates, and what belongs to them (`tessera`): fit for JSON, no token."""
