"""The search: shares that repairs keep to."""

from __future__ import annotations

import numpy as np
import pytest

from anonymisation.disclosure.rules import SHARE_COST
from anonymisation.disclosure.search import Shares

# columns of three groups, one of them empty; the last moves no cell of its own
SHARES = Shares(group=np.array([1, 1, 1, 2, 2, -1]), wanted=np.array([0, 1, 2]))


@pytest.mark.parametrize(
    ("y", "over"),
    [([1, 0, 0, 1, 1, 1], [0, 0, 0]), ([1, 1, 0, 0, 0, 0], [0, 1, -2]), ([0, 0, 0, 1, 0, 1], [0, -1, -1])],
)
def test_shares_when_more_or_fewer_are_up_then_over_and_paid_for(y: list[int], over: list[int]) -> None:
    assert SHARES.over(np.array(y)).tolist() == over
    assert SHARES.cost(np.array(y)) == SHARE_COST * sum(map(abs, over))


def test_shares_when_some_are_free_then_each_row_is_met_by_what_stands() -> None:
    y, free = np.array([1, 1, 0, 0, 0, 0]), np.array([0, 2, 3, 5])
    over = SHARES.over(y)
    point = np.append(y[free], np.clip(np.outer(over, (1, -1)), 0, None).ravel())
    rows = SHARES.rows(y, free)
    assert len(rows) == 3
    for columns, values, low, high in rows:
        assert low == high == float(np.array(values) @ point[columns])
