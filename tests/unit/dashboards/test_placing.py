"""Words on a chart lie on no point, diamond or other word."""

from __future__ import annotations

import pytest

from dashboards.placing import beside_dots, free_place

LIMITS = (40.0, 50.0, 60.0)
FLAT = [[50.0]] * 16


@pytest.mark.parametrize(("points", "has_ends", "x", "y", "anchor"), [
    (FLAT, False, "left", 60.0, "bottom"),
    ([[63.0], *FLAT[1:]], False, "right", 60.0, "bottom"),
    ([[63.0], *FLAT[1:]], True, "left", 40.0, "top"),
    ([[63.0], *FLAT[2:], [63.0]], False, "left", 40.0, "top"),
    ([[63.0], [37.0], *FLAT[4:], [37.0], [63.0]], False, "left", 60.0, "bottom"),
])  # fmt: skip
def test_free_place_when_points_lie_there_then_the_next_place_and_the_first_where_none_is_free(
    points: list[list[float]], has_ends: bool, x: str, y: float, anchor: str
) -> None:
    found = free_place(points, LIMITS, 80.0, has_ends=has_ends)
    assert (found["xanchor"], found["y"], found["yanchor"]) == (x, y, anchor)


def test_beside_dots_when_two_dots_touch_then_their_letters_stand_on_different_sides() -> None:
    points = [(100.0, 0.5, "A", "", False), (101.0, 0.5, "B", "", False), (900.0, 0.5, "C", "", False)]
    sides = beside_dots(points, [(0.0, 0.0, 1.0), (1000.0, 0.0, 1.0)])
    assert set(sides) == {"A", "B", "C"} and sides["A"] != sides["B"]
