"""Starting the same Dagster jobs as the sensor and the schedule, in this process.

What belongs here: which job, which partition, what a person is told. What does not: the jobs
(``pipelines.defs``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from dashboards.beside import kept_beside
from pipelines.hub import Hub
from schemas.quarters import Quarter

if TYPE_CHECKING:
    from dagster import AssetCheckEvaluation, DagsterInstance

    from pipelines.steps.ahead import Ahead


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What became of one run."""

    succeeded: bool
    made: dict[str, dict[str, object]]
    """Metadata of each asset made (counts)."""
    message: str | None
    """Of the step that failed, if one did."""
    warnings: tuple[str, ...]
    """Checks that did not pass, each with what it says: names and counts, no value."""


class Jobs:
    """The jobs of one installation, and the instance that they report to."""

    def __init__(self, hub: Hub, ahead: Ahead) -> None:
        """Set up the instance and resolve the definitions."""
        from pipelines.defs.build import build, instance

        self.hub = hub
        self._ahead = ahead
        self.instance: DagsterInstance = instance(hub)
        self._repository = build(hub, fixed=True)

    def run(self, job: str, quarter: Quarter) -> Ran:
        """Run ``job`` for one quarter."""
        from pipelines.defs.jobs import INTAKE
        from pipelines.defs.partitions import QUARTERS
        from pipelines.expectations import load_beside

        if job.startswith(INTAKE):
            self._ahead.look()
        else:
            load_beside()
        self.instance.add_dynamic_partitions(str(QUARTERS.name), [str(quarter)])
        result = self._repository.resolve_job_def(job).execute_in_process(
            partition_key=str(quarter), instance=self.instance, raise_on_error=False)
        made: dict[str, dict[str, object]] = {
            event.asset_key.to_user_string(): {k: v.value for k, v in event.materialization.metadata.items()}
            for event in result.get_asset_materialization_events() if event.asset_key is not None}
        failed = next((e.step_failure_data.error for e in result.all_events if e.is_step_failure), None)
        message = None
        if failed is not None:
            error = failed.cause or failed
            message = error.message.strip().split(": ", 1)[-1]
        warnings = tuple(
            f"[{check.check_name}] not as promised: {_said(check)}"
            for check in result.get_asset_check_evaluations() if not check.passed)
        return Ran(succeeded=result.success, made=made, message=message, warnings=warnings)


LISTS = ("broken", "short")
"""Under which a check lists what is not as it should be; other names are of agencies."""
UNREMARKABLE = ("kept", "none", "nothing")
"""Words of a check for what is as it should be."""
TOLD_BY_DAGSTER = "see the check in Dagster"


def _said(check: AssetCheckEvaluation) -> str:
    """What a check says is not as it should be."""
    said = {name: entry.value for name, entry in check.metadata.items()
            if isinstance(entry.value, str) and entry.value not in UNREMARKABLE}
    words = [value if name in LISTS else f"{name} ({value})" for name, value in said.items()]
    return "; ".join(words) or TOLD_BY_DAGSTER


@contextmanager
def jobs_of(hub: Hub, *, releasing: bool = False) -> Iterator[Jobs]:
    """Jobs of an installation whose keys exist. Its databases stay open from the first run to the last, and
    deliveries that wait for a later run are worked out while an earlier one stores its own.

    ``releasing``: releases will be made; the process beside them loads what it needs while this one starts.
    """
    from pipelines.steps.ahead import working_ahead
    from pipelines.store.connect import hold

    hub.ensure_keys()
    hub.keys()
    with ExitStack() as closing:
        if releasing:
            second = closing.enter_context(kept_beside())
            second.submit(_load)
        jobs = Jobs(hub, closing.enter_context(working_ahead(hub)))
        closing.callback(jobs.instance.dispose)
        closing.enter_context(hold(hub.places))
        yield jobs


def _load() -> None:
    """In the process beside this one: load what releases will ask of it."""
    from dashboards.sheets import load_libraries

    import_module("pipelines.steps.candidate")
    load_libraries()


def take_in_waiting(hub: Hub) -> int:
    """Take in every finished delivery; 0 if all were loaded, 2 if one was refused or none could be read."""
    from pipelines.defs.jobs import INTAKE
    from pipelines.store.landing import is_finished, waiting

    hub.places.make()
    found = waiting(hub.places)
    if not found:
        print(f"Nothing waits in [{hub.places.landing}]. Put a delivery into <agency>/<quarter>/ there.")
        return 0
    code = 0
    with jobs_of(hub) as jobs:
        for agency, quarter in found:
            if agency not in hub.agencies:
                print(f"{agency} {quarter}: no agency is called [{agency}]. Correct the folder's name, or "
                      "add its file.", file=sys.stderr)
                code = 2
                continue
            if not is_finished(hub.places.landing / agency / str(quarter)):
                print(f"{agency} {quarter}: still being written; it is read at the next look.")
                continue
            ran = jobs.run(f"{INTAKE}_{agency}", quarter)
            told = ran.made.get(f"{agency}/receipt", {})
            if not ran.succeeded:
                print(f"{agency} {quarter}: {ran.message}", file=sys.stderr)
                code = 2
            else:
                print(f"{agency} {quarter}: {told['outcome']}; {told['rows']} rows, {told['accepted']} "
                      f"accepted, {told['left_out']} left out. "
                      f"Receipt in [{hub.places.receipts / agency / str(quarter)}].")
                code = max(code, 2 if told["outcome"] == "refused" else 0)
    return code


def make_release(hub: Hub, text: str, *, relink: bool = False) -> int:
    """Make the candidate of one quarter's release; 0 made, 2 not. ``relink``: everybody is linked anew
    first."""
    from pipelines.defs.jobs import RELEASE
    from pipelines.steps.link import link_people

    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        print(f"tessera: {error}.", file=sys.stderr)
        return 2
    with jobs_of(hub, releasing=True) as jobs:
        if relink:
            hub.places.make()
            link_people(hub, quarter, relink=True)
        ran = jobs.run(RELEASE, quarter)
    for warning in ran.warnings:
        print(f"Look at this before you approve: {warning}.")
    if not ran.succeeded:
        print(f"tessera: no release was made. {ran.message}", file=sys.stderr)
        return 2
    print(f"Candidate [{ran.made['release']['folder']}]: {ran.made['release']['dashboard']}")
    return 0


def make_public(hub: Hub, text: str) -> int:
    """Make the candidate of one quarter's public release; 0 made, 2 the quarter cannot be read."""
    from pipelines.steps.release import write_public

    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        print(f"tessera: {error}.", file=sys.stderr)
        return 2
    hub.places.make()
    told = write_public(hub, quarter)
    print(f"Public candidate [{told['folder']}]: [{told['files']}] files, of figures that the board's "
          f"release holds. Read it in [{told['dashboard']}]; it is public when somebody else approves it.")
    return 0
