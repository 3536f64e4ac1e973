"""What every count should be, worked out from the truth beside the sample: plain polars, none of the
pipeline's SQL.

What belongs here: the definitions of the cubes' entries, written a second time. What does not: comparing
(``test_truth.py``). Facts of the law and of the code lists come from ``schemas``, which have tests of their
own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

import polars as pl

from anonymisation.coarsen import BANK_HOLIDAYS
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.offences import AgeGroup, kinds_of, offence
from schemas.partnership import Partnership
from schemas.quarters import Quarter
from tests.conftest import SAMPLE

UNKNOWN = (NOT_RECORDED, UNMAPPED)
SPECIALIST = ("isva", "sarc")
"""Agencies of the sample that are specialist sexual-violence services and send records of incidents."""
ORDER = {"named": None, "charged": ("charged", "convicted"), "convicted": ("convicted", "cautioned")}
"""Stages of a suspect that a row of the board pack takes in; None: every stage but ``eliminated``."""
LOOK_BACK_DAYS = 365
KEYS = {
    "incidents": ("incident_ref",),
    "victims": ("incident_ref", "person_ref"),
    "suspects": ("incident_ref", "person_ref"),
    "referrals": ("referral_ref",),
    "cases": ("case_ref",),
    "registrations": ("person_ref", "register"),
    "counts": ("quarter", "count_measure", "service_area", "sex", "age_band"),
}


@cache
def truth(dataset: str) -> pl.DataFrame:
    """Every version of every record of one dataset, as text."""
    return pl.read_csv(SAMPLE / "truth" / f"{dataset}.csv.gz", infer_schema=False)


@cache
def deliveries() -> pl.DataFrame:
    """What came when."""
    return pl.read_csv(SAMPLE / "truth" / "deliveries.csv", infer_schema=False).with_columns(
        pl.col("received_on").str.to_date()
    )


def _group(column: str, listed: str, group: str = "group") -> pl.Expr:
    """A code folded to its group; what is in no group keeps its code."""
    groups = {e.code: e.attributes[group] for e in codelist(listed).entries if e.attributes.get(group)}
    return pl.col(column).replace(groups)


def _latest(
    frame: pl.DataFrame, column: str, by: tuple[str, ...], ignored: tuple[str, ...] = UNKNOWN
) -> pl.DataFrame:
    """The value that was recorded last, by day (month, where the person may not be linked), agency, value."""
    known = frame.filter(~pl.col(column).is_in(list(ignored))).sort(
        "month", "day", "agency", column, nulls_last=False
    )
    return known.group_by(*by, maintain_order=True).agg(pl.col(column).last())


@dataclass(frozen=True)
class Reckoning:
    """Every cube as of the release of ``quarter``."""

    quarter: Quarter
    partnership: Partnership

    @cached_property
    def known(self) -> pl.DataFrame:
        """agency, quarter, delivery of what the release sees: all that came by its cut-off. A resend adds
        rows to those of the first delivery."""
        cut_off = self.quarter.last_day + timedelta(days=self.partnership.cut_off_days)
        return deliveries().filter(
            pl.col("quarter") <= str(self.quarter), pl.col("received_on") <= cut_off
        ).select("agency", "quarter", "delivery")

    def records(self, dataset: str) -> pl.DataFrame:
        """Every record in its latest version; empty cells read ``not_recorded``, dates are dates."""
        seen = (
            truth(dataset)
            .filter(pl.col("is_left_out").is_null())
            .with_columns(pl.col("delivery").fill_null("first"))
            .join(self.known, on=["agency", "quarter", "delivery"], how="semi")
        )
        last = seen.sort("quarter", "delivery").unique(
            ["agency", *KEYS[dataset]], keep="last", maintain_order=True
        )
        dates = [name for name in last.columns if name.endswith("_date")]
        return last.with_columns(
            *(pl.col(name).str.to_date() for name in dates),
            *(pl.col(name).fill_null(NOT_RECORDED) for name in last.columns if name not in dates),
        )

    def _area(self, *columns: str) -> pl.Expr:
        """The first area that is recorded; places that are not the partnership's are outside."""
        first = pl.lit(NOT_RECORDED)
        for column in reversed(columns):
            first = pl.when(pl.col(column) != NOT_RECORDED).then(pl.col(column)).otherwise(first)
        own = (*self.partnership.areas, "withheld", *UNKNOWN)
        return pl.when(first.is_in(list(own))).then(first).otherwise(pl.lit("outside")).alias("area")

    # incidents

    @cached_property
    def incidents(self) -> pl.DataFrame:
        """One row for each incident of each agency, with every dimension of its cubes."""
        rows = self.records("incidents")
        suspected = (
            self.records("suspects")
            .filter(pl.col("stage") != "eliminated")
            .select("agency", "incident_ref", pl.lit("yes").alias("has_suspect"))
            .unique()
        )
        bands = {
            e.code: _child(e.attributes["lower_years"], e.attributes["upper_years"])
            for e in codelist("age_bands").entries
        }
        young = (
            self.records("victims")
            .with_columns(
                pl.col("age_band").replace_strict(bands, default=None, return_dtype=pl.Boolean).alias("child")
            )
            .group_by("agency", "incident_ref")
            .agg(pl.col("child").any().alias("child"), pl.col("child").count().alias("n_known"))
        )
        rows = rows.join(suspected, on=["agency", "incident_ref"], how="left").join(
            young, on=["agency", "incident_ref"], how="left"
        )
        law = [_law(*pair) for pair in rows.select("offence_category", "offence_code").iter_rows()]
        last_day = pl.coalesce("occurred_to_date", "occurred_from_date")
        days = (pl.col("report_date") - last_day).dt.total_days()
        by_age = (
            pl.when(pl.col("n_known").fill_null(0) == 0)
            .then(pl.lit(NOT_RECORDED))
            .when(pl.col("child"))
            .then(pl.lit("child"))
            .otherwise(pl.lit("adult"))
        )
        kinds = [code for code in codelist("kinds").codes if code not in UNKNOWN]
        return rows.with_columns(
            pl.Series("offence_group", [one.group for one in law]),
            pl.Series("fixed", [one.age_group for one in law], dtype=pl.String),
            pl.Series("is_new_offence", [one.is_new for one in law]),
            pl.Series("law_kinds", [list(one.kinds) for one in law], dtype=pl.List(pl.String)),
            _quarter("report_date"),
            self._area("offence_area", "service_area"),
            pl.col("has_suspect").fill_null("no"),
            pl.when(last_day.is_null())
            .then(pl.lit(NOT_RECORDED))
            .when(days <= LOOK_BACK_DAYS)
            .then(pl.lit("recent"))
            .otherwise(pl.lit("non_recent"))
            .alias("recency"),
        ).with_columns(
            pl.coalesce("fixed", by_age).alias("victim_age_group"),
            *(
                pl.when(
                    pl.col("law_kinds").list.contains(code)
                    | pl.col("kinds").str.split(" ").list.contains(code)
                )
                .then(pl.lit("yes"))
                .otherwise(pl.lit("no"))
                .alias(f"kind_{code}")
                for code in kinds
            ),
        )

    @cached_property
    def referrals(self) -> pl.DataFrame:
        """One row for each referral, with every dimension of its cubes."""
        open_codes = [e.code for e in codelist("referral_status").entries if e.attributes["is_open"] == "yes"]
        start = pl.coalesce("consent_date", "made_date")
        return self.records("referrals").with_columns(
            _quarter("made_date"),
            self._area("residence_area", "service_area"),
            pl.coalesce(
                pl.struct(start.alias("start"), pl.col("contact_date").alias("end")).map_elements(
                    lambda pair: _wait(pair["start"], pair["end"]), return_dtype=pl.String
                ),
                pl.when(pl.col("referral_status").is_in(open_codes))
                .then(pl.lit("still_waiting"))
                .otherwise(pl.lit("not_known")),
            ).alias("wait_band"),
            _group("source", "referral_source"),
            _group("destination", "service_types"),
            _group("referral_status", "referral_status"),
        )

    # people

    def _people(self, dataset: str) -> pl.DataFrame:
        """Records of a role with who they are: the true person where they may be linked, else the agency's
        own."""
        linked = pl.col("may_link") == "yes"
        standard = [e.code for e in codelist("age_bands").entries if e.attributes["is_standard"] == "yes"]
        return self.records(dataset).with_columns(
            pl.when(linked)
            .then(pl.col("true_person"))
            .otherwise(pl.format("own {} {}", "agency", "person_ref"))
            .alias("person"),
            pl.when(linked).then(pl.col("report_date")).alias("day"),
            pl.col("report_date").dt.strftime("%Y-%m").alias("month"),
            pl.when(pl.col("age_band").is_in(standard))
            .then(pl.col("age_band"))
            .otherwise(pl.lit(NOT_RECORDED))
            .alias("age_band"),
            _group("ethnicity", "ethnicity19", "ethnicity5").alias("ethnicity5"),
        )

    @cached_property
    def victims(self) -> pl.DataFrame:
        """One row for each person harmed in a recorded incident."""
        incidents = self.incidents.filter(pl.col("status") == "recorded").select(
            "agency", "incident_ref", "period", pl.col("area").alias("offence_area")
        )
        return (
            self._people("victims")
            .with_columns(self._area("residence_area"), _group("relationship", "relationship"))
            .join(incidents, on=["agency", "incident_ref"], how="inner")
        )

    @cached_property
    def crimes(self) -> pl.DataFrame:
        """Victims of crimes that the police recorded, each with ``is_repeat``: another report 1 to 365 days
        before."""
        rows = self.victims.filter(pl.col("agency") == "police").with_row_index("row")
        dated = rows.drop_nulls("day").select("row", "person", "day")
        gap = (pl.col("day") - pl.col("day_right")).dt.total_days()
        again = (
            dated.join(dated, on="person", how="inner")
            .filter(gap.is_between(1, LOOK_BACK_DAYS))["row"]
            .unique()
        )
        return rows.with_columns(
            pl.when(pl.col("day").is_null())
            .then(pl.lit(NOT_RECORDED))
            .when(pl.col("row").is_in(again.implode()))
            .then(pl.lit("yes"))
            .otherwise(pl.lit("no"))
            .alias("is_repeat")
        )

    def _victim_quarters(self) -> pl.DataFrame:
        rows, by = self.victims, ("person", "period")
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
            people = people.join(_latest(rows, column, by, ignored), on=by, how="left")
        clients = rows.filter(pl.col("agency").is_in(SPECIALIST))
        people = people.join(_latest(clients, "orientation", by), on=by, how="left").join(
            clients.select(*by, pl.lit(True).alias("is_client")).unique(), on=by, how="left"
        )
        return people.with_columns(pl.col(*plain, "orientation").fill_null(NOT_RECORDED))

    @cached_property
    def suspects(self) -> pl.DataFrame:
        """One row for each person suspected in an incident that counts."""
        status = self.incidents.select("agency", "incident_ref", "status")
        rows = (
            self._people("suspects")
            .filter(pl.col("stage") != "eliminated")
            .join(status, on=["agency", "incident_ref"], how="left")
        )
        return rows.filter(pl.col("status").fill_null("recorded") == "recorded").with_columns(
            _quarter("report_date")
        )

    def _suspect_quarters(self, stage: str) -> pl.DataFrame:
        stages, by = ORDER[stage], ("person", "period")
        rows = self.suspects if stages is None else self.suspects.filter(pl.col("stage").is_in(list(stages)))
        people = rows.group_by(by).agg(pl.col("day").max().alias("last"))
        for column, ignored in {
            "age_band": UNKNOWN,
            "sex": UNKNOWN,
            "ethnicity5": (*UNKNOWN, "not_stated"),
        }.items():
            people = people.join(_latest(rows, column, by, ignored), on=by, how="left")
        gap = (pl.col("last") - pl.col("day")).dt.total_days()
        held = (
            people.select(*by, "last")
            .join(rows.select("person", "day", "agency", "incident_ref"), on="person")
            .filter(gap.is_between(0, LOOK_BACK_DAYS))
        )
        incidents = held.group_by(by).agg(pl.struct("agency", "incident_ref").n_unique().alias("n_incidents"))
        harmed = (
            held.join(
                self.victims.select("agency", "incident_ref", pl.col("person").alias("victim")),
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

    # cubes

    @cached_property
    def cubes(self) -> dict[str, pl.DataFrame]:
        """By cube: agency, contributor, period, its dimensions, n; every cell that holds anything."""
        recorded = self.incidents.filter(pl.col("status") == "recorded")
        kinds = tuple(name for name in recorded.columns if name.startswith("kind_"))
        made = {
            "reports_by_status": _counted(
                self.incidents.filter(pl.col("status") != "recorded"), "area", "status"
            ),
            "incidents_by_kind": _counted(recorded, "area", *kinds),
            "incidents_by_offence": _counted(recorded, "area", "offence_group", "victim_age_group"),
            "incidents_by_recency": _counted(recorded, "recency"),
            "incidents_by_setting": _counted(recorded, "setting"),
            "incidents_like_for_like": _counted(recorded, "is_new_offence"),
            "incidents_by_suspect": _counted(recorded, "has_suspect"),
            "referrals_pathway": _counted(self.referrals, "source", "destination", "referral_status"),
            "referrals_wait": _counted(self.referrals, "destination", "wait_band"),
            "referrals_by_area": _counted(self.referrals, "area", "destination"),
            "referrals_declined": _counted(self.referrals, "destination", "decline_reason"),
            "referrals_police": _counted(self.referrals, "reported_to_police"),
            "counted_clients": self._counted_clients(),
        }
        victims = self._victim_quarters()
        by_people = (
            self.crimes.select("person", "period")
            .unique()
            .join(_latest(self.crimes, "area", ("person", "period")), on=["person", "period"], how="left")
            .join(
                self.crimes.group_by("person", "period").agg(
                    pl.when((pl.col("is_repeat") == "yes").any())
                    .then(pl.lit("yes"))
                    .when((pl.col("is_repeat") == NOT_RECORDED).any())
                    .then(pl.lit(NOT_RECORDED))
                    .otherwise(pl.lit("no"))
                    .alias("is_repeat")
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
            "clients_by_orientation": (victims.filter(pl.col("is_client")), ("orientation",)),
            "victims_repeat": (by_people, ("area", "is_repeat")),
            "incidents_repeat": (
                self.crimes.drop("area").rename({"offence_area": "area"}),
                ("area", "is_repeat"),
            ),
        }
        for name, (frame, dimensions) in people.items():
            police_only = name.endswith("_repeat")
            made[name] = _people_counted(
                frame, self.victims, dimensions, ("police",) if police_only else None
            )
        for stage in ORDER:
            frame = self._suspect_quarters(stage)
            for name, dimensions in (
                ("by_age_band_sex", ("age_band", "sex")),
                ("by_ethnicity", ("ethnicity5",)),
                ("repeat", ("is_repeat", "is_multiple")),
            ):
                made[f"{stage}_{name}"] = _people_counted(frame, self.suspects, dimensions, None)
        return {name: frame.filter(pl.col("period") <= str(self.quarter)) for name, frame in made.items()}

    def _counted_clients(self) -> pl.DataFrame:
        rows = self.records("counts").filter(pl.col("count_measure") == "new_clients")
        return (
            rows.with_columns(
                self._area("service_area"), pl.col("quarter").alias("period"), pl.col("n").cast(pl.Int64)
            )
            .group_by("agency", "period", "area", "age_band", "sex")
            .agg(pl.col("n").sum())
            .with_columns(pl.lit("").alias("contributor"))
        )


@dataclass(frozen=True)
class _Law:
    group: str
    age_group: str | None
    is_new: str
    kinds: frozenset[str]


@cache
def _law(category: str, code: str) -> _Law:
    """What the offence lists say of a pair, where the record tells."""
    known = [None if value in UNKNOWN else value for value in (category, code)]
    found = offence(*known) if any(known) else None
    if found is None:
        return _Law(UNMAPPED if category == UNMAPPED else NOT_RECORDED, None, "no", frozenset())
    group = (
        "rape"
        if found.home_office_group == "Rape"
        else "other_sexual"
        if found.is_sexual_offence
        else "other_in_scope"
    )
    fixed = str(found.age_group) if found.age_group in (AgeGroup.CHILD, AgeGroup.ADULT) else None
    return _Law(group, fixed, "yes" if found.is_created_2024 else "no", kinds_of(*known, is_sexual=False))


def _wait(start: date | None, end: date | None) -> str | None:
    """Band of a wait; working days are counted from the day after the start, the day of the end among
    them."""
    if start is None or end is None:
        return None
    days = (end - start).days
    after = (start + timedelta(days=n) for n in range(1, min(days, 31) + 1))
    if sum(1 for day in after if day.weekday() < 5 and day not in BANK_HOLIDAYS) <= 2:
        return "le_2_working_days"
    return next(
        (name for limit, name in ((7, "le_7_days"), (28, "le_28_days"), (90, "le_90_days")) if days <= limit),
        "over_90_days",
    )


def _child(lower: str, upper: str) -> bool | None:
    if upper and int(upper) < 16:
        return True
    return False if lower and int(lower) >= 16 else None


def _quarter(column: str) -> pl.Expr:
    return pl.format("{}-Q{}", pl.col(column).dt.year(), pl.col(column).dt.quarter()).alias("period")


def _counted(frame: pl.DataFrame, *dimensions: str) -> pl.DataFrame:
    made = frame.group_by("agency", "period", *dimensions).agg(pl.len().cast(pl.Int64).alias("n"))
    return made.with_columns(pl.lit("").alias("contributor"))


def _people_counted(
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


def origin_days(day: date) -> int:
    """Days since a fixed day: the clock on which the true links are put into the warehouse."""
    return (day - date(2000, 1, 1)).days
