"""Colours: the government analysis palette, and what stands for it on a dark page.

What belongs here: colours and their source. What does not: where they are used (``figures.py``,
``assets/tessera.css``).

Source: Government Analysis Function palettes as in afcharts 1.2.0 (``af_colours.yaml``). Contrast with
white, measured: dark blue 10.25, turquoise 3.17, dark pink 9.77, orange 3.03, dark grey 10.86, light purple
3.08; the focus grey (1.84) is used for fills and bands only, never for a mark that carries a figure. Colour
never stands alone: shape, dash or a word goes with it.
"""

from __future__ import annotations

DARK_BLUE = "#12436D"
TURQUOISE = "#28A197"
DARK_PINK = "#801650"
ORANGE = "#F46A25"
DARK_GREY = "#3D3D3D"
LIGHT_PURPLE = "#A285D1"
FOCUS_GREY = "#BFBFBF"

MID_BLUE = "#2073BC"
PAPER = "#FFFFFF"

INK = "#0B0C0C"
"""Text on a light page."""
RULE = "#D9D9D9"
"""Grid lines: decoration, no contrast needed."""

ON_DARK = {
    DARK_BLUE: "#6BACE6",
    TURQUOISE: "#5FD0C5",
    DARK_PINK: "#E58BBE",
    ORANGE: "#F7945E",
    DARK_GREY: "#D0D0D0",
    LIGHT_PURPLE: "#BFA8E3",
    FOCUS_GREY: "#4A5560",
    MID_BLUE: "#9CC9EE",
    PAPER: "#14191E",
    INK: "#F3F2F1",
    RULE: "#3A424A",
}
"""Light-page colour to its dark-page counterpart; the chart script swaps them where the reader's system
asks for dark."""
