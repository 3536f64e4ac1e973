"""The reconciliation of one quarter: what agencies sent, what became records, what each cube counts, what was
published.

What belongs here: the chain, worked out apart from the SQL that counts, and whether each link holds. What
does not: the sheet (``pipelines.doors.reconcile``). True counts: they stay inside the data directory.

=============== =============================================================================================
link            holds when
=============== =============================================================================================
files           rows received = accepted + left out
records         rows received, less those left out and repeated, are the records stored
quarter         records stored, less those of earlier quarters, are those of the quarter
latest          records of the quarter in their latest version are the rows of the core table, less those
                whose incident is not a recorded one
cube            rows of the core table within the cube's population (for people: distinct people) are its
                total
published       the published total is a rounding of it
outside         a figure published elsewhere equals it, or the analyst says why not
=============== =============================================================================================
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from pipelines.hub import Hub
from pipelines.marts import sql
from pipelines.release.tables import Table
from pipelines.steps.aggregate import build_core
from pipelines.steps.inspect import Counted, counted
from pipelines.steps.recount import FILTERS, Latest, Numbers, number
from pipelines.store.connect import Connection
from pipelines.store.warehouse import current_submissions, protected_files
from schemas.agencies import Agency
from schemas.datasets import DATASETS
from schemas.measures.dimensions import ALL
from schemas.quarters import Quarter
from schemas.records import table_name
from schemas.registers import DATASET_PREFIX

SUBMISSIONS = "submissions"
"""Sheet of the first two links."""
OUTSIDE = "outside"
OUTSIDE_COLUMNS = ("table", "quarter", "figure", "source", "explanation")
"""Columns of a file of figures published elsewhere; ``table`` such as ``reports_by_status.police``."""

class Verdict(StrEnum):
    """How a link stands."""

    TIED = "tied"
    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"


class ReconcileError(ValueError):
    """A quarter cannot be reconciled, or a file of outside figures cannot be used; says what to do."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One link of the chain: two numbers that should be one, and what stands between them."""

    sheet: str
    """Name of the cube, ``submissions`` or ``outside``."""
    table: str
    link: str
    above: str
    n_above: int
    below: str
    n_below: int
    between: str
    """What accounts for a difference, with its number; empty where there is none."""
    verdict: Verdict


def _line(sheet: str, table: str, link: str, above: tuple[str, int], below: tuple[str, int],
          between: str = "", *, explained: bool = False) -> Line:
    verdict = (Verdict.TIED if above[1] == below[1] else Verdict.EXPLAINED if explained
               else Verdict.UNEXPLAINED)
    return Line(sheet=sheet, table=table, link=link, above=above[0], n_above=above[1], below=below[0],
                n_below=below[1], between=between, verdict=verdict)


def reconcile(hub: Hub, quarter: Quarter, outside: bytes | None = None) -> list[Line]:
    """Every link of one quarter's release, in the order of files, cubes and outside figures.

    Raises:
        ReconcileError: the quarter's cubes have not been counted, or the outside file cannot be used.
    """
    with counted(hub, quarter) as seen:
        return reconciled(hub, seen, outside)


def reconciled(hub: Hub, seen: Counted, outside: bytes | None = None) -> list[Line]:
    """The same, over counts that are at hand.

    Raises:
        ReconcileError: as :func:`reconcile`.
    """
    connection, as_of = seen.connection, seen.as_of
    quarter = str(as_of.quarter)
    row = connection.execute("SELECT count(*) FROM warehouse.cube_counts WHERE quarter = ?",
                             [quarter]).fetchone()
    if not row or not row[0]:
        raise ReconcileError(f"The cubes of [{quarter}] have not been counted. Make its release first "
                             f"(tessera release --quarter {quarter}).")
    core = connection.execute("SELECT value FROM warehouse.about WHERE key = 'core_quarter'").fetchone()
    if core is None or core[0] != quarter:
        build_core(connection, hub.partnership, hub.agencies, as_of)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE as_of_submissions AS SELECT unnest($known::VARCHAR[]) AS "
        "submission_id", {"known": current_submissions(
            connection, until_quarter=quarter, received_by=as_of.cut_off)})
    published = protected_files(connection, quarter)
    latest, numbers = Latest(connection), Numbers(connection)
    lines = [*_submissions(connection, latest, hub.agencies, as_of.quarter)]
    totals: dict[str, int] = {}
    for table in seen.tables:
        if quarter not in table.periods:
            continue
        totals[table.name] = seen.counts.totals_of(table)[quarter]
        lines += _cube(numbers, latest, table, quarter, totals[table.name],
                       published.get(f"cubes/{table.name}.csv"), hub.partnership.thresholds.rounding_base)
    return [*lines, *_outside(outside, quarter, totals)]


