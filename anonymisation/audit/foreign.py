"""Attack on any tables of counts, whoever made them.

Here: `attack_tables`, from frames of text to one interval per target and a verdict on each.
Not here: reading (tables.py), linking (linking.py), search (intervals.py), files and exit codes
(pipelines/doors/attack.py).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from anonymisation.audit.copies import widen_by_copies
from anonymisation.audit.criteria import Whole, unknown_open
from anonymisation.audit.intervals import Search
from anonymisation.audit.linking import Cell, Linked, Linking, link
from anonymisation.audit.rows import AuditError
from anonymisation.audit.systems import CAP
from anonymisation.audit.tables import (
    RANGE_KIND,
    TOTAL_WORDS,
    Reading,
    Table,
    guessed_base,
    parted,
    read_table,
    without_zero,
)

METHODS = ("auto", "suppression", "rounding")
WITHHELD_TARGET, RANGE_TARGET, ROUNDED_TARGET = "withheld", "range", "rounded"

OWN_COLUMNS = ("tables", "target", "published", "lo", "up", "width", "exact", "open", "why")


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What the attack found.

    frame: one row per target: tables, the dimensions (`all` where not broken down), target, published, lo, up
    (null: nothing bounds it), width, exact (the interval is exact, not only an outer bound), open, why.
    """

    frame: pl.DataFrame
    n_open: int
    n_unsolved: int
    base: int | None
    notes: tuple[str, ...]
    seconds: float


