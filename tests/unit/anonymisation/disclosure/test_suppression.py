"""Suppression: published cases of others, and intervals counted out by brute force.

Figures: sdcTools/sdcTable tests (optimal patterns), sdcTools/UserSupport issues 136 and 307.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from anonymisation.disclosure import Cube, DisclosureError, Protected, Rules, protect

SEED = bytes(range(16))


def cube(name: str, categories: dict[str, tuple[str, ...]], **changes: Any) -> Cube:
    given = {
        "name": name,
        "unit": "u",
        "dimensions": tuple(categories),
        "categories": categories,
        "method": "suppression",
    }
    return Cube(**{**given, **changes})


def counts(dimensions: list[str], rows: list[tuple[Any, ...]], period: str = "p") -> pl.DataFrame:
    return pl.DataFrame([(period, *row) for row in rows], schema=["period", *dimensions, "n"], orient="row")


def withheld(protected: Protected) -> set[str]:
    return {key.split("|")[2] for key in protected.withheld}


def leaf_tables(
    true: dict[str, int], sums: dict[str, frozenset[str]], hidden: set[str], most: dict[str, int]
) -> list[dict[str, int]]:
    """Every table of leaves that agrees with the published cells, each hidden leaf from 0 up to its
    `most`."""
    free = sorted(cell for cell in true if cell in hidden)
    published = {name: sum(true[c] for c in members) for name, members in sums.items() if name not in hidden}
    found = []
    for guess in itertools.product(*(range(most[cell] + 1) for cell in free)):
        table = {**true, **dict(zip(free, guess, strict=True))}
        if all(sum(table[c] for c in sums[name]) == total for name, total in published.items()):
            found.append(table)
    return found


def test_suppress_when_opt_microdata1_then_the_cheapest_rectangle_is_hidden() -> None:
    rows = [("A", "f", 2), ("A", "m", 18), ("B", "f", 19), ("B", "m", 14), ("C", "f", 10), ("C", "m", 12),
            ("D", "f", 14),
            ("D", "m", 11)]  # fmt: skip
    table = cube("c", {"area": ("A", "B", "C", "D"), "sex": ("f", "m")})
    protected = protect([table], {"c": counts(["area", "sex"], rows)}, seed=SEED)
    assert withheld(protected) == {"area=A;sex=f", "area=A;sex=m", "area=C;sex=f", "area=C;sex=m"}
    assert protected.stats[0].is_exact


def test_suppress_when_linked_136_then_n_is_hidden_and_k_is_open_no_more() -> None:
    true = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
    groups = {"county-1": "ABIJ", "county-2": "KLMN", "small": "ABIJKN", "BIG": "LM"}
    table = cube(
        "c",
        {"place": tuple(true)},
        hierarchies={"place": tuple((name, tuple(members)) for name, members in groups.items())},
    )
    protected = protect(
        [table], {"c": counts(["place"], list(true.items()))}, seed=SEED, rules=Rules(threshold=4)
    )
    hidden = {key.removeprefix("place=") for key in withheld(protected)}
    assert hidden == set("ABKLMN")
    sums = {**{name: frozenset(members) for name, members in groups.items()}, "all": frozenset(true)}
    tables = leaf_tables(true, sums, hidden, most={"A": 5, "B": 5, "K": 11, "L": 7, "M": 7, "N": 11})
    intervals = {c: (min(t[c] for t in tables), max(t[c] for t in tables)) for c in sorted(hidden)}
    assert intervals == {"A": (0, 4), "B": (0, 4), "K": (0, 10), "L": (0, 6), "M": (0, 6), "N": (0, 10)}


def test_suppress_when_two_hidden_cells_add_up_to_a_small_count_then_a_third_is_hidden() -> None:
    """UserSupport issue 307: B + C = 8 < 11 is derivable, so A goes too."""
    table = cube("c", {"place": ("A", "B", "C")})
    protected = protect(
        [table],
        {"c": counts(["place"], [("A", 15), ("B", 5), ("C", 3)])},
        seed=SEED,
        rules=Rules(threshold=11),
    )
    assert withheld(protected) == {"place=A", "place=B", "place=C"}


@pytest.mark.parametrize(("n", "is_small"), [(0, False), (1, True), (4, True), (5, False), (6, False)])
def test_suppress_when_a_count_is_near_the_threshold_then_only_those_below_are_hidden(
    n: int, is_small: bool
) -> None:
    table = cube("c", {"place": ("A", "B", "C")})
    protected = protect([table], {"c": counts(["place"], [("A", n), ("B", 30), ("C", 40)])}, seed=SEED)
    assert ("place=A" in withheld(protected)) is is_small


def test_suppress_when_zeros_are_hidden_then_a_zero_is_a_target() -> None:
    table = cube("c", {"place": ("A", "B", "C")})
    given = {"c": counts(["place"], [("A", 0), ("B", 30), ("C", 40)])}
    assert withheld(protect([table], given, seed=SEED, rules=Rules(zeros="hidden"))) == {"place=A", "place=B"}
    assert withheld(protect([table], given, seed=SEED, rules=Rules(zeros="published"))) == set()


@pytest.mark.parametrize("seed", range(12))
def test_suppress_when_random_tables_are_attacked_by_brute_force_then_every_small_cell_keeps_its_interval(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    areas, sexes = ("A", "B", "C"), ("f", "m", "x")
    n = rng.choice([0, 1, 2, 3, 4, 6, 7], size=(3, 3))
    true = {f"{a}{s}": int(n[i, j]) for i, a in enumerate(areas) for j, s in enumerate(sexes)}
    rows = [(c[0], c[1], v) for c, v in true.items()]
    table = cube("c", {"area": areas, "sex": sexes})
    protected = protect([table], {"c": counts(["area", "sex"], rows)}, seed=SEED)
    sums = {a: frozenset(a + s for s in sexes) for a in areas} | {
        s: frozenset(a + s for a in areas) for s in sexes
    }
    sums["all"] = frozenset(true)
    hidden = {
        "".join(pair.split("=")[1] for pair in key.split(";") if pair) or "all" for key in withheld(protected)
    }
    tables = _tables(true, sums, hidden)
    for cell, value in {**true, **{m: sum(true[c] for c in s) for m, s in sums.items()}}.items():
        if 0 < value < 5:
            reached = [sum(t[c] for c in sums.get(cell, frozenset({cell}))) for t in tables]
            assert min(reached) <= value - 1 and max(reached) >= 5 and max(reached) - min(reached) >= 5


def _tables(true: dict[str, int], sums: dict[str, frozenset[str]], hidden: set[str]) -> list[dict[str, int]]:
    """As `leaf_tables`, but row by row, so that nine free cells stay countable; hidden margins rise by up to
    8."""
    options = []
    for area in "ABC":
        cells = [area + s for s in "fmx"]
        lists = [range(13) if c in hidden else [true[c]] for c in cells]
        total = sum(true[c] for c in cells)
        rows = [r for r in itertools.product(*lists) if area in hidden or sum(r) == total]
        options.append([r for r in rows if sum(r) <= total + 8])
    columns = {s: sum(true[c] for c in sums[s]) for s in "fmx" if s not in hidden}
    found = []
    by_two: dict[tuple[int, ...], list[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    for a, b in itertools.product(options[0], options[1]):
        by_two.setdefault(tuple(x + y for x, y in zip(a, b, strict=True)), []).append((a, b))
    total = sum(true.values())
    for c in options[2]:
        for two, pairs in by_two.items():
            column = [x + y for x, y in zip(two, c, strict=True)]
            if any(column["fmx".index(s)] != n for s, n in columns.items()) or (
                "all" not in hidden and sum(column) != total
            ):
                continue
            for a, b in pairs[:1]:
                found.append(_named(a, b, c))
            found += [_named(a, b, c) for a, b in pairs[1:]]
    return found


def _named(*rows: tuple[int, ...]) -> dict[str, int]:
    return {a + s: n for a, row in zip("ABC", rows, strict=True) for s, n in zip("fmx", row, strict=True)}


def test_suppress_when_cells_were_withheld_before_then_they_stay_withheld() -> None:
    table = cube("c", {"place": ("A", "B", "C", "D")})
    given = {"c": counts(["place"], [("A", 3), ("B", 30), ("C", 40), ("D", 50)])}
    past: dict[str, int | None] = {
        "u|p|place=A": None,
        "u|p|place=D": None,
        "u|p|place=B": 30,
        "u|p|place=C": 40,
        "u|p|": 123,
    }
    assert withheld(protect([table], given, seed=SEED, ledger=past)) == {"place=A", "place=D"}


def test_suppress_when_the_past_leaves_a_target_open_then_refused() -> None:
    table = cube("c", {"place": ("A", "B", "C")})
    given = {"c": counts(["place"], [("A", 3), ("B", 30), ("C", 40)])}
    past: dict[str, int | None] = {"u|p|place=A": None, "u|p|place=B": 30, "u|p|place=C": 40, "u|p|": 73}
    with pytest.raises(DisclosureError) as refusal:
        protect([table], given, seed=SEED, ledger=past)
    assert str(refusal.value) == (
        "[u|p]: a target ([small]) stays open whatever is hidden, beside [3] cells published before and [0] "
        "that everybody "
        "knows. Publish coarser categories, or declare a new vintage."
    )


def test_suppress_when_a_small_cell_was_published_before_then_refused() -> None:
    table = cube("c", {"place": ("A", "B")})
    with pytest.raises(
        DisclosureError, match=re.escape("[1] cells that must be withheld were published before.")
    ):
        protect(
            [table], {"c": counts(["place"], [("A", 3), ("B", 30)])}, seed=SEED, ledger={"u|p|place=A": 3}
        )


def test_suppress_when_a_cube_published_before_is_not_given_then_refused() -> None:
    table = cube("c", {"place": ("A", "B")})
    with pytest.raises(
        DisclosureError,
        match=re.escape("[1] cells of the same unit and period were published before in cubes"),
    ):
        protect([table], {"c": counts(["place"], [("A", 3), ("B", 30)])}, seed=SEED, ledger={"u|p|sex=f": 3})


def test_suppress_when_a_year_is_the_sum_of_its_quarters_then_they_are_protected_together() -> None:
    """Alone each quarter would hide A and B; the year's A must not give a quarter's away."""
    table = cube("c", {"place": ("A", "B", "C")})
    quarters = [[("A", 1), ("B", 30), ("C", 40)], [("A", 9), ("B", 20), ("C", 60)]]
    year = [("A", 10), ("B", 50), ("C", 100)]
    frames = pl.concat(
        [counts(["place"], r, p) for r, p in zip([*quarters, year], ("q1", "q2", "y"), strict=True)]
    )
    ties = [
        {
            "kind": "eq",
            "left": {"unit": "u", "period": "y", "cell": {"place": place}},
            "right": [{"unit": "u", "period": q, "cell": {"place": place}} for q in ("q1", "q2")],
        }
        for place in ("A", "B", "C", "all")
    ]
    protected = protect([table], {"c": frames}, seed=SEED, ties=ties)
    hidden = set(protected.withheld)
    assert "u|q1|place=A" in hidden
    assert {"u|q2|place=A", "u|y|place=A"} & hidden


def test_suppress_when_a_contributor_subtracts_its_own_rows_then_others_small_count_is_hidden_too() -> None:
    table = cube("c", {"place": ("A", "B", "C")})
    given = {"c": counts(["place"], [("A", 20), ("B", 30), ("C", 40)])}
    own = pl.DataFrame({"key": ["u|p|place=A", "u|p|"], "agency": ["police", "police"], "n": [18, 18]})
    assert withheld(protect([table], given, seed=SEED)) == set()
    assert "place=A" in withheld(protect([table], given, seed=SEED, contributors=own))


def test_suppress_when_all_of_a_group_fall_in_one_sensitive_category_then_it_is_hidden() -> None:
    rows = [
        ("A", "yes", 12),
        ("A", "no", 0),
        ("B", "yes", 20),
        ("B", "no", 20),
        ("C", "yes", 25),
        ("C", "no", 25),
    ]
    words = {"area": ("A", "B", "C"), "pregnant": ("yes", "no")}
    given = {"c": counts(["area", "pregnant"], rows)}
    assert withheld(protect([cube("c", words)], given, seed=SEED)) == set()
    hidden = withheld(protect([cube("c", words, sensitive=frozenset({"pregnant"}))], given, seed=SEED))
    assert {"area=A;pregnant=yes", "area=A;pregnant=no"} <= hidden


def test_suppress_when_one_person_fills_a_cell_then_it_is_hidden() -> None:
    table = cube("c", {"place": ("A", "B", "C")})
    given = {"c": counts(["place"], [("A", 9), ("B", 30), ("C", 40)])}
    assert "place=A" in withheld(protect([table], given, seed=SEED, persons={"u|p|place=A": 1}))


def test_suppress_when_a_period_is_restated_then_what_was_withheld_stays_withheld() -> None:
    table = cube("c", {"place": ("A", "B", "C", "D")})
    past: dict[str, int | None] = {"u|p|place=A": None, "u|p|place=D": None, "u|p|place=B": 30}
    given = {"c": counts(["place"], [("A", 8), ("B", 31), ("C", 40), ("D", 50)])}
    hidden = withheld(protect([table], given, seed=SEED, ledger=past, vintages={"p"}))
    assert hidden == {"place=A", "place=D"}
