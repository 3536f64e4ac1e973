"""Twins or another name? Whether different forenames at one surname, birth and postcode are two people in
these data.

What belongs here: finding such pairs and estimating how many of them are two people. What does not: keeping
them apart (cluster.py). The house rule keeps them apart (as HMPPS does); it is lifted only where the data
show that it is wrong, because then it would lose people who use another first name or whose forename was
mistyped beyond recognition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
from numpy.typing import ArrayLike, NDArray

from anonymisation.linkage.cluster import Clusters, Flags, Ints
from anonymisation.linkage.likeness import NAMES_UNLIKE
from anonymisation.linkage.statements import statement

MAX_TWIN_SHARE: Final = 0.10
"""Above this share of two people among such pairs they are kept apart."""
MIN_PAIRS: Final = 30
"""Fewer such pairs say nothing about the share: they are kept apart."""
MIN_EXPECTED: Final = 10.0
"""Signs of twins that would be expected if all were twins; with fewer, seeing none means nothing."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class TwinEvidence:
    """What the data say about pairs that look like twins."""

    left: Ints
    right: Ints
    share: float | None
    """Estimated share of two people among them; None if it cannot be told."""

    @property
    def keep_apart(self) -> bool:
        """Whether the house rule stands."""
        return self.share is None or self.share > MAX_TWIN_SHARE

    @property
    def are_seen(self) -> bool:
        """Whether the data themselves show that such pairs are two people."""
        return self.share is not None and self.share > MAX_TWIN_SHARE


@dataclass(frozen=True, kw_only=True)
class TwinPairs:
    """Pairs of identities that look like twins, as positions."""

    left: Ints
    right: Ints
    is_same: Flags
    """They share an identifier: one person with two forenames."""
    is_other: Flags
    """They have different numbers of an unchecked kind, not a slip apart."""


def find_pairs(con: duckdb.DuckDBPyConnection) -> TwinPairs:
    """Pairs of identities that look like twins."""
    select = statement("twins", names_unlike=NAMES_UNLIKE)
    rows = con.execute(select).fetchnumpy()
    left, right = (rows[side].astype(np.int64) - 1 for side in ("iid_l", "iid_r"))
    is_same, is_other = (rows[flag].astype(np.bool_) for flag in ("is_same", "is_other"))
    return TwinPairs(left=left, right=right, is_same=is_same, is_other=is_other)


def weigh(clusters: Clusters, found: TwinPairs, n_records: ArrayLike) -> TwinEvidence:
    """Estimate, from the strict clusters with all such pairs apart, how many are two people.

    Three signs, the first that has enough to go on: identifiers that differ or agree; both names in a source
    that lists nobody twice; both names written more than once (an odd name is written once, a twin as often
    as anybody).
    """
    label = clusters.labels()
    apart = ~found.is_same
    one, other = found.left[apart], found.right[apart]
    weights = np.asarray(n_records, dtype=np.float64)
    size: Floats = np.bincount(label, weights=weights, minlength=len(label)).astype(np.float64)
    ends = np.sort(np.stack([label[one], label[other]], axis=1), axis=1)
    between = ends[:, 0] != ends[:, 1]
    pairs, of_pair = np.unique(ends[between], axis=0, return_inverse=True)
    is_other = np.zeros(len(pairs), dtype=np.bool_)
    np.logical_or.at(is_other, of_pair.reshape(-1), found.is_other[apart][between])
    return TwinEvidence(
        left=one, right=other, share=_share(clusters, pairs, is_other, size, int(found.is_same.sum()))
    )


def _share(clusters: Clusters, pairs: Ints, is_other: Flags, size: Floats, n_same: int) -> float | None:
    a, b = pairs[:, 0], pairs[:, 1]
    n_differ = int((is_other | (clusters.identified(a) & clusters.identified(b))).sum())
    if n_differ + n_same >= MIN_PAIRS:
        return n_differ / (n_differ + n_same)
    if len(pairs) < MIN_PAIRS:
        return None
    held_a, held_b = clusters.sources(a), clusters.sources(b)
    listed = (held_a > 0) & (held_b > 0)
    across = int((listed & ((held_a & held_b) == 0)).sum())
    if across >= MIN_PAIRS:
        return min((int(listed.sum()) - across + 1) / across, 1.0)
    people = size[size > 0]
    repeated = float((people > 1).mean()) if len(people) else 0.0
    expected = repeated**2 * len(pairs)
    if expected < MIN_EXPECTED:
        return None
    both = int(((size[a] > 1) & (size[b] > 1)).sum())
    return min((both + 1) / expected, 1.0)
