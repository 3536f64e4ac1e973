"""How good the links are, without ever knowing the truth: rates that travel with the numbers.

What belongs here: estimates of precision and recall, the test blind to checked identifiers, sizes, missed
matches by group. What does not: ranges of published measures (ranges.py), thresholds of asset checks
(pipelines). Counts and rates only.

The blind test: people whose checked identifier (NHS number, PNC id) is known are linked again without it.
Equal numbers that end in two people are missed links, unequal ones in one person are false ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
import polars as pl

from anonymisation.keys import SPEC_VERSION
from anonymisation.linkage.cluster import Clusters, Ints
from anonymisation.linkage.matchkeys import EVIDENCE_ORDER, pairs_of
from anonymisation.linkage.rivals import Births, evidence
from anonymisation.linkage.second import strengthen
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.threshold import Threshold, probability
from anonymisation.tokens import MATCH_KEYS

MIN_KNOWN_PAIRS: Final = 100
"""Known pairs below which the blind test says nothing (its interval would be wider than five points either
way)."""
MODEL_MARGIN: Final = 0.05
"""Without known pairs recall is the model's own word: it is lowered by this much, and its interval is this
wide either way. On data of known truth the model was wrong by up to two points (docs/linkage.md)."""
MODEL_PRECISION_MARGIN: Final = 0.01
"""The same for precision, in which the model errs less."""
UNTOLD_FOUND: Final = 0.5
"""Half-way between none and all, where nothing tells how often records that say too little are found."""
MIN_GROUP_PAIRS: Final = 10
"""Known pairs below which a group's rate is not given: it would be about single people."""
LARGEST_SIZE: Final = 15
"""Clusters of more records are counted together."""
BY_GROUP_SCHEMA: Final = {
    "attribute": pl.String, "group": pl.String, "n_records": pl.Int64, "n_known_pairs": pl.Int64,
    "n_missed_pairs": pl.Int64, "missed_share": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a run knows of its own errors."""

    values: dict[str, Any]
    by_group: pl.DataFrame


def wilson(successes: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if n <= 0:
        return 0.0, 1.0
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = max(centre - half, 0.0) if successes > 0 else 0.0
    return low, min(centre + half, 1.0) if successes < n else 1.0


def agreement(frame: pl.DataFrame, cluster: str) -> dict[str, float]:
    """Record pairs of known identity: how many there are, how many one cluster holds, how many it holds
    wrongly.

    `frame`: n_records, known (hashed identifier or null) and a column of clusters, one row per identity.
    """
    known = frame.filter(pl.col("known").is_not_null()).with_columns(
        here=pl.col("n_records").sum().over(cluster, "known"),
        true=pl.col("n_records").sum().over("known"),
        together=pl.col("n_records").sum().over(cluster),
    )
    n = pl.col("n_records")
    row = known.select(
        true_pairs=(n * (pl.col("true") - 1)).sum() / 2,
        found_pairs=(n * (pl.col("here") - 1)).sum() / 2,
        linked_pairs=(n * (pl.col("together") - 1)).sum() / 2,
    ).row(0, named=True)
    return {name: float(value or 0.0) for name, value in row.items()}


def _blind_clusters(
    con: duckdb.DuckDBPyConnection,
    identities: pl.DataFrame,
    pairs: pl.DataFrame,
    births: Births,
    is_kin_apart: bool,
    threshold_bits: float,
    settings: LinkSettings,
) -> Ints:
    """Clusters of all identities without K0 and K1 and without the vetoes of identifiers."""
    none = np.full(identities.height, -1, dtype=np.int64)
    blind = Clusters(nhs=none, pnc=none, max_size=settings.max_cluster_identities)
    blind.union(
        *pairs_of(
            con,
            "SELECT iid_l, iid_r FROM link_judged WHERE (passes & ~3) <> 0 "
            f"AND coalesce(veto, '') IN ('', 'two_identifiers') ORDER BY {EVIDENCE_ORDER}",
        )
    )
    told_apart = pairs.filter(~pl.col("is_kin_like")) if is_kin_apart else pairs
    return strengthen(blind, told_apart, births, threshold_bits)


def _by_group(
    con: duckdb.DuckDBPyConnection,
    identities: pl.DataFrame,
    attributes: pl.DataFrame | None,
    source: str | None,
) -> pl.DataFrame:
    """Missed share of known record pairs, by each attribute's groups; every pair counts for both its
    records."""
    members = con.sql("SELECT rec_key, iid, source FROM link_member").pl()
    known = identities.filter(pl.col("known").is_not_null()).with_columns(
        found=pl.col("n_records").sum().over("blind", "known") - 1,
        true=pl.col("n_records").sum().over("known") - 1,
    )
    rows = members.join(known.select("iid", "found", "true"), on="iid", how="left")
    if attributes is not None:
        rows = rows.join(attributes, on="rec_key", how="left")
    names = [c for c in (attributes.columns if attributes is not None else []) if c != "rec_key"]
    columns = {
        **({source or "agency": "source"} if rows["source"].null_count() < rows.height else {}),
        **{n: n for n in names},
    }
    parts = [
        rows.group_by(pl.col(column).cast(pl.String).fill_null("not_recorded").alias("group"))
        .agg(
            n_records=pl.len().cast(pl.Int64),
            n_known_pairs=pl.col("true").sum().cast(pl.Int64),
            n_missed_pairs=(pl.col("true") - pl.col("found")).sum().cast(pl.Int64),
        )
        .select(
            pl.lit(name).alias("attribute"),
            "group", "n_records", "n_known_pairs", "n_missed_pairs",
            missed_share=pl.when(pl.col("n_known_pairs") >= MIN_GROUP_PAIRS)
            .then(pl.col("n_missed_pairs") / pl.col("n_known_pairs")),
        )
        .sort("group")
        for name, column in columns.items()
    ]  # fmt: skip
    return pl.concat([pl.DataFrame(schema=BY_GROUP_SCHEMA), *parts])


def size_histogram(sizes: Sequence[int]) -> dict[str, int]:
    """How many people have each number of records; many are counted together."""
    counted: dict[str, int] = {}
    for size in sorted(sizes):
        name = str(size) if size <= LARGEST_SIZE else f"over_{LARGEST_SIZE}"
        counted[name] = counted.get(name, 0) + 1
    return counted


def measure(
    con: duckdb.DuckDBPyConnection,
    *,
    pairs: pl.DataFrame,
    births: Births,
    is_kin_apart: bool,
    strict_of: pl.DataFrame,
    thresholds: Sequence[Threshold],
    settings: LinkSettings,
    attributes: pl.DataFrame | None,
    source: str | None,
) -> Measured:
    """All estimates of one run, from its temp tables.

    Args:
        pairs: every scored pair: iid_l, iid_r, l, r (positions), believed, is_open, is_keyed.
        strict_of: iid, strict, cluster.
    """
    identities = (
        con.sql("SELECT iid, n_records, coalesce(c_nhs, c_pnc) AS known, is_told FROM link_identity")
        .pl()
        .join(strict_of, on="iid")
        .with_columns(pl.col("n_records").cast(pl.Int64))
        .sort("iid")
    )
    n_records = int(identities["n_records"].sum())
    people = identities.group_by("cluster").agg(n=pl.col("n_records").sum(), n_identities=pl.len())
    linked = int(people.filter(pl.col("n") > 1)["n"].sum())
    threshold = thresholds[0] if thresholds else None
    values: dict[str, Any] = {
        "spec_version": SPEC_VERSION,
        "n_records": n_records,
        "n_identities": identities.height,
        "n_people": people.height,
        "n_people_strict": identities["strict"].n_unique(),
        "tokenised_pct": _pct(float(identities.filter("is_told")["n_records"].sum()), n_records),
        "linked_pct": _pct(linked, n_records),
        "untold_found": _untold_found(
            identities.join(people.select("cluster", "n"), on="cluster").select("n_records", "is_told", "n")
        ),
        "identifier_pct": _pct(
            float(identities.filter(pl.col("known").is_not_null())["n_records"].sum()), n_records
        ),
        "people_by_records": size_histogram(people["n"].to_list()),
        "largest_person_spellings": int(people["n_identities"].max() or 0),  # type: ignore[arg-type]
        "pairs_by_match_key": _pairs_by_key(con),
        "threshold_bits": threshold.bits if threshold is not None and math.isfinite(threshold.bits) else None,
        "threshold_from": "known pairs" if threshold is not None and threshold.is_labelled else "model",
        "n_known_pairs_weighed": threshold.n_labelled if threshold is not None else 0,
        "n_second_pass_links": sum(t.n_links for t in thresholds),
    }
    values |= _precision_and_recall(con, identities, pairs, births, thresholds)
    by_group = pl.DataFrame(schema=BY_GROUP_SCHEMA)
    if settings.blind:
        bits = threshold.bits if threshold is not None else float("inf")
        blind = identities.with_columns(
            pl.Series("blind", _blind_clusters(con, identities, pairs, births, is_kin_apart, bits, settings))
        )
        values |= _blind_values(blind, values)
        if values["blind_recall"] is not None:
            by_group = _by_group(con, blind, attributes, source)
    else:
        values |= model_recall(
            values["model_recall"], (values["tokenised_pct"] or 0.0) / 100.0, values["untold_found"]
        )
    return Measured(values=values, by_group=by_group)


def _pct(part: float, whole: float) -> float | None:
    return 100.0 * part / whole if whole else None


def _pairs_by_key(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Linked pairs that share each match-key, and those that one key alone holds."""
    counts = ", ".join(
        f"count(*) FILTER ((passes & {1 << n}) <> 0), count(*) FILTER (passes = {1 << n})"
        for n in range(len(MATCH_KEYS))
    )
    row = con.execute(f"SELECT {counts} FROM link_judged WHERE veto IS NULL").fetchone() or (0,) * 32
    return {
        name: int(row[2 * n + offset])
        for n, key in enumerate(MATCH_KEYS)
        for offset, name in ((0, key), (1, f"{key}_alone"))
    }


def _precision_and_recall(
    con: duckdb.DuckDBPyConnection,
    identities: pl.DataFrame,
    pairs: pl.DataFrame,
    births: Births,
    thresholds: Sequence[Threshold],
) -> dict[str, Any]:
    """Estimates from known pairs where there are enough, else from the model."""
    known = con.execute(
        "SELECT count(*) FILTER (known_l = known_r), count(*) FROM link_judged WHERE (passes & ~3) <> 0 "
        "AND known_l IS NOT NULL AND known_r IS NOT NULL AND coalesce(veto, '') IN ('', 'two_identifiers')"
    ).fetchone() or (0, 0)
    keyed = pairs.filter("is_keyed")
    if known[1] >= MIN_KNOWN_PAIRS:
        strict_precision: float | None = known[0] / known[1]
    elif keyed.height:
        strict_precision = float(keyed["believed"].mean() or 0.0)  # type: ignore[arg-type]
    else:
        strict_precision = None
    n_identical = int(identities["n_records"].sum()) - identities.height
    n_strict = identities.height - identities["strict"].n_unique() + n_identical
    n_second = sum(t.n_links for t in thresholds)
    right_second = sum(
        t.n_links * t.estimated_precision for t in thresholds if t.estimated_precision is not None
    )
    right_strict = (n_strict - n_identical) * (
        strict_precision if strict_precision is not None else 1.0
    ) + n_identical
    cluster = identities["cluster"].to_numpy()
    left_out = pairs.filter("is_open")
    left, right_side = left_out["l"].to_numpy(), left_out["r"].to_numpy()
    apart = cluster[left] != cluster[right_side]
    odds_bits = evidence(
        cluster, left[apart], right_side[apart], left_out["believed"].to_numpy()[apart], births
    )
    missed = float(probability(odds_bits).sum())
    right = right_strict + right_second
    return {
        "estimated_precision_strict": right_strict / n_strict if n_strict else None,
        **_precision(right, n_strict + n_second, int(known[1]), n_second),
        "model_recall": right / (right + missed) if right + missed else None,
        "strict_recall": right_strict / (right + missed) if right + missed else None,
    }


def _precision(right: float, n_links: int, n_known: int, n_second: float = 0.0) -> dict[str, Any]:
    """The estimate of precision, its interval, and whether known pairs or the model gave it.

    Of the links of the second pass, `n_second`, the upper end believes all.
    """
    if not n_links:
        ends = ("estimated_precision_low", "estimated_precision", "estimated_precision_high")
        return {**dict.fromkeys(ends), "precision_from": None}
    share = right / n_links
    if n_known >= MIN_KNOWN_PAIRS:
        low, high = wilson(share * n_known, n_known)
        weighed = min(n_second / n_links, 1.0)
        return {
            "estimated_precision": share,
            "estimated_precision_low": low,
            "estimated_precision_high": high + (1.0 - high) * weighed,
            "precision_from": "known pairs",
        }
    lowered = max(share - MODEL_PRECISION_MARGIN, 0.0)
    return {
        "estimated_precision": lowered,
        "estimated_precision_low": max(lowered - MODEL_PRECISION_MARGIN, 0.0),
        "estimated_precision_high": min(share + MODEL_PRECISION_MARGIN, 1.0),
        "precision_from": "model",
    }


def _recall(low: float, middle: float, high: float, told: float, untold_found: float) -> dict[str, float]:
    """Recall over all records from recall over those that say enough about who it is.

    A record that says too little is found through its agency's own reference, by the little that it says, or
    not at all. Of the pairs that it is in, none is found at worst, all at best; the estimate takes them to be
    found as much less often than others as `untold_found` says.
    """
    told_pairs = told**2
    return {
        "estimated_recall_low": max(low, 0.0) * told_pairs,
        "estimated_recall": max(middle, 0.0) * (told_pairs + (1 - told_pairs) * untold_found),
        "estimated_recall_high": min(high, 1.0),
    }


def _untold_found(people: pl.DataFrame) -> float:
    """How often pairs of records that say too little are found, as a share of how often others are.

    Within their own agency as often as they are seen linked to anybody; to other agencies nothing tells, so a
    half: the mean of both. A half where there are too few to see. `people`: n_records and is_told by
    identity, n by its cluster.
    """
    shares = []
    for part in (people.filter(~pl.col("is_told")), people.filter("is_told")):
        n = int(part["n_records"].sum())
        if n < MIN_KNOWN_PAIRS:
            return UNTOLD_FOUND
        shares.append(int(part.filter(pl.col("n") > 1)["n_records"].sum()) / n)
    seen = min(shares[0] / shares[1], 1.0) if shares[1] else UNTOLD_FOUND
    return (seen + UNTOLD_FOUND) / 2


def _blind_values(blind: pl.DataFrame, values: dict[str, Any]) -> dict[str, Any]:
    """The blind test's own rates, and the estimate of recall over all records with its interval."""
    pairs = agreement(blind, "blind")
    n_people = blind.filter(pl.col("known").is_not_null())["known"].n_unique()
    told = (values["tokenised_pct"] or 0.0) / 100.0
    if pairs["true_pairs"] < MIN_KNOWN_PAIRS:
        blank = dict.fromkeys(("blind_recall", "blind_recall_low", "blind_recall_high", "blind_precision"))
        return {**blank, **model_recall(values["model_recall"], told, values["untold_found"])}
    recall = pairs["found_pairs"] / pairs["true_pairs"]
    low, high = wilson(recall * min(n_people, pairs["true_pairs"]), min(n_people, pairs["true_pairs"]))
    both = ((values["identifier_pct"] or 0.0) / 100.0) ** 2
    worst, likely, best = (both + (1 - both) * share for share in (low, recall, high))
    return {
        "blind_recall": recall,
        "blind_recall_low": low,
        "blind_recall_high": high,
        "blind_precision": pairs["found_pairs"] / pairs["linked_pairs"] if pairs["linked_pairs"] else None,
        **_recall(worst, likely, best, told, values["untold_found"]),
        "recall_from": "known pairs",
    }


def model_recall(recall: float | None, told: float, untold_found: float = UNTOLD_FOUND) -> dict[str, Any]:
    """The estimate of recall where no pair is known: the model's, lowered, with a wide interval."""
    if recall is None:
        ends = ("estimated_recall_low", "estimated_recall", "estimated_recall_high")
        return {**dict.fromkeys(ends), "recall_from": None}
    lowered = recall - MODEL_MARGIN
    made = _recall(lowered - MODEL_MARGIN, lowered, recall + MODEL_MARGIN, told, untold_found)
    return {**made, "recall_from": "model"}
