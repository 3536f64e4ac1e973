"""The whole sample as paths and bytes.

What belongs here: which delivery exists, which does not, and what stands beside them. What does not: what
is in a delivery.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, Protocol

from data.synthesise import rates, recording, truth
from data.synthesise.broken import QUARTER, broken_deliveries
from data.synthesise.counselling import Counselling
from data.synthesise.dirt import spoil
from data.synthesise.files import MANIFEST, manifest, nil_manifest, packed, write_file
from data.synthesise.history import History
from data.synthesise.housing import Housing
from data.synthesise.isva import Isva
from data.synthesise.ledger import RESENT, Extract
from data.synthesise.people import Population
from data.synthesise.police import Police
from data.synthesise.probation import Probation
from data.synthesise.readme import readme
from data.synthesise.registers import registers
from data.synthesise.sarc import Sarc
from schemas.agencies import Agency, read_agencies
from schemas.quarters import Quarter

QUARTERS: Final = tuple(Quarter.range(Quarter.of(rates.FIRST_DAY), Quarter.of(rates.LAST_DAY)))
MAX_BROKEN_BYTES: Final = 200_000
"""Larger broken deliveries are not committed; tests take them from ``broken_deliveries``."""
_RESENT_AFTER_DAYS: Final = 72
"""The resent quarter comes after the cut-off, so that its own release stands and the next one shows the
revision."""


class Source(Protocol):
    """An agency of the sample."""

    def extract(self, quarter: Quarter) -> Extract:
        """What it has for a quarter."""


def build_sample() -> dict[str, bytes]:
    """Path under the sample's folder → bytes. The same every time."""
    agencies = read_agencies()
    population = Population()
    history = History(population)
    police = Police(agencies["police"], history.events)
    sarc = Sarc(agencies["sarc"], history.events)
    sources: dict[str, Source] = {
        "police": police,
        "sarc": sarc,
        "isva": Isva(agencies["isva"], history.events, [*police.sent, *sarc.sent]),
        "housing": Housing(agencies["housing"], history.events),
        "probation": Probation(agencies["probation"], population, police.charges, history.events),
        "counselling": Counselling(agencies["counselling"]),
    }
    files: dict[str, bytes] = {}
    extracts: list[Extract] = []
    coverage: list[tuple[object, ...]] = []
    for name in sorted(agencies):
        agency = agencies[name]
        for quarter in QUARTERS:
            extract = sources[name].extract(quarter)
            status = _status(agency, quarter)
            if status in ("not_joined", "left", "not_received"):
                coverage.append((name, str(quarter), "", status, None, None))
                continue
            received = _received(agency, quarter, status)
            if status == "nil":
                files[f"{name}/{quarter}/{MANIFEST}"] = nil_manifest(received)
                coverage.append((name, str(quarter), "first", status, received, 0))
                continue
            _prepare(extract, agency, status)
            for delivery, day in _deliveries(extract, received):
                extracts.append(delivery)
                folder = str(quarter) if delivery.delivery != RESENT else f"{quarter}.{RESENT}"
                _deliver(files, f"{name}/{folder}", agency, delivery, day)
                n = sum(len(rows) for rows in delivery.files.values())
                coverage.append((name, str(quarter), delivery.delivery, status, day, n))
    files |= _beside(agencies, extracts, population, history, coverage)
    files |= registers()
    rows = []
    for rule_id, (name, broken) in broken_deliveries(files).items():
        is_small = sum(len(data) for data in broken.values()) <= MAX_BROKEN_BYTES
        rows.append((rule_id, name, QUARTER, "yes" if is_small else "no"))
        files |= {f"broken/{rule_id}/{file}": data for file, data in broken.items() if is_small}
    files["broken/broken.csv"] = truth.table(("rule_id", "agency", "quarter", "is_committed"), rows)
    files["README.md"] = readme(files, extracts, history, population).encode()
    return files


