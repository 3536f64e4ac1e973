"""Offences: the list against the published one, the declared scope, recognising what agencies write."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codelists import codelist, rows
from schemas.offence_texts import (
    EXCEL_SERIALS,
    MAX_TEXT_LENGTH,
    REMEDIES,
    OffenceMatch,
    Problem,
    combine,
    parse_column,
    parse_offence,
    parse_offences,
)
from schemas.offences import (
    AGE_BOUNDS,
    AgeGroup,
    Offence,
    categories_of,
    is_in_reach,
    is_in_scope,
    is_pair,
    kinds_of,
    offence,
    offences_frame,
    scope_frame,
)

SEXUAL = tuple(r for r in rows("offences") if r["is_sexual_offence"] == "yes" and r["code"])
PAIRS = tuple(dict.fromkeys((r["category"], r["code"]) for r in rows("offences") if r["code"]))

# Lines per category of class Sexual offences, counted in the Home Office list of April 2026.
LINES = {
    "17A": 2, "17B": 2, "19C": 2, "19D": 2, "19E": 2, "19F": 2, "19G": 2, "19H": 2, "19J": 6, "19K": 6,
    "20A": 2,
    "20B": 2, "21": 18, "22A": 4, "22B": 22, "23": 34, "70": 24, "71": 18, "73": 12, "88A": 3, "88C": 6,
    "88D": 3,
    "88E": 5,
}


# ------------------------------------------------------------------------------------------ the list


def test_sexual_offences_when_counted_then_as_the_published_list() -> None:
    assert Counter(r["category"] for r in SEXUAL) == LINES
    assert len(SEXUAL) == 181
    assert Counter(r["state_based"] for r in SEXUAL) == {"V": 89, "S/V": 91, "S": 1}
    assert {r["code"] for r in SEXUAL if r["state_based"] == "S"} == {"071/16"}


def test_sexual_offences_when_rape_then_in_group_rape_and_nothing_else_is() -> None:
    rape = {r["category"] for r in SEXUAL if r["home_office_group"] == "Rape"}
    assert rape == {"19C", "19D", "19E", "19F", "19G", "19H", "19J", "19K"}
    assert {r["home_office_group"] for r in SEXUAL} == {"Rape", "Other sexual offences"}


@pytest.mark.parametrize("pair", PAIRS)
def test_offence_when_in_the_list_then_the_pair_is_in_the_published_categories(pair: tuple[str, str]) -> None:
    assert is_pair(*pair)
    assert is_in_reach(*pair)


def test_offence_codes_when_compared_with_offences_then_derived_from_them() -> None:
    expected: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for row in rows("offences"):
        if row["code"]:
            titles, categories = expected.setdefault(row["code"], ({}, {}))
            titles[row["title"]] = None
            categories[row["category"]] = None
    codes = codelist("offence_codes")
    assert [(e.code, e.label, e.attributes["categories"]) for e in codes.entries[:-1]] == [
        (code, " | ".join(titles),
        " ".join(categories)) for code, (titles, categories) in sorted(expected.items())
    ]


def test_offence_categories_when_flagged_in_reach_then_exactly_those_with_lines() -> None:
    flagged = set(codelist("offence_categories").where("is_in_reach", "yes"))
    assert flagged == {r["category"] for r in rows("offences")}


def test_offences_when_read_then_cells_hold_known_words_only() -> None:
    orders = set(codelist("order_types").codes) | {""}
    for row in rows("offences"):
        assert row["victim_sex"] in {"F", "M", ""}
        assert row["victim_age"] in {*AGE_BOUNDS, ""}
        assert row["breach_of"] in orders
        assert {row[c] for c in ("is_attempt", "is_sexual_offence", "created_2024")} <= {"yes", "no"}
        assert row["is_attempt"] == ("yes" if row["title"].startswith("Attempted") else "no")


def test_offences_when_title_names_the_victim_then_sex_agrees() -> None:
    for row in SEXUAL:
        words = f" {row['title'].lower()} "
        named = {sex for sex, word in (("F", " female"), ("M", " male")) if word in words}
        if named and " by a male" not in words and " by a female" not in words and row["category"] != "88D":
            assert row["victim_sex"] in named, row["title"]


def test_offences_when_created_on_31_january_2024_then_flagged_and_dated() -> None:
    new = [r for r in rows("offences") if r["created_2024"] == "yes"]
    assert {(r["category"], r["code"], r["valid_from"]) for r in new} == {
        ("88E", "088/14", "2024-01-31"), ("88C", "088/15", "2024-01-31"), ("88C", "175/08", "2024-01-31"),
    }


def test_breaches_when_listed_then_each_order_has_its_codes() -> None:
    found: dict[str, set[str]] = {}
    for row in rows("offences"):
        if row["breach_of"]:
            found.setdefault(row["breach_of"], set()).add(row["code"])
    assert found == {
        "sexual_harm_prevention": {"068/08"}, "sexual_risk": {"068/07"}, "notification": {"066/17", "066/18"},
        "restraining": {"008/31", "066/38"}, "harassment_injunction": {"008/29"},
        "non_molestation": {"066/39"},
        "stalking_protection": {"008/74"}, "domestic_abuse_protection": {"068/19"},
        "fgm_protection": {"068/04"},
        "forced_marriage_protection": {"066/97"},
    }


def test_cjs_offences_when_counted_then_441_and_forms_follow_their_offence() -> None:
    codes = codelist("cjs_offences")
    assert len(codes.codes) == 441
    family, form = codes.attribute("family"), codes.attribute("form")
    assert {c for c, f in family.items() if family.get(c[:7], f) != f} == set()
    suffix = {"full": "", "attempt": "A", "aid_or_abet": "B", "conspiracy": "C", "incitement": "I"}
    assert all(c[7:] == suffix[f] for c, f in form.items())
    assert (family["SX03001"], family["SX03001A"], family["SX03128"]) == ("rape", "rape", "exposure")
    families = codelist("cjs_families").attribute("home_office_categories")
    held = {category for categories in families.values() for category in categories.split()}
    assert held <= set(codelist("offence_categories").where("is_in_reach", "yes"))


# ------------------------------------------------------------------------------------ facts of an offence


def test_offence_when_category_and_code_are_known_then_every_fact_is_told() -> None:
    assert offence("19C", "019/12") == Offence(
        category="19C", code="019/12", title="Attempted rape of a female aged 16 or over",
        home_office_group="Rape", victim_sex="F", victim_age="16plus", age_group=AgeGroup.ADULT,
        is_attempt=True, is_sexual_offence=True, is_state_based=False, is_created_2024=False,
        breach_of="", valid_from=None, valid_to=None,
    )


@pytest.mark.parametrize(
    ("category", "code", "sex", "age", "group"),
    [
        ("19J", None, "F", "", AgeGroup.NOT_FIXED),
        ("19J", "019/08", "F", "16plus", AgeGroup.ADULT),
        ("19J", "019/07", "F", "13to15", AgeGroup.CHILD),
        ("19K", "019/19", "M", "u13", AgeGroup.CHILD),
        (None, "019/08", "F", "16plus", AgeGroup.ADULT),
        ("19C", None, "F", "16plus", AgeGroup.ADULT),
        ("17A", "017/13", "M", "13plus", AgeGroup.NOT_FIXED),
        ("22A", None, "", "", AgeGroup.NOT_FIXED),
        ("22A", "022/04", "F", "", AgeGroup.NOT_FIXED),
        ("22A", "022/05", "M", "", AgeGroup.NOT_FIXED),
        ("23", None, "", "", AgeGroup.NOT_FIXED),
        ("23", "023/12", "", "18plus", AgeGroup.ADULT),
        ("23", "023/07", "M", "13to17", AgeGroup.CHILD),
        ("70", "070/18", "F", "", AgeGroup.NOT_FIXED),
        ("71", "071/06", "F", "u18", AgeGroup.CHILD),
        ("73", None, "", "", AgeGroup.CHILD),
        ("88A", None, "", "u16", AgeGroup.CHILD),
        ("8N", "008/68", "F", "u16", AgeGroup.CHILD),
    ],
)
def test_offence_when_statute_fixes_sex_or_age_then_told_only_if_it_holds_for_all_that_is_meant(
    category: str | None, code: str | None, sex: str, age: str, group: AgeGroup
) -> None:
    known = offence(category, code)
    assert known is not None
    assert (known.victim_sex, known.victim_age, known.age_group) == (sex, age, group)


def test_offence_when_out_of_reach_then_none() -> None:
    assert offence("8N", "008/01") is None
    assert offence("1", None) is None
    assert offence(None, "001/01") is None
    assert offence(None, None) is None
    assert offence("19C", "019/10") is None


def test_offence_when_the_category_holds_other_codes_too_then_nothing_is_claimed_for_it() -> None:
    known = offence("8N", None)
    assert known is not None
    assert (known.victim_sex, known.home_office_group) == ("", "Violence with injury")
    assert known.is_state_based
    assert kinds_of("8N", None, is_sexual=True) == frozenset()
    assert not is_in_scope("8N", None, is_sexual=True)


def test_offence_when_dated_then_both_days_are_included() -> None:
    new, closed = offence("88E", "088/14"), offence("72", None)
    assert new is not None and closed is not None
    assert (new.is_valid_on(date(2024, 1, 30)), new.is_valid_on(date(2024, 1, 31))) == (False, True)
    assert (closed.is_valid_on(date(2015, 7, 30)), closed.is_valid_on(date(2015, 7, 31))) == (True, False)
    assert new.is_created_2024


# ------------------------------------------------------------------------------------------ scope


def test_scope_when_read_then_each_row_names_offences_and_kinds_that_exist() -> None:
    held = {(r["category"], r["code"]) for r in rows("offences")}
    for row in rows("scope"):
        assert row["kind"] in codelist("kinds")
        assert row["condition"] in {"always", "sexual_flag"}
        assert any(c == row["category"] and row["code"] in ("*", code) for c, code in held)


def test_scope_when_every_sexual_offence_is_looked_up_then_only_animals_and_corpses_have_no_kind() -> None:
    pairs = [(r["category"], r["code"]) for r in SEXUAL]
    without = {pair for pair in pairs if not kinds_of(*pair, is_sexual=False)}
    assert without == {("88D", "088/03"), ("88D", "088/04"), ("88D", "088/11")}
    assert all(is_in_scope(*pair, is_sexual=False) for pair in pairs)


@pytest.mark.parametrize(
    ("category", "code", "is_sexual", "kinds"),
    [
        ("19C", "019/08", False, {"rape"}),
        (None, "019/08", False, {"rape"}),
        ("19D", None, False, {"rape", "child_abuse_incest"}),
        ("19J", None, False, {"rape"}),
        ("19J", "019/18", False, {"rape", "child_abuse_incest"}),
        ("20A", "020/03", False, {"sexual_assault"}),
        ("20A", "020/05", False, {"sexual_assault", "unwanted_touching"}),
        ("20A", None, False, {"sexual_assault"}),
        ("22A", None, False, {"coercion_exploitation", "pressure"}),
        ("70", "070/16", False, {"vulnerable_adults", "pressure", "pornography"}),
        ("71", "071/02", False, {"child_abuse_incest", "coercion_exploitation", "prostitution"}),
        ("72", None, False, {"trafficking", "coercion_exploitation"}),
        ("88A", "071/17", False, {"child_abuse_incest", "coercion_exploitation", "online"}),
        ("88E", "088/14", False, {"exposure", "online"}),
        ("88C", "088/15", False, {"online", "pornography"}),
        ("8N", "008/52", False, {"fgm"}),
        ("66", "068/04", False, {"fgm"}),
        ("66", "068/08", True, set()),
        ("8L", "195/94", False, set()),
        ("8L", "195/94", True, {"advances_harassment"}),
        ("8R", "008/72", True, {"advances_harassment", "online"}),
        ("8U", "008/67", True, {"coercion_exploitation", "pressure"}),
        ("106", "036/08", False, set()),
        ("106", "036/08", True, {"trafficking", "coercion_exploitation"}),
        ("86", "086/10", False, {"child_abuse_incest", "online"}),
        ("1", None, True, set()),
    ],
)
def test_kinds_when_looked_up_then_those_of_the_declared_scope(
    category: str | None, code: str | None, is_sexual: bool, kinds: set[str]
) -> None:
    assert kinds_of(category, code, is_sexual=is_sexual) == kinds


@given(st.sampled_from(PAIRS), st.booleans())
def test_kinds_when_less_is_known_then_never_more_is_claimed(pair: tuple[str, str], is_sexual: bool) -> None:
    category, code = pair
    whole = kinds_of(category, code, is_sexual=is_sexual)
    assert kinds_of(category, None, is_sexual=is_sexual) <= whole
    assert kinds_of(None, code, is_sexual=is_sexual) <= whole
    assert kinds_of(category, code, is_sexual=False) <= kinds_of(category, code, is_sexual=True)


def test_frames_when_built_then_they_agree_with_the_functions() -> None:
    facts, scope = offences_frame(), scope_frame()
    key = ["offence_category", "offence_code"]
    assert facts.select(key).is_duplicated().sum() == 0
    assert scope.select(*key, "kind").is_duplicated().sum() == 0
    assert scope.join(facts, on=key, how="anti").height == 0
    pairs = {(r["category"], r["code"]) for r in rows("offences")}
    assert facts.height == len({c for _, c in PAIRS}) + len({c for c, _ in pairs}) + len(PAIRS)
    kinds: dict[tuple[str, str, bool], set[str]] = {}
    for category, code, kind, condition in scope.iter_rows():
        for is_sexual in (False, True):
            if is_sexual or condition == "always":
                kinds.setdefault((category, code, is_sexual), set()).add(kind)
    for category, code in facts.select(key).iter_rows():
        for is_sexual in (False, True):
            known = kinds_of(
                None if category == "not_recorded" else category, None if code == "not_recorded" else code,
                is_sexual=is_sexual,
            )
            assert kinds.get((category, code, is_sexual), set()) == known
    one = facts.filter(offence_category="19J", offence_code="019/07").row(0, named=True)
    assert one == {
        "offence_category": "19J", "offence_code": "019/07", "title": "Rape of a female aged under 16",
        "home_office_group": "Rape", "victim_sex": "F", "victim_age": "13to15", "age_group": "child",
        "is_attempt": "no", "is_sexual_offence": "yes", "is_state_based": "no", "is_created_2024": "no",
        "breach_of": "", "valid_from": date(2019, 4, 1), "valid_to": None,
    }


# ------------------------------------------------------------------------------------------ recognition


@pytest.mark.parametrize(
    ("text", "category", "code"),
    [
        ("019/08", None, "019/08"), ("19/8", None, "019/08"), ("19/08", None, "019/08"),
        ("01908", None, "019/08"),
        ("1908", None, "019/08"), ("1908.0", None, "019/08"), (" 019 / 08 ", None, "019/08"),
        ("'019/08", None, "019/08"),
        ("019/08 - Rape of a female", None, "019/08"), ("08805", "88C", "088/05"),
        ("088/05", "88C", "088/05"),
        ("8805", "88C", "088/05"), ("868", "8N", "008/68"), ("17508", "88C", "175/08"),
        ("071/17", "88A", "071/17"),
        ("19C", "19C", None), ("19c ", "19C", None), ("019C", "19C", None),
        ("19C - Rape of a Female aged 16 and over", "19C", None),
        ("19C – Rape of a Female aged 16 and over", "19C", None), ("88E: Exposure", "88E", None),
        ("19C 019/08", "19C", "019/08"), ("19J (019/08)", "19J", "019/08"), ("019/08 19J", "19J", "019/08"),
        ("21", "21", None), ("21.0", "21", None), ("70", "70", None), ("106", "106", None),
        ("21 Sexual Activity involving a Child under 13", "21", None), ("106 - Modern Slavery", "106", None),
        ("Rape of a Female aged 16 and over", "19C", None),
        ("RAPE OF A FEMALE AGED 16 AND OVER", "19C", None),
        ("Rape of a female aged 16 or over", None, "019/08"),
        ("Rape of a female aged 16 or over - Sexual Offences Act 2003 Sec 1", None, "019/08"),
        ("Rape of a female aged 16 or over (Sec 1 SOA 2003)", None, "019/08"),
        ("Single Offender: Rape of a female aged 16 or over", "19C", "019/08"),
        ("Rape of a Female - Multiple Undefined Offenders", "19J", None),
        ("Rape of a female child under 13 by a male (S5 SOA 2003)", None, "019/16"),
        ("Assault on a female by penetration", "20A", "020/03"),
        ("Sexual activity  etc with a person with a mental disorder (Class 70)", "70", None),
        ("Controlling or coercive behaviour", "8U", None), ("72", "72", None),
    ],
)
def test_parse_when_a_known_spelling_then_recognised(
    text: str, category: str | None, code: str | None
) -> None:
    assert parse_offence(text) == OffenceMatch(code=code, category=category)


@pytest.mark.parametrize(
    "text",
    [
        "19-Aug", "19/Aug", "19 Aug", "19Aug", "Aug-19", "Aug 19", "AUG-19", "aug-2019", "19-August",
        "19 Aug 2026",
        "19-Aug-26", "19/08/2026", "19/8/26", "19.08.2026", "2026-08-19", "2026-08-19 00:00:00",
        "2026-08-19T00:00:00",
        "19/08/2026 00:00", "46253", "46253.0", "1-Sept", "17-May", "March 2019",
    ],
)
def test_parse_when_a_spreadsheet_made_a_date_of_it_then_named_and_never_guessed(text: str) -> None:
    assert parse_offence(text) == OffenceMatch(problem=Problem.SPREADSHEET_DATE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, Problem.NOT_RECORDED), ("", Problem.NOT_RECORDED), ("   ", Problem.NOT_RECORDED),
        ("NK", Problem.NOT_RECORDED), ("not known", Problem.NOT_RECORDED), ("-", Problem.NOT_RECORDED),
        ("Rape", Problem.UNMAPPED), ("SEXUAL OFFENCES", Problem.UNMAPPED),
        ("Sexual Offence", Problem.UNMAPPED),
        ("Attempted - Sexual assault on a female", Problem.UNMAPPED),
        ("Sexual Assualt on a Male", Problem.UNMAPPED),
        ("19Z", Problem.UNMAPPED), ("019/99", Problem.UNMAPPED), ("19", Problem.UNMAPPED),
        ("0", Problem.UNMAPPED),
        ("000", Problem.UNMAPPED), ("19.8", Problem.UNMAPPED), ("19-08", Problem.UNMAPPED),
        ("21 High Street", Problem.UNMAPPED), ("SX99999", Problem.UNMAPPED),
        ("Marital rape", Problem.UNMAPPED),
        ("19C/08", Problem.UNMAPPED), ("٠١٩/٠٨", Problem.UNMAPPED),
        ("802", Problem.AMBIGUOUS),
        ("19C 019/10", Problem.CONFLICT), ("19C 19D", Problem.CONFLICT),
        ("SX03001", Problem.COURT_CODE), ("sx03001a", Problem.COURT_CODE),
        ("28E", Problem.UNMAPPED), ("5E", Problem.OUT_OF_REACH), ("Bigamy", Problem.OUT_OF_REACH),
        ("99", Problem.OUT_OF_REACH),
    ],
)
def test_parse_when_not_usable_then_the_problem_is_named_and_no_code_given(
    text: str | None, problem: Problem
) -> None:
    match = parse_offence(text)
    assert match.problem is problem
    assert not match.is_usable
    if problem is not Problem.OUT_OF_REACH:
        assert (match.code, match.category) == (None, None)


def test_parse_when_notifiable_but_out_of_reach_then_told_apart_from_unknown() -> None:
    assert parse_offence("008/01") == OffenceMatch(code="008/01", problem=Problem.OUT_OF_REACH)
    assert parse_offence("026/00") == OffenceMatch(code="026/00", category="26", problem=Problem.OUT_OF_REACH)


@pytest.mark.parametrize("length", [MAX_TEXT_LENGTH - 1, MAX_TEXT_LENGTH, MAX_TEXT_LENGTH + 1])
def test_parse_when_as_long_as_prose_then_unmapped(length: int) -> None:
    text = ("19C - " + "x" * length)[:length]
    prose = OffenceMatch(problem=Problem.UNMAPPED)
    expected = OffenceMatch(category="19C") if length <= MAX_TEXT_LENGTH else prose
    assert parse_offence(text) == expected


@pytest.mark.parametrize(("digits", "is_date"), [
    (EXCEL_SERIALS[0] - 1, False), (EXCEL_SERIALS[0], True), (EXCEL_SERIALS[-1], True),
    (EXCEL_SERIALS[-1] + 1, False),
])
def test_parse_when_a_day_number_then_named_within_its_limits(digits: int, is_date: bool) -> None:
    expected = Problem.SPREADSHEET_DATE if is_date else Problem.UNMAPPED
    assert parse_offence(str(digits)) == OffenceMatch(problem=expected)


@given(st.sampled_from(PAIRS))
def test_parse_when_any_listed_code_loses_noughts_or_slash_then_recognised_or_ambiguous(
    pair: tuple[str, str],
) -> None:
    category, code = pair
    head, tail = code.split("/")
    only = categories_of(code)[0] if len(categories_of(code)) == 1 else None
    expected = OffenceMatch(code=code, category=only)
    for text in (code, f"{int(head)}/{int(tail)}", f"{head}{tail}", f" {code} "):
        assert parse_offence(text) == expected
    assert parse_offence(f"{int(head)}{tail}") in (expected, OffenceMatch(problem=Problem.AMBIGUOUS))
    assert parse_offence(f"{category} {code}" if not category.isdigit() else code).code == code


@given(st.sampled_from([c for c in codelist("offence_categories").codes if c != "not_recorded"]))
def test_parse_when_any_category_with_its_name_then_that_category_or_nothing_else(category: str) -> None:
    match = parse_offence(f"{category} {codelist('offence_categories').labels[category]}")
    assert match.category in (category, None)
    if category in codelist("offence_categories").where("is_in_reach", "yes"):
        assert match == OffenceMatch(category=category)


@given(st.text(max_size=60))
def test_parse_when_any_text_at_all_then_a_match_of_list_codes_or_a_problem(text: str) -> None:
    match = parse_offence(text)
    assert match.is_usable == (match.problem is None)
    if match.is_usable:
        assert is_in_reach(match.category, match.code)
        assert offence(match.category, match.code) is not None


@given(st.integers(1, 31), st.integers(1, 12), st.integers(1990, 2040))
def test_parse_when_any_full_date_then_a_spreadsheet_date(day: int, month: int, year: int) -> None:
    iso = f"{year}-{month:02d}-{day:02d}"
    for text in (f"{day}/{month}/{year}", f"{day:02d}-{month:02d}-{year}", iso, f"{iso} 00:00:00"):
        assert parse_offence(text) == OffenceMatch(problem=Problem.SPREADSHEET_DATE)


@pytest.mark.parametrize(
    ("category", "code", "expected"),
    [
        ("19C", "019/08", OffenceMatch(category="19C", code="019/08")),
        ("19J", "019/08", OffenceMatch(category="19J", code="019/08")),
        ("19C", "", OffenceMatch(category="19C")),
        ("", "019/08", OffenceMatch(code="019/08")),
        ("", "", OffenceMatch(problem=Problem.NOT_RECORDED)),
        ("19C", "19-Aug", OffenceMatch(problem=Problem.SPREADSHEET_DATE)),
        ("rubbish", "088/05", OffenceMatch(category="88C", code="088/05")),
        ("19C", "rubbish", OffenceMatch(problem=Problem.UNMAPPED)),
        ("rubbish", "19-Aug", OffenceMatch(problem=Problem.SPREADSHEET_DATE)),
        ("19C", "019/10", OffenceMatch(problem=Problem.CONFLICT)),
        ("19C", "19D", OffenceMatch(problem=Problem.CONFLICT)),
        ("88C", "088/05", OffenceMatch(category="88C", code="088/05")),
    ],
)
def test_combine_when_two_columns_tell_then_agreement_conflict_or_the_problem_stays_visible(
    category: str, code: str, expected: OffenceMatch
) -> None:
    assert combine(parse_offence(category), parse_offence(code)) == expected


def test_parse_column_when_texts_repeat_then_one_row_per_row_in_order_and_no_text() -> None:
    column = pl.Series("anything", ["19C", "19-Aug", None, "19C", "088/05", "nonsense"])
    assert parse_column(column).to_dict(as_series=False) == {
        "offence_category": ["19C", "not_recorded", "not_recorded", "19C", "88C", "not_recorded"],
        "offence_code": ["not_recorded", "not_recorded", "not_recorded", "not_recorded", "088/05",
        "not_recorded"],
        "problem": [None, "spreadsheet_date", "not_recorded", None, None, "unmapped"],
    }
    assert parse_column(pl.Series("empty", [], dtype=pl.String)).shape == (0, 3)
    nothing = parse_column(pl.Series("nothing", [None, None]))
    assert nothing.get_column("problem").to_list() == ["not_recorded", "not_recorded"]


def test_parse_offences_when_given_a_column_then_each_distinct_text_once() -> None:
    assert parse_offences(["19C", None, "19C"]) == {
        "19C": OffenceMatch(category="19C"), None: OffenceMatch(problem=Problem.NOT_RECORDED),
    }


def test_match_when_printed_then_the_text_of_the_record_is_not_in_it() -> None:
    assert "Jane" not in repr(parse_offence("Jane Doe, 19C"))
    assert "Jane" not in repr(parse_offence("19C - Jane Doe"))


def test_remedies_when_read_then_one_for_every_problem() -> None:
    assert set(REMEDIES) == set(Problem)


def test_wordings_when_read_then_each_is_normalised_and_leads_to_its_offence() -> None:
    for row in rows("offence_wordings"):
        match = parse_offence(row["wording"].upper())
        assert match.is_usable, row["wording"]
        assert row["code"] in ("", match.code)
        assert row["category"] in ("", match.category)
