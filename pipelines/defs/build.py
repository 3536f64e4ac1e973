"""From an installation to Dagster's definitions, and the instance they run on."""

import json
import os
from pathlib import Path

import dagster as dg

from pipelines.defs.assets import all_assets
from pipelines.defs.checks import ALL_CHECKS
from pipelines.defs.jobs import all_intake_job, intake_job, landing_sensor, release_job, release_schedule
from pipelines.defs.resources import FixedHub, HubResource
from pipelines.hub import Hub

INSTANCE = """\
# Written by Tessera. Compute logs are not kept: whatever a step prints could hold a value.
telemetry:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
event_log_storage:
  module: pipelines.defs.storage
  class: PooledEventLog
  config:
    base_dir: {events}
run_storage:
  module: pipelines.defs.storage
  class: PooledRuns
  config:
    base_dir: {runs}
python_logs:
  python_log_level: CRITICAL
concurrency:
  pools:
    default_limit: 1
    granularity: run
run_monitoring:
  enabled: false
"""


def build(hub: Hub, *, fixed: bool = False) -> dg.Definitions:
    """Definitions of one installation; ``fixed`` ties the resource to it, whatever the environment says
    later."""
    jobs = {name: intake_job(name) for name in hub.agencies}
    return dg.Definitions(
        assets=all_assets(hub.agencies), asset_checks=ALL_CHECKS,
        jobs=[all_intake_job, *jobs.values(), release_job],
        sensors=[landing_sensor(jobs)], schedules=[release_schedule],
        resources={"hub": FixedHub.of(hub) if fixed else HubResource()}, executor=dg.in_process_executor)


def instance(hub: Hub) -> dg.DagsterInstance:
    """Dagster's instance under the data directory, set up on first use."""
    folder: Path = hub.places.dagster
    hub.places.make()
    config = folder / "dagster.yaml"
    wanted = INSTANCE.format(events=json.dumps(str(folder / "events")),
                             runs=json.dumps(str(folder / "history")))
    if not config.exists() or config.read_text(encoding="utf-8") != wanted:
        config.write_text(wanted, encoding="utf-8")
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    return dg.DagsterInstance.from_config(str(folder))
