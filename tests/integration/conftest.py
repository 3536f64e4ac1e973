"""The sample partnership taken in once a session, without Dagster: what the tests of truth and rotation start
from."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pipelines.hub import Hub
from pipelines.steps.receive import Received, receive
from pipelines.store.places import Places
from schemas.quarters import Quarter
from tests.conftest import SAMPLE

TODAY = date(2026, 11, 20)
"""Day of receipt where a manifest names none, and of every release that these tests make."""


def new_hub(folder: Path) -> Hub:
    """A fresh installation with keys of its own."""
    hub = Hub(places=Places.under(folder / "var"))
    hub.places.make()
    hub.ensure_keys()
    return hub


def lay_out(hub: Hub, folder: Path, quarter: Quarter) -> None:
    """Put one delivery of the sample into the landing folder, as its agency would have."""
    shutil.copytree(folder, hub.places.landing / folder.parent.name / str(quarter), dirs_exist_ok=True)


def take(hub: Hub, agency: str, delivery: str, *, today: date = TODAY) -> Received:
    """Take in one delivery of the sample (``2025-Q2``, ``2025-Q2.resend-1``)."""
    quarter = Quarter.parse(delivery.split(".")[0])
    lay_out(hub, SAMPLE / agency / delivery, quarter)
    return receive(hub.places, hub.keys(), hub.agencies, agency, quarter,
                   partnership=hub.partnership, today=today)


def copied(hub: Hub, folder: Path) -> Hub:
    """The same installation somewhere else, to be changed there."""
    made = Hub(places=Places.under(folder / "var"))
    shutil.copytree(hub.places.data_dir, made.places.data_dir)
    shutil.copytree(hub.places.key_dir, made.places.key_dir)
    return made


@pytest.fixture(scope="session")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """Every delivery of the sample received in order of its quarter, resends after what they replace. Not to
    be changed."""
    hub = new_hub(tmp_path_factory.mktemp("taken_in"))
    for quarter in hub.partnership.quarters:
        for folder in sorted(SAMPLE.glob(f"*/{quarter}*")):
            outcome = take(hub, folder.parent.name, folder.name).outcome.value
            assert outcome in ("loaded", "nil"), (folder.parent.name, folder.name, outcome)
    return hub
