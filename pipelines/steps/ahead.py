"""Deliveries worked out ahead: a second process reads, checks and tokenises while this one stores.

What belongs here: the second process, what it is handed and what it hands back. What does not: the work
(``prepare.py``), and picking up and storing a delivery (``receive.py``).

The second process opens no database and writes nothing. It is handed waiting deliveries through a pipe and
hands back what ``prepare`` makes of them, which holds no identity. It reads the keys where the installation
keeps them: none goes through the pipe, into its arguments or anywhere else. Whatever goes wrong in it is not
told: the delivery is then worked out in this process, where errors are shielded. What it made is taken for
the very same bytes, mapping, day and keys, and for nothing else. On one core there is no second process.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from anonymisation.keys import KeyRing
from dashboards.beside import cores
from pipelines.hub import Hub
from pipelines.steps.prepare import Prepared, prepare
from pipelines.store.landing import Delivery, LandingError, fingerprint, is_finished, pick_up, waiting
from pipelines.store.places import Places
from schemas.agencies import Agency
from schemas.quarters import Quarter

WORTH_FROM = 4
"""So many waiting deliveries make up for the start of a second process, which costs as much as three."""
MOST_BYTES = 64_000_000
"""Of files that are handed over and not yet fetched: what is ahead of its time lies in memory."""
_ROOT = Path(__file__).resolve().parents[2]


def digest_of(delivery: Delivery, agency: Agency) -> str:
    """SHA-256 over the files' hashes and the agency's mapping: equal bytes under an equal mapping are the
    same delivery."""
    mapping = agency.model_dump_json(exclude={"legal", "delivery", "name"})
    text = json.dumps({"files": delivery.hashes, "nil": delivery.is_nil, "mapping": mapping}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def new_submission_id() -> str:
    """A fresh id of a submission: random, it says nothing."""
    return secrets.token_hex(8)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What an answer is the answer to."""

    agency: str
    quarter: Quarter
    digest: str
    received_on: date
    today: date

    @classmethod
    def of(cls, delivery: Delivery, digest: str, today: date) -> _Asked:
        return cls(agency=delivery.agency, quarter=delivery.quarter, digest=digest,
                   received_on=delivery.received_on, today=today)


@dataclass(frozen=True, kw_only=True, repr=False)
class _Job:
    """One delivery for the second process. Has no ``repr``: it would hold files."""

    delivery: Delivery
    submission_id: str
    today: date


@dataclass(frozen=True, kw_only=True, repr=False)
class _Answer:
    """What a delivery came to, and the check values of the keys that it was made with."""

    prepared: Prepared
    check_values: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class _Offered:
    asked: _Asked
    n_bytes: int
    answer: Future[_Answer | None]


