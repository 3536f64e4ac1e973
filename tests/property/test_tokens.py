"""Tokens and normalisation under any input: no null has a token, no rule fails, rules are stable."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymisation.fields import near_variants
from anonymisation.keys import sample_ring
from anonymisation.normalise import IDENTITY_COLUMNS, RULES, canonical
from anonymisation.tokens import COMPONENTS, LISTS, MATCH_KEYS, tokenise

FIELDS = [c for c in IDENTITY_COLUMNS if c != "pnc_id"]
VALUE = (
    st.none()
    | st.text(max_size=25)
    | st.sampled_from(["", "Unknown", "B15 1AA", "1985-03-07", "9990000018", "Ann-Marie"])
)
PERSON = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUE))
KEYS = sample_ring()


def _frame(people: list[dict[str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        [{"rec_key": str(i), **person} for i, person in enumerate(people)],
        schema={"rec_key": pl.String, **dict.fromkeys(FIELDS, pl.String)},
    )


@settings(max_examples=60)
@given(st.lists(st.none() | st.text(max_size=40), max_size=8), st.sampled_from(sorted(RULES)))
def test_rule_when_given_any_text_then_keeps_length_and_is_stable_on_its_own_output(
    values: list[str | None], name: str
) -> None:
    rule = RULES[name]
    once = rule(pl.Series("x", values, dtype=pl.String))
    assert len(once) == len(values)
    assert not any(value == "" for value in once)
    if name not in ("forename", "surname", "own_ref"):
        again = rule(once)
        assert again.to_list() == once.to_list()


@settings(max_examples=25)
@given(st.lists(PERSON, min_size=1, max_size=5))
def test_tokenise_when_given_anything_then_a_null_field_never_has_a_token(
    people: list[dict[str, str | None]],
) -> None:
    frame = _frame(people)
    identity, tokens = canonical(frame), tokenise(frame, role="victim", keys=KEYS)
    for said, made in zip(identity.iter_rows(named=True), tokens.iter_rows(named=True), strict=True):
        if said["surname"] is None:
            assert {
                made[c] for c in ("c_surname", "c_surname_mp", "c_sn3", "k2", "k3", "k6", "k9", "k10")
            } == {None}
        if said["dob"] is None:
            assert {made[c] for c in ("c_dob", "c_dob_y", "k2", "k3", "k5", "k7", "k11", "k14")} == {None}
        if said["nhs_number"] is None:
            assert made["c_nhs"] is None
        if said["own_ref"] is None:
            assert made["k0"] is None
        if all(value is None for field, value in said.items() if field != "rec_key"):
            assert all(made[c] is None for c in (*MATCH_KEYS, *COMPONENTS, *LISTS))


@settings(max_examples=25)
@given(PERSON, PERSON)
def test_tokenise_when_alone_or_in_company_then_the_tokens_are_the_same(
    one: dict[str, str | None], other: dict[str, str | None]
) -> None:
    together = tokenise(_frame([one, other]), role="victim", keys=KEYS)
    alone = tokenise(_frame([one]), role="victim", keys=KEYS)
    assert together.head(1).equals(alone)


LETTERS = st.text(alphabet="ABCDEFGH", min_size=1, max_size=10)


@given(LETTERS, st.integers(0, 9), st.sampled_from("ABCDEFGH"), st.integers(0, 3))
def test_near_variants_when_one_slip_is_made_then_an_element_is_shared(
    name: str, place: int, letter: str, kind: int
) -> None:
    i = place % len(name)
    slips = [
        name[:i] + name[i + 1 :],
        name[:i] + letter + name[i + 1 :],
        name[:i] + letter + name[i:],
        name[:i] + name[i : i + 2][::-1] + name[i + 2 :],
    ]
    if slips[kind] and len(name) > 1:
        assert set(near_variants(name)) & set(near_variants(slips[kind]))
