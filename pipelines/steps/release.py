"""Step 11: a candidate release: the protected tables, what they are made of, and the dashboard; and its
approval.

What belongs here: putting the folder together, for the board or, smaller, for the public. What does not:
protection (``protect.py``), pages (``dashboards``), the rules of signing (``pipelines.release.sign_off``).
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from dashboards.beside import beside
from dashboards.release import read_release
from dashboards.screen import Allowed, Screened, screen
from dashboards.signing import sign_pages
from dashboards.site import build_pages
from dashboards.words import read_words
from pipelines.hub import Hub
from pipelines.release.provenance import release_meta, to_json
from pipelines.release.public import check_public, public_files
from pipelines.release.registers import PROVENANCE_FILE
from pipelines.release.sign_off import approve, check_past, made
from pipelines.store import releases
from pipelines.store.connect import connect
from pipelines.store.releases import ReleaseError
from pipelines.store.warehouse import prepare, protected_files
from schemas.partnership import Partnership
from schemas.quarters import Quarter

COMMENTARY = "commentary.md"
"""The analyst's words, kept in the folder: what is approved is what was read."""
DASHBOARD = "dashboard"


class ScreenedOut(RuntimeError):
    """The screener found what may not leave; the text names files and rules, never what was found."""


class NotProtected(RuntimeError):
    """The tables of the release have not been protected yet."""


def write_release(hub: Hub, quarter: Quarter) -> dict[str, str | int]:
    """Write the candidate of ``quarter`` from what was protected and stored; its folder and dashboard, for
    the log.

    Raises:
        NotProtected: nothing was stored for the quarter.
        schemas.signers.SignerError: the maker is no signer who may make.
        pipelines.store.releases.ReleaseError: the folder is approved already.
        ScreenedOut: something in it may not leave.
    """
    keys = hub.keys()
    with connect(hub.places, keys, warehouse=True) as connection:
        prepare(connection, keys.check_values())
        files = protected_files(connection, str(quarter))
        if not files:
            raise NotProtected(f"The tables of [{quarter}] have not been protected yet. Make the asset "
                               "[protected] first.")
        name = releases.folder_name(hub.places, quarter)
        meta = release_meta(connection, name=name, quarter=quarter, partnership=hub.partnership,
                            agencies=hub.agencies,
                            check_values=keys.check_values(), attacked=True, made_on=hub.today())
    if (register := files.pop(PROVENANCE_FILE, None)) is not None:
        meta["provenance"]["registers"] = json.loads(register)
    said = _commentary(hub, quarter)
    if said is not None:
        files[COMMENTARY] = said.read_bytes()
    return _candidate(hub, name, files, meta)


def write_public(hub: Hub, quarter: Quarter) -> dict[str, str | int]:
    """Write the candidate of the public release of ``quarter``: part of the board's, and nothing else.

    Raises:
        ReleaseError: the board's release of the quarter is not approved, a figure is not as it was published
            to the board, or the past is not whole.
        schemas.documents.DocumentError: the decision on what is public is absent or cannot be used.
        schemas.signers.SignerError: the maker is no signer who may make.
        ScreenedOut: something in it may not leave.
    """
    check_past(hub.places)
    board = releases.approved(hub.places, quarter)
    if board is None:
        raise ReleaseError(f"No release of [{quarter}] is approved for the board, so none can be made "
                           "public. Approve it first (tessera approve).")
    held = {path.relative_to(board).as_posix(): path.read_bytes() for path in sorted(board.rglob("*"))
            if path.is_file() and not path.is_relative_to(board / DASHBOARD)}
    name = f"{board.name}{releases.PUBLIC}"
    files = public_files(held, hub.publication, name=name)
    check_public(files, (hub.places.releases / releases.LEDGER).read_bytes())
    return _candidate(hub, name, files, json.loads(files.pop("release.json")))


