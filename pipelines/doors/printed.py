"""``tessera print``: a release's pack as a tagged PDF, read by the screener before it is left behind.

What belongs here: what is said and when the print is taken away again. What does not: the browser
(``dashboards.pdf``) and the rules (``dashboards.screen``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from dashboards.declared import declared
from dashboards.pdf import print_pdf
from dashboards.screen import said_of_documents, screen_pdf
from pipelines.steps.release import DASHBOARD, allowed
from pipelines.store.releases import ReleaseError
from schemas.partnership import Partnership

PRINTED, NOTHING = 0, 1


def print_release(partnership: Partnership, folder: Path, out: Path) -> int:
    """Print and screen; 0 printed, 1 no browser is there, or the print may not leave and was taken away.

    Raises:
        pipelines.store.releases.ReleaseError: there is no release in the folder.
    """
    pack = folder / DASHBOARD / "pack.html"
    if not pack.is_file():
        raise ReleaseError(f"There is no release in [{folder}]: it has no [{DASHBOARD}/pack.html]. Name the "
                           "release's folder, such as [var/releases/2026-Q3.1].")
    printed = print_pdf(pack, out)
    print(printed.said)
    if printed.path is None:
        return NOTHING
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.csv"))}
    may = allowed(partnership)
    page = pack.read_text(encoding="utf-8")
    may_stand = declared(texts, (*may.texts, said_of_documents(page)))
    found = tuple(screen_pdf(out.name, out.read_bytes(), may, may_stand, page=page))
    for one in found:
        print(one.text, file=sys.stderr)
    if found:
        out.unlink()
        return NOTHING
    return PRINTED
