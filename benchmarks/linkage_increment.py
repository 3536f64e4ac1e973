"""What a new quarter costs: records that come after everybody was linked, through the product's increments.

What belongs here: linking the later records of a case and measuring what became of everybody. What does not:
the whole run before (linkage_methods.py). The relations are those that the vault holds, tokens of all earlier
records and who is whom, in an encrypted file as the vault is, opened as the product opens it.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from anonymisation.keys import KeyRing
    from anonymisation.linkage.result import LinkResult
    from benchmarks.linkage_files import Case


def with_later(
    case: Case, earlier: pl.DataFrame, before: LinkResult, later: pl.DataFrame, keys: KeyRing
) -> tuple[pl.DataFrame, float, float]:
    """Who is whom once `later` has been tokenised, linked and stored in the encrypted vault; and the seconds
    that this took, closing the file with it, by the clock and of all threads.

    `earlier`: the tokens that the whole run `before` linked. The stored tables are written before the clock
    starts: a vault has them.
    """
    from anonymisation.linkage.increment import link_increment
    from benchmarks.linkage_methods import tokens_of
    from pipelines.store.connect import connect
    from pipelines.store.places import Places

    with TemporaryDirectory(prefix="tessera_") as folder:
        places = Places.under(Path(folder) / "var")
        places.make()
        with connect(places, keys, vault=True) as con:
            for name, frame in (("tokens", earlier), ("people", before.assignments)):
                con.register("frame", frame)
                con.execute(f"CREATE TABLE vault.stored_{name} AS SELECT * FROM frame")
                con.unregister("frame")
        start, spent = time.perf_counter(), time.process_time()
        with connect(places, keys, vault=True) as con:
            con.execute("USE memory")
            tokens = tokens_of(case.role, later, keys)
            made = link_increment(
                con, tokens, tokens="vault.stored_tokens", people="vault.stored_people", model=before.model
            )
            con.register("frame", made.assignments)
            con.execute("DELETE FROM vault.stored_people WHERE rec_key IN (SELECT rec_key FROM frame)")
            con.execute("INSERT INTO vault.stored_people BY NAME SELECT * FROM frame")
            con.register("frame", tokens)
            con.execute("INSERT INTO vault.stored_tokens BY NAME SELECT * FROM frame")
            con.unregister("frame")
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - spent
        with connect(places, keys, vault=True) as con:
            found = con.execute("SELECT rec_key, person_uid AS cluster FROM vault.stored_people").pl()
        return found, seconds, cpu_seconds