def _candidate(hub: Hub, name: str, files: dict[str, bytes], meta: dict[str, Any]) -> dict[str, str | int]:
    """Draw and screen a candidate, and write its folder whole."""
    signed = made(meta, hub.maker, hub.signers, on=hub.today().isoformat())
    files["release.json"] = to_json(signed)
    with tempfile.TemporaryDirectory(dir=hub.places.temporary) as making:
        folder = Path(making) / name
        for file_name, content in files.items():
            path = folder / file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        pages = _render(hub, folder)
        files |= {path.relative_to(folder).as_posix(): path.read_bytes()
                  for path in sorted((folder / DASHBOARD).rglob("*"))
                  if path.is_file()}
    target = releases.write_folder(hub.places, name, files)
    return {"folder": name, "dashboard": str(target / DASHBOARD / "index.html"), "pages": pages,
            "files": len(files)}


def approve_release(hub: Hub, name: str, approver: str) -> Path:
    """Approve a candidate: its pages say so, and its figures are published.

    Raises:
        ReleaseError: see ``pipelines.release.sign_off.approve``.
        schemas.signers.SignerError: the approver is not listed as one for this audience.
        ScreenedOut: what the pages say now may not leave.
    """
    def sign(folder: Path) -> None:
        was, now = (read_release(path) for path in (hub.places.releases / name, folder))
        pages = sign_pages(folder / DASHBOARD, was, now, read_words(hub.partnership.language))
        changed = {releases.META, *(path.relative_to(folder).as_posix() for path in pages)}
        found = screen(folder, allowed(hub.partnership), only=changed)
        require_clean(f"Release [{name}] was not approved", found)

    return approve(hub.places, name, approver, signers=hub.signers, sign=sign)


def _render(hub: Hub, folder: Path) -> int:
    """Draw the pages of a folder and screen all of it; how many files were drawn.

    Raises:
        ScreenedOut: something in it may not leave.
    """
    is_public = folder.name.endswith(releases.PUBLIC)
    shutil.rmtree(folder / DASHBOARD, ignore_errors=True)
    said = folder / COMMENTARY
    with beside() as second:
        pages = build_pages(folder, folder / DASHBOARD, earlier=_earlier(hub, folder, is_public=is_public),
                            partnership=hub.partnership, commentary=said if said.is_file() else None,
                            edition="public" if is_public else "board", second=second)
        found = screen(folder, allowed(hub.partnership), second=second)
    require_clean(f"Release [{folder.name}] was not written", found)
    return len(pages)


def require_clean(what: str, found: tuple[Screened, ...]) -> None:
    """Refuse what the screener found something in; ``what`` was not done, in words.

    Raises:
        ScreenedOut: names file and rule, never what was found.
    """
    if found:
        raise ScreenedOut(
            f"{what}: the screener found [{len(found)}] things that may not leave, first rule "
            f"[{found[0].rule}] in [{found[0].file}]. {found[0].advice}")


def _earlier(hub: Hub, folder: Path, *, is_public: bool) -> list[Path]:
    """Approved releases before this one that its reader has seen."""
    if not is_public:
        return releases.earlier(hub.places, folder.name)
    return [path for path in releases.public_folders(hub.places)
            if releases.place_of(path) < releases.place_of(folder)
            and releases.meta(path)["status"] == releases.APPROVED]


def _commentary(hub: Hub, quarter: Quarter) -> Path | None:
    """The analyst's commentary on the quarter, where one stands beside the releases."""
    path = hub.places.data_dir / "commentary" / f"{quarter}.md"
    return path if path.is_file() else None


def allowed(partnership: Partnership) -> Allowed:
    """Addresses that a page may hold: the exit link, and the partnership's own contact."""
    return Allowed(
        addresses=(partnership.exit_url,), emails=tuple(re.findall(r"[\w.+-]+@[\w.-]+\w",
            partnership.contact)),
        base=partnership.thresholds.rounding_base,
        texts=tuple(line.contact for line in partnership.support))