def attack_tables(
    tables: Mapping[str, pl.DataFrame],
    *,
    dimensions: Sequence[str] = (),
    count: str | None = None,
    marker: str | None = None,
    total: Sequence[str] = (),
    hierarchies: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    threshold: int = 5,
    base: int | None = None,
    nearest: bool = False,
    within: int | None = None,
    method: str = "auto",
    zeros: str = "published",
    absent: str = "zero",
    vintages: bool = False,
    relations: Sequence[str] = (),
    symbols: Mapping[str, tuple[int, int | None]] | None = None,
    seconds: float = 600.0,
) -> Attacked:
    """Attack tables (name → frame of text columns, oldest release first), jointly.

    A target is every withheld cell, every printed range that begins below the threshold, and, in rounded
    tables, every cell that may be small. method: `suppression` takes figures as exact, `rounding` as
    multiples of `base`, `auto` decides by --base, a printed `0 to 4`, or the figures' common divisor. within:
    how far from a rounded figure the truth may be; not given: less than the base (one base more where rounded
    zeros are printed so), or half of it where rounded to the `nearest`. Raises AuditError (also where no
    table fits what is published).
    """
    began = time.monotonic()
    if method not in METHODS:
        raise AuditError(f"method [{method}]: must be one of {', '.join(METHODS)}")
    if zeros not in ("published", "hidden"):
        raise AuditError(f"zeros [{zeros}]: must be published or hidden")
    if threshold < 1:
        raise AuditError(f"threshold [{threshold}] must be at least 1")
    if not tables:
        raise AuditError("no table was handed over")
    reading = Reading(dimensions=tuple(dimensions), count=count, marker=marker, total=(*TOTAL_WORDS, *total),
                      symbols=symbols or {})  # fmt: skip
    read = [part for name, frame in tables.items()
            for part in parted(read_table(name, frame, reading), reading.total)]
    used = _base(read, method, base)
    if used is None:
        read = without_zero(read)
    if within is not None and (used is None or within < 1):
        raise AuditError("within: must be 1 or more, and goes with figures that are rounded (--base)")
    far = 0 if used is None else within or (used // 2 if nearest else _printed_reach(read, used))
    how = Linking(
        hierarchies=assigned(hierarchies or {}, read, {c for t in tables.values() for c in t.columns}),
        absent=absent, vintages=vintages, relations=tuple(relations), base=used, within=far,
        total=(*TOTAL_WORDS, *total),
    )  # fmt: skip
    linked = link(read, how)
    lo = np.array([c.lo for c in linked.cells], dtype=np.int64)
    up = np.array([c.up for c in linked.cells], dtype=np.int64)
    search = Search(lo, up, linked.rows, seconds=seconds)
    if used is not None:
        widen_by_copies(linked, search, lo, up)
    targets = [
        (i, kind) for i, c in enumerate(linked.cells) if (kind := _target(c, how, threshold)) is not None
    ]
    unsolved = set(search.settle([i for i, _ in targets], Whole()))
    search.check_feasible()
    rule = _Rule(threshold=threshold, base=used, is_zero_small=zeros == "hidden")
    rows = [_row(linked, search, i, kind, rule, unsolved) for i, kind in targets]
    texts = ["tables", *named_columns(linked.dimensions), "target", "published"]
    schema = dict.fromkeys(texts, pl.String()) | {
        "lo": pl.Int64(), "up": pl.Int64(), "width": pl.Int64(), "exact": pl.Boolean(), "open": pl.Boolean(),
        "why": pl.String(),
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Attacked(
        frame=frame, n_open=int(frame["open"].sum()), n_unsolved=len(unsolved), base=used,
        notes=_notes(linked, how, len(targets)), seconds=time.monotonic() - began,
    )  # fmt: skip


def named_columns(dimensions: Sequence[str]) -> list[str]:
    """Names of the dimensions' columns in the answer; one that is taken there is marked."""
    return [f"{d} (dimension)" if d in OWN_COLUMNS else d for d in dimensions]


def _base(tables: Sequence[Table], method: str, base: int | None) -> int | None:
    if base is not None and base < 2:
        raise AuditError(f"base [{base}] must be at least 2")
    if method == "suppression":
        return None
    found = base if base is not None else guessed_base(tables)
    if method == "rounding" and found is None:
        raise AuditError("method [rounding]: the base cannot be told from the figures; name it with --base")
    if found is not None and method == "rounding":
        wrong = sum(s.kind == "figure" and s.lo % found != 0 for t in tables for _, s in t.rows)
        if wrong:
            raise AuditError(f"method [rounding]: {wrong} figures are not multiples of the base [{found}]")
    return found


def _printed_reach(tables: Sequence[Table], base: int) -> int:
    """How far from a figure the truth may be, as a printed rounded zero tells: `0 to 9` beside multiples of 5
    is a table in which some cells moved one step more."""
    told = {s.up for t in tables for _, s in t.rows if s.kind == RANGE_KIND and s.lo == 0}
    further = 2 * base - 1
    return further if further in told and base - 1 not in told else base - 1


def assigned(
    hierarchies: Mapping[str, object], tables: Sequence[Table], columns: Collection[str]
) -> dict[str, dict[str, list[str]]]:
    """Hierarchies by dimension. Accepts dimension → tree (a column of totals alone needs none), or one tree
    alone for the dimension that holds its categories.

    A tree is parent → list of children, or nested mappings of parents.
    """
    names = {d for t in tables for d in t.dimensions}
    if set(hierarchies) <= set(columns) and all(isinstance(v, Mapping) for v in hierarchies.values()):
        return {d: _flat(tree, d) for d, tree in hierarchies.items() if d in names}
    tree = _flat(hierarchies, "hierarchy")
    words = set(tree) | {c for cs in tree.values() for c in cs}
    held = {
        d: sum(
            cell[i] in words
            for t in tables
            for i, e in enumerate(t.dimensions)
            if e == d
            for cell, _ in t.rows
        )
        for d in names
    }
    best = max(sorted(held), key=lambda d: held[d])
    if not held[best]:
        raise AuditError("hierarchy: none of its categories occurs in any table")
    return {best: tree}


def _flat(tree: object, where: str) -> dict[str, list[str]]:
    if not isinstance(tree, Mapping):
        raise AuditError(f"hierarchy of [{where}]: neither parent → children nor nested parents")
    flat: dict[str, list[str]] = {}
    for parent, below in tree.items():
        if isinstance(below, Mapping):
            flat[str(parent)] = [str(c) for c in below]
            flat |= _flat({k: v for k, v in below.items() if v}, where)
        elif isinstance(below, Sequence) and not isinstance(below, str):
            flat[str(parent)] = []
            for child in below:
                if isinstance(child, Mapping):
                    flat[str(parent)] += [str(c) for c in child]
                    flat |= _flat(child, where)
                else:
                    flat[str(parent)].append(str(child))
        else:
            raise AuditError(f"hierarchy of [{where}]: the children of a parent are not a list")
    return flat


@dataclass(frozen=True, kw_only=True)
class _Rule:
    threshold: int
    base: int | None
    is_zero_small: bool


def _target(cell: Cell, how: Linking, threshold: int) -> str | None:
    if cell.is_hidden:
        return WITHHELD_TARGET
    if not any(low < threshold and high > max(low, 0) for low, high in cell.boxes):
        return None
    if how.base is not None and (
        cell.is_counted or any(s.kind == RANGE_KIND and s.up in (how.base - 1, how.within) for s in cell.said)
    ):
        return ROUNDED_TARGET
    return RANGE_TARGET if any(s.kind == RANGE_KIND for s in cell.said) else None


def _row(
    linked: Linked, search: Search, i: int, kind: str, rule: _Rule, unsolved: set[int]
) -> tuple[object, ...]:
    cell = linked.cells[i]
    lo, up = int(search.olo[i]), int(search.oup[i])
    exact = search.ilo[i] == lo and search.iup[i] == up and linked.exact_joint
    is_open, why = _verdict(cell, kind, lo, up, rule)
    if i in unsolved and not is_open:
        is_open, why = True, "not solved in time: counted as open"
    bounded = up < CAP // 2
    labels = [cell.labels.get(d, "all") for d in linked.dimensions]
    return (
        " ".join(dict.fromkeys(cell.tables)), *labels, kind, cell.said[0].text, lo, up if bounded else None,
        up - lo if bounded else None, bool(exact), is_open, why,
    )  # fmt: skip


def _verdict(cell: Cell, kind: str, lo: int, up: int, rule: _Rule) -> tuple[bool, str]:
    """A printed range or a rounded figure must keep the width that its own statement leaves, or base − 1 (a
    range: t − 1)."""
    if any(s.beside for s in cell.said):
        return True, "a figure stands beside the marker"
    if up == 0 and not (kind == WITHHELD_TARGET and rule.is_zero_small):
        return False, "certainly none"
    if lo >= rule.threshold and lo < up:
        return False, "certainly not small"
    if kind == WITHHELD_TARGET:
        is_open = unknown_open(lo, up, rule.threshold, is_zero_small=rule.is_zero_small)
    else:
        limit = rule.threshold - 1 if kind == RANGE_TARGET or rule.base is None else rule.base - 1
        own = max(high - low for low, high in cell.boxes)
        is_open = up - lo < min(limit, own) and lo < rule.threshold
    if not is_open:
        return False, "certainly not small" if lo >= rule.threshold else ""
    if lo == up:
        return True, "recovered exactly"
    return (
        True,
        "certainly small"
        if up < rule.threshold and up - lo >= rule.threshold - 1
        else f"known to within {up - lo}",
    )


def _notes(linked: Linked, how: Linking, n_targets: int) -> tuple[str, ...]:
    notes = []
    if how.base is not None:
        notes.append(f"figures are read as rounded to base {how.base}, the truth within {how.within}")
    elif not n_targets:
        notes.append("every figure is read as exact, and none is withheld; name the base of rounded figures "
                     "with --base")
    if linked.n_absent:
        notes.append(
            f"{linked.n_absent} combinations have no row and are read as zero "
            "(--absent withheld reads them as hidden)"
        )
    if linked.n_conflicts:
        notes.append(f"{linked.n_conflicts} cells were revised by a later file; its figure stands")
    if not linked.exact_joint:
        notes.append(
            "the tables' shared core is too large for its joint cells: intervals are outer bounds, a "
            "reader may know more"
        )
    return tuple(notes)
