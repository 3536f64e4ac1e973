"""Giving faults to an extract: which row, and what becomes of its records.

What belongs here: the spoiler of one extract, and kinds of fault that any agency may have. What does not: a
police file's own faults (``police_faults.py``), which agency has which (``dirt.py``), how often
(``rates.py``).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Final

from data.synthesise import rates, recording
from data.synthesise.ledger import Extract, Row
from schemas.agencies import Agency
from schemas.quarters import Quarter

Fault = Callable[["Spoiler"], None]
"""Gives one fault to one extract, where a row fits."""


class Spoiler:
    """Gives faults to one extract."""

    def __init__(self, extract: Extract, agency: Agency) -> None:
        """Faults are drawn for the extract alone, so that no other extract changes them."""
        self.extract = extract
        self.agency = agency
        self.quarter: Quarter = extract.quarter
        self.rng = random.Random(f"{rates.SEED}: dirt: {extract.agency} {extract.quarter}")

    def spoil(self, faults: Mapping[tuple[str, str], Fault]) -> None:
        """Give every fault of the agency as often as its rate says."""
        for rule_id, rate in recording.DIRT_PER_EXTRACT.get(self.extract.agency, {}).items():
            times = int(rate) + (self.rng.random() < rate - int(rate))
            for _ in range(times):
                faults[self.extract.agency, rule_id](self)

    def pick(self, kind: str, fits: Callable[[Row], bool] = lambda row: True) -> Row | None:
        """A clean row of a file that fits, or None where there is none; it is clean no longer."""
        clean = [
            row
            for row in self.extract.files.get(kind, [])
            if not (row.has_fault or row.is_canary or row.is_copy or row.dirt) and fits(row)
        ]
        if not clean:
            return None
        row = self.rng.choice(clean)
        row.has_fault = True
        return row

    def add(self, kind: str, row: Row) -> None:
        """One row more, behind its like."""
        rows = self.extract.files[kind]
        rows.append(row)
        rows.sort(key=lambda r: r.order)

    def leave_children_out(self, crime: Row) -> None:
        """The victims and suspects of a crime that is left out are left out too."""
        ref = str(crime.records["incidents"]["incident_ref"])
        for kind in ("victims", "suspects"):
            for row in self.extract.files[kind]:
                if row.parent == ref:
                    row.has_fault = True
                    row.trip("Crime Ref", "incident_absent", kind)

    def later(self) -> date:
        """A day after the quarter."""
        return self.quarter.last_day + timedelta(days=self.rng.randint(2, 60))


def childless(spoiler: Spoiler) -> Callable[[Row], bool]:
    """Crimes whose victims and suspects are clean and in this extract once."""
    children: dict[str | None, list[Row]] = {}
    for kind in ("victims", "suspects"):
        for row in spoiler.extract.files[kind]:
            children.setdefault(row.parent, []).append(row)

    def fits(row: Row) -> bool:
        found = children.get(str(row.records["incidents"]["incident_ref"]), [])
        return all(not (child.has_fault or child.is_canary) for child in found)

    return fits


def crime_out(rule_id: str, column: str, change: Callable[[Spoiler, Row], None]) -> Fault:
    def fault(spoiler: Spoiler) -> None:
        row = spoiler.pick("crimes", childless(spoiler))
        if row is not None:
            change(spoiler, row)
            row.trip(column, rule_id, "incidents")
            spoiler.leave_children_out(row)

    return fault


def cell(
    kind: str,
    column: str,
    rule_id: str,
    value: Callable[[Spoiler, Row], object],
    *leaves_out: str,
    fits: Callable[[Row], bool] = lambda row: True,
    becomes: dict[str, dict[str, object]] | None = None,
) -> Fault:
    """A fault in one cell of one row; ``becomes`` says what it makes of the records."""

    def fault(spoiler: Spoiler) -> None:
        row = spoiler.pick(kind, fits)
        if row is None:
            return
        cell = value(spoiler, row)
        assert isinstance(cell, (str, int, date))
        row.cells[column] = cell
        row.trip(column, rule_id, *leaves_out)
        for dataset, changes in (becomes or {}).items():
            if dataset in row.records:
                row.records[dataset].update(changes)
        if "incidents" in leaves_out and "victims" in row.records:
            row.trip(column, "incident_absent", "victims")

    return fault


def says(value: str) -> Callable[[Spoiler, Row], object]:
    return lambda spoiler, row: value


def ragged(kind: str, column: str) -> Fault:
    def fault(spoiler: Spoiler) -> None:
        row = spoiler.pick(kind, childless(spoiler) if kind == "crimes" else lambda row: True)
        if row is None:
            return
        row.cells[column], row.split_at = "Mall, upper level", column
        row.trip(column, "row_ragged", *row.records)
        if kind == "crimes":
            spoiler.leave_children_out(row)

    return fault


def repeated(kind: str, column: str) -> Fault:
    def fault(spoiler: Spoiler) -> None:
        row = spoiler.pick(kind)
        if row is not None:
            copy = deepcopy(row)
            copy.is_copy = True
            copy.trip(column, "record_repeated")
            spoiler.add(kind, copy)

    return fault


def either(*faults: Fault) -> Fault:
    def fault(spoiler: Spoiler) -> None:
        spoiler.rng.choice(faults)(spoiler)

    return fault


def before(column: str, *, of: str, dataset: str, kind: str, rule_id: str, iso: bool) -> Fault:
    """A date that stands before another of the same row."""

    def fault(spoiler: Spoiler) -> None:
        row = spoiler.pick(
            kind, lambda r: r.cells[column] != "" and dataset in r.records and r.cells[of] != ""
        )
        if row is not None:
            day = row.records[dataset]["made_date" if dataset == "referrals" else "start_date"]
            assert isinstance(day, date)
            earlier = day - timedelta(days=spoiler.rng.randint(2, 20))
            row.cells[column] = earlier.isoformat() if iso else earlier
            row.trip(column, rule_id, dataset)
            for name, record in row.records.items():
                if name != dataset and _CANONICAL.get(column) in record:
                    record[_CANONICAL[column]] = earlier

    return fault


_CANONICAL: Final = {"Support end": "end_date"}


def write(column: str, text: str) -> Callable[[Spoiler, Row], None]:
    def change(spoiler: Spoiler, row: Row) -> None:
        row.cells[column] = text

    return change


def set_aside(column: str, canonical: str, dataset: str, kind: str, rule_id: str, text: str) -> Fault:
    return cell(
        kind,
        column,
        rule_id,
        says(text),
        fits=lambda r: r.cells[column] != "" and dataset in r.records,
        becomes={dataset: {canonical: None}},
    )
