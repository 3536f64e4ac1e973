"""The writer's lock: a second one waits, then is told who is at work; a dead process holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.store.lock import StoreBusy, writer_lock

HOLD = "import sys, time; from pathlib import Path; from pipelines.store.lock import writer_lock\n" \
       "with writer_lock(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"


def test_lock_when_another_process_holds_it_then_busy_and_when_that_dies_then_free(tmp_path: Path) -> None:
    path = tmp_path / "var" / ".lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE,
                          text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(StoreBusy) as caught, writer_lock(path, wait_seconds=0):
                raise AssertionError("two processes hold the lock")
            assert str(caught.value) == (
                f"Another Tessera process (number [{holder.pid}]) is at work on [var]. Wait until it has "
                "ended, or "
                "end it, and start again.")
        finally:
            os.kill(holder.pid, signal.SIGKILL)
            holder.wait()
    with writer_lock(path, wait_seconds=5):
        assert path.read_text(encoding="ascii") == str(os.getpid())
