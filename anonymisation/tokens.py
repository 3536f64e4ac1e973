"""Tokens: canonical identity → keyed tokens, so that the same person is recognised and never named.

What belongs here: the token specification (which match-keys and components there are, what each is made
of), its keyed hashing, and the re-keying of stored tokens. What does not: cleaning values (normalise.py),
their parts (fields.py), holding keys (keys.py), joining tokens (linkage/). Standard library and polars;
polars-hash when it is there.

Every token is HMAC-SHA-256 under a key that HKDF derives for one role and one purpose, over a message that
names the purpose and the specification's version and gives each field's length first, so that "ab"+"c" is
never "a"+"bc". Null never yields a token: a match-key lacking one of its fields does not exist.

Match-keys `k0`-`k15` are composites, 128 bits: almost every one belongs to one person, which resists
frequency attacks. Components `c_*` are single fields, 64 bits, wanted by the second pass. They can be
ranked by frequency by whoever holds the vault open, and the `_near` lists tell the length of a value; both
stay in the vault, encrypted, out of backups. A `_near` list holds the value and the value less each one
character: two values that differ by one slip of the keyboard (a letter wrong, missing, doubled, or two
swapped) share an element, though neither can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Final

import polars as pl

from anonymisation.fields import fields_of, near_variants, surname_parts
from anonymisation.hashing import as_binary, as_hex, as_number, hmac_hex, layered, layered_columns
from anonymisation.keys import SPEC_VERSION, KeyRing
from anonymisation.normalise import IDENTITY_COLUMNS, canonical, own_reference

ROLES: Final = ("victim", "suspect", "bridge")
"""Namespaces: tokens of one cannot be joined with tokens of another. `bridge` serves linkage's role overlap
only."""

FORBIDDEN_IDENTIFIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "victim": ("pnc_id",),
    "suspect": ("nhs_number",),
    "bridge": ("pnc_id", "nhs_number", "own_ref", "other_id"),
}
"""PNC ids belong to suspects and NHS numbers to victims; the bridge knows neither."""

MATCH_KEY_HEX: Final = 32
"""128 bits: the chance of any collision among 13.5 million tokens is about 3 in 10^25 (linkage.md §6.5)."""
COMPONENT_HEX: Final = 16
"""64 bits: about 3 in 10^8 for a million distinct values, and a pair is compared on many components."""

THREADS: Final = 2
ROWS_PER_CHUNK: Final = 100_000
"""Bounds memory: messages and hex digests of the match-keys of one chunk live at a time."""

DISTINCT_FROM_ROWS: Final = 20_000
"""At least so many records repeat themselves enough to be worked out per distinct value."""

MATCH_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "k0": ("own_ref",),
    "k1": ("id_scheme", "id"),
    "k2": ("fn", "sn", "dob", "unit"),
    "k3": ("fn", "sn", "asked_dob"),
    "k4": ("fn1", "sn", "dob", "sector"),
    "k5": ("fn3", "sn_soundex", "asked_dob"),
    "k6": ("fn", "sn", "unit"),
    "k7": ("fn", "dob", "unit"),
    "k8": ("fn1", "sn", "dob", "unit"),
    "k9": ("sorted_names", "asked_dob"),
    "k10": ("fn", "sn", "dob_y", "district"),
    "k11": ("fn", "sn", "dob_sorted"),
    "k12": ("fn_mp", "sn_mp", "asked_dob", "district"),
    "k13": ("fn", "sn", "dob_ym", "district"),
    "k14": ("fn1", "sn1", "dob", "unit"),
    "k15": ("fn", "sn", "dob_md", "district"),
}
"""The passes of linkage.md §6.3, and K0, the agency's own reference. `asked_dob` is null for 1 January, the
date that
is written when only the year was given: such a date needs a postcode beside it."""

COMPONENTS: Final[Mapping[str, tuple[str, str]]] = {
    "c_forename": ("name", "fn_full"),
    "c_forename_first": ("name", "fn"),
    "c_forename_canon": ("name_canon", "fn_canon"),
    "c_forename_mp": ("name_mp", "fn_mp"),
    "c_fn3": ("name_3", "fn3"),
    "c_fn1": ("name_1", "fn1"),
    "c_surname": ("name", "sn"),
    "c_surname_canon": ("name_canon", "sn_canon"),
    "c_surname_mp": ("name_mp", "sn_mp"),
    "c_fn_tail": ("name_tail", "fn_tail"),
    "c_sn3": ("name_3", "sn3"),
    "c_sn1": ("name_1", "sn1"),
    "c_sn_tail": ("name_tail", "sn_tail"),
    "c_dob": ("dob", "dob"),
    "c_dob_y": ("dob_y", "dob_y"),
    "c_dob_m": ("dob_m", "dob_m"),
    "c_dob_d": ("dob_d", "dob_d"),
    "c_dob_sorted": ("dob_sorted", "dob_sorted"),
    "c_pc_unit": ("pc_unit", "unit"),
    "c_pc_sector": ("pc_sector", "sector"),
    "c_pc_district": ("pc_district", "district"),
    "c_pc_tail": ("pc_tail", "unit_tail"),
    "c_nhs": ("nhs", "nhs_number"),
    "c_pnc": ("pnc", "pnc_id"),
    "c_oid": ("oid", "other_id"),
}
"""Column → (purpose of its key, field). Forename and surname share a purpose, so that swapped names can
meet."""

LISTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "c_forename_near": ("name_near", ("fn_full", "fn")),
    "c_surname_near": ("name_near", ("sn",)),
    "c_surname_parts": ("name", ("surname",)),
    "c_pc_near": ("pc_near", ("unit",)),
    "c_oid_near": ("oid_near", ("other_id",)),
}
"""Column → (purpose of its key, fields): every near variant of the fields, or, of a surname, every part."""

TOKEN_COLUMNS: Final = ("rec_key", *MATCH_KEYS, *COMPONENTS, *LISTS, "token_count", "spec_version")


def _message(purpose: str, fields: Sequence[str]) -> pl.Expr:
    """`purpose|version|len:value|…`; null if any field is null. Lengths are in bytes of UTF-8."""
    pieces = [pl.lit(f"{purpose}|{SPEC_VERSION}")]
    for field in fields:
        pieces += [pl.lit("|"), pl.col(field).str.len_bytes().cast(pl.String), pl.lit(":"), pl.col(field)]
    return pl.concat_str(pieces, ignore_nulls=False)


def _token_list(
    fields: pl.DataFrame, variants: Callable[[str], list[str]], purpose: str, keys: Sequence[str]
) -> pl.Series:
    """Tokens of the variants of each row's values, sorted; worked out once per distinct row of the chunk and
    hashed once per distinct variant. Null where there is none."""
    named = fields.rename({name: str(i) for i, name in enumerate(fields.columns)})
    distinct = named.unique(maintain_order=False).with_row_index("row")
    rows: list[int] = []
    values: list[str] = []
    for row, *words in distinct.iter_rows():
        made = {variant for word in words if word for variant in variants(word)}
        rows += [row] * len(made)
        values += made
    if not rows:
        return pl.Series([None], dtype=pl.List(pl.UInt64)).new_from_index(0, fields.height)
    flat = pl.DataFrame({"row": rows, "value": values}, schema={"row": pl.UInt32, "value": pl.String})
    table = flat.select(pl.col("value").unique())
    messages = table.select(_message(purpose, ["value"]).alias("message")).to_series()
    table = table.with_columns(token=layered(messages, keys, COMPONENT_HEX))
    lists = (
        flat.lazy()
        .join(table.lazy().with_columns(as_number(pl.col("token"))), on="value", how="left")
        .group_by("row")
        .agg(pl.col("token").sort())
    )
    asked = named.lazy().join(
        distinct.lazy().join(lists, on="row", how="left"),
        on=list(named.columns), how="left", nulls_equal=True, maintain_order="left",
    )  # fmt: skip
    return asked.collect()["token"]


def _hash_columns(
    fields: pl.DataFrame, columns: Mapping[str, tuple[str, Sequence[str]]], role: str, keys: KeyRing
) -> pl.DataFrame:
    """One column of tokens for each entry of `columns` (name → purpose and fields), all in one pass."""
    hex_digits = {name: MATCH_KEY_HEX if name in MATCH_KEYS else COMPONENT_HEX for name in columns}
    messages = fields.select(_message(purpose, of).alias(name) for name, (purpose, of) in columns.items())
    layers = {name: keys.token_keys(role, purpose) for name, (purpose, _) in columns.items()}
    return layered_columns(messages, layers, hex_digits).select(
        as_binary(pl.col(name)) if name in MATCH_KEYS else as_number(pl.col(name)) for name in columns
    )


def _by_distinct(values: pl.DataFrame, column: str, purpose: str, role: str, keys: KeyRing) -> pl.Series:
    """A component, worked out once per distinct value: a hundred thousand records say twelve months."""
    field = values.columns[0]
    distinct = values.unique().drop_nulls()
    tokens = _hash_columns(distinct, {column: (purpose, [field])}, role, keys)
    table = pl.concat([distinct, tokens], how="horizontal")
    return values.join(table, on=field, how="left", maintain_order="left")[column]


def _match_keys(names: Sequence[str]) -> dict[str, tuple[str, Sequence[str]]]:
    return {name: (name, MATCH_KEYS[name]) for name in names}


def _single_tokens(fields: pl.DataFrame, role: str, keys: KeyRing, pool: Executor) -> Iterator[pl.Series]:
    """Components and lists of all records: what is worked out once per distinct value is worked out for all
    records together, since every part of them says the same few values again."""

    def component(column: str) -> pl.Series:
        purpose, field = COMPONENTS[column]
        return _by_distinct(fields.select(field), column, purpose, role, keys)

    def listed(column: str) -> pl.Series:
        purpose, of = LISTS[column]
        variants = surname_parts if of == ("surname",) else near_variants
        made = _token_list(fields.select(of), variants, purpose, keys.token_keys(role, purpose))
        return made.rename(column)

    if fields.height < DISTINCT_FROM_ROWS:
        single = {column: (purpose, [field]) for column, (purpose, field) in COMPONENTS.items()}
        yield from _hash_columns(fields, single, role, keys)
    else:
        yield from pool.map(component, COMPONENTS)
    yield from pool.map(listed, LISTS)


def _hashed(parts: Sequence[pl.DataFrame], role: str, keys: KeyRing, pool: Executor) -> pl.DataFrame:
    """Every token of all records, from the parts that they are made of, chunk by chunk."""
    keyed = pool.map(
        lambda fields: _hash_columns(fields, _match_keys(tuple(MATCH_KEYS)), role, keys), parts
    )
    match_keys = pl.concat(keyed, rechunk=False)
    fields = pl.concat(parts, rechunk=False).select("rec_key", *_SINGLE_FIELDS)
    made = pl.DataFrame([fields["rec_key"], *match_keys, *_single_tokens(fields, role, keys, pool)])
    counted = (*MATCH_KEYS, *COMPONENTS)
    return made.select(
        *made.columns,
        token_count=pl.sum_horizontal(pl.col(c).is_not_null().cast(pl.UInt8) for c in counted).cast(pl.UInt8),
        spec_version=pl.lit(SPEC_VERSION),
    ).select(TOKEN_COLUMNS)


_SINGLE_FIELDS: Final = sorted(
    {field for _, field in COMPONENTS.values()} | {field for _, of in LISTS.values() for field in of}
)


def _refuse(frame: pl.DataFrame, role: str) -> None:
    if role not in ROLES:
        raise ValueError(f"There is no role [{role}]. Roles are: {', '.join(ROLES)}.")
    known = {"rec_key", "may_link", *IDENTITY_COLUMNS}
    unknown = [c for c in frame.columns if c not in known]
    if unknown:
        raise ValueError(
            f"Identity frame has [{len(unknown)}] columns that tokens are not made of: "
            f"{', '.join(f'[{c}]' for c in sorted(unknown))}. Drop them before tokenising."
        )
    if "rec_key" not in frame.columns:
        raise ValueError(
            "Column [rec_key] is missing from the identity frame. Each record needs its random key."
        )
    if frame["rec_key"].null_count() or frame["rec_key"].n_unique() != frame.height:
        raise ValueError("Column [rec_key] has nulls or repeats. Each record needs its own random key.")
    if "may_link" in frame.columns:
        allowed = frame.select(
            pl.col("may_link").cast(pl.String).str.to_lowercase().is_in(["true", "yes"])
        ).to_series()
        n_refused = frame.height - int(allowed.fill_null(False).sum())
        if n_refused:
            raise ValueError(
                f"[{n_refused}] records may not be linked (may_link is not yes). They are never tokenised: "
                "leave them out. Nothing was hashed."
            )
    for column in FORBIDDEN_IDENTIFIERS[role]:
        if column in frame.columns and (n := frame.height - frame[column].null_count()):
            raise ValueError(
                f"[{n}] records of role [{role}] carry [{column}], which that role does not use. "
                "Leave the column out; nothing was hashed."
            )


def _chunks(frame: pl.DataFrame) -> list[pl.DataFrame]:
    return [frame.slice(start, ROWS_PER_CHUNK) for start in range(0, max(frame.height, 1), ROWS_PER_CHUNK)]


def tokenise(frame: pl.DataFrame, *, role: str, keys: KeyRing) -> pl.DataFrame:
    """One row per record: `rec_key`, match-keys (16 bytes), components (64-bit numbers, lists), counts and
    version.

    `frame` holds `rec_key` and any of IDENTITY_COLUMNS as text (dob may be a date); what is absent counts
    as null. Raises ValueError, without any value, for an unknown role or column, repeated record keys,
    records that may not be linked, and identifiers that do not belong to the role.
    """
    _refuse(frame, role)
    return tokenise_canonical(canonical(frame), role=role, keys=keys)


def tokenise_canonical(identity: pl.DataFrame, *, role: str, keys: KeyRing) -> pl.DataFrame:
    """Tokens of identity that is canonical already (normalise.canonical): grain and columns as `tokenise`."""
    with ThreadPoolExecutor(THREADS) as pool:
        return _hashed(list(pool.map(fields_of, _chunks(identity))), role, keys, pool)


BRIDGE_KEYS: Final = ("k2", "k3", "k4", "k7", "k8", "k11", "k13")
"""Strict passes without identifiers: the bridge counts people, so a missed one is better than a wrong one."""


def _bridge(fields: pl.DataFrame, keys: KeyRing) -> pl.DataFrame:
    return pl.DataFrame([fields["rec_key"], *_hash_columns(fields, _match_keys(BRIDGE_KEYS), "bridge", keys)])


def bridge_tokens(frame: pl.DataFrame, *, keys: KeyRing) -> pl.DataFrame:
    """Match-keys of the bridge namespace, one row per record: the only tokens that victims and suspects
    share.

    Made at intake for records where exploitation may be recorded, kept in a table of the vault of its own,
    and read by linkage.role_overlap alone.
    """
    _refuse(frame, "bridge")
    return pl.concat(_bridge(fields_of(chunk), keys) for chunk in _chunks(canonical(frame)))


def tokenise_with_bridge(
    frame: pl.DataFrame, *, role: str, bridged: pl.DataFrame, keys: KeyRing
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`tokenise`, and `bridge_tokens` of the records whose `rec_key` is in `bridged`: cleaned and taken apart
    once, since no key of the bridge is made of an identifier that it may not know."""
    _refuse(frame, role)
    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(fields_of, _chunks(canonical(frame))))
        here = (part.join(bridged, on="rec_key", how="semi", maintain_order="left") for part in parts)
        return _hashed(parts, role, keys, pool), pl.concat(_bridge(fields, keys) for fields in here)


