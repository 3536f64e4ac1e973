"""One process at a time: an operating-system lock on the data directory.

What belongs here: the lock. What does not: Dagster's pool of one writer (``pipelines.defs``), which is for
show: its slots survive a killed process, and a second process cannot open a DuckDB file even to read.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 60.0
"""How long a second process waits before it says who is at work."""
_LOOK_SECONDS = 0.2


class StoreBusy(RuntimeError):
    """Another process holds the data directory."""


@contextmanager
def writer_lock(path: Path, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of the data directory; it is freed by the operating system if the process dies.

    Raises:
        StoreBusy: another process held it for ``wait_seconds``.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise StoreBusy(
                        "Another Tessera process (number "
                        f"[{os.pread(descriptor, 20, 0).decode() or 'unknown'}]) is at work on "
                        f"[{path.parent.name}]. Wait until it has ended, or end it, and start again."
                    ) from None
                time.sleep(_LOOK_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
