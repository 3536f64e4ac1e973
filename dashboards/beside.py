"""A second process for work that can be done beside: part of a release drawn and attacked, a workbook
written, files read.

What belongs here: where such work runs. What does not: the work. What passes between the two passes through
memory; nothing is written for it.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class AtOnce(Executor):
    """Does what it is given when it is given it: for a machine of one core."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Do it; an error is raised here, not when the result is asked for."""
        done: Future[R] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


_kept: list[Executor] = []
"""The second process that a run keeps."""


@contextmanager
def kept_beside() -> Iterator[Executor]:
    """Within it, all that is done beside is done in one second process, which starts now."""
    with _started() as second:
        _kept.append(second)
        try:
            yield second
        finally:
            _kept.pop()


@contextmanager
def beside() -> Iterator[Executor]:
    """Where work may be done beside this process; its errors are raised when its result is asked for."""
    if _kept:
        yield _kept[-1]
        return
    with _started() as second:
        yield second


def both(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """What ``work`` makes of each item, in their order. This process and the one beside it each take the next
    item when they are free, so let what takes long stand first. The first error ends it, and is raised."""
    if cores() < 2 or len(items) < 2:
        return [work(item) for item in items]
    waiting = deque(enumerate(items))
    done: dict[int, R] = {}

    def take(make: Callable[[T], R]) -> None:
        while waiting:
            try:
                place, item = waiting.popleft()
            except IndexError:  # the other took the last one
                return
            try:
                done[place] = make(item)
            except BaseException:
                waiting.clear()
                raise

    with beside() as second, ThreadPoolExecutor(1, thread_name_prefix="asking") as asking:
        other = asking.submit(take, lambda item: second.submit(work, item).result())
        take(work)
        other.result()
    return [done[place] for place in range(len(items))]


@contextmanager
def _started() -> Iterator[Executor]:
    """A process that starts afresh (``spawn``): a copy of this one would hold the locks of its threads."""
    if cores() < 2:
        yield AtOnce()
        return
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool
