"""The shape of a system: which tables share which dimensions.

Here: whether the tables' dimension sets form an acyclic hypergraph (then consistent non-negative integer
tables always have microdata behind them), the cliques that have to be searched where they do not, and a join
tree. Sets of names only.
Not here: any count (systems.py, certificates.py).
Sources: Graham, Yu-Özsoyoğlu (GYO reduction); Beeri, Fagin, Maier, Yannakakis 1983 (acyclicity ⇔ join tree);
Vorob'ev 1962 (consistent margins extend exactly when the complex is acyclic).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import prod

Edge = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One clique of a join tree, its parent (None at the root) and what the two share."""

    clique: Edge
    parent: int | None
    separator: Edge


def maximal(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The edges that no other edge contains, sorted."""
    unique = sorted({tuple(sorted(e)) for e in edges})
    return tuple(e for e in unique if not any(set(e) < set(other) for other in unique))


def is_acyclic(edges: Iterable[Edge]) -> bool:
    """GYO reduction: drop vertices of one edge only, drop edges inside others, until nothing moves."""
    left = [set(e) for e in edges]
    moved = True
    while moved:
        moved = False
        for edge in left:
            lonely = {v for v in edge if sum(v in other for other in left) == 1}
            if lonely:
                edge -= lonely
                moved = True
        for i, edge in enumerate(left):
            if any(i != j and edge <= other for j, other in enumerate(left)):
                del left[i]
                moved = True
                break
    return len(left) <= 1


def cliques(edges: Iterable[Edge], sizes: Mapping[str, int]) -> tuple[Edge, ...]:
    """Maximal cliques of a triangulation of the graph in which dimensions of one table are neighbours.

    Of an acyclic hypergraph these are its maximal edges; otherwise each clique that is no edge is a joint
    table, not published, that must exist behind the published ones. Vertices are taken in the order of least
    fill, then least size.
    """
    neighbours: dict[str, set[str]] = {v: set() for e in edges for v in e}
    for edge in edges:
        for a, b in combinations(edge, 2):
            neighbours[a].add(b)
            neighbours[b].add(a)
    found: list[Edge] = []
    while neighbours:

        def cost(v: str) -> tuple[int, int, str]:
            around = neighbours[v]
            fill = sum(b not in neighbours[a] for a, b in combinations(sorted(around), 2))
            return fill, prod(sizes[u] for u in around | {v}), v

        chosen = min(neighbours, key=cost)
        around = neighbours.pop(chosen)
        found.append(tuple(sorted(around | {chosen})))
        for a, b in combinations(around, 2):
            neighbours[a].add(b)
            neighbours[b].add(a)
        for a in around:
            neighbours[a].discard(chosen)
    return maximal(found)


def join_tree(nodes: tuple[Edge, ...]) -> tuple[Branch, ...]:
    """A tree in which every dimension's cliques hang together; parents stand before children.

    Maximum-weight spanning tree on shared dimensions (Bernstein and Goodman 1981). Raises ValueError if
    there is none.
    """
    if not nodes:
        return ()
    order = [0]
    branches = [Branch(clique=nodes[0], parent=None, separator=())]
    waiting = set(range(1, len(nodes)))
    while waiting:
        _, child, at = max(
            (len(set(nodes[i]) & set(nodes[j])), -i, -at) for i in waiting for at, j in enumerate(order)
        )
        child, at = -child, -at
        shared = tuple(sorted(set(nodes[child]) & set(nodes[order[at]])))
        branches.append(Branch(clique=nodes[child], parent=at, separator=shared))
        order.append(child)
        waiting.discard(child)
    vertices = {v for n in nodes for v in n}
    if sum(len(b.clique) for b in branches) - sum(len(b.separator) for b in branches) != len(vertices):
        raise ValueError("these tables have no join tree")
    return tuple(branches)
