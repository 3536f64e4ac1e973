"""What a release comes to when its readers have tried: the verdict, and one verdict from those on its parts.

Here: `AuditResult`, its readers' results, and `joined`.
Not here: the attacks (gate.py), words for a reader (report.py), what a certificate proves (certificates.py).

Units that nothing ties to one another say nothing of one another: a table that fits the one and a table that
fits the other are together a table that fits both. So parts of a release that hold whole units, and every tie
between them, can be attacked apart, and the verdicts add up.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anonymisation.audit.attackers import TOTALS
from anonymisation.audit.certificates import certificate
from anonymisation.audit.read import SYSTEMS_FILE
from anonymisation.audit.rows import AuditError


@dataclass(frozen=True, kw_only=True)
class AttackerResult:
    """One reader against the whole release."""

    name: str
    ran: bool
    targets: int
    opened: int
    unsolved: int
    n_closed_form: int
    n_searched: int
    failures: Mapping[str, int]
    """Cube → cells opened in it."""
    systems: frozenset[str]
    """`unit|period` of the systems in which a cell was opened or that could not be attacked, and of those
    that ties bind to them."""
    notes: Mapping[str, int]
    """What is said of the attack → of how many systems or figures; 0: of the attack as a whole."""
    seconds: float

    @property
    def passed(self) -> bool:
        return self.opened == 0 and not self.failures

    @property
    def note(self) -> str:
        """The notes in one line."""
        return "; ".join(note if n <= 1 else f"{n} {note}" for note, n in sorted(self.notes.items()))

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if self.passed:
            return ""
        cubes = ", ".join(f"[{c}]" for c in sorted(self.failures, key=lambda c: (-self.failures[c], c)))
        if self.name == TOTALS:
            return f"draw the rounding once more; if it fails again, coarsen {cubes}"
        return f"coarsen {cubes}"


@dataclass(frozen=True, kw_only=True)
class AuditResult:
    """The verdict. Holds counts, names of cubes and the certificate; never a cell's value."""

    passed: bool
    attackers: tuple[AttackerResult, ...]
    histogram: Mapping[str, int]
    """Width of the public's interval, at least → number of cells that may be small, as the page tells."""
    failures: Mapping[str, int]
    """Cube → cells opened by any reader."""
    faults: tuple[str, ...]
    """What is wrong with the release beside intervals: truth outside, silent restatement, two figures for
    one cell …
    """
    certificate: bytes
    certificate_sha256: str
    systems: int
    acyclic: int
    seconds: float

    @property
    def open_systems(self) -> frozenset[str]:
        """`unit|period` of the systems that a reader opens."""
        return frozenset(s for a in self.attackers for s in a.systems)

    @property
    def idle(self) -> tuple[str, ...]:
        """Readers who were not let at it, for want of what they know. A release step tolerates none."""
        return tuple(a.name for a in self.attackers if not a.ran)


def joined(
    parts: Sequence[tuple[Mapping[str, bytes], AuditResult]], files: Mapping[str, bytes]
) -> AuditResult:
    """The verdict on a whole release, from the verdicts on its parts.

    parts: the files of each part as they were attacked, and what came of it. files: those of the release.
    The same proof gives the same certificate, however the release was parted. Raises AuditError where the
    parts are not the release: a table, a tie, a rule or a byte of it was not attacked, or a unit stands in
    two parts.
    """
    _require_whole([part for part, _ in parts], files)
    verdicts = [verdict for _, verdict in parts]
    digests: dict[str, str] = {SYSTEMS_FILE: hashlib.sha256(files[SYSTEMS_FILE]).hexdigest()}
    proofs: list[Mapping[str, object]] = []
    for verdict in verdicts:
        proof = json.loads(verdict.certificate)
        digests = proof["files"] | digests
        proofs += proof["systems"]
    whole = certificate(digests, proofs)
    failures: Counter[str] = Counter()
    histogram: Counter[str] = Counter()
    for verdict in verdicts:
        failures.update(verdict.failures)
        histogram.update(verdict.histogram)
    return AuditResult(
        passed=all(verdict.passed for verdict in verdicts),
        attackers=tuple(_reader(list(same)) for same in zip(*(v.attackers for v in verdicts), strict=True)),
        histogram=dict(histogram), failures=dict(failures),
        faults=tuple(fault for verdict in verdicts for fault in verdict.faults),
        certificate=whole, certificate_sha256=hashlib.sha256(whole).hexdigest(),
        systems=sum(v.systems for v in verdicts), acyclic=sum(v.acyclic for v in verdicts),
        seconds=sum(v.seconds for v in verdicts),
    )  # fmt: skip


def _reader(results: Sequence[AttackerResult]) -> AttackerResult:
    """One reader against every part."""
    failures: Counter[str] = Counter()
    notes: dict[str, int] = {}
    for result in results:
        failures.update(result.failures)
        for note, n in result.notes.items():
            notes[note] = notes.get(note, 0) + n
    return AttackerResult(
        name=results[0].name, ran=all(r.ran for r in results),
        targets=sum(r.targets for r in results), opened=sum(r.opened for r in results),
        unsolved=sum(r.unsolved for r in results), n_closed_form=sum(r.n_closed_form for r in results),
        n_searched=sum(r.n_searched for r in results), failures=dict(failures),
        systems=frozenset(system for r in results for system in r.systems), notes=notes,
        seconds=sum(r.seconds for r in results),
    )  # fmt: skip


def _require_whole(parts: Sequence[Mapping[str, bytes]], files: Mapping[str, bytes]) -> None:
    whole = json.loads(files[SYSTEMS_FILE])
    said = [json.loads(part[SYSTEMS_FILE]) for part in parts]
    for listed in ("cubes", "ties", "known"):
        if _entries([whole], listed) != _entries(said, listed):
            raise AuditError(f"parts: what they say of [{listed}] is not what [{SYSTEMS_FILE}] says")
    of_all = {name for name in whole if name not in ("cubes", "ties", "known")}
    if any(part.get(name) != whole[name] for part in said for name in of_all):
        raise AuditError(f"parts: their rules are not those of [{SYSTEMS_FILE}]")
    units = [{cube["unit"] for cube in part["cubes"]} for part in said]
    if sum(len(own) for own in units) != len(set().union(*units)):
        raise AuditError("parts: a unit stands in two of them, and its tables say something of one another")
    attacked = {n: data for part in parts for n, data in part.items() if n != SYSTEMS_FILE}
    tables = {f"cubes/{cube['name']}.csv" for cube in whole["cubes"]}
    changed = sum(attacked.get(name) != files.get(name) for name in tables | attacked.keys())
    if changed:
        raise AuditError(f"parts: [{changed}] tables are not those that were attacked")


def _entries(said: Sequence[Mapping[str, Any]], listed: str) -> list[str]:
    return sorted(json.dumps(entry, sort_keys=True) for spec in said for entry in spec.get(listed, ()))
