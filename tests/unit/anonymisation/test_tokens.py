"""Tokens: RFC vectors, golden vectors, what never yields a token, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from anonymisation import hashing
from anonymisation import tokens as room
from anonymisation.fields import near_variants
from anonymisation.hashing import hmac_hex, hmac_stdlib
from anonymisation.keys import random_ring, sample_ring
from anonymisation.tokens import (
    BRIDGE_KEYS,
    COMPONENTS,
    LISTS,
    MATCH_KEYS,
    TOKEN_COLUMNS,
    bridge_tokens,
    rewrap,
    tokenise,
    warehouse_ids,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "tokens_vectors.json"

PERSON = {
    "rec_key": "r1",
    "forename": "Zoë-Anne",
    "surname": "O'Example",
    "dob": "1985-03-07",
    "nhs_number": "999 000 0018",
    "postcode": "b15 1aa",
    "own_ref": "isva|77",
}


def _frame(*people: dict[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame([PERSON | person for person in people], schema=dict.fromkeys(PERSON, pl.String))


@pytest.mark.parametrize(
    ("key", "message", "digest"),
    [
        (
            "Jefe",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        ("\x0b" * 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    ],
)
@pytest.mark.parametrize("how", [hmac_hex, hmac_stdlib])
def test_hmac_when_given_rfc_4231_text_vectors_then_equals_them(
    how, key: str, message: str, digest: str
) -> None:  # type: ignore[no-untyped-def]
    assert how(pl.Series("m", [message, None, message]), key).to_list() == [digest, None, digest]


def test_hmac_when_key_is_longer_than_a_block_then_both_ways_agree_with_the_standard_library() -> None:
    import hashlib
    import hmac

    key, message = "k" * 131, "Test Using Larger Than Block-Size Key - Hash Key First"
    expected = hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
    assert (
        hmac_stdlib(pl.Series([message]), key).to_list()
        == hmac_hex(pl.Series([message]), key).to_list()
        == [expected]
    )


def test_tokenise_when_polars_hash_is_absent_then_gives_the_same_tokens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = _frame({}, {"rec_key": "r2", "forename": None})
    fast = tokenise(frame, role="victim", keys=sample_ring())
    monkeypatch.setattr(hashing, "_plugin", lambda: None)
    assert tokenise(frame, role="victim", keys=sample_ring()).equals(fast)


def _as_golden(frame: pl.DataFrame) -> dict[str, object]:
    row = frame.row(0, named=True)
    return {
        column: value.hex()
        if isinstance(value, bytes)
        else f"{value:016x}"
        if column in COMPONENTS and value
        else [f"{v:016x}" for v in value]
        if isinstance(value, list)
        else value
        for column, value in row.items()
    }


@pytest.mark.parametrize("role", ["victim", "suspect"])
def test_tokenise_when_given_the_golden_person_then_every_token_is_the_golden_one(role: str) -> None:
    person = dict(PERSON)
    if role == "suspect":
        person.pop("nhs_number")
        person["pnc_id"] = "12/394773H"
    made = _as_golden(tokenise(pl.DataFrame([person]), role=role, keys=sample_ring()))
    assert made == json.loads(GOLDEN.read_text())[role]


def test_tokenise_when_a_message_is_worked_out_by_hand_then_the_token_is_its_hmac() -> None:
    import hashlib
    import hmac

    ring = sample_ring()
    made = tokenise(_frame({}), role="victim", keys=ring)
    message = "k3|v1|3:ZOE|8:OEXAMPLE|8:19850307"
    key = ring.token_keys("victim", "k3")[0].encode()
    assert made["k3"][0] == hmac.new(key, message.encode(), hashlib.sha256).digest()[:16]


def test_tokenise_when_frame_is_empty_then_columns_are_all_there() -> None:
    made = tokenise(_frame({}).clear(), role="victim", keys=sample_ring())
    assert (made.height, tuple(made.columns)) == (0, TOKEN_COLUMNS)


NEEDS = {
    "forename": {"k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11", "k12", "k13", "k14", "k15"},
    "surname": {"k2", "k3", "k4", "k5", "k6", "k8", "k9", "k10", "k11", "k12", "k13", "k14", "k15"},
    "dob": {"k2", "k3", "k4", "k5", "k7", "k8", "k9", "k10", "k11", "k12", "k13", "k14", "k15"},
    "postcode": {"k2", "k4", "k6", "k7", "k8", "k10", "k12", "k13", "k14", "k15"},
    "nhs_number": {"k1"},
    "own_ref": {"k0"},
}


@pytest.mark.parametrize("bad", [None, "", "  "])
@pytest.mark.parametrize("field", list(NEEDS))
def test_tokenise_when_a_field_is_missing_then_exactly_its_own_keys_are_null(
    field: str, bad: str | None
) -> None:
    made = tokenise(_frame({field: bad}), role="victim", keys=sample_ring()).row(0, named=True)
    assert {k for k in MATCH_KEYS if made[k] is None} == NEEDS[field]


@pytest.mark.parametrize(
    ("field", "malformed"),
    [("nhs_number", "9990000019"), ("postcode", "nowhere"), ("dob", "c. 1998"), ("forename", "Unknown")],
)
def test_tokenise_when_an_identifier_is_malformed_then_costs_its_own_tokens_only(
    field: str, malformed: str
) -> None:
    with_null = tokenise(_frame({field: None}), role="victim", keys=sample_ring())
    assert tokenise(_frame({field: malformed}), role="victim", keys=sample_ring()).equals(with_null)


def test_tokenise_when_nothing_is_said_then_no_token_exists() -> None:
    nobody = {field: None for field in PERSON if field != "rec_key"}
    made = tokenise(_frame(nobody), role="victim", keys=sample_ring()).row(0, named=True)
    assert {made[c] for c in (*MATCH_KEYS, *COMPONENTS)} | {str(made[c]) for c in LISTS} == {None, "None"}
    assert made["token_count"] == 0


def test_tokenise_when_birth_is_first_of_january_then_keys_without_a_place_are_null() -> None:
    made = tokenise(_frame({"dob": "1985-01-01"}), role="victim", keys=sample_ring()).row(0, named=True)
    assert {k for k in MATCH_KEYS if made[k] is None} == {"k3", "k5", "k9", "k11", "k12", "k15"}


def test_tokenise_when_roles_differ_then_no_token_is_shared() -> None:
    frame = _frame({"nhs_number": None})
    victim = tokenise(frame, role="victim", keys=sample_ring()).row(0, named=True)
    suspect = tokenise(frame, role="suspect", keys=sample_ring()).row(0, named=True)
    shared = {c for c in (*MATCH_KEYS, *COMPONENTS) if victim[c] is not None and victim[c] == suspect[c]}
    assert shared == set()


def test_tokenise_when_keys_differ_then_no_token_is_shared() -> None:
    first = tokenise(_frame({}), role="victim", keys=random_ring()).row(0, named=True)
    second = tokenise(_frame({}), role="victim", keys=random_ring()).row(0, named=True)
    assert {c for c in (*MATCH_KEYS, *COMPONENTS) if first[c] is not None and first[c] == second[c]} == set()


def test_tokenise_when_names_are_exchanged_then_the_sorted_key_and_the_name_namespace_meet() -> None:
    made = tokenise(
        _frame(
            {"forename": "Ali", "surname": "Khan"}, {"rec_key": "r2", "forename": "Khan", "surname": "Ali"}
        ),
        role="victim",
        keys=sample_ring(),
    )
    assert made["k9"][0] == made["k9"][1]
    assert made["c_forename"][0] == made["c_surname"][1]


def test_tokenise_when_fields_are_cut_elsewhere_then_length_prefixes_keep_messages_apart() -> None:
    made = tokenise(
        _frame({"forename": "Ann", "surname": "Eve"}, {"rec_key": "r2", "forename": "Anne", "surname": "Ve"}),
        role="victim",
        keys=sample_ring(),
    )
    assert made["k3"][0] != made["k3"][1]


@pytest.mark.parametrize(
    ("columns", "role", "expected"),
    [
        (
            {"may_link": "no"},
            "victim",
            r"\[1\] records may not be linked .*never tokenised.*Nothing was hashed",
        ),
        ({"may_link": None}, "victim", r"\[1\] records may not be linked"),
        ({"pnc_id": "12/394773H"}, "victim", r"\[1\] records of role \[victim\] carry \[pnc_id\]"),
        ({}, "suspect", r"\[1\] records of role \[suspect\] carry \[nhs_number\]"),
        ({}, "child", r"There is no role \[child\]. Roles are: victim, suspect, bridge"),
        ({"offence": "x"}, "victim", r"\[1\] columns that tokens are not made of: \[offence\]"),
    ],
)
def test_tokenise_when_input_is_not_allowed_then_refuses_without_a_value(
    columns: dict[str, str | None], role: str, expected: str
) -> None:
    frame = _frame({}).with_columns(pl.lit(v, dtype=pl.String).alias(c) for c, v in columns.items())
    with pytest.raises(ValueError, match=expected) as problem:
        tokenise(frame, role=role, keys=sample_ring())
    assert not any(
        value in str(problem.value) for value in ("Zoë", "Example", "9990000018", "B15", "394773H")
    )


@pytest.mark.parametrize("keys", [["a", "a"], ["a", None]])
def test_tokenise_when_record_keys_repeat_or_lack_then_refuses(keys: list[str | None]) -> None:
    frame = pl.DataFrame({"rec_key": keys, "surname": ["x", "y"]})
    with pytest.raises(ValueError, match=r"Column \[rec_key\] has nulls or repeats"):
        tokenise(frame, role="victim", keys=sample_ring())


@pytest.mark.parametrize("allowed", ["yes", "true"])
def test_tokenise_when_records_may_be_linked_then_the_guard_lets_them_pass(allowed: str) -> None:
    assert (
        tokenise(_frame({}).with_columns(may_link=pl.lit(allowed)), role="victim", keys=sample_ring()).height
        == 1
    )


def test_near_variants_when_one_slip_apart_then_share_an_element() -> None:
    for other in ("SMIHT", "SMTH", "SMYTH", "SMITHE", "MITH", "SMIITH"):
        assert set(near_variants("SMITH")) & set(near_variants(other)), other
    assert not set(near_variants("SMITH")) & set(near_variants("SCHMIDT"))


def test_tokenise_when_near_lists_are_made_by_columns_then_they_are_those_of_near_variants() -> None:
    made = tokenise(
        _frame({"forename": "Ann"}, {"rec_key": "r2", "forename": "Abcdefghijklmnopqrstuvw"}),
        role="victim",
        keys=sample_ring(),
    )
    assert made["c_forename_near"].list.len().to_list() == [
        len(near_variants("ANN")),
        len(near_variants("ABCDEFGHIJKLMNOPQRSTUVW")),
    ]


def test_tokenise_when_worked_out_once_per_distinct_value_then_equals_record_by_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Many records are hashed in chunks, and their components once for all chunks together."""
    frame = _frame(
        {},
        {"rec_key": "r2", "forename": None, "postcode": None},
        {"rec_key": "r3", "surname": "O'Neil-Mason"},
        {"rec_key": "r4"},
        {"rec_key": "r5", "dob": None, "nhs_number": None},
    )
    few = tokenise(frame, role="victim", keys=sample_ring())
    monkeypatch.setattr(room, "DISTINCT_FROM_ROWS", 1)
    monkeypatch.setattr(room, "ROWS_PER_CHUNK", 2)
    assert tokenise(frame, role="victim", keys=sample_ring()).equals(few)


