"""Approval that is broken off: it has not happened, or the next look finishes it; never half."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from anonymisation.disclosure import read_ledger
from pipelines.release.sign_off import approve, check_past, finish_approvals, problems
from pipelines.store import releases
from pipelines.store.lock import StoreBusy, writer_lock
from pipelines.store.places import Places
from pipelines.store.releases import ReleaseError
from tests.unit.release.test_published_past import SIGNERS, candidate

CALLS = ("rename", "replace", "chmod", "rmdir")
"""Every change that an approval makes to what stands in the releases folder is one of these."""


class Killed(BaseException):
    """The process ends here: nothing of ours may catch it."""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path / "var")


def _dies_at(monkeypatch: pytest.MonkeyPatch, last: int) -> list[str]:
    """Let the process die before its ``last``-th change to a name or a mode; the changes that were made."""
    made: list[str] = []

    def counted(name: str, change: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if len(made) >= last:
                raise Killed
            made.append(name)
            return change(*args, **more)
        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, counted(name, getattr(os, name)))
    return made


def _state(places: Places) -> tuple[str, int]:
    """Status of the folder and number of lines of the ledger."""
    ledger = places.releases / releases.LEDGER
    meta = releases.meta(places.releases / "2026-Q2.1")
    return str(meta["status"]), len(read_ledger(ledger.read_bytes())) if ledger.exists() else 0


def _approve(places: Places) -> Path:
    return approve(places, "2026-Q2.1", "approver", signers=SIGNERS, sign=lambda _: None)


def _dies_before_the_ledger(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(os, "replace", dies)
        _approve(places)


def _changes(places: Places, monkeypatch: pytest.MonkeyPatch) -> int:
    with monkeypatch.context() as patch:
        made = _dies_at(patch, 10_000)
        _approve(places)
        return len(made)


def test_approve_when_killed_at_any_change_then_a_second_call_leaves_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Places.under(tmp_path / "whole")
    candidate(whole, "2026-Q2.1", "2026-Q1", "2026-Q2", number=1)
    n_changes = _changes(whole, monkeypatch)
    assert n_changes > 5
    for last in range(n_changes):
        places = Places.under(tmp_path / f"at-{last}")
        candidate(places, "2026-Q2.1", "2026-Q1", "2026-Q2", number=1)
        with monkeypatch.context() as patch, pytest.raises(Killed):
            _dies_at(patch, last)
            _approve(places)
        with suppress(ReleaseError):  # approved already: it died while it cleared up
            _approve(places)
        finish_approvals(places)
        folder = places.releases / "2026-Q2.1"
        assert _state(places) == _state(whole), last
        assert problems(places) == [], last
        assert sorted(p.name for p in places.releases.iterdir()) == ["2026-Q2.1", "ledger.jsonl"], last
        assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o444}


def test_past_when_an_approval_was_broken_off_after_it_stood_then_the_next_release_finishes_it(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate(places, "2026-Q2.1", "2026-Q1", "2026-Q2", number=1)
    _dies_before_the_ledger(places, monkeypatch)
    assert _state(places)[0] == "candidate"
    check_past(places)
    assert _state(places)[0] == "approved"
    assert finish_approvals(places) == []


def test_approve_when_the_drawing_refuses_then_nothing_is_left_of_it(places: Places) -> None:
    candidate(places, "2026-Q2.1", "2026-Q1", "2026-Q2", number=1)

    def refuses(_: Path) -> None:
        raise ReleaseError("A page cannot be drawn.")

    with pytest.raises(ReleaseError, match=r"^A page cannot be drawn\.$"):
        approve(places, "2026-Q2.1", "approver", signers=SIGNERS, sign=refuses)
    assert (_state(places), [p.name for p in places.releases.iterdir()]) == (("candidate", 0), ["2026-Q2.1"])


def test_approve_when_the_ledger_was_changed_in_between_then_says_so_and_changes_nothing(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate(places, "2026-Q2.1", "2026-Q1", "2026-Q2", number=1)
    _dies_before_the_ledger(places, monkeypatch)
    (places.releases / releases.LEDGER).write_bytes(b"another\n")
    with pytest.raises(ReleaseError, match=r"^The approval of \[2026-Q2\.1\] was broken off, and the ledger"):
        _approve(places)
    assert (places.releases / releases.LEDGER).read_bytes() == b"another\n"


def test_approve_when_two_approve_at_one_instant_then_one_stands_and_the_other_is_told(
    places: Places,
) -> None:
    candidate(places, "2026-Q2.1", "2026-Q1", "2026-Q2", number=1)
    together, draws, ended = threading.Barrier(2), [], []

    def sign(folder: Path) -> None:
        draws.append(folder)
        # had the second one come in, it would have cleared this folder away
        assert (folder / releases.META).is_file()

    def one() -> None:
        together.wait()
        try:
            ended.append(approve(places, "2026-Q2.1", "approver", signers=SIGNERS, sign=sign).name)
        except ReleaseError as error:
            ended.append(str(error))

    both = [threading.Thread(target=one) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(timeout=60)
    first, second = sorted(ended)
    assert first == "2026-Q2.1" and second.startswith("Release [2026-Q2.1] is approved already, by ")
    assert len(draws) == 1 and _state(places)[0] == "approved"
    assert problems(places) == []


def test_finish_approvals_when_an_approval_is_under_way_then_it_waits_and_clears_nothing_away(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate(places, "2026-Q2.1", "2026-Q1", "2026-Q2", number=1)
    monkeypatch.setattr("pipelines.release.sign_off.writer_lock", partial(writer_lock, wait_seconds=0.0))

    def sign(folder: Path) -> None:
        with pytest.raises(StoreBusy):
            check_past(places)
        assert folder.is_dir()

    approve(places, "2026-Q2.1", "approver", signers=SIGNERS, sign=sign)
    assert _state(places)[0] == "approved"
