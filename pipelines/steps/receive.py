"""Steps 1 to 7 for one agency and quarter: land, read, map, validate, tokenise, load, receipt.

What belongs here: the order of the steps and what happens when one says stop. What does not: the steps
themselves (``pipelines.intake``, ``pseudonymise.py``, ``pipelines.store``).

The vault is written first, under a new submission id; then one warehouse transaction loads the rows and moves
the pointer. If the process dies in between, the vault's rows are orphans and the next run sweeps them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

from anonymisation.keys import KeyRing
from pipelines.intake.delivery import Intake, nil_return, take_in
from pipelines.intake.receipt import Receipt, receipt
from pipelines.steps.pseudonymise import Pseudonymised, pseudonymise
from pipelines.steps.versions import superseded
from pipelines.store import vault, warehouse
from pipelines.store.connect import VAULT, Connection, connect, transaction, was_prepared
from pipelines.store.landing import Delivery, LandingError, erase_expired, pick_up, seal, unseal
from pipelines.store.places import Places
from schemas.agencies import Agency, Tier
from schemas.partnership import Partnership
from schemas.quarters import Quarter


class Outcome(StrEnum):
    """What became of a delivery."""

    LOADED = "loaded"
    NIL = "nil"
    REFUSED = "refused"
    SAME = "same"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of one delivery: counts only."""

    outcome: Outcome
    submission_id: str | None = None
    n_rows: int = 0
    n_accepted: int = 0
    n_left_out: int = 0
    n_tokens: int = 0
    stopped_by: str | None = None
    """First rule that stopped a file."""
    receipt: Receipt | None = None


def digest_of(delivery: Delivery, agency: Agency) -> str:
    """SHA-256 over the files' hashes and the agency's mapping: equal bytes under an equal mapping are the
    same delivery."""
    mapping = agency.model_dump_json(exclude={"legal", "delivery", "name"})
    text = json.dumps({"files": delivery.hashes, "nil": delivery.is_nil, "mapping": mapping}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def open_stores(connection: Connection, keys: KeyRing) -> None:
    """Make or check both databases and, when they are first opened, sweep the vault of submissions of which
    the warehouse keeps nothing."""
    check_values = keys.check_values()
    is_open = was_prepared(connection, VAULT, check_values["linkage"])
    vault.prepare(connection, check_values)
    warehouse.prepare(connection, check_values)
    if not is_open:
        _sweep(connection)


def _sweep(connection: Connection) -> None:
    known = [submission_id for submission_id, *_ in warehouse.kept_submissions(connection)]
    with transaction(connection):
        vault.sweep(connection, known)


def receive(
    places: Places, keys: KeyRing, agencies: dict[str, Agency], agency_name: str, quarter: Quarter, *,
    partnership: Partnership, today: date
) -> Received:
    """Take one waiting delivery through steps 1 to 7; nothing happens where there is none, or the same bytes
    came before.

    Raises:
        LandingError: a file cannot be read, or is still being written.
        pipelines.store.connect.StoreError: a database cannot be opened.
    """
    agency = agencies[agency_name]
    delivery = pick_up(places, agency_name, quarter, today=today)
    if delivery is None:
        return Received(outcome=Outcome.NOTHING)
    with connect(places, keys, vault=True, warehouse=True) as connection:
        open_stores(connection, keys)
        delivery = _completed(connection, places, keys, agency, delivery)
        digest = digest_of(delivery, agency)
        if warehouse.current_digest(connection, agency_name, str(quarter)) == digest:
            _keep(places, keys, agencies, delivery, today)
            return Received(outcome=Outcome.SAME)
        submission_id = secrets.token_hex(8)
        intake = None if delivery.is_nil else take_in(
            agency, quarter, delivery.files, today=today,
            others=[a for a in agencies.values() if a.agency != agency_name])
        if intake is not None and not intake.stopped:
            parts = pseudonymise(intake.accepted, agency=agency_name, quarter=quarter,
                                 submission_id=submission_id, keys=keys,
                                 may_link=agency.tier is Tier.IDENTIFIED)
        else:
            parts = Pseudonymised(records={}, tokens={}, event_days=pl.DataFrame(), references=pl.DataFrame(),
                                   bridge=pl.DataFrame(), forgotten={})
        outcome = Outcome.NIL if intake is None else Outcome.REFUSED if intake.stopped else Outcome.LOADED
        if outcome is Outcome.LOADED:
            with transaction(connection):
                for role, references in parts.forgotten.items():
                    vault.forget(connection, role, references)
                vault.write_submission(connection, parts.tokens, parts.event_days, parts.references,
                                       parts.bridge)
        dropped = warehouse.load_submission(
            connection,
            submission={"submission_id": submission_id, "agency": agency_name, "quarter": str(quarter),
                        "received_on": delivery.received_on, "status": outcome.value, "digest": digest},
            records=parts.records, **_ledger(intake, submission_id),
            superseded=lambda kept: superseded(kept, partnership, today))
        if dropped:
            _sweep(connection)
    written = receipt(intake or nil_return(agency_name, quarter), received_on=delivery.received_on,
                      key=keys.receipt,
                      submission_id=submission_id)
    _write_receipt(places, agency_name, quarter, submission_id, written)
    _keep(places, keys, agencies, delivery, today)
    return Received(
        outcome=outcome, submission_id=submission_id, receipt=written,
        n_rows=sum(f.n_rows for f in intake.files) if intake else 0,
        n_accepted=sum(f.n_accepted for f in intake.files) if intake else 0,
        n_left_out=sum(f.n_left_out for f in intake.files) if intake else 0,
        stopped_by=next((f.stopped for f in intake.files if f.stopped), None) if intake else None,
        n_tokens=sum(frame.height for frame in parts.tokens.values()))


def _keep(places: Places, keys: KeyRing, agencies: dict[str, Agency], delivery: Delivery,
          today: date) -> None:
    """Seal what was received, and erase every agency's files past their retention: also of those who send no
    more."""
    seal(places, delivery, keys.landing)
    for agency in agencies.values():
        erase_expired(places, agency.agency, agency.legal.retention_months, today=today)


def _completed(connection: Connection, places: Places, keys: KeyRing, agency: Agency,
               delivery: Delivery) -> Delivery:
    """A resend of some files of a quarter, completed by the files that were received before."""
    if delivery.is_nil:
        return delivery
    rows = connection.execute(
        "SELECT file_kind, sha256 FROM warehouse.submission_files JOIN warehouse.submissions USING "
        "(submission_id) "
        "WHERE agency = ? AND quarter = ? AND is_current AND file_kind IS NOT NULL ORDER BY file_kind",
        [agency.agency, str(delivery.quarter)]).fetchall()
    have = {agency.file_kind(name, delivery.quarter) for name in delivery.files}
    files = dict(delivery.files)
    for kind, sha in rows:
        if kind not in have and kind in agency.files:
            name = agency.files[kind].pattern.replace("{quarter}", str(delivery.quarter)).replace("*", "")
            files[name] = unseal(places, agency.agency, delivery.quarter, kind, sha, keys.landing)
    return Delivery(agency=delivery.agency, quarter=delivery.quarter, files=files,
                    received_on=delivery.received_on)


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


def _write_receipt(places: Places, agency: str, quarter: Quarter, submission_id: str,
                   written: Receipt) -> None:
    folder = places.receipts / agency / str(quarter)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / f"{submission_id}.json").write_text(written.to_json(), encoding="utf-8")
    (folder / f"{submission_id}.txt").write_text(written.to_text(), encoding="utf-8")


__all__ = ["LandingError", "Outcome", "Received", "open_stores", "receive"]
