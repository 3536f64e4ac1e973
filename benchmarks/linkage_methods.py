"""The methods compared: an exact hash, match-keys, this product, plaintext Splink.

What belongs here: each method as a function from a case to pairs or clusters, and their measure. What does
not: reading (linkage_files.py), printing (linkage.py).
"""

from __future__ import annotations

import hashlib
import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from benchmarks.linkage_files import Case

if TYPE_CHECKING:
    import duckdb

    from anonymisation.keys import KeyRing
    from anonymisation.linkage.result import LinkResult

THREADS: Final = 2
SPLINK_PAIR_PROBABILITY: Final = 0.5
SPLINK_CLUSTER_PROBABILITY: Final = 0.9
"""Its usual thresholds: pairs between two files, clusters within one."""


def _together(frame: pl.DataFrame, group: list[str], *, is_across: bool) -> float:
    """Record pairs that stand in one group; between the two sources only, or all."""
    kept = frame.drop_nulls(group)
    if is_across:
        sides = kept.group_by(group).agg(
            a=(pl.col("source") == "left").sum().cast(pl.Float64),
            b=(pl.col("source") == "right").sum().cast(pl.Float64),
        )
        return float((sides["a"] * sides["b"]).sum())
    sizes = kept.group_by(group).len()["len"].cast(pl.Float64)
    return float((sizes * (sizes - 1) / 2).sum())


ESTIMATES: Final = (
    "estimated_precision", "estimated_precision_low", "estimated_precision_high",
    "estimated_recall", "estimated_recall_low", "estimated_recall_high",
)  # fmt: skip
"""What a run says of itself, beside what is true: given where the case asks for more than rates."""


def measure(case: Case, clusters: pl.DataFrame) -> dict[str, float]:
    """Precision, recall and F1 over record pairs, and the measures of people where the case has their facts.

    Records of which nobody knows who they are (no truth) are linked, and stand in no pair that is counted.
    `clusters`: rec_key, cluster (null: linked to nobody).
    """
    told = case.records.select("rec_key", "source", "truth").drop_nulls("truth")
    joined = told.join(clusters, on="rec_key", how="left")
    true = _together(joined, ["truth"], is_across=case.is_across)
    linked = _together(joined, ["cluster"], is_across=case.is_across)
    right = _together(joined, ["cluster", "truth"], is_across=case.is_across)
    rates = _rates(true, linked, right)
    if case.facts is None:
        return rates
    from benchmarks.linkage_sample import people_measures

    return {**rates, **people_measures(case.facts, joined)}


def _rates(true: float, linked: float, right: float) -> dict[str, float]:
    return {
        "precision": right / linked if linked else 0.0,
        "recall": right / true if true else 0.0,
        "f1": 2 * right / (true + linked) if true + linked else 0.0,
    }


def name_dob_hash(case: Case) -> dict[str, float]:
    """Common practice: one hash of the exact name and date of birth."""
    told = case.records.with_columns(
        text=pl.concat_str(
            [pl.col(c).str.strip_chars().str.to_lowercase() for c in ("forename", "surname", "dob")],
            separator="|",
        )
    )
    hashes = [None if t is None else hashlib.sha256(t.encode()).hexdigest() for t in told["text"]]
    return measure(case, told.select("rec_key", cluster=pl.Series(hashes, dtype=pl.String)))


def tokens_of(role: str, records: pl.DataFrame, keys: KeyRing) -> pl.DataFrame:
    """Tokens of a case's records, with the source as the agency."""
    from anonymisation.normalise import canonical
    from anonymisation.tokens import tokenise_canonical

    identity = canonical(records.drop("source", "truth"))
    tokens = tokenise_canonical(identity, role=role, keys=keys)
    return tokens.join(records.select("rec_key", agency="source"), on="rec_key")


def _linked(
    con: duckdb.DuckDBPyConnection, case: Case, keys: KeyRing, *, second_pass: bool
) -> tuple[pl.DataFrame, LinkResult]:
    """The case's tokens and its people."""
    from anonymisation.linkage.link import link
    from anonymisation.linkage.settings import LinkSettings

    tokens = tokens_of(case.role, case.records, keys)
    con.execute(f"SET threads = {THREADS}")
    return tokens, link(con, tokens, settings=LinkSettings(second_pass=second_pass))


