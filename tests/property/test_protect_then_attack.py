"""What `tessera protect` writes, `tessera attack` cannot open: any method, margins, hierarchies, counts or
microdata."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymisation.audit import attack_tables
from pipelines.doors.attack import EXIT_HELD, EXIT_OPEN, attack_command
from pipelines.doors.protect import protect_command, run_protect

MARGINS = {2: ("d0,d1", "d0*d1"), 3: ("d0*d1,d1*d2", "d0*d1,d1*d2,d0*d2", "d0*d1,d2", "d2"),
           4: ("d0*d1,d1*d2,d2*d3", "d0*d1*d2,d2*d3", "d0*d1,d2*d3"),
           5: ("d0*d1,d0*d2,d0*d3,d0*d4", "d0*d1*d2,d3*d4,d0*d4")}


def people(seed: int, n_dimensions: int, n: int) -> pl.DataFrame:
    """A row per person: few categories that are common, many that are rare."""
    rng = np.random.default_rng(seed)
    columns = {}
    for i in range(n_dimensions):
        size = int(rng.integers(2, 7 if n_dimensions < 4 else 4))
        chance = 1 / np.arange(1, size + 1) ** 1.2
        columns[f"d{i}"] = [f"d{i}_{v}" for v in rng.choice(size, size=n, p=chance / chance.sum())]
    return pl.DataFrame(columns)


@settings(max_examples=40, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000), n_dimensions=st.integers(1, 5), n=st.sampled_from([20, 80, 300]),
    method=st.sampled_from(["rounding", "suppression"]), which=st.integers(0, 4),
    grouped=st.sampled_from(["", "flat", "deep"]), counted=st.booleans(),
    threshold=st.sampled_from([3, 5, 10]), base=st.sampled_from([3, 5, 10]),
)  # fmt: skip
def test_attack_when_protect_wrote_the_table_then_nothing_is_open(
    tmp_path: Path, seed: int, n_dimensions: int, n: int, method: str, which: int, grouped: str,
    counted: bool, threshold: int, base: int
) -> None:
    frame = people(seed, n_dimensions, n)
    choices = MARGINS.get(n_dimensions, ())
    margins = choices[which] if which < len(choices) else None
    if margins is None and n_dimensions > 3 and method == "suppression":
        margins = choices[0]  # whole sparse five-way tables are what the documentation says to round
    groups = {}
    if grouped and frame["d0"].n_unique() > 3 and (margins is None or "d0" in margins):
        found = sorted(frame["d0"].unique().to_list())
        other = ["first", found[2]] if grouped == "deep" else found[2:]
        groups = {"d0": {"first": found[:2], "other": other}}
    table, out, tree = tmp_path / "table.csv", tmp_path / "protected.csv", tmp_path / "groups.json"
    tree.write_text(json.dumps(groups))
    given_ = frame.group_by(frame.columns).len("n").sort(frame.columns) if counted else frame
    given_.write_csv(table)
    hierarchies = tree if groups else None
    protect_command(
        table, out=out, margins=margins, hierarchies=hierarchies, method=method,  # type: ignore[arg-type]
        threshold=threshold, base=base,
    )  # fmt: skip
    rule = {"base": base} if method == "rounding" else {"threshold": threshold}
    if method == "rounding" and f"0 to {2 * base - 1}" in out.read_text():
        rule["within"] = 2 * base - 1
    assert attack_command([out], hierarchies=hierarchies, **rule) == EXIT_HELD  # type: ignore[arg-type]


LINKED = b"""area,age,sex,n
north,child,f,3
north,child,m,9
north,adult,f,14
north,adult,m,2
south,child,f,21
south,child,m,1
south,adult,f,16
south,adult,m,33
"""


def test_attack_when_linked_tables_stand_in_one_file_then_the_cross_is_not_read_as_zero(
    tmp_path: Path
) -> None:
    text, _ = run_protect(LINKED, margins=(("area", "age"), ("area", "sex")), method="suppression",
                          seed=bytes(16))
    path = tmp_path / "linked.csv"
    path.write_text(text)
    assert attack_command([path]) == EXIT_HELD


def test_attack_when_one_needed_cell_of_linked_tables_is_shown_then_open(tmp_path: Path) -> None:
    text, _ = run_protect(LINKED, margins=(("area", "age"), ("age", "sex")), method="suppression",
                          seed=bytes(16))
    truth = {("north", "child", "all"): 12, ("north", "adult", "all"): 16, ("south", "child", "all"): 22,
             ("south", "adult", "all"): 49, ("all", "child", "f"): 24, ("all", "child", "m"): 10,
             ("all", "adult", "f"): 30, ("all", "adult", "m"): 35}
    assert "[c]" not in text  # no cell of these two tables is small
    lines = [line.split(",") for line in text.splitlines()]
    opened = [[*row[:3], "", "[c]"] if tuple(row[:3]) == ("north", "child", "all") else row for row in lines]
    assert {tuple(r[:3]): int(r[3]) for r in lines[1:] if tuple(r[:3]) in truth} == truth
    path = tmp_path / "one.csv"
    path.write_text("\n".join(",".join(row) for row in opened) + "\n")
    assert attack_command([path]) == EXIT_OPEN


def linked_rows(one: str, other: str) -> pl.DataFrame:
    """Two one-way tables under each other, with their shared total; `all` where a dimension is not broken
    down."""
    rows = [("a", "all", one), ("b", "all", "12"), ("all", "x", other), ("all", "y", "13"),
            ("all", "all", "20")]
    return pl.DataFrame(rows, schema={"d": pl.String, "e": pl.String, "n": pl.String}, orient="row")


def test_attack_tables_when_a_cell_is_left_out_of_each_then_both_are_exact() -> None:
    found = attack_tables({"t": linked_rows("[c]", "[c]")}, count="n")
    assert found.frame.select("tables", "d", "e", "lo", "up", "open").rows() == [
        ("t", "a", "all", 8, 8, True), ("t", "all", "x", 7, 7, True)]
    assert found.notes == ()


def test_attack_tables_when_rounded_with_five_dimensions_then_copies_of_records_prove_every_width() -> None:
    """768 cells and 575 targets without a search, and every interval exact. Some cells moved one step more,
    and the table says so by its zeros (`0 to 9`): it is read as it is meant without being told."""
    text, said = run_protect(people(7, 5, 300).write_csv().encode(), seed=bytes(16))
    assert "moved one step more" in said and "0 to 9" in text and "0 to 4" not in text
    frame = pl.read_csv(text.encode(), infer_schema=False)
    found = attack_tables({"t": frame}, seconds=30)
    assert found.notes == ("figures are read as rounded to base 5, the truth within 9",)
    assert (found.n_open, found.n_unsolved) == (0, 0)
    assert found.frame.height > 50
    assert found.frame["exact"].all()
    narrow = found.frame.filter(pl.col("width") < 4)
    assert narrow.is_empty()


@pytest.mark.parametrize("method", ["rounding", "suppression"])
def test_attack_when_protect_wrote_microdata_with_margins_then_nothing_is_open(tmp_path: Path,
    method: str) -> None:
    text, _ = run_protect(people(3, 3, 120).write_csv().encode(), margins=(("d0", "d1"), ("d1", "d2")),
                          method=method, seed=bytes(16))
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert attack_command([path]) == EXIT_HELD
