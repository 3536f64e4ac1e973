"""The golden cases: figures from the literature and one of our own, attacked as tables that we did not
make."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from anonymisation.audit import Attacked, attack_tables, audit

CASES: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "golden" / "disclosure_cases.json").read_text()
)


def frame(columns: list[str], rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(
        [[str(v) for v in row] for row in rows], schema=dict.fromkeys(columns, pl.String), orient="row"
    )


def intervals(found: Attacked, *dimensions: str) -> dict[str, list[int]]:
    return {
        " ".join(row[:-2]): list(row[-2:]) for row in found.frame.select(*dimensions, "lo", "up").iter_rows()
    }


def two_way(case: dict[str, Any], extra: list[str]) -> pl.DataFrame:
    counts = np.array(case["counts"])
    hidden = {*case["hidden"], *extra}
    rows: list[tuple[object, ...]] = []
    for (i, r), (j, c) in itertools.product(
        enumerate([*case["rows"], "Total"]), enumerate([*case["columns"], "Total"])
    ):
        n = counts[: 4 if r == "Total" else None][slice(None) if r == "Total" else i]
        n = n.sum(axis=0) if r == "Total" else n
        rows.append((r, c, "" if f"{r} {c}" in hidden else int(n.sum() if c == "Total" else n[j])))
    return frame(["row", "column", "n"], rows)


def test_attack_when_two_cells_are_hidden_per_line_then_the_middle_one_is_exact() -> None:
    case = CASES["two_way_with_two_hidden_per_line"]
    found = attack_tables({"t": two_way(case, [])})
    assert intervals(found, "row", "column")[case["target"]] == case["interval"]
    assert found.n_open > 0
    assert found.frame["exact"].all()


@pytest.mark.parametrize("extra", list(CASES["two_way_with_two_hidden_per_line"]["interval_after_one_more"]))
def test_attack_when_one_more_cell_is_hidden_then_the_interval_is_the_published_one(extra: str) -> None:
    case = CASES["two_way_with_two_hidden_per_line"]
    found = attack_tables({"t": two_way(case, [extra])})
    assert intervals(found, "row", "column")[case["target"]] == case["interval_after_one_more"][extra]


def linked(case: dict[str, Any], hidden: str) -> dict[str, pl.DataFrame]:
    return {
        name: frame(
            ["region", "n"],
            [(m, "c" if m in hidden else case["counts"][m]) for m in members]
            + [("Total", sum(case["counts"][m] for m in members))],
        )
        for name, members in case["groupings"].items()
    }


@pytest.mark.parametrize(("more", "expected"), [("", "intervals"), ("N", "intervals_then")])
def test_attack_when_five_groupings_are_linked_then_intervals_are_joint(more: str, expected: str) -> None:
    case = CASES["five_linked_groupings"]
    found = attack_tables(linked(case, case["hidden"] + more), threshold=case["threshold"])
    assert intervals(found, "region") == case[expected]
    assert found.n_open == (1 if not more else 0)


def test_attack_when_each_grouping_is_attacked_alone_then_nothing_is_exact() -> None:
    case = CASES["five_linked_groupings"]
    for name, table in linked(case, case["hidden"]).items():
        found = attack_tables({name: table}, threshold=case["threshold"])
        assert (found.frame["width"] > 0).all(), name


def test_attack_when_groupings_are_parents_of_one_table_then_intervals_are_the_same() -> None:
    case = CASES["five_linked_groupings"]
    counts = case["counts"]
    rows: list[tuple[object, ...]] = [(m, "c" if m in case["hidden"] else n) for m, n in counts.items()]
    rows += [
        (g if g != "whole" else "Total", sum(counts[m] for m in ms)) for g, ms in case["groupings"].items()
    ]
    tree = {g: list(ms) for g, ms in case["groupings"].items() if g != "whole"}
    found = attack_tables({"t": frame(["region", "n"], rows)}, hierarchies=tree)
    assert intervals(found, "region") == case["intervals"]


@pytest.mark.parametrize(("more", "expected", "n_open"), [("", "intervals", 2), ("A", "intervals_then", 0)])
def test_attack_when_the_sum_of_hidden_cells_is_small_then_they_are_open(
    more: str, expected: str, n_open: int
) -> None:
    case = CASES["sum_of_hidden_below_threshold"]
    hidden = case["hidden"] + more
    rows: list[tuple[object, ...]] = [(k, "[c]" if k in hidden else n) for k, n in case["counts"].items()]
    found = attack_tables({"t": frame(["group", "n"], [*rows, ("Total", 23)])}, threshold=case["threshold"])
    assert intervals(found, "group") == case[expected]
    assert found.n_open == n_open


def four_by_two(hidden: list[str]) -> pl.DataFrame:
    counts = CASES["four_by_two"]["counts"]
    rows: list[tuple[object, ...]] = []
    for r, c in itertools.product([*counts, "Total"], ["female", "male", "Total"]):
        n = sum(
            counts[a][b]
            for a in ([r] if r in counts else counts)
            for b in ([c] if c != "Total" else ["female", "male"])
        )
        rows.append((r, c, "*" if f"{r} {c}" in hidden else n))
    return frame(["place", "sex", "n"], rows)


def test_attack_when_one_cell_is_hidden_alone_then_it_is_exact() -> None:
    found = attack_tables({"t": four_by_two(CASES["four_by_two"]["hidden_alone"])})
    assert intervals(found, "place", "sex") == {"A female": [2, 2]}
    assert found.n_open == 1


@pytest.mark.parametrize("hidden", CASES["four_by_two"]["hidden_sets_that_hold"])
def test_attack_when_the_known_pattern_is_hidden_then_nothing_is_open(hidden: list[str]) -> None:
    assert attack_tables({"t": four_by_two(hidden)}).n_open == 0


def test_attack_when_rounding_is_additive_then_each_cell_keeps_its_box() -> None:
    case = CASES["controlled_rounding"]
    rounded = np.array(case["rounded"])
    rows: list[tuple[object, ...]] = []
    for i, j in itertools.product([0, 1, 2, "all"], [0, 1, "all"]):
        rows.append(
            (
                i,
                j,
                int(rounded[slice(None) if i == "all" else i][..., slice(None) if j == "all" else j].sum()),
            )
        )
    found = attack_tables({"t": frame(["i", "j", "value"], rows)}, base=case["base"])
    kept = found.frame.select("published", "lo", "up").unique().sort("published").rows()
    assert kept == [(name, *case["intervals"][name]) for name in ("0", "5")]
    assert found.n_open == 0


def test_published_means_when_counts_are_perturbed_then_the_truth_is_the_only_fit() -> None:
    """Why only counts are published: two means in eight figures leave one pair of counts, of the 25 that
    the noise leaves."""
    case = CASES["published_means"]
    for perturbed, true, mean in zip(case["perturbed"], case["true"], case["means"], strict=True):
        places = len(mean.partition(".")[2])
        reach = range(perturbed - case["max_noise"], perturbed + case["max_noise"] + 1)
        fits = [
            n
            for n in reach
            if any(f"{s / n:.{places}f}".rstrip("0") == mean.rstrip("0") for s in range(20 * n))
        ]
        assert fits == [true]


def cyclic() -> dict[tuple[str, str], np.ndarray[Any, Any]]:
    return {
        (k.split()[0], k.split()[1]): np.array(t) for k, t in CASES["cyclic_three_binary"]["tables"].items()
    }


def test_attack_when_tables_are_cyclic_then_intervals_are_those_of_people() -> None:
    case = CASES["cyclic_three_binary"]
    tables = {
        "".join(dims): frame(
            [*dims, "value"], [(i, j, int(t[i, j])) for i, j in itertools.product((0, 1), (0, 1))]
        )
        for dims, t in cyclic().items()
    }
    found = attack_tables(tables, base=case["base"], threshold=20)
    assert {(p, lo, up) for p, lo, up in found.frame.select("published", "lo", "up").iter_rows()} == {
        ("0", *case["interval_where_0"]), ("10", *case["interval_where_10"]),
    }  # fmt: skip
    assert found.frame["exact"].all()
    assert found.frame["open"].all()


def test_audit_when_the_cyclic_core_has_no_microdata_then_it_is_rejected(written: Any) -> None:
    cats = ["0", "1"]
    cubes = [
        (
            written.cube("".join(dims), dict.fromkeys(dims, cats)),
            {"2026-Q1": written.cells(t, dict.fromkeys(dims, cats))},
        )
        for dims, t in cyclic().items()
    ]
    result = audit(written.release(cubes))
    assert not result.passed
    assert result.failures == {"AB": 6, "AC": 6, "BC": 6}
    assert result.histogram == {"0": 0, "1": 0, "2 to 3": 6, "4": 0, "5 to 8": 0, "9 or more": 0}
