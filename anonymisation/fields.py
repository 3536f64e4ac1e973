"""Fields: canonical identity → the parts that tokens are made of.

What belongs here: which part of a name, a date or a postcode is which field. What does not: cleaning values
(normalise.py), which fields make a token, and hashing them (tokens.py). Nothing here is keyed: fields live in
memory only, from one to the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from anonymisation.nicknames import canonical_names
from anonymisation.normalise import postcode_district, postcode_sector, postcode_unit

MIN_NAME_LETTERS: Final = 2
MAX_NEAR_LETTERS: Final = 16
"""Longest value of which near variants are made; a longer one is cut, and its end says little."""


def _sounds(values: pl.Series, code: Callable[[str], str]) -> pl.Series:
    """A sound code per value, worked out once per distinct value; null where the script has none."""
    distinct = values.drop_nulls().unique()
    codes = [code(value) or None if value.isascii() else None for value in distinct]
    table = dict(zip(distinct.to_list(), codes, strict=True))
    return values.replace_strict(table, default=None, return_dtype=pl.String)


def near_variants(value: str) -> list[str]:
    """The value and the value less each one character, distinct, sorted; of at most MAX_NEAR_LETTERS
    characters."""
    cut = value[:MAX_NEAR_LETTERS]
    return sorted({cut, *(cut[:i] + cut[i + 1 :] for i in range(len(cut)))} - {""})


def surname_parts(surname: str) -> list[str]:
    """Words of a surname that are long enough to tell something."""
    return sorted({word for word in surname.split(" ") if len(word) > MIN_NAME_LETTERS})


def _long_enough(n_letters: int) -> pl.Expr:
    return pl.element().filter(pl.element().str.len_chars() >= n_letters)


def fields_of(identity: pl.DataFrame) -> pl.DataFrame:
    """The parts that tokens are made of, from canonical identity."""
    from jellyfish import metaphone, soundex

    fn_word = pl.col("forename").str.split(" ")
    named = identity.select(
        "rec_key", "own_ref", "nhs_number", "pnc_id", "other_id", "dob", "postcode",
        fn_full=pl.col("forename").str.replace_all(" ", ""),
        fn=fn_word.list.eval(_long_enough(MIN_NAME_LETTERS)).list.first(),
        fn1=pl.col("forename").str.slice(0, 1),
        sn=pl.col("surname").str.replace_all(" ", ""),
        sn1=pl.col("surname").str.slice(0, 1),
        surname=pl.col("surname"),
    ).with_columns(
        pl.when(pl.col(name).str.len_chars() >= MIN_NAME_LETTERS).then(pl.col(name)).alias(name)
        for name in ("fn_full", "sn")
    )  # fmt: skip
    canon = canonical_names()
    month, day = pl.col("dob").str.slice(4, 2), pl.col("dob").str.slice(6, 2)
    parts = named.with_columns(
        fn_canon=pl.col("fn").replace(canon),
        sn_canon=pl.col("sn").replace(canon),
        fn3=pl.col("fn").str.slice(0, 3),
        sn3=pl.col("sn").str.slice(0, 3),
        fn_tail=pl.col("fn_full").str.tail(2),
        sn_tail=pl.col("sn").str.tail(2),
        sorted_names=pl.min_horizontal("fn", "sn") + "|" + pl.max_horizontal("fn", "sn"),
        dob_y=pl.col("dob").str.slice(0, 4),
        dob_m=month,
        dob_d=day,
        dob_ym=pl.col("dob").str.slice(0, 6),
        dob_md=pl.when(month + day != "0101").then(month + day),
        asked_dob=pl.when(month + day != "0101").then(pl.col("dob")),
        id_scheme=pl.when(pl.col("nhs_number").is_not_null()).then(pl.lit("nhs"))
        .when(pl.col("pnc_id").is_not_null()).then(pl.lit("pnc"))
        .when(pl.col("other_id").is_not_null()).then(pl.lit("other")),
        id=pl.coalesce("nhs_number", "pnc_id", "other_id"),
        unit=postcode_unit(pl.col("postcode")),
        sector=postcode_sector(pl.col("postcode")),
        district=postcode_district(pl.col("postcode")),
    ).with_columns(
        dob_sorted=pl.when(pl.col("asked_dob").is_not_null())
        .then(pl.col("dob_y") + pl.min_horizontal("dob_m", "dob_d") + pl.max_horizontal("dob_m", "dob_d")),
        sorted_names=pl.when(pl.col("fn").is_not_null() & pl.col("sn").is_not_null()).then("sorted_names"),
    )  # fmt: skip
    return parts.with_columns(
        pl.col("unit").str.tail(2).alias("unit_tail"),
        _sounds(parts["fn"], metaphone).alias("fn_mp"),
        _sounds(parts["sn"], metaphone).alias("sn_mp"),
        _sounds(parts["sn"], soundex).alias("sn_soundex"),
    )
