"""The sample partnership taken in once a session, without Dagster: what the tests of truth and rotation start
from."""

from __future__ import annotations

import os
import shutil
from datetime import date
from itertools import zip_longest
from pathlib import Path

import pytest
from filelock import FileLock

from pipelines.hub import Hub
from pipelines.steps.ahead import working_ahead
from pipelines.steps.receive import Received, receive
from pipelines.store.connect import hold
from pipelines.store.places import Places
from schemas.quarters import Quarter
from tests.conftest import SAMPLE, WORKER

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
    if WORKER not in os.environ:
        hub = new_hub(tmp_path_factory.mktemp("taken_in"))
        _take_all(hub)
        return hub
    # one installation for all processes of a session: the first that asks takes it in, the others wait
    base = tmp_path_factory.getbasetemp().parent / "taken_in"
    with FileLock(f"{base}.lock"):
        if not (base / "done").exists():
            _take_all(new_hub(base))
            (base / "done").touch()
    return Hub(places=Places.under(base / "var"))


def _take_all(hub: Hub) -> None:
    """As a run of several quarters does it: the databases stay open, and what waits is worked out ahead."""
    quarters = hub.partnership.quarters
    with pytest.MonkeyPatch.context() as patch, hold(hub.places), working_ahead(hub) as ahead:
        patch.setattr(Hub, "today", lambda _: TODAY)
        for quarter, later in zip_longest(quarters, quarters[1:]):
            for waits in filter(None, (quarter, later)):
                for folder in SAMPLE.glob(f"*/{waits}"):
                    lay_out(hub, folder, waits)
            ahead.look()
            for folder in sorted(SAMPLE.glob(f"*/{quarter}*")):
                outcome = take(hub, folder.parent.name, folder.name).outcome.value
                assert outcome in ("loaded", "nil"), (folder.parent.name, folder.name, outcome)
