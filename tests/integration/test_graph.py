"""The asset graph as Dagster sees it: a change of its shape is a reviewed difference of the snapshot.

After a change that is meant: ``pytest tests/integration/test_graph.py --snapshot-update``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from syrupy.assertion import SnapshotAssertion

from pipelines.defs import storage
from pipelines.defs.build import build, instance
from pipelines.doors.runs import jobs_of, make_release
from pipelines.hub import Hub
from pipelines.store import connect
from pipelines.store.places import Places
from schemas.measures.cubes import CUBES
from schemas.quarters import Quarter
from tests.conftest import SAMPLE
from tests.integration.conftest import lay_out

QUARTER = Quarter.parse("2026-Q3")
CANARY = "Zzyzx-Quillfeather"
DAGSTERS_OWN = (".db", ".db-wal", ".db-shm", ".yaml", ".lock", ".telemetry")
"""Endings of the files that Dagster's storage consists of; a pickle or a log has none of them."""


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(places=Places.under(tmp_path / "var"))


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return build(Hub(places=Places.under(tmp_path_factory.mktemp("graph") / "var")))


def _words(keys: object) -> list[str]:
    return sorted(key.to_user_string() for key in keys)  # type: ignore[attr-defined]


def test_graph_when_built_then_its_shape_is_the_reviewed_one(
    definitions: dg.Definitions, snapshot: SnapshotAssertion
) -> None:
    graph = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    nodes = [graph.get(key) for key in sorted(graph.get_all_asset_keys())]
    assert {
        "assets": {
            node.key.to_user_string(): {
                "deps": _words(node.parent_keys), "group": node.group_name,
                "partitions": str(node.partitions_def),
                "pools": sorted(node.pools or ()),
            } for node in nodes},
        "checks": {
            key.to_user_string(): {"blocking": graph.get_check_spec(key).blocking}
            for key in sorted(graph.asset_check_keys, key=lambda k: k.to_user_string())},
        "jobs": {
            job.name: _words(job.asset_layer.executable_asset_keys)
            for job in repository.get_all_jobs() if not job.name.startswith("__")},
        "sensors": {
            sensor.name: {"every_seconds": sensor.minimum_interval_seconds,
                          "jobs": [t.job_name for t in sensor.targets]}
            for sensor in repository.sensor_defs},
        "schedules": {
            schedule.name: {"cron": schedule.cron_schedule, "zone": schedule.execution_timezone,
                            "job": schedule.job_name}
            for schedule in repository.schedule_defs},
    } == snapshot


def test_graph_when_built_then_every_cube_is_an_asset_between_core_and_protected(
    definitions: dg.Definitions
) -> None:
    graph = definitions.resolve_asset_graph()
    for name in CUBES:
        node = graph.get(dg.AssetKey(["cubes", name]))
        assert (_words(node.parent_keys), _words(node.child_keys)) == (["core"], ["protected"])


class Pickler(dg.IOManager):
    """Stands where Dagster would pickle what an asset returns; nobody may come to it."""

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Refuse.

        Raises:
            AssertionError: always.
        """
        raise AssertionError(f"[{context.step_key}] hands a value to the IO manager")

    def load_input(self, context: dg.InputContext) -> object:
        """Refuse.

        Raises:
            AssertionError: always.
        """
        raise AssertionError(f"[{context.asset_key}] is loaded by the IO manager")


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts answers in the place of the steps of a release, all as they should be but for those given."""

    def put(cubes: Iterable[str] = CUBES, **others: Any) -> None:
        steps = {
            "link.link_people": {"people": 0}, "aggregate.make_core": {"rows": 0},
            "aggregate.make_cubes": dict.fromkeys(cubes, 0), "protect.protect_release": {"tables": 0},
            "release.write_release": {"folder": "2026-Q3.1", "dashboard": "index.html"},
            "inspect.delivery_history": {}, "inspect.link_shortfalls": ({}, []),
            "inspect.counted": nullcontext(None),
            "inspect.unit_totals": pl.DataFrame({"unit": ["x"], "period": ["y"], "n_tables": [1],
                                                 "least": [1], "most": [1]}),
            "inspect.awaited": pl.DataFrame({"agency": ["x"], "n_due": [1], "n_missing": [0]}),
            "inspect.unmapped_shares": pl.DataFrame(
                schema={"agency": pl.String, "column_name": pl.String, "unmapped_pct": pl.Float64}),
            "inspect.table_history": pl.DataFrame({"table": ["x"], "period": [str(QUARTER)], "n": [1]}),
            "reconcile.reconciled": [],
        } | {f"inspect.{name}": answer for name, answer in others.items()}
        for name, answer in steps.items():
            monkeypatch.setattr(f"pipelines.steps.{name}", lambda *_, answer=answer, **__: answer)

    return put


