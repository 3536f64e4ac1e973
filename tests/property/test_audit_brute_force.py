"""The auditor against brute force on small tables: every possible crowd of people is listed, and counted.

Here nothing of the auditor's machinery is used on the other side: crowds are enumerated outright, and an
interval is the least and the most over those that print as published.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from anonymisation.audit import AuditError, attack_tables, audit, verify

N_TABLES = 500
CHUNK = 50
CELLS = list(itertools.product((0, 1), repeat=3))  # three yes/no dimensions
DIMS = ("A", "B", "C")
FACES = [f for n in range(4) for f in itertools.combinations(range(3), n)]
LARGEST_CROWD = 12

NO_CROWD = dict(zip(CELLS, (1, 1, 1, -1, -1, 1, 1, 1), strict=True))
"""No people, for some are below zero; but two-way tables with none below zero: the cyclic golden case,
halved."""

Ints = npt.NDArray[np.int64]


@cache
def crowds(largest: int) -> Ints:
    """Every way to put up to `largest` people into eight cells. One row each."""
    rows: list[tuple[int, ...]] = []
    for total in range(largest + 1):
        for bars in itertools.combinations(range(total + 7), 7):
            edges = (-1, *bars, total + 7)
            rows.append(tuple(edges[i + 1] - edges[i] - 1 for i in range(8)))
    return np.array(rows, dtype=np.int64)


def holders(face: tuple[int, ...], spot: tuple[int, ...]) -> list[int]:
    """The eight cells that a cell of a margin holds."""
    return [i for i, c in enumerate(CELLS) if all(c[d] == v for d, v in zip(face, spot, strict=True))]


def margins(face: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every cell of a table with its margins: (dimensions kept, their values)."""
    for n in range(len(face) + 1):
        for kept in itertools.combinations(face, n):
            for spot in itertools.product((0, 1), repeat=n):
                yield kept, spot


def as_frame(face: tuple[int, ...], figures: dict[Any, str], all_margins: bool) -> pl.DataFrame:
    rows = []
    for kept, spot in margins(face):
        if all_margins or len(kept) == len(face):
            at = dict(zip(kept, spot, strict=True))
            rows.append([*("all" if d not in at else str(at[d]) for d in face), figures[kept, spot]])
    return pl.DataFrame(
        rows, schema=dict.fromkeys([*(DIMS[d] for d in face), "value"], pl.String), orient="row"
    )


def intervals(boxes: dict[Any, tuple[int, int]], everyone: Ints) -> dict[Any, tuple[int, int]]:
    kept = everyone
    for k, (lo, up) in sorted(boxes.items(), key=lambda b: b[1][1] - b[1][0]):
        total = kept[:, holders(*k)].sum(axis=1)
        kept = kept[(total >= lo) & (total <= up)]
    sums = {k: kept[:, holders(*k)].sum(axis=1) for k in boxes}
    return {k: (int(s.min()), int(s.max())) for k, s in sums.items()} if len(kept) else {}


def found_intervals(frame: pl.DataFrame) -> dict[Any, tuple[int, int]]:
    answer = {}
    for row in frame.iter_rows(named=True):
        at = {i: int(row[d]) for i, d in enumerate(DIMS) if row.get(d, "all") != "all"}
        assert row["exact"]
        answer[tuple(at), tuple(at.values())] = (row["lo"], row["up"])
    return answer


def some_tables(rng: np.random.Generator) -> list[tuple[int, ...]]:
    wide = [f for f in FACES if len(f) >= 2]
    picked = [wide[i] for i in sorted(rng.choice(len(wide), size=rng.integers(1, 4), replace=False))]
    return [(0, 1), (0, 2), (1, 2)] if rng.random() < 0.3 else picked


