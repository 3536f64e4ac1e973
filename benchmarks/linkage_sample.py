"""The sample partnership as a case: its people as intake accepts them, with the truth kept beside them.

What belongs here: reading the sample's deliveries and its truth, and the measures that a board reads (repeat
victims, people whom two agencies know, twins and relatives taken for one person). What does not: taking a
delivery in (pipelines.intake), linking (linkage_methods.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any, Final

import polars as pl

from benchmarks.linkage_csv import CaseProblem
from benchmarks.linkage_files import FIELDS, Case, Facts

SAMPLE: Final = Path(__file__).resolve().parents[1] / "data" / "sample"
TODAY: Final = date(2026, 11, 20)
"""Day on which the sample's deliveries are read; none of its dates is later."""
LOOK_BACK_DAYS: Final = 365
"""A repeat victim had another report within twelve months before (standards' definition)."""
MANIFEST: Final = "manifest.json"


def _folders(sample: Path) -> dict[tuple[str, str], Path]:
    """(agency, quarter) → its delivery; a resent one replaces the first."""
    folders = sorted((p.parent for p in sample.glob(f"*/*/{MANIFEST}")), key=lambda p: p.name)
    return {(p.parent.name, p.name.split(".")[0]): p for p in folders}


def _accepted(role: str, sample: Path) -> dict[str, pl.DataFrame]:
    """Dataset → every accepted record of the role, in its latest version, with its agency."""
    from pipelines.intake.delivery import take_in
    from schemas.agencies import Tier, read_agencies
    from schemas.datasets import DATASETS
    from schemas.quarters import Quarter

    agencies = read_agencies()
    wanted = {name: d for name, d in DATASETS.items() if d.role == role}
    found: dict[str, list[pl.DataFrame]] = {name: [] for name in wanted}
    for (name, quarter), folder in sorted(_folders(sample).items(), key=lambda item: item[0][1]):
        if name not in agencies or agencies[name].tier is not Tier.IDENTIFIED:
            continue
        files = {p.name: p.read_bytes() for p in folder.iterdir() if p.name != MANIFEST}
        if not files:
            continue
        intake = take_in(agencies[name], Quarter.parse(quarter), files, today=TODAY)
        if intake.stopped:
            raise CaseProblem(
                f"The sample's delivery [{name}] [{quarter}] is refused at intake. Make the sample again."
            )
        for dataset, frame in intake.accepted.items():
            if dataset in wanted and "may_link" in frame.columns:
                found[dataset].append(frame.with_columns(agency=pl.lit(name)))
    return {
        name: pl.concat(frames, how="diagonal_relaxed").unique(
            ["agency", *wanted[name].key], keep="last", maintain_order=True
        )
        for name, frames in found.items()
        if frames
    }


def _with_truth(name: str, frame: pl.DataFrame, key: tuple[str, ...], sample: Path) -> pl.DataFrame:
    """The records that may be linked, with the person whom each is about."""
    truth = pl.read_csv(sample / "truth" / f"{name}.csv.gz", infer_schema=False)
    who = truth.filter(pl.col("is_left_out").is_null()).unique(
        ["agency", *key], keep="last", maintain_order=True
    )
    joined = frame.filter(pl.col("may_link") == "yes").join(
        who.select("agency", *key, "true_person"), on=["agency", *key], how="left"
    )
    if joined["true_person"].null_count():
        raise CaseProblem(
            f"[{joined['true_person'].null_count()}] records of [{name}] are not in the sample's truth. "
            "Make the sample again: its extracts and its truth are of two versions."
        )
    return joined


