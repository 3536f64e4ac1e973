"""The releases folder: the only place outside the databases that counts reach, and the published ledger
beside it.

What belongs here: writing a folder whole or not at all, reading it back, checksums. What does not: what is in
the files (``pipelines.release``, ``dashboards``).

A release is named ``<quarter>.<number>``. A candidate may be made anew until it is approved; an approved
folder is never written again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pipelines.store.places import Places
from schemas.quarters import Quarter

CHECKSUMS = "SHA256SUMS"
META = "release.json"
LEDGER = "ledger.jsonl"
APPROVED = "approved"
"""Status of a release that is out."""
PUBLIC = "-public"
"""Ending of the folder of a public release: ``2026-Q3.1-public`` holds part of what ``2026-Q3.1`` does."""
_FOLDER = re.compile(r"\d{4}-Q[1-4]\.\d+")


class ReleaseError(RuntimeError):
    """A release cannot be read or written; the text says which, why and what to do."""


def folders(places: Places) -> list[Path]:
    """Every release folder for the board, oldest first."""
    return sorted((path for path in places.releases.glob("*.*")
                   if _FOLDER.fullmatch(path.name) and (path / META).is_file()), key=place_of)


def place_of(folder: Path) -> tuple[Quarter, int]:
    """Quarter and number of a release, by its folder's name: the order in which releases are made."""
    quarter, number = folder.name.removesuffix(PUBLIC).split(".")
    return Quarter.parse(quarter), int(number)


def public_folders(places: Places) -> list[Path]:
    """Every folder of a public release, in order of its name."""
    return sorted(path for path in places.releases.glob(f"*{PUBLIC}") if (path / META).is_file())


def meta(folder: Path) -> dict[str, Any]:
    """``release.json`` of a folder."""
    content: dict[str, Any] = json.loads((folder / META).read_text(encoding="utf-8"))
    return content


def published(places: Places) -> list[Path]:
    """Approved folders for the board, oldest first."""
    return [path for path in folders(places) if meta(path)["status"] == APPROVED]


def earlier(places: Places, name: str) -> list[Path]:
    """Approved folders for the board before the release of that name, oldest first: what its reader may
    already hold. A release before it of the same quarter is among them."""
    return [path for path in published(places) if place_of(path) < place_of(Path(name))]


def folder_name(places: Places, quarter: Quarter) -> str:
    """Name of the folder that a candidate for ``quarter`` takes: the open candidate's, or the next number."""
    own = [path for path in folders(places) if path.name.startswith(f"{quarter}.")]
    if own and meta(own[-1])["status"] == "candidate":
        return own[-1].name
    return f"{quarter}.{len(own) + 1}"


def approved(places: Places, quarter: Quarter) -> Path | None:
    """The latest approved release of a quarter for the board; None where there is none."""
    own = [path for path in published(places) if path.name.startswith(f"{quarter}.")]
    return own[-1] if own else None


def tables_of(folder: Path) -> dict[str, bytes]:
    """Bytes of the protected tables of a release: ``systems.json`` and ``cubes/*.csv``, by relative name."""
    names = ["systems.json", *(f"cubes/{path.name}" for path in sorted((folder / "cubes").glob("*.csv")))]
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def write_folder(places: Places, name: str, files: dict[str, bytes]) -> Path:
    """Write a candidate's folder whole or not at all, with its checksums.

    Raises:
        ReleaseError: a folder of that name is approved already.
    """
    target = places.releases / name
    if (target / META).is_file() and meta(target)["status"] != "candidate":
        raise ReleaseError(f"Release [{name}] is approved and is never written again. Make a new one.")
    places.releases.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=places.releases, prefix=".making-") as making:
        for file_name, content in files.items():
            path = Path(making) / file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        write_checksums(Path(making))
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(making, target)
    return target


def write_checksums(folder: Path) -> None:
    """Write ``SHA256SUMS`` over every other file of the folder, in order."""
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}"
             for path in sorted(folder.rglob("*")) if path.is_file() and path.name != CHECKSUMS]
    (folder / CHECKSUMS).write_text("\n".join(lines) + "\n", encoding="utf-8")


def changed_files(folder: Path) -> list[str]:
    """Files that are not as the checksums say: changed, missing or added; empty where all is as it was."""
    lines = (line.split("  ", 1) for line in (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines())
    said = {name: digest for digest, name in lines}
    here = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS}
    return sorted(name for name in said.keys() | here.keys() if said.get(name) != here.get(name))
