"""Deliveries worked out by the second process: as the first would, for the same bytes and keys alone."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from anonymisation.keys import KEY_NAMES, key_path
from pipelines.hub import Hub
from pipelines.steps import ahead as ahead_module
from pipelines.steps.ahead import Ahead, _Asked, digest_of, working_ahead
from pipelines.steps.prepare import Outcome, Prepared, prepare
from pipelines.steps.receive import Received, receive
from pipelines.store.connect import connect
from pipelines.store.landing import pick_up
from schemas.quarters import Quarter
from tests.conftest import SAMPLE
from tests.integration.conftest import lay_out, new_hub

QUARTER = Quarter.parse("2024-Q3")
SENT = ("counselling", "housing", "isva", "police", "probation", "sarc")

pytestmark = pytest.mark.skipif(ahead_module.cores() < 2, reason="one core: there is no second process")


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    made = new_hub(tmp_path)
    for agency in SENT:
        lay_out(made, SAMPLE / agency / str(QUARTER), QUARTER)
    return made


@pytest.fixture
def at_work(hub: Hub) -> Iterator[Ahead]:
    with working_ahead(hub) as at_work:
        yield at_work


@dataclass(frozen=True, kw_only=True)
class Worked:
    """Six deliveries that a second process has worked out, all that was said to it, and its command."""

    hub: Hub
    ahead: Ahead
    said: list[bytes]
    command: bytes


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    """Worked out once for all tests that only look at it."""
    hub = new_hub(tmp_path_factory.mktemp("ahead"))
    for agency in SENT:
        lay_out(hub, SAMPLE / agency / str(QUARTER), QUARTER)
    said: list[bytes] = []
    say = ahead_module._say

    def overheard(stream: Any, what: object) -> None:
        said.append(pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL))
        say(stream, what)

    with working_ahead(hub) as ahead:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ahead_module, "_say", overheard)
            ahead.look()
            _wait(ahead)
        command = Path(f"/proc/{ahead.process_id}/cmdline")
        yield Worked(hub=hub, ahead=ahead, said=said,
                     command=command.read_bytes() if command.exists() else b"")


@pytest.fixture
def worked(working: Worked) -> Iterator[Worked]:
    """What a test has taken is there again for the next."""
    offered = dict(working.ahead._offered)
    yield working
    working.ahead._offered = offered


def _wait(ahead: Ahead) -> None:
    for offered in ahead._offered.values():
        offered.answer.result(timeout=60)


def _asked(hub: Hub, agency: str) -> _Asked:
    delivery = pick_up(hub.places, agency, QUARTER, today=hub.today())
    assert delivery is not None
    return _Asked.of(delivery, digest_of(delivery, hub.agencies[agency]), hub.today())


def _made(at_work: Ahead, hub: Hub, agency: str) -> Prepared | None:
    """What was made of a delivery, when all that was offered is done."""
    _wait(at_work)
    return at_work.take(_asked(hub, agency), hub.keys())


def _received(hub: Hub, agency: str) -> Received:
    return receive(hub.places, hub.keys(), hub.agencies, agency, QUARTER, partnership=hub.partnership,
                   today=hub.today())


def _plain(made: Prepared) -> dict[str, pl.DataFrame]:
    """Every frame without what is drawn at random."""
    drawn = ("rec_key", "record_id")
    frames = {f"records {k}": v for k, v in made.parts.records.items()}
    frames |= {f"tokens {k}": v for k, v in made.parts.tokens.items()}
    frames |= {"days": made.parts.event_days, "references": made.parts.references,
               "bridge": made.parts.bridge, **made.ledger}
    return {name: frame.drop(drawn, strict=False) for name, frame in frames.items()}


def test_look_when_six_deliveries_wait_then_each_is_made_as_this_process_makes_it(worked: Worked) -> None:
    hub, at_work = worked.hub, worked.ahead
    assert len(at_work._offered) == len(SENT)
    for agency in SENT:
        delivery = pick_up(hub.places, agency, QUARTER, today=hub.today())
        assert delivery is not None
        made = _made(at_work, hub, agency)
        assert made is not None, agency
        own = prepare(delivery, hub.agencies[agency], hub.agencies.values(), hub.keys(),
                      submission_id=made.submission_id, today=hub.today())
        assert (made.outcome, made.n_rows, made.n_accepted, made.n_left_out, made.n_tokens, made.receipt) == (
            own.outcome, own.n_rows, own.n_accepted, own.n_left_out, own.n_tokens, own.receipt)
        assert made.n_rows > 0
        theirs, ours = _plain(made), _plain(own)
        assert theirs.keys() == ours.keys()
        for name, frame in ours.items():
            assert_frame_equal(theirs[name], frame)


def test_receive_when_worked_out_ahead_then_loaded_under_the_id_that_it_was_made_with(
    hub: Hub, at_work: Ahead, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.look()
    _wait(at_work)
    monkeypatch.setattr("pipelines.steps.receive.prepare", _never)
    got = [_received(hub, agency) for agency in SENT]
    assert [one.outcome for one in got] == [Outcome.LOADED] * len(SENT)
    assert at_work._offered == {}
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        kept = connection.execute(
            "SELECT submission_id FROM warehouse.submissions ORDER BY arrival").fetchall()
    assert [row[0] for row in kept] == [one.submission_id for one in got]


def _never(*_: object, **__: object) -> None:
    raise AssertionError("it was worked out ahead")


def test_receive_when_the_second_process_dies_then_all_is_loaded_without_it(
    hub: Hub, at_work: Ahead
) -> None:
    at_work.look()
    first = _received(hub, "counselling")
    _made(at_work, hub, "sarc")
    assert at_work.process_id is not None
    os.kill(at_work.process_id, signal.SIGKILL)
    got = [first, *(_received(hub, agency) for agency in SENT[1:])]
    assert [one.outcome for one in got] == [Outcome.LOADED] * len(SENT)


def test_take_when_a_file_was_changed_after_it_was_offered_then_nothing_is_taken(worked: Worked) -> None:
    folder = worked.hub.places.landing / "police" / str(QUARTER)
    file = next(path for path in folder.iterdir() if path.name.startswith("crimes"))
    was = file.read_bytes()
    file.write_bytes(was.rstrip() + b"\r\n\r\n")
    try:
        assert _made(worked.ahead, worked.hub, "police") is None
    finally:
        file.write_bytes(was)
    assert _made(worked.ahead, worked.hub, "police") is not None


def test_take_when_the_day_is_another_then_nothing_is_taken(worked: Worked) -> None:
    asked = _asked(worked.hub, "police")
    keys = worked.hub.keys()
    assert worked.ahead.take(replace(asked, today=date(2031, 1, 1)), keys) is None
    assert worked.ahead.take(asked, keys) is not None


@pytest.mark.parametrize("name", ["linkage", "warehouse", "receipt"])
def test_take_when_made_with_another_key_then_nothing_is_taken(worked: Worked, name: str) -> None:
    keys = worked.hub.keys()
    assert worked.ahead.take(_asked(worked.hub, "police"), keys.rotated(name)) is None
    assert worked.ahead.take(_asked(worked.hub, "housing"), keys) is not None


def test_take_when_the_work_breaks_in_the_second_process_then_this_one_says_what_it_always_says(
    hub: Hub, at_work: Ahead
) -> None:
    at_work.look()
    _wait(at_work)
    path = key_path(hub.places.key_dir, "receipt")
    text = path.read_text()
    for file in (hub.places.landing / "housing" / str(QUARTER)).iterdir():
        os.utime(file)
    path.unlink()
    at_work.look()
    (anew,) = [o for o in at_work._offered.values() if o.asked.agency == "housing"]
    assert anew.answer.result(timeout=60) is None, "keys cannot be read there"
    path.write_text(text)
    path.chmod(0o600)
    assert _received(hub, "housing").outcome is Outcome.LOADED


def test_look_when_it_hands_over_then_no_key_is_in_what_is_said_or_in_the_command(worked: Worked) -> None:
    hub, heard = worked.hub, b"".join(worked.said) + worked.command
    assert len(worked.said) == 1 + len(SENT)
    for name in KEY_NAMES:
        text = key_path(hub.places.key_dir, name).read_text().strip()
        assert text.encode() not in heard, name
        assert bytes.fromhex(text) not in heard, name


def test_prepared_when_it_comes_back_then_it_holds_no_identity(worked: Worked) -> None:
    hub = worked.hub
    made = _made(worked.ahead, hub, "police")
    assert made is not None
    files = hub.places.landing / "police" / str(QUARTER)
    victims = next(path for path in files.iterdir() if path.name.startswith("victims"))
    frame = pl.read_csv(victims.read_bytes().decode("cp1252").encode(), infer_schema=False)
    values = [value for name in ("Crime Ref", "Person Id", "Postcode")
              for value in frame[name].drop_nulls().unique().to_list()
              if len(value) > 5]  # what is shorter may stand anywhere
    assert len(values) > 300
    returned = b"".join(f.write_ipc(None).getvalue() for f in _plain(made).values() if f.width)
    assert [i for i, value in enumerate(values) if value.encode() in returned] == []


def test_look_when_there_is_one_core_or_little_waits_then_no_process_starts(
    hub: Hub, at_work: Ahead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead_module, "cores", lambda: 1)
    at_work.look()
    assert at_work._offered == {}
    monkeypatch.setattr(ahead_module, "cores", lambda: 2)
    monkeypatch.setattr(ahead_module, "WORTH_FROM", len(SENT) + 1)
    at_work.look()
    assert (at_work._offered, at_work.process_id) == ({}, None)
    monkeypatch.setattr(ahead_module, "WORTH_FROM", len(SENT))
    at_work.look()
    assert len(at_work._offered) == len(SENT)


def test_look_when_there_is_little_room_then_the_rest_is_left_and_room_comes_back(
    hub: Hub, at_work: Ahead, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_turn = sorted(SENT, reverse=True)
    folders = {agency: hub.places.landing / agency / str(QUARTER) for agency in SENT}
    sizes = {agency: sum(path.stat().st_size for path in folders[agency].iterdir()) for agency in SENT}
    monkeypatch.setattr(ahead_module, "MOST_BYTES", sizes[in_turn[0]] + sizes[in_turn[1]])
    at_work.look()
    assert [o.asked.agency for o in at_work._offered.values()] == in_turn[:2]
    assert _received(hub, in_turn[0]).outcome is Outcome.LOADED
    monkeypatch.setattr(ahead_module, "MOST_BYTES", sizes[in_turn[1]] + sizes[in_turn[2]])
    at_work.look()
    assert [o.asked.agency for o in at_work._offered.values()] == in_turn[1:3]


def test_working_ahead_when_it_ends_then_the_process_is_gone(hub: Hub) -> None:
    with working_ahead(hub) as at_work:
        at_work.look()
        assert _made(at_work, hub, "counselling") is not None
        number = at_work.process_id
        assert number is not None
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
