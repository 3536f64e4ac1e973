"""What a new quarter costs: records that come after everybody was linked, through the product's increments.

What belongs here: linking the later records of a case and measuring what became of everybody. What does not:
the whole run before (linkage_methods.py). The relations are those that the vault holds: tokens of all earlier
records, and who is whom.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import duckdb

    from anonymisation.keys import KeyRing
    from anonymisation.linkage.result import LinkResult
    from benchmarks.linkage_files import Case


def with_later(
    con: duckdb.DuckDBPyConnection,
    case: Case,
    earlier: pl.DataFrame,
    before: LinkResult,
    later: pl.DataFrame,
    keys: KeyRing,
) -> tuple[pl.DataFrame, float]:
    """Who is whom once `later` has been tokenised, linked and stored, and the seconds that this took.

    `earlier`: the tokens that the whole run `before` linked. The stored tables are made before the clock
    starts: a vault has them.
    """
    from anonymisation.linkage.increment import link_increment
    from benchmarks.linkage_methods import tokens_of

    con.register("frame", earlier)
    con.execute("CREATE TEMP TABLE stored_tokens AS SELECT * FROM frame")
    con.register("frame", before.assignments)
    con.execute("CREATE TEMP TABLE stored_people AS SELECT * FROM frame")
    start = time.perf_counter()
    tokens = tokens_of(case.role, later, keys)
    made = link_increment(con, tokens, tokens="stored_tokens", people="stored_people", model=before.model)
    con.register("frame", made.assignments)
    con.execute("DELETE FROM stored_people WHERE rec_key IN (SELECT rec_key FROM frame)")
    con.execute("INSERT INTO stored_people BY NAME SELECT * FROM frame")
    con.register("frame", tokens)
    con.execute("INSERT INTO stored_tokens BY NAME SELECT * FROM frame")
    seconds = time.perf_counter() - start
    con.unregister("frame")
    return con.sql("SELECT rec_key, person_uid AS cluster FROM stored_people").pl(), seconds
