"""Parts: categories as sets of leaves, and how files that count different people hang together.

Here: the leaves under a parent, the finest sets of a table's dimension, relations between files read.
Not here: cells and sums (linking.py), reading a figure (tables.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from anonymisation.audit.rows import AuditError

Part = frozenset[str]


def leaves_of(parent: str, tree: Mapping[str, Sequence[str]], above: set[str]) -> Part:
    if parent in above:
        raise AuditError(f"hierarchy: [{parent}] is its own ancestor")
    if parent not in tree:
        return frozenset({parent})
    return frozenset().union(*(leaves_of(c, tree, above | {parent}) for c in tree[parent]))


def atoms_of(parts: Iterable[Part]) -> tuple[frozenset[Part], bool]:
    """The finest sets of a table's dimension, and whether its own rows list them. Sets that overlap fall
    back to leaves.
    """
    every = set(parts)
    finest = {p for p in every if not any(q < p for q in every)}
    if sum(len(p) for p in finest) == len(frozenset().union(*finest)):
        covered = frozenset().union(*finest)
        loose = frozenset().union(*every) - covered
        return frozenset(finest | {frozenset({v}) for v in loose}), True
    return frozenset(frozenset({v}) for v in frozenset().union(*finest)), False


def split_relation(relation: str, names: Sequence[str]) -> tuple[str, str, list[str]]:
    sign = "<=" if "<=" in relation else "="
    left, _, right = relation.partition(sign)
    files = [left.strip(), *(r.strip() for r in right.split("+"))]
    unknown = [f for f in files if f not in names]
    if unknown:
        raise AuditError(
            f"relation [{relation}]: no table is named [{unknown[0]}]; "
            f"tables are {', '.join(f'[{n}]' for n in names)}"
        )
    return sign, files[0], files[1:]


def populations(texts: Sequence[str], names: Sequence[str]) -> dict[str, Part]:
    """Which leaves of the population dimension each file named in a relation covers."""
    found: dict[str, Part] = {}
    split = [split_relation(t, names) for t in texts]
    sums = {left: right for sign, left, right in split if sign == "="}
    for _, left, right in split:
        for name in (left, *right):
            found[name] = leaves_of(name, sums, set())
    return found
