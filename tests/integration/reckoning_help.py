"""How people were met and helped, worked out from the truth beside the sample: plain polars, none of the
pipeline's SQL.

What belongs here: the definitions of the cubes of cases, attendances, disclosures, victimisations, forms,
the referral chain, programmes, releases and orders, written a second time. What does not: the other cubes
(``reckoning.py``), comparing (``test_truth.py``).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from anonymisation.coarsen import BANK_HOLIDAYS
from schemas.codelists import codelist
from schemas.columns import (
    CIRCUMSTANCES,
    NEEDS,
    NOT_RECORDED,
    OUTCOMES,
    SURVEY_ITEMS,
    UNMAPPED,
    UPDATE_STAGES,
)
from schemas.quarters import Quarter
from tests.integration.reckoning_columns import counted, group_of, quarter_of

if TYPE_CHECKING:
    from tests.integration.reckoning import Reckoning

FOLLOWED_DAYS = 60


def _place(reckoning: Reckoning) -> pl.Expr:
    """Area of the service; places that are not the partnership's are outside."""
    own = (*reckoning.partnership.areas, "withheld", NOT_RECORDED, UNMAPPED)
    return pl.when(pl.col("service_area").is_in(list(own))).then("service_area").otherwise(
        pl.lit("outside")).alias("area")


