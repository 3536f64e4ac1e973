"""``tessera verify``: is a release as it was published, and does its certificate hold? Runs on the folder
alone, with no key.

What belongs here: checksums, the published ledger beside the folder, and the door to the certificate's
checker. What does not: the checker itself (``anonymisation.audit.verify``).
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from anonymisation.disclosure import read_ledger, verify_ledger
from anonymisation.disclosure.refusal import DisclosureError
from pipelines.doors.attack import verify_command
from pipelines.store.releases import APPROVED, CHECKSUMS, LEDGER, META, changed_files, meta

HELD, BROKEN, UNUSABLE = 0, 1, 2


def verify_release(path: Path, *, certificate: bool, json_output: bool) -> int:
    """Check one release folder, or the folder of all releases. 0 all holds, 1 something does not, 2 it cannot
    be read."""
    if (path / LEDGER).is_file() and not certificate:
        return _say(_all_problems(path), f"[{path.name}]: every release and every line of the published "
                                         "ledger is as it was "
                    "written.", quiet=json_output)
    if not (path / CHECKSUMS).is_file():
        print(f"tessera: [{path}] is no release: it has no [{CHECKSUMS}]. Give the path of a release folder, "
              "or of the "
              "folder that holds them all.", file=sys.stderr)
        return UNUSABLE
    code = _say(_release_problems(path), f"Release [{path.name}]: every file is as it was written.",
                quiet=json_output)
    return max(code, verify_command(path, certificate=True, json_output=json_output)) if certificate else code


def _say(problems: list[str], held: str, *, quiet: bool) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems and not quiet:
        print(held)
    return BROKEN if problems else HELD


def _release_problems(path: Path) -> list[str]:
    """What the checksums and the published ledger beside the folder say against it; a copied folder without a
    ledger has only its checksums to answer to."""
    changed = [f"[{name}] is not as it was written" for name in changed_files(path)]
    ledger = path.resolve().parent / LEDGER
    if not ledger.is_file():
        return changed
    data = ledger.read_bytes()
    try:
        named = {name for block in read_ledger(data) if block.release == path.name for name in block.files}
    except DisclosureError as error:
        return [*changed, f"the published ledger: {error}"]
    stated = meta(path) if (path / META).is_file() else {}
    if not named:
        lost = (
            ["the published ledger does not name it, although it is approved"]
            if stated.get("status") == APPROVED else []
        )
        return changed + lost
    files = {f"{path.name}/cubes/{p.name}": p.read_bytes() for p in (path / "cubes").glob("*.csv")}
    return changed + _ledger_problems(data, files, stated, only=f"{path.name}/")


def _ledger_problems(data: bytes, files: dict[str, bytes], stated: dict[str, Any], *,
                     only: str = "") -> list[str]:
    """What the ledger says against files; ``only`` names beginning so are looked at."""
    said = {name: sha for block in read_ledger(data) for name,
            sha in block.files.items() if name.startswith(only)}
    found = [f"[{name}] is not the file that the published ledger names" for name, sha in sorted(said.items())
             if name not in files or hashlib.sha256(files[name]).hexdigest() != sha]
    found += [f"[{name}] is in the folder, and the published ledger does not name it"
              for name in sorted(files.keys() - said)]
    head = stated.get("ledger_before")
    if head is not None and (lines := verify_ledger(data, {},
                                                    head=head)) and lines[-1].startswith("the head"):
        found.append(f"the published ledger: {lines[-1]}")
    return found


def _all_problems(path: Path) -> list[str]:
    """The same for every release; one whose folder is gone is found in the ledger."""
    folders = sorted(p.parent for p in path.glob(f"*/{CHECKSUMS}"))
    found = [f"[{folder.name}] {problem}" if not problem.startswith(("[", "the published")) else problem
             for folder in folders for problem in _release_problems(folder)]
    try:
        released = {block.release for block in read_ledger((path / LEDGER).read_bytes())}
    except DisclosureError as error:
        return [f"the published ledger: {error}"]
    gone = sorted(released - {folder.name for folder in folders})
    return list(dict.fromkeys(found)) + [f"release [{name}] is in the published ledger and not in the folder"
                                         for name in gone]
