"""What the reconciliation counts a second time: numbers of the warehouse, and records in their latest
version.

What belongs here: reading them, each once, apart from the SQL that counts. What does not: which of them must
agree (``reconcile.py``).
"""

from __future__ import annotations

import polars as pl

from pipelines.store.connect import Connection
from schemas.columns import COLUMNS
from schemas.datasets import DATASETS
from schemas.records import table_name

FILTERS = {
    "victims": "incident_is_recorded", "suspects": "incident_is_recorded_and_not_eliminated",
}
"""What the core table of a dataset leaves out; of any other dataset it holds every record."""


def number(connection: Connection, query: str, parameters: dict[str, object]) -> int:
    """The number that a query yields, 0 where it yields none."""
    row = connection.execute(query, parameters).fetchone()
    return int(row[0] or 0) if row else 0


class Numbers:
    """Numbers that many cubes ask of the warehouse; each is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[tuple[str, str], int] = {}
        self._columns: dict[str, set[str]] = {}

    def of(self, query: str, parameters: dict[str, object]) -> int:
        """The number that a query yields, 0 where it yields none."""
        key = (query, repr(sorted(parameters.items())))
        if key not in self._read:
            self._read[key] = number(self._connection, query, parameters)
        return self._read[key]

    def columns(self, core: str) -> set[str]:
        """Columns of a core table."""
        if core not in self._columns:
            self._columns[core] = {
                row[0] for row in self._connection.execute(f"DESCRIBE warehouse.{core}").fetchall()}
        return self._columns[core]


class Latest:
    """Every record as of a release in its latest version; each dataset is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[str, pl.DataFrame] = {}
        self._counted: dict[tuple[str, str, str, tuple[str, ...]], tuple[int, int]] = {}

    def counted(self, dataset: str, quarter: str, agency: str, agency_kinds: tuple[str, ...]
                ) -> tuple[int, int]:
        """Records of the quarter, and those that the core table should hold; of one agency and of agencies of
        some kinds, where such are given."""
        key = (dataset, quarter, agency, agency_kinds)
        if key not in self._counted:
            latest = self.of(dataset).filter(pl.col("event_quarter") == quarter)
            if agency:
                latest = latest.filter(pl.col("agency") == agency)
            if agency_kinds:
                kinds = self._connection.execute(
                    "SELECT agency FROM warehouse.core_agencies WHERE list_contains($kinds, kind)",
                    {"kinds": list(agency_kinds)}).pl()
                latest = latest.join(kinds, on="agency", how="semi")
            self._counted[key] = latest.height, counting(self, dataset, latest).height
        return self._counted[key]

    def of(self, dataset: str) -> pl.DataFrame:
        """The latest versions, by a group-by: the SQL that counts finds them by a window."""
        if dataset not in self._read:
            key = [str(COLUMNS[name].warehouse_name) for name in DATASETS[dataset].key]
            if DATASETS[dataset].event is None:  # a return of its quarter: each quarter's stands
                key.append("extract_quarter")
            wanted = {"victims": ["incident_id"], "suspects": ["incident_id", "stage"],
                      "incidents": ["status"]}.get(dataset, [])
            kept = [c for c in dict.fromkeys([*wanted, "event_quarter", "extract_quarter", "record_id"])
                    if c not in key]
            rows = self._connection.execute(
                f"SELECT agency, {', '.join([*key, *kept])} FROM warehouse.{table_name(dataset)} WHERE "
                "submission_id IN (SELECT submission_id FROM as_of_submissions)").pl()
            self._read[dataset] = rows.sort(
                "extract_quarter", "record_id", descending=[True, False]).group_by(
                "agency", *key, maintain_order=True).first()
        return self._read[dataset]


def counting(every: Latest, dataset: str, latest: pl.DataFrame) -> pl.DataFrame:
    """The records that the dataset's core table should hold."""
    if dataset not in FILTERS:
        return latest
    incidents = every.of("incidents").select("agency", "incident_id", "status")
    joined = latest.join(incidents, on=["agency", "incident_id"], how="left")
    if dataset == "victims":
        return joined.filter(pl.col("status") == "recorded")
    return joined.filter(pl.col("status").fill_null("recorded") == "recorded",
                         pl.col("stage") != "eliminated")
