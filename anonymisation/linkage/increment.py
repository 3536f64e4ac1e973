"""A new quarter: new records are linked at the cost of the quarter, not of history.

What belongs here: which people of the past a new record could touch, and linking among those alone with the
model there is. What does not: linking itself (link.py), storing (pipelines/store).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import duckdb
import polars as pl

from anonymisation.linkage.blocking import ALIKE, MIN_ALIKE, RULES
from anonymisation.linkage.levels import EXACT_COLUMNS
from anonymisation.linkage.link import link
from anonymisation.linkage.matchkeys import KNOWN_NAMES, make_known_names
from anonymisation.linkage.result import LinkResult
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement
from anonymisation.tokens import MATCH_KEYS

N_TIGHT_RULES: Final = 10
"""Blocking rules by which the past is searched: the tightest of blocking.RULES."""
NEW: Final = "link_new"
TEMP_TABLES: Final = (NEW, "link_new_key", "link_part", "link_spelling", "link_touched", KNOWN_NAMES)


def link_increment(
    con: duckdb.DuckDBPyConnection,
    *,
    tokens: str,
    people: str,
    model: dict[str, Any],
    again: pl.DataFrame | None = None,
    settings: LinkSettings | None = None,
    source: str | None = "agency",
) -> LinkResult:
    """Link the records that are nobody's yet to each other and to the people there are.

    Args:
        tokens: relation with all tokens of the role; it is read in narrow columns, and never copied.
        people: relation (rec_key, person_uid, strict_uid) of the records that are somebody's: what else
            `tokens` holds is new.
        model: LinkResult.model of the last whole run.
        again: (rec_key, person_uid, strict_uid) of those among the new who had ids before: people whom a
            withdrawn record may have held together are linked anew, and keep what is theirs.

    Returns:
        A LinkResult over the new records and everybody they touch: replace those rows of the stored people
        by it. Quality is of this part only; the whole run's stands until the next one.

    Raises:
        ValueError: as `link`, and if the model is of no whole run.
    """
    if "splink" not in model:
        raise ValueError(
            "The model is not that of a whole run. Run `link` over all records once; nobody was linked."
        )
    chosen = settings or LinkSettings()
    try:
        # in two statements: the second is planned knowing how few they are
        con.execute(
            "CREATE OR REPLACE TEMP TABLE link_new_key AS "
            f"SELECT rec_key FROM {tokens} ANTI JOIN {people} USING (rec_key)"
        )
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {NEW} AS "
            f"SELECT * FROM {tokens} SEMI JOIN link_new_key USING (rec_key)"
        )
        _touched(con, tokens, people)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE link_part AS SELECT * FROM {NEW} UNION ALL BY NAME "
            f"SELECT * FROM {tokens} SEMI JOIN link_touched USING (rec_key)"
        )
        before = con.sql("SELECT rec_key, person_uid, strict_uid FROM link_touched").pl()
        if again is not None:
            before = pl.concat([before, again.select(before.columns)])
        con.execute(statement("spellings", tokens=tokens))
        for column in EXACT_COLUMNS.values():
            con.execute(statement("frequency_of_part", column=column))
        _names(con, tokens)
        return link(
            con,
            "link_part",
            previous=before,
            settings=replace(chosen, blind=False),
            model=model,
            source=source,
        )
    finally:
        frequencies = [f"link_frequency_{column}" for column in EXACT_COLUMNS.values()]
        for table in (*TEMP_TABLES, *frequencies):
            con.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _touched(con: duckdb.DuckDBPyConnection, tokens: str, people: str) -> None:
    """Temp table link_touched: every record of each person there is who shares a match-key or a tight block
    with a new record, with its ids."""
    alike = ALIKE.replace("l.", "old.").replace("r.", "new.")
    shared = " OR ".join(f"{k} IN (SELECT {k} FROM {NEW} WHERE {k} IS NOT NULL)" for k in MATCH_KEYS)
    by_key = f"SELECT rec_key FROM {tokens} WHERE {shared}"
    by_block = [
        f"SELECT old.rec_key FROM {tokens} AS old JOIN {NEW} AS new USING ({', '.join(rule)}) "
        f"WHERE {alike} >= {MIN_ALIKE}"
        for rule in [rule for rule in RULES if not any("=" in column for column in rule)][:N_TIGHT_RULES]
    ]
    con.execute(statement("touched", met=" UNION ALL ".join([by_key, *by_block]), people=people))


def _names(con: duckdb.DuckDBPyConnection, tokens: str) -> None:
    """Which forenames of the part are names that people bear, among all records: in a part alone hardly any
    would be."""
    wanted = "SELECT c_forename_first FROM link_part"
    make_known_names(
        con, f"(SELECT c_forename_first, c_surname FROM {tokens} WHERE c_forename_first IN ({wanted}))"
    )
