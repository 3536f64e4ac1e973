"""Who has sent what, as of one release: agency × dataset × quarter. Coverage is data, a missing agency is
never a zero.

What belongs here: the status of each, the counted returns to the register among them. What does not: words
about it (``dashboards``), areas (they stand with the agency).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from pipelines.steps.aggregate import AsOf
from pipelines.store.connect import Connection
from pipelines.store.registers import prepare_registers
from schemas.agencies import Agency
from schemas.codelists import codelist
from schemas.partnership import Partnership
from schemas.quarters import Quarter
from schemas.registers import kinds

SCHEMA = {"agency": pl.String, "dataset": pl.String, "quarter": pl.String, "status": pl.String,
          "received_on": pl.Date,
          "n_files": pl.Int64}


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Coverage as of one release."""

    frame: pl.DataFrame
    """agency, dataset, quarter, status (``codes/coverage_status.csv``), received_on, n_files; one row for
    each combination."""

    @cached_property
    def _counted(self) -> dict[tuple[str, str], list[Quarter]]:
        """Of each agency and dataset that is awaited, the quarters that can be counted, in order."""
        with_data = set(codelist("coverage_status").where("has_data", "yes"))
        found: dict[tuple[str, str], list[Quarter]] = {}
        for agency, dataset, quarter, status in self.frame.select(
                "agency", "dataset", "quarter", "status").sort("quarter").iter_rows():
            quarters = found.setdefault((agency, dataset), [])
            if status in with_data:
                quarters.append(Quarter.parse(quarter))
        return found

    def has_data(self, agency: str, dataset: str) -> list[Quarter]:
        """Quarters of which the agency's dataset can be counted; a nil return counts as nothing, which is
        known."""
        return list(self._counted.get((agency, dataset), ()))

    def sends(self, agency: str, dataset: str) -> bool:
        """Whether the agency is among those of whom the dataset is awaited."""
        return (agency, dataset) in self._counted

    def to_csv(self) -> bytes:
        """The table as published."""
        return self.frame.sort("agency", "dataset", "quarter").write_csv().encode()


def coverage(connection: Connection, partnership: Partnership, agencies: dict[str, Agency],
             as_of: AsOf) -> Coverage:
    """Work out coverage from the submissions ledger: of each quarter the last delivery that was in time, or
    else the last one, which is late."""
    submissions = {
        (agency, quarter): (status, received_on, kinds, n_files)
        for agency, quarter, status, received_on, kinds, n_files in connection.execute(
            "WITH sent AS (SELECT * FROM warehouse.submissions WHERE is_kept QUALIFY row_number() OVER "
            "(PARTITION BY agency, quarter ORDER BY received_on <= $cut_off DESC, arrival DESC) = 1) "
            "SELECT agency, quarter, status, received_on, list(DISTINCT file_kind) FILTER (file_kind IS NOT "
            "NULL), count(file_kind) "
            "FROM sent LEFT JOIN warehouse.submission_files USING (submission_id) GROUP BY ALL",
            {"cut_off": as_of.cut_off}).fetchall()
    }
    table: list[tuple[object, ...]] = []
    for agency in agencies.values():
        for quarter in Quarter.range(partnership.first_quarter, as_of.quarter):
            sent = submissions.get((agency.agency, str(quarter)))
            for dataset in sorted(agency.feeds):
                status, received_on, n_files = _status(agency, quarter, dataset, sent, as_of)
                table.append((agency.agency, dataset, str(quarter), status, received_on, n_files))
    table += _returns(connection, partnership, agencies, as_of)
    return Coverage(frame=pl.DataFrame(table, schema=SCHEMA, orient="row"))


def _returns(connection: Connection, partnership: Partnership, agencies: dict[str, Agency],
             as_of: AsOf) -> list[tuple[object, ...]]:
    """Counted returns to the register: an agency is awaited from the first quarter that it returned a kind
    for."""
    prepare_registers(connection)
    counted = {kind.name: kind.dataset for kind in kinds().values() if kind.is_protected}
    returned: dict[tuple[str, str], dict[str, object]] = {}
    for agency, kind, quarter, loaded_on in connection.execute(
            "SELECT DISTINCT agency, kind, quarter, loaded_on FROM warehouse.register_entries "
            "JOIN warehouse.register_files USING (file_name) WHERE quarter <> '' ORDER BY ALL").fetchall():
        if kind in counted and agency in agencies:
            returned.setdefault((agency, counted[kind]), {})[quarter] = loaded_on
    table: list[tuple[object, ...]] = []
    for (name, dataset), quarters in returned.items():
        for quarter in Quarter.range(partnership.first_quarter, as_of.quarter):
            if str(quarter) in quarters:
                table.append((name, dataset, str(quarter), "submitted", quarters[str(quarter)], 1))
                continue
            member = agencies[name]
            has_left = member.left is not None and quarter >= member.left
            status = "left" if has_left else "not_joined" if str(quarter) < min(quarters) else "not_received"
            table.append((name, dataset, str(quarter), status, None, 0))
    return table


def _status(agency: Agency, quarter: Quarter, dataset: str, sent, as_of: AsOf):  # type: ignore[no-untyped-def]
    if quarter < agency.joined:
        return "not_joined", None, 0
    if agency.left is not None and quarter >= agency.left:
        return "left", None, 0
    if sent is None:
        return "not_received", None, 0
    status, received_on, kinds, n_files = sent
    if received_on > as_of.cut_off:
        return "late", None, 0
    if status == "nil":
        return "nil", received_on, 0
    expected = {kind for kind, spec in agency.files.items() if dataset in spec.feeds and not spec.absent_ok}
    return ("submitted" if expected <= set(kinds or ()) else "partial"), received_on, n_files
