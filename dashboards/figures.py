"""Figures: released readings in, plotly figures out. The only module that imports plotly.

What belongs here: traces and layout, and the one wrapper through which every figure leaves. What does not:
which figure stands on which page (``story.py``), limits (``change.py``), words (``words.py``): labels are
handed in.

The wrapper holds three promises: no button that sends a chart anywhere, no address of any host, and plain
lists instead of encoded arrays, so that a scan of the page sees every number that is in it. Hover shows
released values and markers only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly  # type: ignore[import-untyped]  # ships no type information; remove when it does
import plotly.graph_objects as go  # type: ignore[import-untyped]

from dashboards.palette import DARK_BLUE, DARK_GREY, DARK_PINK, FOCUS_GREY, INK, ORANGE, PAPER, RULE

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
ROW_HEIGHT = 30
BAR_MARGIN = 50
EVERY_NTH_LABEL = 4


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


def page_figure(figure: go.Figure, *, div_id: str) -> dict[str, Any]:
    """The wrapper: a figure as plain lists with the safe configuration.

    Raises:
        FigureError: an encoded array, or an address, is in it.
    """
    content = figure.to_plotly_json()
    content["layout"].pop("template", None)
    text = json.dumps(content, sort_keys=True)
    for forbidden in ("bdata", "://"):
        if forbidden in text:
            raise FigureError(f"figure [{div_id}]: holds [{forbidden}]. Hand lists of numbers to the figure")
    return {"id": div_id, "config": dict(CONFIG), **json.loads(text)}


def _layout(*, height: int, **more: Any) -> dict[str, Any]:
    return {
        "template": None,
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


def _axis(**more: Any) -> dict[str, Any]:
    return {"fixedrange": True, "tickfont": {"size": 12}, **more}


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
    figure = go.Figure()
    if limits is not None:
        _band(figure, limits, last, top, labels["usual"])
    if any(p.other is not None for p in points):
        _strict(figure, points, labels)
    _line(figure, [p.value if p.is_comparable else None for p in points], width=2.0, dash="solid")
    _marks(figure, points)
    ticks = [i for i in range(last + 1) if (last - i) % EVERY_NTH_LABEL == 0]
    figure.update_layout(**_layout(
        height=TREND_HEIGHT, margin={"l": 46, "r": 14, "t": 22, "b": 44},
        xaxis=_axis(range=[-0.6, last + 0.6], tickvals=ticks, ticktext=[points[i].label for i in ticks],
                    tickangle=0, showgrid=False, zeroline=False, ticks="outside"),
        yaxis=_axis(range=[0, top], gridcolor=RULE, zeroline=True, zerolinecolor=DARK_GREY, nticks=5,
                    ticksuffix="%" if is_rate else "", separatethousands=True),
    ))  # fmt: skip
    return page_figure(figure, div_id=div_id)


def _band(figure: go.Figure, limits: tuple[float, float, float], last: int, top: float, label: str) -> None:
    """The usual range as a grey band with its mean, behind everything."""
    low, mean, high = limits
    ends = {"x0": -0.5, "x1": last + 0.5, "layer": "below"}
    figure.add_shape(
        type="rect", y0=max(low, 0.0), y1=high, fillcolor=FOCUS_GREY, opacity=0.35, line={"width": 0}, **ends
    )
    figure.add_shape(
        type="line", y0=mean, y1=mean, line={"color": DARK_GREY, "width": 1, "dash": "dot"}, **ends
    )
    figure.add_annotation(
        x=-0.4, y=min(high, top), text=label, showarrow=False, xanchor="left", yanchor="bottom",
        font={"size": 12},
    )  # fmt: skip


def _line(figure: go.Figure, values: Sequence[float | None], *, width: float, dash: str) -> None:
    figure.add_trace(go.Scatter(
        x=list(range(len(values))), y=list(values), mode="lines", hoverinfo="skip", connectgaps=False,
        line={"color": DARK_BLUE, "width": width, "dash": dash},
    ))  # fmt: skip


def _strict(figure: go.Figure, points: Sequence[TrendPoint], labels: Mapping[str, str]) -> None:
    """The reading by strict links as a dashed line; both lines are labelled at their ends."""
    _line(figure, [p.other if p.is_comparable else None for p in points], width=1.5, dash="dash")
    last = max(i for i, p in enumerate(points) if p.other is not None)
    ends = (
        (points[last].value, labels["all"], "bottom", 8),
        (points[last].other, labels["strict"], "top", -8),
    )
    for y, text, anchor, shift in ends:
        if y is not None:
            figure.add_annotation(
                x=last, y=y, text=text, showarrow=False, xanchor="right", yanchor=anchor, yshift=shift,
                font={"size": 12},
            )  # fmt: skip


def _marks(figure: go.Figure, points: Sequence[TrendPoint]) -> None:
    """A shape for each kind of point: usual, signal, not comparable, missing."""
    known = [i for i, p in enumerate(points) if p.value is not None]
    kinds = (
        ("circle", 7, DARK_BLUE, [i for i in known if points[i].is_comparable and not points[i].is_signal]),
        ("diamond", 13, ORANGE, [i for i in known if points[i].is_comparable and points[i].is_signal]),
        ("circle-open", 7, DARK_GREY, [i for i in known if not points[i].is_comparable]),
    )
    for symbol, size, colour, drawn in kinds:
        if drawn:
            figure.add_trace(go.Scatter(
                x=drawn, y=[points[i].value for i in drawn], mode="markers", hovertemplate=HOVER,
                hovertext=[points[i].hover for i in drawn],
                marker={"symbol": symbol, "size": size, "color": colour,
                        "line": {"color": INK, "width": int(symbol == "diamond")}},
            ))  # fmt: skip
    gaps = [i for i, p in enumerate(points) if p.value is None]
    if gaps:
        figure.add_trace(go.Scatter(
            x=gaps, y=[0] * len(gaps), mode="markers+text", text=[points[i].marker for i in gaps],
            textposition="top center", textfont={"size": 11}, hovertemplate=HOVER,
            hovertext=[points[i].hover for i in gaps],
            marker={"symbol": "square-open", "size": 8, "color": DARK_GREY},
        ))  # fmt: skip


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
    """Horizontal bars from zero in the order given, each with its value in words; diamonds for a
    comparison."""
    order = list(reversed(range(len(labels))))
    top = max([1.0, *(v for v in values if v is not None), *(v for v in compare or () if v is not None)])
    figure = go.Figure(
        go.Bar(
            x=[values[i] if values[i] is not None else 0 for i in order],
            y=[labels[i] for i in order],
            orientation="h",
            text=[texts[i] for i in order],
            textposition="outside",
            cliponaxis=False,
            marker={"color": DARK_BLUE},
            hovertext=[hovers[i] for i in order],
            hovertemplate=HOVER,
            textfont={"size": 13},
        )
    )
    if compare is not None:
        drawn = [i for i in order if compare[i] is not None]
        figure.add_trace(
            go.Scatter(
                x=[compare[i] for i in drawn],
                y=[labels[i] for i in drawn],
                mode="markers",
                hoverinfo="skip",
                marker={
                    "symbol": "diamond",
                    "size": 12,
                    "color": PAPER,
                    "line": {"width": 2.5, "color": DARK_PINK},
                },
            )
        )
    figure.update_layout(
        **_layout(
            height=BAR_MARGIN + ROW_HEIGHT * len(labels),
            margin={"l": 4, "r": 8, "t": 4, "b": 32},
            bargap=0.35,
            xaxis={
                "range": [0, top * 1.3],
                "showgrid": True,
                "gridcolor": RULE,
                "zeroline": True,
                "zerolinecolor": DARK_GREY,
                "fixedrange": True,
                "ticksuffix": "%" if is_pct else "",
                "nticks": 4,
                "tickfont": {"size": 12},
                "separatethousands": True,
            },
            yaxis={
                "automargin": True,
                "fixedrange": True,
                "ticklabelstandoff": 4,
                "tickfont": {"size": 13},
                "showgrid": False,
            },
        )
    )
    return page_figure(figure, div_id=div_id)


def sankey(
    nodes: Sequence[str], links: Sequence[tuple[int, int, int, str]], *, div_id: str, height: int = 320
) -> dict[str, Any]:
    """Flows between at most eight named nodes: (from, to, released count, hover)."""
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={
                "label": list(nodes),
                "color": DARK_BLUE,
                "pad": 18,
                "thickness": 16,
                "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [s for s, _, _, _ in links],
                "target": [t for _, t, _, _ in links],
                "value": [n for _, _, n, _ in links],
                "customdata": [h for _, _, _, h in links],
                "color": FOCUS_GREY,
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )
    figure.update_layout(**_layout(height=height, margin={"l": 4, "r": 4, "t": 8, "b": 8}))
    return page_figure(figure, div_id=div_id)


def funnel(
    points: Sequence[tuple[float, float, str, str, bool]],
    curve: Sequence[tuple[float, float, float]],
    average: float,
    *,
    div_id: str,
    x_title: str,
    y_title: str,
) -> dict[str, Any]:
    """A funnel plot: (residents, rate, name, hover, outside) against (residents, low, high) of chance
    alone."""
    figure = go.Figure()
    for index in (1, 2):
        figure.add_trace(
            go.Scatter(
                x=[c[0] for c in curve],
                y=[c[index] for c in curve],
                mode="lines",
                hoverinfo="skip",
                line={"color": DARK_GREY, "width": 1.5, "dash": "dash"},
            )
        )
    figure.add_shape(
        type="line",
        x0=curve[0][0],
        x1=curve[-1][0],
        y0=average,
        y1=average,
        line={"color": DARK_GREY, "width": 1, "dash": "dot"},
    )
    middle = (curve[0][0] + curve[-1][0]) / 2
    for outside, symbol, size, colour in ((False, "circle", 9, DARK_BLUE), (True, "diamond", 14, ORANGE)):
        drawn = [p for p in points if p[4] is outside]
        if drawn:
            figure.add_trace(
                go.Scatter(
                    x=[p[0] for p in drawn],
                    y=[p[1] for p in drawn],
                    mode="markers+text" if outside else "markers",
                    text=[p[2] for p in drawn],
                    textposition=["top left" if p[0] > middle else "top right" for p in drawn],
                    cliponaxis=False,
                    hovertext=[p[3] for p in drawn],
                    hovertemplate=HOVER,
                    marker={
                        "symbol": symbol,
                        "size": size,
                        "color": colour,
                        "line": {"color": INK, "width": int(outside)},
                    },
                )
            )
    figure.update_layout(
        **_layout(
            height=340,
            margin={"l": 56, "r": 14, "t": 16, "b": 52},
            xaxis={
                "title": {"text": x_title, "font": {"size": 13}},
                "showgrid": False,
                "fixedrange": True,
                "nticks": 4,
                "tickfont": {"size": 12},
                "tickformat": ",d",
            },
            yaxis={
                "title": {"text": y_title, "font": {"size": 13}},
                "gridcolor": RULE,
                "fixedrange": True,
                "rangemode": "tozero",
                "tickfont": {"size": 12},
            },
        )
    )
    return page_figure(figure, div_id=div_id)
