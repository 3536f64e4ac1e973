"""The mark of a figure that reads otherwise now: there, and nowhere else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.context import Context
from dashboards.release import read_release
from dashboards.trends import trend_exhibit
from schemas.measures.indicators import INDICATORS

TABLE = "incidents_by_recency.police.csv"
QUARTER, MORE = "2026-Q1", 5


@pytest.fixture(scope="module")
def moved(context: Context, earlier_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Context:
    """The same release after one in which one agency's total of one quarter read five more."""
    folder = tmp_path_factory.mktemp("moved") / "2026-Q2.1"
    shutil.copytree(earlier_dir, folder)
    path = folder / "cubes" / TABLE
    lines = path.read_text(encoding="utf-8").splitlines()
    total = QUARTER + ",all" * (len(lines[0].split(",")) - 3) + ","
    (at,) = [i for i, line in enumerate(lines) if line.startswith(total)]
    value = int(lines[at].removeprefix(total).split(",")[0])
    lines[at] = f"{total}{value + MORE},"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return replace(context, earlier=read_release(folder))


def test_table_when_a_figure_was_revised_then_it_alone_is_marked(context: Context, moved: Context) -> None:
    indicator = INDICATORS["incidents_recorded"]
    plain, marked = trend_exhibit(context, indicator), trend_exhibit(moved, indicator)
    assert plain is not None and marked is not None
    police = marked.table.columns.index("Police")
    differ = [
        (now[0], column, now[column])
        for was, now in zip(plain.table.rows, marked.table.rows, strict=True)
        for column in range(len(now))
        if was[column] != now[column]
    ]
    ((quarter, column, text),) = differ
    assert (quarter, column) == ("January to March 2026", police) and text.endswith(" [r]")
    assert [row[1:3] for row in marked.data.rows if "[r]" in str(row[10])] == [("2026-Q1", "police")]
    said = "Figures marked [r] read otherwise in release 2026-Q2.1."
    assert said in marked.notes and said not in plain.notes


def test_table_when_the_release_is_the_first_then_nothing_is_marked(context: Context) -> None:
    alone = trend_exhibit(replace(context, earlier=None), INDICATORS["incidents_recorded"])
    assert alone is not None and not any("[r]" in cell for row in alone.table.rows for cell in row)
