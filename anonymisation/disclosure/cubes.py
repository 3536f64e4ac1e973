"""Cubes: tables of counts as they are defined, before any count is seen.

Here: the definition of a cube, its hierarchies, and what may stand together in one system (the cubes of one
unit): the same words for the same dimension, one method, and whether the tables' dimension sets are acyclic.
Not here: counts and cells (systems.py), which cubes the partnership publishes (schemas/measures).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.rules import METHODS

ALL = "all"
"""The word for a margin: summed over this dimension."""

RESERVED = "|;="
"""Signs that part a canonical key, and may stand in no unit, dimension or category."""

Hierarchy = tuple[tuple[str, tuple[str, ...]], ...]
"""(group, its members) pairs; a member is a category or another group. Groupings may overlap."""


@dataclass(frozen=True, kw_only=True)
class Cube:
    """One table of counts of a unit, published with all of its margins."""

    name: str
    """Its file is cubes/<name>.csv."""
    unit: str
    """What is counted, e.g. `incident.police`."""
    dimensions: tuple[str, ...]
    """Columns, in the order published. None: the grand total alone."""
    categories: Mapping[str, tuple[str, ...]]
    """Per dimension: its categories, in the order published, without groups and without `all`."""
    method: str = "rounding"
    """`rounding` or `suppression`."""
    structural_zeros: tuple[Mapping[str, str], ...] = ()
    """Cells that cannot hold anybody, known to every reader. A cell named by some dimensions covers all below
    it."""
    hierarchies: Mapping[str, Hierarchy] = field(default_factory=dict)
    """Per dimension: groups of categories that are published as well."""
    sensitive: frozenset[str] = frozenset()
    """Dimensions where "all but one of a group fall in this category" is itself a disclosure
    (suppression)."""
    period_kind: str = "quarter"
    """`quarter`, `year`, …: for the reader."""

    def __post_init__(self) -> None:
        where = f"cube [{self.name}]"
        if not self.name or not self.unit:
            raise DisclosureError(f"{where}: name and unit must not be empty.")
        if self.method not in METHODS:
            raise DisclosureError(f"{where}: method [{self.method}] must be one of {list(METHODS)}.")
        if len(set(self.dimensions)) != len(self.dimensions):
            raise DisclosureError(f"{where}: a dimension stands twice.")
        reserved = {"period", "value", "marker", "n"} & set(self.dimensions)
        if reserved:
            raise DisclosureError(
                f"{where}: dimension {sorted(reserved)} bears the name of a column that every cube has."
            )
        if set(self.categories) != set(self.dimensions):
            raise DisclosureError(f"{where}: categories must be given for exactly its dimensions.")
        if set(self.hierarchies) - set(self.dimensions) or self.sensitive - set(self.dimensions):
            raise DisclosureError(f"{where}: a hierarchy or a sensitive dimension is none of its dimensions.")
        for dimension in self.dimensions:
            self._check_dimension(dimension, f"{where}, dimension [{dimension}]")
        for zero in self.structural_zeros:
            if not zero or any(
                c not in self.nodes(d) if d in self.dimensions else True for d, c in zero.items()
            ):
                raise DisclosureError(f"{where}: a structural zero names an unknown dimension or category.")
        for word in (self.unit, *self.dimensions, *(n for d in self.dimensions for n in self.nodes(d))):
            if any(sign in word for sign in RESERVED):
                raise DisclosureError(
                    f"{where}: [{word}] holds one of the signs {list(RESERVED)}, which part the keys of "
                    "cells."
                )

    def _check_dimension(self, dimension: str, where: str) -> None:
        categories, groups = self.categories[dimension], self.hierarchies.get(dimension, ())
        names = [*categories, *(group for group, _ in groups)]
        if not categories:
            raise DisclosureError(f"{where}: no category.")
        if len(set(names)) != len(names):
            raise DisclosureError(f"{where}: a category or group stands twice.")
        if ALL in names or "" in names:
            raise DisclosureError(
                f"{where}: [{ALL}] is the word for the margin, and an empty word is none: neither may be a "
                "category."
            )
        for group, members in groups:
            unknown = [m for m in members if m not in names]
            if unknown or not members or len(set(members)) != len(members):
                raise DisclosureError(
                    f"{where}: group [{group}] has no member, one twice, or unknown ones {unknown[:3]}."
                )
        for group, _ in groups:
            self.leaves(dimension, group)

    def nodes(self, dimension: str) -> tuple[str, ...]:
        """Categories, then groups: everything but the margin."""
        return (*self.categories[dimension], *(group for group, _ in self.hierarchies.get(dimension, ())))

    def leaves(self, dimension: str, node: str) -> frozenset[str]:
        """The categories under a node. Raises when groups contain each other, or count a category twice."""
        groups = dict(self.hierarchies.get(dimension, ()))

        def below(name: str, above: tuple[str, ...]) -> list[str]:
            if name in above:
                raise DisclosureError(
                    f"cube [{self.name}], dimension [{dimension}]: group [{name}] contains itself through "
                    "its members."
                )
            if name not in groups:
                return [name]
            return [leaf for member in groups[name] for leaf in below(member, (*above, name))]

        found = list(self.categories[dimension]) if node == ALL else below(node, ())
        if len(set(found)) != len(found):
            raise DisclosureError(
                f"cube [{self.name}], dimension [{dimension}]: group [{node}] counts a category twice."
            )
        return frozenset(found)


def check_cubes(cubes: Iterable[Cube]) -> None:
    """Refuse cubes that cannot be margins of one cross-classification per unit.

    Every cube of a unit shares at least the grand total with the others. So they must use the same categories
    and groups for a dimension, and one method: the same cell is never published both exactly and rounded.
    """
    listed = list(cubes)
    names = [cube.name for cube in listed]
    if not listed:
        raise DisclosureError("no cube was given: there is nothing to protect.")
    if len(set(names)) != len(names):
        raise DisclosureError("two cubes bear the same name: give each its own.")
    for one, other in itertools.combinations(listed, 2):
        if one.unit != other.unit:
            continue
        pair = f"cubes [{one.name}] and [{other.name}] of unit [{one.unit}]"
        if one.method != other.method:
            raise DisclosureError(
                f"{pair} use different methods, yet share the total: one would give it exactly and the other "
                "rounded. "
                "Use one method for all cubes of a unit."
            )
        for dimension in set(one.dimensions) & set(other.dimensions):
            same = set(one.categories[dimension]) == set(other.categories[dimension])
            groups = [{g: frozenset(m) for g, m in c.hierarchies.get(dimension, ())} for c in (one, other)]
            if not same or groups[0] != groups[1]:
                raise DisclosureError(
                    f"{pair} disagree on the categories or groups of [{dimension}]: they cannot be margins "
                    "of one table. "
                    "Use the same categories in both, and a hierarchy in both where coarser groups are "
                    "wanted."
                )


def facets(cubes: Iterable[Cube]) -> tuple[frozenset[str], ...]:
    """The largest dimension sets: every cube is a margin of one of them."""
    sets = sorted({frozenset(cube.dimensions) for cube in cubes}, key=lambda s: (-len(s), sorted(s)))
    return tuple(s for s in sets if not any(s < other for other in sets))


def is_acyclic(cubes: Iterable[Cube]) -> bool:
    """Whether the dimension sets form an acyclic hypergraph (Graham's reduction: strike out dimensions that
    stand in one set only and sets inside another; acyclic when nothing but one empty set is left)."""
    sets = [set(s) for s in facets(cubes)]
    while True:
        lone = {d for s in sets for d in s if sum(d in other for other in sets) == 1}
        shrunk = [s - lone for s in sets]
        kept: list[set[str]] = []
        for i, s in enumerate(shrunk):
            inside = any(s < t or (s == t and j < i) for j, t in enumerate(shrunk) if j != i)
            if not inside:
                kept.append(s)
        if len(kept) <= 1:
            return True
        if kept == sets:
            return False
        sets = kept