def match_keys(case: Case) -> dict[str, float]:
    """The first pass alone."""
    import duckdb

    from anonymisation.keys import random_ring

    _, made = _linked(duckdb.connect(), case, random_ring(), second_pass=False)
    return measure(case, made.assignments.select("rec_key", cluster="strict_uid"))


def tessera(case: Case) -> dict[str, float]:
    """This product, tokens and both passes; and, where the case has later records, their increment.

    With later records, `seconds`, `peak_mb` and `cpu_seconds` are taken before they come. Where there is an
    `other_id_shared`, the identifier was set aside: that share of the pairs that carry one are two people.
    """
    import duckdb

    from anonymisation.keys import random_ring

    start, spent, con, keys = time.perf_counter(), time.process_time(), duckdb.connect(), random_ring()
    tokens, made = _linked(con, case, keys, second_pass=True)
    used = {**_used(start), "cpu_seconds": round(time.process_time() - spent, 2)}
    rates = measure(case, made.assignments.select("rec_key", cluster="person_uid"))
    if case.later is not None:
        from benchmarks.linkage_increment import with_later

        con.close()
        later = case.later
        clusters, seconds, cpu_seconds = with_later(
            case, tokens, made, lambda: tokens_of(case.role, later, keys), keys
        )
        everybody = replace(case, records=pl.concat([case.records, case.later]), later=None)
        after = measure(everybody, clusters)
        return {
            **rates, **used, "increment_records": float(case.later.height),
            "increment_seconds": round(seconds, 2), "increment_cpu_seconds": round(cpu_seconds, 2),
            "increment_f1": after["f1"],
        }  # fmt: skip
    if made.model["shared"]["other_id"]:
        rates |= {"other_id_shared": made.quality["shared_numbers"]["other_id"]}
    if case.name.startswith("sample"):
        rates |= {name: float(made.quality[name]) for name in ESTIMATES if made.quality[name] is not None}
    if case.facts is not None:
        from benchmarks.linkage_sample import published_ranges

        linked = case.records.select("rec_key", "truth").join(made.assignments, on="rec_key")
        rates |= published_ranges(case.facts, linked, made.quality)
    return rates


def _splink_settings(case: Case, held: list[str]) -> dict[str, Any]:
    import splink.comparison_library as cl
    from splink import block_on

    compared = {
        "forename": cl.NameComparison("forename").configure(term_frequency_adjustments=True),
        "surname": cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        "dob": cl.LevenshteinAtThresholds("dob", [1, 2]).configure(term_frequency_adjustments=True),
        "postcode": cl.LevenshteinAtThresholds("postcode", [1, 2]),
        **{c: cl.LevenshteinAtThresholds(c, [1]) for c in IDENTIFIERS},
    }
    pairs = [rule for rule in combinations(held, 2) if not set(rule) & set(IDENTIFIERS)]
    rules = [*pairs, *((c,) for c in held if c in IDENTIFIERS)]
    return {
        "link_type": "link_only" if case.is_across else "dedupe_only",
        "unique_id_column_name": "rec_key",
        "source_dataset_column_name": "source",
        "comparisons": [compared[c] for c in held],
        "blocking_rules_to_generate_predictions": [block_on(*rule) for rule in rules],
        "retain_matching_columns": False,
    }


SPLINK_FIELDS: Final = ("forename", "surname", "dob", "postcode", "nhs_number", "pnc_id", "other_id")
IDENTIFIERS: Final = SPLINK_FIELDS[4:]


