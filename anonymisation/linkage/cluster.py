"""Clusters: links between identities → people, each within the vetoes.

What belongs here: the union of pairs, strongest first, that never puts two checked identifiers, known twins
or too many spellings into one person. What does not: which pairs there are and how strong (matchkeys.py,
model.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_NOWHERE: frozenset[str] = frozenset()


@dataclass(kw_only=True)
class Clusters:
    """A union-find over identities 0 … n-1 that refuses unions which a veto forbids."""

    nhs: list[int | None]
    """Checked identifier of each identity (hashed); None if it has none."""
    pnc: list[int | None]
    max_size: int
    """Most identities that one person may have."""
    only_one_of: list[frozenset[str]] = field(default_factory=list)
    """Of each identity, the sources it stands in that list nobody twice; empty list if there are no such
    sources."""
    parent: list[int] = field(init=False)
    size: list[int] = field(init=False)
    apart: dict[int, set[int]] = field(init=False, default_factory=dict)
    refused: Counter[str] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        n = len(self.nhs)
        self.parent = list(range(n))
        self.size = [1] * n
        self._sources: dict[int, frozenset[str]] = {
            i: sources for i, sources in enumerate(self.only_one_of) if sources
        }

    def keep_apart(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Two identities that must never be one person (twins, identifiers that differ)."""
        for left, right in pairs:
            self.apart.setdefault(self.find(left), set()).add(right)
            self.apart.setdefault(self.find(right), set()).add(left)

    def find(self, i: int) -> int:
        """The identity that stands for the cluster of `i`."""
        parent = self.parent
        root = i
        while parent[root] != root:
            root = parent[root]
        while parent[i] != root:
            parent[i], i = root, parent[i]
        return root

    def sources(self, root: int) -> frozenset[str]:
        """Sources listing nobody twice in which the cluster of this root stands."""
        return self._sources.get(root, _NOWHERE)

    def _veto(self, a: int, b: int) -> str | None:
        if self.nhs[a] is not None and self.nhs[b] is not None and self.nhs[a] != self.nhs[b]:
            return "two_identifiers"
        if self.pnc[a] is not None and self.pnc[b] is not None and self.pnc[a] != self.pnc[b]:
            return "two_identifiers"
        if self.size[a] + self.size[b] > self.max_size:
            return "too_many_spellings"
        foes_a, foes_b = self.apart.get(a), self.apart.get(b)
        if foes_a and any(self.find(foe) == b for foe in foes_a):
            return "kept_apart"
        if foes_b and any(self.find(foe) == a for foe in foes_b):
            return "kept_apart"
        if not self.sources(a).isdisjoint(self.sources(b)):
            return "one_source_twice"
        return None

    def union(self, left: Sequence[int], right: Sequence[int]) -> list[int]:
        """Join the pairs in the order given; a pair that a veto forbids is counted and left. Positions of
        those joined."""
        joined: list[int] = []
        for position, (a, b) in enumerate(zip(left, right, strict=True)):
            root_a, root_b = self.find(a), self.find(b)
            if root_a == root_b:
                continue
            if (veto := self._veto(root_a, root_b)) is not None:
                self.refused[veto] += 1
                continue
            joined.append(position)
            if self.size[root_a] < self.size[root_b]:
                root_a, root_b = root_b, root_a
            self.parent[root_b] = root_a
            self.size[root_a] += self.size[root_b]
            if self.nhs[root_a] is None:
                self.nhs[root_a] = self.nhs[root_b]
            if self.pnc[root_a] is None:
                self.pnc[root_a] = self.pnc[root_b]
            if root_b in self.apart:
                self.apart.setdefault(root_a, set()).update(self.apart.pop(root_b))
            if root_b in self._sources:
                self._sources[root_a] = self.sources(root_a) | self._sources.pop(root_b)
        return joined

    def copy(self) -> Clusters:
        """The same clusters, to try unions on."""
        twin = Clusters(nhs=list(self.nhs), pnc=list(self.pnc), max_size=self.max_size, only_one_of=[])
        twin.parent, twin.size = list(self.parent), list(self.size)
        twin.apart = {root: set(foes) for root, foes in self.apart.items()}
        twin._sources = dict(self._sources)
        return twin

    def may_join(self, left: Sequence[int], right: Sequence[int]) -> list[bool]:
        """Which pairs are still two clusters that no veto keeps apart."""
        roots = [(self.find(a), self.find(b)) for a, b in zip(left, right, strict=True)]
        return [a != b and self._veto(a, b) is None for a, b in roots]

    def roots(self) -> list[int]:
        """The cluster of every identity."""
        return [self.find(i) for i in range(len(self.parent))]


def histogram(sizes: Mapping[int, int] | Iterable[int]) -> dict[int, int]:
    """How many clusters have each size."""
    return dict(sorted(Counter(sizes).items()))
