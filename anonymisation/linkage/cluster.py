"""Clusters: links between identities → people, each within the vetoes.

What belongs here: the union of pairs, strongest first, that never puts two checked identifiers, known twins
or too many spellings into one person. What does not: which pairs there are and how strong (matchkeys.py,
model.py); the union one pair at a time (careful.py).

Nearly every group of linked identities offends against nothing, and then the order of its links does not
matter: it is joined as a whole, in arrays. Only groups that hold something to veto are walked pair by pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anonymisation.linkage.careful import Careful

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MAX_CLEAN_SOURCES = 63
"""Sources that list nobody twice are bits of one number; of more than these, the first by name are held to
it."""


def components(n: int, left: Ints, right: Ints) -> Ints:
    """The smallest member of each node's connected component, over nodes 0 … n-1."""
    label = np.arange(n, dtype=np.int64)
    while True:
        low, high = np.minimum(label[left], label[right]), np.maximum(label[left], label[right])
        if np.array_equal(low, high):
            return label
        np.minimum.at(label, high, low)
        while not np.array_equal(label, label[label]):
            label = label[label]


def _numbers(values: Sequence[int | None] | Ints) -> Ints:
    """Codes 0, 1, … of hashed identifiers, -1 for none: a hash of 64 bits fits no signed number."""
    if isinstance(values, np.ndarray):
        return values.astype(np.int64)
    codes: dict[int, int] = {}
    return np.array([-1 if v is None else codes.setdefault(v, len(codes)) for v in values], dtype=np.int64)


