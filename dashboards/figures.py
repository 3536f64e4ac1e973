"""Figures: released readings in, plotly figures out. The only module that imports plotly.

What belongs here: traces and layout, and the one wrapper through which every figure leaves. What does not:
which figure stands on which page (``story.py``), limits (``change.py``), words (``words.py``): labels are
handed in.

The wrapper holds three promises: no button that sends a chart anywhere, no address of any host, and plain
lists instead of encoded arrays, so that a scan of the page sees every number that is in it. Hover shows
released values and markers only.

Figures are plain dictionaries: plotly's own objects check every property again at each update, which took
half of the time of a build. A test hands every figure of a pack to plotly's checker instead. What all figures
of a kind share stands once on a page (``BASES``), so that a page of many exhibits stays light.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly  # type: ignore[import-untyped]  # ships no type information; remove when it does

from dashboards.palette import DARK_BLUE, DARK_GREY, DARK_PINK, FOCUS_GREY, INK, ORANGE, PAPER, RULE
from dashboards.placing import END_REACH, beside_dots, free_place, free_side, rounded

SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
"""The chart script as plotly ships it: copied beside the pages, one file for all of them."""
CONFIG: Mapping[str, Any] = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "showEditInChartStudio": False,
    "showLink": False,
    "displaylogo": False,
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "staticPlot": False,
    "topojsonURL": "",
}
"""Plotly's own default shows a button that uploads the chart (plotly.js 4.1.1); all of it is off."""
FONT = "Arial, Helvetica, sans-serif"
TREND_HEIGHT = 240
HEAD_ROOM = 1.12
HOVER = "%{hovertext}<extra></extra>"
LONGEST_LABEL = 24
"""Characters of a bar's label in one line."""
ROW_HEIGHT = 30
ROW_HEIGHT_OF_TWO_LINES = 40
"""So that a label in two lines stays apart from its neighbours."""
BAR_MARGIN = 50
EVERY_NTH_LABEL = 4
SANKEY_HEIGHT = 320
FUNNEL_HEIGHT = 340
_AXIS: dict[str, Any] = {"fixedrange": True, "tickfont": {"size": 12}}


class FigureError(ValueError):
    """A figure may not leave: it holds an encoded array or an address."""


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One quarter of a trend, as drawn."""

    label: str
    """Words for the axis, such as ``Jul–Sep<br>2026``."""
    hover: str
    """Released value or marker with its quarter, as the table has it."""
    value: float | None
    marker: str
    """Why there is no value."""
    is_signal: bool
    is_comparable: bool
    other: float | None = None
    """The same by strict links, for people."""


def _layout(*, height: int, **more: Any) -> dict[str, Any]:
    return {
        "height": height,
        "showlegend": False,
        "font": {"family": FONT, "size": 14, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {"font": {"family": FONT, "size": 14}},
        **more,
    }


BASES: Mapping[str, Mapping[str, Any]] = {
    "trend": _layout(
        height=TREND_HEIGHT,
        margin={"l": 46, "r": 14, "t": 22, "b": 44},
        xaxis=_AXIS | {"tickangle": 0, "showgrid": False, "zeroline": False, "ticks": "outside"},
        yaxis=_AXIS
        | {"gridcolor": RULE, "zeroline": True, "zerolinecolor": DARK_GREY, "nticks": 5,
           "separatethousands": True},
    ),
    "bars": _layout(
        height=BAR_MARGIN,
        margin={"l": 4, "r": 8, "t": 4, "b": 32},
        bargap=0.35,
        xaxis=_AXIS
        | {"showgrid": True, "gridcolor": RULE, "zeroline": True, "zerolinecolor": DARK_GREY, "nticks": 3,
           "separatethousands": True, "tickangle": 0},
        yaxis=_AXIS
        | {"automargin": True, "ticklabelstandoff": 4, "tickfont": {"size": 13}, "showgrid": False},
    ),
    "sankey": _layout(height=SANKEY_HEIGHT, margin={"l": 4, "r": 4, "t": 8, "b": 8}),
    "funnel": _layout(
        height=FUNNEL_HEIGHT,
        margin={"l": 56, "r": 14, "t": 16, "b": 52},
        xaxis=_AXIS | {"showgrid": False, "nticks": 4, "tickformat": ",d"},
        yaxis=_AXIS | {"gridcolor": RULE, "rangemode": "tozero"},
    ),
}  # fmt: skip
"""Layout that every figure of a kind has; a figure's own layout is laid over it."""


