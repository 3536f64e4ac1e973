"""Step 5: identity becomes tokens for the vault, everything else becomes coarse for the warehouse.

What belongs here: taking one accepted delivery apart. What does not: how a token or an id is made
(``anonymisation``) and storing them (``load.py``).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import polars as pl

from anonymisation.coarsen import age_band, age_on
from anonymisation.hashing import hmac_hex
from anonymisation.keys import KeyRing
from anonymisation.tokens import own_reference_tokens, tokenise_with_bridge, warehouse_ids
from anonymisation.waits import arrest_band, assessed_band, outcome_band, review_timing, wait_band
from pipelines.intake.parsing import standard_bands
from schemas.columns import NOT_RECORDED, Kind
from schemas.datasets import DATASETS, Dataset
from schemas.models import STEPS_IN_ORDER
from schemas.quarters import Quarter
from schemas.records import OFFENCE_AGE, REVIEW_TIMING, WAITS, code_columns, table_columns

REC_KEY_BYTES = 16
"""128 random bits per record and submission: says nothing, recurs never."""
BANDS = {"arrest_wait": arrest_band, "assessed_wait": assessed_band, "outcome_wait": outcome_band}
"""Waits with bands of their own; every other wait has those of ``codes/waiting_bands.csv``."""
RECENT_DAYS = 365
"""An incident reported later than this is non-recent (within twelve months of the report,
``codes/recency.csv``)."""


REFERENCES = {"rec_key": pl.String, "submission_id": pl.String, "dataset": pl.String, "name": pl.String,
              "token": pl.String}


@dataclass(frozen=True, kw_only=True)
class Pseudonymised:
    """One delivery, taken apart."""

    records: dict[str, pl.DataFrame]
    """By dataset: the columns of ``schemas.records``."""
    tokens: dict[str, pl.DataFrame]
    """By role: record key, submission, agency and tokens. Records that may not be linked are not among
    them."""
    event_days: pl.DataFrame
    """rec_key, submission_id, agency, role, event_day, of records that may be linked."""
    references: pl.DataFrame
    """rec_key, submission_id, dataset, name, token: the agency's own references, keyed, of every record. The
    warehouse's ids are made of them, so that a rotation of its key needs no reference in clear."""
    bridge: pl.DataFrame
    """Tokens of the third namespace, in which alone the roles meet: victims where exploitation is recorded,
    and suspects."""
    forgotten: dict[str, pl.Series]
    """By role: own-reference tokens (k0) of people who may not be linked: what older deliveries hold of them
    goes as well."""


def _event(dataset: Dataset, frame: pl.DataFrame) -> pl.Expr:
    name = dataset.event if dataset.event is not None and dataset.event in frame.columns else None
    return pl.col(name) if name else pl.lit(None, dtype=pl.Date)


def _month(day: pl.Expr) -> pl.Expr:
    return day.dt.strftime("%Y-%m")


def _quarter(day: pl.Expr) -> pl.Expr:
    return pl.format("{}-Q{}", day.dt.year(), day.dt.quarter())


def _record(dataset: Dataset, frame: pl.DataFrame, agency: str, quarter: Quarter, submission_id: str,
            keys: KeyRing) -> pl.DataFrame:
    present = set(frame.columns)
    event = _event(dataset, frame)
    columns: list[pl.Expr | pl.Series] = [
        warehouse_ids(frame["rec_key"], purpose="record", keys=keys).alias("record_id"),
        pl.lit(submission_id).alias("submission_id"),
        pl.lit(agency).alias("agency"),
        pl.lit(str(quarter)).alias("extract_quarter"),
        (_month(event) if dataset.event else pl.lit(f"{quarter.last_day:%Y-%m}")).alias("event_month"),
        (_quarter(event) if dataset.event else pl.lit(str(quarter))).alias("event_quarter"),
    ]
    for column in dataset.columns:
        here = column.name in present
        target = column.warehouse_name
        match column.kind:
            case Kind.CODES:
                for name in code_columns(column):
                    wanted = name.removeprefix(f"{column.name.removesuffix('s')}_")
                    has = (
                        pl.col(column.name).list.contains(wanted).fill_null(False) if here else pl.lit(False)
                    )
                    columns.append(pl.when(has).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(name))
            case Kind.IDENTITY | Kind.AGE:
                continue
            case Kind.REF:
                if here:
                    columns.append(warehouse_ids(frame[reference_token(column.name)], purpose="reference",
                                                 keys=keys)
                                   .alias(str(target)))
                else:
                    columns.append(pl.lit(None, dtype=pl.String).alias(str(target)))
            case Kind.DATE:
                columns.append((_month(pl.col(column.name)) if here else pl.lit(None, dtype=pl.String))
                               .alias(str(target)))
            case Kind.SCORE | Kind.NUMBER:
                kind = pl.Int8 if column.kind is Kind.SCORE else pl.Int64
                columns.append((pl.col(column.name) if here else pl.lit(None)).cast(kind).alias(str(target)))
            case _:
                value = pl.col(column.name).fill_null(NOT_RECORDED) if here else pl.lit(NOT_RECORDED)
                columns.append(value.alias(str(target)))
    columns += _derived(dataset, present, quarter)
    return frame.select(columns).select(list(table_columns(dataset)))


