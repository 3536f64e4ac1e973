"""The second pass: which weighed pairs become links.

What belongs here: the rounds in which links are added, strongest first. What does not: the weights
(model.py), the threshold itself (threshold.py), what speaks against a pair (rivals.py), vetoes (cluster.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
import polars as pl

from anonymisation.linkage.cluster import Clusters, Ints
from anonymisation.linkage.first import FirstPass
from anonymisation.linkage.likeness import kin_like
from anonymisation.linkage.rivals import Births, evidence, silently_unlike
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement
from anonymisation.linkage.threshold import Curve, Threshold, choose, learn_curve, learn_prior, log_odds

MAX_ROUNDS: Final = 5
"""Rounds among what is left over: people grow, and rivals become one."""


@dataclass(frozen=True, kw_only=True)
class Second:
    """What the second pass did, beside the clusters that it changed."""

    pairs: pl.DataFrame
    """Every scored pair, with positions `l` and `r` and the probability `believed` of the pair alone."""
    thresholds: list[Threshold]
    prior_bits: float
    curve: Curve


def _possible_pairs(clusters: Clusters) -> float:
    """Pairs of identities that could be one person: all, or those of clusters that no clean source keeps
    apart."""
    n = len(clusters.labels())
    roots = np.unique(clusters.labels())
    standing, sizes = np.unique(clusters.sources(roots), return_counts=True)
    if not standing.any():
        return n * (n - 1) / 2
    groups = list(zip(standing.tolist(), sizes.tolist(), strict=True))
    total = 0.0
    for i, (sources, n_here) in enumerate(groups):
        if not sources:
            total += n_here * (n_here - 1) / 2
        total += sum(n_here * n_there for there, n_there in groups[i + 1 :] if not sources & there)
    return total


def _weighed(
    clusters: Clusters,
    still_open: pl.DataFrame,
    births: Births,
    curve: Curve,
    prior: float,
    *,
    is_clean: bool,
) -> pl.DataFrame:
    """Open pairs that may still join, strongest evidence first: `evidence` in bits and `share`, what is
    believed."""
    left, right = still_open["l"].to_numpy(), still_open["r"].to_numpy()
    free = clusters.may_join(left, right)
    trial = still_open.filter(pl.Series(free))
    believed = curve.believed(trial["ratio"].to_numpy(), prior)
    if is_clean:
        bits = np.log2(np.maximum(believed, 1e-12)) - np.log2(np.maximum(1.0 - believed, 1e-12))
    else:
        bits = evidence(clusters.labels(), left[free], right[free], believed, births)
    trial = trial.with_columns(evidence=bits, share=1.0 / (1.0 + np.exp2(-bits)))
    trial = trial.sort("evidence", "bits", "iid_l", "iid_r", descending=[True, True, False, False])
    if is_clean:
        contenders = clusters.copy().union(trial["l"].to_numpy(), trial["r"].to_numpy())
        trial = trial.filter(pl.Series(contenders))
    return trial


def add_links(
    con: duckdb.DuckDBPyConnection, first: FirstPass, model: dict[str, Any], settings: LinkSettings
) -> Second:
    """Join in the clusters of the first pass what the evidence of `link_scored` carries.

    A model of an earlier run brings its prior, its curve and its threshold: an increment is too small to
    learn them. Where no source lists anybody twice each round learns anew among what is left. `kin_apart` of
    the model: weight alone joins nobody on what kin share; `nameless_apart`: nor where one has no forename
    (likeness.py).
    """
    clusters, births, is_clean = first.clusters, first.births, bool(first.clean)
    is_nameless_apart = bool(model["nameless_apart"])
    first_prior = log_odds(float(model["splink"]["probability_two_random_records_match"]))
    pairs = con.sql(statement("scored_pairs", kin_like=kin_like(is_nameless_apart=is_nameless_apart))).pl()
    pairs = pairs.with_columns(
        ratio=pl.col("bits") - first_prior, l=pl.col("iid_l") - 1, r=pl.col("iid_r") - 1
    )
    apart = pl.DataFrame(
        {"l": first.twins.left, "r": first.twins.right}, schema={"l": pl.Int64, "r": pl.Int64}
    )
    is_kin = pl.col("is_kin_like") & bool(model["kin_apart"])
    # learnt from pairs that weight alone may join: twins and relatives would make all others look doubtful
    known = pairs.filter(pl.col("is_known_same").is_not_null() & ~pl.col("is_keyed") & ~is_kin).join(
        apart, on=["l", "r"], how="anti"
    )
    unlike = silently_unlike(clusters.labels(), known["l"].to_numpy(), known["r"].to_numpy(), births)
    known = known.filter(pl.Series(~unlike))
    is_fixed = "prior_bits" in model
    curve = (
        Curve.of(model["curve"])
        if is_fixed
        else learn_curve(known["ratio"].to_numpy(), known["is_known_same"].to_numpy(), settings)
    )
    still_open = pairs.filter(pl.col("is_open") & pl.col("is_known_same").fill_null(True) & ~is_kin)
    slack = pl.when(pl.col("was_one")).then(settings.split_slack_bits).otherwise(0.0)
    thresholds: list[Threshold] = []
    priors: list[float] = []
    for _ in range(MAX_ROUNDS):
        prior = first_prior
        if is_fixed:
            prior = float(model["prior_bits"])
        elif is_clean:
            prior = max(learn_prior(still_open["ratio"].to_numpy(), _possible_pairs(clusters)), first_prior)
        trial = _weighed(clusters, still_open, births, curve, prior, is_clean=is_clean)
        threshold = choose(trial["evidence"].to_numpy(), trial["share"].to_numpy(), curve, settings)
        if is_fixed:
            threshold = threshold.at(float(model["threshold_bits"]), trial["evidence"], trial["share"])
        elif thresholds and not is_clean:
            threshold = threshold.at(thresholds[0].bits, trial["evidence"], trial["share"])
        priors.append(prior)
        thresholds.append(threshold)
        linked = trial.filter(pl.col("evidence") + slack >= threshold.bits)
        if not clusters.union(linked["l"].to_numpy(), linked["r"].to_numpy()).any():
            break
        still_open = trial
    pairs = pairs.with_columns(believed=curve.believed(pairs["ratio"].to_numpy(), priors[0]))
    return Second(pairs=pairs, thresholds=thresholds, prior_bits=priors[0], curve=curve)


def strengthen(clusters: Clusters, pairs: pl.DataFrame, births: Births, at_least_bits: float) -> Ints:
    """Join what the evidence carries at a threshold that stands, as `add_links` does; the clusters
    afterwards."""
    left, right = pairs["l"].to_numpy(), pairs["r"].to_numpy()
    believed = pairs["believed"].to_numpy()
    for _ in range(MAX_ROUNDS):
        free = clusters.may_join(left, right)
        left, right, believed = left[free], right[free], believed[free]
        bits = evidence(clusters.labels(), left, right, believed, births)
        order = np.argsort(-bits, kind="stable")
        strong = order[bits[order] >= at_least_bits]
        if not clusters.union(left[strong], right[strong]).any():
            break
    return clusters.labels()
