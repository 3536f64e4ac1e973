"""Sign-off: a candidate becomes a publication when someone other than its maker approves it.

What belongs here: the rules of signing, the audit log, the published ledger. What does not: who the signers
are (``schemas.signers``) and making the candidate (``pipelines.steps.release``).

On approval the cells enter the ledger: append-only, each line chained to the one before, withheld cells
without values. From then on they are known to every reader, and every later release is protected and attacked
with them known.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from anonymisation.disclosure import (
    Block,
    append_ledger,
    ledger_head,
    published_cells,
    read_ledger,
    verify_ledger,
)
from pipelines.release.files import is_told, keyed
from pipelines.release.provenance import to_json
from pipelines.release.public import AUDIENCE as PUBLIC_AUDIENCE
from pipelines.release.public import check_public
from pipelines.store import releases
from pipelines.store.lock import writer_lock
from pipelines.store.places import Places
from pipelines.store.releases import ReleaseError
from schemas.quarters import Quarter
from schemas.signers import Act, Signers

NEVER_TOLD = -1
"""Beside published values, which are 0 or more, or None where withheld."""
VINTAGE = "provisional"
"""Figures are provisional when first published; a restatement would be a vintage of its own."""


def _log_line(event: str, who: str) -> dict[str, Any]:
    return {"at": datetime.now(UTC).replace(microsecond=0).isoformat(), "event": event, "by": who}


def made(meta: dict[str, Any], maker: str, signers: Signers, *, on: str) -> dict[str, Any]:
    """``release.json`` of a candidate with its maker and the first line of its audit log.

    Raises:
        schemas.signers.SignerError: the maker is not listed as one.
    """
    who = signers.signer(maker, Act.MAKE).text
    return meta | {"made_by": who, "log": [{"at": on, "event": "made", "by": who}]}


def approve(places: Places, name: str, approver: str, *, signers: Signers,
            sign: Callable[[Path], None]) -> Path:
    """Approve a candidate: mark it, log it, enter its cells into the published ledger, seal its checksums.

    Args:
        approver: a signer's name.
        sign: lets the pages of a folder say that it is approved; it may refuse.

    An approval that a crash broke off has either not happened or is finished by the next call
    (:func:`finish_approvals`): the ledger never lacks the cells of an approved folder for good.

    One approval runs at a time: a second one at the same instant waits, and is then judged by what the first
    has left.

    Raises:
        ReleaseError: no such candidate, approved already, changed since it was made, protected before another
            release came out, or the approver made it.
        schemas.signers.SignerError: the approver is not listed as one for this audience.
        pipelines.store.lock.StoreBusy: another approval has not come to its end.
    """
    with writer_lock(places.approval_lock):
        return _approve(places, name, approver, signers=signers, sign=sign)


def _approve(places: Places, name: str, approver: str, *, signers: Signers,
             sign: Callable[[Path], None]) -> Path:
    """``approve`` while nobody else approves."""
    if name in _finish_all(places):
        return places.releases / name
    folder = places.releases / name
    if not (folder / releases.META).is_file():
        known = [*releases.folders(places), *releases.public_folders(places)]
        raise ReleaseError(f"No release is called [{name}]. Releases: "
                           f"{', '.join(p.name for p in known) or 'none'}.")
    meta = releases.meta(folder)
    if meta["status"] != "candidate":
        raise ReleaseError(f"Release [{name}] is approved already, by [{meta['approved_by']}].")
    if not approver.strip():
        raise ReleaseError("Say who approves, with --as.")
    is_public = meta.get("audience") == PUBLIC_AUDIENCE
    if not is_public:
        _require_same_past(places, folder)
    maker = str(meta["made_by"] or "").casefold()
    if approver.strip().casefold() in (maker, maker.split(", ", 1)[0]):
        raise ReleaseError(f"[{approver}] made the candidate [{name}]; someone else must approve it.")
    who = signers.signer(approver, Act.APPROVE_PUBLIC if is_public else Act.APPROVE).text
    if changed := releases.changed_files(folder):
        raise ReleaseError(f"Release [{name}] is not as it was made: [{len(changed)}] files differ, first "
                           f"[{changed[0]}]. Make it again.")
    ledger = places.releases / releases.LEDGER
    existing = ledger.read_bytes() if ledger.exists() else b""
    if is_public:
        check_public(releases.tables_of(folder), existing)
    added = append_ledger(existing, _blocks(folder, existing))
    meta |= {"status": releases.APPROVED, "approved_by": who,
             "approved_on": datetime.now(UTC).date().isoformat()}
    meta["ledger_before"] = ledger_head(existing)
    meta["log"] = [*meta.get("log", []), _log_line("approved", who)]
    staged = places.releases / f"{APPROVING}{name}"
    making = staged.with_name(f"{staged.name}.part")
    drawn = making / name
    shutil.copytree(folder, drawn)
    try:
        (drawn / releases.META).write_bytes(to_json(meta))
        sign(drawn)
        releases.write_checksums(drawn)
        (making / releases.LEDGER).write_bytes(added)
        making.rename(staged)  # from here on the approval stands, and whatever breaks off is finished later
    except Exception:
        shutil.rmtree(making)
        raise
    _finish_all(places)
    return folder


APPROVING = ".approving-"
"""Start of the name of a folder with an approval on its way: the approved folder, and the ledger with its
cells."""


def finish_approvals(places: Places) -> list[str]:
    """Finish approvals that were broken off; names of the releases that are approved by it. What had not come
    to stand is cleared away. Each step may be done again.

    Raises:
        ReleaseError: the ledger is neither as it was before the approval nor as it is to be.
        pipelines.store.lock.StoreBusy: an approval is under way and has not come to its end.
    """
    with writer_lock(places.approval_lock):  # what another process is drawing is not broken off
        return _finish_all(places)


def _finish_all(places: Places) -> list[str]:
    """``finish_approvals`` while nobody approves."""
    for left in places.releases.glob(f"{APPROVING}*.part"):
        shutil.rmtree(left)
    return [_finish(places, staged) for staged in sorted(places.releases.glob(f"{APPROVING}*"))]


def _finish(places: Places, staged: Path) -> str:
    name = staged.name.removeprefix(APPROVING)
    added, ledger = (staged / releases.LEDGER).read_bytes(), places.releases / releases.LEDGER
    existing = ledger.read_bytes() if ledger.exists() else b""
    if existing != added:
        if not added.startswith(existing):
            raise ReleaseError(f"The approval of [{name}] was broken off, and the ledger was changed since. "
                               "Restore the releases folder and its ledger from a copy.")
        temporary = ledger.with_suffix(".part")
        temporary.write_bytes(added)
        temporary.replace(ledger)
    drawn, folder = staged / name, places.releases / name
    if drawn.exists():
        if folder.exists():
            folder.rename(staged / "before")
        drawn.rename(folder)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    done = staged.with_name(f"{staged.name}.part")
    staged.rename(done)  # half removed, it would look like an approval that lacks its ledger
    shutil.rmtree(done)
    return name


def _blocks(folder: Path, existing: bytes) -> list[Block]:
    """What the release adds to the ledger: cells of units and periods that are new or told anew, under their
    vintage; a unit without any names its files again."""
    before = published_cells(read_ledger(existing)) if existing else {}
    cells: dict[tuple[str, str], dict[str, int | None]] = {}
    absent: dict[tuple[str, str], list[str]] = {}
    files: dict[str, dict[str, str]] = {}
    described = json.loads((folder / "systems.json").read_bytes())
    for cube in described["cubes"]:
        path = folder / "cubes" / f"{cube['name']}.csv"
        content = path.read_bytes()
        files.setdefault(cube["unit"],
                         {})[f"{folder.name}/cubes/{path.name}"] = hashlib.sha256(content).hexdigest()
        frame = pl.read_csv(content, infer_schema=False, empty_string_is_null=False).with_columns(
            pl.col("value").cast(pl.Int64, strict=False).alias("n"))
        told = is_told(cube)
        for key, value in keyed(frame.filter(told), cube["unit"], tuple(cube["dimensions"])).iter_rows():
            unit, period, cell = key.split("|")
            cells.setdefault((unit, period), {})[cell] = value
        for key, _ in keyed(frame.filter(~told), cube["unit"], tuple(cube["dimensions"])).iter_rows():
            unit, period, cell = key.split("|")
            absent.setdefault((unit, period), []).append(cell)
    chosen = []
    for unit in files:
        own = sorted(period for u, period in cells if u == unit)
        fresh = [p for p in own if any(before.get(f"{unit}|{p}|{cell}", NEVER_TOLD) != value
                                       for cell, value in cells[(unit, p)].items())]
        # nothing of the unit could be counted yet: its files are named beside a period without a cell
        none = max((period for u, period in absent if u == unit), default=folder.name.split(".")[0])
        chosen += [(unit, period) for period in fresh or own[-1:] or [none]]
    nothing: dict[str, int | None] = {}
    untold = {system: {*keys} - cells.get(system, nothing).keys() for system, keys in absent.items()}
    return [
        Block(release=folder.name, vintage=described.get("vintages", {}).get(period, VINTAGE), unit=unit,
              period=period, files=files[unit],
              cells={c: v for c, v in sorted(cells.get((unit, period), nothing).items()) if v is not None},
              withheld=tuple(sorted(c for c, v in cells.get((unit, period), nothing).items() if v is None)),
              unavailable=tuple(sorted(untold.get((unit, period), ()))))
        for unit, period in chosen]


def _require_same_past(places: Places, folder: Path) -> None:
    """Refuse a candidate that was protected together with other releases than those which are out by now:
    nobody has attacked it together with these."""
    beside = json.loads((folder / "systems.json").read_bytes()).get("earlier", [])
    out = [path.name for path in releases.published(places)]
    if beside != out:
        unseen = sorted({*out} - {*beside})
        raise ReleaseError(
            f"Release [{folder.name}] was protected before [{', '.join(unseen)}] came out, and nobody knows "
            "what both give away together. Make it again (tessera release).")


def require_latest(places: Places, quarter: Quarter) -> None:
    """Refuse to release a quarter after a later one: the later release has told it already.

    Raises:
        ReleaseError: names the later release.
    """
    latest = releases.published(places)[-1:]
    if latest and releases.place_of(latest[0])[0] > quarter:
        raise ReleaseError(f"Release [{latest[0].name}] is out, and tells [{quarter}] already. Nothing is "
                           "released of a quarter before it any more.")


def check_past(places: Places) -> list[Block]:
    """The published ledger, oldest block first; refuses to let anything be protected beside a past that is
    not whole: every reader holds it, so the protector and the auditor must. Nothing has been written when
    this is raised.

    Raises:
        ReleaseError: how many things are wrong, and the first of them.
    """
    finish_approvals(places)
    found = problems(places)
    if found:
        raise ReleaseError(
            f"The published past is not whole, and no release is made beside it: [{len(found)}] things are "
            "wrong, first: "
            f"{found[0].rstrip(chr(46))}. Restore the releases folder and its ledger from a copy (tessera "
            "verify says what is wrong).")
    ledger = places.releases / releases.LEDGER
    return read_ledger(ledger.read_bytes()) if ledger.exists() else []


def problems(places: Places) -> list[str]:
    """What is wrong with the releases folder: changed files, a broken ledger; empty where all is as it was
    published."""
    found = []
    published = [folder for folder in (*releases.folders(places), *releases.public_folders(places))
                 if releases.meta(folder)["status"] == releases.APPROVED]
    for folder in published:
        found += [f"[{folder.name}/{name}] is not as it was published"
                  for name in releases.changed_files(folder)]
    ledger = places.releases / releases.LEDGER
    if ledger.exists():
        files = {f"{f.name}/cubes/{p.name}": p.read_bytes() for f in published
                 for p in (f / "cubes").glob("*.csv")}
        found += verify_ledger(ledger.read_bytes(), files)
    elif published:
        found.append(f"[{releases.LEDGER}] is missing, although releases were approved")
    return found
