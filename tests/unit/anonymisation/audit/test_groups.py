"""A group that falls wholly into one sensitive category is told, however large it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anonymisation.audit import audit

NAMES = {"area": ("north", "south", "west"), "need": ("a", "b", "c")}


@pytest.mark.parametrize(
    ("counts", "sensitive", "n"),
    [
        ([[40, 0, 0], [10, 20, 30], [12, 9, 8]], ["need"], 1),
        ([[40, 1, 0], [10, 20, 30], [12, 9, 8]], ["need"], 1),  # all but one: she knows all others
        ([[40, 5, 0], [10, 20, 30], [12, 9, 8]], ["need"], 0),
        ([[40, 0, 0], [10, 20, 30], [12, 9, 8]], [], 0),  # nothing sensitive about it
        ([[0, 0, 0], [10, 20, 30], [12, 9, 8]], ["need"], 0),  # nobody there
    ],
)
def test_audit_when_a_group_is_of_one_category_then_it_is_a_fault(
    written: Any, counts: list[list[int]], sensitive: list[str], n: int
) -> None:
    entry = written.cube("t", NAMES, method="suppression", sensitive=sensitive)
    figures = written.cells(np.array(counts), NAMES)
    result = audit(written.release([(entry, {"2026-Q1": figures})]))
    told = (f"{n} groups in [t] are known to fall, all or all but one, into one sensitive category: "
            "coarsen it or hide more",)
    assert result.faults == (told if n else ())


def test_audit_when_enough_of_the_line_is_hidden_then_the_group_is_not_told(written: Any) -> None:
    entry = written.cube("t", NAMES, method="suppression", sensitive=["need"])
    counts = np.array([[40, 0, 0], [10, 20, 30], [12, 9, 8]])
    figures: dict[tuple[str, ...], int | str] = written.cells(counts, NAMES)
    for spot in (("north", "a"), ("north", "b"), ("south", "a"), ("south", "b")):
        figures[spot] = written.hidden
    assert audit(written.release([(entry, {"2026-Q1": figures})])).faults == ()
