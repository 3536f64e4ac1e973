"""Targets: what a suppressed table must leave uncertain.

Here: which cells, differences and groups are disclosive, as linear expressions of cells with their true
values, and the interval that each must be left. Not here: how they are protected (suppression.py); the
auditor's own list of targets (anonymisation/audit), which is made independently. Rounding needs no list: it
protects every count alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.rules import CONTRIBUTOR_MARGIN, Rules
from anonymisation.disclosure.systems import Coordinates, Ints, System

Terms = tuple[tuple[int, int], ...]
"""(cell, coefficient) pairs."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A linear expression of cells that readers must not learn."""

    terms: Terms
    value: int
    reason: str
    """`small` · `one person` · `difference` · `group` · `line` · `contributor`."""
    agency: str | None = None
    """The reader who knows its own share of every cell, or None for the public."""

    def __repr__(self) -> str:
        return f"Target(reason={self.reason!r}, cells={len(self.terms)})"

    def highest_floor(self) -> int:
        """The interval's lower end must be at most this."""
        return max(0, self.value - 1)

    def lowest_ceiling(self, threshold: int) -> int:
        """The interval's upper end must be at least this."""
        if self.reason == "contributor":
            return self.value + 1
        return threshold if self.reason == "group" else max(threshold, self.value + 1)

    def width(self, threshold: int) -> int:
        """The interval must be at least this wide."""
        if self.reason == "contributor":
            return CONTRIBUTOR_MARGIN
        return 0 if self.reason == "group" else threshold


def largest_contributions(contributors: pl.DataFrame | None) -> dict[str, int]:
    """Per cell key the largest count of one agency. Raises on a frame that is not (key, agency, n)."""
    if contributors is None:
        return {}
    wanted = {"key", "agency", "n"}
    if not wanted <= set(contributors.columns) or not contributors.schema["n"].is_integer():
        raise DisclosureError("contributors must hold the columns key, agency and n (whole numbers).")
    if contributors["n"].null_count() or (contributors["n"] < 0).any():
        raise DisclosureError("contributors hold empty or negative counts.")
    top = contributors.group_by("key").agg(pl.col("n").max())
    return dict(zip(top["key"].to_list(), top["n"].to_list(), strict=True))


def by_system(contributors: pl.DataFrame | None) -> dict[tuple[str, str], pl.DataFrame]:
    """The contributors' rows of each (unit, period)."""
    if contributors is None:
        return {}
    parts = contributors.with_columns(
        pl.col("key").str.splitn("|", 3).struct.rename_fields(["unit", "period", "cell"]).alias("parts")
    ).unnest("parts")
    return {
        (str(unit), str(period)): rows
        for (unit, period), rows in parts.partition_by("unit", "period", as_dict=True).items()
    }


def own_counts(system: System, contributors: pl.DataFrame | None) -> dict[str, Ints]:
    """Per agency its own count in each cell of the system."""
    if contributors is None:
        return {}
    at = {key: i for i, key in enumerate(system.keys)}
    own: dict[str, Ints] = {}
    for key, agency, n in contributors.select("key", "agency", "n").iter_rows():
        if key in at and n:
            own.setdefault(agency, np.zeros(len(at), dtype=np.int64))[at[key]] += n
    too_many = sum(int((counts > system.values).sum()) for counts in own.values())
    if too_many:
        raise DisclosureError(
            f"unit [{system.unit}], period [{system.period}]: in [{too_many}] cells one agency counts more "
            "than all together. "
            "Count the contributors from the same records."
        )
    return own


def _ancestors(system: System, cell: Coordinates) -> set[Coordinates]:
    """Every margin of a cell: dimensions summed over, or categories replaced by groups that hold them."""
    groups = {d: c for c in system.cubes for d in c.dimensions}
    found: set[Coordinates] = {()}
    for dimension, node in cell:
        cube = groups[dimension]
        below = cube.leaves(dimension, node)
        above = [g for g, _ in cube.hierarchies.get(dimension, ()) if below < cube.leaves(dimension, g)]
        found = {
            (*rest, *pair)
            for rest in found
            for pair in [(), ((dimension, node),), *(((dimension, g),) for g in above)]
        }
    return found - {cell}


def targets_of(
    system: System,
    rules: Rules,
    *,
    contributors: pl.DataFrame | None = None,
    persons: Mapping[str, int] | None = None,
) -> list[Target]:
    """The targets of a system: small cells, cells filled by one person, small differences between nested
    cells, groups that fall (all, or all but one) into one sensitive category, and others' small counts for
    each contributor.

    `persons`: per key the number of distinct persons behind the count, where the unit is not persons.
    """
    threshold, x = rules.threshold, system.values
    in_play = ~(system.missing | system.structural)
    least = 0 if rules.zeros == "hidden" else 1
    small = in_play & (x >= least) & (x < threshold)
    targets = [Target(terms=((int(i), 1),), value=int(x[i]), reason="small") for i in np.flatnonzero(small)]
    for i, key in enumerate(system.keys):
        if persons is not None and persons.get(key) == 1 and in_play[i] and not small[i]:
            targets.append(Target(terms=((i, 1),), value=int(x[i]), reason="one person"))
    index = {cell: i for i, cell in enumerate(system.coordinates)}
    sensitive = {d for cube in system.cubes for d in cube.sensitive}
    single = _single_rests(system)
    for cell, i in index.items():
        if not in_play[i]:
            continue
        for above in _ancestors(system, cell):
            parent = index.get(above)
            if parent is None:
                continue
            rest = int(x[parent] - x[i])
            if 0 < rest < threshold and (parent, i) not in single:
                targets.append(Target(terms=((parent, 1), (i, -1)), value=rest, reason="difference"))
            elif rest <= 1 <= x[parent] and {d for d, _ in set(cell) ^ set(above)} <= sensitive:
                targets.append(Target(terms=((parent, 1), (i, -1)), value=rest, reason="group"))
    for agency, own in sorted(own_counts(system, contributors).items()):
        others = x - own
        for j in np.flatnonzero(in_play & (own > 0) & (others > 0) & (others < threshold)):
            targets.append(Target(terms=((int(j), 1),), value=int(x[j]), reason="contributor", agency=agency))
    return targets


def _single_rests(system: System) -> set[tuple[int, int]]:
    """(parent, child) whose difference is one other cell, and so a target of its own already."""
    found = set()
    for relation in system.relations:
        if len(relation.children) == 2:
            found |= {(relation.parent, child) for child in relation.children}
    return found
