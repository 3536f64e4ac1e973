"""Steps 1 to 7 for one agency and quarter: land, read, map, validate, tokenise, load, receipt.

What belongs here: the order of the steps and what happens when one says stop. What does not: what a delivery
comes to (``prepare.py``), whether that was worked out ahead (``ahead.py``), storing it (``pipelines.store``).

The vault is written first, under a new submission id; then one warehouse transaction loads the rows and moves
the pointer. If the process dies in between, the vault's rows are orphans and the next run sweeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from anonymisation.keys import KeyRing
from pipelines.intake.receipt import Receipt
from pipelines.steps.ahead import digest_of, new_submission_id, prepared_ahead
from pipelines.steps.prepare import Outcome, prepare
from pipelines.steps.versions import superseded
from pipelines.store import vault, warehouse
from pipelines.store.connect import VAULT, Connection, connect, transaction, was_prepared
from pipelines.store.landing import Delivery, LandingError, erase_expired, pick_up, seal, unseal
from pipelines.store.places import Places
from schemas.agencies import Agency
from schemas.partnership import Partnership
from schemas.quarters import Quarter


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
        made = prepared_ahead(places, keys, delivery, digest, today) or prepare(
            delivery, agency, agencies.values(), keys, submission_id=new_submission_id(), today=today)
        if made.outcome is Outcome.LOADED:
            with transaction(connection):
                for role, references in made.parts.forgotten.items():
                    vault.forget(connection, role, references)
                vault.write_submission(connection, made.parts.tokens, made.parts.event_days,
                                       made.parts.references, made.parts.bridge)
        dropped = warehouse.load_submission(
            connection,
            submission={"submission_id": made.submission_id, "agency": agency_name, "quarter": str(quarter),
                        "received_on": delivery.received_on, "status": made.outcome.value, "digest": digest},
            records=made.parts.records, **made.ledger,
            superseded=lambda kept: superseded(kept, partnership, today))
        if dropped:
            _sweep(connection)
    _write_receipt(places, agency_name, quarter, made.submission_id, made.receipt)
    _keep(places, keys, agencies, delivery, today)
    return Received(
        outcome=made.outcome, submission_id=made.submission_id, receipt=made.receipt, n_rows=made.n_rows,
        n_accepted=made.n_accepted, n_left_out=made.n_left_out, stopped_by=made.stopped_by,
        n_tokens=made.n_tokens)


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


def _write_receipt(places: Places, agency: str, quarter: Quarter, submission_id: str,
                   written: Receipt) -> None:
    folder = places.receipts / agency / str(quarter)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / f"{submission_id}.json").write_text(written.to_json(), encoding="utf-8")
    (folder / f"{submission_id}.txt").write_text(written.to_text(), encoding="utf-8")


__all__ = ["LandingError", "Outcome", "Received", "open_stores", "receive"]
