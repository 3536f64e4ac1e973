"""The second pass: Splink 5 over hashed components, its training and the weight of a pair.

What belongs here: comparison levels, training, scoring. What does not: which pairs (blocking.py), which
weight suffices (threshold.py). Splink is imported inside functions: it is slow to load.

Checked identifiers are not compared here: equal ones are match-key K1, different ones a veto. So every
weight is blind to them, and pairs in which both are known tell how good the weights are.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import duckdb

from anonymisation.linkage.settings import LinkSettings

Level = tuple[str, str, float, float]
"""Label, condition over `_l` and `_r`, first m, first u (used as they are when there is too little to learn
from)."""


def _guarded(guard: str, costly: str) -> str:
    """A condition over lists, looked at only where a cheap one holds that it implies."""
    return f"CASE WHEN {guard} THEN {costly} ELSE false END"


ONE_SLIP: Final = {
    "forename": _guarded(
        "c_fn1_l = c_fn1_r OR c_fn_tail_l = c_fn_tail_r", "list_has_any(c_forename_near_l, c_forename_near_r)"
    ),
    "surname": _guarded(
        "c_sn1_l = c_sn1_r OR c_sn_tail_l = c_sn_tail_r", "list_has_any(c_surname_near_l, c_surname_near_r)"
    ),
    "place": _guarded(
        "c_pc_district_l = c_pc_district_r OR c_pc_tail_l = c_pc_tail_r",
        "list_has_any(c_pc_near_l, c_pc_near_r)",
    ),
}
"""One slip of the keyboard: it leaves the beginning or the end as it was."""

SWAPPED: Final = _guarded(
    "(c_fn1_l = c_sn1_r OR c_fn_tail_l = c_sn_tail_r) AND (c_sn1_l = c_fn1_r OR c_sn_tail_l = c_fn_tail_r)"
    " AND c_surname_l <> c_surname_r",
    "list_has_any(c_forename_near_l, c_surname_near_r) AND list_has_any(c_surname_near_l, c_forename_near_r)",
)
"""Forename and surname in each other's place, each within one slip. Weighed once, with the surname."""

COMPARISONS: Final[dict[str, tuple[str, str | None, tuple[Level, ...]]]] = {
    "forename": (
        f"c_forename_l IS NULL OR c_forename_r IS NULL OR {SWAPPED}",
        "c_forename",
        (
            ("exact", "c_forename_l = c_forename_r", 0.72, 0.004),
            (
                "first or short form",
                "c_forename_first_l = c_forename_first_r OR c_forename_canon_l = c_forename_canon_r",
                0.08,
                0.004,
            ),
            ("one slip", ONE_SLIP["forename"], 0.08, 0.0008),
            ("sound or beginning", "c_forename_mp_l = c_forename_mp_r OR c_fn3_l = c_fn3_r", 0.05, 0.012),
            ("initial", "c_fn1_l = c_fn1_r", 0.02, 0.06),
            ("else", "ELSE", 0.04, 0.9152),
        ),
    ),
    "surname": (
        "c_surname_l IS NULL OR c_surname_r IS NULL",
        "c_surname",
        (
            ("exact", "c_surname_l = c_surname_r", 0.76, 0.002),
            ("variant", "c_surname_canon_l = c_surname_canon_r", 0.01, 0.0005),
            ("one slip", ONE_SLIP["surname"], 0.08, 0.0006),
            ("sound or beginning", "c_surname_mp_l = c_surname_mp_r OR c_sn3_l = c_sn3_r", 0.05, 0.01),
            ("swapped", SWAPPED, 0.005, 0.000003),
            ("one part", "list_has_any(c_surname_parts_l, c_surname_parts_r)", 0.01, 0.0005),
            ("else", "ELSE", 0.08, 0.9849),
        ),
    ),
    "birth": (
        "c_dob_l IS NULL OR c_dob_r IS NULL",
        "c_dob",
        (
            ("exact", "c_dob_l = c_dob_r", 0.88, 0.00005),
            (
                "two parts",
                "c_dob_sorted_l = c_dob_sorted_r OR (c_dob_y_l = c_dob_y_r)::TINYINT + (c_dob_m_l = "
                "c_dob_m_r)::TINYINT"
                " + (c_dob_d_l = c_dob_d_r)::TINYINT = 2",
                0.09,
                0.006,
            ),
            (
                "one part",
                "c_dob_y_l = c_dob_y_r OR c_dob_m_l = c_dob_m_r OR c_dob_d_l = c_dob_d_r",
                0.02,
                0.12,
            ),
            ("else", "ELSE", 0.01, 0.87315),
        ),
    ),
    "place": (
        "c_pc_district_l IS NULL OR c_pc_district_r IS NULL",
        "c_pc_unit",
        (
            ("unit", "c_pc_unit_l = c_pc_unit_r", 0.55, 0.0001),
            ("one slip", ONE_SLIP["place"], 0.06, 0.001),
            ("sector", "c_pc_sector_l = c_pc_sector_r", 0.05, 0.003),
            ("district", "c_pc_district_l = c_pc_district_r", 0.09, 0.012),
            ("else", "ELSE", 0.25, 0.9839),
        ),
    ),
    "other_id": (
        "c_oid_l IS NULL OR c_oid_r IS NULL",
        None,
        (
            ("exact", "c_oid_l = c_oid_r", 0.90, 0.00001),
            ("one slip", "list_has_any(c_oid_near_l, c_oid_near_r)", 0.06, 0.00005),
            ("else", "ELSE", 0.04, 0.99994),
        ),
    ),
}