def _facts(records: pl.DataFrame, sample: Path) -> Facts:
    """What the people's measures need besides who is whom."""
    persons = pl.read_csv(sample / "truth" / "persons.csv", infer_schema=False)
    incidents = pl.read_csv(sample / "truth" / "incidents.csv.gz", infer_schema=False)
    crimes = (
        incidents.filter(pl.col("is_left_out").is_null(), pl.col("agency") == "police")
        .unique("incident_ref", keep="last", maintain_order=True)
        .filter(pl.col("status") == "recorded")
    )
    reports = records.filter(pl.col("dataset") == "victims", pl.col("source") == "police").join(
        crimes.select("incident_ref"), on="incident_ref", how="semi"
    )
    here = persons.filter(pl.col("true_person").is_in(records["truth"].unique().implode()))
    known = set(here["true_person"])
    twins = {
        (min(a, b), max(a, b))
        for a, b in here.select("true_person", "twin_of").drop_nulls().iter_rows()
        if b in known
    }
    homes = here.group_by("household").agg(pl.col("true_person").sort())["true_person"].to_list()
    relatives = {pair for home in homes for pair in combinations(home, 2)} - twins
    return Facts(
        reports=reports.select("rec_key", "report_date"),
        twins=sorted(twins),
        household=sorted(relatives),
    )


def sample_case(*, role: str = "victim", sample: Path = SAMPLE) -> Case:
    """Every record of a role that may be linked, as intake accepts it; `sample` may be another one's folder,
    drawn from another seed.

    Raises CaseProblem, in words, where the sample is not there or does not fit its truth.
    """
    from schemas.datasets import DATASETS

    if not (sample / "truth" / "persons.csv").is_file() or not _folders(sample):
        raise CaseProblem("There is no sample. Make it with `make sample`, or choose cases with --case.")
    parts = []
    for name, frame in _accepted(role, sample).items():
        joined = _with_truth(name, frame, DATASETS[name].key, sample)
        held = [c for c in FIELDS if c in joined.columns and c != "own_ref"]
        extra = [c for c in ("incident_ref", "report_date") if c in joined.columns]
        parts.append(
            joined.select(
                pl.col("agency").alias("source"),
                pl.col("true_person").alias("truth"),
                pl.lit(name).alias("dataset"),
                pl.format("{}|{}", "agency", "person_ref").alias("own_ref"),
                *(pl.col(c).cast(pl.String) for c in held),
                *extra,
            )
        )
    records = pl.concat(parts, how="diagonal").with_row_index("rec_key")
    records = records.with_columns(
        pl.col("rec_key").cast(pl.String),
        *(pl.lit(None, dtype=pl.String).alias(f) for f in FIELDS if f not in records.columns),
    )
    return Case(
        name="sample" if role == "victim" else f"sample_{role}s",
        records=records.select("rec_key", "source", "truth", *FIELDS),
        is_across=False,
        role=role,
        facts=_facts(records, sample) if role == "victim" else None,
    )


def _repeat_share(reports: pl.DataFrame, who: str) -> float:
    """Share of the police's victims of a quarter who had another report in the year before, over the
    quarters with a whole year before them."""
    days = reports.select(pl.col(who).alias("who"), "rec_key", "report_date")
    gap = (pl.col("report_date") - pl.col("report_date_right")).dt.total_days()
    again = days.join(days, on="who").filter(gap.is_between(1, LOOK_BACK_DAYS))["rec_key"].unique()
    first = reports["report_date"].dt.truncate("1q").min()
    people = (
        days.filter(pl.col("report_date") >= pl.lit(first).dt.offset_by("1y"))
        .group_by("who", pl.col("report_date").dt.truncate("1q").alias("quarter"))
        .agg(pl.col("rec_key").is_in(again.implode()).any().alias("is_repeat"))
    )
    return float(people["is_repeat"].mean() or 0.0)  # type: ignore[arg-type]


def _seen_by_two(records: pl.DataFrame, who: str) -> float:
    """Share of people who have a record at two agencies or more."""
    agencies = records.group_by(who).agg(pl.col("source").n_unique().alias("n"))
    return float((agencies["n"] >= 2).mean() or 0.0)  # type: ignore[arg-type]


def _mistaken(records: pl.DataFrame, pairs: list[tuple[str, str]]) -> float:
    """Share of pairs of people of whom one cluster holds a record of each."""
    ids = {t: set(c) for t, c in records.group_by("truth").agg(pl.col("cluster").unique()).iter_rows()}
    return sum(1 for a, b in pairs if ids[a] & ids[b]) / len(pairs) if pairs else 0.0


ROUNDING_BASE: Final = 5
DRAWS: Final = 40
"""Draws of the rounding that the published range is tried on."""


