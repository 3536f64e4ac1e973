"""The register of one installation: checking the officer's files, keeping the last good one of each.

What belongs here: files together, what is stored and what is said. What does not: one file (``checking.py``),
the table that holds entries (``pipelines.store.registers``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipelines.hub import Hub
from pipelines.registers.checking import Checker, count_key
from pipelines.registers.entry import Entry, Finding, RegisterError
from pipelines.registers.title import TitleScreen
from pipelines.store import registers as store
from pipelines.store.connect import connect
from pipelines.store.warehouse import prepare
from schemas.registers import kinds


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One file of entries, looked at."""

    name: str
    sha256: str
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether it may be loaded."""
        return not self.findings


def folder_of(hub: Hub) -> Path:
    """Where the board's officer keeps the files: ``<data dir>/registers``."""
    return hub.places.data_dir / "registers"


def check_files(hub: Hub, folder: Path) -> list[Checked]:
    """Every ``*.csv`` of a folder, in the order of names; a file that repeats what an earlier one says is
    refused.

    Raises:
        RegisterError: there is no such folder, or no file in it.
    """
    paths = sorted(folder.glob("*.csv"))
    if not paths:
        raise RegisterError(f"[{folder}] holds no register. Put files of entries (CSV) there; "
                            "docs/registers.md says which columns.")
    partnership = hub.partnership
    names = [partnership.name, partnership.short_name, *(a.name for a in hub.agencies.values())]
    # the sample lies where this machine's clock may not have come to yet
    last = partnership.last_quarter.last_day + timedelta(days=partnership.cut_off_days)
    today = max(hub.today(), last) if partnership.is_sample else hub.today()
    checker = Checker(agencies=hub.agencies, today=today,
                      titles=TitleScreen.of(names, partnership.areas))
    refs: dict[str, str] = {}
    counted: dict[tuple[str, str, str, str], str] = {}
    found = []
    for path in paths:
        data = path.read_bytes()
        entries, findings = checker.check(path.name, data)
        findings = [*findings, *_across(path.name, entries, refs, counted)]
        if not findings:
            refs |= {entry.ref: path.name for entry in entries}
            counted |= {_counted(entry): path.name for entry in entries if kinds()[entry.kind].is_protected}
        found.append(Checked(name=path.name, sha256=hashlib.sha256(data).hexdigest(),
                             entries=tuple(entries), findings=tuple(findings)))
    return found


def _counted(entry: Entry) -> tuple[str, str, str, str]:
    return count_key(entry.kind, entry.topic, entry.agency, entry.quarter)


def _across(name: str, entries: list[Entry], refs: dict[str, str],
            counted: dict[tuple[str, str, str, str], str]) -> list[Finding]:
    """What an earlier file says already; the hint names that file."""
    return [
        *(Finding(file=name, row=None, column="ref", rule_id="register_ref_repeated",
                  hint=f"also in {refs[entry.ref]}") for entry in entries if entry.ref in refs),
        *(Finding(file=name, row=None, column="n", rule_id="register_count_repeated",
                  hint=f"also in {counted[_counted(entry)]}")
          for entry in entries if kinds()[entry.kind].is_protected and _counted(entry) in counted)]


def load_files(hub: Hub, folder: Path) -> list[Checked]:
    """Check every file and store the good ones; of a refused one the last good entries stand.

    Entries of a file that is no longer in the folder are removed: the folder is the register. Rebuilding a
    release does not follow, since what it shows of the register is stored with its tables.

    Raises:
        RegisterError: as :func:`check_files`.
    """
    found = check_files(hub, folder)
    keys = hub.keys()
    with connect(hub.places, keys, warehouse=True) as connection:
        prepare(connection, keys.check_values())
        store.keep(connection, {c.name: (c.sha256, [entry.cells() for entry in c.entries])
                                for c in found if c.is_good},
                   still_there=[c.name for c in found], loaded_on=hub.today())
    return found
