"""A whole delivery: an agency's files of one quarter → what is accepted, what is not, and why.

What belongs here: the order of the steps. What does not: the steps themselves, the result (``outcome.py``),
folders, hashes of what was received before (``pipelines.store``), tokens and loading (``pipelines.steps``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from pipelines.intake.checking import against_offence, check_rows, one_record_each, without_fixes
from pipelines.intake.completing import lend, set_ages
from pipelines.intake.filling import fill
from pipelines.intake.findings import FILE, Whereabouts, no_findings, stopped, tripped
from pipelines.intake.identity import check_identity, refuse_link, reused_references
from pipelines.intake.layout import check_contents, check_header, folded, positions
from pipelines.intake.mapping import ROW_MARK, check_mapping
from pipelines.intake.outcome import FileResult, Intake, Received, has_stops, nil_return, outcome
from pipelines.intake.raw_table import ROW, RawTable
from pipelines.intake.reading import read_table
from pipelines.intake.refusal import FileRefused, Trip, guarded
from schemas.agencies import Agency
from schemas.datasets import DATASETS
from schemas.models import polars_type
from schemas.quarters import Quarter

MANIFEST = "manifest.json"
"""Says which files a delivery has and what they hash to; it is the landing's, not an extract."""

WRONG_QUARTER_SHARE = 0.5
"""Above this share of rows after the quarter's end, the file is another quarter's."""


def take_in(
    agency: Agency,
    quarter: Quarter,
    files: Mapping[str, bytes],
    *,
    today: date,
    others: Iterable[Agency] = (),
    is_whole: bool = True,
) -> Intake:
    """Take in a delivery: ``files`` maps names to bytes. Reads no folder and keeps nothing.

    Args:
        today: dates after it are set aside.
        others: the partnership's other agencies, to recognise a file in the wrong folder.
        is_whole: False for single files that are being checked: files that are not there are then not missed.

    Raises:
        IntakeError: the agency's file leads to a code that is not in a list, or intake itself went wrong.
    """
    place = [f"delivery of [{agency.agency}] for [{quarter}]"]
    with guarded(lambda: place[-1]):
        check_mapping(agency)
        received = _recognise(agency, quarter, files)
        tables: dict[str, RawTable] = {}
        found = [no_findings()]
        for file in received:
            place.append(f"reading a file of [{agency.agency}], kind [{file.kind}]")
            try:
                table = _open(file, agency, received, list(others))
            except FileRefused as refusal:
                found.append(stopped(file.name, _at_header(refusal.trips, agency, file.kind)))
            else:
                assert file.kind is not None
                tables[file.kind] = table
        names = {file.kind: file.name for file in received if file.kind is not None}
        places = {kind: _whereabouts(agency, kind, names[kind], table) for kind, table in tables.items()}
        accepted: dict[str, pl.DataFrame] = {}
        if len(tables) == len(received):
            filled, parsing = _fill_all(tables, agency, quarter, today, place)
            found += [parsing, *_missing_files(agency, tables, is_whole=is_whole and bool(tables))]
            if not has_stops(parsing):
                accepted, checks = _check_all(filled, parsing, agency, quarter, place, is_whole=is_whole)
                found.append(checks)
        return outcome(agency.agency, quarter, received, tables, accepted, pl.concat(found), places)


def _recognise(agency: Agency, quarter: Quarter, files: Mapping[str, bytes]) -> list[Received]:
    received = []
    for number, name in enumerate(sorted(set(files) - {MANIFEST}), start=1):
        kinds = [
            k
            for k, spec in agency.files.items()
            if _pattern(spec.pattern, re.escape(str(quarter))).fullmatch(name)
        ]
        kind = min(kinds, key=lambda k: "*" in agency.files[k].pattern) if kinds else None
        is_agreed = kind is not None and "*" not in agency.files[kind].pattern
        shown = name if is_agreed else kind or f"file {number} of the delivery"
        received.append(Received(kind=kind, name=shown, data=files[name]))
    return received


def _pattern(pattern: str, quarter: str) -> re.Pattern[str]:
    parts = re.split(r"(\{quarter\}|\*)", pattern)
    made = "".join({"{quarter}": quarter, "*": ".*"}.get(part, re.escape(part)) for part in parts)
    return re.compile(made, re.IGNORECASE)


def _open(file: Received, agency: Agency, received: list[Received], others: list[Agency]) -> RawTable:
    """Read one file and hold it against the agreement.

    Raises:
        FileRefused: it may not be loaded.
    """
    if file.kind is None:
        agreed = ", ".join(f"[{spec.pattern}]" for spec in agency.files.values())
        raise FileRefused.because("file_unknown", hint=f"the agreed names are {agreed}")
    if sum(other.kind == file.kind for other in received) > 1:
        raise FileRefused.because("file_repeated", hint=f"kind [{file.kind}]")
    spec = agency.files[file.kind]
    table = read_table(file.data, spec)
    check_header(table, agency, file.kind, others)
    if not table.n_rows:
        raise FileRefused.because("file_header_only")
    check_contents(table, spec, agency.code_maps)
    return table


