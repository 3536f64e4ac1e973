"""The sample partnership as a case: its people as intake accepts them, with the truth kept beside them.

What belongs here: reading the sample's deliveries and its truth, and the measures that a board reads (repeat
victims, people whom two agencies know, twins and relatives taken for one person). What does not: taking a
delivery in (pipelines.intake), linking (linkage_methods.py).
"""

from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.linkage_files import FIELDS, Case, CaseProblem, Facts

SAMPLE: Final = Path(__file__).resolve().parents[1] / "data" / "sample"
TODAY: Final = date(2026, 11, 20)
"""Day on which the sample's deliveries are read; none of its dates is later."""
LOOK_BACK_DAYS: Final = 365
"""A repeat victim had another report within twelve months before (standards' definition)."""
MANIFEST: Final = "manifest.json"


def _folders() -> dict[tuple[str, str], Path]:
    """(agency, quarter) → its delivery; a resent one replaces the first."""
    folders = sorted((p.parent for p in SAMPLE.glob(f"*/*/{MANIFEST}")), key=lambda p: p.name)
    return {(p.parent.name, p.name.split(".")[0]): p for p in folders}


def _accepted(role: str) -> dict[str, pl.DataFrame]:
    """Dataset → every accepted record of the role, in its latest version, with its agency."""
    from pipelines.intake.delivery import take_in
    from schemas.agencies import Tier, read_agencies
    from schemas.datasets import DATASETS
    from schemas.quarters import Quarter

    agencies = read_agencies()
    wanted = {name: d for name, d in DATASETS.items() if d.role == role}
    found: dict[str, list[pl.DataFrame]] = {name: [] for name in wanted}
    for (name, quarter), folder in sorted(_folders().items(), key=lambda item: item[0][1]):
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


def _with_truth(name: str, frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """The records that may be linked, with the person whom each is about."""
    truth = pl.read_csv(SAMPLE / "truth" / f"{name}.csv.gz", infer_schema=False)
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


def _facts(records: pl.DataFrame) -> Facts:
    """What the people's measures need besides who is whom."""
    persons = pl.read_csv(SAMPLE / "truth" / "persons.csv", infer_schema=False)
    incidents = pl.read_csv(SAMPLE / "truth" / "incidents.csv.gz", infer_schema=False)
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


def sample_case(*, role: str = "victim") -> Case:
    """Every record of a role that may be linked, as intake accepts it.

    Raises CaseProblem, in words, where the sample is not there or does not fit its truth.
    """
    from schemas.datasets import DATASETS

    if not (SAMPLE / "truth" / "persons.csv").is_file() or not _folders():
        raise CaseProblem("There is no sample. Make it with `make sample`, or choose cases with --case.")
    parts = []
    for name, frame in _accepted(role).items():
        joined = _with_truth(name, frame, DATASETS[name].key)
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
        facts=_facts(records) if role == "victim" else None,
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
