"""No count is told twice: what can be decided of it from the entries and the code lists alone.

What belongs here: the refusal of entries of which one tells what another tells. What does not: sums that are
equal because of what the categories mean (``schemas.measures.identities``), or because the SQL of two cubes
counts the same under two names: no entry says that. They are looked for in the sample
(``tests/integration/test_identities.py``).

A count that is rounded twice is known twice over: each rounding leaves an interval, and both meet in a
narrower one. Within a unit a margin that two tables share by the name of its dimensions is rounded once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import permutations

from schemas.measures.cubes.cube import Cube, parted


def refuse_told_twice(cubes: Iterable[Cube]) -> None:
    """Refuse cubes of which one tells a count that another tells.

    Raises:
        ValueError: two cubes of one name; a SQL file that counts two units; a table that is another, or a
            margin of it; two dimensions of a unit of which the code lists divide one into the other, and
            which no table crosses.
    """
    listed = list(cubes)
    names: set[str] = set()
    unit_of: dict[str, Cube] = {}
    by_unit: dict[str, list[Cube]] = defaultdict(list)
    for cube in listed:
        if cube.name in names:
            raise ValueError(f"cube [{cube.name}] stands twice. Give each a name of its own")
        names.add(cube.name)
        first = unit_of.setdefault(cube.sql or cube.name, cube)
        if first.unit != cube.unit:
            raise ValueError(
                f"cubes [{first.name}] and [{cube.name}]: one SQL file counts two units, [{first.unit}] and "
                f"[{cube.unit}], and their totals would be rounded apart. Give both one unit")
        by_unit[cube.unit].append(cube)
    for unit, own in by_unit.items():
        _refuse_margins(own)
        _refuse_uncrossed(unit, own)


def _refuse_margins(cubes: list[Cube]) -> None:
    """Refuse a table that tells no more than another does."""
    told = [(cube, name, frozenset(dimensions)) for cube in cubes for name, dimensions in cube.tables]
    for (one, name, dimensions), (other, wider, more) in permutations(told, 2):
        if dimensions <= more and _stands_where(one, other):
            raise ValueError(
                f"cubes [{name}] and [{wider}]: the first tells nothing that the second does not. Leave it "
                "out: every margin of a table is published")


_SHOWN_BY = ("dataset", "period_kind", "follow_up_quarters", "needs_history", "specialist_only")
"""What decides, beside the kinds of agencies, in which periods a table stands."""


def _stands_where(one: Cube, other: Cube) -> bool:
    """Whether beside every table of ``one`` stands a table of ``other``, of the same agencies, reading of the
    links, periods and area."""
    is_fed = not other.agency_kinds or (one.agency_kinds and {*one.agency_kinds} <= {*other.agency_kinds})
    return (
        bool(is_fed)
        and {*one.links} <= {*other.links}
        and one.area_basis in (None, other.area_basis)
        and all(getattr(one, name) == getattr(other, name) for name in _SHOWN_BY)
    )


def _refuse_uncrossed(unit: str, cubes: list[Cube]) -> None:
    """Refuse a dimension and its division that stand in two tables: the sums of one are counts of the
    other."""
    dimensions = sorted({d for cube in cubes for d in cube.columns})
    for coarse, fine in permutations(dimensions, 2):
        zeros = parted(coarse, fine)
        if zeros and not any({coarse, fine} <= {*of} and {*zeros} <= {*cube.structural_zeros}
                             for cube in cubes for _, of in cube.tables):
            raise ValueError(
                f"unit [{unit}]: the code list divides [{coarse}] into [{fine}], and each is counted in a "
                "table of its own. Cross them in one table, with structural_zeros=parted(...), or leave one "
                "out")
