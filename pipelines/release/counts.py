"""The true counts of a release's tables, read from the warehouse once. They never leave it.

What belongs here: true counts of a table, of its contributors and of every cell that the auditor asks for.
What does not: which tables there are (``tables.py``), protection (``pipelines.steps.protect``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce

import polars as pl

from anonymisation.audit import Known
from pipelines.release.files import keyed, margins
from pipelines.release.tables import Table, feeding
from pipelines.store.connect import Connection
from schemas.agencies import Agency
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.measures.cubes import Cube
from schemas.measures.dimensions import AREAS
from schemas.partnership import PublishedElsewhere
from schemas.quarters import Quarter


class TrueCounts:
    """True counts as of one quarter; each cube is read once."""

    def __init__(self, connection: Connection | None, quarter: Quarter) -> None:
        self._connection, self._quarter = connection, quarter
        self._cubes: dict[str, dict[tuple[str, str, str], pl.DataFrame]] = {}
        self._told: dict[tuple[object, ...], pl.DataFrame] = {}

    def __repr__(self) -> str:
        return f"TrueCounts(quarter={self._quarter!s})"

    def of_tables(self, found: Iterable[Table]) -> TrueCounts:
        """The counts of some tables, read now: they need no connection, and may be handed to another
        process."""
        apart = TrueCounts(None, self._quarter)
        apart._cubes = {table.cube.name: self._of_cube(table.cube) for table in found}
        return apart

    def _of_cube(self, cube: Cube) -> dict[tuple[str, str, str], pl.DataFrame]:
        """Per (agency, links, contributor): period, every dimension of the cube, n."""
        if cube.name not in self._cubes:
            if self._connection is None:
                raise KeyError(f"the counts of [{cube.name}] were not among the tables")
            columns = "".join(f"dimensions['{d}'] AS {d}, " for d in cube.columns)
            frame = self._connection.execute(
                f"SELECT agency, links, contributor, period, {columns}n FROM warehouse.cube_counts "
                "WHERE quarter = ? AND cube = ?", [str(self._quarter), cube.name]).pl()
            self._cubes[cube.name] = {
                (str(agency), str(links), str(contributor)): rows
                for (agency, links, contributor), rows in frame.partition_by(
                    "agency", "links", "contributor", as_dict=True, include_key=False).items()}
        return self._cubes[cube.name]

    def of(self, table: Table, contributor: str = "", periods: tuple[str, ...] | None = None) -> pl.DataFrame:
        """True counts of one table: period, its dimensions, n; categories that the table does not tell apart
        are folded.

        ``contributor``: only the people whom this agency knows. ``periods``: others than those that the table
        shows.

        An area outside the table's own is ``outside``; any other value that is no category is
        ``not_recorded``.
        """
        wanted = table.periods if periods is None else periods
        return self._once("counts", table.name, contributor, wanted,
                          answer=lambda: self._folded(table, contributor, wanted))

    def _once(self, *question: object, answer: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """Each question is put to the warehouse once: a release asks the same for every draw."""
        if question not in self._told:
            self._told[question] = answer()
        return self._told[question]

    def _folded(self, table: Table, contributor: str, wanted: tuple[str, ...]) -> pl.DataFrame:
        frame = self._of_cube(table.cube).get((table.agency, table.links, contributor))
        schema = {"period": pl.String, **dict.fromkeys(table.dimensions, pl.String), "n": pl.Int64}
        nobody = pl.DataFrame(  # a quarter in which nobody was counted is counted all the same
            [(period, *(table.categories[d][0] for d in table.dimensions), 0) for period in wanted],
            schema=schema, orient="row")
        parts = [nobody.lazy()]
        if frame is not None:
            folded = (
                pl.when(pl.col(d).is_in(table.categories[d])).then(pl.col(d))
                .otherwise(pl.lit("outside" if d in AREAS else _unknown(table, d))).alias(d)
                for d in table.dimensions)
            parts.append(frame.lazy().filter(pl.col("period").is_in(wanted))
                         .select("period", *folded, pl.col("n").cast(pl.Int64)))
        return pl.concat(parts).group_by("period", *table.dimensions).agg(
            pl.col("n").sum()).sort("period", *table.dimensions).collect()

    def totals_of(self, table: Table) -> dict[str, int]:
        """Grand total of each of the table's periods: folding categories moves people, and loses none."""
        frame = self._of_cube(table.cube).get((table.agency, table.links, ""))
        found = {} if frame is None else dict(frame.group_by("period").agg(pl.col("n").sum()).iter_rows())
        return {period: int(found.get(period, 0)) for period in table.periods}

    def of_every_cell(self, found: Iterable[Table]) -> dict[str, int]:
        """Key to true count of every finest cell of the systems that are shown, also of cells that are not
        (``[x]``)."""
        listed = list(found)
        shown: dict[str, set[str]] = {}
        for table in listed:
            shown.setdefault(table.unit, set()).update(table.periods)
        truth: dict[str, int] = {}
        for table in listed:
            if not (periods := tuple(sorted(shown[table.unit]))):
                continue
            cells = self._once("cells", table.name, periods, answer=partial(self._finest, table, periods))
            truth |= dict(zip(cells["key"].to_list(), cells["n"].to_list(), strict=True))
        return truth

    def _finest(self, table: Table, periods: tuple[str, ...]) -> pl.DataFrame:
        """key, n of every finest cell of a table, those of nobody included."""
        own = self.of(table, periods=periods)
        axes = [pl.DataFrame({"period": list(periods)}, schema={"period": pl.String})]
        axes += [pl.DataFrame({d: list(table.categories[d])}) for d in table.dimensions]
        grid = reduce(lambda one, other: one.join(other, how="cross"), axes)
        whole = grid.join(own, on=["period", *table.dimensions], how="left").with_columns(
            pl.col("n").fill_null(0))
        return keyed(whole, table.unit, table.dimensions)

    def known_elsewhere(
        self, found: Iterable[Table], published: Iterable[PublishedElsewhere]
    ) -> tuple[Known, ...]:
        """What others publish exactly, for the auditor alone: our true counts stand for their figures. A unit
        of which no table is broken down so is left out."""
        listed = list(found)
        known: list[Known] = []
        for theirs in published:
            dimensions = theirs.dimensions
            fitting = [t for t in listed if t.unit == theirs.unit and set(dimensions) <= set(t.dimensions)]
            for table in sorted(fitting, key=lambda t: len(t.dimensions))[:1]:
                axes = [pl.DataFrame({"period": list(table.periods)}, schema={"period": pl.String})]
                axes += [pl.DataFrame({d: list(table.categories[d])}) for d in dimensions]
                grid = reduce(lambda one, other: one.join(other, how="cross"), axes)
                own = self.of(table).group_by("period", *dimensions).agg(pl.col("n").sum())
                whole = grid.join(own, on=["period", *dimensions], how="left").with_columns(
                    pl.col("n").fill_null(0))
                cells = keyed(margins(whole, dimensions), table.unit, dimensions)
                known += [Known(key=key, value=n, who=theirs.who) for key, n in cells.iter_rows()]
        return tuple(known)

    def of_contributors(self, found: Iterable[Table], agencies: Mapping[str, Agency]) -> pl.DataFrame:
        """key, agency, n: of every cell of people counted across agencies, how many of them each agency
        knows."""
        parts = [pl.DataFrame(schema={"key": pl.String, "agency": pl.String, "n": pl.Int64})]
        for table in found:
            for agency in feeding(table.cube, dict(agencies)) if table.links else []:
                if table.periods:
                    parts.append(self._once("own", table.name, agency.agency, table.periods,
                                            answer=partial(self._own, table, agency.agency)))
        return pl.concat(parts).unique(maintain_order=True)

    def _own(self, table: Table, agency: str) -> pl.DataFrame:
        """key, agency, n of one agency's share in a table."""
        own = self.of(table, contributor=agency)
        cells = keyed(margins(own, table.dimensions), table.unit, table.dimensions)
        return cells.select("key", pl.lit(agency).alias("agency"), "n")


def _unknown(table: Table, dimension: str) -> str:
    categories = table.categories[dimension]
    return NOT_RECORDED if NOT_RECORDED in categories else UNMAPPED if UNMAPPED in categories else "no"