COMPARED_COLUMNS: Final = {
    "forename": "c_forename", "surname": "c_surname", "birth": "c_dob", "place": "c_pc_district",
    "other_id": "c_oid",
}  # fmt: skip

TRAINING_BLOCKS: Final = (
    ("c_forename", "c_surname"),
    ("c_surname", "c_dob"),
    ("c_forename", "c_dob"),
    ("c_oid",),
    ("c_pc_unit", "c_dob"),
)
"""EM learns, within each, how often people who match differ in everything else."""

MIN_TRAINING_PAIRS: Final = 300
"""With fewer candidate pairs in a block EM fits noise; the first values stand."""
MIN_PRESENT: Final = 0.005
"""A column that fewer records fill than this is not compared."""
MAX_RANDOM_PAIRS: Final = 1_000_000
EM_CONVERGENCE: Final = 0.001
EM_ROUNDS: Final = 15
"""Rates to a thousandth: further rounds change weights by less than a hundredth of a bit."""
MAX_EM_PAIRS: Final = 150_000


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink reports progress and advice; none of it may reach a log."""
    loggers = [logging.getLogger(name) for name in ("splink", "splink.internals", "sqlglot")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _api(con: duckdb.DuckDBPyConnection) -> Any:
    """Splink on this connection, with temporary tables only: nothing of a run stays in a database file."""
    from splink.internals.duckdb.database_api import DuckDBAPI

    class TemporaryTables(DuckDBAPI):
        def _setup_for_execute_sql(self, sql: str, physical_name: str) -> str:
            self.delete_table_from_database(physical_name)
            return f"CREATE TEMP TABLE {physical_name} AS\n{sql}"

    return TemporaryTables(con)


def compared(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Comparisons whose column enough identities fill."""
    counts = ", ".join(f"count({column}) / greatest(count(*), 1)" for column in COMPARED_COLUMNS.values())
    row = con.execute(f"SELECT {counts} FROM link_identity").fetchone()
    shares = row if row is not None else (0.0,) * len(COMPARED_COLUMNS)
    return [name for name, share in zip(COMPARED_COLUMNS, shares, strict=True) if share >= MIN_PRESENT]


def _comparison(name: str) -> dict[str, Any]:
    null, tf_column, levels = COMPARISONS[name]
    made: list[dict[str, Any]] = [{"sql_condition": null, "label_for_charts": "null", "is_null_level": True}]
    for label, condition, m, u in levels:
        level: dict[str, Any] = {
            "sql_condition": condition, "label_for_charts": label, "m_probability": m, "u_probability": u,
        }  # fmt: skip
        if tf_column is not None and label in ("exact", "unit"):
            level |= {"tf_adjustment_column": tf_column, "tf_adjustment_weight": 1.0}
        made.append(level)
    return {"output_column_name": name, "comparison_levels": made}