def unexplained(lines: list[Line]) -> pl.DataFrame:
    """link, n_unexplained: of each kind of link, how many do not hold and are not explained."""
    frame = pl.DataFrame(
        [(line.link, line.verdict is Verdict.UNEXPLAINED) for line in lines], orient="row",
        schema={"link": pl.String, "is_open": pl.Boolean})
    return frame.group_by("link").agg(
        pl.col("is_open").sum().cast(pl.Int64).alias("n_unexplained")).sort("link")


def _submissions(connection: Connection, latest: Latest, agencies: dict[str, Agency],
                 quarter: Quarter) -> Iterator[Line]:
    """Files and records of the deliveries of the quarter that count for its release."""
    current = connection.execute(
        "SELECT agency, submission_id, status FROM warehouse.submissions WHERE quarter = ? AND is_current "
        "AND submission_id IN (SELECT submission_id FROM as_of_submissions) ORDER BY 1",
        [str(quarter)]).fetchall()
    for name, submission, status in current:
        if status == "nil" or name not in agencies:
            continue
        files = {kind: (int(rows), int(taken), int(out)) for kind, rows, taken, out in connection.execute(
            "SELECT file_kind, n_rows, n_accepted, n_left_out FROM warehouse.submission_files WHERE "
            "submission_id = ? AND file_kind IS NOT NULL ORDER BY 1", [submission]).fetchall()}
        findings = connection.execute(
            "SELECT coalesce(dataset, ''), rule_id, severity, n FROM warehouse.submission_findings WHERE "
            "submission_id = ?", [submission]).fetchall()
        for kind, (rows, taken, out) in files.items():
            yield _line(SUBMISSIONS, f"{name}.{kind}", "files", ("rows received", rows),
                        ("accepted and left out", taken + out), f"left out: {out}")
        for dataset in sorted(agencies[name].feeds):
            yield from _stored(connection, agencies[name], dataset, submission, files, findings)
            yield from _of_quarter(connection, latest, name, dataset, submission, str(quarter))


def _stored(connection: Connection, agency: Agency, dataset: str, submission: str,
            files: dict[str, tuple[int, int, int]], findings: list[tuple[str, str, str, int]]
            ) -> Iterator[Line]:
    """From rows of the files that feed a dataset to its records."""
    feeding = {kind: spec.feeds[dataset] for kind, spec in agency.files.items()
               if dataset in spec.feeds and kind in files}
    if not feeding:
        return
    rows = sum(files[kind][0] for kind in feeding)
    records = number(connection, f"SELECT count(*) FROM warehouse.{table_name(dataset)} WHERE "
                                  "submission_id = $submission", {"submission": submission})
    own = [int(n) for of, _, severity, n in findings if of == dataset and severity == "fix"]
    shared = [int(n) for of, _, severity, n in findings if not of and severity == "fix"]
    repeated = sum(int(n) for of, rule, _, n in findings if of == dataset and rule == "record_repeated")
    is_part = any(feed.present or feed.one_per for feed in feeding.values())
    # one row may trip two rules: at least the most of one rule, at most all of them
    most = rows - repeated - max(own, default=0)
    least = 0 if is_part else rows - repeated - sum(own) - sum(shared)
    between = f"left out by rules: {sum(own) + sum(shared)}; repeated: {repeated}" + (
        f"; rows of the file that hold no record of their own: {max(0, most - records)}" if is_part else "")
    yield _line(SUBMISSIONS, f"{agency.agency}.{dataset}", "records", ("rows received", rows),
                ("records stored", records), between, explained=least <= records <= most)