def splink_plain(case: Case) -> dict[str, float]:
    """Splink on the plain fields with its own comparisons: what hashing has to be as good as.

    Of one field alone there is nothing to weigh: records that agree on it are linked. Where Splink refuses a
    file, such as one of a few records, it links nobody, and that is said.
    """
    from splink.internals.exceptions import SplinkException

    nobody = case.records.select("rec_key", cluster=pl.lit(None, dtype=pl.String))
    cleaned = case.records.with_columns(
        pl.col(c).str.strip_chars().str.to_lowercase() for c in ("forename", "surname", "postcode")
    )
    held = [c for c in SPLINK_FIELDS if cleaned[c].null_count() < cleaned.height]
    if len(held) < 2:
        return measure(case, cleaned.select("rec_key", cluster=held[0]) if held else nobody)
    if case.records.height < 2 or (case.is_across and case.records["source"].n_unique() < 2):
        return measure(case, nobody)
    try:
        return _splink_rates(case, *_splink_trained(case, cleaned, held))
    except SplinkException as error:
        print(f"splink_plain: Splink refuses [{case.name}] ({type(error).__name__}): it links nobody.",
              file=sys.stderr)
        return measure(case, nobody)


def _splink_rates(case: Case, linker: Any, connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Rates of a trained linker: over clusters of one file, over pairs between two."""
    if not case.is_across:
        pairs = linker.inference.predict(threshold_match_probability=SPLINK_CLUSTER_PROBABILITY)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, SPLINK_CLUSTER_PROBABILITY
        )
        found = connection.sql(f"SELECT rec_key, cluster_id AS cluster FROM {clusters.physical_name}").pl()
        return measure(case, found.with_columns(pl.col("cluster").cast(pl.String)))
    pairs = linker.inference.predict(threshold_match_probability=SPLINK_PAIR_PROBABILITY)
    found = connection.sql(f"SELECT rec_key_l, rec_key_r FROM {pairs.physical_name}").pl()
    truth = case.records.select("rec_key", "truth").drop_nulls()
    joined = found.join(truth, left_on="rec_key_l", right_on="rec_key").join(
        truth, left_on="rec_key_r", right_on="rec_key", suffix="_r"
    )
    return _rates(
        _together(case.records, ["truth"], is_across=True),
        float(joined.height),
        float((joined["truth"] == joined["truth_r"]).sum()),
    )


def _splink_trained(
    case: Case, cleaned: pl.DataFrame, held: list[str]
) -> tuple[Any, duckdb.DuckDBPyConnection]:
    """A linker whose rates are learnt as its documentation says, as far as the data allow: a small file may
    hold no pair that agrees so, and then the rates stay those that Splink starts with."""
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.internals.exceptions import EMTrainingException

    for name in ("splink", "sqlglot"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    api = DuckDBAPI(connection)
    tables = []
    for side in ("left", "right") if case.is_across else (None,):
        part = cleaned if side is None else cleaned.filter(pl.col("source") == side)
        connection.register(f"plain_{side}", part.drop("truth"))
        tables.append(api.register(f"plain_{side}", dataset_display_name=side or "all"))
    linker: Any = Linker(tables, SettingsCreator(**_splink_settings(case, held)), log_level=None)
    whole = [c for c in ("forename", "surname", "dob") if c in held]
    if len(whole) > 1 and cleaned.select(whole).drop_nulls().is_duplicated().any():
        # in a file of copies more pairs agree than any recall allows: the prior stays that of Splink
        with suppress(ValueError):
            linker.training.estimate_probability_two_random_records_match([block_on(*whole)], recall=0.6)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=2e6, seed=1, min_count_per_level=None, num_chunks=1
    )
    for rule in (("forename", "surname"), ("dob",)):
        if set(rule) < set(held):
            with suppress(EMTrainingException):
                linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    return linker, connection


METHODS: Final[dict[str, Callable[[Case], dict[str, float]]]] = {
    "name_dob_hash": name_dob_hash,
    "match_keys": match_keys,
    "tessera": tessera,
    "splink_plain": splink_plain,
}


def _used(start: float) -> dict[str, float]:
    """Seconds since `start`, and the peak memory of this process."""
    import resource

    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": round(time.perf_counter() - start, 2), "peak_mb": round(peak_mb, 1)}


def run(method: str, case: Case) -> dict[str, float]:
    """One method on one case: its rates, the time it took, the most memory its process held."""
    start = time.perf_counter()
    rates = METHODS[method](case)
    return {**_used(start), **rates}