def test_rewrap_when_linkage_key_turns_then_equals_tokenising_anew_and_nothing_stays() -> None:
    frame = _frame({}, {"rec_key": "r2", "forename": None, "postcode": None})
    ring = sample_ring()
    old = tokenise(frame, role="victim", keys=ring)
    turned = ring.rotated("linkage").rotated("linkage")
    once = rewrap(old, role="victim", keys=ring.rotated("linkage"))
    assert rewrap(old, role="victim", keys=_last_but(turned)).equals(
        tokenise(frame, role="victim", keys=_last_but(turned))
    )
    kept = [c for c in (*MATCH_KEYS, *COMPONENTS) if old[c][0] is not None and old[c][0] == once[c][0]]
    assert kept == []


def _last_but(ring):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(ring, linkage=ring.linkage[:-1])


def test_rewrap_when_there_is_one_layer_then_refuses() -> None:
    with pytest.raises(ValueError, match=r"The linkage key has one layer only. Rotate it first"):
        rewrap(tokenise(_frame({}), role="victim", keys=sample_ring()), role="victim", keys=sample_ring())


def test_bridge_tokens_when_roles_meet_then_names_and_birth_meet_without_identifiers() -> None:
    frame = _frame({}).drop("nhs_number", "own_ref")
    made = bridge_tokens(frame, keys=sample_ring())
    assert made.columns == ["rec_key", *BRIDGE_KEYS]
    with pytest.raises(ValueError, match=r"role \[bridge\] carry \[nhs_number\]"):
        bridge_tokens(_frame({}), keys=sample_ring())


def test_warehouse_ids_when_purpose_or_key_differ_then_ids_differ_and_null_stays_null() -> None:
    ring = sample_ring()
    values = pl.Series("uid", ["a", None])
    ids = {
        warehouse_ids(values, purpose=purpose, keys=r)[0]
        for purpose in ("person", "record")
        for r in (ring, ring.rotated("warehouse"))
    }
    assert len(ids) == 4
    assert warehouse_ids(values, purpose="person", keys=ring)[1] is None
