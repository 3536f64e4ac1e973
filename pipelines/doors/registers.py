"""``tessera registers check|load``: the officer's files of entries, checked and taken in.

What belongs here: the door: what is printed, the exit code. What does not: the checks
(``pipelines.registers``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from pipelines.hub import Hub
from pipelines.registers.keeping import Checked, check_files, folder_of, load_files
from pipelines.store.places import Places
from schemas.agencies import AGENCY_DIR

OK, UNUSABLE = 0, 2
FINDINGS_SHOWN = 50
"""More are counted and not listed: the first ones show what went wrong."""

DataDir = Annotated[Path, Parameter(name="--data-dir", help="Where the partnership's state lives.")]
KeyDir = Annotated[Path | None, Parameter(name="--key-dir", help="Where its keys live.")]
Folder = Annotated[Path | None, Parameter(name="--from", help="Folder of the files, if not "
                                                               "<data dir>/registers.")]
Agencies = Annotated[tuple[Path, ...], Parameter(name="--agencies", negative="",
                                                 help="Further directories with agency files.")]

registers_app = cyclopts.App(name="registers", result_action="return_value",
                             help="The register that the board's officer keeps: signatories, actions, "
                                  "training, policies, audits, feedback, pledges.")


def hub_of(data_dir: Path, key_dir: Path | None, agencies: tuple[Path, ...]) -> Hub:
    """The installation."""
    return Hub(places=Places.under(data_dir, key_dir), agency_dirs=(AGENCY_DIR, *agencies))


@registers_app.command
def check(*, data_dir: DataDir = Path("var"), key_dir: KeyDir = None, folder: Folder = None,
          agencies: Agencies = ()) -> int:
    """Say which files of entries would be taken in, and what is wrong with the others. Exit code 2: one would
    be refused."""
    hub = hub_of(data_dir, key_dir, agencies)
    return _say(check_files(hub, folder or folder_of(hub)), "would be taken in")


@registers_app.command
def load(*, data_dir: DataDir = Path("var"), key_dir: KeyDir = None, folder: Folder = None,
         agencies: Agencies = ()) -> int:
    """Take in every good file of entries; of a refused one the last good entries stand. Exit code 2: one was
    refused."""
    hub = hub_of(data_dir, key_dir, agencies)
    hub.ensure_keys()
    return _say(load_files(hub, folder or folder_of(hub)), "taken in")


def _say(found: list[Checked], done: str) -> int:
    for checked in found:
        if checked.is_good:
            n_counts = sum(entry.n is not None for entry in checked.entries)
            print(f"[{checked.name}]: [{len(checked.entries)}] entries {done}, [{n_counts}] of them with "
                  "counts.")
            continue
        print(f"[{checked.name}]: refused, [{len(checked.findings)}] findings; its last good entries stand.",
              file=sys.stderr)
        for finding in checked.findings[:FINDINGS_SHOWN]:
            print(f"  {finding.text}", file=sys.stderr)
    return OK if all(checked.is_good for checked in found) else UNUSABLE
