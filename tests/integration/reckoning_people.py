"""Who is harmed, again, and by whom, again: the cubes of people, worked out from the truth beside the sample.

What belongs here: people by quarter and year, by an agency's own references, by stage of suspicion, written a
second time in plain polars. What does not: which records (``reckoning.py``), how people were helped
(``reckoning_help.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from schemas.agencies import read_agencies
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED
from schemas.measures.cubes import CUBES
from tests.integration.reckoning_columns import UNKNOWN, counted, group_of, latest_of, quarter_of

if TYPE_CHECKING:
    from tests.integration.reckoning import Reckoning

SPECIALIST = ("isva", "sarc")
"""Agencies of the sample that are specialist sexual-violence services and send records of incidents."""
STAGES = {"named": None, "charged": ("charged", "convicted"), "convicted": ("convicted", "cautioned")}
"""Stages of a suspect that a row of the board pack takes in; None: every stage but ``eliminated``."""
LOOK_BACK_DAYS = 365


def _victim_quarters(reckoning: Reckoning) -> pl.DataFrame:
    rows, by = reckoning.victims, ("person", "period")
    people = rows.select(by).unique()
    plain = {
        "area": UNKNOWN,
        "age_band": UNKNOWN,
        "sex": UNKNOWN,
        "ethnicity5": (*UNKNOWN, "not_stated"),
        "disability": UNKNOWN,
        "religion": UNKNOWN,
        "relationship": UNKNOWN,
    }
    for column, ignored in plain.items():
        people = people.join(latest_of(rows, column, by, ignored), on=by, how="left")
    return people.with_columns(pl.col(*plain).fill_null(NOT_RECORDED)).join(
        _seen_again(reckoning), on=by, how="left"
    )


def _seen_again(reckoning: Reckoning) -> pl.DataFrame:
    """RV-E of each person and quarter: a second day, or a second agency, within 365 days; known of people
    whom an agency with four full quarters of history knows."""
    rows = reckoning.victims.select("person", "period", "day", "agency")
    full = {a.agency: str(max(a.joined, reckoning.partnership.first_quarter).plus(4))
            for a in read_agencies().values()}
    gap = (pl.col("day") - pl.col("day_right")).dt.total_days()
    later = gap.is_between(1, LOOK_BACK_DAYS)
    elsewhere = (gap == 0) & (pl.col("agency") != pl.col("agency_right"))
    dated = rows.drop_nulls("day")
    again = (
        dated.join(dated, on="person").filter(later | elsewhere)
        .select("person", "period", pl.lit(True).alias("again")).unique()
    )
    people = rows.group_by("person", "period").agg(
        pl.col("day").max().is_null().alias("is_unknown"),
        (pl.col("agency").replace_strict(full) <= pl.col("period")).any().alias("has_history"),
    )
    return people.join(again, on=["person", "period"], how="left").select(
        "person",
        "period",
        pl.when(pl.col("is_unknown") | ~pl.col("has_history"))
        .then(pl.lit(NOT_RECORDED))
        .when(pl.col("again"))
        .then(pl.lit("yes"))
        .otherwise(pl.lit("no"))
        .alias("is_seen_again"),
    )


def _known_people(reckoning: Reckoning) -> pl.DataFrame:
    """One row for each person whom an agency knows by its own references, and quarter."""
    rows = reckoning.victims.drop("person").rename({"person_ref": "person"})
    by = ("agency", "person", "period")
    people = rows.select(by).unique()
    for column in ("age_band", "sex", "ethnicity5", "disability", "religion", "orientation",
                   "gender_identity"):
        ignored = (*UNKNOWN, "not_stated") if column == "ethnicity5" else UNKNOWN
        people = people.join(latest_of(rows, column, by, ignored), on=by, how="left")
    return people.with_columns(pl.exclude(by).fill_null(NOT_RECORDED))


def _next_reports(reckoning: Reckoning) -> pl.DataFrame:
    """One row for each person and quarter: how long after their first report in it the next one came."""
    rows = reckoning.crimes.select("person", "period", "day").unique()
    first = rows.group_by("person", "period").agg(pl.col("day").min())
    days = rows.drop_nulls("day").select("person", pl.col("day").alias("next")).unique()
    gap = (pl.col("next") - pl.col("day")).dt.total_days()
    waited = (
        first.join(days, on="person").filter(gap > 0)
        .group_by("person", "period").agg(gap.min().alias("days"))
    )
    band = pl.col("days").cut([30, 90, 180, 365], labels=[
        "le_30_days", "le_90_days", "le_180_days", "le_365_days", "none_in_365_days",
    ]).cast(pl.String)
    return first.drop_nulls("day").join(waited, on=["person", "period"], how="left").with_columns(
        band.fill_null("none_in_365_days").alias("next_report"))


def _victim_years(reckoning: Reckoning) -> pl.DataFrame:
    """One row for each person and calendar year: crimes of the year, area and deprivation of residence."""
    rows, by = reckoning.crimes.with_columns(pl.col("period").str.head(4)), ("person", "period")
    n = rows.group_by(by).agg(pl.col("incident_ref").n_unique().alias("n"))
    for column in ("area", "deprivation_quintile"):
        n = n.join(latest_of(rows, column, by), on=by, how="left")
    return n.select(
        *by,
        pl.col("area", "deprivation_quintile").fill_null(NOT_RECORDED),
        pl.when(pl.col("n") >= 5).then(pl.lit("5_or_more"))
        .when(pl.col("n") >= 3).then(pl.lit("3_or_4"))
        .otherwise(pl.col("n").cast(pl.String)).alias("n_crimes"),
    )


def _referred_years(reckoning: Reckoning) -> pl.DataFrame:
    """One row for each person and calendar year of a referral: whether to a by-and-for service, and ethnic
    group."""
    linked = pl.col("may_link") == "yes"
    referrals = reckoning.records("referrals").with_columns(
        pl.when(linked).then(pl.col("true_person")).otherwise(pl.format("own {} {}", "agency", "person_ref"))
        .alias("person"),
        pl.when(linked).then(pl.col("made_date")).alias("day"),
        pl.col("made_date").dt.strftime("%Y-%m").alias("month"),
        pl.col("made_date").dt.year().cast(pl.String).alias("period"),
        group_of("ethnicity", "ethnicity19", "ethnicity5").alias("ethnicity5"),
    )
    sent = referrals.filter(pl.col("referral_status") != "consent_not_given")
    people = sent.group_by("person", "period").agg(
        pl.when((pl.col("destination") == "by_and_for").any()).then(pl.lit("yes"))
        .when(pl.col("destination").is_in(UNKNOWN).any()).then(pl.lit(NOT_RECORDED))
        .otherwise(pl.lit("no")).alias("is_by_and_for"))
    columns = ("person", "month", "day", "agency", "ethnicity5")
    told = pl.concat([referrals.select(columns), reckoning.victims.select(columns)])
    until = people.join(told, on="person").filter(pl.col("month").str.head(4) <= pl.col("period"))
    by = ("person", "period")
    groups = latest_of(until, "ethnicity5", by, (*UNKNOWN, "not_stated"))
    return people.join(groups, on=by, how="left").with_columns(pl.col("ethnicity5").fill_null(NOT_RECORDED))


def _pairs(reckoning: Reckoning) -> pl.DataFrame:
    """One row for each victim and suspect of one recorded crime."""
    victims = reckoning.victims.filter(pl.col("agency") == "police").select(
        "agency", "period", "incident_ref", "relationship", "sex")
    suspects = reckoning.suspects.select("agency", "incident_ref", pl.col("sex").alias("other"))
    known = ["female", "male"]
    return victims.join(suspects, on=["agency", "incident_ref"]).with_columns(
        pl.when(pl.col("sex").is_in(known) & pl.col("other").is_in(known))
        .then(pl.format("{}_by_{}", "sex", "other"))
        .otherwise(pl.lit(NOT_RECORDED))
        .alias("sex_of_both")
    )


def _new_clients(reckoning: Reckoning) -> pl.DataFrame:
    """One row for each client and quarter in which support of theirs began."""
    standard = [e.code for e in codelist("age_bands").entries if e.attributes["is_standard"] == "yes"]
    rows = reckoning.records("cases").with_columns(
        quarter_of("start_date"),
        pl.when(pl.col("age_band").is_in(standard) & (pl.col("age_band") != NOT_RECORDED))
        .then("age_band").alias("age_band"),
    )
    return rows.group_by("agency", "period", "person_ref").agg(
        pl.col("age_band").max().fill_null(NOT_RECORDED))


def suspect_quarters(reckoning: Reckoning, stage: str, *, own: bool = False) -> pl.DataFrame:
    """``own``: people as each agency's own references know them, told apart where linkage does."""
    stages, by = STAGES[stage], ("person", "period")
    everyone, victims = reckoning.suspects, reckoning.victims
    if own:
        as_known = pl.format("{} {}", "agency", "person_ref")
        everyone = everyone.with_columns(pl.concat_str(as_known, pl.col("person")).alias("person"))
        victims = victims.with_columns(as_known.alias("person"))
    rows = everyone if stages is None else everyone.filter(pl.col("stage").is_in(list(stages)))
    people = rows.group_by(by).agg(
        pl.col("day").max().alias("last"),
        pl.col("agency").first(),
        pl.when(pl.col("stage").is_in(["named", NOT_RECORDED]).all()).then(pl.lit("yes"))
        .otherwise(pl.lit("no")).alias("is_outstanding"),
    )
    for column, ignored in {
        "age_band": UNKNOWN,
        "sex": UNKNOWN,
        "ethnicity5": (*UNKNOWN, "not_stated"),
    }.items():
        people = people.join(latest_of(rows, column, by, ignored), on=by, how="left")
    gap = (pl.col("last") - pl.col("day")).dt.total_days()
    held = (
        people.select(*by, "last")
        .join(rows.select("person", "day", "agency", "incident_ref"), on="person")
        .filter(gap.is_between(0, LOOK_BACK_DAYS))
    )
    incidents = held.group_by(by).agg(pl.struct("agency", "incident_ref").n_unique().alias("n_incidents"))
    harmed = (
        held.join(
            victims.select("agency", "incident_ref", pl.col("person").alias("victim")),
            on=["agency", "incident_ref"],
        )
        .group_by(by)
        .agg(pl.col("victim").n_unique().alias("n_victims"))
    )
    people = people.join(incidents, on=by, how="left").join(harmed, on=by, how="left")
    unknown = pl.lit(NOT_RECORDED)
    return people.with_columns(
        pl.col("age_band", "sex", "ethnicity5").fill_null(NOT_RECORDED),
        pl.when(pl.col("last").is_null())
        .then(unknown)
        .when(pl.col("n_incidents") >= 2)
        .then(pl.lit("yes"))
        .otherwise(pl.lit("no"))
        .alias("is_repeat"),
        pl.when(pl.col("last").is_null() | pl.col("n_victims").is_null())
        .then(unknown)
        .when(pl.col("n_victims") >= 2)
        .then(pl.lit("yes"))
        .otherwise(pl.lit("no"))
        .alias("is_multiple"),
    )


