"""What the model knows: how often people who match, and people who do not, are at each level of agreement.

What belongs here: learning m, u and the prior from one run's own pairs, without labels. What does not: the
levels (levels.py), the model's form and weighing (model.py).

Expectation-maximisation over all pairs at once (Winkler 1988; Fellegi and Sunter 1969). Three kinds of
pair: within a person whom match-keys hold (taken as matches), open candidates (weighed in each round), and
all others (non-matches, told by a random sample). u is what all pairs show less what the matches explain, so
that a small file, in which matches are no rarity among the pairs, does not teach that people agree by chance.
Where strangers agree in two fields together, the candidates' odds are set lower (TIES), or whole communities
would be learnt to be people who change their births.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from anonymisation.linkage.levels import COMPARISONS, EXACT_COLUMNS, NULL_LEVEL
from anonymisation.linkage.model import first_rates, make_levels, settings_of
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement

Floats = NDArray[np.float64]

N_RANDOM_PAIRS: Final = 150_000
"""Random pairs that tell chance agreement. Exact agreement, too rare for them, is counted in full."""
MAX_TRAINING_PAIRS: Final = 300_000
"""Pairs of each kind that teach: rates to a thousandth need no more."""
MAX_ROUNDS: Final = 60
TOLERANCE: Final = 1e-4
PSEUDO_MATCHES: Final = 20.0
"""Matches' worth of the first rates that are mixed in: a handful of pairs does not overturn them."""
TIES: Final = (("forename", "surname"), ("surname", "place"), ("forename", "place"))
"""Fields in which strangers agree together: names of one community, the surname of one household."""
UNLIKE_BIRTH: Final = 2
"""First level of births that share at most one of year, month and day."""
FLOOR: Final = 1e-7
"""No level is impossible: what training did not see has this rate at least."""


@dataclass(frozen=True, kw_only=True)
class Patterns:
    """Distinct patterns of agreement and how many pairs show each."""

    levels: NDArray[np.int64]
    """One row per pattern, one column per comparison; NULL_LEVEL where a side says nothing."""
    counts: Floats


def _patterns(con: duckdb.DuckDBPyConnection, names: list[str], table: str, scale: float) -> Patterns:
    columns = ", ".join(f"g_{name}" for name in names)
    rows = con.execute(f"SELECT {columns}, count(*) AS n FROM {table} GROUP BY ALL ORDER BY ALL").fetchnumpy()
    return Patterns(
        levels=np.stack([np.asarray(rows[f"g_{name}"], dtype=np.int64) for name in names], axis=1),
        counts=np.asarray(rows["n"], dtype=np.float64) * scale,
    )


def _count(con: duckdb.DuckDBPyConnection, sql: str, **values: object) -> float:
    row = con.execute(sql, values or None).fetchone()
    return float(row[0] or 0) if row else 0.0


def _held(con: duckdb.DuckDBPyConnection, names: list[str]) -> Patterns:
    """Pairs within a person whom match-keys hold."""
    total = _count(
        con,
        "SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM link_identity "
        "WHERE NOT is_crowd GROUP BY strict)",
    )
    every = max(int(total / MAX_TRAINING_PAIRS), 1)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE link_teaching AS SELECT l.iid AS iid_l, r.iid AS iid_r "
        "FROM link_identity AS l JOIN link_identity AS r ON l.strict = r.strict AND l.iid < r.iid "
        f"WHERE NOT l.is_crowd AND NOT r.is_crowd AND hash(l.strict) % {every} = 0"
    )
    make_levels(con, names, pairs="link_teaching", into="link_taught")
    return _patterns(con, names, "link_taught", float(every))


def _open(con: duckdb.DuckDBPyConnection, names: list[str]) -> Patterns:
    """Candidates between two people."""
    total = _count(con, "SELECT count(*) FROM link_level WHERE is_unknown")
    every = max(int(total / MAX_TRAINING_PAIRS), 1)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE link_taught AS SELECT * FROM link_level WHERE is_unknown "
        f"AND hash(iid_l, iid_r) % {every} = 0"
    )
    return _patterns(con, names, "link_taught", float(every))


