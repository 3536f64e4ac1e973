"""Fixtures of the dashboard tests: one release, the one before it, a partnership, and the pages built
once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from dashboards.context import Context
from dashboards.release import Release, read_release
from dashboards.site import build_pages
from dashboards.story import Story, tell
from dashboards.words import read_words
from schemas.partnership import Partnership, SupportLine, Thresholds
from schemas.quarters import Quarter
from tests.unit.dashboards.folder import AREAS, write_folder

COMMENTARY = """analyst: Partnership analyst
release: 2026-Q3.1

## incidents
What we see: More people came forward to the SARC than in earlier quarters.
What may explain it: The new self-referral line.
What we do not know: Whether the rise will last.
Decision: commission
Asked: Fund the self-referral line until the end of the contract.
Owner: Head of commissioning
By: 2026-12-15

## waiting
What we see: No clear change.
Decision: none
"""


@pytest.fixture(scope="session")
def partnership() -> Partnership:
    """A partnership of seven areas with two support lines."""
    return Partnership(
        name="Sample Partnership",
        short_name="Sample",
        is_sample=True,
        areas=AREAS,
        police_area="E23000014",
        first_quarter=Quarter(year=2022, number=4),
        last_quarter=Quarter(year=2026, number=3),
        cut_off_days=45,
        population_vintage="census_2021",
        thresholds=Thresholds(small_count=5, rounding_base=5, rate_base=60, full_quarters=4),
        support=(
            SupportLine(
                name="24/7 Rape and Sexual Abuse Support Line",
                who="Aged 16 and over, England and Wales",
                contact="0808 500 2222",
                checked_on=date(2026, 10, 1),
            ),
            SupportLine(name="Childline", who="Under 19s", contact="0800 1111", checked_on=date(2026, 10, 1)),
        ),
        exit_url="https://www.bbc.co.uk/weather",
        contact="data@partnership.example",
    )


@pytest.fixture(scope="session")
def release_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release folder of the third quarter of 2026."""
    return write_folder(tmp_path_factory.mktemp("releases") / "2026-Q3.1")


@pytest.fixture(scope="session")
def earlier_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release before it, in which one figure read otherwise."""
    return write_folder(
        tmp_path_factory.mktemp("earlier") / "2026-Q2.1",
        release="2026-Q2.1",
        last=Quarter(year=2026, number=2),
    )


@pytest.fixture(scope="session")
def release(release_dir: Path) -> Release:
    """The release, read."""
    return read_release(release_dir)


@pytest.fixture(scope="session")
def context(release: Release, earlier_dir: Path, partnership: Partnership) -> Context:
    """What every builder needs."""
    return Context(
        release=release, words=read_words(), partnership=partnership, earlier=read_release(earlier_dir)
    )


@pytest.fixture(scope="session")
def story(context: Context) -> Story:
    """The whole pack as values."""
    return tell(context, commentary=None)


@pytest.fixture(scope="session")
def commentary_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commentary that stands."""
    path = tmp_path_factory.mktemp("commentary") / "commentary.md"
    path.write_text(COMMENTARY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def draw(
    earlier_dir: Path, partnership: Partnership, commentary_file: Path
) -> Callable[[Path, Path], list[Path]]:
    """Draws the board's pages of a release folder into a folder."""
    return partial(
        build_pages, earlier=[earlier_dir], partnership=partnership, commentary=commentary_file
    )


@pytest.fixture(scope="session")
def pages(
    release_dir: Path, draw: Callable[[Path, Path], list[Path]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of the board's pages, built once."""
    out = tmp_path_factory.mktemp("pages")
    draw(release_dir, out)
    return out
