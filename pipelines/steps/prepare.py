"""Steps 2 to 5 for one delivery: read, map, validate, tokenise. No database, no folder, nothing kept.

What belongs here: what a delivery comes to before anything is stored, and its receipt. What does not: picking
it up and storing it (``receive.py``), who works it out, this process or a second one (``ahead.py``).

What is prepared holds no identity: pseudonymised records, keyed tokens, counts and places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

from anonymisation.keys import KeyRing
from pipelines.intake.delivery import Intake, nil_return, take_in
from pipelines.intake.receipt import Receipt, receipt
from pipelines.steps.pseudonymise import Pseudonymised, pseudonymise
from pipelines.store.landing import Delivery
from schemas.agencies import Agency, Tier


class Outcome(StrEnum):
    """What became of a delivery."""

    LOADED = "loaded"
    NIL = "nil"
    REFUSED = "refused"
    SAME = "same"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, repr=False)
class Prepared:
    """One delivery, ready to be stored. Has no ``repr``: it would hold records."""

    submission_id: str
    outcome: Outcome
    """``loaded`` (it may be), ``nil`` or ``refused``."""
    parts: Pseudonymised
    ledger: dict[str, pl.DataFrame]
    """``files``, ``findings`` and ``unmapped``: counts for the ledger of submissions."""
    receipt: Receipt
    n_rows: int
    n_accepted: int
    n_left_out: int
    stopped_by: str | None
    """First rule that stopped a file."""

    @property
    def n_tokens(self) -> int:
        """Records that were tokenised."""
        return sum(frame.height for frame in self.parts.tokens.values())


_NOTHING = Pseudonymised(records={}, tokens={}, event_days=pl.DataFrame(), references=pl.DataFrame(),
                         bridge=pl.DataFrame(), forgotten={})


def prepare(delivery: Delivery, agency: Agency, agencies: Iterable[Agency], keys: KeyRing, *,
            submission_id: str, today: date) -> Prepared:
    """Work out what one delivery comes to.

    Args:
        agencies: all of the partnership, to recognise a file in the wrong folder.
        submission_id: under which it will be stored; fresh for each delivery.
        today: dates after it are set aside.

    Raises:
        pipelines.intake.refusal.IntakeError: the agency's file leads to a code that is in no list, or intake
            itself went wrong.
    """
    intake = None if delivery.is_nil else take_in(
        agency, delivery.quarter, delivery.files, today=today,
        others=[a for a in agencies if a.agency != agency.agency])
    parts = _NOTHING
    if intake is not None and not intake.stopped:
        parts = pseudonymise(intake.accepted, agency=agency.agency, quarter=delivery.quarter,
                             submission_id=submission_id, keys=keys,
                             may_link=agency.tier is Tier.IDENTIFIED)
    files = intake.files if intake is not None else []
    return Prepared(
        submission_id=submission_id, parts=parts, ledger=_ledger(intake, submission_id),
        outcome=Outcome.NIL if intake is None else Outcome.REFUSED if intake.stopped else Outcome.LOADED,
        receipt=receipt(intake or nil_return(agency.agency, delivery.quarter),
                        received_on=delivery.received_on, key=keys.receipt, submission_id=submission_id),
        n_rows=sum(f.n_rows for f in files), n_accepted=sum(f.n_accepted for f in files),
        n_left_out=sum(f.n_left_out for f in files),
        stopped_by=next((f.stopped for f in files if f.stopped), None))


def _ledger(intake: Intake | None, submission_id: str) -> dict[str, pl.DataFrame]:
    """Counts of one delivery for the ledger: per file, per rule, per unmapped column."""
    if intake is None:
        return {"files": pl.DataFrame(), "findings": pl.DataFrame(), "unmapped": pl.DataFrame()}
    stamp = pl.lit(submission_id).alias("submission_id")
    files = pl.DataFrame([
        {"file_kind": f.kind, "file_name": f.name, "sha256": f.sha256, "n_rows": f.n_rows,
         "n_accepted": f.n_accepted,
         "n_left_out": f.n_left_out, "stopped_by": f.stopped} for f in intake.files],
        schema={"file_kind": pl.String, "file_name": pl.String, "sha256": pl.String, "n_rows": pl.Int64,
                "n_accepted": pl.Int64,
                "n_left_out": pl.Int64, "stopped_by": pl.String})
    findings = intake.findings.group_by("dataset", "rule_id", "severity",
                                        maintain_order=True).agg(pl.len().cast(pl.Int64).alias("n"))
    unmapped = intake.unmapped.select("dataset", pl.col("column").alias("column_name"),
                                      pl.col("n").cast(pl.Int64))
    return {"files": files.with_columns(stamp), "findings": findings.with_columns(stamp),
            "unmapped": unmapped.with_columns(stamp)}
