"""The doors `tessera attack` and `tessera verify --certificate`.

Here: files read into bytes and frames, intervals and verdicts printed, exit status. A file's content is read
whole; nothing is written.
Not here: the attack (anonymisation/audit), the command line that registers these functions (doors/cli.py).

Exit status of both: 0 nothing open (or the certificate holds), 1 something is open (or it does not hold), 2
the input cannot be used.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from cyclopts import Parameter

from anonymisation.audit import Attacked, AuditError, attack_tables, audit, report_data, report_text, verify
from anonymisation.audit.read import SYSTEMS_FILE

EXIT_HELD, EXIT_OPEN, EXIT_INPUT = 0, 1, 2
CERTIFICATE_FILE = "certificate.json"
MAX_BYTES = 200_000_000
DELIMITERS = (",", ";", "\t", "|")


def attack_command(
    tables: list[Path],
    *,
    dimensions: list[str] | None = None,
    count: str | None = None,
    marker: str | None = None,
    total: list[str] | None = None,
    hierarchies: Path | None = None,
    threshold: int = 5,
    base: int | None = None,
    nearest: bool = False,
    within: int | None = None,
    method: Literal["auto", "suppression", "rounding"] = "auto",
    zeros: Literal["published", "hidden"] = "published",
    absent: Literal["zero", "withheld"] = "zero",
    vintages: bool = False,
    relation: list[str] | None = None,
    symbol: list[str] | None = None,
    earlier: list[Path] | None = None,
    seconds: float = 600.0,
    json_output: Annotated[bool, Parameter(name=("--json", "--json-output"), negative="")] = False,
) -> int:
    """Attack tables of counts, or a whole release, and print what a reader can work out.

    Exit status 1 if any target is open, 2 if the input cannot be used, else 0.

    Parameters
    ----------
    tables
        CSV files, one row per cell, oldest release first; or one release folder.
    dimensions
        Columns that break the counts down, parted by commas. Not given: every column but the count and the
        marker.
    count
        The column of counts.
    marker
        The column that says why a count is not there.
    total
        Words that mark a margin, beside all and Total.
    hierarchies
        JSON or YAML file, parent to children, by dimension or for one dimension.
    threshold
        A count below this is small.
    base
        The figures are rounded to multiples of this.
    nearest
        Rounded to the nearest multiple, so the truth is within half a base.
    within
        How far from a rounded figure the truth may be, if not less than the base.
    method
        How the tables were protected; auto: rounded where a base is given or the figures betray one.
    zeros
        published: a zero is no target. hidden: it is one, like a small count.
    absent
        What a combination without a row means.
    vintages
        A later file may revise an earlier one.
    relation
        How files hang together that count different people or times: "year = q1 + q2", "victims <=
        incidents".
    symbol
        What a symbol of the publisher's may stand for: "[s]=5:" (5 or more), "p=1:4".
    earlier
        Releases already published, oldest first, where a release folder is attacked.
    seconds
        Search time; what is unsolved by then counts as open.
    json_output
        Print JSON.
    """
    try:
        if len(tables) == 1 and tables[0].is_dir():
            return _attack_release(tables[0], earlier or [], json_output)
        if earlier:
            raise AuditError("--earlier goes with a release folder; hand tables over oldest first")
        frames = {name: read_frame(path) for name, path in named(tables).items()}
        found = attack_tables(
            frames, dimensions=listed(dimensions or (), frames), count=count, marker=marker,
            total=total or (),
            hierarchies=read_hierarchies(hierarchies) if hierarchies else None, threshold=threshold,
            base=base, nearest=nearest, within=within, method=method, zeros=zeros, absent=absent,
            vintages=vintages, relations=relation or (), symbols=read_symbols(symbol or []), seconds=seconds,
        )  # fmt: skip
    except AuditError as error:
        return _refuse("attack", error)
    print(json.dumps(_as_data(found), ensure_ascii=False, indent=1) if json_output else _as_text(found))
    return EXIT_OPEN if found.n_open else EXIT_HELD


def verify_command(path: Path, *, certificate: bool = False, json_output: bool = False) -> int:
    """Check a published release's certificate by whole-number arithmetic alone.

    Exit status 1 if it does not hold, 2 if the folder cannot be read, else 0.

    Parameters
    ----------
    path: The release folder.
    certificate: Check the certificate that no small count can be narrowed.
    json_output: Print JSON.
    """
    try:
        if not certificate:
            raise AuditError("say what to check: --certificate")
        files = read_release_folder(path)
        where = path / CERTIFICATE_FILE
        if not where.is_file():
            raise AuditError(f"the folder has no [{CERTIFICATE_FILE}]")
        found = verify(files, where.read_bytes())
    except AuditError as error:
        return _refuse("verify", error)
    if json_output:
        print(
            json.dumps(
                {
                    "passed": found.passed,
                    "proved": found.proved,
                    "claimed": found.claimed,
                    "cells": found.cells,
                    "min_width": found.min_width,
                    "problems": list(found.problems),
                },
                ensure_ascii=False,
            )
        )
    else:
        for problem in found.problems:
            print(problem)
        width = "" if found.min_width is None else f", each with an interval at least {found.min_width} wide"
        print(f"{found.proved} systems proved: {found.cells} cells that may be small{width}.")
        if found.claimed:
            print(
                f"{found.claimed} systems rest on the publisher's own search, which this check does not "
                "repeat."
            )
        print(
            "The certificate holds."
            if found.passed
            else f"The certificate does not hold: {len(found.problems)} problems."
        )
    return EXIT_HELD if found.passed else EXIT_OPEN


def _refuse(door: str, error: AuditError) -> int:
    print(f"tessera {door}: {error}", file=sys.stderr)
    return EXIT_INPUT


def named(paths: Sequence[Path]) -> dict[str, Path]:
    """Table name → file: the stem, or as much of the path as tells files apart."""
    if not paths:
        raise AuditError("no table was named")
    for parts in (1, 2, 3):
        names = ["/".join(p.with_suffix("").parts[-parts:]) for p in paths]
        if len(set(names)) == len(names):
            return dict(zip(names, paths, strict=True))
    names = [str(p) for p in paths]
    if len(set(names)) != len(names):
        raise AuditError("one file is named twice")
    return dict(zip(names, paths, strict=True))


def read_frame(path: Path) -> pl.DataFrame:
    """A CSV file as a frame of text; any usual delimiter; UTF-8 or cp1252."""
    where = f"file [{path.name}]"
    data = _read(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise AuditError(f"{where}: not a CSV file")
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        rows = [
            r
            for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            if any(v.strip() for v in r)
        ]
    except csv.Error:
        raise AuditError(f"{where}: not a CSV file") from None
    if len(rows) < 2:
        raise AuditError(f"{where}: {'a header and no rows' if rows else 'empty'}")
    header = [h.strip() for h in rows[0]]
    if len(set(header)) != len(header) or "" in header:
        raise AuditError(f"{where}: column names are missing or repeated")
    ragged = [i for i, r in enumerate(rows, start=1) if len(r) != len(header)]
    if ragged:
        raise AuditError(
            f"{where}: {len(ragged)} rows have not {len(header)} fields as the header has, first row "
            f"{ragged[0]}"
        )
    return pl.DataFrame(
        {h: [r[i] for r in rows[1:]] for i, h in enumerate(header)}, schema=dict.fromkeys(header, pl.String)
    )


def listed(texts: Sequence[str], frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """Names of columns; several in one text are parted by commas, where it is none of a column itself."""
    columns = {column for frame in frames.values() for column in frame.columns}
    parts = [[text] if text in columns else text.split(",") for text in texts]
    return [name.strip() for part in parts for name in part if name.strip()]


def read_hierarchies(path: Path) -> Mapping[str, Any]:
    """A JSON or YAML file of parents and children."""
    import yaml

    try:
        text = _read(path).decode("utf-8-sig")
        found = yaml.load(text, Loader=yaml.BaseLoader)  # JSON is YAML; every word as written: 007, no, 1.0
    except (yaml.YAMLError, UnicodeDecodeError):
        raise AuditError(f"file [{path.name}]: neither JSON nor YAML") from None
    if not isinstance(found, dict) or not found:
        raise AuditError(f"file [{path.name}]: no parents and children in it")
    return found


def read_symbols(texts: Sequence[str]) -> dict[str, tuple[int, int | None]]:
    """`symbol=low:high`; nothing after the colon: no upper end."""
    found: dict[str, tuple[int, int | None]] = {}
    for text in texts:
        symbol, equals, span = text.rpartition("=")
        low, colon, high = span.partition(":")
        if not (equals and colon and low.strip().isdigit() and (not high.strip() or high.strip().isdigit())):
            raise AuditError(f"--symbol [{text}]: write it as symbol=low:high")
        found[symbol] = (int(low), int(high) if high.strip() else None)
    return found


def read_release_folder(path: Path) -> dict[str, bytes]:
    """The files of a release that an audit or a check needs."""
    if not path.is_dir():
        raise AuditError(f"[{path.name}] is not a folder")
    if not (path / SYSTEMS_FILE).is_file():
        raise AuditError(f"folder [{path.name}]: no [{SYSTEMS_FILE}] in it, so it is not a release")
    cubes = sorted((path / "cubes").glob("*.csv"))
    return {SYSTEMS_FILE: _read(path / SYSTEMS_FILE)} | {f"cubes/{c.name}": _read(c) for c in cubes}


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AuditError(f"file [{path.name}]: larger than {MAX_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError:
        raise AuditError(f"file [{path.name}]: cannot be read") from None


def _attack_release(path: Path, earlier: Sequence[Path], json_output: bool) -> int:
    result = audit(read_release_folder(path), earlier=[read_release_folder(p) for p in earlier])
    print(
        json.dumps(report_data(result), ensure_ascii=False, indent=1) if json_output else report_text(result)
    )
    return EXIT_HELD if result.passed else EXIT_OPEN


def _as_data(found: Attacked) -> dict[str, Any]:
    return {
        "targets": found.frame.to_dicts(), "n_targets": found.frame.height, "n_open": found.n_open,
        "n_unsolved": found.n_unsolved, "base": found.base, "notes": list(found.notes),
        "seconds": round(found.seconds, 3),
    }  # fmt: skip


def _as_text(found: Attacked) -> str:
    lines = list(found.notes)
    if found.frame.height:
        shown = found.frame.with_columns(
            pl.format("[{}, {}]", "lo", pl.col("up").cast(pl.String).fill_null("∞")).alias("interval"),
            pl.when("open").then(pl.lit("OPEN")).otherwise(pl.lit("held")).alias("verdict"),
            pl.when("exact").then(pl.lit("")).otherwise(pl.lit("outer bound")).alias("bound"),
        ).drop("lo", "up", "width", "exact", "open", "target")
        shown = shown.select(*(c for c in shown.columns if c not in ("interval", "verdict", "why", "bound")),
                             "interval", "verdict", "why", "bound")  # fmt: skip
        table = [shown.columns, *([str(v) for v in row] for row in shown.iter_rows())]
        widths = [max(len(row[i]) for row in table) for i in range(len(shown.columns))]
        lines += ["  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip() for row in table]
    lines.append(f"{found.n_open} of {found.frame.height} targets are open ({found.seconds:.1f} s).")
    if found.n_unsolved:
        lines.append(f"{found.n_unsolved} targets were not solved in time and count as open.")
    return "\n".join(lines)
