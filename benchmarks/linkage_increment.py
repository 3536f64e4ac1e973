"""What a new quarter costs: records that come after everybody was linked, through the product's increments.

What belongs here: taking in and linking the later records of a case, as intake and step 8 do, and measuring
what became of everybody. What does not: the whole run before (linkage_methods.py). The vault is that of the
product: encrypted, filled one submission after the other, opened and closed for each.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    import duckdb

    from anonymisation.keys import KeyRing
    from anonymisation.linkage.result import LinkResult
    from benchmarks.linkage_files import Case
    from pipelines.store.places import Places

ROWS_PER_SUBMISSION: Final = 100_000


@contextmanager
def _vault(places: Places, keys: KeyRing) -> Iterator[duckdb.DuckDBPyConnection]:
    """The vault, opened and checked as the product does it."""
    from pipelines.store import vault
    from pipelines.store.connect import connect

    with connect(places, keys, vault=True) as con:
        vault.prepare(con, keys.check_values())
        con.execute("USE memory")
        yield con


def _write(con: duckdb.DuckDBPyConnection, role: str, tokens: pl.DataFrame, submission: str) -> None:
    """One submission's tokens; its days and references are of no use to linking."""
    from pipelines.store import vault
    from pipelines.store.connect import transaction

    rows = tokens.with_columns(submission_id=pl.lit(submission))
    nothing = rows.select("rec_key").clear()
    with transaction(con):
        vault.write_submission(con, {role: rows}, nothing, nothing, bridge=pl.DataFrame())


def with_later(
    case: Case,
    earlier: pl.DataFrame,
    before: LinkResult,
    tokenised_later: Callable[[], pl.DataFrame],
    keys: KeyRing,
) -> tuple[pl.DataFrame, float, float]:
    """Who is whom once later records have been tokenised, stored and linked in the encrypted vault; and the
    seconds that this took, opening and closing the file with it, by the clock and of all threads.

    `earlier`: the tokens that the whole run `before` linked.
    """
    from anonymisation.linkage.settings import LinkSettings
    from anonymisation.linkage.upkeep import facts_of, stored_model
    from pipelines.steps.link import link_role
    from pipelines.store import vault
    from pipelines.store.places import Places
    from schemas.quarters import Quarter

    quarter = Quarter.parse("2026-Q3")
    with TemporaryDirectory(prefix="tessera_") as folder:
        places = Places.under(Path(folder) / "var")
        places.make()
        submissions = []
        for start in range(0, earlier.height, ROWS_PER_SUBMISSION):
            submissions.append(f"earlier {start}")
            with _vault(places, keys) as con:
                _write(con, case.role, earlier.slice(start, ROWS_PER_SUBMISSION), submissions[-1])
        model = stored_model(before, facts_of(LinkSettings(), keys.check_value("linkage")), str(quarter))
        with _vault(places, keys) as con:
            vault.store_people(
                con, case.role, before.assignments, before.changes,
                quarter=str(quarter), model=json.dumps(model), gone=pl.Series([], dtype=pl.String),
            )  # fmt: skip
        wall, spent = time.perf_counter(), time.process_time()
        with _vault(places, keys) as con:
            _write(con, case.role, tokenised_later(), "later")
            with vault.shown(con, case.role, [*submissions, "later"]) as gone:
                link_role(con, case.role, quarter.next, keys, gone=gone)
        seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - spent
        with _vault(places, keys) as con:
            people = vault.people_of(con, case.role)
        return people.select("rec_key", cluster="person_uid"), seconds, cpu_seconds