def _chance(con: duckdb.DuckDBPyConnection, names: list[str], seed: int) -> dict[str, Floats]:
    """Share of all pairs that say something that is at each level, matches among them."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE link_teaching AS WITH numbered AS ("
        "SELECT iid, row_number() OVER (ORDER BY iid) - 1 AS n FROM link_identity WHERE NOT is_crowd), "
        "size AS (SELECT count(*)::UBIGINT AS n FROM numbered), drawn AS ("
        "SELECT (hash(i, $seed) % size.n)::BIGINT AS a, (hash(i, $seed + 1) % size.n)::BIGINT AS b "
        "FROM range($pairs) AS t(i), size WHERE size.n > 0) "
        "SELECT l.iid AS iid_l, r.iid AS iid_r FROM drawn JOIN numbered AS l ON l.n = drawn.a "
        "JOIN numbered AS r ON r.n = drawn.b WHERE drawn.a <> drawn.b",
        {"seed": seed, "pairs": N_RANDOM_PAIRS},
    )
    make_levels(con, names, pairs="link_teaching", into="link_taught")
    found = {}
    for name in names:
        n_levels = len(COMPARISONS[name][2])
        rows = con.execute(
            f"SELECT g_{name}, count(*) FROM link_taught WHERE g_{name} <> {NULL_LEVEL} GROUP BY ALL"
        ).fetchall()
        seen = np.zeros(n_levels)
        for level, n in rows:
            seen[level] = n
        first = np.array(first_rates(name)["u"])
        share = (seen + 1.0) / (seen.sum() + 1.0 / first)
        if name in EXACT_COLUMNS:
            share[0] = max(_count(con, statement("agreeing", column=EXACT_COLUMNS[name])), FLOOR)
        found[name] = share / share.sum()
    return found


def _together(con: duckdb.DuckDBPyConnection, names: list[str]) -> dict[tuple[str, str], float]:
    """Share of all pairs with both births said that agree exactly in two fields and whose births are unlike
    (TIES; nothing if births are not compared)."""
    if "birth" not in names:
        return {}
    n = _count(con, "SELECT count(*) FROM link_identity WHERE NOT is_crowd AND c_dob IS NOT NULL")
    every = max(int(n / MAX_TRAINING_PAIRS), 1)
    found = {}
    for one, other in TIES:
        if one in names and other in names:
            a, b = EXACT_COLUMNS[one], EXACT_COLUMNS[other]
            n_pairs = _count(con, statement("strangers", one=a, other=b, every=str(every))) * every
            found[one, other] = n_pairs / max(n * (n - 1) / 2, 1.0)
    return found


def _excess(
    names: list[str],
    held: Patterns,
    candidates: Patterns,
    weights: Floats,
    rates: dict[str, dict[str, Floats]],
    together: dict[tuple[str, str], float],
    n_pairs: float,
) -> dict[tuple[int, int], float]:
    """Bits by which strangers agree in two fields together more often than each field alone would have it.

    Pairs whose births are unlike tell: they are strangers but for those that the matches explain.
    """
    bits = {}
    for (one, other), share in together.items():
        i, j, k = names.index(one), names.index(other), names.index("birth")
        matched = sum(
            float(w[(p.levels[:, i] == 0) & (p.levels[:, j] == 0) & (p.levels[:, k] >= UNLIKE_BIRTH)].sum())
            for p, w in ((held, held.counts), (candidates, weights))
        )
        expected = rates[one]["u"][0] * rates[other]["u"][0] * float(rates["birth"]["u"][UNLIKE_BIRTH:].sum())
        strangers = max(share - matched / max(n_pairs, 1.0), expected)
        bits[i, j] = float(np.log2(strangers / expected))
    return bits


def _log_ratio(
    patterns: Patterns,
    rates: dict[str, dict[str, Floats]],
    names: list[str],
    excess: dict[tuple[int, int], float],
) -> Floats:
    """log2 of the likelihood ratio of each pattern."""
    total: Floats = np.zeros(len(patterns.counts))
    for (i, j), bits in excess.items():
        total -= bits * ((patterns.levels[:, i] == 0) & (patterns.levels[:, j] == 0))
    for i, name in enumerate(names):
        weights = np.append(np.log2(rates[name]["m"] / rates[name]["u"]), 0.0)
        total += weights[patterns.levels[:, i]]
    return total


def _by_level(patterns: Patterns, weights: Floats, column: int, n_levels: int) -> Floats:
    """Weight of the pairs at each level of one comparison; those that say nothing are left out."""
    levels = patterns.levels[:, column]
    says = levels != NULL_LEVEL
    made: Floats = np.bincount(levels[says], weights=weights[says], minlength=n_levels).astype(np.float64)
    return made


def maximise(
    names: list[str],
    held: Patterns,
    candidates: Patterns,
    chance: dict[str, Floats],
    together: dict[tuple[str, str], float],
    n_pairs: float,
) -> tuple[dict[str, dict[str, Floats]], float]:
    """Rates (comparison → m, u by level) and the share of all pairs that are matches.

    Args:
        held: pairs taken as matches. candidates: pairs to be weighed. chance: share of all pairs by level.
        together: share of all pairs that agree exactly in two comparisons though their births are unlike.
        n_pairs: all pairs that there are.
    """
    first = {name: {k: np.array(v) for k, v in first_rates(name).items()} for name in names}
    rates = {name: {"m": first[name]["m"], "u": np.maximum(chance[name], FLOOR)} for name in names}
    n_held = float(held.counts.sum())
    n_matches = n_held * 1.1 + 1.0
    weights = np.zeros(len(candidates.counts))
    for _ in range(MAX_ROUNDS):
        prior = np.log2(n_matches / max(n_pairs - n_matches, 1.0))
        excess = _excess(names, held, candidates, weights, rates, together, n_pairs)
        odds = np.clip(_log_ratio(candidates, rates, names, excess) + prior, -200, 200)
        weights = candidates.counts / (1.0 + np.exp2(-odds))
        following = max(n_held + float(weights.sum()), 0.5)
        for i, name in enumerate(names):
            n_levels = len(first[name]["m"])
            matched = _by_level(held, held.counts, i, n_levels) + _by_level(candidates, weights, i, n_levels)
            m = matched + PSEUDO_MATCHES * first[name]["m"]
            share = min(following / max(n_pairs, 1.0), 0.5)
            m = np.maximum(m / m.sum(), FLOOR)
            u = np.maximum(chance[name] - share * matched / max(matched.sum(), 1.0), chance[name] * 0.02)
            u = np.maximum(u, FLOOR)
            rates[name] = {"m": m / m.sum(), "u": u / u.sum()}
        if abs(following - n_matches) <= TOLERANCE * n_matches:
            n_matches = following
            break
        n_matches = following
    return rates, min(n_matches / max(n_pairs, 1.0), 0.5)


def train(con: duckdb.DuckDBPyConnection, names: list[str], settings: LinkSettings) -> dict[str, Any]:
    """Splink settings with learnt rates, from `link_identity` and the levels of the candidates
    (`link_level`)."""
    try:
        n = _count(con, "SELECT count(*) FROM link_identity WHERE NOT is_crowd")
        rates, prior = maximise(
            names,
            _held(con, names),
            _open(con, names),
            _chance(con, names, settings.seed),
            _together(con, names),
            n * (n - 1) / 2,
        )
    finally:
        for table in ("link_teaching", "link_taught"):
            con.execute(f"DROP TABLE IF EXISTS temp.{table}")
    return settings_of(
        {name: {k: v.tolist() for k, v in held.items()} for name, held in rates.items()},
        max(prior, 1e-12),
    )
