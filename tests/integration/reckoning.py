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
from schemas.agencies import read_agencies
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.measures.cubes import CUBES
from schemas.offences import AgeGroup, kinds_of, offence
from schemas.partnership import Partnership
from schemas.quarters import Quarter
from tests.conftest import SAMPLE
from tests.integration.reckoning_help import help_cubes

UNKNOWN = (NOT_RECORDED, UNMAPPED)
SPECIALIST = ("isva", "sarc")
"""Agencies of the sample that are specialist sexual-violence services and send records of incidents."""
ORDER = {"named": None, "charged": ("charged", "convicted"), "convicted": ("convicted", "cautioned")}
"""Stages of a suspect that a row of the board pack takes in; None: every stage but ``eliminated``."""
LOOK_BACK_DAYS = 365
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
def persons() -> pl.DataFrame:
    """Everybody of the invented partnership."""
    return pl.read_csv(SAMPLE / "truth" / "persons.csv", infer_schema=False)


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
            pl.when(pl.col("in_court").fill_null(False) | pl.col("outcome_type").is_in(["1", "1A"]))
            .then(pl.lit("yes"))
            .otherwise(pl.lit("no"))
            .alias("has_charge"),
            *(pl.col(flag).alias(name) for name, flag in FLAGS.items()),
            *(pl.col(name).fill_null(NOT_RECORDED) for name in VULNERABLE),
            _group("outcome_type", "outcomes").alias("outcome_group"),
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
            _quarter("outcome_date").alias("closed_in"),
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
            "agency",
            "incident_ref",
            "period",
            pl.col("area").alias("offence_area"),
            "offence_group",
            pl.coalesce("occurred_from_date", "occurred_to_date").alias("began"),
        )
        return (
            self._people("victims")
            .with_columns(self._area("residence_area"), _group("relationship", "relationship"))
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
        helped = dated.join(made, on="person").filter(wait.is_between(0, HELP_DAYS))
        found = {"is_repeat": pairs, "is_same_suspect": by_same, "is_same_offence": of_same,
                 "is_referred": helped}
        return rows.with_columns(
            pl.when(pl.col("day").is_null())
            .then(pl.lit(NOT_RECORDED))
            .when(pl.col("row").is_in(held["row"].unique().implode()))
            .then(pl.lit("yes"))
            .otherwise(pl.lit("no"))
            .alias(name)
            for name, held in found.items()
        ).with_columns(_age_when_it_began())

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
        return people.with_columns(pl.col(*plain).fill_null(NOT_RECORDED)).join(
            self._seen_again(), on=by, how="left"
        )

    def _seen_again(self) -> pl.DataFrame:
        """RV-E of each person and quarter: a second day, or a second agency, within 365 days; known of people
        whom an agency with four full quarters of history knows."""
        rows = self.victims.select("person", "period", "day", "agency")
        full = {a.agency: str(max(a.joined, self.partnership.first_quarter).plus(4))
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

    def _known_people(self) -> pl.DataFrame:
        """One row for each person whom an agency knows by its own references, and quarter."""
        rows = self.victims.drop("person").rename({"person_ref": "person"})
        by = ("agency", "person", "period")
        people = rows.select(by).unique()
        for column in ("age_band", "sex", "ethnicity5", "disability", "religion", "orientation",
                       "gender_identity"):
            ignored = (*UNKNOWN, "not_stated") if column == "ethnicity5" else UNKNOWN
            people = people.join(_latest(rows, column, by, ignored), on=by, how="left")
        return people.with_columns(pl.exclude(by).fill_null(NOT_RECORDED))

    def _next_reports(self) -> pl.DataFrame:
        """One row for each person and quarter: how long after their first report in it the next one came."""
        rows = self.crimes.select("person", "period", "day").unique()
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
        return first.join(waited, on=["person", "period"], how="left").with_columns(
            pl.when(pl.col("day").is_null())
            .then(pl.lit(NOT_RECORDED))
            .otherwise(band.fill_null("none_in_365_days"))
            .alias("next_report")
        )

    def _victim_years(self) -> pl.DataFrame:
        """One row for each person and calendar year: crimes of the year, area of residence."""
        rows, by = self.crimes.with_columns(pl.col("period").str.head(4)), ("person", "period")
        n = rows.group_by(by).agg(pl.col("incident_ref").n_unique().alias("n"))
        return n.join(_latest(rows, "area", by), on=by, how="left").select(
            *by,
            pl.col("area").fill_null(NOT_RECORDED),
            pl.when(pl.col("n") >= 5).then(pl.lit("5_or_more"))
            .when(pl.col("n") >= 3).then(pl.lit("3_or_4"))
            .otherwise(pl.col("n").cast(pl.String)).alias("n_crimes"),
        )

    def _pairs(self) -> pl.DataFrame:
        """One row for each victim and suspect of one recorded crime."""
        victims = self.victims.filter(pl.col("agency") == "police").select(
            "agency", "period", "incident_ref", "relationship", "sex")
        suspects = self.suspects.select("agency", "incident_ref", pl.col("sex").alias("other"))
        known = ["female", "male"]
        return victims.join(suspects, on=["agency", "incident_ref"]).with_columns(
            pl.when(pl.col("sex").is_in(known) & pl.col("other").is_in(known))
            .then(pl.format("{}_by_{}", "sex", "other"))
            .otherwise(pl.lit(NOT_RECORDED))
            .alias("sex_of_both")
        )

    def _new_clients(self) -> pl.DataFrame:
        """One row for each client and quarter in which support of theirs began."""
        standard = [e.code for e in codelist("age_bands").entries if e.attributes["is_standard"] == "yes"]
        rows = self.records("cases").with_columns(
            _quarter("start_date"),
            pl.when(pl.col("age_band").is_in(standard) & (pl.col("age_band") != NOT_RECORDED))
            .then("age_band").alias("age_band"),
        )
        return rows.group_by("agency", "period", "person_ref").agg(
            pl.col("age_band").max().fill_null(NOT_RECORDED))

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

    def _suspect_quarters(self, stage: str, *, own: bool = False) -> pl.DataFrame:
        """``own``: people as each agency's own references know them, told apart where linkage does."""
        stages, by = ORDER[stage], ("person", "period")
        everyone, victims = self.suspects, self.victims
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
            "incidents_by_age_group": _counted(recorded, "victim_age_group"),
            "incidents_by_flag": _counted(recorded, *FLAGS),
            "incidents_by_vulnerability": _counted(recorded, *VULNERABLE),
            "referrals_by_age": _counted(self.referrals, "age_band"),
            "pairs_by_relationship": _counted(self._pairs(), "relationship", "sex_of_both"),
            "new_clients": _counted(self._new_clients(), "age_band"),
            "crimes_after_a_year_by_suspect": _counted(recorded, "has_suspect", "cohort_outcome"),
            "crimes_after_a_year_by_exploitation": _counted(recorded, "flag_exploitation", "cohort_outcome"),
        }
        given = recorded.filter(
            ~pl.col("outcome_type").is_in(["0", NOT_RECORDED]), pl.col("closed_in").is_not_null()
        ).with_columns(pl.col("closed_in").alias("period"))
        made["outcomes_by_group"] = _counted(given, "outcome_group", "has_charge")
        made["outcomes_by_days"] = _counted(given, "outcome_days")
        known = self._known_people()
        for name, column in (("age", "age_band"), ("sex", "sex"), ("ethnicity", "ethnicity5"),
                             ("disability", "disability"), ("religion", "religion")):
            made[f"known_by_{name}"] = _counted(known, column)
        clients = known.filter(pl.col("agency").is_in(SPECIALIST))
        for column in ("orientation", "gender_identity"):
            made[f"clients_by_{column}"] = _counted(clients, column)
        made |= help_cubes(self)
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
                self.crimes.drop("area").rename({"offence_area": "area"}),
                ("area", "is_repeat"),
            ),
            "victims_repeat_by_suspect": (by_people, ("is_repeat", "is_same_suspect")),
            "victims_repeat_by_offence": (by_people, ("is_repeat", "is_same_offence")),
            "victims_next_report": (self._next_reports(), ("next_report",)),
            "crimes_repeat_flagged": (self.crimes, ("is_repeat", "is_flagged_repeat")),
            "crimes_repeat_referred": (self.crimes, ("is_repeat", "is_referred")),
            "crimes_by_residence": (
                self.crimes.drop("residence_area").rename({"area": "residence_area"}), ("residence_area",)),
            "crimes_by_offence_age": (self.crimes, ("offence_age_band",)),
            "victims_of_year_by_area": (self._victim_years(), ("area",)),
            "victims_of_year_by_crimes": (self._victim_years(), ("n_crimes",)),
        }
        for name, (frame, dimensions) in people.items():
            made[name] = _people_counted(frame, self.victims, dimensions, CUBES[name].agency_kinds or None)
        for stage in ORDER:
            frame = self._suspect_quarters(stage)
            for name, dimensions in (
                ("by_age_band_sex", ("age_band", "sex")),
                ("by_ethnicity", ("ethnicity5",)),
                ("repeat", ("is_repeat", "is_multiple")),
                *((("outstanding", ("is_outstanding",)),) if stage == "named" else ()),
            ):
                made[f"{stage}_{name}"] = _people_counted(frame, self.suspects, dimensions, None)
            own = self._suspect_quarters(stage, own=True)
            made[f"{stage}_repeat_own"] = _counted(own, "is_repeat", "is_multiple")
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


def _age_when_it_began() -> pl.Expr:
    """Age band on the first day of the offence, from the day of birth of the true person."""
    born = {row[0]: date.fromisoformat(row[1]) for row in persons().select("true_person", "born").iter_rows()}
    bands = [
        (e.code, int(e.attributes["lower_years"]), int(e.attributes["upper_years"] or 999))
        for e in codelist("age_bands").entries
        if e.attributes["is_standard"] == "yes" and e.attributes["lower_years"]
    ]

    def band(row: dict[str, object]) -> str:
        day, person = row["began"], born.get(str(row["true_person"]))
        if not isinstance(day, date) or person is None:
            return NOT_RECORDED
        age = day.year - person.year - ((day.month, day.day) < (person.month, person.day))
        return next((code for code, low, high in bands if low <= age <= high), NOT_RECORDED)

    return (
        pl.struct("began", "true_person")
        .map_elements(band, return_dtype=pl.String)
        .alias("offence_age_band")
    )


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