@pytest.mark.parametrize("chunk", range(N_TABLES // CHUNK))
def test_attack_when_cells_are_hidden_then_intervals_are_those_of_brute_force(chunk: int) -> None:
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        rng = np.random.default_rng(seed)
        crowd = rng.multinomial(rng.integers(3, LARGEST_CROWD), rng.dirichlet(np.full(8, 0.7)))
        tables, all_margins = some_tables(rng), bool(rng.random() < 0.8)
        boxes: dict[Any, tuple[int, int]] = {((), ()): (int(crowd.sum()),) * 2}
        figures: dict[Any, str] = {((), ()): str(crowd.sum())}
        for face in tables:
            for kept, spot in margins(face):
                if (kept, spot) not in figures:
                    n = int(crowd[holders(kept, spot)].sum())
                    hide = rng.random() < (0.6 if len(kept) > 1 else 0.15)
                    figures[kept, spot] = "c" if hide else str(n)
                    if all_margins or kept in tables:
                        boxes[kept, spot] = (0, LARGEST_CROWD) if hide else (n, n)
        if not all_margins:
            boxes.pop(((), ()))
            if any(up == LARGEST_CROWD for _, up in boxes.values()):
                continue  # without totals a hidden cell has no upper end, and crowds cannot be listed
        expected = intervals(boxes, crowds(LARGEST_CROWD))
        found = attack_tables(
            {"".join(DIMS[d] for d in face): as_frame(face, figures, all_margins) for face in tables},
            method="suppression",
        )  # fmt: skip
        hidden = {k for k in boxes if figures[k] == "c"}
        assert found_intervals(found.frame) == {k: expected[k] for k in hidden}, seed


@pytest.mark.parametrize("chunk", range(N_TABLES // CHUNK))
def test_attack_when_figures_are_rounded_then_intervals_are_those_of_brute_force(chunk: int) -> None:
    """Base 3, each cell alone, so additive or not; the tables may exclude each other, and then say so."""
    base = 3
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        rng = np.random.default_rng(10_000 + seed)
        crowd = rng.multinomial(rng.integers(2, 8), rng.dirichlet(np.full(8, 0.7)))
        tables = some_tables(rng)
        figures: dict[Any, str] = {}
        boxes: dict[Any, tuple[int, int]] = {}
        for face in tables:
            for kept, spot in margins(face):
                n = int(crowd[holders(kept, spot)].sum())
                r = n - n % base + base * int(rng.random() < (n % base) / base)
                figures.setdefault((kept, spot), str(r))
                r = int(figures[kept, spot])
                boxes[kept, spot] = (max(1 if r else 0, r - base + 1), r + base - 1)
        frames = {"".join(DIMS[d] for d in face): as_frame(face, figures, True) for face in tables}
        expected = intervals(boxes, crowds(LARGEST_CROWD))
        found = found_intervals(attack_tables(frames, base=base, threshold=5).frame)
        assert found == {k: v for k, v in expected.items() if boxes[k][0] < 5}, seed


def test_attack_when_tables_exclude_each_other_then_it_says_so() -> None:
    one = pl.DataFrame([["0", "3"], ["1", "4"], ["all", "9"]], schema=["A", "value"], orient="row")
    with pytest.raises(AuditError, match=r"^no table fits the published figures: "):
        attack_tables({"t": one})


@pytest.mark.parametrize("chunk", range(N_TABLES // CHUNK))
def test_audit_when_a_release_is_rounded_then_the_verdict_is_that_of_brute_force(chunk: int) -> None:
    """Additive base-3 releases of three linked tables, with and without microdata behind them."""
    base, everyone = 3, crowds(LARGEST_CROWD + 2)
    verdicts = set()
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        rng = np.random.default_rng(20_000 + seed)
        tables = [(0, 1), (0, 2), (1, 2)] if rng.random() < 0.7 else [(0, 1), (1, 2)]
        while True:  # whole numbers, some below zero, whose tables are not: perhaps no crowd is behind them
            flips = rng.integers(0, 2, size=3)
            twisted = [NO_CROWD[tuple(int(v ^ f) for v, f in zip(c, flips, strict=True))] for c in CELLS]
            steps = np.array(twisted) if rng.random() < 0.1 else rng.integers(-1, 2, size=8)
            sums = {k: int(steps[holders(*k)].sum()) for face in tables for k in margins(face)}
            if min(sums.values()) >= 0 and sums[(), ()] <= 4:
                break
        files = {"systems.json": json.dumps({
            "format": 1, "rules": {"threshold": 5, "base": base}, "ties": [], "known": [],
            "cubes": [{"name": "".join(DIMS[d] for d in face), "unit": "u", "period_kind": "quarter",
                       "dimensions": [DIMS[d] for d in face],
                       "categories": {DIMS[d]: ["0", "1"] for d in face},
                       "method": "rounding", "structural_zeros": [], "class": "default"} for face in tables],
        }).encode()}  # fmt: skip
        for face in tables:
            lines = ["period," + ",".join(DIMS[d] for d in face) + ",value,marker"]
            for kept, spot in margins(face):
                at = dict(zip(kept, spot, strict=True))
                r = base * sums[kept, spot]
                lines.append(f"p,{','.join(str(at.get(d, 'all')) for d in face)},{r},{'' if r else '0 to 2'}")
            files[f"cubes/{''.join(DIMS[d] for d in face)}.csv"] = ("\n".join(lines) + "\n").encode()
        boxes = {k: (max(1 if n else 0, base * n - base + 1), base * n + base - 1) for k, n in sums.items()}
        expected = intervals(boxes, everyone)
        narrow = (
            sum(expected[k][1] - expected[k][0] < base - 1 for k in boxes if boxes[k][0] < 5)
            if expected
            else -1
        )
        result = audit(files)
        public = result.attackers[0]
        assert public.passed is (narrow == 0), seed
        if narrow > 0:
            assert public.opened == narrow, seed
        elif narrow == 0:
            assert verify(files, result.certificate).passed
        verdicts.add(narrow == 0)
    assert verdicts == {True, False}


def test_audit_when_a_needed_cell_is_unhidden_then_it_is_caught_every_time() -> None:
    """500 times: a table whose hidden cells are all needed (by brute force) withstands; with any one of
    them shown it does not."""
    caught = tried = 0
    for seed in itertools.count():
        if tried >= N_TABLES:
            break
        rng = np.random.default_rng(30_000 + seed)
        counts = rng.integers(0, 8, size=(3, 3))
        small = [s for s in np.ndindex(3, 3) if 0 < counts[s] < 5]
        if not small or len(small) > 3:
            continue
        hidden = set(np.ndindex(3, 3))
        if not _holds(counts, hidden, small):
            continue
        for spot in [tuple(s) for s in rng.permutation(list(hidden)).tolist()]:
            if spot not in small and _holds(counts, hidden - {spot}, small):
                hidden.discard(spot)
        files, truth = _suppressed(counts, hidden)
        assert audit(files, truth=truth).attackers[0].passed, seed
        for spot in sorted(hidden - set(small)):
            tried += 1
            caught += not audit(_suppressed(counts, hidden - {spot})[0], truth=truth).attackers[0].passed
    assert tried >= N_TABLES
    assert caught == tried


def _holds(counts: Ints, hidden: set[Any], small: list[Any]) -> bool:
    """Brute force over all 3 × 3 tables with these margins: two by two cells are free (each as its figure, or
    as its line allows), the rest follows."""
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    choices = [
        range(int(min(rows[i], columns[j], 12)) + 1) if (i, j) in hidden else [int(counts[i, j])]
        for i, j in itertools.product((0, 1), repeat=2)
    ]
    corner = np.stack(np.meshgrid(*choices, indexing="ij"), axis=-1).reshape(-1, 2, 2)
    last = rows[:2] - corner.sum(axis=2)
    corner, last = corner[(last >= 0).all(axis=1)], last[(last >= 0).all(axis=1)]
    whole = np.empty((len(corner), 3, 3), dtype=np.int64)
    whole[:, :2, :2], whole[:, :2, 2] = corner, last
    whole[:, 2, :] = columns - whole[:, :2, :].sum(axis=1)
    fits = (whole[:, 2] >= 0).all(axis=1)
    for spot in np.ndindex(3, 3):
        if spot not in hidden:
            fits &= whole[:, spot[0], spot[1]] == counts[spot]
    kept = whole[fits]
    for spot in small:
        a, values = int(counts[spot]), kept[:, spot[0], spot[1]]
        lo, up = int(values.min()), int(values.max())
        if not (lo <= max(0, a - 1) and up >= max(5, a + 1) and up - lo >= 5):
            return False
    return True


def _suppressed(counts: Ints, hidden: set[Any]) -> tuple[dict[str, bytes], dict[str, int]]:
    names = ["0", "1", "2"]
    spec = {"format": 1, "rules": {"threshold": 5, "base": 5}, "ties": [], "known": [],
            "cubes": [{"name": "t", "unit": "u", "period_kind": "quarter", "dimensions": ["A", "B"],
                       "categories": {"A": names, "B": names}, "method": "suppression",
                       "structural_zeros": [],
                       "class": "default"}]}  # fmt: skip
    lines, truth = ["period,A,B,value,marker"], {}
    for i, j in itertools.product((0, 1, 2, None), repeat=2):
        n = int(counts[slice(None) if i is None else i][..., slice(None) if j is None else j].sum())
        secret = (i, j) in hidden
        lines.append(
            f"p,{'all' if i is None else i},{'all' if j is None else j},"
            f"{'' if secret else n},{'[c]' if secret else ''}"
        )
        pairs = ";".join(f"{d}={v}" for d, v in (("A", i), ("B", j)) if v is not None)
        truth[f"u|p|{pairs}"] = n
    return {
        "systems.json": json.dumps(spec).encode(),
        "cubes/t.csv": ("\n".join(lines) + "\n").encode(),
    }, truth
