"""The union of doubtful clusters, one pair at a time: what a veto forbids is left, and counted by veto.

What belongs here: the vetoes, in the order in which they are named. What does not: groups in which there is
nothing to veto (cluster.py joins those whole).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Careful:
    """A union-find over clusters 0 … n-1 that refuses unions which a veto forbids."""

    nhs: list[int | None]
    """Checked identifier known of each cluster; None if none is."""
    pnc: list[int | None]
    size: list[int]
    """Identities of each cluster."""
    sources: list[int]
    """Sources that list nobody twice, as bits."""
    max_size: int
    refused: Counter[str] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        self._parent = list(range(len(self.nhs)))
        self._apart: dict[int, set[int]] = {}

    def keep_apart(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Two clusters that must never be one person."""
        for left, right in pairs:
            self._apart.setdefault(left, set()).add(right)
            self._apart.setdefault(right, set()).add(left)

    def find(self, i: int) -> int:
        """The cluster that stands for all that `i` was joined with."""
        parent = self._parent
        root = i
        while parent[root] != root:
            root = parent[root]
        while parent[i] != root:
            parent[i], i = root, parent[i]
        return root

    def _veto(self, a: int, b: int) -> str | None:
        for known in (self.nhs, self.pnc):
            if known[a] is not None and known[b] is not None and known[a] != known[b]:
                return "two_identifiers"
        if self.size[a] + self.size[b] > self.max_size:
            return "too_many_spellings"
        if any(self.find(foe) == b for foe in self._apart.get(a, ())) or any(
            self.find(foe) == a for foe in self._apart.get(b, ())
        ):
            return "kept_apart"
        if self.sources[a] & self.sources[b]:
            return "one_source_twice"
        return None

    def union(self, left: Sequence[int], right: Sequence[int]) -> None:
        """Join the pairs in the order given."""
        for one, other in zip(left, right, strict=True):
            a, b = self.find(one), self.find(other)
            if a == b:
                continue
            if (veto := self._veto(a, b)) is not None:
                self.refused[veto] += 1
                continue
            if self.size[a] < self.size[b]:
                a, b = b, a
            self._parent[b] = a
            self.size[a] += self.size[b]
            self.sources[a] |= self.sources[b]
            for known in (self.nhs, self.pnc):
                if known[a] is None:
                    known[a] = known[b]
            if b in self._apart:
                self._apart.setdefault(a, set()).update(self._apart.pop(b))
