"""What a release says about itself: ``release.json`` with its provenance.

What belongs here: which code, keys (by check value), submissions (by hash) and rules made it, and the quality
of its links. What does not: the tables (``tables.py``) and the coverage (``coverage.py``).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.steps.aggregate import AsOf
from pipelines.store.connect import Connection
from pipelines.store.warehouse import current_submissions, link_quality
from schemas.agencies import Agency
from schemas.partnership import FINAL_AFTER_QUARTERS, Partnership
from schemas.quarters import Quarter

FORMAT = 1
_CODE_FOLDERS = ("schemas", "anonymisation", "pipelines", "dashboards")


def code_version() -> str:
    """Version of the program and a hash over its source, so that two releases of unlike code are told
    apart."""
    root = Path(__file__).resolve().parent.parent.parent
    digest = hashlib.sha256()
    for folder in _CODE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".sql", ".csv", ".yaml", ".html", ".css", ".js"} and path.is_file():
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return f"{version('tessera')}+{digest.hexdigest()[:12]}"


def release_meta(
    connection: Connection, *, name: str, quarter: Quarter, partnership: Partnership,
    agencies: dict[str, Agency],
    check_values: dict[str, str], attacked: bool, made_on: date,
) -> dict[str, Any]:
    """Everything of ``release.json``; counts, hashes and configuration, no value of a record."""
    as_of = AsOf.of(quarter, partnership)
    quarters = list(Quarter.range(partnership.first_quarter, quarter))
    first_provisional = quarter.plus(1 - FINAL_AFTER_QUARTERS)
    linkage = [
        {"quarter": str(quarter), "role": role, "measure": measure, "breakdown": "all", "category": "all",
         "value": rate}
        for role, rates in link_quality(connection, quarter).items() for measure, rate in rates.items()]
    return {
        "format": FORMAT, "release": name, "quarter": str(quarter), "created_on": made_on.isoformat(),
        "audience": "board",
        "status": "candidate", "made_by": None, "approved_by": None, "approved_on": None,
        "is_sample": partnership.is_sample, "partnership": partnership.name, "attacked": attacked,
        "first_quarter": str(partnership.first_quarter), "cut_off": as_of.cut_off.isoformat(),
        "final_quarters": [str(q) for q in quarters if q < first_provisional],
        "provisional_quarters": [str(q) for q in quarters if q >= first_provisional],
        "areas": list(partnership.areas),
        "agencies": [
            {"agency": a.agency, "name": a.name, "kind": a.kind, "tier": a.tier.value,
             "is_specialist": a.is_specialist,
             "joined": str(a.joined), "left": str(a.left) if a.left else None, "areas": list(a.areas)}
            for a in agencies.values()],
        "linkage": linkage,
        "provenance": {
            "code_version": code_version(), "key_check_values": check_values,
            "thresholds": partnership.thresholds.model_dump(),
            "population_vintage": partnership.population_vintage,
            "submissions": _submissions(connection, as_of).to_dicts(),
        },
    }


def _submissions(connection: Connection, as_of: AsOf) -> pl.DataFrame:
    known = current_submissions(connection, until_quarter=str(as_of.quarter), received_by=as_of.cut_off)
    return connection.execute(
        "SELECT agency, quarter, file_kind AS file, sha256 FROM warehouse.submissions JOIN "
        "warehouse.submission_files "
        "USING (submission_id) WHERE list_contains($known::VARCHAR[], submission_id) ORDER BY ALL",
        {"known": known}).pl()


def to_json(content: dict[str, Any]) -> bytes:
    """Bytes that are equal for equal content."""
    return (json.dumps(content, indent=1, ensure_ascii=False, sort_keys=False) + "\n").encode()