def _marker(symbol: str, size: int, colour: str, edge: int = 0) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "hovertemplate": HOVER,
        "marker": {"symbol": symbol, "size": size, "color": colour, "line": {"color": INK, "width": edge}},
    }


_LINE: dict[str, Any] = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "line": {**_LINE, "line": {"color": DARK_BLUE, "width": 2.0, "dash": "solid"}},
    "strict": {**_LINE, "line": {"color": DARK_BLUE, "width": 1.5, "dash": "dash"}},
    "usual": _marker("circle", 7, DARK_BLUE),
    "signal": _marker("diamond", 13, ORANGE, 1),
    "apart": _marker("circle-open", 7, DARK_GREY),
    "gap": {
        **_marker("square-open", 8, DARK_GREY), "cliponaxis": False,
        "mode": "markers+text", "textposition": "top center", "textfont": {"size": 11},
    },
    "bars": {
        "type": "bar", "orientation": "h", "textposition": "outside", "cliponaxis": False,
        "marker": {"color": DARK_BLUE}, "hovertemplate": HOVER, "textfont": {"size": 13},
    },
    "residents": {
        "type": "scatter", "mode": "markers", "hoverinfo": "skip",
        "marker": {"symbol": "diamond", "size": 12, "color": PAPER,
                   "line": {"width": 2.5, "color": DARK_PINK}},
    },
    "band": {"type": "rect", "x0": -0.5, "layer": "below", "fillcolor": FOCUS_GREY, "opacity": 0.35,
             "line": {"width": 0}},
    "mean": {"type": "line", "x0": -0.5, "layer": "below",
             "line": {"color": DARK_GREY, "width": 1, "dash": "dot"}},
    "note": {"showarrow": False, "font": {"size": 12}},
}  # fmt: skip
"""What every trace, shape or note of a kind has; one that names its ``kind`` is laid over it."""


def page_figure(
    data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], *, base: str, div_id: str
) -> dict[str, Any]:
    """The wrapper: traces and own layout of a figure as plain lists, with the name of its base.

    Raises:
        FigureError: an array that would be encoded, or an address, is in it.
    """
    content = {"data": list(data), "layout": dict(layout)}
    try:
        text = json.dumps(content, sort_keys=True)
    except TypeError:
        raise FigureError(
            f"figure [{div_id}]: holds an array. Hand lists of numbers to the figure"
        ) from None
    for forbidden in ("bdata", "://"):
        if forbidden in text:
            raise FigureError(f"figure [{div_id}]: holds [{forbidden}]. Hand lists of numbers to the figure")
    return {"id": div_id, "base": base, **json.loads(text)}


def height_of(figure: Mapping[str, Any]) -> int:
    """Height of a figure in pixels."""
    return int(figure["layout"].get("height", BASES[figure["base"]]["height"]))


def trend(
    points: Sequence[TrendPoint],
    *,
    limits: tuple[float, float, float] | None,
    labels: Mapping[str, str],
    is_rate: bool,
    div_id: str,
) -> dict[str, Any]:
    """A control chart of quarters: (low, mean, high) as a band, signals as large diamonds, gaps as squares.

    Quarters that other agencies made up are drawn hollow and are not joined to the line.
    """
    last = len(points) - 1
    known = [v for p in points for v in (p.value, p.other) if v is not None]
    top = max([1.0, *known, *((limits[2],) if limits else ())]) * HEAD_ROOM
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    if any(p.other is not None for p in points):
        traces.append(_line([p.other if p.is_comparable else None for p in points], "strict"))
        notes += _end_labels(points, labels)
    traces.append(_line([p.value if p.is_comparable else None for p in points], "line"))
    traces += _marks(points)
    ticks = [i for i in range(last + 1) if (last - i) % EVERY_NTH_LABEL == 0]
    layout: dict[str, Any] = {
        "xaxis": {
            "range": [-0.6, last + 0.6],
            "tickvals": ticks,
            "ticktext": [points[i].label for i in ticks],
        },
        "yaxis": {"range": [0, rounded(top)]} | ({"ticksuffix": "%"} if is_rate else {}),
    }
    if limits is not None:
        layout["shapes"] = _band(limits, last)
        notes.append({
            "kind": "note", "text": labels["usual"],
            **free_place(
                [[v for v in (p.value, p.other) if v is not None] for p in points], limits, top,
                has_ends=any(p.other is not None for p in points)),
        })  # fmt: skip
    if notes:
        layout["annotations"] = notes
    return page_figure(traces, layout, base="trend", div_id=div_id)