def people_counted(
    frame: pl.DataFrame, records: pl.DataFrame, dimensions: tuple[str, ...], agencies: tuple[str, ...] | None
) -> pl.DataFrame:
    """Counts of everybody, and for each agency that knows some of them, of those whom it knows in that
    quarter."""
    knows = sorted(a for a in records["agency"].unique() if agencies is None or a in agencies)
    parts = [("", frame)]
    if len(knows) > 1:
        parts += [
            (
                agency,
                frame.join(records.filter(pl.col("agency") == agency), on=["person", "period"], how="semi"),
            )
            for agency in knows
        ]
    return pl.concat(
        part.group_by("period", *dimensions)
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .with_columns(pl.lit("").alias("agency"), pl.lit(contributor).alias("contributor"))
        for contributor, part in parts
    )


def people_cubes(reckoning: Reckoning) -> dict[str, pl.DataFrame]:
    """By cube: agency, contributor, period, its dimensions, n."""
    made = {
        "pairs_by_relationship": counted(_pairs(reckoning), "relationship", "sex_of_both"),
        "new_clients": counted(_new_clients(reckoning), "age_band"),
    }
    known = _known_people(reckoning)
    for name, column in (("age", "age_band"), ("sex", "sex"), ("ethnicity", "ethnicity5"),
                         ("disability", "disability"), ("religion", "religion")):
        made[f"known_by_{name}"] = counted(known, column)
    clients = known.filter(pl.col("agency").is_in(SPECIALIST))
    for column in ("orientation", "gender_identity"):
        made[f"clients_by_{column}"] = counted(clients, column)
    victims = _victim_quarters(reckoning)
    by_people = (
        reckoning.crimes.select("person", "period")
        .unique()
        .join(latest_of(reckoning.crimes, "area", ("person", "period")), on=["person", "period"], how="left")
        .join(
            reckoning.crimes.group_by("person", "period").agg(
                pl.when((pl.col("is_repeat") == "yes").any())
                .then(pl.lit("yes"))
                .when((pl.col("is_repeat") == NOT_RECORDED).any())
                .then(pl.lit(NOT_RECORDED))
                .otherwise(pl.lit("no"))
                .alias("is_repeat"),
                *(
                    pl.when((pl.col(name) == "yes").any())
                    .then(pl.lit("yes"))
                    .otherwise(pl.col(name).last())
                    .alias(name)
                    for name in ("is_same_suspect", "is_same_offence")
                ),
            ),
            on=["person", "period"],
        )
        .with_columns(pl.col("area").fill_null(NOT_RECORDED))
    )
    people = {
        "victims_by_age_sex": (victims, ("area", "age_band", "sex")),
        "victims_by_ethnicity": (victims, ("area", "ethnicity5")),
        "victims_by_disability": (victims, ("disability",)),
        "victims_by_religion": (victims, ("religion",)),
        "victims_by_relationship": (victims, ("relationship", "sex")),
        "victims_seen_again": (victims, ("is_seen_again",)),
        "victims_repeat": (by_people, ("area", "is_repeat")),
        "incidents_repeat": (
            reckoning.crimes.drop("area").rename({"offence_area": "area"}),
            ("area", "is_repeat"),
        ),
        "victims_repeat_by_suspect": (by_people, ("is_repeat", "is_same_suspect")),
        "victims_repeat_by_offence": (by_people, ("is_repeat", "is_same_offence")),
        "victims_next_report": (_next_reports(reckoning), ("next_report",)),
        "crimes_repeat_flagged": (reckoning.crimes, ("is_repeat", "is_flagged_repeat")),
        "crimes_repeat_referred": (reckoning.crimes, ("is_repeat", "referred_within")),
        "crimes_by_residence": (
            reckoning.crimes.drop("residence_area").rename({"area": "residence_area"}), ("residence_area",)),
        "crimes_by_offence_age": (reckoning.crimes, ("offence_age_band",)),
        "victims_of_year_by_area": (_victim_years(reckoning), ("area",)),
        "victims_of_year_by_crimes": (_victim_years(reckoning), ("n_crimes",)),
        "victims_of_year_by_deprivation": (_victim_years(reckoning), ("deprivation_quintile",)),
    }
    for name, (frame, dimensions) in people.items():
        made[name] = people_counted(frame, reckoning.victims, dimensions, CUBES[name].agency_kinds or None)
    referred = counted(_referred_years(reckoning).with_columns(pl.lit("").alias("agency")),
                       "ethnicity5", "is_by_and_for")
    made["referred_by_and_for"] = referred
    for stage in STAGES:
        frame = suspect_quarters(reckoning, stage)
        for name, dimensions in (
            ("by_age_band_sex", ("age_band", "sex")),
            ("by_ethnicity", ("ethnicity5",)),
            ("repeat", ("is_repeat", "is_multiple")),
            *((("outstanding", ("is_outstanding",)),) if stage == "named" else ()),
        ):
            made[f"{stage}_{name}"] = people_counted(frame, reckoning.suspects, dimensions, None)
        own = suspect_quarters(reckoning, stage, own=True)
        made[f"{stage}_repeat_own"] = counted(own, "is_repeat", "is_multiple")
    return made
