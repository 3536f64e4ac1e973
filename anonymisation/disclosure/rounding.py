"""Rounding: additive controlled random rounding of tied systems.

Here: from true counts to rounded ones. Each rounded count is one of the two multiples of the base adjacent to
the count (an exact multiple stays), every sum holds, and each count goes up with a chance of residual / base,
as nearly as the sums let it. One mixed-integer program per group of tied systems: draw U, then the additive R
nearest to U. Not here: its search (search.py); suppression.py; what is published of a table (protection.py);
whether it withstands attack (the auditor).

Sources: Cox, L. H. (1987), "A constructive procedure for unbiased controlled rounding", JASA 82;
Salazar-González, J.-J. (2006), "Controlled rounding and cell perturbation", Mathematical Programming 105.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymisation.disclosure.balance import balanced_draw, evenly_drawn
from anonymisation.disclosure.draws import Draws
from anonymisation.disclosure.elsewhere import ENOUGH, margins_known
from anonymisation.disclosure.refusal import DisclosureError
from anonymisation.disclosure.rules import (
    BESIDE_COST,
    CONTRIBUTOR_MARGIN,
    CONTRIBUTOR_WEIGHT,
    ELASTIC_COST,
    LEAN,
    MOST_BIAS,
    TILT,
    VINTAGE_WEIGHT,
    Rules,
)
from anonymisation.disclosure.search import DIRECT_COLUMNS, Shares, search
from anonymisation.disclosure.solver import Floats, Ints, Program
from anonymisation.disclosure.sums import Sums
from anonymisation.disclosure.systems import System, Tie


@dataclass(frozen=True, kw_only=True, eq=False)
class Rounded:
    """Rounded counts of some tied systems, in one order: cells of the first system, then of the next."""

    values: Ints
    elastic: npt.NDArray[np.bool_]
    """Cells that are not one of the two adjacent multiples."""
    crossed: npt.NDArray[np.bool_]
    """Cells told anew with another figure, although the earlier one still fits: the two narrow each other."""
    relations: int
    columns: int
    seconds: float


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class _Cells:
    """The cells of tied systems laid end to end."""

    keys: tuple[str, ...]
    x: Ints
    sums: Sums
    """Σ sign · value = 0 in every row, or ≤ 0 where it is no equality."""
    is_equality: npt.NDArray[np.bool_]
    is_two_way: bool
    """No table crosses more than two dimensions."""
    label: str


def _lay(systems: Sequence[System], ties: Sequence[Tie]) -> _Cells:
    keys = tuple(key for system in systems for key in system.keys)
    firsts = np.cumsum([0, *(len(system.keys) for system in systems)])
    parts = [system.sums.moved(int(first)) for system, first in zip(systems, firsts, strict=False)]
    if ties:
        at = {key: i for i, key in enumerate(keys)}
        cells = [[at[key] for key in (tie.left, *tie.right)] for tie in ties]
        parts.append(Sums.of_rows((own, [1] + [-1] * (len(own) - 1)) for own in cells))
    sums = Sums.end_to_end(parts)
    is_equality = np.ones(sums.n_rows, dtype=np.bool_)
    if ties:
        is_equality[-len(ties) :] = [tie.kind == "eq" for tie in ties]
    x = np.concatenate([system.values for system in systems])
    label = "+".join(f"{s.unit}|{s.period}" for s in systems)
    is_two_way = all(len(cube.dimensions) <= 2 for system in systems for cube in system.cubes)
    return _Cells(keys=keys, x=x, sums=sums, is_equality=is_equality, is_two_way=is_two_way, label=label)


def round_systems(
    systems: Sequence[System],
    *,
    ties: Sequence[Tie],
    frozen: Mapping[str, int],
    earlier: Mapping[str, int],
    largest_contribution: Mapping[str, int],
    draws: Draws,
    rules: Rules,
    elsewhere: Collection[str] = (),
) -> Rounded:
    """Round tied systems together.

    `frozen`: published values that must stand; `earlier`: values of an earlier vintage, kept where they still
    fit; `largest_contribution`: per key, the largest count of one agency; `elsewhere`: keys of which others
    publish the exact count. Raises DisclosureError when no table can stand beside the frozen values.
    """
    began = time.monotonic()
    cells = _lay(systems, ties)
    x, base = cells.x, rules.base
    floor = x // base
    held = np.array([frozen.get(key, -1) for key in cells.keys], dtype=np.int64)
    strange = int(((held >= 0) & ((held % base != 0) | (np.abs(held - x) > 2 * base - 1))).sum())
    if strange:
        raise DisclosureError(
            f"[{cells.label}]: [{strange}] cells were published before with values that these counts can no "
            "longer be rounded "
            "to (not a multiple of the base, or too far away). The records changed: declare a new vintage "
            "for the period."
        )
    is_new = not earlier and bool((held < 0).all())
    aims = _aims(cells, earlier, largest_contribution, draws, rules, is_new=is_new)
    free = (x % base > 0) & (held < 0)
    fixed = np.where(held >= 0, held // base, floor)
    spent = 0
    nothing = np.zeros(len(x), dtype=np.bool_)
    demands = [free & (aims.opened | aims.told), free & aims.opened, nothing]
    small = (x > 0) & (x < rules.threshold)
    beside = _beside(systems, elsewhere, x=x, small=small, free=free, fixed=fixed, held=held)
    strict = [must for must, less in itertools.pairwise(demands) if must.sum() > less.sum()]
    attempts = [(must, False) for must in [*strict, nothing]]
    for must, allow_elastic in [*attempts, (nothing, True)]:
        program, columns = _program(
            cells, free, fixed, aims, must, beside, allow_elastic=allow_elastic, held=held
        )
        shares = _shares(aims, x % base, free, len(program.cost))
        y, is_infeasible = search(program, shares, draws, cells.label, rules, elastic=allow_elastic)
        spent += len(program.cost)
        if y is not None:
            steps = fixed.copy()
            np.add.at(steps, columns[0], columns[1] * y)
            values = steps * base
            moved = np.abs(values - x) >= base
            return Rounded(
                values=values,
                elastic=moved,
                crossed=aims.told & (values != aims.before),
                relations=cells.sums.n_rows,
                columns=spent,
                seconds=time.monotonic() - began,
            )
        if allow_elastic and not is_infeasible:
            raise DisclosureError(
                f"[{cells.label}]: no additive rounding was found within [{rules.time_limit_s:g}] seconds. "
                "Publish fewer crossed dimensions, or coarser categories."
            )
    past = int((held >= 0).sum())
    why = (
        f"beside [{past}] cells already published. Declare a new vintage for the period, or withdraw a cube"
        if past
        else "even with one step more. Publish fewer crossed dimensions or coarser categories; check the ties"
    )
    raise DisclosureError(f"[{cells.label}]: no additive rounding is feasible {why}.")


def _beside(
    systems: Sequence[System],
    elsewhere: Collection[str],
    *,
    x: Ints,
    small: npt.NDArray[np.bool_],
    free: npt.NDArray[np.bool_],
    fixed: Ints,
    held: Ints,
) -> list[tuple[list[int], list[int], int]]:
    """What the figures that others publish ask for, as rows (cells, weights, at most) over the moves up: a
    cell goes above its exact figure only where parts enough stand above 0 in each of its tables that holds a
    small count."""
    rows: list[tuple[list[int], list[int], int]] = []
    for known in margins_known(systems, elsewhere) if elsewhere else ():
        above = int((fixed[known.parts] > 0).sum())
        may = known.parts[(fixed[known.parts] == 0) & free[known.parts]].tolist()
        is_above = held[known.margin] > x[known.margin]
        if above >= ENOUGH or not small[known.parts].any() or not (free[known.margin] or is_above):
            continue
        own = [] if is_above else [known.margin]
        rows.append(([*own, *may], [ENOUGH] * len(own) + [-1] * len(may), above - ENOUGH * is_above))
    return rows


def _aims(
    cells: _Cells,
    earlier: Mapping[str, int],
    largest: Mapping[str, int],
    draws: Draws,
    rules: Rules,
    *,
    is_new: bool,
) -> _Aims:
    """The draw, then what contributors and vintages ask for."""
    x, base = cells.x, rules.base
    floor, residual = x // base, x % base
    chance, goal = _drawn(cells, draws, base, is_new=is_new)
    weight = 1.0 + 0.2 * draws.uniform(f"weight|{cells.label}", len(x))
    nearer = (2.0 * residual - base) / base
    weight *= 1.0 + LEAN * np.where(goal == 1, nearer, -nearer)
    before = np.array([earlier.get(key, -1) for key in cells.keys], dtype=np.int64)
    fits = (before >= 0) & (before % base == 0) & (np.abs(before - x) < base) & (residual > 0)
    goal = np.where(fits, before // base - floor, goal)
    chance = np.where(fits, goal, chance)
    weight = np.where(fits, weight * VINTAGE_WEIGHT, weight)
    own = np.array([largest.get(key, 0) for key in cells.keys], dtype=np.int64)
    # an agency with count a sees others' ≤ r + (base − 1) − a; below 2 that would open their positive count
    opened = (floor * base + base - 1 - own < CONTRIBUTOR_MARGIN) & (residual > 0)
    return _Aims(
        chance=np.where(opened, 1.0, chance),
        goal=np.where(opened, 1, goal),
        weight=np.where(opened, weight * CONTRIBUTOR_WEIGHT, weight),
        opened=opened,
        told=fits,
        before=before,
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class _Aims:
    """What each cell should become. The draw is a wish; what contributors and earlier figures ask for is met
    without exception where the sums let it, and weighs more where they do not."""

    chance: Floats
    """Of going up, before the draw."""
    goal: Ints
    """0 down or 1 up."""
    weight: Floats
    opened: npt.NDArray[np.bool_]
    """Down would let an agency work out the others' positive count."""
    told: npt.NDArray[np.bool_]
    """The earlier figure still fits."""
    before: Ints
    """The earlier figure, or -1."""


