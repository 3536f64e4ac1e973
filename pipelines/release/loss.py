"""What protection costs the reader: the part of ``report.md`` on what is missing, and how near the rest is.

What belongs here: words and numbers from the protected tables alone. What does not: what the attackers found
(``anonymisation.audit.report``), how far single figures are from their counts (nobody is told).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl


def loss_text(
    made: Mapping[str, pl.DataFrame | None], *, base: int, elastic: Collection[str],
    withdrawn: Collection[tuple[str, str]], unfitted: Collection[str]
) -> str:
    """A section of markdown.

    ``made``: by table, the rows as published; ``elastic``: tables whose figures may be one step further away;
    ``withdrawn``: (table, quarter) left out for the sake of figures that others publish; ``unfitted``: tables
    that could not be fitted to figures that stay.
    """
    told = [frame for frame in made.values() if frame is not None]
    cells = sum(frame.height for frame in told)
    low = sum(int((frame["marker"] == f"0 to {base - 1}").sum()) for frame in told)
    further = f"; in {_named(elastic)} none more than {2 * base - 1}" if elastic else ""
    lines = [
        "## What protection costs", "",
        f"No figure is more than {base - 1} from its count{further}. Of {cells} figures {low} read "
        f"`0 to {base - 1}`.", "",
    ]
    lines += [
        "* Left out, since a holder of figures that others publish would have narrowed small counts in "
        f"a second draw as well: {_named({table})} of {quarter}."
        for table, quarter in sorted(withdrawn)
    ]
    if unfitted:
        lines.append(f"* Left out, since they could not be fitted to figures that stay: {_named(unfitted)}.")
    return "\n".join(lines).rstrip() + "\n"


def _named(tables: Collection[str]) -> str:
    return ", ".join(f"`{table}`" for table in sorted(tables))
