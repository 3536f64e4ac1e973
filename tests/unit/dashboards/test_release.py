"""Reading a release folder: cells, markers, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dashboards.release import (
    NOT_AVAILABLE,
    ROUNDED_ZERO,
    UNAVAILABLE,
    WITHHELD,
    Cell,
    Release,
    ReleaseError,
    read_release,
)


def test_cell_when_added_then_values_add_and_a_missing_part_makes_the_sum_missing() -> None:
    assert Cell(value=5) + Cell(value=10) == Cell(value=15)
    assert Cell(value=0, marker=ROUNDED_ZERO) + Cell(value=0, marker=ROUNDED_ZERO) == Cell(
        value=0, marker=ROUNDED_ZERO
    )
    assert Cell(value=0, marker=ROUNDED_ZERO) + Cell(value=5) == Cell(value=5)
    assert Cell(value=5) + NOT_AVAILABLE == NOT_AVAILABLE
    assert NOT_AVAILABLE + Cell(value=None, marker=WITHHELD) == Cell(value=None, marker=WITHHELD)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(value=1234), "1,234"),
        (Cell(value=0, marker=ROUNDED_ZERO), "0 to 4"),
        (Cell(value=0), "0"),
        (Cell(value=None, marker=WITHHELD), "[c]"),
        (Cell(value=None, marker=UNAVAILABLE), "[x]"),
    ],
)
def test_cell_when_read_aloud_then_shows_value_or_marker(cell: Cell, text: str) -> None:
    assert cell.text == text


@pytest.mark.parametrize(("value", "marker"), [(5, WITHHELD), (None, ""), (None, ROUNDED_ZERO)])
def test_cell_when_value_and_marker_disagree_then_refused(value: int | None, marker: str) -> None:
    with pytest.raises(ValueError, match=r"^a cell holds a value, or a marker that says why there is none$"):
        Cell(value=value, marker=marker)


def test_read_release_when_the_folder_holds_none_then_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as error:
        read_release(tmp_path)
    assert str(error.value) == f"[{tmp_path.name}]: holds no [release.json]. Give the folder of one release."


def test_read_release_when_a_key_is_missing_then_names_it(release_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(release_dir, folder)
    content = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    del content["attacked"]
    (folder / "release.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ReleaseError) as error:
        read_release(folder)
    assert str(error.value) == (
        "[release.json], key [attacked]: is missing. Take the folder from the release step again."
    )


def test_table_when_a_line_is_no_cell_then_names_the_line_and_not_the_value(
    release_dir: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(release_dir, folder)
    (folder / "cubes" / "incidents_by_setting.police.csv").write_text(
        "period,setting,value,marker\n2026-Q3,all,15,\n2026-Q3,hotel,17,[c]\n", encoding="utf-8"
    )
    with pytest.raises(ReleaseError) as error:
        read_release(folder).table("incidents_by_setting.police")
    assert str(error.value) == (
        "[cubes/incidents_by_setting.police.csv], line [3]: value and marker do not make a cell."
    )


def test_table_when_asked_for_what_it_has_not_then_not_available_and_never_zero(release: Release) -> None:
    table = release.table("reports_by_status.police")
    assert table is not None
    assert table.cell("1999-Q1") == NOT_AVAILABLE
    assert release.table("reports_by_status.nobody") is None
    with pytest.raises(KeyError, match="has no dimension"):
        table.cell("2026-Q3", colour="red")