def _drawn(cells: _Cells, draws: Draws, base: int, *, is_new: bool) -> tuple[Floats, Ints]:
    """Per cell its chance of going up, and the draw: 1 or 0.

    The draw keeps the sums, and each chance is residual / base, where a walk can do it: in a new system that
    is small, or whose tables cross two dimensions at most. Elsewhere cells are drawn one by one, in a large
    system with chances that lean a little to the nearer multiple.
    """
    residual = cells.x % base
    chance = left = residual / base
    free = np.flatnonzero(residual)
    is_small = len(free) <= DIRECT_COLUMNS
    if is_new and (is_small or cells.is_two_way):
        column = np.full(len(residual), -1, dtype=np.int64)
        column[free] = np.arange(len(free))
        rows = cells.sums.only(column, cells.is_equality)
        order = np.argsort(draws.uniform(f"order|{cells.label}", len(free)), kind="stable")
        steps = draws.uniform(f"walk|{cells.label}", len(free))
        left = np.zeros(len(residual))
        left[free] = balanced_draw(rows, chance[free], order=order, uniform=steps)
    elif not is_small:
        chance = left = _leaning(residual, base)
    goal = evenly_drawn(
        left,
        residual,
        order=draws.uniform(f"among|{cells.label}", len(residual)),
        start=float(draws.uniform(f"up|{cells.label}", 1)[0]),
    )
    return chance, goal


