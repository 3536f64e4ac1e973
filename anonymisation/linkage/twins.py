"""Twins or another name? Whether different forenames at one surname, birth and postcode are two people in
these data.

What belongs here: finding such pairs and estimating how many of them are two people. What does not: keeping
them apart (cluster.py). The house rule keeps them apart (as HMPPS does); it is lifted only where the data
show that it is wrong, because then it would lose people who use another first name or whose forename was
mistyped beyond recognition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from anonymisation.linkage.cluster import Clusters
from anonymisation.linkage.likeness import NAMES_UNLIKE
from anonymisation.linkage.statements import statement

MAX_TWIN_SHARE: Final = 0.10
"""Above this share of two people among such pairs they are kept apart."""
MIN_PAIRS: Final = 30
"""Fewer such pairs say nothing about the share: they are kept apart."""
MIN_EXPECTED: Final = 10.0
"""Signs of twins that would be expected if all were twins; with fewer, seeing none means nothing."""

NAME_SURNAMES: Final = 5
"""Surnames beside which a forename must stand to be a name and not a slip: twins may have names one slip
apart."""


@dataclass(frozen=True, kw_only=True)
class TwinEvidence:
    """What the data say about pairs that look like twins."""

    left: list[int]
    right: list[int]
    share: float | None
    """Estimated share of two people among them; None if it cannot be told."""

    @property
    def keep_apart(self) -> bool:
        """Whether the house rule stands."""
        return self.share is None or self.share > MAX_TWIN_SHARE


def find_pairs(
    con: duckdb.DuckDBPyConnection, position: dict[int, int]
) -> tuple[list[int], list[int], list[bool]]:
    """Pairs of identities that look like twins, as positions, and whether they share a checked identifier."""
    select = statement("twins", names_unlike=NAMES_UNLIKE, n_surnames=str(NAME_SURNAMES))
    rows = con.execute(select).fetchnumpy()
    left = [position[i] for i in rows["iid_l"].tolist()]
    right = [position[i] for i in rows["iid_r"].tolist()]
    return left, right, rows["is_same"].tolist()


def weigh(
    clusters: Clusters, left: Sequence[int], right: Sequence[int], n_records: Sequence[int], n_same: int
) -> TwinEvidence:
    """Estimate, from the strict clusters with all such pairs apart, how many are two people.

    Three signs, the first that has enough to go on: checked identifiers that differ or agree; both names in
    a source that lists nobody twice; both names written more than once (an odd name is written once, a twin
    as often as anybody).
    """
    size: dict[int, int] = {}
    for i, root in enumerate(clusters.roots()):
        size[root] = size.get(root, 0) + n_records[i]
    roots = {
        (min(a, b), max(a, b))
        for a, b in ((clusters.find(x), clusters.find(y)) for x, y in zip(left, right, strict=True))
    }
    pairs = [(a, b) for a, b in roots if a != b]
    return TwinEvidence(left=list(left), right=list(right), share=_share(clusters, pairs, size, n_same))


def _share(
    clusters: Clusters, pairs: list[tuple[int, int]], size: dict[int, int], n_same: int
) -> float | None:
    n_differ = sum(1 for a, b in pairs if clusters.nhs[a] is not None and clusters.nhs[b] is not None)
    if n_differ + n_same >= MIN_PAIRS:
        return n_differ / (n_differ + n_same)
    if len(pairs) < MIN_PAIRS:
        return None
    listed = [(a, b) for a, b in pairs if clusters.sources(a) and clusters.sources(b)]
    across = sum(1 for a, b in listed if clusters.sources(a).isdisjoint(clusters.sources(b)))
    if across >= MIN_PAIRS:
        return min((len(listed) - across + 1) / across, 1.0)
    repeated = sum(1 for n in size.values() if n > 1) / max(len(size), 1)
    expected = repeated**2 * len(pairs)
    if expected < MIN_EXPECTED:
        return None
    both = sum(1 for a, b in pairs if size[a] > 1 and size[b] > 1)
    return min((both + 1) / expected, 1.0)
