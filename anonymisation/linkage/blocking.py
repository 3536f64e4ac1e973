"""Blocking: which pairs of identities are worth weighing.

What belongs here: the rules, tightest first, and the budget that ends the list. What does not: weights
(model.py). A rule costs as many pairs as its groups hold; a large run affords the tight rules only, a small
one all of them.
"""

from __future__ import annotations

from typing import Final

import duckdb

from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement

RULES: Final[tuple[tuple[str, ...], ...]] = (
    ("c_oid",),
    ("c_surname", "c_dob"),
    ("c_forename_first", "c_dob"),
    ("c_forename_first", "c_surname", "c_dob_y"),
    ("c_forename_first", "c_pc_unit"),
    ("c_forename_first", "c_surname", "c_pc_district"),
    ("c_dob", "c_pc_district"),
    ("c_surname_mp", "c_fn3", "c_dob_m", "c_dob_d"),
    ("c_forename_mp", "c_sn3", "c_dob_y", "c_dob_m"),
    ("c_forename_mp", "c_sn3", "c_dob_y", "c_dob_d"),
    ("c_surname", "c_pc_unit"),
    ("c_pc_unit", "c_dob_y"),
    ("c_surname_mp", "c_fn3", "c_pc_sector"),
    ("c_pc_unit", "c_dob_m", "c_dob_d"),
    ("c_forename_first", "c_surname"),
    ("c_surname_mp", "c_dob_y", "c_dob_m"),
    ("c_surname_mp", "c_dob_y", "c_dob_d"),
    ("c_forename_mp", "c_dob_y", "c_dob_m"),
    ("c_forename_mp", "c_dob_y", "c_dob_d"),
    ("c_fn3", "c_sn3", "c_dob_y"),
    ("c_surname_mp", "c_dob_m", "c_dob_d"),
    ("c_forename_mp", "c_dob_m", "c_dob_d"),
    ("c_dob", "c_fn1"),
    ("c_dob",),
    ("c_surname_mp", "c_fn1", "c_pc_district"),
    ("c_pc_unit", "c_fn1"),
    ("c_pc_unit",),
    ("c_forename_first=c_surname", "c_surname=c_forename_first"),
    ("c_forename_first=c_surname", "c_pc_district"),
    ("c_forename_first=c_surname", "c_dob_y"),
    ("c_forename_canon", "c_surname_canon"),
    ("c_dob_m", "c_dob_d", "c_fn1"),
    ("c_surname_mp", "c_fn1"),
    ("c_dob_m", "c_dob_d", "c_pc_district"),
    ("c_dob_y", "c_dob_m", "c_pc_district"),
    ("c_dob_y", "c_dob_d", "c_pc_district"),
    ("c_forename_mp", "c_pc_district"),
    ("c_surname_mp", "c_pc_district"),
    ("c_surname",),
    ("c_forename_first",),
    ("c_dob_m", "c_dob_d"),
    ("c_dob_y", "c_dob_m"),
    ("c_dob_y", "c_dob_d"),
)
"""Columns that must agree, or `a=b` where one column of one side must equal another of the other side."""


def _sides(rule: tuple[str, ...]) -> list[tuple[str, str]]:
    """Columns of the left and of the right side that must be equal."""
    return [(left, right or left) for left, _, right in (part.partition("=") for part in rule)]


def _cost(con: duckdb.DuckDBPyConnection, rule: tuple[str, ...]) -> int:
    """Pairs that a rule makes, at most: the sum over its groups of one side's records times the other's."""
    sides = _sides(rule)
    if all(left == right for left, right in sides):
        columns = ", ".join(left for left, _ in sides)
        present = " AND ".join(f"{left} IS NOT NULL" for left, _ in sides)
        sql = (
            f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM "
            f"(SELECT count(*) AS n FROM link_identity WHERE {present} AND NOT is_crowd GROUP BY {columns})"
        )
    else:
        counted = [
            f"SELECT {', '.join(f'{c} AS c{i}' for i, c in enumerate(columns))}, count(*) AS n "
            "FROM link_identity WHERE NOT is_crowd GROUP BY ALL"
            for columns in zip(*sides, strict=True)
        ]
        using = ", ".join(f"c{i}" for i in range(len(sides)))
        joined = f"({counted[0]}) AS l JOIN ({counted[1]}) AS r USING ({using})"
        sql = f"SELECT coalesce(sum(l.n * r.n), 0) FROM {joined}"
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0


def choose_rules(
    con: duckdb.DuckDBPyConnection, settings: LinkSettings
) -> tuple[list[tuple[str, ...]], dict[str, int]]:
    """Rules within the budget, in order, and what each costs. A rule over what is left is passed over, and
    named at 0. What asks for fewer of the same columns than a rule that was over costs more still, and is not
    counted: what is left only falls."""
    row = con.execute("SELECT count(*) FROM link_identity").fetchone()
    left = max(settings.min_pairs_budget, int(settings.max_pairs_per_identity * (row[0] if row else 0)))
    chosen, costs = [], {}
    over: list[frozenset[str]] = []
    for rule in RULES:
        name = "+".join(rule)
        if any(frozenset(rule) <= wider for wider in over):
            costs[name] = 0
            continue
        cost = _cost(con, rule)
        if cost > left:
            over.append(frozenset(rule))
        if 0 < cost <= left:
            chosen.append(rule)
            left -= cost
            costs[name] = cost
        else:
            costs[name] = 0
    return chosen, costs