def test_release_when_checks_are_not_as_promised_then_its_maker_is_told_before_the_approval(
    hub: Hub, stubbed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    stubbed(link_shortfalls=({}, ["estimated recall of victim links is [0.800], below [0.85]"]),
            awaited=pl.DataFrame({"agency": ["isva"], "n_due": [2], "n_missing": [1]}))
    assert make_release(hub, str(QUARTER)) == 0
    *warned, candidate = capsys.readouterr().out.splitlines()
    assert candidate == "Candidate [2026-Q3.1]: index.html"
    assert sorted(warned) == [
        "Look at this before you approve: [coverage_as_promised] not as promised: "
        "isva: what is due is in.",
        "Look at this before you approve: [links_are_good] not as promised: "
        "estimated recall of victim links is [0.800], below [0.85]."]


def test_release_when_all_checks_are_as_promised_then_none_is_named(
    hub: Hub, stubbed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    stubbed()
    assert make_release(hub, str(QUARTER)) == 0
    assert capsys.readouterr().out == "Candidate [2026-Q3.1]: index.html\n"


def test_assets_when_they_run_then_nothing_is_handed_to_an_io_manager(
    hub: Hub, stubbed: Callable[..., None]
) -> None:
    stubbed(cubes=["victims_by_age_sex"])
    with jobs_of(hub) as jobs:
        jobs.instance.add_dynamic_partitions("quarters", [str(QUARTER)])
        watched = dg.Definitions.merge(build(hub, fixed=True), dg.Definitions(resources={
            "io_manager": dg.IOManagerDefinition.hardcoded_io_manager(Pickler())}))
        # one cube stands for all, which one function makes
        release = ["people", "core", "cubes/victims_by_age_sex", "protected", "release"]
        for job, assets in (("make_release", release), ("intake_police", None)):
            keys = [dg.AssetKey(name.split("/")) for name in assets] if assets is not None else None
            result = watched.resolve_job_def(job).execute_in_process(
                partition_key=str(QUARTER), instance=jobs.instance, asset_selection=keys)
            assert result.success
            made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
            assert made == set(assets or ("police/receipt", "police/tokens", "police/records"))
            handed = ("HANDLED_OUTPUT", "LOADED_INPUT")
            assert not [e for e in result.all_events if e.event_type_value in handed]
    assert [name for name in _files(hub) if name.startswith("dagster/storage/")
            and not name.endswith(DAGSTERS_OWN)] == []


def test_jobs_when_resolved_then_each_runs_in_this_process(definitions: dg.Definitions) -> None:
    jobs = definitions.get_repository_def().get_all_jobs()
    assert {job.name: job.executor_def.name for job in jobs} == {job.name: "in_process" for job in jobs}


def test_instance_when_made_then_no_telemetry_no_compute_logs_one_writer_and_all_of_it_in_the_data_directory(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAGSTER_DISABLE_TELEMETRY", raising=False)
    made = instance(hub)
    try:
        assert isinstance(made.compute_log_manager, NoOpComputeLogManager)
        assert made.telemetry_enabled is False
        assert made.get_concurrency_config().pool_config.default_pool_limit == 1
        assert Path(made.root_directory).is_relative_to(hub.places.data_dir)
    finally:
        made.dispose()


def _files(hub: Hub) -> dict[str, bytes]:
    return {str(path.relative_to(hub.places.data_dir)): path.read_bytes()
            for path in sorted(hub.places.data_dir.rglob("*")) if path.is_file()}


def test_job_when_it_has_run_then_nothing_pickled_and_no_log_is_left(hub: Hub) -> None:
    with jobs_of(hub) as jobs:
        ran = jobs.run("intake_police", QUARTER)
    assert (ran.succeeded, ran.message, ran.warnings) == (True, None, ())
    assert ran.made == {
        "police/receipt": {"outcome": "nothing", "rows": 0, "accepted": 0, "left_out": 0},
        "police/tokens": {"tokenised": 0}, "police/records": {"accepted": 0},
    }
    left = [name for name in _files(hub) if name.startswith("dagster/")]
    assert left
    assert [name for name in left if not name.endswith(DAGSTERS_OWN)] == []


def test_job_when_a_step_fails_with_a_foreign_error_then_its_words_are_nowhere(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError(f"could not parse [{CANARY}]")

    monkeypatch.setattr("pipelines.steps.receive.receive", fail)
    with jobs_of(hub) as jobs:
        ran = jobs.run("intake_police", QUARTER)
    assert (ran.succeeded, ran.made) == (False, {})
    assert ran.message is not None
    assert ran.message.startswith(
        "Step [police/delivery] failed with [ComputeError] at [test_graph.py, line ")
    assert [name for name, content in _files(hub).items() if CANARY.encode() in content] == []
    assert CANARY not in "".join(capfd.readouterr())
    assert CANARY not in ran.message


def test_run_when_two_agencies_have_sent_then_databases_and_event_log_are_opened_once(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    one, engine = connect._opened, storage._engine

    def counted_database(places: Places) -> Any:
        opened.append("databases")
        return one(places)

    def counted_engine(address: str) -> Any:
        opened.append(Path(address).name)
        return engine(address)

    monkeypatch.setattr(connect, "_opened", counted_database)
    monkeypatch.setattr(storage, "_engine", counted_engine)
    with jobs_of(hub) as jobs:
        for agency in ("housing", "probation"):
            lay_out(hub, SAMPLE / agency / str(QUARTER), QUARTER)
        ran = jobs.run("intake", QUARTER)
        told = jobs.instance.get_records_for_run(jobs.instance.get_runs()[0].run_id).records
    assert (ran.succeeded, ran.message) == (True, None)
    assert [ran.made[f"{agency}/receipt"]["outcome"] for agency in ("housing", "probation", "police")] == [
        "loaded", "loaded", "nothing"]
    assert sorted(opened) == ["databases", "event_log.db", "runs.db"]
    assert len(told) > 50, "every event was kept"
