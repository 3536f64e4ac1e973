"""Closed form: widths proved without search, and the certificate that a reader can check.

Here: how far one whole record type can be added to, or taken from, a table that fits before any published
cell leaves its box (a bottleneck computation on the join tree), microdata behind consistent tables, and the
certificate's text.
Not here: search (intervals.py), the check of a certificate (verify.py).

**Why it proves something.** If W is a table of whole numbers inside every box, adding j copies of one record
type raises exactly the cells that hold it by j. When each of them has room for j, the result is another
table that fits: two witnesses j apart for every one of these cells. On an acyclic system consistent
non-negative tables always have microdata; elsewhere W comes with its joint cells, so that it has them by
construction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice, product

import numpy as np
import numpy.typing as npt

from anonymisation.audit.hypergraph import Edge
from anonymisation.audit.rows import Ints
from anonymisation.audit.systems import Layout

CERTIFICATE_FORMAT = 1
Sum = tuple[int, tuple[int, ...]]
"""left = Σ right by definition: cells of one layout that differently grouped dimensions count alike."""
WAYS_TO_KEEP_SUMS = 256
"""Which cells of each sum a record type may be in, all ways together, as far as they are tried."""


def reach(plan: Layout, room: Ints, sums: Sequence[Sum] = ()) -> Ints:
    """For each cell the most copies of one record type that can be added to it, given the room of every cell;
    the type leaves `sums` as they are.

    Largest over all record types in the cell of the least room among all cells that hold the type: max-min
    on the join tree, exact, no search. `room` and the answer: one number per cell of the layout.
    """
    found = np.zeros(room.shape, dtype=np.int64)
    for allowed in _beside(plan, room, sums):
        np.maximum(found, _reach(plan, allowed), out=found)
    return found


def _beside(plan: Layout, room: Ints, sums: Sequence[Sum]) -> Iterator[Ints]:
    """The room of the record types that are in none of a sum's cells, then of those in the left one and one
    of the right ones: copies of either leave the sum as it is."""
    for way in islice(product(*((None, *right) for _, right in sums)), WAYS_TO_KEEP_SUMS):
        allowed = room.copy()
        for (whole, parts), one in zip(sums, way, strict=True):
            allowed[[cell for cell in (whole, *parts) if one is None or cell not in (whole, one)]] = 0
            for cell in () if one is None else (whole, one):
                for dimension, place in _spot(plan, cell).items():
                    allowed[np.delete(plan.ids((dimension,)), place)] = 0
        yield allowed


def _reach(plan: Layout, room: Ints) -> Ints:
    """`reach` of all record types. Axes before the last are tables of the same layout."""
    belief = [_least_room(plan, b.clique, room) for b in plan.tree]
    for i in range(len(plan.tree) - 1, 0, -1):
        branch = plan.tree[i]
        assert branch.parent is not None
        _narrow(
            plan, belief, branch.parent, _best(belief[i], branch.clique, branch.separator), branch.separator
        )
    for i in range(1, len(plan.tree)):
        branch = plan.tree[i]
        assert branch.parent is not None
        parent = plan.tree[branch.parent].clique
        _narrow(plan, belief, i, _best(belief[branch.parent], parent, branch.separator), branch.separator)
    answer = np.zeros(room.shape, dtype=np.int64)
    for face, home in plan.once("homes", make=lambda: _homes(plan)):
        answer[..., plan.place(face)] = _best(belief[home], plan.tree[home].clique, face).reshape(
            *room.shape[:-1], -1
        )
    return answer


def _homes(plan: Layout) -> list[tuple[Edge, int]]:
    """Each face, and a clique that holds it."""
    return [
        (face, next(i for i, b in enumerate(plan.tree) if set(face) <= set(b.clique)))
        for face in plan.offsets
    ]


def _least_room(plan: Layout, clique: Edge, room: Ints) -> Ints:
    least = np.full((*room.shape[:-1], *plan.shape(clique)), np.iinfo(np.int64).max, dtype=np.int64)
    for where, spread in plan.once("inside", clique, make=lambda: _inside(plan, clique)):
        np.minimum(least, room[..., where].reshape(*room.shape[:-1], *spread), out=least)
    return least


def _inside(plan: Layout, clique: Edge) -> list[tuple[slice, tuple[int, ...]]]:
    """Where the faces of a clique stand, and how each spreads over it."""
    return [
        (plan.place(face), _spread(plan, face, clique))
        for n in range(len(clique) + 1)
        for face in combinations(clique, n)
        if face in plan.offsets
    ]


def _spread(plan: Layout, face: Edge, clique: Edge) -> tuple[int, ...]:
    return tuple(len(plan.categories[d]) if d in face else 1 for d in clique)


def _best(array: Ints, clique: Edge, face: Edge) -> Ints:
    away = tuple(i - len(clique) for i, d in enumerate(clique) if d not in face)
    return np.asarray(array.max(axis=away)) if away else array


def _narrow(plan: Layout, belief: list[Ints], at: int, message: Ints, separator: Edge) -> None:
    clique = plan.tree[at].clique
    lead = message.shape[: message.ndim - len(separator)]
    belief[at] = np.minimum(belief[at], message.reshape(*lead, *_spread(plan, separator, clique)))


def record_types(
    plan: Layout, room: Ints, width: int, wanted: Ints, sums: Sequence[Sum] = ()
) -> list[tuple[str, ...]]:
    """Record types (one category per dimension, sorted dimensions), each with `width` room everywhere, that
    leave `sums` as they are and hold between them every cell of `wanted` that any such type can hold."""
    dimensions = sorted(plan.categories)
    found: list[tuple[str, ...]] = []
    waiting = set(wanted.tolist())
    for fine in _beside(plan, np.where(room >= width, width, 0), sums):
        possible = _reach(plan, fine)
        allowed = [_least_room(plan, b.clique, possible) >= width for b in plan.tree]
        left = {cell for cell in waiting if possible[cell] >= width}
        while left:
            cell = next(iter(left))
            chosen = _complete(plan, allowed, _spot(plan, cell))
            held = _holding(plan, chosen)
            left.difference_update(held)
            waiting.difference_update(held)
            if cell in left:
                raise AssertionError("a record type does not hold the cell that it was made for")
            found.append(tuple(plan.categories[d][chosen[d]] for d in dimensions))
    return found


def _spot(plan: Layout, cell: int) -> dict[str, int]:
    """The category, by number, of each dimension that a published cell names."""
    face = next(f for f in plan.published_faces if plan.place(f).start <= cell < plan.place(f).stop)
    at = np.unravel_index(cell - plan.offsets[face], plan.shape(face)) if face else ()
    return {d: int(i) for d, i in zip(face, at, strict=True)}


def _holding(plan: Layout, record: Mapping[str, int]) -> list[int]:
    """The published cells that hold a record."""
    return [int(plan.ids(face)[tuple(record[d] for d in face)]) for face in plan.published_faces]


def _complete(plan: Layout, allowed: list[npt.NDArray[np.bool_]], chosen: dict[str, int]) -> dict[str, int]:
    """Fill a partial record along the tree; every partial choice that `allowed` keeps can be filled (full
    reducer).
    """
    home = next(i for i, b in enumerate(plan.tree) if set(chosen) <= set(b.clique))
    near: list[list[int]] = [[] for _ in plan.tree]
    for i, branch in enumerate(plan.tree):
        if branch.parent is not None:
            near[i].append(branch.parent)
            near[branch.parent].append(i)
    queue, seen = [home], {home}
    while queue:
        i = queue.pop()
        clique = plan.tree[i].clique
        view = allowed[i][tuple(chosen[d] if d in chosen else slice(None) for d in clique)]
        rest = [d for d in clique if d not in chosen]
        if rest:
            spot = np.unravel_index(int(np.argmax(view)), view.shape)
            chosen |= {d: int(p) for d, p in zip(rest, spot, strict=True)}
        queue += [j for j in near[i] if j not in seen]
        seen |= set(near[i])
    return chosen


def microdata(plan: Layout, table: Ints) -> list[tuple[tuple[str, ...], int]]:
    """Records behind consistent tables: (one category per dimension, sorted dimensions) and how many.

    Cliques are joined along the tree; within one value of a separator, the two sides are matched in order
    until both are used up (north-west corner rule), so the records are no more than the cells.
    """
    dimensions: tuple[str, ...] = ()
    count = table[[plan.offsets[()]]]
    count = count[count > 0]
    records = np.zeros((len(count), 0), dtype=np.int64)  # a row per record, a column per dimension so far
    for branch in plan.tree:
        clique = branch.clique
        cells = table[plan.place(clique)].reshape(plan.shape(clique))
        spots = np.stack(np.nonzero(cells), axis=1) if clique else np.zeros((len(count), 0), dtype=np.int64)
        there = cells[tuple(spots.T)].reshape(-1) if len(spots) else np.zeros(0, dtype=np.int64)
        shared = [d for d in clique if d in dimensions]
        sizes = [len(plan.categories[d]) for d in shared]
        one = _place_among(records[:, [dimensions.index(d) for d in shared]], sizes)
        other = _place_among(spots[:, [clique.index(d) for d in shared]], sizes)
        here, from_record, from_cell = _matched(one, count, other, there)
        extra = [d for d in clique if d not in dimensions]
        tails = spots[from_cell][:, [clique.index(d) for d in extra]]
        records, count = np.concatenate([records[from_record], tails], axis=1), here
        dimensions = (*dimensions, *extra)
    order = [dimensions.index(d) for d in sorted(dimensions)]
    places, which = np.unique(records[:, order], axis=0, return_inverse=True)
    total = np.zeros(len(places), dtype=np.int64)
    np.add.at(total, which.reshape(-1), count)
    names = [plan.categories[d] for d in sorted(dimensions)]
    return [
        (tuple(name[v] for name, v in zip(names, place, strict=True)), n)
        for place, n in zip(places.tolist(), total.tolist(), strict=True)
    ]


def _place_among(codes: Ints, sizes: Sequence[int]) -> Ints:
    """One number for each row of codes."""
    number = np.zeros(len(codes), dtype=np.int64)
    for column, size in zip(codes.T, sizes, strict=True):
        number = number * size + column
    return number


def _matched(one: Ints, count: Ints, other: Ints, there: Ints) -> tuple[Ints, Ints, Ints]:
    """Both sides of each separator value matched until they are used up: (how many, row of one side, row of
    the other), in the order of the rows of one side.

    Laid end to end, value by value, the two sides cut the same line into pieces; each piece is a match.
    Raises ValueError where the sides of a value do not add up to the same.
    """
    by_one = np.argsort(one, kind="stable")
    by_other = np.lexsort((-np.arange(len(other)), other))
    ends, others = np.cumsum(count[by_one]), np.cumsum(there[by_other])
    cuts = np.union1d(ends, others)
    if len(cuts) and (not len(ends) or not len(others) or ends[-1] != others[-1]):
        raise ValueError("the tables do not agree on a shared margin")
    row, cell = by_one[np.searchsorted(ends, cuts)], by_other[np.searchsorted(others, cuts)]
    if (one[row] != other[cell]).any():
        raise ValueError("the tables do not agree on a shared margin")
    again = np.argsort(row, kind="stable")
    return np.diff(cuts, prepend=0)[again], row[again], cell[again]


def certificate(files: Mapping[str, str], systems: Sequence[Mapping[str, object]]) -> bytes:
    """The certificate's bytes: always the same for the same proof, in whatever order it was found."""
    in_order = sorted(systems, key=lambda system: json.dumps(system, sort_keys=True))
    whole = {"format": CERTIFICATE_FORMAT, "files": dict(sorted(files.items())), "systems": in_order}
    return (json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