def _of_quarter(connection: Connection, latest: Latest, agency: str, dataset: str, submission: str,
                quarter: str) -> Iterator[Line]:
    """From the records of a delivery to the records of its quarter."""
    asked: dict[str, object] = {"submission": submission, "quarter": quarter}
    scope = f"FROM warehouse.{table_name(dataset)} WHERE submission_id = $submission"
    stored = number(connection, f"SELECT count(*) {scope}", {"submission": submission})
    other = number(connection, f"SELECT count(*) {scope} AND event_quarter IS DISTINCT FROM $quarter", asked)
    own = latest.of(dataset).filter(pl.col("agency") == agency, pl.col("event_quarter") == quarter)
    before = own.filter(pl.col("extract_quarter") != quarter).height
    if stored or own.height:
        yield _line(SUBMISSIONS, f"{agency}.{dataset}", "quarter", ("records stored", stored),
                    ("records of the quarter", own.height),
                    f"of earlier quarters, changed now: {other}; sent earlier: {before}",
                    explained=stored - other + before == own.height)


_FROM = re.compile(r"\bFROM (?:warehouse\.)?(core_\w+|role_overlap)")
_WHERE = re.compile(r"^WHERE (.+?)(?=^GROUP BY|\Z)", re.MULTILINE | re.DOTALL)


def _cube(numbers: Numbers, latest: Latest, table: Table, quarter: str, total: int,
          published: bytes | None, base: int) -> Iterator[Line]:
    """From records to the core table, from there to the cube, and to what was published."""
    text = "\n".join(line.split("--")[0] for line in sql(table.cube.sql or table.cube.name).splitlines())
    source = _FROM.search(text)
    cube = table.cube
    if source is not None and source[1].startswith("core_") and cube.period_kind == "quarter":
        core = source[1]
        yield from _core(numbers, latest, table, core, quarter)
        columns = numbers.columns(core)
        asked: dict[str, object] = {"quarter": quarter}
        where = [f"{_source(text, 'period')} = $quarter"]
        for name, value in (("agency", table.agency), ("links", table.links)):
            column = _source(text, name)
            if value and column in columns:
                where.append(f"{column} = ${name}")
                asked[name] = value
        is_folded = "GROUP BY links, person_id, period" in text
        counting = ("count(DISTINCT person_id)" if is_folded else "sum(n)" if "n" in columns else "count(*)")
        scope = f"FROM warehouse.{core} WHERE {' AND '.join(where)}"
        own = _WHERE.search(text)
        rows = numbers.of(f"SELECT {counting} {scope}", asked)
        outside = numbers.of(f"SELECT {counting} {scope} AND NOT coalesce(({own[1]}), false)",
                             asked) if own else 0
        yield _line(cube.name, table.name, "cube",
                    ("distinct people of the core table" if is_folded else "rows of the core table", rows),
                    ("total of the cube", total),
                    f"outside the cube's population: {outside}" if outside else "",
                    explained=rows - outside == total)
    if published is not None:
        yield from _published(table, quarter, total, published, base)


def _source(text: str, name: str) -> str:
    """The core table's column that a cube's SQL tells as ``name``: another one where it says so."""
    renamed = re.search(rf"\b(\w+) AS {name}\b", text)
    return renamed[1] if renamed else name