def _at_header(trips: tuple[Trip, ...], agency: Agency, kind: str | None) -> tuple[Trip, ...]:
    """Trips of columns stand in the header row, which is not always the first."""
    row = agency.files[kind].header_row if kind is not None else None
    return tuple(replace(t, row=row) if t.position is not None and t.row is None else t for t in trips)


def _whereabouts(agency: Agency, kind: str, name: str, table: RawTable) -> Whereabouts:
    spec = agency.files[kind]
    at = positions(table)
    permitted = {folded(column) for column in spec.permitted}
    return Whereabouts(
        name=name,
        sheet=table.sheet,
        header=tuple(column if folded(column) in permitted else "" for column in table.header),
        columns={
            (dataset, canonical): at[folded(field.sources[0])]
            for dataset, feed in spec.feeds.items()
            for canonical, field in feed.fields.items()
            if field.sources
        },
    )


def _missing_files(agency: Agency, tables: Mapping[str, RawTable], *, is_whole: bool) -> list[pl.DataFrame]:
    absent = (
        [k for k, spec in agency.files.items() if k not in tables and not spec.absent_ok] if is_whole else []
    )
    nowhere = pl.Series([None], dtype=pl.Int32)
    return [tripped("file_missing", file=kind, rows=nowhere, dataset=None) for kind in absent]


def _fill_all(
    tables: Mapping[str, RawTable], agency: Agency, quarter: Quarter, today: date, place: list[str]
) -> tuple[dict[str, list[pl.DataFrame]], pl.DataFrame]:
    """Every dataset from every file that feeds it, one record each; and the findings of parsing."""
    filled: dict[str, list[pl.DataFrame]] = {}
    found = [no_findings()]
    for kind, table in tables.items():
        totals, ragged = (pl.Series(rows, dtype=pl.Int32) for rows in (table.totals_rows, table.ragged_rows))
        fed = list(agency.files[kind].feeds)
        found.append(tripped("row_totals", file=kind, rows=totals, dataset=None))
        found.append(tripped("row_ragged", file=kind, rows=ragged, dataset=fed[0] if len(fed) == 1 else None))
        late = []
        for dataset, feed in agency.files[kind].feeds.items():
            place.append(f"[{agency.agency}], file [{kind}], dataset [{dataset}]")
            frame, parsing = fill(table, agency, kind, dataset, today=today)
            if (event := DATASETS[dataset].event) is not None and event in feed.fields:
                late.append(frame.select((pl.col(event) > quarter.last_day).alias("late")))
            frame, identity = check_identity(frame, dataset)
            good = without_fixes(frame, pl.concat([parsing, identity]), dataset)
            if feed.one_per:
                from_row = [
                    n
                    for n, field in feed.fields.items()
                    if field.value is not None and ROW_MARK in field.value
                ]
                good, repeated = one_record_each(good, dataset, one_per=feed.one_per, made_from_row=from_row)
                found.append(repeated)
            found += [parsing, identity]
            filled.setdefault(dataset, []).append(good)
        if late and (pl.concat(late)["late"].mean() or 0.0) > WRONG_QUARTER_SHARE:  # type: ignore[operator]
            found.append(
                stopped(kind, (Trip(rule_id="file_wrong_quarter", hint=f"it was sent for [{quarter}]"),))
            )
    return filled, pl.concat(found)


def _check_all(
    filled: Mapping[str, list[pl.DataFrame]],
    parsing: pl.DataFrame,
    agency: Agency,
    quarter: Quarter,
    place: list[str],
    *,
    is_whole: bool,
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Complete and check every dataset, parents before children; give the accepted rows and the findings."""
    accepted: dict[str, pl.DataFrame] = {}
    found = [no_findings()]
    for dataset in (d for d in DATASETS.values() if d.name in filled):
        place.append(f"[{agency.agency}], checking dataset [{dataset.name}]")
        frame, repeated = one_record_each(pl.concat(filled[dataset.name]), dataset.name)
        here = [repeated]
        has_event = True
        if dataset.parent is not None and dataset.parent in agency.feeds:
            has_event = is_whole or dataset.parent in accepted
            if has_event:
                parents = accepted.get(dataset.parent, _none(dataset.parent))
                frame, absent = lend(frame, parents, dataset.name)
                here.append(absent)
        frame, ages = set_ages(frame, dataset.name)
        here += [ages, check_rows(frame, dataset.name, quarter.last_day, is_event_needed=has_event)]
        frame = without_fixes(frame, pl.concat(here), dataset.name)
        if dataset.name == "victims" and dataset.parent in accepted:
            here.append(against_offence(frame, accepted["incidents"]))
        here.append(reused_references(frame, dataset.name))
        if _sends_identity(agency, dataset.name):
            frame, refused = refuse_link(frame, dataset.name)
            here.append(refused)
        accepted[dataset.name] = frame
        found += here
    return accepted, pl.concat(found)


def _sends_identity(agency: Agency, dataset: str) -> bool:
    identity = set(DATASETS[dataset].identity)
    return any(
        identity & set(spec.feeds[dataset].fields) for spec in agency.files.values() if dataset in spec.feeds
    )


def _none(dataset: str) -> pl.DataFrame:
    return pl.DataFrame(schema={column.name: polars_type(column) for column in DATASETS[dataset].columns})


__all__ = ["FILE", "ROW", "FileResult", "Intake", "nil_return", "take_in"]
