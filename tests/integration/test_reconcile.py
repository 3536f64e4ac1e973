"""The reconciliation: on the sample every link holds or is explained; what is altered is found, where it
is."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.doors.reconcile import write_reconciliation
from pipelines.hub import Hub
from pipelines.steps.aggregate import count_cubes, make_core
from pipelines.steps.reconcile import Line, ReconcileError, Verdict, reconcile, unexplained
from pipelines.store.connect import connect
from pipelines.store.warehouse import prepare, store_protected
from schemas.measures.cubes import CUBES
from schemas.quarters import Quarter
from tests.integration.conftest import copied, new_hub, take

LAST = Quarter.parse("2026-Q3")
STATUS = "reports_by_status.police"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    hub = new_hub(tmp_path_factory.mktemp("reconciled"))
    for agency in ("police", "sarc", "housing", "isva"):
        take(hub, agency, "2026-Q2")
        take(hub, agency, str(LAST))
    make_core(hub, LAST)
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        count_cubes(connection, CUBES.values(), LAST)
    return hub


@pytest.fixture
def hub(counted: Hub, tmp_path: Path) -> Hub:
    return copied(counted, tmp_path)


def _altered(hub: Hub, statement: str) -> None:
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        connection.execute(statement)


def _open(lines: Iterable[Line]) -> set[tuple[str, str]]:
    return {(line.table, line.link) for line in lines if line.verdict is Verdict.UNEXPLAINED}


def test_cubes_when_one_of_them_breaks_then_it_is_named_and_no_count_is_changed(hub: Hub) -> None:
    first = CUBES["reports_by_status"]
    broken = replace(first, name="broken", sql="referrals_wait")  # a file without these dimensions
    entered: list[str] = []

    @contextmanager
    def around(name: str) -> Iterator[None]:
        entered.append(name)
        yield

    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        stored = "SELECT sum(hash(cube_counts)), count(*) FROM warehouse.cube_counts"
        before = connection.execute(stored).fetchone()
        with pytest.raises(Exception, match="not found in FROM clause"):
            count_cubes(connection, [first, broken], LAST, around=around)
        assert entered == [first.name, "broken"]
        assert connection.execute(stored).fetchone() == before != (None, 0)


def test_sample_when_reconciled_then_every_link_holds_or_is_explained(counted: Hub) -> None:
    lines = reconcile(counted, LAST)
    assert _open(lines) == set()
    assert {line.link for line in lines} >= {"files", "records", "quarter", "latest", "cube"}
    status = next(line for line in lines if (line.table, line.link) == (STATUS, "cube"))
    assert status.verdict is Verdict.EXPLAINED
    assert status.between == f"outside the cube's population: {status.n_above - status.n_below}"
    assert unexplained(lines)["n_unexplained"].sum() == 0
    with_links = [line for line in lines if line.table == "victims_by_age_sex.all"]
    assert [line.link for line in with_links] == ["latest", "cube"]


def test_cube_when_one_count_is_altered_then_that_table_is_unexplained(hub: Hub) -> None:
    _altered(hub, "UPDATE warehouse.cube_counts SET n = n + 1 WHERE rowid = (SELECT min(rowid) FROM "
                  "warehouse.cube_counts WHERE cube = 'reports_by_status' AND period = '2026-Q3' AND "
                  "contributor = '')")
    lines = reconcile(hub, LAST)
    assert _open(lines) == {(STATUS, "cube")}
    assert unexplained(lines).filter(pl.col("n_unexplained") > 0).rows() == [("cube", 1)]


def test_record_when_one_is_lost_then_its_file_and_its_core_table_are_unexplained(hub: Hub) -> None:
    _altered(hub, "DELETE FROM warehouse.records_referrals WHERE rowid = (SELECT min(rowid) FROM "
                  "warehouse.records_referrals WHERE agency = 'police' AND event_quarter = '2026-Q3')")
    found = _open(reconcile(hub, LAST))
    assert ("police.referrals", "records") in found
    # the chain follows referrals into others' records: its core table is no dataset's own
    assert {table for table, link in found if link == "latest"} == {
        f"{name}.police" for name in CUBES if name.startswith("referrals_") and name != "referrals_chain"}


@pytest.mark.parametrize(("off", "is_open"), [(-5, True), (-4, False), (0, False), (4, False), (5, True)])
def test_published_total_when_a_rounding_away_then_explained_and_further_not(
    hub: Hub, off: int, is_open: bool
) -> None:
    total = next(line.n_below for line in reconcile(hub, LAST)
                 if (line.table, line.link) == (STATUS, "cube"))
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        store_protected(connection, str(LAST), {
            f"cubes/{STATUS}.csv":
                f"period,area,status,value,marker\n{LAST},all,all,{total + off},\n".encode()})
    assert ((STATUS, "published") in _open(reconcile(hub, LAST))) is is_open


def test_outside_figure_when_it_differs_then_it_needs_an_explanation(counted: Hub, tmp_path: Path) -> None:
    total = next(line.n_below for line in reconcile(counted, LAST)
                 if (line.table, line.link) == (STATUS, "cube"))

    def verdict(figure: int, why: str) -> Verdict:
        text = ("table,quarter,figure,source,explanation\n"
                f"{STATUS},{LAST},{figure},Home Office tables,{why}\n{STATUS},2020-Q1,1,Old,\n")
        lines = [line for line in reconcile(counted, LAST, text.encode()) if line.link == "outside"]
        assert len(lines) == 1
        return lines[0].verdict

    assert verdict(total, "") is Verdict.TIED
    assert verdict(total + 1, "") is Verdict.UNEXPLAINED
    assert verdict(total + 1, "counts transfers") is Verdict.EXPLAINED


@pytest.mark.parametrize(("text", "message"), [
    ("table,figure\na,1\n", "the columns are not"),
    (f"table,quarter,figure,source,explanation\nnothing.police,{LAST},1,HO,\n", r"row \[2\]: no table"),
    (f"table,quarter,figure,source,explanation\n{STATUS},{LAST},about 5,HO,\n", r"row \[2\]: the figure"),
    (f"table,quarter,figure,source,explanation\n{STATUS},{LAST},5,,\n", r"row \[2\]: the figure"),
])
def test_outside_file_when_it_cannot_be_used_then_said_where(counted: Hub, text: str, message: str) -> None:
    with pytest.raises(ReconcileError, match=message):
        reconcile(counted, LAST, text.encode())


def test_quarter_when_not_counted_then_said_what_to_do(counted: Hub) -> None:
    with pytest.raises(ReconcileError, match="have not been counted"):
        reconcile(counted, Quarter.parse("2023-Q1"))


def test_sheet_when_written_then_inside_the_data_directory_for_its_owner_alone_and_the_code_says_no(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write_reconciliation(hub, str(LAST)) == 0
    folder = hub.places.data_dir / "reconciliation"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(first) == {f"{LAST}.csv", f"{LAST}.xlsx"}
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    with (folder / f"{LAST}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["verdict"] for row in rows} == {"tied", "explained"}
    assert write_reconciliation(hub, str(LAST)) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    _altered(hub, "UPDATE warehouse.submission_files SET n_left_out = n_left_out + 1 WHERE file_kind = "
                  "'crimes'")
    assert write_reconciliation(hub, str(LAST)) == 1
    assert "[1] unexplained: police.crimes." in capsys.readouterr().out