def _core(numbers: Numbers, every: Latest, table: Table, core: str,
          quarter: str) -> Iterator[Line]:
    """Records of the quarter in their latest version against the core table, apart from its own SQL."""
    dataset = {"core_victim_quarters": "victims", "core_police_victims": "victims",
               "core_suspect_quarters": "suspects"}.get(core, core.removeprefix("core_"))
    if dataset == "registers":
        yield _returned(numbers, table, quarter)
    if dataset not in DATASETS:
        return
    agency, agency_kinds = table.agency, table.cube.agency_kinds
    n_latest, n_counting = every.counted(dataset, quarter, agency, agency_kinds)
    excluded = n_latest - n_counting
    asked: dict[str, object] = {"quarter": quarter}
    where = "period = $quarter"
    columns = numbers.columns(f"core_{dataset}")
    if agency:
        where, asked = f"{where} AND agency = $agency", asked | {"agency": agency}
    if "links" in columns:
        where, asked = f"{where} AND links = $links", asked | {"links": table.links or "all"}
    if agency_kinds:
        where += (" AND agency IN (SELECT agency FROM warehouse.core_agencies WHERE list_contains($kinds, "
                  "kind))")
        asked["kinds"] = list(agency_kinds)
    rows = numbers.of(f"SELECT count(*) FROM warehouse.core_{dataset} WHERE {where}", asked)
    note = {"victims": "of incidents that are not recorded ones",
            "suspects": "eliminated, or of incidents that are not recorded ones"}.get(dataset, "")
    is_filtered = re.search(r"^WHERE ", sql(f"core/{dataset}"), re.MULTILINE)
    if is_filtered and dataset not in FILTERS and rows < n_latest:
        excluded, note = n_latest - rows, "outside the population of the core table (its header)"
    yield _line(table.cube.name, table.name, "latest", ("records in their latest version", n_latest),
                ("rows of the core table", rows), f"{note}: {excluded}" if excluded else "",
                explained=n_latest - excluded == rows)


def _returned(numbers: Numbers, table: Table, quarter: str) -> Line:
    """A cube of returns against the register itself."""
    asked: dict[str, object] = {"quarter": quarter, "agency": table.agency,
                                "kind": table.cube.dataset.removeprefix(DATASET_PREFIX)}
    entered = numbers.of("SELECT sum(coalesce(of_n, n)) FROM warehouse.register_entries WHERE "
                         "kind = $kind AND agency = $agency AND quarter = $quarter", asked)
    counted = numbers.of("SELECT sum(n) FROM warehouse.core_registers WHERE kind = $kind AND agency "
                         "= $agency AND period = $quarter", asked)
    return _line(table.cube.name, table.name, "latest", ("counted in the register", entered),
                 ("sum of the core table", counted))


def _published(table: Table, quarter: str, total: int, content: bytes, base: int) -> Iterator[Line]:
    grand_total = ",".join([quarter, *[ALL] * len(table.dimensions), ""])
    values = [line.removeprefix(grand_total).partition(",")[0]
              for line in content.decode("utf-8").splitlines() if line.startswith(grand_total)]
    if len(values) != 1 or not values[0]:
        return
    told = int(values[0])
    yield _line(table.cube.name, table.name, "published", ("total of the cube", total),
                ("published total", told), f"rounded to {base}" if told != total else "",
                explained=abs(told - total) < base)


def _outside(content: bytes | None, quarter: str, totals: dict[str, int]) -> Iterator[Line]:
    """Figures published elsewhere against the cube totals; a difference needs the analyst's explanation."""
    if content is None:
        return
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise ReconcileError("The file of outside figures is not a CSV in UTF-8. Save it so.") from None
    for row_at, row in enumerate(rows, start=2):
        if set(row) != set(OUTSIDE_COLUMNS):
            raise ReconcileError(f"Outside figures: the columns are not [{', '.join(OUTSIDE_COLUMNS)}]. "
                                 "Correct the first line.")
        if row["quarter"] != quarter:
            continue
        if row["table"] not in totals:
            raise ReconcileError(f"Outside figures, row [{row_at}]: no table of the quarter is called so. "
                                 "Use a name of the sheet, such as [reports_by_status.police].")
        if not re.fullmatch(r"\d{1,9}", row["figure"] or "") or not (row["source"] or "").strip():
            raise ReconcileError(f"Outside figures, row [{row_at}]: the figure is not a whole number, or its "
                                 "source is empty. Fill both.")
        why = (row["explanation"] or "").strip()
        yield _line(OUTSIDE, row["table"], "outside", ("total of the cube", totals[row["table"]]),
                    (row["source"].strip(), int(row["figure"])), why, explained=bool(why))
