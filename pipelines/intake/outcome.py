"""What a delivery came to: accepted rows, rows left out, findings, files.

What belongs here: the result and how it is put together from what was gathered. What does not: the steps
that gather (``delivery.py``), what the sender reads (``receipt.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.intake.findings import QUARANTINE_SCHEMA, Whereabouts, in_senders_words, no_findings
from pipelines.intake.raw_table import RawTable
from schemas.quarters import Quarter
from schemas.rules import RULES, Severity


@dataclass(frozen=True, kw_only=True, repr=False)
class Received:
    """One file of a delivery. Has no ``repr``: it would hold values."""

    kind: str | None
    """Kind of the agency's file, or None where the name fits no pattern."""
    name: str
    """The file's name; its kind, or a number, where a name is not wholly agreed and might say something."""
    data: bytes


@dataclass(frozen=True, kw_only=True)
class FileResult:
    """What became of one file."""

    kind: str | None
    name: str
    """As in :class:`Received`."""
    sha256: str
    n_rows: int
    """Records in the file; column names, empty rows and totals do not count."""
    n_accepted: int
    n_left_out: int
    """Records of which at least one part was left out."""
    stopped: str | None
    """First rule that stopped the file, or None."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Intake:
    """The result of a delivery. Has no ``repr``: ``accepted`` holds identities."""

    agency: str
    quarter: Quarter
    accepted: dict[str, pl.DataFrame]
    """Dataset → typed rows with ``_file`` and ``_row``; datasets of which no file came are absent. Empty
    where stopped."""
    quarantined: pl.DataFrame
    """dataset, file, row, rule_ids: rows left out; no dataset where the row might have been of several."""
    findings: pl.DataFrame
    """rule_id, severity, file, sheet, row, column, cell, dataset, hint: never a value."""
    unmapped: pl.DataFrame
    """dataset, column (ours), n: cells whose code is in no map."""
    files: list[FileResult]
    stopped: bool
    """True where a file was refused: nothing of the delivery may be loaded."""


def nil_return(agency: str, quarter: Quarter) -> Intake:
    """The result of a delivery that says that there was nothing to report."""
    nothing = no_findings()
    return Intake(
        agency=agency,
        quarter=quarter,
        accepted={},
        quarantined=_quarantined(in_senders_words(nothing, {})),
        findings=in_senders_words(nothing, {}),
        unmapped=_unmapped(nothing),
        files=[],
        stopped=False,
    )


def outcome(
    agency: str,
    quarter: Quarter,
    received: list[Received],
    tables: Mapping[str, RawTable],
    accepted: dict[str, pl.DataFrame],
    found: pl.DataFrame,
    places: Mapping[str, Whereabouts],
) -> Intake:
    """Put the result together: a file without a table, or any stop, means that nothing of the delivery is
    accepted."""
    findings = in_senders_words(found, places)
    is_stopped = len(tables) < len(received) or has_stops(found)
    return Intake(
        agency=agency,
        quarter=quarter,
        accepted={} if is_stopped else accepted,
        quarantined=_quarantined(findings),
        findings=findings,
        unmapped=_unmapped(found),
        stopped=is_stopped,
        files=[_file_result(file, tables, findings, is_stopped=is_stopped) for file in received],
    )


def has_stops(found: pl.DataFrame) -> bool:
    """Whether a finding stops the delivery."""
    severe = [rule.rule_id for rule in RULES.values() if rule.severity is Severity.STOP]
    return found.select(pl.col("rule_id").is_in(severe).any()).item() is True


def _file_result(
    file: Received, tables: Mapping[str, RawTable], findings: pl.DataFrame, *, is_stopped: bool
) -> FileResult:
    own = findings.filter(pl.col("file") == file.name)
    stops = own.filter(pl.col("severity") == Severity.STOP)["rule_id"].to_list()
    n_out = own.filter(pl.col("severity") == Severity.FIX)["row"].n_unique()
    n_rows = tables[file.kind].n_rows if file.kind is not None and file.kind in tables else 0
    return FileResult(
        kind=file.kind,
        name=file.name,
        sha256=hashlib.sha256(file.data).hexdigest(),
        n_rows=n_rows,
        n_accepted=0 if is_stopped else n_rows - n_out,
        n_left_out=n_rows if is_stopped else n_out,
        stopped=stops[0] if stops else None,
    )


def _quarantined(findings: pl.DataFrame) -> pl.DataFrame:
    return (
        findings.filter(pl.col("severity") == Severity.FIX)
        .group_by("dataset", "file", "row")
        .agg(pl.col("rule_id").unique().sort().alias("rule_ids"))
        .sort("dataset", "file", "row", nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in QUARANTINE_SCHEMA.items())
    )


def _unmapped(found: pl.DataFrame) -> pl.DataFrame:
    return (
        found.filter(pl.col("rule_id") == "code_unmapped")
        .group_by("dataset", pl.col("canonical").alias("column"))
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .sort("dataset", "column")
    )