class Ahead:
    """The second process of one installation, and what it has in hand."""

    def __init__(self, hub: Hub) -> None:
        """Start nothing: the process starts when it is worth it."""
        self._hub = hub
        self._offered: dict[str, _Offered] = {}
        # one conversation at a time: a delivery goes out when the answer to the one before has come
        self._talk = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._process: subprocess.Popen[bytes] | None = None
        self._is_lost = False

    @property
    def process_id(self) -> int | None:
        """Number of the second process, if it was started."""
        return self._process.pid if self._process is not None else None

    def look(self) -> None:
        """Hand over what waits in the landing folder, the earliest quarter first.

        Within a quarter the last agency goes first: a run begins with the first, and both meet in the middle.
        """
        if self._is_lost or cores() < 2:
            return
        places, agencies = self._hub.places, self._hub.agencies
        found = {fingerprint(places, agency, quarter): (agency, quarter)
                 for agency, quarter in waiting(places) if agency in agencies}
        for mark in set(self._offered) - set(found):
            self._offered.pop(mark).answer.cancel()
        if self._process is None and len(found) < WORTH_FROM:
            return
        room = MOST_BYTES - sum(offered.n_bytes for offered in self._offered.values())
        in_turn = sorted(found.items(), key=lambda item: item[1][0], reverse=True)
        for mark, (agency, quarter) in sorted(in_turn, key=lambda item: item[1][1]):
            if mark in self._offered:
                continue
            size = sum(path.stat().st_size for path in (places.landing / agency / str(quarter)).iterdir())
            if size > room:
                break
            if (offered := self._offer(agency, quarter, size)) is not None:
                self._offered[mark] = offered
                room -= size

    def _offer(self, agency: str, quarter: Quarter, n_bytes: int) -> _Offered | None:
        places, today = self._hub.places, self._hub.today()
        try:
            if not is_finished(places.landing / agency / str(quarter)):
                return None
            delivery = pick_up(places, agency, quarter, today=today)
        except (LandingError, OSError):
            return None  # said when it is received
        if delivery is None or delivery.is_nil:
            return None
        job = _Job(delivery=delivery, submission_id=new_submission_id(), today=today)
        digest = digest_of(delivery, self._hub.agencies[agency])
        return _Offered(asked=_Asked.of(delivery, digest, today), n_bytes=n_bytes,
                        answer=self._talk.submit(self._converse, job))

    def take(self, asked: _Asked, keys: KeyRing) -> Prepared | None:
        """What was made of a delivery, waiting for it where it is in work; None where it was not begun,
        failed, or was made with other keys."""
        mark = next((mark for mark, offered in self._offered.items() if offered.asked == asked), None)
        if mark is None:
            return None
        answer = self._offered.pop(mark).answer
        if answer.cancel():
            return None
        made = answer.result()
        return made.prepared if made is not None and made.check_values == keys.check_values() else None

    def _converse(self, job: _Job) -> _Answer | None:
        """Hand one delivery over and wait for what it comes to; in the thread of the conversation."""
        if self._is_lost:
            return None
        try:
            if self._process is None:
                self._process = self._started()
            _say(self._process.stdin, job)
            answer: _Answer | None = pickle.load(self._process.stdout)  # type: ignore[arg-type]
        except Exception:  # whatever it is, its words may quote a record, and the work is done without it
            self._is_lost = True
            return None
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", f"from {__name__} import work; work()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)})
        _say(process.stdin, self._hub)
        return process

    def close(self) -> None:
        """End the second process; what it has in hand is worked out when it is received."""
        self._is_lost = True
        for offered in self._offered.values():
            offered.answer.cancel()
        self._offered.clear()
        if self._process is not None:
            self._process.kill()
        self._talk.shutdown()
        if self._process is not None:
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
            self._process.wait()


_at_work: dict[Path, Ahead] = {}


@contextmanager
def working_ahead(hub: Hub) -> Iterator[Ahead]:
    """Within it, deliveries of ``hub`` may be worked out ahead; ``look`` says when to look for them."""
    ahead = Ahead(hub)
    _at_work[hub.places.data_dir] = ahead
    try:
        yield ahead
    finally:
        del _at_work[hub.places.data_dir]
        ahead.close()


def prepared_ahead(places: Places, keys: KeyRing, delivery: Delivery, digest: str,
                   today: date) -> Prepared | None:
    """What a delivery comes to, if it was worked out ahead under these keys; None otherwise."""
    ahead = _at_work.get(places.data_dir)
    return ahead.take(_Asked.of(delivery, digest, today), keys) if ahead is not None else None


def _say(stream: Any, what: object) -> None:
    pickle.dump(what, stream, protocol=pickle.HIGHEST_PROTOCOL)
    stream.flush()


def work() -> None:
    """The second process: take deliveries from its standard input and answer on its standard output, until
    the input ends. What anything else prints goes nowhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the process that started it
    with os.fdopen(os.dup(1), "wb") as answers, Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        hub: Hub = pickle.load(sys.stdin.buffer)
        while True:
            try:
                job: _Job = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            _say(answers, _answer(hub, job))


def _answer(hub: Hub, job: _Job) -> _Answer | None:
    try:
        keys = hub.keys()
        prepared = prepare(job.delivery, hub.agencies[job.delivery.agency], hub.agencies.values(), keys,
                           submission_id=job.submission_id, today=job.today)
    except Exception:  # its words may quote a record; the first process meets it again, shielded
        return None
    return _Answer(prepared=prepared, check_values=keys.check_values())