def _leaning(residual: Ints, base: int) -> Floats:
    """Chances residual / base that lean a little to the nearer multiple. As many cells go up as without the
    lean, for the sums ask for that many; no mean error is more than MOST_BIAS."""
    is_free = residual > 0
    nearer = (2 * residual - base) / base
    lean = np.clip(TILT * (nearer - nearer[is_free].mean()), -MOST_BIAS, MOST_BIAS)
    return np.where(is_free, (residual + lean) / base, 0.0)


def _shares(aims: _Aims, residual: Ints, free: npt.NDArray[np.bool_], n_columns: int) -> Shares:
    """As many cells of each residual go up as their chances add up to."""
    group = np.full(n_columns, -1, dtype=np.int64)
    group[: free.sum()] = residual[free]  # the program's columns begin with one step up of each free cell
    expected = np.bincount(residual[free], weights=aims.chance[free])
    return Shares(group=group, wanted=np.rint(expected).astype(np.int64))


def _program(
    cells: _Cells,
    free: npt.NDArray[np.bool_],
    fixed: Ints,
    aims: _Aims,
    must: npt.NDArray[np.bool_],
    beside: Sequence[tuple[Sequence[int], Sequence[int], int]],
    *,
    allow_elastic: bool,
    held: Ints,
) -> tuple[Program, tuple[Ints, Ints]]:
    """The program, and (cell, step) of each of its columns. A column at 1 moves its cell by its step; cells
    in `must` get what they aim for; each of the rows `beside`, over the columns of one step up, may be left
    unkept at a cost."""
    goal, weight = aims.goal, aims.weight
    up = np.flatnonzero(free)
    cell, step = up, np.ones(len(up), dtype=np.int64)
    cost = weight[up] * (1 - 2 * goal[up])
    lower, upper = np.where(must[up], goal[up], 0.0), np.where(must[up], goal[up], 1.0)
    if allow_elastic:
        further = np.flatnonzero((cells.x > 0) & (held < 0))
        below = further[fixed[further] > 0]
        cell = np.concatenate([cell, further, below])
        step = np.concatenate(
            [step, np.ones(len(further), dtype=np.int64), -np.ones(len(below), dtype=np.int64)]
        )
        cost = np.concatenate(
            [cost, (1 + ELASTIC_COST) * weight[further], (1 + ELASTIC_COST) * weight[below]]
        )
        more = len(cell) - len(up)
        lower, upper = np.append(lower, np.zeros(more)), np.append(upper, np.ones(more))
    constant = cells.sums.of(fixed).astype(np.float64)
    sums, n = cells.sums, len(cell)
    by_cell = np.argsort(cell, kind="stable")
    first = np.searchsorted(cell[by_cell], np.arange(len(cells.x)))
    many = np.searchsorted(cell[by_cell], np.arange(len(cells.x)), side="right") - first
    times = many[sums.cell]
    entry = np.repeat(np.arange(len(sums.cell)), times)
    nth = np.arange(len(entry)) - np.repeat(np.cumsum(times) - times, times)
    index = by_cell[first[sums.cell[entry]] + nth] if n else entry
    ends = np.concatenate([[0], np.cumsum(times)])[sums.start]
    column = np.full(len(cells.x), -1, dtype=np.int64)
    column[up] = np.arange(len(up))
    more_rows = Sums.of_rows(
        ([*column[own].tolist(), n + i], [*weights, -ENOUGH]) for i, (own, weights, _) in enumerate(beside)
    )
    spare = np.ones(len(beside))
    program = Program(
        cost=np.append(cost, BESIDE_COST * spare), lower=np.append(lower, 0.0 * spare),
        upper=np.append(upper, spare),
        row_lower=np.append(np.where(cells.is_equality, -constant, -np.inf), np.full(len(beside), -np.inf)),
        row_upper=np.append(-constant, [float(most) for _, _, most in beside]),
        start=np.append(ends, ends[-1] + more_rows.start[1:]),
        index=np.append(index, more_rows.cell),
        value=np.append(sums.sign[entry] * step[index], more_rows.sign).astype(np.float64),
    )  # fmt: skip
    held_apart = np.zeros(len(beside), dtype=np.int64)  # columns that say "not kept", and move no cell
    return program, (np.append(cell.astype(np.int64), held_apart), np.append(step, held_apart))