def _band(limits: tuple[float, float, float], last: int) -> list[dict[str, Any]]:
    """The usual range as a grey band with its mean, behind everything."""
    low, mean, high = (rounded(max(v, 0.0)) for v in limits)
    return [
        {"kind": "band", "y0": low, "y1": high, "x1": last + 0.5},
        {"kind": "mean", "y0": mean, "y1": mean, "x1": last + 0.5},
    ]


def _line(values: Sequence[float | None], kind: str) -> dict[str, Any]:
    return {"kind": kind, "y": [None if v is None else rounded(v) for v in values]}


def _end_labels(points: Sequence[TrendPoint], labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Names of the two lines at their ends, by all links above both of them and by strict links below."""
    last = max(i for i, p in enumerate(points) if p.other is not None)
    near = points[max(0, last - END_REACH) : last + 1]
    drawn = [v for p in near for v in (p.value, p.other) if v is not None]
    ends = ((max(drawn), labels["all"], "bottom", 4), (min(drawn), labels["strict"], "top", -4))
    return [
        {"kind": "note", "x": last, "y": rounded(y), "text": text, "xanchor": "right", "yanchor": anchor,
         "yshift": shift}
        for y, text, anchor, shift in ends
    ]  # fmt: skip


def _marks(points: Sequence[TrendPoint]) -> list[dict[str, Any]]:
    """A shape for each kind of point: usual, signal, not comparable, missing."""
    known = [(i, p.value) for i, p in enumerate(points) if p.value is not None]
    same = [(i, v) for i, v in known if points[i].is_comparable]
    kinds = (
        ("usual", [(i, v) for i, v in same if not points[i].is_signal]),
        ("signal", [(i, v) for i, v in same if points[i].is_signal]),
        ("apart", [(i, v) for i, v in known if not points[i].is_comparable]),
    )
    traces: list[dict[str, Any]] = [
        {"kind": kind, "x": [i for i, _ in drawn], "y": [rounded(v) for _, v in drawn],
         "hovertext": [points[i].hover for i, _ in drawn]}
        for kind, drawn in kinds if drawn
    ]  # fmt: skip
    gaps = [i for i, p in enumerate(points) if p.value is None]
    if gaps:
        traces.append({
            "kind": "gap", "x": gaps, "y": [0] * len(gaps), "text": [points[i].marker for i in gaps],
            "hovertext": [points[i].hover for i in gaps],
        })  # fmt: skip
    return traces


def folded(label: str) -> str:
    """A label in two lines where it would leave a bar no room on a telephone."""
    if len(label) <= LONGEST_LABEL:
        return label
    spaces = [i for i, character in enumerate(label) if character == " "]
    if not spaces:
        return label
    middle = min(spaces, key=lambda i: abs(2 * i - len(label)))
    return f"{label[:middle]}<br>{label[middle + 1 :]}"


def bars(
    labels: Sequence[str],
    values: Sequence[float | None],
    texts: Sequence[str],
    *,
    div_id: str,
    hovers: Sequence[str],
    compare: Sequence[float | None] | None = None,
    is_pct: bool = False,
) -> dict[str, Any]:
    """Horizontal bars from zero in the order given, each with its value in words; diamonds for a comparison:
    then the words stand before the bar, so that none reads as the diamond's."""
    order = list(reversed(range(len(labels))))
    top = max([1.0, *(v for v in values if v is not None), *(v for v in compare or () if v is not None)])
    labels = [folded(label) for label in labels]
    row = ROW_HEIGHT_OF_TWO_LINES if any("<br>" in label for label in labels) else ROW_HEIGHT
    if compare is not None:
        labels = [f"{label}\u2002{text}" for label, text in zip(labels, texts, strict=True)]
        texts = [""] * len(labels)
    traces: list[dict[str, Any]] = [{
        "kind": "bars",
        "x": [rounded(v) if (v := values[i]) is not None else 0 for i in order],
        "y": [labels[i] for i in order], "text": [texts[i] for i in order],
        "hovertext": [hovers[i] for i in order],
    }]  # fmt: skip
    if compare is not None:
        drawn = [(i, v) for i in order if (v := compare[i]) is not None]
        traces.append({
            "kind": "residents", "x": [rounded(v) for _, v in drawn], "y": [labels[i] for i, _ in drawn],
        })  # fmt: skip
    layout: dict[str, Any] = {
        "height": BAR_MARGIN + row * len(labels),
        "xaxis": {"range": [0, rounded(top * 1.3)]} | ({"ticksuffix": "%"} if is_pct else {}),
    }
    return page_figure(traces, layout, base="bars", div_id=div_id)


def sankey(
    nodes: Sequence[str], links: Sequence[tuple[int, int, int, str]], *, div_id: str
) -> dict[str, Any]:
    """Flows between at most eight named nodes: (from, to, released count, hover)."""
    trace = {
        "type": "sankey", "arrangement": "snap",
        "node": {"label": list(nodes), "color": DARK_BLUE, "pad": 18, "thickness": 16, "line": {"width": 0},
                 "hovertemplate": "%{label}<extra></extra>"},
        "link": {"source": [s for s, _, _, _ in links], "target": [t for _, t, _, _ in links],
                 "value": [n for _, _, n, _ in links], "customdata": [h for _, _, _, h in links],
                 "color": FOCUS_GREY, "hovertemplate": "%{customdata}<extra></extra>"},
    }  # fmt: skip
    return page_figure([trace], {}, base="sankey", div_id=div_id)


def funnel(
    points: Sequence[tuple[float, float, str, str, bool]],
    curve: Sequence[tuple[float, float, float]],
    average: float,
    *,
    div_id: str,
    x_title: str,
    y_title: str,
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """A funnel plot: (residents, rate, words beside the dot, hover, outside) against (residents, low, high)
    of chance alone. ``labels``: words on the lines, ``average`` and ``limits``."""
    traces: list[dict[str, Any]] = [
        {"type": "scatter", "x": [c[0] for c in curve], "y": [c[index] for c in curve], "mode": "lines",
         "hoverinfo": "skip", "line": {"color": DARK_GREY, "width": 1.5, "dash": "dash"}}
        for index in (1, 2)
    ]  # fmt: skip
    middle = (curve[0][0] + curve[-1][0]) / 2
    places = beside_dots(points, curve)
    for outside, symbol, size, colour in ((False, "circle", 9, DARK_BLUE), (True, "diamond", 14, ORANGE)):
        drawn = [p for p in points if p[4] is outside]
        if drawn:
            traces.append({
                "type": "scatter", "x": [p[0] for p in drawn], "y": [p[1] for p in drawn],
                "mode": "markers+text", "text": [p[2] for p in drawn],
                "textposition": [places[p[2]] if not outside else
                                 "top left" if p[0] > middle else "top right" for p in drawn],
                "cliponaxis": False, "hovertext": [p[3] for p in drawn], "hovertemplate": HOVER,
                "marker": {"symbol": symbol, "size": size, "color": colour,
                           "line": {"color": INK, "width": int(outside)}},
            })  # fmt: skip
    layout = {
        "shapes": [{"type": "line", "x0": curve[0][0], "x1": curve[-1][0], "y0": rounded(average),
                    "y1": rounded(average), "line": {"color": DARK_GREY, "width": 1, "dash": "dot"}}],
        "annotations": [
            {"kind": "note", "text": labels["limits"], "x": curve[-1][0], "y": curve[-1][2],
             "xanchor": "right", "yanchor": "bottom", "yshift": 14},
            {"kind": "note", "text": labels["average"], "x": curve[-1][0], "y": rounded(average),
             "xanchor": "right", "yanchor": free_side(points, curve, average)},
        ],
        "xaxis": {"title": {"text": x_title, "font": {"size": 13}, "standoff": 4}},
        "yaxis": {"title": {"text": y_title, "font": {"size": 13}}},
    }  # fmt: skip
    return page_figure(traces, layout, base="funnel", div_id=div_id)