def _status(agency: Agency, quarter: Quarter) -> str:
    if not agency.is_member(quarter):
        return "left" if agency.joined <= quarter else "not_joined"
    return {
        ("isva", recording.ISVA_GAP): "not_received",
        ("probation", recording.PROBATION_NIL): "nil",
        ("probation", recording.PROBATION_PART): "partial",
        ("sarc", recording.SARC_LATE[0]): "late",
    }.get((agency.agency, str(quarter)), "submitted")


def _received(agency: Agency, quarter: Quarter, status: str) -> date:
    if status == "late":
        return recording.SARC_LATE[1]
    rng = random.Random(f"{rates.SEED}: received: {agency.agency} {quarter}")
    return quarter.last_day + timedelta(days=agency.delivery.day - rng.randint(0, 8))


def _prepare(extract: Extract, agency: Agency, status: str) -> None:
    """Order the rows, give the faults, and take out files that are not sent."""
    if status == "partial":
        extract.files = {kind: rows for kind, rows in extract.files.items() if kind != "registrations"}
    extract.files = {
        kind: sorted(rows, key=lambda row: row.order) for kind, rows in extract.files.items() if rows
    }
    spoil(extract, agency)
    if "crimes" in extract.files:
        _lend_offences(extract)


def _lend_offences(extract: Extract) -> None:
    """A police suspect's offence is that of the crime, as intake should accept it."""
    crimes = {
        str(row.records["incidents"]["incident_ref"]): row.records["incidents"]
        for row in extract.files["crimes"]
        if not row.is_copy
    }
    for row in extract.files["suspects"]:
        crime = crimes[str(row.parent)]
        row.records["suspects"].update({name: crime[name] for name in ("offence_category", "offence_code")})


def _deliveries(extract: Extract, received: date) -> Iterable[tuple[Extract, date]]:
    """The one delivery of a quarter; for the resent one, the first (which lacks crimes) and the whole."""
    if (extract.agency, str(extract.quarter)) != ("police", recording.POLICE_RESENT):
        return [(extract, received)]
    clean = [
        str(row.records["incidents"]["incident_ref"])
        for row in extract.files["crimes"]
        if not row.has_fault and not row.is_canary
    ]
    lacking = frozenset(clean[-recording.LEFT_OUT_AT_FIRST :])
    first = Extract(
        agency=extract.agency,
        quarter=extract.quarter,
        files={
            kind: [row for row in rows if _ref(row.parent, row.records) not in lacking]
            for kind, rows in extract.files.items()
        },
    )
    whole = Extract(agency=extract.agency, quarter=extract.quarter, files=extract.files, delivery=RESENT)
    return [(first, received), (whole, extract.quarter.last_day + timedelta(days=_RESENT_AFTER_DAYS))]


def _ref(parent: str | None, records: dict[str, dict[str, object]]) -> str | None:
    return parent or (str(records["incidents"]["incident_ref"]) if "incidents" in records else None)


def _deliver(files: dict[str, bytes], folder: str, agency: Agency, extract: Extract, day: date) -> None:
    written = dict(write_file(agency, kind, extract) for kind in extract.files)
    files |= {f"{folder}/{name}": data for name, data in written.items()}
    files[f"{folder}/{MANIFEST}"] = manifest(written, day)


def _beside(
    agencies: dict[str, Agency],
    extracts: list[Extract],
    population: Population,
    history: History,
    coverage: list[tuple[object, ...]],
) -> dict[str, bytes]:
    seen = {
        str(record["true_person"])
        for e in extracts
        for rows in e.files.values()
        for row in rows
        for record in row.records.values()
        if "true_person" in record
    }
    people = [p for ref, p in sorted(population.people.items()) if ref in seen]
    return {
        **{f"truth/{dataset}.csv.gz": packed(truth.records(dataset, extracts)) for dataset in truth.COLUMNS},
        "truth/persons.csv": truth.persons(people),
        "truth/canaries.csv": truth.canaries(people),
        "truth/quarantined.csv": truth.left_out(agencies, extracts),
        "truth/deliveries.csv": truth.table(
            ("agency", "quarter", "delivery", "status", "received_on", "n_rows"), coverage
        ),
        "dirt.csv": truth.dirt(agencies, extracts),
    }
