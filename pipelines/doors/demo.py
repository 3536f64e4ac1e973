"""The demonstration: the sample partnership, quarter by quarter, as the schedule would run it.

What belongs here: laying the sample into the landing folder and starting the jobs. What does not: any step.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from pipelines.doors.runs import jobs_of
from pipelines.hub import Hub
from schemas.quarters import Quarter

SAMPLE_APPROVER = "Sample approver"
RELEASES = 2
"""The demonstration makes the last two releases: one to look back at."""


def run_demo(hub: Hub, sample: Path) -> int:
    """Sample partnership, landing to dashboard; prints where the dashboard is. 0 done, 2 where the data are not the sample's."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from pipelines.defs.jobs import INTAKE, RELEASE
    from pipelines.release.sign_off import approve

    if not hub.partnership.is_sample:
        print("tessera: the demonstration runs on the sample partnership alone; this one is real.", file=sys.stderr)
        return 2
    if not sample.is_dir():
        print(f"tessera: the sample is not in [{sample}]. Run the command from the project's folder, or say --sample.", file=sys.stderr)
        return 2
    quarters = hub.partnership.quarters
    hub.places.make()
    with jobs_of(hub) as jobs, Progress(
        TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True, width=100 if not sys.stderr.isatty() else None),
    ) as progress:
        deliveries = [(q, a) for q in quarters for a in hub.agencies if (sample / a / str(q)).is_dir()]
        task = progress.add_task("starting", total=len(deliveries) + RELEASES)
        for quarter, agency in deliveries:
            progress.update(task, description=f"{quarter} {agency}: taking in")
            _lay_out(hub, sample, agency, quarter)
            succeeded, _, message = jobs.run(f"{INTAKE}_{agency}", quarter)
            if not succeeded:
                print(f"tessera: {agency} {quarter}: {message}", file=sys.stderr)
                return 2
            progress.advance(task)
        made: dict[str, dict[str, object]] = {}
        for quarter in quarters[-RELEASES:]:
            progress.update(task, description=f"{quarter}: counting, protecting, release")
            succeeded, made, message = jobs.run(RELEASE, quarter)
            if not succeeded:
                print(f"tessera: no release of {quarter}: {message}", file=sys.stderr)
                return 2
            if quarter != quarters[-1]:  # the last one stays a candidate, to be approved by hand
                approve(hub.places, str(made["release"]["folder"]), SAMPLE_APPROVER)
            progress.advance(task)
        progress.update(task, description="done")
    print(f"The sample partnership is invented. Dashboard: {made['release']['dashboard']}")
    return 0


def _lay_out(hub: Hub, sample: Path, agency: str, quarter: Quarter) -> None:
    """Put one delivery, and then its resends, into the landing folder as the agency would have."""
    target = hub.places.landing / agency / str(quarter)
    shutil.copytree(sample / agency / str(quarter), target, dirs_exist_ok=True)
