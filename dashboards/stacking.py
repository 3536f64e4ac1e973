"""Wide tables on a narrow screen: each row becomes a block, with the name of its column before each cell.

What belongs here: which tables need it, and the attributes that the style sheet works with. What does not:
the style sheet (``assets/tessera.css``), what a table holds (``exhibit.py``).

A browser may take a table that is drawn as blocks for no table; the roles say that it still is one. A table
that fits is left alone: blocks are longer, and figures of two rows are harder to compare.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

ROOM = (280, 580)
"""Pixels that a table has on the narrowest screen (320 less the margins of the page), and beside the menu of
the pages."""
CHARACTER = 8.2
"""Pixels that a character of a table takes at most."""
PADDING, LEAST = (14.0, 20.0), (0.0, 64.0)
"""Pixels on either screen: the padding of a cell, both sides, and the least that a cell takes."""
MOST_COLUMNS = 16
"""Columns that the style sheet has a rule for."""
_WORD = re.compile(r"[^\s–-]+[–-]?")
_NAMES = {"group": "rowgroup", "row": "row", "column": "columnheader", "head": "rowheader", "cell": "cell"}
_ROLES = {name: Markup(f' role="{role}"') for name, role in _NAMES.items()}
_NO_ROLES = dict.fromkeys(_NAMES, Markup(""))


def stacking(columns: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> Markup:
    """Attributes of a table: its class (``kind`` first), and where it does not fit, its role and the names of
    its columns for the style sheet."""
    narrow, wide = (_width(columns, rows, *sizes) for sizes in zip(PADDING, LEAST, strict=True))
    if narrow <= ROOM[0] or len(columns) > MOST_COLUMNS:
        return Markup(' class="{}"').format(kind) if kind else Markup("")
    shape = " ".join(filter(None, (kind, "stack", "stack-wide" if wide > ROOM[1] else "")))
    named = ";".join(f"--c{i}:{_quoted(column)}" for i, column in enumerate(columns[1:], start=2))
    return Markup(' class="{}" role="table" style=\'{}\'').format(shape, Markup(named))


def roles(attributes: Markup) -> dict[str, Markup]:
    """Role attributes of the parts of a table with these attributes: none where a browser needs none."""
    return _ROLES if "role=" in attributes else _NO_ROLES


def _width(columns: Sequence[str], rows: Sequence[Sequence[str]], padding: float, least: float) -> float:
    """Pixels that a table needs at least: the longest word of each column."""
    cells = zip(columns, *rows, strict=True)
    return sum(max(max(_longest(text) for text in column) * CHARACTER + padding, least) for column in cells)


def _longest(text: str) -> int:
    return max(map(len, _WORD.findall(text)), default=1)


def _quoted(text: str) -> str:
    """A text as a string of a style sheet, safe in an attribute between single quotes."""
    plain = text.replace("\\", "\\\\").replace('"', "\\22 ").replace("\n", " ")
    return f'"{escape(plain)}"'
