"""Other editions of an approved release: for other boards, on one page, and each agency's own.

What belongs here: which folder gets which edition, and when an agency may have its own. What does not: the
pages (``dashboards``) and the release (``release.py``).
"""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

from dashboards.context import Context
from dashboards.screen import screen
from dashboards.site import build_edition, context_of
from pipelines.hub import Hub
from pipelines.release.quality import delivered_by
from pipelines.steps.release import COMMENTARY, allowed, require_clean
from pipelines.store import releases
from pipelines.store.releases import ReleaseError
from schemas.quarters import Quarter

PRE_RELEASE_DAYS = 5
"""Days before the board's meeting from which an agency may have its own edition: time to mend a slip before
the board reads it."""
AGENCY = "agency"
"""Every agency's own edition, each in a folder of its own."""


def write_editions(hub: Hub, name: str, edition: str, *, single_file: bool) -> list[Path]:
    """Write one edition of an approved release, or one for each agency (``agency``); the first page of each.

    Each goes to ``<data directory>/editions/<release>/<edition or agency>/``, which is written anew.

    Raises:
        ReleaseError: no such release, it is not approved, or it is too early for an agency's own edition.
        dashboards.site.EditionError: no such edition or agency.
        ScreenedOut: something in it may not leave.
    """
    folder = hub.places.releases / name
    if not (folder / releases.META).is_file():
        raise ReleaseError(f"No release is called [{name}]. Releases: "
                           f"{', '.join(p.name for p in releases.folders(hub.places)) or 'none'}.")
    meta = releases.meta(folder)
    if meta["status"] != releases.APPROVED:
        raise ReleaseError(f"Release [{name}] is not approved; nobody but its signers may have it. "
                           "Approve it first (tessera approve).")
    quarter = Quarter.parse(meta["quarter"])
    kind, _, one = edition.partition(":")
    if kind == AGENCY:
        check_day(hub.partnership.board_on(quarter), quarter, hub.today())
        named = [one] if one else [entry["agency"] for entry in meta["agencies"]]
        wanted = [(f"{AGENCY}:{agency}", agency) for agency in named]
    else:
        wanted = [(edition, edition)]
    context = context_of(folder, earlier=releases.earlier(hub.places, folder.name),
                         partnership=hub.partnership)
    return [_write(hub, folder, context, chosen, part, single_file=single_file) for chosen, part in wanted]


def check_day(board_on: date | None, quarter: Quarter, today: date) -> None:
    """Refuse an agency's edition before its day.

    Raises:
        ReleaseError: the board's date is not entered, or lies more than ``PRE_RELEASE_DAYS`` ahead.
    """
    if board_on is None:
        raise ReleaseError(f"The partnership's file names no day on which the board meets for [{quarter}]. "
                           "Enter it under [board_meetings].")
    first = board_on - timedelta(days=PRE_RELEASE_DAYS)
    if today < first:
        raise ReleaseError(f"The board meets on [{board_on}]; agencies may have its figures from [{first}]. "
                           "Run this again on that day.")


def _write(hub: Hub, folder: Path, context: Context, edition: str, part: str, *, single_file: bool) -> Path:
    agency = part if edition.startswith(AGENCY) else None
    target = hub.places.editions / folder.name / part
    shutil.rmtree(target, ignore_errors=True)
    said = folder / COMMENTARY
    pages = build_edition(
        context, target, commentary=said if said.is_file() else None, single_file=single_file,
        edition=edition,
        delivered=() if agency is None else delivered_by(hub.places, agency))
    found = screen(target, allowed(hub.partnership), beside=folder)
    if found:
        shutil.rmtree(target)
    require_clean(f"Edition [{edition}] was not written", found)
    return pages[0]
