"""``tessera check FILE…``: what would be accepted and what not, without sending or keeping anything.

What belongs here: the door: reading the named files, printing, the exit code. What does not: the checks
themselves (``pipelines.intake``).
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from pipelines.intake.delivery import take_in
from pipelines.intake.file_guards import Look, check_manifest, check_settled, check_size
from pipelines.intake.receipt import receipt
from pipelines.intake.refusal import FileRefused, IntakeError
from schemas.agencies import AGENCY_DIR, Agency, read_agencies
from schemas.documents import DocumentError
from schemas.quarters import Quarter
from schemas.rules import RULES

ACCEPTED, LEFT_OUT, NOT_LOADED = 0, 1, 2
"""Exit codes: all rows would be taken in; some would be left out; nothing would be loaded."""

SETTLE_SECONDS = 0.25
"""Time between two looks at a file that was changed in the last moments."""

RECENT_SECONDS = 5.0

_QUARTER = re.compile(r"\d{4}-Q[1-4]")


def check(
    paths: Sequence[Path],
    *,
    agency: str,
    quarter: str | None = None,
    agency_dirs: Sequence[Path] = (),
    today: date | None = None,
    out: TextIO | None = None,
) -> int:
    """Check files as one delivery and print what would become of them; writes nothing, changes nothing.

    Args:
        quarter: such as ``2026-Q3``; without it, the quarter in the files' names, or else the last full one.
        agency_dirs: folders of agency files beside the package's own.

    Returns:
        0 all rows would be accepted, 1 some would be left out, 2 nothing would be loaded.
    """
    out = out if out is not None else sys.stdout
    today = today if today is not None else date.today()
    try:
        agencies = read_agencies(AGENCY_DIR, *agency_dirs)
        asked = _agency(agencies, agency)
        wanted = Quarter.parse(quarter) if quarter else _quarter_of(paths, today)
        files = {path.name: _read(path, out) for path in paths}
        if any(data is None for data in files.values()):
            return NOT_LOADED
        whole = {name: data for name, data in files.items() if data is not None}
        _check_manifest(whole, out)
        intake = take_in(
            asked,
            wanted,
            whole,
            today=today,
            others=[a for a in agencies.values() if a is not asked],
            is_whole=False,
        )
    except FileRefused:
        return NOT_LOADED
    except (DocumentError, IntakeError, ValueError) as error:
        print(str(error), file=out)
        return NOT_LOADED
    print(receipt(intake, received_on=today).to_text(), end="", file=out)
    if intake.stopped:
        return NOT_LOADED
    return LEFT_OUT if intake.quarantined.height else ACCEPTED


def _agency(agencies: dict[str, Agency], name: str) -> Agency:
    if name not in agencies:
        raise ValueError(f"no agency is called [{name}]. Use one of [{', '.join(agencies)}].")
    return agencies[name]


def _quarter_of(paths: Sequence[Path], today: date) -> Quarter:
    named = {found.group() for path in paths if (found := _QUARTER.search(path.name))}
    if len(named) > 1:
        raise ValueError(
            f"the files are of [{len(named)}] quarters. Check one quarter at a time, or give --quarter."
        )
    return Quarter.parse(named.pop()) if named else Quarter.of(today).previous


def _read(path: Path, out: TextIO) -> bytes | None:
    """The file's bytes, or None where it may not be read; says why."""
    try:
        first = _look(path)
        check_size(first.size_bytes)
        if time.time() - first.modified_ns / 1e9 < RECENT_SECONDS:
            time.sleep(SETTLE_SECONDS)
        data = path.read_bytes()
        check_settled(first, _look(path))
    except FileRefused as refusal:
        _say(path.name, refusal, out)
        return None
    except OSError as error:
        print(f"[{path.name}]: could not be opened [{type(error).__name__}]. Check the path.", file=out)
        return None
    return data


def _look(path: Path) -> Look:
    status = path.stat()
    return Look(size_bytes=status.st_size, modified_ns=status.st_mtime_ns)


def _check_manifest(files: dict[str, bytes], out: TextIO) -> None:
    if (manifest := files.get("manifest.json")) is not None:
        try:
            check_manifest(files, manifest)
        except FileRefused as refusal:
            _say("manifest.json", refusal, out)
            raise


def _say(name: str, refusal: FileRefused, out: TextIO) -> None:
    for trip in refusal.trips:
        rule = RULES[trip.rule_id]
        hint = f" ({trip.hint})" if trip.hint else ""
        print(f"[{name}]: {rule.what}{hint} {rule.remedy} [{rule.rule_id}]", file=out)