ALIKE: Final = """(
    coalesce(l.c_fn3 = r.c_fn3, true) OR coalesce(l.c_forename_mp = r.c_forename_mp, false)
    OR coalesce(l.c_forename_canon = r.c_forename_canon, false) OR coalesce(l.c_fn_tail = r.c_fn_tail, false)
)::TINYINT + (
    coalesce(l.c_sn3 = r.c_sn3, true) OR coalesce(l.c_surname_mp = r.c_surname_mp, false)
    OR coalesce(l.c_surname_canon = r.c_surname_canon, false) OR coalesce(l.c_sn_tail = r.c_sn_tail, false)
)::TINYINT + (
    l.c_dob IS NULL OR r.c_dob IS NULL OR coalesce(l.c_dob_sorted = r.c_dob_sorted, false)
    OR (l.c_dob_y = r.c_dob_y)::TINYINT + (l.c_dob_m = r.c_dob_m)::TINYINT
        + (l.c_dob_d = r.c_dob_d)::TINYINT > 1
)::TINYINT + (
    coalesce(l.c_pc_district = r.c_pc_district, true) OR coalesce(l.c_pc_tail = r.c_pc_tail, false)
)::TINYINT + 2 * (
    coalesce(l.c_fn_tail = r.c_sn_tail, false) AND coalesce(l.c_sn_tail = r.c_fn_tail, false)
)::TINYINT"""
"""How many of forename, surname, birth and place are roughly alike or not said; exchanged names count as
two. Costs a hundredth of weighing a pair, and leaves out most of what has no chance."""
MIN_ALIKE: Final = 3


KNOWN_OR_OPEN: Final = (
    "(l.strict <> r.strict OR (l.c_nhs IS NOT NULL AND r.c_nhs IS NOT NULL)"
    " OR (l.c_pnc IS NOT NULL AND r.c_pnc IS NOT NULL))"
)
"""Pairs that no match-key holds together, and those of which identifiers tell the truth: from these a whole
run learns."""


def _conditions(rule: tuple[str, ...]) -> set[str]:
    """What `l` and `r` must agree in; twice where the two sides are different columns."""
    sides = _sides(rule)
    turned = {tuple(sides), tuple((right, left) for left, right in sides)}
    return {" AND ".join(f"l.{left} = r.{right}" for left, right in each) for each in turned}


def _all_conditions(rules: list[tuple[str, ...]]) -> list[str]:
    return sorted({condition for rule in rules for condition in _conditions(rule)})


def _begin(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE link_candidate (iid_l BIGINT, iid_r BIGINT)")


def _keep_alike(con: duckdb.DuckDBPyConnection, n_alike: int) -> None:
    con.execute(statement("alike", alike=ALIKE, n_alike=str(n_alike)))


def make_candidates(
    con: duckdb.DuckDBPyConnection, rules: list[tuple[str, ...]], settings: LinkSettings
) -> tuple[int, int]:
    """Fill `link_candidate` with the distinct pairs of the rules that are roughly alike; how many there are,
    and in how many of four they are alike.

    Three of four must be alike; two are enough while the pairs are few (`min_pairs_budget` / 10).
    """
    _begin(con)
    for condition in _all_conditions(rules):
        con.execute(statement("candidates", condition=condition, scope=KNOWN_OR_OPEN))
    _keep_alike(con, MIN_ALIKE - 1)
    row = con.execute(
        "SELECT count(*), count(*) FILTER (n_alike >= $n) FROM link_candidate", {"n": MIN_ALIKE}
    ).fetchone()
    n_loose, n_tight = (int(row[0]), int(row[1])) if row else (0, 0)
    if n_loose <= settings.min_pairs_budget // 10:
        return n_loose, MIN_ALIKE - 1
    con.execute("DELETE FROM link_candidate WHERE n_alike < $n", {"n": MIN_ALIKE})
    return n_tight, MIN_ALIKE


def make_new_candidates(con: duckdb.DuckDBPyConnection, rules: list[tuple[str, ...]], n_alike: int) -> None:
    """The same of an increment, by rules and likeness of the whole run: pairs with somebody new, and within a
    person of before, whom evidence may hold together. Two people of before were weighed when they were new.
    `link_identity.was` tells whose an identity was."""
    _begin(con)
    conditions = _all_conditions(rules)
    for condition in conditions:
        con.execute(statement("candidates_with_new", condition=condition))
    if conditions:
        con.execute(statement("candidates_within", conditions=" OR ".join(f"({c})" for c in conditions)))
    _keep_alike(con, n_alike)
