"""What earlier releases have told: the figures that stay, and those that are told anew.

What belongs here: which units and quarters a release protects, and which it carries over as they were
published. What does not: protection itself (``pipelines.steps.protect``).

Records change after a quarter has been published. Its figures do not follow quietly: they stay as they are,
provisional, and are told once more when they are final, as a declared vintage that is attacked together with
the first.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from anonymisation.disclosure import Block, DisclosureError, published_cells
from pipelines.release.files import is_shown
from pipelines.release.tables import Table
from schemas.measures.dimensions import ALL
from schemas.partnership import FINAL_AFTER_QUARTERS
from schemas.quarters import Quarter

FINAL = "final"


@dataclass(frozen=True, kw_only=True)
class Past:
    """Everything that was published before one release."""

    cells: dict[str, int | None]
    """Key to the latest published value; None where withheld."""
    systems: frozenset[str]
    """``unit|period`` of every system that was published."""
    rows: Mapping[str, pl.DataFrame]
    """By table, the rows of the latest release that hold figures."""
    elastic: frozenset[str]
    """Tables that the latest release declared elastic."""
    finals: frozenset[str] = frozenset()
    """Quarters that the latest release declared final: they stay so."""
    held: frozenset[str] = frozenset()
    """Units whose final figures would have given somebody away beside the provisional ones: those stay as
    they are."""
    releases: tuple[str, ...] = ()
    """Names of the earlier releases, oldest first."""
    restated: str | None
    """The quarter that this release tells for the second time, as final; None where none is due."""

    @property
    def now_final(self) -> frozenset[str]:
        """Quarters that are final from this release on."""
        return self.finals | ({self.restated} if self.restated else set())

    def of(self, found: Iterable[Table], units: Collection[str]) -> Past:
        """The past of some tables, and of all that was told of some units."""
        names = {table.name for table in found}
        cells: dict[str, int | None] = {}
        for unit in sorted(units):
            cells |= self._by_unit.get(unit, {})
        return replace(
            self, cells=cells,
            systems=frozenset(system for system in self.systems if system.partition("|")[0] in units),
            rows={name: rows for name, rows in self.rows.items() if name in names},
            elastic=self.elastic & names)

    @cached_property
    def _by_unit(self) -> dict[str, dict[str, int | None]]:
        """By unit, its part of ``cells``."""
        cells: dict[str, dict[str, int | None]] = {}
        for key, value in self.cells.items():
            cells.setdefault(key.partition("|")[0], {})[key] = value
        return cells

    @cached_property
    def told(self) -> dict[str, list[str]]:
        """By table, the periods of its rows."""
        return {name: rows["period"].unique(maintain_order=True).to_list()
                for name, rows in self.rows.items()}

    def is_fresh(self, unit: str, period: str) -> bool:
        """Whether this release works the figures out, because they are new or due to be final."""
        is_due = period == self.restated and unit not in self.held
        return is_due or f"{unit}|{period}" not in self.systems

    def is_joining(self, table: Table, period: str) -> bool:
        """Whether a table tells a period for the first time while the figures of its unit stay: it is fitted
        to the margins that it shares with them."""
        return not self.is_fresh(table.unit, period) and period not in self.told.get(table.name, ())

    def carried(self, table: Table) -> pl.DataFrame | None:
        """Rows of a table that stand as they were published, or None.

        Raises:
            anonymisation.disclosure.refusal.DisclosureError: the table has other dimensions or categories by
                now.
        """
        rows = self.rows.get(table.name)
        if rows is None:
            return None
        if not set(table.dimensions) <= set(rows.columns):
            raise DisclosureError(
                f"table [{table.name}] was published with other dimensions. Give the table with the new "
                "ones a name of its own: what was published stays as it is.")
        for dimension in table.dimensions if rows.height else ():
            if {*rows[dimension].unique()} - {ALL} != {*table.categories[dimension]}:
                raise DisclosureError(
                    f"table [{table.name}] was published with other categories of [{dimension}]. Give the "
                    "dimension with the new ones, and the table, names of their own: what was published "
                    "stays as it is.")
        kept = [p for p in self.told[table.name] if not self.is_fresh(table.unit, p)]
        return rows.filter(pl.col("period").is_in(kept))


def past_of(releases: Mapping[str, Mapping[str, bytes]], blocks: Iterable[Block], quarter: Quarter) -> Past:
    """The past of the release of ``quarter``.

    ``releases``: by name the files of the releases before it, oldest first; ``blocks``: the ledger.
    """
    cells = published_cells([block for block in blocks if block.release in releases])
    rows: dict[str, pl.DataFrame] = {}
    latest_first = list(releases.values())[::-1]
    for files in latest_first:
        for cube in json.loads(files["systems.json"])["cubes"]:
            if cube["name"] in rows:
                continue
            frame = pl.read_csv(files[f"cubes/{cube['name']}.csv"], infer_schema=False,
                                empty_string_is_null=False)
            rows[cube["name"]] = frame.filter(is_shown(cube)).with_columns(
                pl.col("value").cast(pl.Int64, strict=False))
    final = str(quarter.plus(-FINAL_AFTER_QUARTERS))
    systems = {key.rpartition("|")[0] for key in cells}
    last = json.loads(latest_first[0]["systems.json"]) if latest_first else {"cubes": []}
    elastic = frozenset(cube["name"] for cube in last["cubes"] if cube["class"] == "elastic")
    finals = frozenset(last.get("vintages", {}))
    is_due = final not in finals and any(system.endswith(f"|{final}") for system in systems)
    return Past(cells=cells, systems=frozenset(systems), rows=rows, elastic=elastic, finals=finals,
                releases=tuple(releases), restated=final if is_due else None)
