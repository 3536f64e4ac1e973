"""A warehouse of rows written by hand: what the tests of definitions and of known answers start from.

What belongs here: putting a few incidents, people, referrals and true links where the counting SQL reads
them. What does not: the rows (``docs/worked-example.md``, public data sets) and comparing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from anonymisation.waits import outcome_band
from pipelines.hub import Hub
from pipelines.steps.aggregate import AsOf, build_core, count_cubes
from pipelines.store.connect import Connection, connect
from pipelines.store.places import Places
from pipelines.store.warehouse import prepare
from schemas.datasets import DATASETS
from schemas.measures.cubes import CUBES, Links
from schemas.quarters import Quarter
from schemas.records import TABLES, table_name, unsaid
from tests.integration.reckoning import origin_days

Row = Mapping[str, object]


@dataclass
class HandMade:
    """Records by dataset, and who is whom, as they are written down."""

    records: dict[str, list[Row]] = field(default_factory=dict)
    links: list[tuple[str, str, str, int]] = field(default_factory=list)
    """record, role, person, day on the true clock."""

    def add(self, dataset: str, agency: str, day: date, person: str | None = None, **values: object) -> None:
        """One record of an agency, dated; of a linked ``person`` where one is named."""
        number = sum(len(rows) for rows in self.records.values())
        quarter = str(Quarter.of(day))
        self.records.setdefault(dataset, []).append({
            **unsaid(DATASETS[dataset]), "record_id": f"record {number}", "submission_id": agency,
            "agency": agency, "extract_quarter": quarter, "event_month": f"{day:%Y-%m}",
            "event_quarter": quarter, **values,
        })  # fmt: skip
        if person is not None:
            role = str(DATASETS[dataset].role)
            self.links.append((f"record {number}", role, person, origin_days(day)))

    def crime(self, ref: str, day: date, *, status: str = "recorded", outcome: str = "0",
              closed: date | None = None, agency: str = "police", **values: object) -> None:
        """One incident; days are folded as they are on arrival."""
        frame = pl.DataFrame({"start": [day], "end": [closed]}, schema={"start": pl.Date, "end": pl.Date})
        band = frame.select(outcome_band(pl.col("start"), pl.col("end"))).item()
        self.add("incidents", agency, day, incident_id=ref, status=status, outcome_type=outcome,
                 outcome_month=None if closed is None else f"{closed:%Y-%m}", outcome_wait=band,
                 **values)  # fmt: skip

    def build(self, connection: Connection, hub: Hub, quarter: Quarter) -> None:
        """Store the rows and make the core tables of the release of ``quarter``."""
        for dataset in self.records:
            table = table_name(dataset)
            frame = pl.DataFrame(self.records[dataset], infer_schema_length=None)
            frame = frame.select(column for column in TABLES[table] if column in frame.columns)
            connection.register("incoming", frame)
            connection.execute(f"INSERT INTO warehouse.{table} BY NAME SELECT * FROM incoming")
            connection.unregister("incoming")
        agencies = sorted({str(row["agency"]) for rows in self.records.values() for row in rows})
        for arrival, agency in enumerate(agencies):
            connection.execute(
                "INSERT INTO warehouse.submissions BY NAME "
                "SELECT $agency AS submission_id, $agency AS agency, "
                "$quarter AS quarter, $day::DATE AS received_on, 'accepted' AS status, '' AS digest, "
                "true AS is_current, $arrival AS arrival, true AS is_kept",
                {"agency": agency, "quarter": str(quarter), "day": quarter.last_day, "arrival": arrival})
        rows = [(*link, reading.value) for link in self.links for reading in Links]
        connection.register("incoming", pl.DataFrame(
            rows, orient="row", schema={"record_id": pl.String, "role": pl.String, "person_id": pl.String,
                                        "person_day": pl.Int32, "links": pl.String}))
        connection.execute("INSERT INTO warehouse.links BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")
        build_core(connection, hub.partnership, hub.agencies, AsOf.of(quarter, hub.partnership))


def counted(
    made: HandMade, folder: Path, quarter: Quarter, cubes: Iterable[str], core: Mapping[str, str]
) -> dict[str, pl.DataFrame]:
    """True counts of some cubes, and what some queries find in the core tables, by name."""
    hub = Hub(places=Places.under(folder / "var"))
    hub.places.make()
    hub.ensure_keys()
    with connect(hub.places, hub.keys(), warehouse=True) as connection:
        prepare(connection, hub.keys().check_values())
        made.build(connection, hub, quarter)
        found = {name: connection.execute(query).pl() for name, query in core.items()}
        count_cubes(connection, [CUBES[name] for name in cubes], quarter)
        for name in cubes:
            dimensions = ", ".join(f"dimensions['{d}'] AS {d}" for d in CUBES[name].columns)
            found[name] = connection.execute(
                f"SELECT agency, links, period, {dimensions}, n FROM warehouse.cube_counts "
                "WHERE quarter = ? AND cube = ? AND contributor = ''", [str(quarter), name]).pl()
    return found