def _quarterly(reports: pl.DataFrame, who: str) -> dict[str, tuple[int, int]]:
    """Quarter → (repeat victims, victims), over the quarters with a whole year before them."""
    days = reports.select(pl.col(who).alias("who"), "rec_key", "report_date")
    gap = (pl.col("report_date") - pl.col("report_date_right")).dt.total_days()
    again = days.join(days, on="who").filter(gap.is_between(1, LOOK_BACK_DAYS))["rec_key"].unique()
    first = reports["report_date"].dt.truncate("1q").min()
    quarter = pl.format("{}-Q{}", pl.col("report_date").dt.year(), pl.col("report_date").dt.quarter())
    people = (
        days.filter(pl.col("report_date") >= pl.lit(first).dt.offset_by("1y"))
        .group_by("who", quarter.alias("quarter"))
        .agg(pl.col("rec_key").is_in(again.implode()).any().alias("is_repeat"))
    )
    counted = people.group_by("quarter").agg(pl.col("is_repeat").sum(), pl.len()).sort("quarter")
    return {q: (int(n), int(of)) for q, n, of in counted.iter_rows()}


def published_ranges(facts: Facts, linked: pl.DataFrame, quality: Mapping[str, Any]) -> dict[str, float]:
    """What becomes of the repeat rate's published range over draws of the rounding: share of quarters that it
    is withheld in as too wide; of the others, share that it misses the truth in, mean and widest in points.

    `linked`: rec_key, truth, person_uid, strict_uid.
    """
    from pipelines.release.ranges import Share, is_told, narrowest

    reports = facts.reports.join(linked, on="rec_key")
    true, strict, every = (_quarterly(reports, who) for who in ("truth", "strict_uid", "person_uid"))
    rates = {name: round(float(quality[name]), 3) for name in ("estimated_precision", "estimated_recall")}
    rng = Random(0)

    def rounded(n: int) -> int:
        rest = n % ROUNDING_BASE
        return n - rest + (ROUNDING_BASE if rng.random() < rest / ROUNDING_BASE else 0)

    def share(counts: tuple[int, int]) -> Share:
        n_with = rounded(counts[0])
        return Share(n_with=n_with, n_people=n_with + rounded(counts[1] - counts[0]), n_unknown=0)

    quarters = list(true)
    misses, withheld, widths = 0, 0, []
    for _ in range(DRAWS):
        shares = {q: (share(strict[q]), share(every[q])) for q in quarters}
        for i, quarter in enumerate(quarters):
            made, n = narrowest(shares, quarter, rates, ROUNDING_BASE)
            if not is_told("victims_repeat", made):
                withheld += 1
                continue
            over = [true[q] for q in quarters[i - n + 1 : i + 1]]
            pct = 100 * sum(a for a, _ in over) / sum(b for _, b in over)
            misses += not round(made.low_pct, 1) <= pct <= round(made.high_pct, 1)
            widths.append(round(made.high_pct, 1) - round(made.low_pct, 1))
    return {
        "repeat_range_withheld": withheld / (DRAWS * len(quarters)),
        "repeat_range_missed": misses / max(len(widths), 1),
        "repeat_range_mean": sum(widths) / max(len(widths), 1),
        "repeat_range_widest": max(widths, default=0.0),
    }


def people_measures(facts: Facts, linked: pl.DataFrame) -> dict[str, float]:
    """What linkage error does to what a board reads: each measure as linked and in truth, as shares.

    `linked`: rec_key, source, truth, cluster (null: linked to nobody), one row per record.
    """
    whole = linked.with_columns(pl.coalesce("cluster", pl.format("alone {}", "rec_key")).alias("cluster"))
    reports = facts.reports.join(whole, on="rec_key")
    return {
        "repeat_victim_rate": _repeat_share(reports, "cluster"),
        "repeat_victim_rate_true": _repeat_share(reports, "truth"),
        "seen_by_two_agencies": _seen_by_two(whole, "cluster"),
        "seen_by_two_agencies_true": _seen_by_two(whole, "truth"),
        "false_links_twins": _mistaken(whole, facts.twins),
        "n_twin_pairs": float(len(facts.twins)),
        "false_links_household": _mistaken(whole, facts.household),
        "n_household_pairs": float(len(facts.household)),
    }
