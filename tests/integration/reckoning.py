"""What every count should be, worked out from the truth beside the sample: plain polars, none of the
pipeline's SQL.

What belongs here: which records a release sees, incidents, referrals and who is harmed or suspected in them.
What does not: the cubes of people (``reckoning_people.py``) and of help (``reckoning_help.py``), columns
(``reckoning_columns.py``), comparing (``test_truth.py``). Facts of the law and of the code lists come from
``schemas``, which have tests of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

import polars as pl

from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.partnership import Partnership
from schemas.quarters import Quarter
from tests.conftest import SAMPLE
from tests.integration.reckoning_columns import UNKNOWN, counted, group_of, is_child, quarter_of, wait_band
from tests.integration.reckoning_help import help_cubes
from tests.integration.reckoning_law import age_when_it_began, law_of
from tests.integration.reckoning_people import LOOK_BACK_DAYS, people_cubes

HELP_DAYS = 28
FLAGS = {"flag_domestic": "is_domestic", "flag_child_abuse": "is_child_abuse",
         "flag_exploitation": "is_exploitation", "flag_online": "is_online"}
VULNERABLE = {"vulnerability_persistently_targeted": "is_persistently_targeted",
              "vulnerability_vulnerable": "is_vulnerable", "vulnerability_intimidated": "is_intimidated"}
AFTER_A_YEAR = {
    "charged": ("1", "1A"),
    "out_of_court": ("2", "3", "3A", "4", "6", "7", "8", "22"),
    "evidential_supported": ("15",),
    "evidential_not_supported": ("14", "16"),
    "no_suspect": ("18",),
    "other_closed": ("5", "9", "10", "11", "12", "13", "17", "19", "20", "21"),
    "open": ("0",),
    NOT_RECORDED: (NOT_RECORDED,),
    UNMAPPED: (UNMAPPED,),
}
"""What had become of a crime, by outcome type, written from the Home Office framework."""
KEYS = {
    "incidents": ("incident_ref",),
    "victims": ("incident_ref", "person_ref"),
    "suspects": ("incident_ref", "person_ref"),
    "referrals": ("referral_ref",),
    "cases": ("case_ref",),
    "registrations": ("person_ref", "register"),
    "programmes": ("programme_ref",),
    "releases": ("release_ref",),
    "orders": ("order_ref",),
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
            .group_by("agency", "incident_ref")
            .agg(
                pl.lit("yes").first().alias("has_suspect"),
                pl.col("stage").is_in(["charged", "convicted"]).any().alias("in_court"),
            )
        )
        flagged = (
            self.records("victims")
            .group_by("agency", "incident_ref")
            .agg(
                pl.when((pl.col(flag) == "yes").any())
                .then(pl.lit("yes"))
                .when((pl.col(flag) == NOT_RECORDED).any())
                .then(pl.lit(NOT_RECORDED))
                .otherwise(pl.lit("no"))
                .alias(name)
                for name, flag in VULNERABLE.items()
            )
        )
        closed = {code: name for name, codes in AFTER_A_YEAR.items() for code in codes}
        bands = {
            e.code: is_child(e.attributes["lower_years"], e.attributes["upper_years"])
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
        rows = (
            rows.join(suspected, on=["agency", "incident_ref"], how="left")
            .join(young, on=["agency", "incident_ref"], how="left")
            .join(flagged, on=["agency", "incident_ref"], how="left")
        )
        later = (pl.col("outcome_date").dt.year() - pl.col("report_date").dt.year()) * 4 + (
            pl.col("outcome_date").dt.quarter().cast(pl.Int32)
            - pl.col("report_date").dt.quarter().cast(pl.Int32)
        )
        taken = (pl.col("outcome_date") - pl.col("report_date")).dt.total_days()
        law = [law_of(*pair) for pair in rows.select("offence_category", "offence_code").iter_rows()]
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
            pl.Series("category", [one.category for one in law]),
            pl.Series("fixed", [one.age_group for one in law], dtype=pl.String),
            pl.Series("is_new_offence", [one.is_new for one in law]),
            pl.Series("law_kinds", [list(one.kinds) for one in law], dtype=pl.List(pl.String)),
            quarter_of("report_date"),
            self._area("offence_area", "service_area"),
            pl.col("has_suspect").fill_null("no"),
            pl.when(pl.col("in_court").fill_null(False) | pl.col("outcome_type").is_in(["1", "1A"]))
            .then(pl.lit("yes"))
            .otherwise(pl.lit("no"))
            .alias("has_charge"),
            *(pl.col(flag).alias(name) for name, flag in FLAGS.items()),
            *(pl.col(name).fill_null(NOT_RECORDED) for name in VULNERABLE),
            group_of("outcome_type", "outcomes").alias("outcome_group"),
            pl.when(later > 4)
            .then(pl.lit("open"))
            .otherwise(pl.col("outcome_type").replace_strict(closed))
            .alias("cohort_outcome"),
            pl.when(taken.is_null() | (taken < 0))
            .then(pl.lit(NOT_RECORDED))
            .otherwise(
                taken.cut([30, 90, 180, 365], labels=[
                    "le_30_days", "le_90_days", "le_180_days", "le_365_days", "over_365_days",
                ]).cast(pl.String)
            )
            .alias("outcome_days"),
            quarter_of("outcome_date").alias("closed_in"),
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
            quarter_of("made_date"),
            self._area("residence_area", "service_area"),
            pl.coalesce(
                pl.struct(start.alias("start"), pl.col("contact_date").alias("end")).map_elements(
                    lambda pair: wait_band(pair["start"], pair["end"]), return_dtype=pl.String
                ),
                pl.when(pl.col("referral_status").is_in(open_codes))
                .then(pl.lit("still_waiting"))
                .otherwise(pl.lit("not_known")),
            ).alias("wait_band"),
            group_of("source", "referral_source"),
            group_of("destination", "service_types"),
            group_of("referral_status", "referral_status"),
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
            group_of("ethnicity", "ethnicity19", "ethnicity5").alias("ethnicity5"),
        )

    @cached_property
    def victims(self) -> pl.DataFrame:
        """One row for each person harmed in a recorded incident."""
        incidents = self.incidents.filter(pl.col("status") == "recorded").select(
            "agency",
            "incident_ref",
            "period",
            pl.col("area").alias("offence_area"),
            "offence_group",
            pl.coalesce("occurred_from_date", "occurred_to_date").alias("began"),
        )
        return (
            self._people("victims")
            .with_columns(self._area("residence_area"), group_of("relationship", "relationship"))
            .join(incidents, on=["agency", "incident_ref"], how="inner")
        )

    @cached_property
    def crimes(self) -> pl.DataFrame:
        """Victims of crimes that the police recorded, each with ``is_repeat``: another report 1 to 365 days
        before; whether such a report was of the same suspect, or offence group; and whether help followed."""
        rows = self.victims.filter(pl.col("agency") == "police").with_row_index("row")
        dated = rows.drop_nulls("day").select("row", "person", "day", "incident_ref", "offence_group")
        gap = (pl.col("day") - pl.col("day_right")).dt.total_days()
        pairs = dated.join(dated, on="person", how="inner").filter(gap.is_between(1, LOOK_BACK_DAYS))
        whom = self.suspects.filter(pl.col("agency") == "police").select(
            "incident_ref", pl.col("person").alias("suspect")
        )
        by_same = (
            pairs.join(whom, on="incident_ref")
            .join(whom, left_on="incident_ref_right", right_on="incident_ref")
            .filter(pl.col("suspect") == pl.col("suspect_right"))
        )
        of_same = pairs.filter(
            pl.col("offence_group") == pl.col("offence_group_right"),
            ~pl.col("offence_group").is_in(list(UNKNOWN)),
        )
        made = (
            self.records("referrals")
            .filter(pl.col("may_link") == "yes")
            .select(pl.col("true_person").alias("person"), "made_date")
        )
        wait = (pl.col("made_date") - pl.col("day")).dt.total_days()
        helped = (
            dated.join(made, on="person").filter(wait.is_between(0, HELP_DAYS))
            .group_by("row").agg(wait.min().alias("waited"))
        )
        found = {"is_repeat": pairs, "is_same_suspect": by_same, "is_same_offence": of_same}
        return rows.join(helped, on="row", how="left").with_columns(
            pl.when(pl.col("day").is_null()).then(pl.lit(NOT_RECORDED))
            .when(pl.col("waited").is_null()).then(pl.lit("not_in_28_days"))
            .when(pl.col("waited") <= 2).then(pl.lit("le_2_days"))
            .when(pl.col("waited") <= 7).then(pl.lit("le_7_days"))
            .otherwise(pl.lit("le_28_days")).alias("referred_within"),
        ).with_columns(
            pl.when(pl.col("day").is_null())
            .then(pl.lit(NOT_RECORDED))
            .when(pl.col("row").is_in(held["row"].unique().implode()))
            .then(pl.lit("yes"))
            .otherwise(pl.lit("no"))
            .alias(name)
            for name, held in found.items()
        ).with_columns(age_when_it_began())

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
            quarter_of("report_date")
        )

    # cubes

    @cached_property
    def cubes(self) -> dict[str, pl.DataFrame]:
        """By cube: agency, contributor, period, its dimensions, n; every cell that holds anything."""
        recorded = self.incidents.filter(pl.col("status") == "recorded")
        kinds = tuple(name for name in recorded.columns if name.startswith("kind_"))
        made = {
            "reports_by_status": counted(
                self.incidents.filter(pl.col("status") != "recorded"), "area", "status"
            ),
            "incidents_by_kind": counted(recorded, "area", *kinds),
            "incidents_by_offence": counted(recorded, "area", "offence_group"),
            "incidents_by_category": counted(
                recorded.with_columns(pl.col("category").alias("offence_category")),
                "offence_group", "offence_category"),
            "incidents_by_recency": counted(recorded, "recency"),
            "incidents_by_setting": counted(recorded, "setting"),
            "incidents_like_for_like": counted(recorded, "is_new_offence"),
            "incidents_by_suspect": counted(recorded, "has_suspect"),
            "referrals_pathway": counted(self.referrals, "source", "destination", "referral_status"),
            "referrals_wait": counted(self.referrals, "destination", "wait_band"),
            "referrals_by_area": counted(self.referrals, "area", "destination"),
            "referrals_declined": counted(self.referrals, "destination", "decline_reason"),
            "referrals_police": counted(self.referrals, "reported_to_police"),
            "counted_clients": self._counted_clients(),
            "incidents_by_age_group": counted(recorded, "victim_age_group"),
            "incidents_by_flag": counted(recorded, *FLAGS),
            "incidents_by_vulnerability": counted(recorded, *VULNERABLE),
            "referrals_by_age": counted(self.referrals, "age_band"),
            "crimes_after_a_year_by_suspect": counted(recorded, "has_suspect", "cohort_outcome"),
            "crimes_after_a_year_by_exploitation": counted(recorded, "flag_exploitation", "cohort_outcome"),
        }
        given = recorded.filter(
            ~pl.col("outcome_type").is_in(["0", NOT_RECORDED]), pl.col("closed_in").is_not_null()
        ).with_columns(pl.col("closed_in").alias("period"))
        made["outcomes_by_group"] = counted(given, "outcome_group", "has_charge")
        made["outcomes_by_days"] = counted(given, "outcome_days")
        made |= help_cubes(self)
        made |= people_cubes(self)
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


def origin_days(day: date) -> int:
    """Days since a fixed day: the clock on which the true links are put into the warehouse."""
    return (day - date(2000, 1, 1)).days