def own_reference_tokens(references: pl.Series, *, role: str, keys: KeyRing) -> pl.Series:
    """K0 of each of the agency's own references: finds what is held of a person, and is not stored."""
    fields = references.to_frame("own_ref").select(own_reference(pl.col("own_ref")))
    return _hash_columns(fields, _match_keys(("k0",)), role, keys)["k0"]


def rewrap(tokens: pl.DataFrame, *, role: str, keys: KeyRing) -> pl.DataFrame:
    """Stored tokens with the newest layer of `keys` put over them: the linkage key rotates without any
    identifier.

    `keys` is the ring after `rotated("linkage")`. Equal tokens stay equal and unequal ones unequal, so
    links, people and cubes do not change; no stored token does not change. Run it once per role, in one
    transaction with the key file.
    """
    if len(keys.linkage) < 2:
        raise ValueError("The linkage key has one layer only. Rotate it first; nothing was re-keyed.")
    purposes = {c: c for c in MATCH_KEYS} | {c: purpose for c, (purpose, _) in COMPONENTS.items()}
    here = [c for c in tokens.columns if c in purposes]
    newest = {c: keys.token_keys(role, purposes[c])[-1:] for c in here}
    in_hex = tokens.with_columns(
        pl.col(c).bin.encode("hex") if c in MATCH_KEYS else as_hex(tokens[c]) for c in here
    )
    hex_digits = {c: MATCH_KEY_HEX if c in MATCH_KEYS else COMPONENT_HEX for c in here}
    return layered_columns(in_hex, newest, hex_digits).with_columns(
        *(as_binary(pl.col(c)) if c in MATCH_KEYS else as_number(pl.col(c)) for c in here),
        *(
            _rewrap_list(tokens[c], keys.token_keys(role, LISTS[c][0])[-1:])
            for c in tokens.columns
            if c in LISTS
        ),
    )


def _rewrap_list(values: pl.Series, keys: Sequence[str]) -> pl.Series:
    frame = pl.DataFrame({"row": pl.int_range(len(values), eager=True), "token": values})
    flat = frame.explode("token").drop_nulls()
    flat = flat.with_columns(layered(as_hex(flat["token"]), keys, COMPONENT_HEX).alias("token"))
    flat = flat.with_columns(as_number(pl.col("token")))
    lists = flat.group_by("row").agg(pl.col("token").sort())
    return (
        frame.select("row")
        .join(lists, on="row", how="left", maintain_order="left")["token"]
        .rename(values.name)
    )


def warehouse_ids(values: pl.Series, *, purpose: str, keys: KeyRing) -> pl.Series:
    """Ids of the warehouse: HMAC(K_warehouse, value), 128 bits in hex, one purpose per kind of id; null
    stays null."""
    return hmac_hex(values, keys.warehouse_key(purpose)).str.slice(0, MATCH_KEY_HEX).rename(values.name)
