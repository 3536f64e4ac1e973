"""Tokens → people: the whole run, first pass, second pass, ids that persist, quality.

What belongs here: the order of the steps, and what a run learns. What does not: each step (first.py,
blocking.py, model.py, threshold.py, people.py, quality.py); linking what is new (increment.py). Works on
temp tables of the connection it is handed and drops them at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import duckdb
import polars as pl

from anonymisation.linkage import quality
from anonymisation.linkage.blocking import choose_rules, make_candidates
from anonymisation.linkage.first import first_pass, refuse
from anonymisation.linkage.levels import NULL_LEVEL
from anonymisation.linkage.model import (
    SCORED_FROM_BITS,
    compared,
    first_rates,
    make_levels,
    no_pairs,
    score,
    settings_of,
)
from anonymisation.linkage.people import assign
from anonymisation.linkage.result import LinkResult
from anonymisation.linkage.second import add_links
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement
from anonymisation.linkage.training import train

FIRST_PRIOR: Final = 1e-5
"""Of a model of which nothing could be learnt."""
NO_LINK_BITS: Final = 1000.0
"""Threshold of a run that added no link: JSON knows no infinity."""
MIN_NAMES_TOLD: Final = 0.5
"""Share of identities that must say a forename for one without to be no more than kin of one with."""
MIN_PLACE_TOLD: Final = 0.05
"""Share of the pairs weighed that must say where both live for kin to be told by it."""
KEYED_SAMPLE: Final = 20_000
"""Pairs that a match-key holds, weighed as well, so that the first pass has an estimate where no identifier
is known."""

INCOMING: Final = "link_incoming_tokens"
PREVIOUS: Final = "link_previous_people"


@contextmanager
def _relation(con: duckdb.DuckDBPyConnection, data: pl.DataFrame | str, name: str) -> Iterator[str]:
    """A frame as a relation for the length of a run, or the caller's own relation by its name."""
    if isinstance(data, str):
        yield data
        return
    con.register(name, data)
    try:
        yield name
    finally:
        con.unregister(name)


def link(
    con: duckdb.DuckDBPyConnection,
    tokens: pl.DataFrame | str,
    *,
    previous: pl.DataFrame | str | None = None,
    settings: LinkSettings | None = None,
    source: str | None = "agency",
    attributes: pl.DataFrame | None = None,
) -> LinkResult:
    """Link every record of one role.

    Args:
        con: an open connection on the vault; temp tables are made on it and dropped, nothing is stored.
        tokens: a frame or the name of a relation with TOKEN_COLUMNS, and `source` if there is such a column.
        previous: (rec_key, person_uid, strict_uid) of the last run; None the first time.
        settings: thresholds; the house's if None.
        source: column that names the agency of each record.
        attributes: rec_key and coarse codes, for the missed-match estimate by group.

    Raises:
        ValueError: tokens lack columns, repeat record keys or mix versions. Nothing is changed.
    """
    chosen = settings or LinkSettings()
    with _relation(con, tokens, INCOMING) as relation:
        refuse(con, relation)
        if previous is None:
            return _run(con, relation, None, chosen, source, attributes)
        with _relation(con, previous, PREVIOUS) as before:
            return _run(con, relation, before, chosen, source, attributes)


def _run(
    con: duckdb.DuckDBPyConnection,
    tokens: str,
    previous: str | None,
    settings: LinkSettings,
    source: str | None,
    attributes: pl.DataFrame | None,
) -> LinkResult:
    with first_pass(con, tokens, previous=previous, history=None, source=source, settings=settings) as first:
        twins_apart = first.twins.keep_apart
        if not twins_apart:
            first.clusters.forget_apart()
        rules, costs = choose_rules(con, settings) if settings.second_pass else ([], {})
        n_candidates, n_alike = make_candidates(con, rules, settings)
        known = _weigh(con, settings)
        apart = {
            "kin_apart": twins_apart and _tells_place(con),
            "nameless_apart": first.twins.are_seen and _tells_names(con),
        }
        made = add_links(con, first, known | apart, settings)
        roots = first.clusters.labels()
        assignments, changes = assign(con, first, roots, previous)
        measured = quality.measure(
            con,
            pairs=made.pairs,
            births=first.births,
            is_kin_apart=apart["kin_apart"],
            strict_of=first.people(roots),
            thresholds=made.thresholds,
            settings=settings,
            attributes=attributes,
            source=source,
        )
    facts = {
        **measured.values,
        "n_candidate_pairs": n_candidates,
        "blocking_pairs": costs,
        "vetoes": dict(sorted(first.clusters.refused.items())),
        "clean_sources": len(first.clean),
        "twin_like_pairs": len(first.twins.left),
        "twin_share": first.twins.share,
        "twins_apart": twins_apart,
        "shared_numbers": first.shared.shares,
    }
    return LinkResult(
        assignments=assignments,
        changes=changes,
        quality=facts,
        by_group=measured.by_group,
        model={
            "splink": known["splink"],
            "prior_bits": made.prior_bits,
            "threshold_bits": min(made.thresholds[0].bits, NO_LINK_BITS),
            "curve": made.curve.facts(),
            "rules": [list(rule) for rule in rules],
            "n_alike": n_alike,
            "twins_apart": twins_apart,
            "shared": first.shared.facts(),
            **apart,
        },
    )


def _tells_place(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether enough of the pairs weighed say where both live: without, nothing tells kin from another
    name."""
    columns = {row[0] for row in con.execute("DESCRIBE link_level").fetchall()}
    if "g_place" not in columns:
        return False
    row = con.execute(
        f"SELECT count(*) FILTER (g_place <> {NULL_LEVEL}) / greatest(count(*), 1) FROM link_level"
    ).fetchone()
    return bool(row and row[0] >= MIN_PLACE_TOLD)


def _tells_names(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether most identities say a forename: in data that say none, the rest must do."""
    row = con.execute("SELECT count(c_fn1) / greatest(count(*), 1) FROM link_identity").fetchone()
    return bool(row and row[0] >= MIN_NAMES_TOLD)


def _weigh(con: duckdb.DuckDBPyConnection, settings: LinkSettings) -> dict[str, Any]:
    """Temp table link_scored from the candidates, and the model that was trained on them."""
    names = compared(con)
    if not settings.second_pass or not names:
        no_pairs(con)
        return {"splink": settings_of({name: first_rates(name) for name in names}, FIRST_PRIOR)}
    con.execute(statement("keyed_sample", n_pairs=str(KEYED_SAMPLE)))
    make_levels(con, names, pairs="link_candidate", into="link_level")
    known = {"splink": train(con, names, settings)}
    score(con, known["splink"], at_least_bits=SCORED_FROM_BITS)
    return known