@dataclass(kw_only=True)
class Clusters:
    """A partition of identities 0 … n-1 that refuses unions which a veto forbids."""

    nhs: Sequence[int | None] | Ints
    """Checked identifier of each identity (hashed), None if it has none; or an array of codes, -1 for
    none."""
    pnc: Sequence[int | None] | Ints
    max_size: int
    """Most identities that one person may have."""
    only_one_of: Sequence[frozenset[str]] = ()
    """Of each identity, the sources it stands in that list nobody twice; empty if there are no such
    sources."""
    refused: Counter[str] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        n = len(self.nhs)
        self._label = np.arange(n, dtype=np.int64)
        self._size = np.ones(n, dtype=np.int64)
        self._nhs, self._pnc = _numbers(self.nhs), _numbers(self.pnc)
        self._foes = np.empty((2, 0), dtype=np.int64)
        names = sorted(frozenset().union(*self.only_one_of))[:MAX_CLEAN_SOURCES]
        bit = {name: 1 << i for i, name in enumerate(names)}
        self._names = names
        self._sources = (
            np.array([sum(bit.get(s, 0) for s in held) for held in self.only_one_of], dtype=np.int64)
            if names
            else np.zeros(n, dtype=np.int64)
        )

    def keep_apart(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Two identities that must never be one person (twins, identifiers that differ)."""
        more = np.array(list(pairs), dtype=np.int64).reshape(-1, 2).T
        self._foes = np.concatenate([self._foes, more], axis=1)

    def forget_apart(self) -> None:
        """Nobody is kept apart any more."""
        self._foes = np.empty((2, 0), dtype=np.int64)

    def find(self, i: int) -> int:
        """The identity that stands for the cluster of `i`."""
        return int(self._label[i])

    def labels(self) -> Ints:
        """The cluster of every identity."""
        return self._label.copy()

    def sources(self, roots: Ints) -> Ints:
        """Sources listing nobody twice in which each cluster stands, as bits."""
        return self._sources[roots]

    def identified(self, roots: Ints) -> Flags:
        """Whether a checked NHS number is known of each cluster."""
        known: Flags = self._nhs[roots] >= 0
        return known

    def union(self, left: ArrayLike, right: ArrayLike) -> Flags:
        """Join the pairs in the order given; a pair that a veto forbids is counted and left.

        Returns:
            Which pairs may stand: True where both are now one person.
        """
        one, other = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
        if not len(one):
            return np.zeros(0, dtype=np.bool_)
        made = components(len(self._label), self._label[one], self._label[other])
        offending = self._offending(made)
        group = made[self._label]
        doubtful = offending[group[one]]
        calm = ~offending[made]
        self._take(np.where(calm, made, np.arange(len(made))))
        if doubtful.any():
            self._walk(one[doubtful], other[doubtful])
        stands: Flags = self._label[one] == self._label[other]
        return stands

    def _offending(self, made: Ints) -> Flags:
        """Which groups of clusters hold something that a veto forbids; by the group's smallest member."""
        n = len(made)
        bad = np.zeros(n, dtype=np.bool_)
        roots = np.flatnonzero(self._label == np.arange(n))
        group = made[roots]
        bad |= np.bincount(group, weights=self._size[roots], minlength=n) > self.max_size
        for numbers in (self._nhs, self._pnc):
            known = roots[numbers[roots] >= 0]
            least = np.full(n, np.iinfo(np.int64).max)
            most = np.full(n, -1, dtype=np.int64)
            np.minimum.at(least, made[known], numbers[known])
            np.maximum.at(most, made[known], numbers[known])
            bad |= (most >= 0) & (least != most)
        for i in range(len(self._names)):
            bad |= np.bincount(group, weights=(self._sources[roots] >> i) & 1, minlength=n) > 1
        if self._foes.shape[1]:
            a, b = made[self._label[self._foes[0]]], made[self._label[self._foes[1]]]
            bad[a[a == b]] = True
        return bad

    def _take(self, made: Ints) -> None:
        """Join whole groups: `made` gives each root the smallest of its group."""
        n = len(made)
        roots = np.flatnonzero(self._label == np.arange(n))
        moved = roots[made[roots] != roots]
        target = made[moved]
        np.add.at(self._size, target, self._size[moved])
        np.maximum.at(self._nhs, target, self._nhs[moved])
        np.maximum.at(self._pnc, target, self._pnc[moved])
        np.bitwise_or.at(self._sources, target, self._sources[moved])
        self._label = made[self._label]

    def _walk(self, left: Ints, right: Ints) -> None:
        """Join the pairs of offending groups one at a time."""
        one, other = self._label[left], self._label[right]
        nodes = np.unique(np.concatenate([one, other]))
        place = {int(root): i for i, root in enumerate(nodes)}
        careful = Careful(
            nhs=[int(v) if v >= 0 else None for v in self._nhs[nodes]],
            pnc=[int(v) if v >= 0 else None for v in self._pnc[nodes]],
            size=[int(v) for v in self._size[nodes]],
            sources=[int(v) for v in self._sources[nodes]],
            max_size=self.max_size,
        )
        foes = self._label[self._foes]
        near = np.isin(foes[0], nodes) & np.isin(foes[1], nodes)
        careful.keep_apart((place[int(a)], place[int(b)]) for a, b in foes[:, near].T)
        careful.union([place[int(a)] for a in one], [place[int(b)] for b in other])
        self.refused.update(careful.refused)
        roots = np.array([careful.find(i) for i in range(len(nodes))], dtype=np.int64)
        least = np.full(len(nodes), np.iinfo(np.int64).max)
        np.minimum.at(least, roots, nodes)
        made = np.arange(len(self._label), dtype=np.int64)
        made[nodes] = least[roots]
        self._take(made)

    def copy(self) -> Clusters:
        """The same clusters, to try unions on."""
        twin = Clusters(nhs=[], pnc=[], max_size=self.max_size)
        twin._label, twin._size = self._label.copy(), self._size.copy()
        twin._nhs, twin._pnc = self._nhs.copy(), self._pnc.copy()
        twin._foes, twin._names, twin._sources = self._foes, self._names, self._sources.copy()
        return twin

    def may_join(self, left: ArrayLike, right: ArrayLike) -> Flags:
        """Which pairs are still two clusters that no veto keeps apart."""
        a = self._label[np.asarray(left, dtype=np.int64)]
        b = self._label[np.asarray(right, dtype=np.int64)]
        free: Flags = (a != b) & (self._size[a] + self._size[b] <= self.max_size)
        for numbers in (self._nhs, self._pnc):
            free &= (numbers[a] < 0) | (numbers[b] < 0) | (numbers[a] == numbers[b])
        free &= (self._sources[a] & self._sources[b]) == 0
        foes = self._label[self._foes]
        n = len(self._label)
        barred = np.minimum(foes[0], foes[1]) * n + np.maximum(foes[0], foes[1])
        free &= ~np.isin(np.minimum(a, b) * n + np.maximum(a, b), barred)
        return free