def first_settings(comparisons: list[str], prior: float) -> dict[str, Any]:
    """Splink settings before anything is learnt."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "iid",
        "comparisons": [_comparison(name) for name in comparisons],
        "blocking_rules_to_generate_predictions": [],
        "probability_two_random_records_match": prior,
        "em_convergence": EM_CONVERGENCE,
        "max_iterations": EM_ROUNDS,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def _linker(con: duckdb.DuckDBPyConnection, relation: str, settings: dict[str, Any]) -> Any:
    from splink import Linker

    return Linker(_api(con).register(relation), settings, log_level=None, validate_settings=False)


def train(
    con: duckdb.DuckDBPyConnection, comparisons: list[str], prior: float, settings: LinkSettings
) -> dict[str, Any]:
    """Learn m and u from `link_identity`; the Splink settings with them. Holds no token: rates only."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE link_training AS SELECT * FROM link_identity WHERE NOT is_crowd "
        f"ORDER BY hash(iid, {settings.seed}) LIMIT {settings.max_training_identities}"
    )
    first = first_settings(comparisons, prior)
    with _quiet():
        linker = _linker(con, "link_training", first)
        try:
            linker.training.estimate_u_using_random_sampling(
                max_pairs=MAX_RANDOM_PAIRS, seed=settings.seed, min_count_per_level=None, num_chunks=1
            )
            for block in TRAINING_BLOCKS:
                _learn(con, linker, block)
            model: dict[str, Any] = json.loads(json.dumps(linker.misc.save_model_to_json()))
        finally:
            linker.table_management.delete_tables_created_by_splink_from_db()
            con.execute("DROP TABLE IF EXISTS link_training")
    return _completed(model, first)


def _learn(con: duckdb.DuckDBPyConnection, linker: Any, block: tuple[str, ...]) -> None:
    from splink import block_on

    columns = ", ".join(block)
    row = con.execute(
        f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM (SELECT count(*) AS n FROM link_training "
        f"WHERE {' AND '.join(f'{c} IS NOT NULL' for c in block)} GROUP BY {columns})"
    ).fetchone()
    if row is None or row[0] < MIN_TRAINING_PAIRS:
        return
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on(*block), estimate_without_term_frequencies=True, max_pairs=MAX_EM_PAIRS,
        record_sample_proportion=1.0 if row[0] < MAX_EM_PAIRS else 0.1,
    )  # fmt: skip


FLOOR: Final = 1e-7
"""No level is impossible: what training did not see has this rate at least."""


def _completed(model: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    """The learnt model, with first values where training saw nothing."""
    for comparison, start in zip(model["comparisons"], first["comparisons"], strict=True):
        for level, level_start in zip(
            comparison["comparison_levels"], start["comparison_levels"], strict=True
        ):
            if level.get("is_null_level"):
                continue
            for rate in ("m_probability", "u_probability"):
                learnt = level.get(rate)
                level[rate] = max(float(learnt), FLOOR) if learnt is not None else level_start[rate]
    return model


def score(con: duckdb.DuckDBPyConnection, model: dict[str, Any], *, at_least_bits: float) -> None:
    """Weigh the pairs of `link_candidate`: temp table `link_scored` (iid_l, iid_r, bits) of those at or
    above a weight.

    bits: log2 odds that the two are one person, the model's prior included. Term frequencies come from
    `link_frequency_<column>` where the caller made such a table (an increment does), else from
    `link_identity`.
    """
    with _quiet():
        api = _api(con)
        from splink import Linker

        linker: Any = Linker(api.register("link_identity"), model, log_level=None, validate_settings=False)
        con.execute(
            "CREATE OR REPLACE TEMP VIEW link_blocked AS "
            "SELECT '0' AS match_key, iid_l AS join_key_l, iid_r AS join_key_r FROM link_candidate"
        )
        for _, tf_column, _ in COMPARISONS.values():
            table = f"link_frequency_{tf_column}"
            if tf_column is not None and api.table_exists_in_database(table):
                linker.table_management.register_term_frequency_lookup(api.register(table), tf_column)
        linker.table_management.register_blocked_pairs_for_predict(api.register("link_blocked"))
        try:
            predicted = linker.inference.predict(threshold_match_weight=at_least_bits, warning_mode="never")
            con.execute(
                "CREATE OR REPLACE TEMP TABLE link_scored AS SELECT least(iid_l, iid_r) AS iid_l, "
                f"greatest(iid_l, iid_r) AS iid_r, match_weight AS bits FROM {predicted.physical_name}"
            )
        finally:
            con.execute("DROP VIEW IF EXISTS link_blocked")
            linker.table_management.delete_tables_created_by_splink_from_db()
