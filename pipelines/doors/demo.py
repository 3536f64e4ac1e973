"""The demonstration: the sample partnership, quarter by quarter, as the schedule would run it.

What belongs here: laying the sample into the landing folder and starting the jobs. What does not: any step.
"""

from __future__ import annotations

import shutil
import sys
from itertools import zip_longest
from pathlib import Path

from pipelines.doors.runs import jobs_of
from pipelines.hub import Hub
from schemas.quarters import Quarter

REGISTERS = "registers"
"""Folder of the sample's register."""
COMMENTARY = "commentary"
"""Folder of what the analyst says of a quarter: beside the sample, and in a data directory."""
RELEASES = 2
"""The demonstration makes the last two releases: one to look back at."""


def run_demo(hub: Hub, sample: Path) -> int:
    """Sample partnership, landing to dashboard; prints where the dashboard is. 0 done, 2 where the data are
    not the sample's."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from pipelines.defs.jobs import INTAKE, RELEASE
    from pipelines.steps.release import approve_release
    from schemas.signers import Act

    if not hub.partnership.is_sample:
        print("tessera: the demonstration runs on the sample partnership alone; this one is real.",
              file=sys.stderr)
        return 2
    if not sample.is_dir():
        print(f"tessera: the sample is not in [{sample}]. Run the command from the project's folder, or say "
              "--sample.", file=sys.stderr)
        return 2
    quarters = hub.partnership.quarters
    hub.places.make()
    with jobs_of(hub, releasing=True) as jobs, Progress(
        TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True, width=100 if not sys.stderr.isatty() else None),
    ) as progress:
        task = progress.add_task("starting", total=len(quarters) + RELEASES)
        for quarter, later in zip_longest(quarters, quarters[1:]):
            sent = _sent(hub, sample, quarter)
            progress.update(task, description=f"{quarter}: taking in {len(sent)} deliveries")
            resent = sorted(sample.glob(f"*/{quarter}.resend-*"))
            for folders in (sent, *([folder] for folder in resent)):
                # the next quarter's lie there already, as they do when one is late in taking in
                for folder in (*folders, *(_sent(hub, sample, later) if later is not None else ())):
                    _lay_out(hub, folder)
                ran = jobs.run(INTAKE, quarter)
                if not ran.succeeded:
                    print(f"tessera: {quarter}: {ran.message}", file=sys.stderr)
                    return 2
            progress.advance(task)
        _keep_registers(hub, sample)
        said = sample.with_name(COMMENTARY)
        if said.is_dir():
            shutil.copytree(said, hub.places.data_dir / COMMENTARY, dirs_exist_ok=True)
        made: dict[str, dict[str, object]] = {}
        for quarter in quarters[-RELEASES:]:
            progress.update(task, description=f"{quarter}: counting, protecting, release")
            ran = jobs.run(RELEASE, quarter)
            if not ran.succeeded:
                print(f"tessera: no release of {quarter}: {ran.message}", file=sys.stderr)
                return 2
            made = ran.made
            if quarter != quarters[-1]:  # the last one stays a candidate, to be approved by hand
                approver = hub.signers.who_may(Act.APPROVE)[0].name
                approve_release(hub, str(made["release"]["folder"]), approver)
            progress.advance(task)
        progress.update(task, description="done")
    print(f"The sample partnership is invented. Dashboard: {made['release']['dashboard']}")
    return 0


def _sent(hub: Hub, sample: Path, quarter: Quarter) -> list[Path]:
    """Folders of what the agencies sent first for a quarter."""
    return [folder for folder in sorted(sample.glob(f"*/{quarter}")) if folder.parent.name in hub.agencies]


def _lay_out(hub: Hub, folder: Path) -> None:
    """Put one delivery into the landing folder as the agency would have; what lies there already is left."""
    waits = hub.places.landing / folder.parent.name / folder.name.partition(".")[0]
    if not waits.is_dir():
        shutil.copytree(folder, waits)


def _keep_registers(hub: Hub, sample: Path) -> None:
    """Put the officer's register into its folder, and take it in, as the officer would have."""
    from pipelines.registers.keeping import folder_of, load_files

    if (sample / REGISTERS).is_dir():
        shutil.copytree(sample / REGISTERS, folder_of(hub), dirs_exist_ok=True)
        load_files(hub, folder_of(hub))
