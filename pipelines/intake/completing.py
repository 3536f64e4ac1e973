"""What a row does not say itself and follows for certain: an incident's day, offence and area; an age from
two dates.

What belongs here: values lent from the incident, and ages. What does not: values that would be a guess,
waits and months (``pipelines.steps``).
"""

from __future__ import annotations

import polars as pl

from anonymisation.coarsen import age_band, age_on
from pipelines.intake.findings import no_findings, tripped_in
from pipelines.intake.parsing import standard_bands
from schemas.columns import NOT_RECORDED
from schemas.datasets import DATASETS

AGE_TOLERANCE_YEARS = 1
"""An age may be as of another day of the same year than the report."""

_LENT_CODES = ("offence_category", "offence_code", "offence_area")


def lend(children: pl.DataFrame, incidents: pl.DataFrame, dataset: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give victims or suspects the report date, offence and area of their incident.

    Returns:
        The rows whose incident is among ``incidents``; and ``incident_absent`` for the others.
    """
    codes = [name for name in _LENT_CODES if name in children.columns]
    lent = incidents.select(
        "incident_ref", *(pl.col(name).alias(f"lent_{name}") for name in ("report_date", *codes))
    )
    absent = children.join(lent, on="incident_ref", how="anti", maintain_order="left")
    joined = children.join(lent, on="incident_ref", how="inner", maintain_order="left")
    own = joined.with_columns(
        pl.coalesce("lent_report_date", "report_date").alias("report_date"),
        *(
            pl.when(pl.col(name) == NOT_RECORDED).then(f"lent_{name}").otherwise(name).alias(name)
            for name in codes
        ),
    ).select(children.columns)
    return own, tripped_in("incident_absent", absent, dataset=dataset, canonical="incident_ref")


def set_ages(frame: pl.DataFrame, dataset: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set ``age`` and ``age_band`` at the event; a date of birth goes before an age, an age before a band.

    ``birth_after_event`` and ``date_optional_unreadable`` (older than anybody): the date of birth is set
    aside. ``age_against_birth``: age and date of birth differ by more than a year.
    """
    event = DATASETS[dataset].event
    if "age" not in frame.columns or event is None:
        return frame, no_findings()
    found = [no_findings()]
    if "dob" in frame.columns:
        dob, day = pl.col("dob"), pl.col(event)
        unborn = (dob > day).fill_null(value=False)
        ancient = dob.is_not_null() & day.is_not_null() & ~unborn & age_on(dob, day).is_null()
        found.append(tripped_in("birth_after_event", frame.filter(unborn), dataset=dataset, canonical="dob"))
        found.append(
            tripped_in("date_optional_unreadable", frame.filter(ancient), dataset=dataset, canonical="dob")
        )
        frame = frame.with_columns(pl.when(~(unborn | ancient)).then("dob").alias("dob"))
        at_event = age_on(dob, day)
        differs = ((pl.col("age") - at_event).abs() > AGE_TOLERANCE_YEARS).fill_null(value=False)
        found.append(tripped_in("age_against_birth", frame.filter(differs), dataset=dataset, canonical="age"))
        frame = frame.with_columns(pl.coalesce(at_event, "age").cast(pl.Int16).alias("age"))
    banded = age_band(pl.col("age"), standard_bands())
    frame = frame.with_columns(
        pl.when(pl.col("age").is_not_null()).then(banded).otherwise("age_band").alias("age_band")
    )
    return frame, pl.concat(found)
