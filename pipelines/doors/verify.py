"""``tessera verify``: is a release as it was published, and does its certificate hold? Runs on the folder
alone, with no key.

What belongs here: checksums, the published ledger beside the folder, and the door to the certificate's
checker. What does not: the checker itself (``anonymisation.audit.verify``).
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from anonymisation.disclosure import read_ledger
from anonymisation.disclosure.refusal import DisclosureError
from pipelines.doors.attack import verify_command
from pipelines.store.releases import CHECKSUMS, LEDGER, changed_files

HELD, BROKEN, UNUSABLE = 0, 1, 2


def verify_release(path: Path, *, certificate: bool, json_output: bool) -> int:
    """Check one release folder. 0 all holds, 1 something does not, 2 the folder cannot be read."""
    if not (path / CHECKSUMS).is_file():
        print(f"tessera: [{path}] is no release: it has no [{CHECKSUMS}]. Give the path of a release folder.",
              file=sys.stderr)
        return UNUSABLE
    problems = [f"[{name}] is not as it was written" for name in changed_files(path)] + _ledger_problems(path)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems and not json_output:
        print(f"Release [{path.name}]: every file is as it was written.")
    code = BROKEN if problems else HELD
    return max(code, verify_command(path, certificate=True, json_output=json_output)) if certificate else code


def _ledger_problems(path: Path) -> list[str]:
    """What the published ledger beside the folder says against it; a copied folder without a ledger has
    nothing to answer."""
    ledger = path.resolve().parent / LEDGER
    if not ledger.is_file():
        return []
    try:
        blocks = read_ledger(ledger.read_bytes())
    except DisclosureError as error:
        return [f"the published ledger: {error}"]
    said = {name: sha for block in blocks
            for name, sha in block.files.items() if name.startswith(f"{path.name}/")}
    return [
        f"[{name}] is not the file that the published ledger names"
        for name, sha in sorted(said.items())
        if not (path.parent / name).is_file() or hashlib.sha256((path.parent / name).read_bytes())
        .hexdigest() != sha]
