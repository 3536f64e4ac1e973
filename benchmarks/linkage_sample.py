"""The sample partnership as a case: its identified victims' records, with the truth kept beside it.

What belongs here: knowing where the sample keeps what. What does not: the pipeline's own way of reading it
(pipelines).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.linkage_files import FIELDS, Case

SAMPLE: Final = Path(__file__).resolve().parents[1] / "data" / "sample"
IDENTITIES: Final = SAMPLE / "truth" / "identities.csv"
"""One row per record that may be linked: rec_key, source, truth (the person) and identity as the agency
wrote it."""


def sample_case() -> Case | str:
    """The case, or in words why there is none."""
    if not IDENTITIES.is_file():
        return "The sample has no table of identities with the truth; make the sample first."
    records = pl.read_csv(IDENTITIES, infer_schema=False)
    missing = [c for c in ("rec_key", "source", "truth") if c not in records.columns]
    if missing:
        return f"The sample's table of identities lacks the column [{missing[0]}]."
    shaped = records.with_columns(
        pl.lit(None, dtype=pl.String).alias(f) for f in FIELDS if f not in records.columns
    )
    return Case(name="sample", records=shaped.select("rec_key", "source", "truth", *FIELDS), is_across=False)
