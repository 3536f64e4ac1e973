"""Findings: which rule a row or a file trips, and where. Places and names only, never a value.

What belongs here: the shape of findings and how a mask over rows becomes them. What does not: the tests
themselves (``parsing.py``, ``identity.py``, ``checking.py``), the words (``schemas.rules``), what the
sender reads (``receipt.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import polars as pl

from pipelines.intake.layout import letters
from pipelines.intake.raw_table import ROW
from pipelines.intake.refusal import Trip
from schemas.models import FILE as FILE
from schemas.rules import RULES, Severity

TRIPPED_SCHEMA: MappingProxyType[str, pl.DataType] = MappingProxyType(
    {
        "rule_id": pl.String(),
        FILE: pl.String(),
        ROW: pl.Int32(),
        "dataset": pl.String(),
        "canonical": pl.String(),
        "position": pl.Int32(),
        "named": pl.String(),
        "hint": pl.String(),
    }
)
"""Findings while they are gathered: places in our words."""

FINDING_SCHEMA: MappingProxyType[str, pl.DataType] = MappingProxyType(
    {
        "rule_id": pl.String(),
        "severity": pl.String(),
        "file": pl.String(),
        "sheet": pl.String(),
        "row": pl.Int32(),
        "column": pl.String(),
        "cell": pl.String(),
        "dataset": pl.String(),
        "hint": pl.String(),
    }
)
"""Findings as they are given out: places in the sender's words."""

QUARANTINE_SCHEMA: MappingProxyType[str, pl.DataType] = MappingProxyType(
    {"dataset": pl.String(), "file": pl.String(), "row": pl.Int32(), "rule_ids": pl.List(pl.String())}
)


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Where the cells of one file are, in the sender's words."""

    name: str
    """The file's name, or its kind where the name is not wholly agreed."""
    sheet: str | None
    header: tuple[str, ...]
    """Agreed column names only; others are empty, since a header may hold values."""
    columns: Mapping[tuple[str, str], int]
    """(dataset, canonical column) → place of the column from which it is read."""


def tripped(
    rule_id: str, *, file: str, rows: pl.Series, dataset: str | None, canonical: str | None = None
) -> pl.DataFrame:
    """Findings of one rule over ``rows`` (the sender's numbers) of one file."""
    assert rule_id in RULES, f"rule [{rule_id}] is not in schemas/rules.py"
    if rows.is_empty():
        return no_findings()
    return _shaped(
        pl.DataFrame({ROW: rows.cast(pl.Int32)}).with_columns(
            rule_id=pl.lit(rule_id),
            dataset=pl.lit(dataset, dtype=pl.String),
            canonical=pl.lit(canonical, dtype=pl.String),
            **{FILE: pl.lit(file)},
        )
    )


def tripped_in(
    rule_id: str, frame: pl.DataFrame, *, dataset: str, canonical: str | None = None
) -> pl.DataFrame:
    """Findings of one rule over all rows of ``frame``, which says ``_file`` and ``_row``."""
    assert rule_id in RULES, f"rule [{rule_id}] is not in schemas/rules.py"
    if frame.is_empty():
        return no_findings()
    return _shaped(
        frame.select(FILE, ROW).with_columns(
            rule_id=pl.lit(rule_id), dataset=pl.lit(dataset), canonical=pl.lit(canonical, dtype=pl.String)
        )
    )


def stopped(file: str, trips: tuple[Trip, ...]) -> pl.DataFrame:
    """Findings of a file that is not loaded."""
    return _shaped(
        pl.DataFrame(
            [
                {
                    "rule_id": t.rule_id,
                    FILE: file,
                    ROW: t.row,
                    "position": t.position,
                    "named": t.column,
                    "hint": t.hint,
                }
                for t in trips
            ],
            schema={
                name: TRIPPED_SCHEMA[name] for name in ("rule_id", FILE, ROW, "position", "named", "hint")
            },
        )
    )


@cache
def no_findings() -> pl.DataFrame:
    """A frame of no findings."""
    return pl.DataFrame(schema=dict(TRIPPED_SCHEMA))


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in TRIPPED_SCHEMA.items()
    )


def fixes(gathered: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """Rows of ``dataset`` that are left out: one row per ``_file`` and ``_row`` with its ``rule_ids`` in
    order."""
    left_out = [rule.rule_id for rule in RULES.values() if rule.severity is Severity.FIX]
    return (
        gathered.filter((pl.col("dataset") == dataset) & pl.col("rule_id").is_in(left_out))
        .group_by(FILE, ROW)
        .agg(pl.col("rule_id").unique().sort().alias("rule_ids"))
        .sort(FILE, ROW)
    )


def in_senders_words(gathered: pl.DataFrame, places: Mapping[str, Whereabouts]) -> pl.DataFrame:
    """Gathered findings → findings for the sender: file, sheet, column and cell, sorted by place."""
    columns = [
        {FILE: kind, "dataset": dataset, "canonical": canonical, "at": position}
        for kind, place in places.items()
        for (dataset, canonical), position in place.columns.items()
    ]
    names = [
        {FILE: kind, "at": position, "column": name or None}
        for kind, place in places.items()
        for position, name in enumerate(place.header)
    ]
    files = [{FILE: kind, "file": place.name, "sheet": place.sheet} for kind, place in places.items()]
    severities = {rule.rule_id: str(rule.severity) for rule in RULES.values()}
    located = (
        gathered.join(
            pl.DataFrame(
                columns,
                schema={FILE: pl.String, "dataset": pl.String, "canonical": pl.String, "at": pl.Int32},
            ),
            on=[FILE, "dataset", "canonical"],
            how="left",
        )
        .with_columns(at=pl.coalesce("position", "at"))
        .join(
            pl.DataFrame(names, schema={FILE: pl.String, "at": pl.Int32, "column": pl.String}),
            on=[FILE, "at"],
            how="left",
        )
        .join(
            pl.DataFrame(files, schema=dict.fromkeys((FILE, "file", "sheet"), pl.String)), on=FILE, how="left"
        )
    )
    letter = {at: letters(at) for at in located["at"].drop_nulls().unique().to_list()}
    in_letters = (
        pl.col("at").replace_strict(letter, default=None, return_dtype=pl.String) if letter else pl.lit(None)
    )
    row_text = pl.coalesce(pl.col(ROW).cast(pl.String), pl.lit("1"))
    return (
        located.with_columns(
            severity=pl.col("rule_id").replace_strict(severities, return_dtype=pl.String),
            file=pl.coalesce("file", FILE),
            column=pl.coalesce("named", "column"),
            cell=in_letters.cast(pl.String) + row_text,
        )
        .rename({ROW: "row"})
        .select(pl.col(name).cast(dtype) for name, dtype in FINDING_SCHEMA.items())
        .unique(maintain_order=True)
        .sort("file", "row", "rule_id", "dataset", "column", maintain_order=True, nulls_last=False)
    )
