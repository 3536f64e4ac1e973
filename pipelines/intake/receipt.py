"""The receipt: what came in, what was taken and left out, where, and how to mend it. Never a value.

What belongs here: the receipt's content, its two faces (JSON and text) and its signature. What does not:
the findings themselves (``findings.py``) and where receipts are kept (``pipelines.store``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.intake.delivery import Intake
from schemas.rules import RULES, Severity

CHECKS_VERSION = "1"
"""Version of the rules; rises when the same file would be judged differently."""

FIRST_PLACES = 10
"""Places listed for each rule; the count says how many there are."""

_WORDS = {
    Severity.STOP: "Stopped: nothing of the delivery was loaded",
    Severity.FIX: "Left out until mended",
    Severity.CONFIRM: "Taken in; look at it and tell us",
    Severity.NOTE: "For information",
}


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A receipt: counts, places, rules and remedies."""

    body: Mapping[str, Any]
    """What the signature covers; plain JSON values."""
    signature: str | None
    """HMAC-SHA-256 of the body as hex, or None for a check that sent nothing."""

    def to_json(self) -> str:
        """The receipt as JSON, the same text for the same receipt."""
        return (
            json.dumps(
                {"receipt": self.body, "signature": self.signature},
                indent=2,
                sort_keys=True,
                ensure_ascii=False,
            )
            + "\n"
        )

    def to_text(self) -> str:
        """The receipt in sentences for the sender."""
        return "\n".join(_lines(self.body, self.signature)) + "\n"


def receipt(
    intake: Intake, *, received_on: date, key: bytes | None = None, submission_id: str | None = None
) -> Receipt:
    """Make the receipt of a delivery; signed where ``key`` is given."""
    body = {
        "agency": intake.agency,
        "quarter": str(intake.quarter),
        "received_on": received_on.isoformat(),
        "submission_id": submission_id,
        "checks_version": CHECKS_VERSION,
        "result": _result(intake),
        "files": [
            {
                "name": f.name,
                "kind": f.kind,
                "sha256": f.sha256,
                "n_rows": f.n_rows,
                "n_accepted": f.n_accepted,
                "n_left_out": f.n_left_out,
                "stopped": f.stopped,
            }
            for f in intake.files
        ],
        "datasets": {name: frame.height for name, frame in sorted(intake.accepted.items())},
        "findings": _grouped(intake.findings),
        "unmapped": intake.unmapped.to_dicts(),
    }
    return Receipt(body=body, signature=None if key is None else _sign(body, key))


def verify(text: str, key: bytes) -> bool:
    """Whether a receipt's JSON is as we signed it; False for any other text."""
    try:
        content = json.loads(text)
        body, signature = content["receipt"], content["signature"]
    except (ValueError, KeyError, TypeError):
        return False
    return isinstance(signature, str) and hmac.compare_digest(signature.encode(), _sign(body, key).encode())


def _sign(body: Mapping[str, Any], key: bytes) -> str:
    plain = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key, b"tessera|receipt|v1|" + plain.encode(), hashlib.sha256).hexdigest()


def _result(intake: Intake) -> str:
    if intake.stopped:
        return "not_loaded"
    return "accepted_in_part" if intake.quarantined.height else "accepted"


def _grouped(findings: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry for each rule, gravest first: words, how many rows, and the first places."""
    order = {rule.rule_id: (list(Severity).index(rule.severity), i) for i, rule in enumerate(RULES.values())}
    grouped = []
    for rule_id in sorted(findings["rule_id"].unique().to_list(), key=lambda r: order[r]):
        rule = RULES[rule_id]
        places = findings.filter(pl.col("rule_id") == rule_id).unique(
            subset=["file", "row", "column", "cell", "hint"], maintain_order=True
        )
        first = places.head(FIRST_PLACES).select("file", "sheet", "row", "column", "cell", "hint").to_dicts()
        grouped.append(
            {
                "rule_id": rule_id,
                "severity": str(rule.severity),
                "what": rule.what,
                "remedy": rule.remedy,
                "n": places.height,
                "first": [{k: v for k, v in place.items() if v is not None} for place in first],
            }
        )
    return grouped


def _lines(body: Mapping[str, Any], signature: str | None) -> list[str]:
    headline = {
        "not_loaded": "Not loaded: mend what stopped it and send the whole delivery again. "
        "What we hold from before stays.",
        "accepted_in_part": "Accepted, with rows left out.",
        "accepted": "Accepted in full.",
    }[body["result"]]
    lines = [
        f"Receipt for [{body['agency']}], [{body['quarter']}], received on {body['received_on']}",
        headline,
        "",
    ]
    for file in body["files"]:
        lines.append(_file_line(file))
    for severity in Severity:
        entries = [e for e in body["findings"] if e["severity"] == severity]
        if entries:
            lines += ["", _WORDS[severity]]
        for entry in entries:
            times = "1 time" if entry["n"] == 1 else f"{entry['n']} times"
            lines.append(f"  {entry['what']} [{entry['rule_id']}], {times}.")
            lines.append(f"    {entry['remedy']}")
            lines += [f"    - {_place(place)}" for place in entry["first"]]
            if entry["n"] > len(entry["first"]):
                lines.append(f"    - and {entry['n'] - len(entry['first'])} more")
    if body["unmapped"]:
        lines += ["", "Codes that are in no map, by column of ours"]
        lines += [f"  [{u['dataset']}.{u['column']}]: {u['n']}" for u in body["unmapped"]]
    lines += ["", f"Signature {signature}" if signature else "Not signed: nothing was sent."]
    return lines


def _file_line(file: Mapping[str, Any]) -> str:
    if file["stopped"]:
        return f"[{file['name']}]: stopped by rule [{file['stopped']}]"
    counts = f"{file['n_rows']} rows, {file['n_accepted']} accepted, {file['n_left_out']} left out"
    return f"[{file['name']}]: {counts}"


def _place(place: Mapping[str, Any]) -> str:
    parts = [f"[{place['file']}]"]
    if "sheet" in place:
        parts.append(f"sheet [{place['sheet']}]")
    if "row" in place:
        parts.append(f"row {place['row']}")
    if "cell" in place:
        parts.append(f"cell {place['cell']}")
    if "column" in place:
        parts.append(f"column [{place['column']}]")
    return ", ".join(parts) + (f": {place['hint']}" if "hint" in place else "")
