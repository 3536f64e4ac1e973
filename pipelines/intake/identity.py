"""Identity columns on their way to the tokens: what is no name, no number and no postcode is set aside, and
said.

What belongs here: checks of identity columns, and their removal where a person may not be linked. What does
not: the rules of the numbers (``anonymisation.normalise``), tokens (``anonymisation.tokens``). Nothing here
leaves memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from anonymisation import normalise
from pipelines.intake.findings import no_findings, tripped_in
from schemas.columns import IDENTITY_COLUMNS

CROWN = frozenset(
    {"R", "REGINA", "REX", "CROWN", "THE CROWN", "THE KING", "THE QUEEN", "STATE", "THE STATE", "HM THE KING"}
)
"""Whole names under which systems enter the Crown as the victim of a state-based crime."""

_COMPANY = re.compile(
    r"\b(?:ltd|limited|plc|llp|c\.?i\.?c|council|constabulary|university|housing association"
    r"|nhs trust|foundation trust|supermarket|superstore|public house)\b\.?",
    re.IGNORECASE,
)


_RULES = {
    "forename": "name_placeholder",
    "surname": "name_placeholder",
    "nhs_number": "nhs_number_check",
    "pnc_id": "pnc_id_check",
    "postcode": "postcode_unusable",
}
"""Identity column → the rule that a cell trips of which nothing can be made."""

_CANONICAL: Mapping[str, Callable[[pl.Series], pl.Series]] = {
    "nhs_number": normalise.nhs_number,
    "pnc_id": normalise.pnc_id,
    "postcode": normalise.postcode,
}


def check_identity(frame: pl.DataFrame, dataset: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Check the identity columns of ``frame``; give it back with unusable values null, and the findings.

    ``organisation_as_person`` (row out) · ``name_placeholder``, ``nhs_number_check``, ``pnc_id_check``,
    ``postcode_unusable`` (value set aside; a partial postcode is kept and noted).
    """
    found = [no_findings()]
    is_organisation = pl.Series([False] * frame.height, dtype=pl.Boolean)
    names = [name for name in ("forename", "surname") if name in frame.columns]
    if any(frame.get_column(name).null_count() < frame.height for name in names):
        whole = frame.select(pl.concat_str(names, separator=" ", ignore_nulls=True)).to_series()
        plain = whole.str.to_uppercase().str.replace_all(r"\s+", " ").str.strip_chars(" .")
        is_organisation = (
            plain.is_in(sorted(CROWN)) | whole.str.contains(f"(?i){_COMPANY.pattern}")
        ).fill_null(value=False)
        found.append(
            tripped_in(
                "organisation_as_person", frame.filter(is_organisation), dataset=dataset, canonical=names[-1]
            )
        )
    unnamed = _unnamed(frame, names)
    usable: list[pl.Series] = []
    for name, rule_id in _RULES.items():
        if name not in frame.columns or frame.get_column(name).null_count() == frame.height:
            continue
        sent = frame.get_column(name)
        if name in names:
            unusable = noted = sent.is_in(unnamed).fill_null(value=False)
        else:
            read = _CANONICAL[name](sent)
            unusable = noted = sent.is_not_null() & read.is_null()
            if name == "postcode":  # a part of one is kept
                noted = sent.is_not_null() & normalise.postcode_unit(read).is_null()
        if name != "postcode":
            noted = noted & ~is_organisation
        found.append(tripped_in(rule_id, frame.filter(noted), dataset=dataset, canonical=name))
        if unusable.any():
            usable.append(sent.set(unusable, None))
    return frame.with_columns(usable), pl.concat(found)


def _unnamed(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Cells of the columns ``names`` that hold something, and no name; each distinct cell is read once."""
    if not names:
        return []
    cells = pl.concat([frame.get_column(name).alias("cell") for name in names]).drop_nulls().unique()
    return cells.filter(normalise.name_words(cells).is_null()).to_list()


def refuse_link(frame: pl.DataFrame, dataset: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Remove the identity of everyone who may not be linked, for good: only a recorded yes lets it through.

    Returns:
        The frame with identity null in those rows, and a ``link_refused`` note for each.
    """
    identity = [name for name in IDENTITY_COLUMNS if name in frame.columns]
    if not identity or "may_link" not in frame.columns:
        return frame, no_findings()
    may = pl.col("may_link").eq_missing(pl.lit("yes"))
    refused = frame.filter(~may)
    closed = frame.with_columns(pl.when(may).then(pl.col(name)).alias(name) for name in identity)
    return closed, tripped_in("link_refused", refused, dataset=dataset, canonical="may_link")


def reused_references(frame: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """``reference_reused``: rows whose person reference stands for people of different birth and different
    forename.

    One difference alone is a typing slip or a changed name; both together are two people. Names with lost
    letters do not count.
    """
    if not {"person_ref", "dob", "forename"} <= set(frame.columns):
        return no_findings()
    known = (
        frame.select("person_ref", "dob", "forename")
        .filter(~pl.col("forename").str.contains("\ufffd", literal=True))
        .drop_nulls()
        .unique()
    )
    seldom = known.filter(pl.len().over("person_ref") > 1)  # most references stand for one spelling
    if seldom.is_empty():
        return no_findings()
    people = (
        seldom.select(
            "person_ref",
            "dob",
            name=normalise.name_words(seldom.get_column("forename")).str.split(" ").list.first(),
        )
        .drop_nulls()
        .unique()
    )
    several = people.filter(pl.len().over("person_ref") > 1)
    pairs = several.join(several, on="person_ref", suffix="_other")
    differ = pairs.filter((pl.col("dob") != pl.col("dob_other")) & (pl.col("name") != pl.col("name_other")))
    return tripped_in(
        "reference_reused",
        frame.join(differ.select("person_ref").unique(), on="person_ref", how="semi"),
        dataset=dataset,
        canonical="person_ref",
    )
