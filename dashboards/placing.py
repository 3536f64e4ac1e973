"""Where words stand on a chart, so that they lie on no line, dot or other word.

What belongs here: places, from what is drawn. What does not: what is drawn (``figures.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

END_REACH = 5
"""Quarters that the name of a line takes before the line's end, on a narrow screen."""
USUAL_REACH = 0.36
"""Share of a control chart's width that the words on its band take, on a narrow screen."""
FUNNEL_PLOT = (230.0, 270.0)
"""Width and height of a funnel plot's inside on the narrowest screen, in pixels: what fits there fits
everywhere."""
LETTER = (13.0, 15.0)
"""Width and height of a letter beside a dot, in pixels."""


def rounded(value: float) -> float:
    """A drawn position: more digits than a screen has points would only weigh, and so would ``.0``."""
    near = round(value, 3)
    return int(near) if near == int(near) else near


def free_place(
    points: Sequence[Sequence[float]], limits: tuple[float, float, float], top: float, *, has_ends: bool
) -> dict[str, str | float]:
    """Where the words on the usual range (low, mean, high) touch no point: above it on the left, on the
    right, or below it; as an annotation of plotly names it.

    ``points``: the values drawn at each quarter; ``has_ends``: whether words stand at the right already.
    """
    last = len(points) - 1
    reach, height = max(1, round(USUAL_REACH * (last + 1))), 0.13 * top
    above, below = min(limits[2], top), max(limits[0], 0.0)
    left: dict[str, str | float] = {"x": -0.4, "xanchor": "left"}
    right: dict[str, str | float] = {"x": last + 0.4, "xanchor": "right"}
    over: dict[str, str | float] = {"y": rounded(above), "yanchor": "bottom"}
    under: dict[str, str | float] = {"y": rounded(below), "yanchor": "top"}
    places = [(left, over, points[:reach], above, above + height)]
    if not has_ends:
        places.append((right, over, points[-reach:], above, above + height))
    if below > height:
        places.append((left, under, points[:reach], below - height, below))
        if not has_ends:
            places.append((right, under, points[-reach:], below - height, below))
    for side, edge, near, low, high in places:
        values = [v for drawn in near for v in drawn]
        if not any(low - 0.04 * top < v < high for v in values):
            return side | edge
    return left | over


_SIDES = {
    "middle right": (1.0, 0.0), "middle left": (-1.0, 0.0), "top center": (0.0, 1.0),
    "bottom center": (0.0, -1.0), "top right": (1.0, 1.0), "top left": (-1.0, 1.0),
    "bottom right": (1.0, -1.0), "bottom left": (-1.0, -1.0),
}  # fmt: skip
"""Where a letter may stand beside its dot, and which way that is."""


def beside_dots(
    points: Sequence[tuple[float, float, str, str, bool]], curve: Sequence[tuple[float, float, float]]
) -> dict[str, str]:
    """A side for the letter of each dot where it lies on no other dot and no other letter, as far as there is
    one."""
    width = max(1e-9, curve[-1][0] - curve[0][0])
    height = max(1e-9, *(high for _, _, high in curve), *(p[1] for p in points))
    dots = [(FUNNEL_PLOT[0] * p[0] / width, FUNNEL_PLOT[1] * p[1] / height) for p in points]
    taken = list(dots)
    found: dict[str, str] = {}
    for point, (x, y) in zip(points, dots, strict=True):
        spots = {side: (x + LETTER[0] * dx, y + LETTER[1] * dy) for side, (dx, dy) in _SIDES.items()}
        others = [spot for spot in taken if spot != (x, y)]
        best = max(spots, key=lambda side: min(1.0, _apart(spots[side], others)))
        found[point[2]] = best
        taken.append(spots[best])
    return found


def free_side(
    points: Sequence[tuple[float, float, str, str, bool]], curve: Sequence[tuple[float, float, float]],
    level: float,
) -> str:  # fmt: skip
    """Whether the words at the right end of a level stand on it (``bottom``) or hang below it (``top``):
    where no dot lies."""
    start, end = curve[0][0], curve[-1][0]
    beside = [rate for size, rate, *_ in points if size > end - USUAL_REACH * (end - start)]
    above, below = (sum(sign * (rate - level) >= 0 for rate in beside) for sign in (1, -1))
    return "top" if above > below else "bottom"


def _apart(spot: tuple[float, float], others: Sequence[tuple[float, float]]) -> float:
    """How far the nearest of the others is, in letters: 1 and more lies beside."""
    return min((max(abs(spot[0] - x) / LETTER[0], abs(spot[1] - y) / LETTER[1]) for x, y in others),
               default=1.0)  # fmt: skip
