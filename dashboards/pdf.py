"""The pack as a PDF: the same pages, printed by a Chromium-family browser where the machine has one.

What belongs here: finding a browser and asking it to print. What does not: how the print looks
(``assets/tessera.css``). The print is tagged and outlined by the browser; its page numbers come from the
style sheet. Without a browser the HTML stands alone, and the caller says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "brave-browser",
    "vivaldi",
)
"""Names under which a Chromium-family browser is found on the path, in this order."""
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
"""Where it is installed without being on the path."""
LONGEST_SECONDS = 180
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--export-tagged-pdf",
    "--virtual-time-budget=60000",
)


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What became of a wish to print."""

    path: Path | None
    """None where nothing was printed."""
    said: str
    """One sentence for the person who asked."""


def find_browser() -> str | None:
    """The first Chromium-family browser of this machine; None where there is none."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    return next((place for place in PLACES if Path(place).exists()), None)


def print_pdf(pack: Path, target: Path, *, browser: str | None = None) -> Printed:
    """Print ``pack.html`` to ``target``; says so where there is no browser or it prints nothing."""
    program = browser or find_browser()
    if program is None:
        return Printed(
            path=None,
            said=(
                f"No PDF: no Chromium-family browser was found. [{pack.name}] stands alone; install one of "
                f"[{', '.join(BROWSERS[:3])}] to print it."
            ),
        )
    alone = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory() as profile:
        printed = Path(profile) / "pack.pdf"
        command = [
            program,
            *_FLAGS,
            *alone,
            f"--user-data-dir={profile}",
            f"--print-to-pdf={printed}",
            pack.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=LONGEST_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return Printed(
                path=None, said=f"No PDF: the browser did not print within {LONGEST_SECONDS} seconds."
            )
        if done.returncode != 0 or not printed.exists() or not printed.read_bytes().startswith(b"%PDF"):
            return Printed(
                path=None,
                said=f"No PDF: the browser ended with code [{done.returncode}] and printed nothing.",
            )
        target.write_bytes(printed.read_bytes())
    return Printed(path=target, said=f"Printed [{target.name}].")
