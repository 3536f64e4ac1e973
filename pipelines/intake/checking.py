"""Rules over typed rows: Pandera inside a row, plain frames across rows and datasets.

What belongs here: the tests of rules over typed rows. What does not: the model of a row
(``schemas.models``), the words of a rule (``schemas.rules``), cells that could not be read
(``parsing.py``), identity (``identity.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from anonymisation.coarsen import age_on
from pipelines.intake.findings import FILE, fixes, no_findings, tripped_in
from pipelines.intake.raw_table import ROW
from pipelines.intake.refusal import IntakeError
from schemas.columns import COLUMNS, Kind
from schemas.datasets import DATASETS
from schemas.models import DEFECT, RULES_HOLD, RowRule, every_rule, model, types_of
from schemas.offences import AGE_BOUNDS, offences_frame


def without_fixes(frame: pl.DataFrame, found: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """``frame`` without the rows that a finding leaves out."""
    if found.is_empty():
        return frame
    return frame.join(fixes(found, dataset), on=[FILE, ROW], how="anti", maintain_order="left")


def one_record_each(
    frame: pl.DataFrame, dataset: str, *, one_per: Sequence[str] = (), made_from_row: Sequence[str] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row for each record.

    Rows that agree in ``one_per`` (or else in the dataset's key) and in all else are one record: the first
    is kept; ``record_repeated`` says so, except under ``one_per``, where the file is known to repeat. Rows
    that agree in those columns and differ elsewhere are ``record_conflicting``: none is kept. Columns of
    ``made_from_row`` do not count.
    """
    key = list(one_per) or list(DATASETS[dataset].key)
    refs = [name for name in key if COLUMNS[name].kind is Kind.REF]
    named = pl.all_horizontal(pl.col(name).is_not_null() for name in refs) if refs else pl.lit(value=True)
    several = frame.filter(named).filter(pl.struct(key).is_duplicated())
    if several.is_empty():
        return frame, no_findings()
    content = [name for name in frame.columns if name not in (FILE, ROW, *made_from_row)]
    plain = several.with_columns(pl.col(pl.List(pl.String)).list.join("\n"))
    counted = plain.unique(subset=content).group_by(key).len("n_versions")
    judged = plain.select(*key, FILE, ROW).join(
        counted, on=key, how="left", nulls_equal=True, maintain_order="left"
    )
    differing = judged.filter(pl.col("n_versions") > 1)
    repeats = judged.filter((pl.col("n_versions") == 1) & ~pl.struct(key).is_first_distinct())
    out = pl.concat([differing.select(FILE, ROW), repeats.select(FILE, ROW)])
    found = [tripped_in("record_conflicting", differing, dataset=dataset, canonical=key[0])]
    if not one_per:
        found.append(tripped_in("record_repeated", repeats, dataset=dataset, canonical=key[0]))
    return frame.join(out, on=[FILE, ROW], how="anti", maintain_order="left"), pl.concat(found)


def check_rows(
    frame: pl.DataFrame, dataset: str, last_day: date, *, is_event_needed: bool = True
) -> pl.DataFrame:
    """Validate every row with Pandera, eagerly and lazily; findings by rule.

    Raises:
        IntakeError: a check failed that parsing must have made impossible.
    """
    import pandera.errors

    schema, types = frame.schema, types_of(dataset)
    wrong = [name for name in {**schema, **types} if schema.get(name) != types.get(name)]
    if wrong:
        raise _defect(dataset, wrong[0], "type", len(wrong))
    try:
        model(dataset, last_day, is_event_needed=is_event_needed).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        failures = error.failure_cases.select("column", "check", "index")
    else:
        return no_findings()
    for check, cases in failures.group_by("check", maintain_order=True):
        if check != (RULES_HOLD,) or cases["index"].null_count():
            raise _defect(dataset, str(cases["column"][0]), str(check[0]), cases.height)
    rows = frame[failures["index"].cast(pl.Int64).to_list()]
    return _by_rule(rows, dataset, every_rule(dataset, last_day, is_event_needed=is_event_needed))


def _by_rule(rows: pl.DataFrame, dataset: str, rules: Sequence[RowRule]) -> pl.DataFrame:
    """Findings of the rules that ``rows`` trip, in the rules' order.

    Raises:
        IntakeError: one is a defect.
    """
    wrong = rows.select(rule.is_wrong.fill_null(value=False).alias(str(i)) for i, rule in enumerate(rules))
    found = [no_findings()]
    for n, rule, mask in zip(wrong.sum().row(0), rules, wrong, strict=True):
        if n and rule.rule_id == DEFECT:
            raise _defect(dataset, rule.column, rule.rule_id, n)
        if n:
            found.append(
                tripped_in(rule.rule_id, rows.filter(mask), dataset=dataset, canonical=rule.column)
            )
    return pl.concat(found)


def _defect(dataset: str, column: str, check: str, n: int) -> IntakeError:
    return IntakeError(
        f"[{dataset}] fails its own model at column [{column}], check [{check}], [{n}] times. Nothing was "
        f"loaded. Send this sentence to the partnership's analyst."
    )


def against_offence(victims: pl.DataFrame, incidents: pl.DataFrame) -> pl.DataFrame:
    """``sex_against_offence`` and ``age_against_offence``: the offence can, by law, not be against this
    victim.

    The age that counts is that at the offence. Without a date of birth, or without the offence's dates,
    only what is certain is said: somebody younger at the report than the offence asks for was younger
    before.
    """
    offence = incidents.select(
        "incident_ref", "offence_category", "offence_code", "occurred_from_date", "occurred_to_date"
    )
    fixed = offences_frame().select("offence_category", "offence_code", "victim_sex", "victim_age")
    bounds = pl.DataFrame(
        [(name, low, high) for name, (low, high) in AGE_BOUNDS.items()],
        schema={"victim_age": pl.String, "lowest": pl.Int16, "highest": pl.Int16},
        orient="row",
    )
    known = (
        victims.select(FILE, ROW, "incident_ref", "sex", "dob", "age", "report_date")
        .join(offence, on="incident_ref", how="inner", maintain_order="left")
        .join(fixed, on=["offence_category", "offence_code"], how="inner", maintain_order="left")
        .join(bounds, on="victim_age", how="left", maintain_order="left")
    )
    wrong_sex = ((pl.col("victim_sex") == "F") & (pl.col("sex") == "male")) | (
        (pl.col("victim_sex") == "M") & (pl.col("sex") == "female")
    )
    latest = pl.coalesce(age_on(pl.col("dob"), pl.coalesce("occurred_to_date", "report_date")), "age")
    earliest = age_on(pl.col("dob"), pl.col("occurred_from_date"))
    wrong_age = ((latest < pl.col("lowest")) | (earliest > pl.col("highest"))).fill_null(value=False)
    return pl.concat(
        [
            tripped_in("sex_against_offence", known.filter(wrong_sex), dataset="victims", canonical="sex"),
            tripped_in("age_against_offence", known.filter(wrong_age), dataset="victims", canonical="age"),
        ]
    )
