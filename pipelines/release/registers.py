"""What a release shows of the register: entries that count nobody, as they are.

What belongs here: which entries leave, and the provenance of the register. What does not: counted returns
about people, which leave through their cubes alone (``schemas/measures/cubes/pledges.py``).
"""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl

from pipelines.steps.aggregate import AsOf
from pipelines.store.connect import Connection
from pipelines.store.registers import entries, snapshot
from schemas.registers import COLUMNS, kinds

REGISTER_FILE = "registers.csv"
PROVENANCE_FILE = "registers.json"
"""Stored with the protected tables and written into ``release.json``, so that a rebuild shows the same
register whatever has been loaded since."""
_SHOWN = tuple(column for column in COLUMNS if column != "quarter")


def register_files(connection: Connection, as_of: AsOf) -> dict[str, bytes]:
    """The two files to be stored; none where no register was ever loaded.

    Grain of the table: one entry of a kind that counts no people. Units of ``n`` and ``of_n``: as the kind
    says (meetings, partners, returns, full-time posts).
    """
    loaded = snapshot(connection)
    if loaded is None:
        return {}
    sha256, loaded_on = loaded
    public = [kind.name for kind in kinds().values() if not kind.is_protected]
    every = entries(connection)
    shown = every.filter(pl.col("kind").is_in(public)).select(
        *(pl.col(c) if c not in ("n", "of_n") else _plain(c) for c in _SHOWN))
    out = io.BytesIO()
    shown.write_csv(out)
    about: dict[str, Any] = {
        "as_at": as_of.cut_off.isoformat(), "loaded_on": loaded_on.isoformat(), "sha256": sha256,
        "n_entries": every.height, "n_shown": shown.height}
    return {REGISTER_FILE: out.getvalue(), PROVENANCE_FILE: json.dumps(about, sort_keys=True).encode()}


def _plain(column: str) -> pl.Expr:
    """Whole numbers without a point."""
    value = pl.col(column)
    return pl.when(value == value.floor()).then(value.cast(pl.Int64).cast(pl.String)).otherwise(
        value.round(1).cast(pl.String)).alias(column)
