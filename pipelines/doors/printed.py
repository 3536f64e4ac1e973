"""``tessera print``: a release's pack as a tagged PDF, read by the screener before it is left behind.

What belongs here: what is said and when the print is taken away again. What does not: the browser
(``dashboards.pdf``) and the rules (``dashboards.screen``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from dashboards.declared import declared
from dashboards.pdf import print_pdf
from dashboards.screen import screen_pdf
from pipelines.hub import Hub
from pipelines.steps.release import DASHBOARD, allowed

PRINTED, NOTHING = 0, 1


def print_release(hub: Hub, folder: Path, out: Path) -> int:
    """Print and screen; 0 printed, 1 no browser is there, or the print may not leave and was taken away."""
    printed = print_pdf(folder / DASHBOARD / "pack.html", out)
    print(printed.said)
    if printed.path is None:
        return NOTHING
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.csv"))}
    may = allowed(hub)
    found = tuple(screen_pdf(out.name, out.read_bytes(), may, declared(texts, may.texts)))
    for one in found:
        print(one.text, file=sys.stderr)
    if found:
        out.unlink()
        return NOTHING
    return PRINTED
