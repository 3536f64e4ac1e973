"""Offence category and code, read together: each may stand alone, or both may contradict each other.

What belongs here: two columns of text → two columns of codes. What does not: recognising one text
(``schemas.offence_texts``) and what an offence is (``schemas.offences``).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.intake.mapping import translate
from schemas.codelists import codelist
from schemas.columns import NOT_RECORDED, UNMAPPED
from schemas.offence_texts import OffenceMatch, Problem, combine, parse_offence

_RULE_OF: Mapping[Problem, str | None] = {
    Problem.NOT_RECORDED: None,
    Problem.SPREADSHEET_DATE: "offence_as_date",
    Problem.CONFLICT: "offence_pair_unknown",
    Problem.OUT_OF_REACH: "offence_out_of_reach",
    Problem.AMBIGUOUS: "code_unmapped",
    Problem.COURT_CODE: "code_unmapped",
    Problem.UNMAPPED: "code_unmapped",
}

OFFENCE_RULES = ("offence_as_date", "offence_pair_unknown", "offence_out_of_reach", "code_unmapped")


def read_offences(
    category: pl.Series | None,
    code: pl.Series | None,
    *,
    category_map: Mapping[str, str] | None = None,
    code_map: Mapping[str, str] | None = None,
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Read the offence of every row from one or two columns; each distinct pair of texts once.

    Returns:
        ``offence_category`` and ``offence_code``, one row per row; and rule id → True where the row trips
        it. What could not be read is ``unmapped``, what was not sent ``not_recorded``; a pair that
        contradicts itself is ``unmapped``.
    """
    texts = {
        name: translate(series, known) if known else series
        for name, series, known in (("category", category, category_map), ("code", code, code_map))
        if series is not None
    }
    frame = pl.DataFrame(
        {
            name: texts[name]
            if name in texts
            else pl.Series(name, [None] * len(next(iter(texts.values()))), dtype=pl.String)
            for name in ("category", "code")
        }
    )
    pairs = frame.unique()
    read = [_row(combine(parse_offence(a), parse_offence(b))) for a, b in pairs.iter_rows()]
    table = pairs.with_columns(
        pl.Series("offence_category", [r[0] for r in read], dtype=pl.String),
        pl.Series("offence_code", [r[1] for r in read], dtype=pl.String),
        pl.Series("rule_id", [r[2] for r in read], dtype=pl.String),
    )
    joined = frame.join(table, on=["category", "code"], how="left", nulls_equal=True, maintain_order="left")
    trips = {rule: (joined["rule_id"] == rule).fill_null(value=False) for rule in OFFENCE_RULES}
    return joined.select("offence_category", "offence_code"), trips


def _row(match: OffenceMatch) -> tuple[str, str, str | None]:
    """Category, code and the rule that the match trips."""
    if match.problem is Problem.NOT_RECORDED:
        return NOT_RECORDED, NOT_RECORDED, None
    if match.problem is None or match.problem is Problem.OUT_OF_REACH:
        category = match.category if match.category in codelist("offence_categories") else None
        code = match.code if match.code in codelist("offence_codes") else None
        return (
            category or NOT_RECORDED,
            code or NOT_RECORDED,
            _RULE_OF[match.problem] if match.problem else None,
        )
    return UNMAPPED, UNMAPPED, _RULE_OF[match.problem]
