"""The balanced draw: sums kept, chances kept, whole where tables allow it; and the even draw."""

from __future__ import annotations

import numpy as np
import pytest

from anonymisation.disclosure.balance import balanced_draw, evenly_drawn
from anonymisation.disclosure.sums import Sums

# a 3 × 3 table with its margins and total: columns 0–8 cells, 9–11 rows, 12–14 columns, 15 total
CHANCES = np.array([0.2, 0.4, 0.8, 0.6, 0.2, 0.4, 0.8, 0.2, 0.6])


def table() -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    cells = np.arange(9).reshape(3, 3)
    rows = [(np.array([*cells[i], 9 + i]), np.array([1, 1, 1, -1])) for i in range(3)]
    rows += [(np.array([*cells[:, j], 12 + j]), np.array([1, 1, 1, -1])) for j in range(3)]
    rows.append((np.array([9, 10, 11, 15]), np.array([1, 1, 1, -1])))
    p = CHANCES.reshape(3, 3)
    sums = np.concatenate([CHANCES, p.sum(axis=1), p.sum(axis=0), [p.sum()]])
    return rows, sums - np.floor(sums)


def drawn(n: int) -> tuple[np.ndarray, np.ndarray]:
    listed, p = table()
    rows = Sums.of_rows(listed)
    rng = np.random.default_rng(1)
    draws = [balanced_draw(rows, p, order=rng.permutation(16), uniform=rng.random(16)) for _ in range(n)]
    return np.array(draws), p


def test_balanced_draw_when_the_table_is_two_way_then_whole_and_every_sum_kept() -> None:
    rows, p = table()
    draws, _ = drawn(200)
    assert set(np.unique(draws).tolist()) <= {0.0, 1.0}
    for columns, values in rows:
        assert np.allclose(draws[:, columns] @ values, p[columns] @ values)


def test_balanced_draw_when_repeated_then_each_mean_is_its_chance() -> None:
    draws, p = drawn(1500)
    # five standard errors of a mean of 1,500 draws
    assert (np.abs(draws.mean(axis=0) - p) <= 5 * np.sqrt(p * (1 - p) / 1500) + 1e-12).all()


@pytest.mark.parametrize("n", [0, 1])
def test_balanced_draw_when_there_is_nothing_to_draw_then_nothing_happens(n: int) -> None:
    p = np.zeros(n)
    assert balanced_draw(Sums.of_rows(()), p, order=np.arange(n), uniform=np.zeros(n)).tolist() == p.tolist()


def test_evenly_drawn_when_repeated_then_each_mean_is_its_chance_and_each_kind_is_its_share() -> None:
    rng = np.random.default_rng(2)
    residual = np.repeat([0, 1, 2, 4], [3, 7, 6, 5])
    chances = residual / 5
    draws = np.array(
        [evenly_drawn(chances, residual, order=rng.random(21), start=rng.random()) for _ in range(4000)]
    )
    assert set(np.unique(draws).tolist()) == {0, 1}
    # five standard errors of a mean of 4,000 draws
    assert (np.abs(draws.mean(axis=0) - chances) <= 5 * np.sqrt(chances * (1 - chances) / 4000)).all()
    for r in range(5):
        assert (np.abs(draws[:, residual == r].sum(axis=1) - chances[residual == r].sum()) < 1 + 1e-9).all()


def test_evenly_drawn_when_drawn_already_then_as_it_was() -> None:
    before = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    drawn = evenly_drawn(before, np.array([1, 1, 2, 2, 4]), order=np.arange(5) / 5, start=0.999)
    assert drawn.tolist() == before.tolist()