def _bridged(dataset: Dataset, linkable: pl.DataFrame, accepted: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """rec_key, role and event day of the records that the yearly count of people in both roles may see."""
    seen = linkable.clear()
    if dataset.name == "suspects":
        seen = linkable
    elif dataset.name == "victims" and "is_exploitation" in accepted.get("incidents", pl.DataFrame()).columns:
        exploited = accepted["incidents"].filter(pl.col("is_exploitation") == "yes").select("incident_ref")
        seen = linkable.join(exploited, on="incident_ref", how="semi", maintain_order="left")
    return seen.select("rec_key", pl.lit(dataset.role).alias("role"),
                       _event(dataset, seen).alias("event_day")).drop_nulls("event_day")


def reference_token(name: str) -> str:
    """Name of the column that holds the keyed form of an agency's reference while a delivery is taken
    apart."""
    return f"_token_{name}"


def _with_references(dataset: Dataset, frame: pl.DataFrame, agency: str, keys: KeyRing) -> pl.DataFrame:
    """The agency's references beside their keyed forms (all layers of the linkage key; the vault keeps
    these)."""
    made = []
    for column in dataset.columns:
        if column.kind is Kind.REF and column.name in frame.columns:
            token = frame.select(pl.format(f"{agency}|{column.name}|{{}}", pl.col(column.name))).to_series()
            for key in keys.token_keys("reference", column.name):
                token = hmac_hex(token, key)
            made.append(token.alias(reference_token(column.name)))
    return frame.with_columns(made)


def _references(dataset: Dataset, frame: pl.DataFrame, submission_id: str) -> pl.DataFrame:
    names = [c.name for c in dataset.columns if reference_token(c.name) in frame.columns]
    return pl.concat([pl.DataFrame(schema=REFERENCES), *(
        frame.select("rec_key", pl.lit(submission_id).alias("submission_id"),
                     pl.lit(dataset.name).alias("dataset"),
                     pl.lit(name).alias("name"), pl.col(reference_token(name)).alias("token"))
                     for name in names)])


def _derived(dataset: Dataset, present: set[str], quarter: Quarter) -> list[pl.Expr]:
    derived: list[pl.Expr] = []
    if dataset.name == "incidents":
        ends = [pl.col(c) for c in ("occurred_to_date", "occurred_from_date") if c in present]
        last = pl.coalesce(ends) if ends else pl.lit(None, dtype=pl.Date)
        days = (pl.col("report_date") - last).dt.total_days()
        derived.append(pl.when(last.is_null()).then(pl.lit(NOT_RECORDED)).when(days <= RECENT_DAYS)
                       .then(pl.lit("recent"))
                       .otherwise(pl.lit("non_recent")).alias("recency"))
    if dataset.role is not None:
        derived.append(pl.col("_linkable").alias("is_linkable"))
    derived += [_wait(dataset, name, present) for name in WAITS.get(dataset.name, {})]
    if dataset.name == "victims":
        derived.append(pl.col(OFFENCE_AGE))
    if dataset.name == "cases":
        derived.append(review_timing(_day("review_due_date", present), _day("review_date", present),
                                     quarter.last_day).alias(REVIEW_TIMING))
    return derived


def _day(name: str, present: set[str]) -> pl.Expr:
    return pl.col(name) if name in present else pl.lit(None, dtype=pl.Date)


def _wait(dataset: Dataset, name: str, present: set[str]) -> pl.Expr:
    """Band of one wait; a referral without a day of consent waits from the day on which it was made, and
    steps that cannot be in this order have no wait between them."""
    start, end = WAITS[dataset.name][name]
    if end not in present:
        return pl.lit(None, dtype=pl.String).alias(name)
    first, last = _day(start, present), _day(end, present)
    if dataset.name == "referrals":
        first = pl.coalesce(first, pl.col("made_date"))
    if (start, end) in STEPS_IN_ORDER.get(dataset.name, ()):
        last = pl.when(last >= first).then(last)
    return BANDS.get(name, wait_band)(first, last).alias(name)


def _with_offence_ages(accepted: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The victims of a delivery with their age band on the first day of the offence, which only a date of
    birth tells: an age at the report does not say how old somebody was years before."""
    victims, incidents = accepted.get("victims"), accepted.get("incidents")
    if victims is None:
        return accepted
    days = [c for c in ("occurred_from_date", "occurred_to_date") if incidents is not None
            and c in incidents.columns]
    if incidents is None or not days or "dob" not in victims.columns:
        return accepted | {"victims": victims.with_columns(pl.lit(NOT_RECORDED).alias(OFFENCE_AGE))}
    began = incidents.select("incident_ref", pl.coalesce(days).alias("_began"))
    aged = victims.join(began, on="incident_ref", how="left", maintain_order="left").with_columns(
        age_band(age_on(pl.col("dob"), pl.col("_began")), standard_bands()).alias(OFFENCE_AGE))
    return accepted | {"victims": aged.drop("_began")}


def _own_ref(agency: str) -> pl.Expr:
    return pl.format(f"{agency}|{{}}", pl.col("person_ref"))


def pseudonymise(
    accepted: dict[str, pl.DataFrame], *, agency: str, quarter: Quarter, submission_id: str, keys: KeyRing,
    may_link: bool
) -> Pseudonymised:
    """Take the accepted rows of one delivery apart.

    Args:
        accepted: canonical dataset to typed frame, as intake leaves it.
        may_link: False for agencies whose tier sends no identity.
    """
    records: dict[str, pl.DataFrame] = {}
    identities: dict[str, list[pl.DataFrame]] = {}
    bridged: dict[str, list[pl.DataFrame]] = {}
    days: list[pl.DataFrame] = []
    references = [pl.DataFrame(schema=REFERENCES)]
    forgotten: dict[str, list[pl.Series]] = {}
    stamp = (pl.lit(submission_id).alias("submission_id"), pl.lit(agency).alias("agency"))
    for name, rows in _with_offence_ages(accepted).items():
        dataset = DATASETS[name]
        frame = rows.with_columns(
            pl.Series("rec_key", [secrets.token_hex(REC_KEY_BYTES) for _ in range(rows.height)],
                      dtype=pl.String))
        frame = _with_references(dataset, frame, agency, keys)
        references.append(_references(dataset, frame, submission_id))
        if dataset.role is not None:
            allowed = (
                pl.col("may_link") == "yes" if may_link and "may_link" in frame.columns else pl.lit(False)
            )
            frame = frame.with_columns(allowed.fill_null(False).alias("_linkable"))
            linkable = frame.filter("_linkable")
            identities.setdefault(dataset.role, []).append(linkable.select(
                "rec_key", *(c for c in dataset.identity if c in linkable.columns),
                _own_ref(agency).alias("own_ref")))
            bridged.setdefault(dataset.role, []).append(_bridged(dataset, linkable, accepted))
            days.append(linkable.select(
                "rec_key", *stamp, pl.lit(dataset.role).alias("role"),
                _event(dataset, linkable).alias("event_day"),
            ).drop_nulls("event_day"))
            if may_link:
                refused = frame.filter(~pl.col("_linkable")).select(_own_ref(agency).alias("own_ref"))
                forgotten.setdefault(dataset.role, []).append(refused.to_series())
        records[name] = _record(dataset, frame, agency, quarter, submission_id, keys)
    none = pl.DataFrame(schema={"rec_key": pl.String, "submission_id": pl.String, "agency": pl.String,
                                "role": pl.String,
                                "event_day": pl.Date})
    tokens: dict[str, pl.DataFrame] = {}
    bridge: list[pl.DataFrame] = []
    for role, frames in identities.items():  # once for a role: the queries cost more than a quarter's rows
        crossed = pl.concat(bridged[role])
        made, crossing = tokenise_with_bridge(pl.concat(frames, how="diagonal"), role=role, bridged=crossed,
                                              keys=keys)
        tokens[role] = made.with_columns(stamp)
        bridge.append(crossing.join(crossed, on="rec_key", how="inner", maintain_order="left")
                      .with_columns(stamp))
    return Pseudonymised(
        records=records,
        tokens=tokens,
        event_days=pl.concat([none, *days]),
        references=pl.concat(references),
        bridge=pl.concat(bridge) if bridge else pl.DataFrame(),
        forgotten={role: own_reference_tokens(pl.concat(references).unique().drop_nulls(), role=role,
                                              keys=keys)
                   for role, references in forgotten.items()},
    )
