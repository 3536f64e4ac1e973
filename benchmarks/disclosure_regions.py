"""Synthetic regions for the disclosure benchmark: invented incidents, seeded, with the agencies that hold
them.

Here: microdata and the tables that a partnership would publish of them. Not here: practices
(disclosure_practices.py), the run (disclosure.py). Sizes: some 600 incidents a quarter, six two-way tables
(docs: disclosure control).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from anonymisation.disclosure import Cube

SIZES = {
    "area": 7,
    "age": 8,
    "relation": 8,
    "setting": 6,
    "ethnicity": 6,
    "outcome": 7,
    "sex": 3,
    "need": 8,
    "source": 9,
    "age_group": 6,
    "link": 5,
    "place": 4,
    "background": 5,
    "result": 4,
}
CYCLE = (
    ("area", "age"),
    ("age", "relation"),
    ("area", "relation"),
    ("sex", "age"),
    ("area", "sex"),
    ("relation", "outcome"),
)
SIX = tuple(("area", other) for other in ("age", "relation", "setting", "ethnicity", "outcome", "sex"))
SMALL_SIX = tuple(("area", other) for other in ("age_group", "link", "place", "background", "result", "sex"))
"""224 cells with their margins: 8 × (1 + 27)."""
THREE_WAY = tuple(
    ("area", one, two)
    for i, one in enumerate(("age", "relation", "setting", "ethnicity", "outcome", "sex", "need", "source"))
    for two in ("age", "relation", "setting", "ethnicity", "outcome", "sex", "need", "source")[i + 1 :]
)
FOUR_WAY = (("area", "age", "relation", "need"),)
"""One whole table of 8 × 9 × 9 × 9 cells with their margins."""
AGENCIES = {"police": 0.55, "sarc": 0.2, "isva": 0.15, "helpline": 0.1}
UNIT = "incident"


@dataclass(frozen=True, kw_only=True)
class Region:
    """Incidents of some quarters: a row each."""

    incidents: pl.DataFrame
    """period, agency, and a column per dimension."""
    sets: tuple[tuple[str, ...], ...]

    def cubes(self, method: str) -> list[Cube]:
        return [
            Cube(
                name="_".join(dims),
                unit=UNIT,
                dimensions=dims,
                categories={d: categories(d, self.incidents) for d in dims},
                method=method,
            )
            for dims in self.sets
        ]

    def counts(self) -> dict[str, pl.DataFrame]:
        """Per cube (period, dimensions, n)."""
        return {
            "_".join(dims): self.incidents.group_by("period", *dims).agg(pl.len().cast(pl.Int64).alias("n"))
            for dims in self.sets
        }

    def contributors(self) -> pl.DataFrame:
        """(key, agency, n): each agency's own counts in every cell."""
        parts = []
        for dims in _lower(self.sets):
            n = self.incidents.group_by("period", "agency", *dims).agg(pl.len().cast(pl.Int64).alias("n"))
            pairs = [pl.format("{}={}", pl.lit(d), pl.col(d)) for d in sorted(dims)]
            cell = pl.concat_str(pairs, separator=";") if pairs else pl.lit("")
            parts.append(
                n.select(pl.format("{}|{}|{}", pl.lit(UNIT), "period", cell).alias("key"), "agency", "n")
            )
        return pl.concat(parts)


def _lower(sets: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Every subset of every set, once."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for dims in sets:
        for mask in range(2 ** len(dims)):
            part = tuple(d for i, d in enumerate(dims) if mask >> i & 1)
            found.setdefault(frozenset(part), part)
    return list(found.values())


def categories(dimension: str, incidents: pl.DataFrame) -> tuple[str, ...]:
    """A dimension's categories: fixed ones, or the quarters that occur."""
    if dimension in SIZES:
        return tuple(f"{dimension}_{i}" for i in range(SIZES[dimension]))
    return tuple(incidents[dimension].unique().sort().to_list())


def region(
    seed: int,
    *,
    per_quarter: int = 600,
    quarters: Sequence[str] = ("2026-Q3",),
    sets: tuple[tuple[str, ...], ...] = SIX,
    as_dimension: bool = False,
) -> Region:
    """A region of four hidden kinds of incident, each with its own spread over categories; sizes fall off as
    1 / rank.

    `as_dimension`: the quarter is a dimension `quarter` of one period (a year's table) and not a period of
    its own.
    """
    rng = np.random.default_rng(seed)
    n = per_quarter * len(quarters)
    kind = rng.integers(0, 4, n)
    columns: dict[str, list[str]] = {}
    for dimension, size in SIZES.items():
        fall = 1.0 / np.arange(1, size + 1) ** 1.1
        chances = np.stack([fall if k == 0 else rng.permutation(fall) for k in range(4)])
        chances /= chances.sum(axis=1, keepdims=True)
        drawn = [int(rng.choice(size, p=chances[k])) for k in kind]
        columns[dimension] = [f"{dimension}_{i}" for i in drawn]
    agency = rng.choice(list(AGENCIES), size=n, p=list(AGENCIES.values())).tolist()
    quarter = [quarters[i % len(quarters)] for i in range(n)]
    frame = pl.DataFrame({"period": ["2026"] * n if as_dimension else quarter, "agency": agency, **columns})
    if as_dimension:
        frame = frame.with_columns(quarter=pl.Series(quarter))
        sets = tuple(("quarter", *dims) for dims in sets)
    return Region(incidents=frame, sets=sets)


def full_tables(cubes: Sequence[Cube], truth: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Each cube's true counts with every margin (`all`), as columns of text and `n`."""
    from anonymisation.disclosure import systems_of

    tables = {}
    for system in systems_of(cubes, truth):
        for cube in cubes:
            if cube.name not in system.layout:
                continue
            at = system.layout[cube.name]
            cells = [dict(system.coordinates[i]) for i in at]
            tables[cube.name] = pl.DataFrame(
                {
                    **{d: [c.get(d, "all") for c in cells] for d in cube.dimensions},
                    "n": system.values[at].tolist(),
                }
            )
    return tables


def three_years() -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Twelve quarters, and fourteen longer periods of them: to date, whole and half years, two years."""
    quarters = tuple(f"{y}-Q{q}" for y in (2024, 2025, 2026) for q in (1, 2, 3, 4))
    groups: dict[str, tuple[str, ...]] = {}
    for i in (0, 4, 8):
        year_name = quarters[i][:4]
        groups |= {f"{year_name}-to-Q{n}": quarters[i : i + n] for n in (2, 3, 4)}
        groups[f"{year_name}-H2"] = quarters[i + 2 : i + 4]
    return quarters, groups | {"2024-2025": quarters[:8], "2025-2026": quarters[4:]}
