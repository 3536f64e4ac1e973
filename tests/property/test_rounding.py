"""Rounding over any tables: adjacent multiples, every sum, the past as it was; and no bias over seeds."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymisation.disclosure import Cube, Rules, protect, systems_of
from anonymisation.disclosure.systems import System
from benchmarks import disclosure_regions

WORDS = {
    d: tuple(f"{d}{i}" for i in range(n)) for d, n in {"area": 3, "age": 4, "sex": 2, "place": 5}.items()
}

SETS = (
    (("area",),),
    (("area", "age"), ("area", "sex"), ("area", "place")),
    (("area", "age"), ("age", "sex"), ("area", "sex")),
    (("area", "age", "sex"), ("area", "place")),
)


def region(
    seed: int, n: int, sets: tuple[tuple[str, ...], ...]
) -> tuple[list[Cube], dict[str, pl.DataFrame]]:
    """Cubes of n random units, unevenly spread."""
    rng = np.random.default_rng(seed)
    chances = {d: (w := 1.0 / np.arange(1, len(c) + 1)) / w.sum() for d, c in WORDS.items()}
    units = pl.DataFrame({d: rng.choice(c, size=n, p=chances[d]).tolist() for d, c in WORDS.items()})
    cubes, counts = [], {}
    for dims in sets:
        name = "_".join(dims)
        cubes.append(
            Cube(name=name, unit="incident", dimensions=dims, categories={d: WORDS[d] for d in dims})
        )
        counts[name] = (
            units.group_by(dims)
            .agg(pl.len().cast(pl.Int64).alias("n"))
            .with_columns(period=pl.lit("2026-Q3"))
        )
    return cubes, counts


def check(cubes: list[Cube], system: System, cells: dict[str, int | None], base: int) -> None:
    """Adjacent multiples, zeros at zero, and every table the sum of its cells, worked out anew from the
    coordinates."""
    true = dict(zip(system.keys, system.values.tolist(), strict=True))
    for key, value in cells.items():
        assert value is not None and value % base == 0 and abs(value - true[key]) < base
    by_cell = {c: cells[k] or 0 for c, k in zip(system.coordinates, system.keys, strict=True)}
    for cube in cubes:
        for size in range(len(cube.dimensions)):
            for kept in itertools.combinations(sorted(cube.dimensions), size):
                for categories in itertools.product(*(cube.categories[d] for d in kept)):
                    margin = tuple(zip(kept, categories, strict=True))
                    below = [
                        v for c, v in by_cell.items()
                        if {d for d, _ in c} == set(cube.dimensions) and set(margin) <= set(c)
                    ]  # fmt: skip
                    assert sum(below) == by_cell[margin]


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000), n=st.integers(0, 120), sets=st.sampled_from(SETS),
    base=st.sampled_from([3, 5, 10]),
    secret=st.binary(min_size=16, max_size=16),
)  # fmt: skip
def test_protect_when_any_region_is_rounded_then_adjacent_and_additive(
    seed: int, n: int, sets: tuple[tuple[str, ...], ...], base: int, secret: bytes
) -> None:
    cubes, counts = region(seed, n, sets)
    if n == 0:
        counts = {
            c.name: pl.DataFrame(
                {"period": ["2026-Q3"], **{d: [WORDS[d][0]] for d in c.dimensions}, "n": [0]}
            )
            for c in cubes
        }
    (system,) = systems_of(cubes, counts)
    protected = protect(cubes, counts, seed=secret, rules=Rules(base=base))
    if not protected.elastic:
        check(cubes, system, protected.cells, base)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    first=st.binary(min_size=16, max_size=16),
    second=st.binary(min_size=16, max_size=16),
)
def test_protect_when_a_cube_is_added_to_the_past_then_nothing_published_changes(
    seed: int, first: bytes, second: bytes
) -> None:
    cubes, counts = region(seed, 80, SETS[1])
    before = protect(cubes[:2], {c.name: counts[c.name] for c in cubes[:2]}, seed=first).cells
    after = protect(cubes, counts, seed=second, ledger=before).cells
    assert {key: after[key] for key in before} == before


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), n=st.integers(20, 90), secret=st.binary(min_size=16, max_size=16))
def test_protect_when_suppressed_then_published_cells_are_true_and_small_ones_are_not_published(
    seed: int, n: int, secret: bytes
) -> None:
    cubes, counts = region(seed, n, SETS[1])
    exact = [
        Cube(name=c.name, unit=c.unit, dimensions=c.dimensions, categories=c.categories, method="suppression")
        for c in cubes
    ]
    (system,) = systems_of(exact, counts)
    cells = protect(exact, counts, seed=secret).cells
    for key, true in zip(system.keys, system.values.tolist(), strict=True):
        assert cells[key] is None if 0 < true < 5 else cells[key] in (true, None)


@pytest.mark.parametrize("sets", SETS[1:], ids=["acyclic", "cyclic", "three-way"])
def test_protect_when_rounded_with_200_seeds_then_unbiased(sets: tuple[tuple[str, ...], ...]) -> None:
    """Mean error by residual within 0.2 of 0, and 95 % of cells within 0.6 (issue: measures to reach)."""
    cubes, counts = region(7, 400, sets)
    (system,) = systems_of(cubes, counts)
    keys, x = system.keys, system.values
    errors = []
    for i in range(1, 201):
        cells = protect(cubes, counts, seed=i.to_bytes(16, "big")).cells
        errors.append(np.array([cells[k] or 0 for k in keys]) - x)
    mean = np.mean(errors, axis=0)
    assert (mean[x % 5 == 0] == 0).all()
    present = [r for r in range(1, 5) if (x % 5 == r).any()]
    by_residual = {r: float(mean[x % 5 == r].mean()) for r in present}
    assert len(present) == 4
    assert max(abs(m) for m in by_residual.values()) <= 0.2, by_residual
    assert float(np.quantile(np.abs(mean[x % 5 > 0]), 0.95)) <= 0.6
    assert np.abs(errors).max() <= 4


def test_protect_when_a_cyclic_system_is_large_then_its_mean_error_is_the_same_in_each_draw() -> None:
    """Mean |error| of non-zero cells up to 1.75, though coins for each cell alone err by 1.766 (issue:
    measures to reach)."""
    place = disclosure_regions.region(1, sets=disclosure_regions.THREE_WAY[:4])
    cubes, counts = place.cubes("rounding"), place.counts()
    (system,) = systems_of(cubes, counts)
    x, residual = system.values, system.values % 5
    assert len(x) == 2016
    assert float((2 * residual * (5 - residual) / 5)[x > 0].mean()) == pytest.approx(1.766, abs=0.001)
    for i in range(1, 3):
        cells = protect(cubes, counts, seed=i.to_bytes(16, "big")).cells
        error = np.array([cells[k] or 0 for k in system.keys]) - x
        assert np.abs(error).max() <= 4
        assert float(np.abs(error)[x > 0].mean()) <= 1.75
        assert max(abs(float(error[residual == r].mean())) for r in range(1, 5)) <= 0.3
