"""Normalisation: a vector for each rule, and what means missing."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from anonymisation.normalise import (
    FILLER_DATES,
    NAME_PLACEHOLDERS,
    NAMES_AND_FILLERS,
    birth_digits,
    canonical,
    name_words,
    nhs_number,
    own_reference,
    pnc_id,
    postcode,
    postcode_district,
    postcode_sector,
    postcode_unit,
    reference,
)


def _one(rule, value):  # type: ignore[no-untyped-def]
    return rule(pl.Series("x", [value], dtype=pl.String)).to_list()[0]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Mary", "MARY"),
        ("  mary   jane ", "MARY JANE"),
        ("Mary-Jane", "MARY JANE"),
        ("Mrs. Mary", "MARY"),
        ("Dr Prof Mary", "MARY"),
        ("O'Brien", "OBRIEN"),
        ("O’Brien", "OBRIEN"),
        ("o brien", "OBRIEN"),
        ("Mc Donald", "MCDONALD"),
        ("José", "JOSE"),
        ("JosÃ©", "JOSE"),
        ("Zoë", "ZOE"),
        ("Łukasz", "LUKASZ"),
        ("Strauß", "STRAUSS"),
        ("Ægir", "AEGIR"),
        ("St. John", "SAINT JOHN"),
        ("Smith (nee Jones)", "SMITH"),
        ("smith2", "SMITH"),
        ("J", "J"),
        ("Зоя", "ЗОЯ"),
        ("Ng", "NG"),
        ("", None),
        ("   ", None),
        ("-", None),
        ("12345", None),
        (None, None),
        ("Unknown", None),
        ("N/K", None),
        ("n/a", None),
        ("NOT ENTERED", None),
        ("MIG_ERROR_12", None),
        ("Duplicate_Smith", None),
        ("Regina", None),
        ("The Crown", None),
        ("Mr", None),
        ("Mrs Unknown", None),
    ],
)
def test_name_words_when_given_a_vector_then_gives_its_canonical_form(
    raw: str | None, expected: str | None
) -> None:
    assert _one(name_words, raw) == expected


def test_name_words_when_value_is_any_placeholder_then_is_null() -> None:
    words = sorted(NAME_PLACEHOLDERS)
    assert name_words(pl.Series(words)).null_count() == len(words)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("450 557 7104", "4505577104"),
        ("450-557-7104", "4505577104"),
        ("4505577104.0", "4505577104"),
        ("9990000018", "9990000018"),
        ("4505577105", None),
        ("450557710", None),
        ("45055771044", None),
        ("4444444444", None),
        ("6666666666", None),
        ("1111111111", None),
        ("3505577104", None),
        ("9434765919", None),
        ("0101010000", None),
        ("4.50558E+09", None),
        ("abc", None),
        ("", None),
        (None, None),
    ],
)
def test_nhs_number_when_given_a_vector_then_keeps_the_right_ones_only(
    raw: str | None, expected: str | None
) -> None:
    assert _one(nhs_number, raw) == expected


def test_nhs_number_when_check_digit_is_each_of_ten_then_one_at_most_is_right() -> None:
    kept = nhs_number(pl.Series([f"45055771{tens}{units}" for tens in range(10) for units in range(10)]))
    assert all(kept[i * 10 : i * 10 + 10].drop_nulls().len() <= 1 for i in range(10))
    assert kept.drop_nulls().len() == 9


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12/394773H", "2012/0394773H"),
        ("82/18053V", "1982/0018053V"),
        ("2012/0394773H", "2012/0394773H"),
        ("20120394773H", "2012/0394773H"),
        ("120394773H", "2012/0394773H"),
        ("k12/394773h", "2012/0394773H"),
        ("97/1626/008395Q", "1997/1626008395Q"),
        ("K97/1626/8395Q", "1997/1626008395Q"),
        ("12/394773J", None),
        ("12/394773", None),
        ("00/0000000Z", None),
        ("hello", None),
        ("", None),
        (None, None),
    ],
)
def test_pnc_id_when_given_a_vector_then_keeps_the_right_ones_only(
    raw: str | None, expected: str | None
) -> None:
    assert _one(pnc_id, raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1985-03-07", "19850307"),
        ("19850307", "19850307"),
        ("1985-03-07T00:00:00", "19850307"),
        ("1985-02-31", "19850231"),
        ("1985-01-01", "19850101"),
        ("1900-01-01", None),
        ("1970-01-01", None),
        ("9999-12-31", None),
        ("1899-12-31", None),
        ("1985-3-7", None),
        ("07/03/85", None),
        ("c. 1998", None),
        ("", None),
        (None, None),
    ],
)
def test_birth_digits_when_given_a_vector_then_gives_eight_digits_or_null(
    raw: str | None, expected: str | None
) -> None:
    assert _one(birth_digits, raw) == expected


def test_birth_digits_when_given_dates_then_fillers_are_null() -> None:
    days = pl.Series([dt.date(1985, 3, 7), dt.date(1900, 1, 1), None])
    assert birth_digits(days).to_list() == ["19850307", None, None]
    assert birth_digits(pl.Series(FILLER_DATES)).null_count() == len(FILLER_DATES)


@pytest.mark.parametrize(
    ("raw", "whole", "unit", "sector", "district"),
    [
        ("b15 1aa", "B151AA", "B151AA", "B151", "B15"),
        ("SW1A 1AA", "SW1A1AA", "SW1A1AA", "SW1A1", "SW1A"),
        ("M1 OAA", "M10AA", "M10AA", "M10", "M1"),
        ("B15 1", "B151", None, "B151", "B15"),
        ("B15", "B15", None, None, "B15"),
        ("EC1A", "EC1A", None, None, "EC1A"),
        ("4223", "4223", "4223", "422", "42"),
        ("ZZ99 3VZ", None, None, None, None),
        ("nf1 1nf", None, None, None, None),
        ("NF1 1FA", None, None, None, None),
        ("BFPO 1", None, None, None, None),
        ("Birmingham", None, None, None, None),
        ("", None, None, None, None),
        (None, None, None, None, None),
    ],
)
def test_postcode_when_given_a_vector_then_splits_into_its_parts(
    raw: str | None, whole: str | None, unit: str | None, sector: str | None, district: str | None
) -> None:
    kept = postcode(pl.Series("x", [raw], dtype=pl.String))
    assert (kept[0], postcode_unit(kept)[0], postcode_sector(kept)[0], postcode_district(kept)[0]) == (
        whole,
        unit,
        sector,
        district,
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("ab-12 3", "AB123"), ("12.0", "12"), ("000", None), ("n/a", None), ("", None), (None, None)],
)
def test_reference_when_given_a_vector_then_keeps_letters_and_digits(
    raw: str | None, expected: str | None
) -> None:
    assert _one(reference, raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(" police|p1 ", "POLICE|P1"), ("police|", None), ("police:", None), ("", None), (None, None)],
)
def test_own_reference_when_only_the_prefix_is_there_then_is_null(
    raw: str | None, expected: str | None
) -> None:
    assert _one(own_reference, raw) == expected


def test_canonical_when_columns_are_absent_then_they_are_null_and_rows_keep_their_order() -> None:
    frame = pl.DataFrame({"rec_key": ["b", "a", "c"], "surname": ["Smith", None, "smith"]})
    assert canonical(frame).to_dicts() == [
        {
            "rec_key": key,
            "forename": None,
            "surname": surname,
            "dob": None,
            "nhs_number": None,
            "pnc_id": None,
            "postcode": None,
            "own_ref": None,
            "other_id": None,
        }
        for key, surname in (("b", "SMITH"), ("a", None), ("c", "SMITH"))
    ]


def test_canonical_when_record_keys_are_missing_then_says_so() -> None:
    with pytest.raises(ValueError, match=r"Column \[rec_key\] is missing from the identity frame"):
        canonical(pl.DataFrame({"surname": ["x"]}))


@pytest.mark.parametrize("word", NAMES_AND_FILLERS)
@pytest.mark.parametrize(
    ("forename", "surname", "dob", "expected"),
    [
        ("{}", "Li", "1991-05-17", ("{}", "LI")),
        ("Li", "{}", "1991-05-17", ("LI", "{}")),
        ("{}", "Li", None, (None, "LI")),
        ("{}", "Li", "1900-01-01", (None, "LI")),
        ("{}", "{}", "1991-05-17", (None, None)),
        ("Unknown", "{}", "1991-05-17", (None, None)),
        (None, "{}", "1991-05-17", (None, None)),
        ("{} Ho", "Li", None, ("{} HO", "LI")),
    ],
)
def test_canonical_when_a_filler_is_a_name_as_well_then_the_rest_of_the_record_decides(
    word: str, forename: str | None, surname: str, dob: str | None, expected: tuple[str | None, str | None]
) -> None:
    frame = pl.DataFrame(
        {
            "rec_key": ["r"],
            "forename": [forename and forename.format(word.title())],
            "surname": [surname.format(word.lower())],
            "dob": [dob],
        },
        schema=dict.fromkeys(("rec_key", "forename", "surname", "dob"), pl.String),
    )
    assert canonical(frame).select("forename", "surname").row(0) == tuple(
        name and name.format(word) for name in expected
    )