def _yes(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(pl.lit("yes")).otherwise(pl.lit("no"))


def _working_days(start: date, end: date) -> int:
    after = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(1 for day in after if day.weekday() < 5 and day not in BANK_HOLIDAYS)


def _assessed(start: date, assessed: date | None) -> str:
    if assessed is None:
        return "not_assessed"
    if assessed <= start:
        return "by_start"
    return "le_5_working_days" if _working_days(start, assessed) <= 5 else "later"


def _safeguarded(needed: str, start: date, referred: date | None) -> str:
    if needed != "yes":
        return "not_needed" if needed == "no" else NOT_RECORDED
    if referred is None:
        return "not_referred"
    if referred <= start or _working_days(start, referred) <= 2:
        return "le_2_working_days"
    return "le_7_days" if (referred - start).days <= 7 else "later"


def _treated(referred: date | None, began: date | None) -> str:
    if referred is None:
        return "not_referred"
    if began is None:
        return "waiting"
    days = (began - referred).days
    if days < 0:
        return NOT_RECORDED
    return next((n for limit, n in ((28, "le_28_days"), (90, "le_90_days")) if days <= limit), "over_90_days")


def _reviewed(due: date | None, reviewed: date | None, quarter: str) -> str:
    if due is None:
        return NOT_RECORDED
    if reviewed is not None:
        return "on_time" if reviewed <= due else "late"
    return "not_due" if due > Quarter.parse(quarter).last_day else "overdue"


def _each(frame: pl.DataFrame, columns: tuple[str, ...], name: str, of: object) -> pl.DataFrame:
    """The frame with ``name`` worked out row by row from ``columns``."""
    assert callable(of)
    values = [of(*row) for row in frame.select(columns).iter_rows()]
    return frame.with_columns(pl.Series(name, values, dtype=pl.String))


def _score(name: str) -> pl.Expr:
    """A score, or null: the truth is text, and what is empty reads ``not_recorded``."""
    return pl.col(name).cast(pl.Int8, strict=False)


def _cases(reckoning: Reckoning) -> pl.DataFrame:
    rows = reckoning.records("cases")
    rows = _each(rows, ("start_date", "assessed_date"), "assessed_band", _assessed)
    rows = _each(rows, ("is_safeguarding_needed", "start_date", "safeguarding_date"), "safeguarding",
                 _safeguarded)
    rows = _each(rows, ("therapy_referred_date", "therapy_start_date"), "therapy", _treated)
    return rows.with_columns(
        pl.col("confidentiality_explained").alias("practice_confidentiality"),
        pl.col("safe_contact").alias("practice_safe_contact"),
        *(pl.col(f"has_{c}").alias(f"circumstance_{c}") for c in CIRCUMSTANCES),
    )


def _need(start: int | None, end: int | None) -> str:
    if start is not None and start >= 4:
        return "no_need"
    if start is None or end is None:
        return NOT_RECORDED
    return "met" if end >= 4 else "improved" if end > start else "not_improved"


def _ended(reckoning: Reckoning) -> pl.DataFrame:
    rows = reckoning.records("cases").filter(pl.col("end_date").is_not_null())
    rows = _each(rows, ("review_due_date", "review_date", "quarter"), "review_timing", _reviewed)
    for need in NEEDS:
        scored = rows.with_columns(_score(f"need_{need}_start"), _score(f"need_{need}_end"))
        rows = rows.with_columns(
            _each(scored, (f"need_{need}_start", f"need_{need}_end"), "need", _need)["need"]
            .alias(f"need_{need}"))
    states = rows.select(f"need_{need}" for need in NEEDS).rows()
    unmet = ["yes" if {"improved", "not_improved"} & set(s) else "no" if {"met", "no_need"} & set(s)
             else NOT_RECORDED for s in states]
    answered = pl.any_horizontal(_score(f"survey_{i}").is_not_null() for i in SURVEY_ITEMS)
    return rows.with_columns(
        pl.Series("has_unmet_need", unmet),
        pl.when(answered).then(pl.lit("yes")).otherwise("survey_sent").alias("survey_sent"),
        *(pl.when((_score(f"outcome_{o}_end") - _score(f"outcome_{o}_start")).is_null())
          .then(pl.lit(NOT_RECORDED))
          .when(_score(f"outcome_{o}_end") > _score(f"outcome_{o}_start")).then(pl.lit("improved"))
          .otherwise(pl.lit("not_improved")).alias(f"support_outcome_{o}") for o in OUTCOMES),
        *(pl.when(_score(f"survey_{i}").is_null()).then(pl.lit(NOT_RECORDED))
          .when(_score(f"survey_{i}") >= 4).then(pl.lit("agrees"))
          .otherwise(pl.lit("does_not_agree")).alias(f"survey_item_{i}") for i in SURVEY_ITEMS),
        *(_yes(pl.col("help_kinds").str.split(" ").list.contains(k)).alias(f"help_kind_{k}")
          for k in codelist("help_kinds").codes),
    )


def _way(ended: date, referred: date | None) -> str:
    if referred is None:
        return NOT_RECORDED
    months = 12 * (ended.year - referred.year) + ended.month - referred.month
    if months < 0:
        return NOT_RECORDED
    bands = ((3, "le_3_months"), (6, "le_6_months"), (12, "le_12_months"))
    return next((name for limit, name in bands if months <= limit), "over_12_months")


def _with_way(reckoning: Reckoning, ended: pl.DataFrame) -> pl.DataFrame:
    """``way_length``: from the latest referral in or before the month in which support began."""
    made = reckoning.records("referrals").select(
        "agency", "person_ref", pl.col("made_date").alias("referred"))
    before = pl.col("referred").dt.month_start() <= pl.col("start_date").dt.month_start()
    latest = (
        ended.select("agency", "case_ref", "person_ref", "start_date")
        .join(made, on=["agency", "person_ref"]).filter(before)
        .group_by("agency", "case_ref").agg(pl.col("referred").max())
    )
    rows = ended.join(latest, on=["agency", "case_ref"], how="left")
    return _each(rows, ("end_date", "referred"), "way_length", _way)


def _victimisations(reckoning: Reckoning) -> pl.DataFrame:
    crimes = reckoning.incidents.filter(pl.col("agency") == "police", pl.col("status") == "recorded")
    changes = pl.col("n_officer_changes").cast(pl.Int64, strict=False)
    crimes = crimes.select(
        "agency", "incident_ref", "period", "cohort_outcome",
        pl.when(changes.is_null()).then(pl.lit(NOT_RECORDED)).when(changes >= 3).then(pl.lit("3_or_more"))
        .otherwise(pl.col("n_officer_changes")).alias("officer_changes"),
    )
    flags = [pl.col(f"is_{why}") for why in ("persistently_targeted", "vulnerable", "intimidated")]
    return reckoning.records("victims").join(crimes, on=["agency", "incident_ref"]).with_columns(
        pl.when(pl.any_horizontal(flag == "yes" for flag in flags)).then(pl.lit("yes"))
        .when(pl.any_horizontal(flag == "no" for flag in flags)).then(pl.lit("no"))
        .otherwise(pl.lit(NOT_RECORDED)).alias("is_priority"),
        group_of("ethnicity", "ethnicity19", "ethnicity5").alias("ethnicity5"),
        *(pl.col(f"update_{stage}").alias(f"update_stage_{stage}") for stage in UPDATE_STAGES),
    )


def _arrest(stage: str, named: date | None, arrested: date | None, outcome: str) -> str:
    if named is not None and arrested is not None:
        days = (arrested - named).days
        if days < 0:
            return NOT_RECORDED
        limits = ((1, "le_1_day"), (7, "le_7_days"), (28, "le_28_days"))
        return next((name for limit, name in limits if days <= limit), "over_28_days")
    if arrested is not None:
        return NOT_RECORDED
    return "outstanding" if stage == "named" and outcome == "0" else "not_sought"


def _suspicions(reckoning: Reckoning) -> pl.DataFrame:
    crimes = reckoning.incidents.filter(pl.col("agency") == "police", pl.col("status") == "recorded")
    rows = reckoning.records("suspects").filter(pl.col("stage") != "eliminated").join(
        crimes.select("agency", "incident_ref", "period", "outcome_type"), on=["agency", "incident_ref"])
    return _each(rows, ("stage", "named_date", "arrested_date", "outcome_type"), "arrest_band", _arrest)


def _forms(reckoning: Reckoning) -> pl.DataFrame:
    of, filled = (pl.col(n).cast(pl.Int64, strict=False) for n in ("n_mandatory", "n_mandatory_filled"))
    return reckoning.referrals.with_columns(
        pl.when(of.is_null() | filled.is_null() | (of == 0) | (filled > of)).then(pl.lit(NOT_RECORDED))
        .when(filled == of).then(pl.lit("complete"))
        .when(filled / of >= 0.9 - 1e-9).then(pl.lit("most"))
        .otherwise(pl.lit("fewer")).alias("form_completeness"),
    )


def _fate(status: str, reason: str, wait: str) -> str:
    """Why a referral ended, where it did, in the order in which it weighs; else how long contact took."""
    if status == "unsafe_to_contact":
        return "unsafe"
    if reason in ("male_not_served", "out_of_area", "age"):
        return "service"
    if status in ("ineligible", "returned"):
        return "not_fitting"
    if reason not in (NOT_RECORDED, UNMAPPED):
        return "person" if reason in ("person_chose_other", "already_supported") else "service"
    if status in ("consent_not_given", "declined_by_person", "no_response"):
        return "person"
    if status == "declined_by_service":
        return "service"
    if wait == "still_waiting":
        return "waiting"
    if wait == "not_known":
        return "other"
    return "contact_le_7_days" if wait in ("le_2_working_days", "le_7_days") else "contact_later"


def _fates(reckoning: Reckoning) -> pl.DataFrame:
    status = reckoning.records("referrals").select(
        "agency", "referral_ref", pl.col("referral_status").alias("status"))
    rows = reckoning.referrals.join(status, on=["agency", "referral_ref"]).with_columns(
        group_of("ethnicity", "ethnicity19", "ethnicity5").alias("ethnicity5"))
    return _each(rows, ("status", "decline_reason", "wait_band"), "referral_fate", _fate)


def _chain(reckoning: Reckoning) -> pl.DataFrame:
    """Every referral of the police, with how far it can be followed through the services' own records."""
    groups = {e.code: e.attributes["group"] for e in codelist("service_types").entries}
    # the source is told by the record itself: the reckoned referrals hold its group
    rows = reckoning.records("referrals").with_columns(
        pl.col("destination").replace(groups),
        pl.when(pl.col("may_link") == "yes").then(pl.col("true_person")).alias("person"),
    )
    police = rows.filter(pl.col("agency") == "police").with_row_index("row")
    services = rows.filter(pl.col("agency") != "police", pl.col("source") == "police")
    started = [e.code for e in codelist("referral_status").entries if e.attributes["group"] == "started"]
    days = (pl.col("made_date_right") - pl.col("made_date")).dt.total_days()
    found = (
        police.drop_nulls("person")
        .join(services.drop_nulls("person").select("person", "destination", "made_date", "referral_status"),
              on=["person", "destination"])
        .filter(days.is_between(0, FOLLOWED_DAYS))
        .group_by("row").agg(pl.col("referral_status_right").is_in(started).any().alias("has_started"))
    )
    # which quarters a receiving service has sent anything of: the extract in which a record stands latest
    receivers = services.select("agency", "destination").unique()
    sent = receivers.join(rows.select("agency", "quarter").unique(), on="agency")
    pairs = set(sent.select("destination", "quarter").iter_rows())
    known = set(receivers["destination"])
    newest = Quarter.parse(str(rows["quarter"].max()))
    told = dict(found.iter_rows())

    def one(row: int, offered: str, given: str, to: str, person: str | None, made: date) -> str:
        if offered == "no":
            return "not_offered"
        if given != "yes":
            return "not_consented" if given == "no" else NOT_RECORDED
        if to not in known:
            return "sent_elsewhere"
        quarter = Quarter.of(made)
        is_late = quarter == newest and made.month != quarter.first_day.month
        if person is None or (to, str(quarter)) not in pairs or is_late:
            return "not_known"
        return "not_received" if row not in told else "started" if told[row] else "received"

    columns = ("row", "consent_offered", "consent_given", "destination", "person", "made_date")
    return _each(police, columns, "chain", one)


def _advised(reckoning: Reckoning) -> pl.DataFrame:
    """Every victim of a crime, with whether an adviser's own records tell of support that started."""
    outcomes = reckoning.incidents.select("agency", "incident_ref", "cohort_outcome")
    crimes = (
        reckoning.victims.filter(pl.col("agency") == "police")
        .join(outcomes, on=["agency", "incident_ref"]).with_row_index("row")
    )
    held = reckoning.records("referrals").filter(
        pl.col("agency") == "isva", pl.col("destination").is_in(["isva", "chisva"]))
    sent = reckoning.records("referrals").filter(pl.col("agency") == "isva")["quarter"].unique().to_list()
    begun = [e.code for e in codelist("referral_status").entries if e.attributes["is_started"] == "yes"]
    started = held.filter(pl.col("may_link") == "yes", pl.col("referral_status").is_in(begun)).select(
        pl.col("true_person").alias("person"), "made_date")
    after = (pl.col("made_date") - pl.col("day")).dt.total_days()
    advised = crimes.drop_nulls("day").join(started, on="person").filter(after.is_between(-28, 365))
    rows = advised["row"].unique()
    return crimes.with_columns(
        pl.when(pl.col("day").is_null() | ~pl.col("period").is_in(sent)).then(pl.lit(NOT_RECORDED))
        .otherwise(_yes(pl.col("row").is_in(rows.implode()))).alias("has_adviser"))


def help_cubes(reckoning: Reckoning) -> dict[str, pl.DataFrame]:
    """By cube: agency, contributor, period, its dimensions, n."""
    started = _cases(reckoning).with_columns(quarter_of("start_date"))
    ended = _with_way(reckoning, _ended(reckoning)).with_columns(quarter_of("end_date"), _place(reckoning))
    victims, forms, fates = _victimisations(reckoning), _forms(reckoning), _fates(reckoning)
    recorded = reckoning.incidents.filter(pl.col("status") == "recorded").with_columns(
        pl.when(pl.col("share_basis") == "not_shared").then("share_basis")
        .otherwise("survivor_told").alias("survivor_told"),
        pl.when(pl.col("wishes_recorded") == "yes").then("wishes_basis")
        .otherwise(pl.lit("no_wishes")).alias("wishes_basis"))
    programmes = reckoning.records("programmes").with_columns(quarter_of("programme_date"))
    releases = reckoning.records("releases").with_columns(quarter_of("released_date"))
    orders = reckoning.records("orders").with_columns(
        quarter_of("ordered_date"), _yes(pl.col("breached_date").is_not_null()).alias("is_breached"))
    made = {
        "cases_assessed": (started, ("assessed_band",)),
        "cases_interpreter": (started, ("interpreter",)),
        "cases_adjustment": (started, ("adjustment",)),
        "cases_intermediary": (started, ("intermediary",)),
        "cases_safeguarding": (started, ("safeguarding",)),
        "cases_choice": (started, ("service_choice",)),
        "cases_practice": (started, tuple(f"practice_{c}" for c in codelist("practices").codes)),
        "cases_therapy": (started, ("therapy",)),
        "cases_by_circumstance": (started, tuple(f"circumstance_{c}" for c in CIRCUMSTANCES)),
        "ended_needs": (ended, tuple(f"need_{n}" for n in NEEDS)),
        "ended_unmet_by_area": (ended, ("area", "has_unmet_need")),
        "ended_outcomes": (ended, tuple(f"support_outcome_{o}" for o in OUTCOMES)),
        "ended_survey": (ended, tuple(f"survey_item_{i}" for i in SURVEY_ITEMS)),
        "ended_asked": (ended, ("survey_sent",)),
        "ended_blamed": (ended, ("blamed_by",)),
        "ended_help": (ended, tuple(f"help_kind_{k}" for k in codelist("help_kinds").codes)),
        "ended_reason": (ended, ("end_reason", "way_length")),
        "ended_escalation": (ended, ("escalation",)),
        "ended_reviews": (ended, ("review_timing",)),
        "attendances_examiner": (recorded, ("examiner_choice",)),
        "attendances_hours": (recorded, ("out_of_hours",)),
        "attendances_crisis_worker": (recorded, ("is_child_pathway", "crisis_worker_wait")),
        "disclosures_stage": (recorded, ("disclosure_stage",)),
        "disclosures_basis": (recorded, ("share_basis",)),
        "disclosures_told": (recorded, ("survivor_told",)),
        "disclosures_wishes": (recorded, ("wishes_recorded",)),
        "disclosures_acted": (recorded, ("wishes_basis",)),
        "disclosures_action": (recorded, ("abuse_action",)),
        "victims_rights": (victims, ("is_priority", "enhanced_rights_offered")),
        "victims_updates": (victims, ("is_priority", *(f"update_stage_{s}" for s in UPDATE_STAGES))),
        "victims_interview": (victims, ("interview_venue",)),
        "victims_interviewer": (victims, ("is_specialist_interview",)),
        "victims_officers": (victims, ("officer_changes", "victim_support")),
        "restorative_justice": (
            victims.with_columns(
                pl.when(pl.col("restorative_stage").is_in(["not_raised", "not_suitable"]))
                .then(pl.lit("nobody")).otherwise("first_approached").alias("first_approached")),
            ("restorative_stage", "first_approached")),
        "referrals_by_form": (forms, ("form_version", "form_completeness")),
        "referrals_fate_by_sex": (fates, ("referral_fate", "sex")),
        "referrals_fate_by_ethnicity": (fates, ("referral_fate", "ethnicity5")),
        "victims_after_a_year_by_ethnicity": (victims, ("ethnicity5", "cohort_outcome")),
        "suspects_arrested": (_suspicions(reckoning), ("arrest_band",)),
        "programmes_by_status": (programmes, ("programme_status",)),
        "programmes_by_kind": (programmes, ("programme_kind",)),
        "programmes_by_cohort": (programmes, ("programme_cohort",)),
        "programmes_by_first_time": (programmes, ("is_first_time",)),
        "releases_by_report": (releases, ("reported_on_time",)),
        "releases_by_support": (releases, ("support_offered",)),
        "releases_by_home": (releases, ("accommodation",)),
        "orders_by_kind": (orders, ("order_type",)),
        "orders_by_breach": (orders, ("is_breached",)),
    }
    made["victims_after_a_year_by_adviser"] = (_advised(reckoning), ("has_adviser", "cohort_outcome"))
    made["referrals_chain"] = (_chain(reckoning).with_columns(quarter_of("made_date")), ("chain",))
    return {name: counted(frame, *dimensions) for name, (frame, dimensions) in made.items()}
