"""The second pass: the model of Fellegi and Sunter (1969) as Splink 5 writes it, and the weight of a pair.

What belongs here: the model's form, and weighing. What does not: the levels (levels.py), learning their rates
(training.py), which pairs (blocking.py), which weight suffices (threshold.py).

The model is a Splink settings object: Splink reads it, draws its charts and weighs the same pairs alike (a
test holds it to that, to a billionth of a bit). The weighing itself is one statement here, since Splink plans
and parses for seconds what DuckDB does in a moment, and a new quarter must cost what a quarter holds.
"""

from __future__ import annotations

import math
from typing import Any, Final

import duckdb

from anonymisation.linkage.levels import (
    COMPARED_COLUMNS,
    COMPARISONS,
    EXACT_COLUMNS,
    level_sql,
)
from anonymisation.linkage.statements import statement

MIN_PRESENT: Final = 0.005
"""A column that fewer records fill than this is not compared."""
LEAST_FREQUENCY: Final = 1e-9
SCORED_FROM_BITS: Final = -12.0
"""Pairs weaker than this against the first prior are not kept: they are no link, and missed ones are not
among them."""


def compared(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Comparisons whose column enough identities fill."""
    counts = ", ".join(f"count({column}) / greatest(count(*), 1)" for column in COMPARED_COLUMNS.values())
    row = con.execute(f"SELECT {counts} FROM link_identity").fetchone()
    shares = row if row is not None else (0.0,) * len(COMPARED_COLUMNS)
    return [name for name, share in zip(COMPARED_COLUMNS, shares, strict=True) if share >= MIN_PRESENT]


def _comparison(name: str, rates: dict[str, list[float]]) -> dict[str, Any]:
    null, tf_column, levels = COMPARISONS[name]
    made: list[dict[str, Any]] = [{"sql_condition": null, "label_for_charts": "null", "is_null_level": True}]
    for (label, condition, _, _), m, u in zip(levels, rates["m"], rates["u"], strict=True):
        level: dict[str, Any] = {
            "sql_condition": condition, "label_for_charts": label, "m_probability": m, "u_probability": u,
        }  # fmt: skip
        if tf_column is not None and label in ("exact", "unit"):
            level |= {"tf_adjustment_column": tf_column, "tf_adjustment_weight": 1.0}
        made.append(level)
    return {"output_column_name": name, "comparison_levels": made}


def first_rates(name: str) -> dict[str, list[float]]:
    """m and u of each level before anything is learnt."""
    levels = COMPARISONS[name][2]
    return {"m": [m for *_, m, _ in levels], "u": [u for *_, u in levels]}


def settings_of(rates: dict[str, dict[str, list[float]]], prior: float) -> dict[str, Any]:
    """Splink settings with these rates: comparison → {m, u} by level. Holds no token: rates only."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "iid",
        "comparisons": [_comparison(name, held) for name, held in rates.items()],
        "blocking_rules_to_generate_predictions": [],
        "probability_two_random_records_match": prior,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def rates_of(model: dict[str, Any]) -> dict[str, dict[str, list[float]]]:
    """Comparison → {m, u} by level, of a settings object."""
    return {
        str(comparison["output_column_name"]): {
            key: [
                float(level[f"{key}_probability"])
                for level in comparison["comparison_levels"]
                if not level.get("is_null_level")
            ]
            for key in ("m", "u")
        }
        for comparison in model["comparisons"]
    }


def make_levels(con: duckdb.DuckDBPyConnection, names: list[str], *, pairs: str, into: str) -> None:
    """Temp table `into`: iid_l, iid_r, g_<comparison> and f_<comparison>, from a relation of pairs.

    f: how common the shared value is, as the share of identities that say one (`link_identity.tf_…`).
    """
    parts = [f"({level_sql(name)})::TINYINT AS g_{name}" for name in names]
    parts += [f"l.tf_{EXACT_COLUMNS[name]} AS f_{name}" for name in names if name in EXACT_COLUMNS]
    con.execute(statement("levels", levels=", ".join(parts), pairs=pairs, into=into))


def bits_sql(model: dict[str, Any]) -> str:
    """The weight of a row of `make_levels` as an expression: log2 odds, the model's prior included."""
    prior = float(model["probability_two_random_records_match"])
    terms = [repr(math.log2(prior / (1 - prior)))]
    for name, rates in rates_of(model).items():
        cases = []
        for i, (m, u) in enumerate(zip(rates["m"], rates["u"], strict=True)):
            weight = repr(math.log2(m / u))
            if i == 0 and name in EXACT_COLUMNS:
                weight += f" + coalesce(log2({u!r} / greatest(f_{name}, {LEAST_FREQUENCY!r})), 0.0)"
            cases.append(f"WHEN {i} THEN {weight}")
        terms.append(f"CASE g_{name} {' '.join(cases)} ELSE 0.0 END")
    return " + ".join(terms)


def score(con: duckdb.DuckDBPyConnection, model: dict[str, Any], *, at_least_bits: float) -> None:
    """Weigh the pairs of `link_level`: temp table `link_scored` (iid_l, iid_r, bits) of those at or above a
    weight."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE link_scored AS SELECT * FROM "
        f"(SELECT iid_l, iid_r, {bits_sql(model)} AS bits FROM link_level) WHERE bits >= $least",
        {"least": at_least_bits},
    )


def weigh(con: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> None:
    """Temp tables link_level and link_scored from `link_candidate`, by a model that was learnt before."""
    names = list(rates_of(model))
    if not names:
        no_pairs(con)
        return
    make_levels(con, names, pairs="link_candidate", into="link_level")
    score(con, model, at_least_bits=SCORED_FROM_BITS)


def no_pairs(con: duckdb.DuckDBPyConnection) -> None:
    """Temp tables link_level and link_scored without a pair: there is nothing to compare."""
    con.execute("CREATE OR REPLACE TEMP TABLE link_level (iid_l BIGINT, iid_r BIGINT)")
    con.execute("CREATE OR REPLACE TEMP TABLE link_scored (iid_l BIGINT, iid_r BIGINT, bits DOUBLE)")
