"""Jobs, the landing sensor and the release schedule: when what runs. All in process, one at a time."""


from datetime import timedelta

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from pipelines.defs.partitions import QUARTERS
from pipelines.defs.resources import HubResource
from pipelines.defs.shield import shielded
from schemas.quarters import Quarter

INTAKE = "intake"
RELEASE = "make_release"
SENSOR_SECONDS = 60


def intake_job(agency: str) -> UnresolvedAssetJobDefinition:
    """Take in one agency's delivery of one quarter: a bad file fails one agency-quarter and no other."""
    return dg.define_asset_job(
        f"{INTAKE}_{agency}", selection=dg.AssetSelection.groups("intake")
        & dg.AssetSelection.key_prefixes([agency]),
        partitions_def=QUARTERS, executor_def=dg.in_process_executor,
        description=f"Take in what [{agency}] has sent for one quarter")


all_intake_job = dg.define_asset_job(
    INTAKE, selection=dg.AssetSelection.groups("intake"), partitions_def=QUARTERS,
    executor_def=dg.in_process_executor,
    description="Take in what every agency has sent for one quarter")

release_job = dg.define_asset_job(
    RELEASE, selection=dg.AssetSelection.groups("people", "counts", "release"), partitions_def=QUARTERS,
    executor_def=dg.in_process_executor,
    description="Link, count, protect, attack and write the candidate of one quarter's release")


def landing_sensor(jobs: dict[str, UnresolvedAssetJobDefinition]) -> dg.SensorDefinition:
    """Look at the landing folder; ask for a run for each finished delivery. Its run key is a hash of names,
    sizes and times."""

    @dg.sensor(name="landing", jobs=list(jobs.values()), minimum_interval_seconds=SENSOR_SECONDS,
               default_status=dg.DefaultSensorStatus.RUNNING,
               description="Finished deliveries in the landing folder start their agency's intake")
    def landing(context: dg.SensorEvaluationContext, hub: HubResource) -> dg.SensorResult:
        from pipelines.store.landing import fingerprint, is_finished, waiting

        with shielded("landing"):
            here = hub.hub()
            found = [(a, q) for a, q in waiting(here.places) if a in jobs
                     and is_finished(here.places.landing / a / str(q))]
            requests = [
                dg.RunRequest(run_key=fingerprint(here.places, agency, quarter), job_name=jobs[agency].name,
                              partition_key=str(quarter), tags={"agency": agency})
                for agency, quarter in found]
        known = set(context.instance.get_dynamic_partitions(str(QUARTERS.name)))
        new = sorted({str(quarter) for _, quarter in found} - known)
        return dg.SensorResult(run_requests=requests,
                               dynamic_partitions_requests=[QUARTERS.build_add_request(new)] if new else [])

    return landing


@dg.schedule(name="release_after_cut_off", job=release_job, cron_schedule="0 6 * * *",
             execution_timezone="Europe/London",
             default_status=dg.DefaultScheduleStatus.RUNNING,
             description="On the day after a quarter's cut-off, make the candidate of its release")
def release_schedule(context: dg.ScheduleEvaluationContext,
                     hub: HubResource) -> dg.RunRequest | dg.SkipReason:
    """One run on the day after the cut-off of the quarter that ended last."""
    here = hub.hub()
    day = context.scheduled_execution_time.date()
    quarter = Quarter.of(day).previous
    due = quarter.last_day + timedelta(days=here.partnership.cut_off_days + 1)
    if day != due:
        return dg.SkipReason(f"the candidate for [{quarter}] is made on [{due}]")
    context.instance.add_dynamic_partitions(str(QUARTERS.name), [str(quarter)])
    return dg.RunRequest(run_key=str(quarter), partition_key=str(quarter))
