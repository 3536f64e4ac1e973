"""What protection costs: told from protected tables alone."""

from __future__ import annotations

import polars as pl

from pipelines.release.loss import loss_text

MADE = {
    "kinds.police": pl.DataFrame({"value": [5, 0, 0], "marker": ["", "0 to 4", ""]}),
    "told_by_nobody": None,
}


def test_loss_when_nothing_is_left_out_then_how_near_figures_are_and_how_many_read_low() -> None:
    assert loss_text(MADE, base=5, elastic=(), withdrawn=(), unfitted=()) == (
        "## What protection costs\n\n"
        "No figure is more than 4 from its count. Of 3 figures 1 read `0 to 4`.\n")


def test_loss_when_tables_are_left_out_then_each_is_named_with_its_reason() -> None:
    text = loss_text(MADE, base=5, elastic={"b", "a"}, withdrawn={("kinds.police", "2026-Q3")},
                     unfitted={"ends.police"})
    assert text.splitlines()[2:] == [
        "No figure is more than 4 from its count; in `a`, `b` none more than 9. "
        "Of 3 figures 1 read `0 to 4`.",
        "",
        "* Left out, since a holder of figures that others publish would have narrowed small counts in a "
        "second draw as well: `kinds.police` of 2026-Q3.",
        "* Left out, since they could not be fitted to figures that stay: `ends.police`."]
