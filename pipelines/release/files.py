"""The files of a release that the auditor reads: bytes of each table, and ``systems.json``.

What belongs here: the form in which protected tables are written and read back. What does not: the folder
(``pipelines.store``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, combinations, product
from typing import Any

import polars as pl

from pipelines.release.provenance import to_json
from pipelines.release.tables import Table, ties
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.measures.dimensions import ALL, DIMENSIONS

FORMAT = 1
NOT_AVAILABLE = "[x]"
NOT_APPLICABLE = "[z]"
LEFT_OUT = "[c]"
"""The whole table, in a quarter that is counted: left out to protect people. A later release may tell it."""


def margins(frame: pl.DataFrame, dimensions: tuple[str, ...]) -> pl.DataFrame:
    """Every cell of a table that holds anything: period, dimensions (``all`` for a margin), n."""
    subsets = chain.from_iterable(combinations(dimensions, k) for k in range(len(dimensions) + 1))
    parts = [
        frame.group_by("period", *kept).agg(pl.col("n").sum()).with_columns(
            pl.lit(ALL).alias(d) for d in dimensions if d not in kept).select("period", *dimensions, "n")
        for kept in subsets]
    return pl.concat(parts)


def keyed(frame: pl.DataFrame, unit: str, dimensions: tuple[str, ...]) -> pl.DataFrame:
    """key, n of cells with margins: unit | period | sorted ``dimension=category`` pairs without the
    margins."""
    pairs = [pl.when(pl.col(d) != ALL).then(pl.format(f"{d}={{}}", pl.col(d))) for d in sorted(dimensions)]
    cell = pl.concat_str(pairs, separator=";", ignore_nulls=True) if pairs else pl.lit("")
    return frame.select(pl.concat_str([pl.lit(unit), pl.col("period"), cell], separator="|").alias("key"),
                        "n")


def left_out(table: Table, protected: pl.DataFrame | None) -> tuple[str, ...]:
    """Quarters that can be counted and of which the table tells nothing."""
    told = set() if protected is None else set(protected["period"].unique().to_list())
    return tuple(period for period in table.periods if period not in told)


def is_shown(cube: Mapping[str, Any]) -> pl.Expr:
    """Rows in which a published table says something of a quarter; ``cube``: what ``systems.json`` says of
    it."""
    return (pl.col("marker") != NOT_AVAILABLE) & ~pl.col("period").is_in(cube.get("left_out", []))


def is_told(cube: Mapping[str, Any]) -> pl.Expr:
    """Rows of a published table that tell a count, or withhold one."""
    return is_shown(cube) & (pl.col("marker") != NOT_APPLICABLE)


def with_forms(table: Table, protected: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """A protected table in which what the agency's extract has no place for reads ``[z]``: a nought of its
    form. A dimension in which the true ``counts`` hold somebody of a known category, sent while there was a
    column, is left as it is: marked in some quarters alone it would tell that the others are no noughts."""
    for dimension in sorted(table.not_sent):
        if counts.filter(~pl.col(dimension).is_in([NOT_RECORDED, UNMAPPED]), pl.col("n") > 0).height:
            continue
        is_form = ~pl.col(dimension).is_in([NOT_RECORDED, UNMAPPED, ALL])
        protected = protected.with_columns(
            pl.when(~is_form).then("value").alias("value"),
            pl.when(is_form).then(pl.lit(NOT_APPLICABLE)).otherwise("marker").alias("marker"))
    return protected


def cube_csv(table: Table, protected: pl.DataFrame | None) -> bytes:
    """A table as published: every period, every cell with its margins; quarters that cannot be counted read
    ``[x]``, those in which the table is left out to protect people ``[c]``."""
    nodes = [(*table.categories[d], ALL) for d in table.dimensions]
    untold = [(p, NOT_AVAILABLE) for p in table.missing] + [(p, LEFT_OUT) for p in left_out(table, protected)]
    absent = pl.DataFrame(
        [(period, *cell, None, marker) for period, marker in untold for cell in product(*nodes)],
        schema={"period": pl.String, **dict.fromkeys(table.dimensions, pl.String), "value": pl.Int64,
                "marker": pl.String},
        orient="row")
    columns = ["period", *table.dimensions, "value", "marker"]
    told = absent.clear() if protected is None else protected
    whole = pl.concat([told.select(columns).cast({"value": pl.Int64, "marker": pl.String}),
                       absent.select(columns)])
    order = [pl.col(d).replace_strict({n: i for i, n in enumerate(ns)}, return_dtype=pl.Int32)
             for d, ns in zip(table.dimensions, nodes, strict=True)]
    return whole.sort("period", *order).with_columns(pl.col("marker").fill_null("")).write_csv().encode()


def systems_json(
    found: list[Table], made: Mapping[str, pl.DataFrame | None], *, threshold: int, base: int,
    elastic: Iterable[str] = (), finals: Iterable[str] = (), earlier: Iterable[str] = (),
) -> bytes:
    """What a reader may know of how the tables hang together. ``made``: by table, its rows as published.
    ``finals``: quarters told anew, as final, by this release or by one before. ``earlier``: the releases
    together with which it is protected, oldest first."""
    moved = set(elastic)
    cubes: list[dict[str, Any]] = [
        {"name": t.name, "unit": t.unit, "period_kind": t.cube.period_kind, "dimensions": list(t.dimensions),
         "categories": {d: list(c) for d, c in t.categories.items()}, "method": "rounding",
         "structural_zeros": [dict(zero) for zero in t.cube.structural_zeros],
         "class": "elastic" if t.name in moved else "default",
         "left_out": list(left_out(t, made.get(t.name))),
         "sensitive": [d for d in t.dimensions if DIMENSIONS[d].is_sensitive]}
        for t in found]
    return to_json({"format": FORMAT, "rules": {"threshold": threshold, "base": base}, "cubes": cubes,
                    "ties": ties(found), "known": [], "earlier": list(earlier),
                    "vintages": dict.fromkeys(sorted(finals), "final")})
