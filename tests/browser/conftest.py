"""Pages in a real browser: Debian's chromium, never a downloaded one. Skipped with a reason where there is
none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from dashboards.pdf import find_browser
from dashboards.site import build_pages
from schemas.partnership import Partnership
from tests.unit.dashboards.conftest import commentary_file, draw, earlier_dir, pages, partnership, release_dir

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
__all__ = ["commentary_file", "draw", "earlier_dir", "pages", "partnership", "release_dir"]


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """One chromium for the session."""
    found = find_browser()
    if found is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def single_file(
    release_dir: Path, partnership: Partnership, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The edition that is one file."""
    (path,) = build_pages(
        release_dir,
        tmp_path_factory.mktemp("single"),
        earlier=[],
        partnership=partnership,
        commentary=None,
        single_file=True,
    )
    return path
