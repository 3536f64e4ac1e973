"""What every test may count on: no telemetry, the sample's place, and the whole street run once a session."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

# the wall clock of a busy machine says nothing of the code
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
os.environ["GX_ANALYTICS_ENABLED"] = "false"

ROOT = Path(__file__).resolve().parent.parent
STREET_VARIABLE = "TESSERA_STREET"
"""A folder with ``var/`` and ``output.txt`` of a demonstration that has run."""
WORKER = "PYTEST_XDIST_WORKER"
"""Set in each of several processes that share a session."""
SAMPLE = ROOT / "data" / "sample"


@dataclass(frozen=True, kw_only=True)
class Street:
    """The whole street run once: the sample partnership from landing to dashboard, as ``make demo`` runs
    it."""

    data_dir: Path
    key_dir: Path
    output: str
    """Everything that the command printed."""
    returncode: int

    @property
    def release(self) -> Path:
        """The latest release folder."""
        from pipelines.store.places import Places
        from pipelines.store.releases import folders

        return folders(Places(data_dir=self.data_dir, key_dir=self.key_dir))[-1]


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Street:
    """The demonstration on a directory of its own, in a process of its own."""
    # CI has run `make demo` already: the same street, looked at again
    if given := os.environ.get(STREET_VARIABLE):
        base = Path(given)
        return Street(data_dir=base / "var", key_dir=base / "var-keys",
                      output=(base / "output.txt").read_text(encoding="utf-8"), returncode=0)
    if WORKER not in os.environ:
        return _run_street(tmp_path_factory.mktemp("street"))
    # one street for all processes of a session: the first that asks runs it, the others wait
    base = tmp_path_factory.getbasetemp().parent / "street"
    with FileLock(f"{base}.lock"):
        if (said := base / "returncode.txt").exists():
            return Street(data_dir=base / "var", key_dir=base / "var-keys",
                          output=(base / "output.txt").read_text(encoding="utf-8"),
                          returncode=int(said.read_text(encoding="utf-8")))
        base.mkdir(exist_ok=True)
        ran = _run_street(base)
        (base / "output.txt").write_text(ran.output, encoding="utf-8")
        said.write_text(str(ran.returncode), encoding="utf-8")
        return ran


def _run_street(base: Path) -> Street:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.doors.cli", "demo", "--data-dir", str(base / "var")],
        cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    return Street(data_dir=base / "var", key_dir=base / "var-keys", output=done.stdout + done.stderr,
                  returncode=done.returncode)
