"""Dagster's page on an installation: the sensor, the schedule and every asset, on this machine only."""

from __future__ import annotations

import os
import subprocess
import sys

from pipelines.hub import Hub


def run_dagster(hub: Hub, port: int) -> int:
    """Start Dagster's web page and daemon on the installation; ends when they are interrupted."""
    from pipelines.defs.build import instance

    hub.ensure_keys()
    hub.keys()
    instance(hub).dispose()
    environment = os.environ | hub.environ() | {
        "DAGSTER_HOME": str(hub.places.dagster.absolute()), "DAGSTER_DISABLE_TELEMETRY": "1"}
    print(f"Dagster's page: http://127.0.0.1:{port} (end with Ctrl-C)")
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", "pipelines.definitions", "--host",
               "127.0.0.1", "--port", str(port)]
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return 0
