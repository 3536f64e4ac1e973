"""A reader who supposes that each group charged is part of the same group named: what he is left with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.disclosure_stages import supposed

AGE = {"age": ["young", "old"]}


@pytest.mark.parametrize(
    ("charged", "narrowed", "least"),
    [([5, 0], 0, 4), ([0, 5], 2, 3)],  # 0 named is 4 at most, so 5 charged would be 1 to 4 of 1 to 4
)
def test_supposed_when_figures_stand_the_other_way_round_then_intervals_are_narrower(
    written: Any, charged: list[int], narrowed: int, least: int
) -> None:
    files = written.release([
        (written.cube(unit, AGE, unit=f"{unit}.all"), {"p": written.cells(np.array(figures), AGE)})
        for unit, figures in (("named", [10, 0]), ("charged", charged))
    ])  # fmt: skip
    assert supposed(files, in_total=False) == {
        "relations": 3, "unkept": int(least < 4), "cells": 4, "narrowed": narrowed, "least_width": least,
    }  # fmt: skip
    assert supposed(files, in_total=True)["narrowed"] == 0
