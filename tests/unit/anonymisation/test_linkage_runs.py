"""Whole runs on a handful of invented people: who is linked, who is not, what stays, what is counted."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import polars as pl
import pytest

from anonymisation.keys import KeyRing, sample_ring
from anonymisation.linkage.increment import link_increment
from anonymisation.linkage.levels import EXACT_COLUMNS
from anonymisation.linkage.likeness import kin_like
from anonymisation.linkage.link import link
from anonymisation.linkage.model import score
from anonymisation.linkage.overlap import ROLE_ORDERS, role_overlap
from anonymisation.linkage.result import LinkResult
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.shared import MAX_SHARE
from anonymisation.tokens import MATCH_KEYS, bridge_tokens, rewrap, tokenise
from benchmarks.linkage_synthetic import synthetic

NHS = ("9990000018", "9990000026")
BASE = {
    "forename": "Nadia",
    "surname": "Exampleton",
    "dob": "1991-05-17",
    "postcode": "B15 1AA",
    "nhs_number": None,
    "own_ref": None,
    "other_id": None,
}
STRICT = LinkSettings(second_pass=False)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        yield connection


def _tokens(*people: dict[str, Any], keys: KeyRing | None = None) -> pl.DataFrame:
    rows = [{"rec_key": f"r{i}", **BASE, **person} for i, person in enumerate(people)]
    frame = pl.DataFrame(rows, schema={"rec_key": pl.String, **dict.fromkeys(BASE, pl.String)})
    return tokenise(frame, role="victim", keys=keys or sample_ring()).with_columns(agency=pl.lit("police"))


def _same(con: duckdb.DuckDBPyConnection, *people: dict[str, Any], column: str = "strict_uid") -> list[bool]:
    """Whether each record is the person of the first."""
    uids = link(con, _tokens(*people), settings=STRICT).assignments.sort("rec_key")[column].to_list()
    return [uid == uids[0] for uid in uids]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, True),
        ({"postcode": "M1 1AA"}, True),
        ({"dob": "1991-12-05", "postcode": None}, False),
        ({"dob": None}, True),
        ({"forename": "Exampleton", "surname": "Nadia"}, True),
        ({"dob": "1991-05-18"}, True),
        ({"surname": "Married"}, True),
        ({"forename": "Bob"}, False),
        ({"forename": "Norah"}, False),
        ({"dob": "1962-05-16"}, False),
        ({"surname": "Married", "postcode": "M1 1AA"}, False),
    ],
)
def test_link_when_records_differ_in_a_field_then_match_keys_hold_what_they_should(
    con: duckdb.DuckDBPyConnection, other: dict[str, Any], expected: bool
) -> None:
    assert _same(con, {}, other) == [True, expected]


def test_link_when_nhs_numbers_differ_then_the_same_name_is_two_people(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert _same(con, {"nhs_number": NHS[0]}, {"nhs_number": NHS[1]}) == [True, False]


def test_link_when_a_third_record_joins_two_numbers_then_the_numbers_stay_apart(
    con: duckdb.DuckDBPyConnection,
) -> None:
    uids = (
        link(con, _tokens({"nhs_number": NHS[0]}, {"nhs_number": NHS[1]}, {}), settings=STRICT)
        .assignments["strict_uid"]
        .to_list()
    )
    assert uids[0] != uids[1]
    assert len(set(uids)) == 2


def test_link_when_nhs_number_is_shared_then_other_spellings_are_one_person(
    con: duckdb.DuckDBPyConnection,
) -> None:
    moved = {"surname": "Married", "postcode": "M1 1AA", "nhs_number": NHS[0]}
    assert _same(con, {"nhs_number": NHS[0]}, moved) == [True, True]


@pytest.mark.parametrize("held", [{"nhs_number": NHS[0]}, {"own_ref": "police|1"}])
def test_link_when_an_identifier_is_shared_but_name_and_birth_differ_then_is_not_believed(
    con: duckdb.DuckDBPyConnection, held: dict[str, str]
) -> None:
    other = {"forename": "Bob", "surname": "Other", "dob": "1962-11-02", "postcode": "M1 1AA"}
    assert _same(con, held, {**held, **other}) == [True, False]


def test_link_when_own_reference_is_shared_then_a_changed_name_is_one_person(
    con: duckdb.DuckDBPyConnection,
) -> None:
    other = {"own_ref": "police|1", "surname": "Married", "postcode": "M1 1AA", "dob": None}
    assert _same(con, {"own_ref": "police|1"}, other) == [True, True]


def test_link_when_twins_share_all_but_forename_then_are_two_people_in_both_readings(
    con: duckdb.DuckDBPyConnection,
) -> None:
    made = link(
        con, _tokens({"forename": "Jack"}, {"forename": "James"}, {"forename": "Jack"}, {"forename": "James"})
    )
    people = made.assignments.sort("rec_key")
    for column in ("strict_uid", "person_uid"):
        uids = people[column].to_list()
        assert (uids[0], uids[1]) == (uids[2], uids[3])
        assert uids[0] != uids[1]


TWINS = {"own_ref": "police|1"}, {"own_ref": "police|2"}
"""Two people of one birth and one home, each with an agency's own reference."""
NAMESAKES = [
    {"forename": name, "surname": f"Other{letter}", "dob": f"19{60 + i}-03-09", "postcode": "M1 1AA"}
    for name in ("Iwona", "Ioana") for i, letter in enumerate("ABCDE")
]  # fmt: skip
"""Five people of other families bear each of the two forenames; four and the twin's own family suffice."""


@pytest.mark.parametrize(
    ("first", "second", "others", "n_people"),
    [
        ({"forename": "Jack"}, {"forename": "James", "surname": "Exampletno"}, [], 2),
        ({"forename": "Iwona"}, {"forename": "Ioana"}, NAMESAKES, 2),
        ({"forename": "Iwona"}, {"forename": "Ioana"}, NAMESAKES[1:], 2),
        ({"forename": "Iwona"}, {"forename": "Ioana"}, NAMESAKES[2:], 1),
    ],
)
def test_link_when_twins_are_a_slip_apart_then_both_names_must_be_names(
    con: duckdb.DuckDBPyConnection,
    first: dict[str, Any],
    second: dict[str, Any],
    others: list[dict[str, Any]],
    n_people: int,
) -> None:
    one, other = ({**TWINS[0], **first}, {**TWINS[1], **second})
    moved = {"postcode": None}
    tokens = _tokens(one, {**one, **moved}, other, {**other, **moved}, *others)
    people = link(con, tokens, settings=STRICT).assignments.sort("rec_key")
    here = people.filter(pl.col("rec_key").is_in(["r0", "r1", "r2", "r3"]))
    assert here["strict_uid"].n_unique() == n_people


@pytest.mark.parametrize(
    ("one", "other", "names", "n_people"),
    [
        ("Joshua", "Joseph", ("Joshua", "Joseph"), 2),
        ("Joshua", "Joseph", ("Joshua",), 1),
        ("Alex", "Alexandra", ("Alex", "Alexandra"), 1),
        ("Angie", "Angela", ("Angie", "Angela"), 1),
    ],
)
def test_link_when_names_begin_alike_then_two_names_are_two_people_but_for_a_short_form(
    con: duckdb.DuckDBPyConnection, one: str, other: str, names: tuple[str, ...], n_people: int
) -> None:
    bearers = [
        {"forename": name, "surname": f"Other{letter}", "dob": f"19{60 + i}-03-09", "postcode": "M1 1AA"}
        for name in names for i, letter in enumerate("ABCDE")
    ]  # fmt: skip
    people = link(con, _tokens({"forename": one}, {"forename": other}, *bearers), settings=STRICT).assignments
    here = people.filter(pl.col("rec_key").is_in(["r0", "r1"]))
    assert here["strict_uid"].n_unique() == n_people


def test_link_when_nothing_but_initials_birth_and_home_agree_then_are_two_people(
    con: duckdb.DuckDBPyConnection,
) -> None:
    deepa, divya = {"forename": "Deepa", "surname": "Sangha"}, {"forename": "Divya", "surname": "Singh"}
    assert _same(con, deepa, divya) == [True, False]
    assert _same(con, deepa, {"forename": "Deepali", "surname": "Singh"}) == [True, True]


def _is_kin(con: duckdb.DuckDBPyConnection, *, is_nameless_apart: bool) -> bool:
    """Whether the two records of the relation `told` could be kin and no more."""
    condition = kin_like(is_nameless_apart=is_nameless_apart)
    ((found,),) = con.execute(
        f"SELECT coalesce({condition}, false) FROM told AS l JOIN told AS r ON l.rec_key < r.rec_key"
    ).fetchall()
    return bool(found)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {}, False),
        ({}, {"forename": "Bob"}, True),
        ({}, {"forename": "Bob", "dob": "1992-05-16"}, True),
        ({}, {"forename": "Bob", "surname": "Other"}, False),
        ({}, {"forename": None}, True),
        ({"other_id": "77"}, {"forename": None, "other_id": "77"}, False),
        ({}, {"dob": "1962-11-02"}, False),
        ({}, {"forename": "Nadja"}, False),
        ({}, {"forename": "Nadja", "dob": None}, False),
        ({}, {"forename": "Nadja", "dob": "1962-11-02"}, True),
        ({}, {"forename": "Nadezhda"}, False),
        ({}, {"forename": "Nadezhda", "dob": None}, True),
        ({}, {"forename": "Nadezhda", "dob": "1962-11-02"}, True),
        ({"other_id": "77"}, {"forename": "Bob", "other_id": "77"}, False),
    ],
)
def test_kin_when_two_records_differ_then_what_kin_share_does_not_join_them(
    con: duckdb.DuckDBPyConnection, one: dict[str, Any], other: dict[str, Any], expected: bool
) -> None:
    con.register("told", _tokens(one, other).with_columns(is_name=pl.lit(False)))
    assert _is_kin(con, is_nameless_apart=True) is expected


@pytest.mark.parametrize(("dob", "expected"), [("1986-03-07", False), (None, True)])
def test_kin_when_the_data_hold_no_twins_then_birth_tells_of_a_record_without_forename(
    con: duckdb.DuckDBPyConnection, dob: str | None, expected: bool
) -> None:
    tokens = _tokens({"forename": None, "dob": "1986-03-07"}, {"forename": None, "dob": dob})
    con.register("told", tokens.with_columns(is_name=pl.lit(False)))
    assert _is_kin(con, is_nameless_apart=False) is expected


@pytest.mark.parametrize(("home", "expected"), [({}, False), ({"postcode": None}, True)])
def test_kin_when_a_slip_makes_another_name_then_homes_must_agree(
    con: duckdb.DuckDBPyConnection, home: dict[str, Any], expected: bool
) -> None:
    tokens = _tokens({"forename": "Saimah"}, {"forename": "Sadimah", **home})
    con.register("told", tokens.with_columns(is_name=pl.lit(True)))
    assert _is_kin(con, is_nameless_apart=True) is expected


def test_link_when_father_and_son_share_name_and_home_then_are_two_people(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert _same(con, {}, {"dob": "1962-11-02"}) == [True, False]


@pytest.mark.parametrize(("n", "n_people"), [(60, 1), (61, 61)])
def test_link_when_more_records_say_the_same_than_anybody_has_then_they_are_a_stand_in(
    con: duckdb.DuckDBPyConnection, n: int, n_people: int
) -> None:
    made = link(con, _tokens(*({} for _ in range(n))), settings=STRICT)
    assert made.assignments["person_uid"].n_unique() == n_people


def test_link_when_a_record_says_nothing_then_is_unlinkable_and_alone(con: duckdb.DuckDBPyConnection) -> None:
    nothing = dict.fromkeys(BASE)
    made = link(
        con, _tokens({}, {}, nothing, nothing, {"dob": "1950-03-04", "forename": "Eve"}), settings=STRICT
    )
    assert made.assignments.sort("rec_key")["grade"].to_list() == [
        "A",
        "A",
        "unlinkable",
        "unlinkable",
        "alone",
    ]
    assert made.assignments["person_uid"].n_unique() == 4
    assert made.quality["tokenised_pct"] == pytest.approx(60.0)


def test_link_when_run_again_with_the_crosswalk_then_nobody_changes(con: duckdb.DuckDBPyConnection) -> None:
    tokens = _tokens({}, {}, {"forename": "Eve"})
    first = link(con, tokens, settings=STRICT)
    again = link(con, tokens, previous=first.assignments, settings=STRICT)
    assert again.assignments.equals(first.assignments)
    assert again.changes.height == 0


def test_link_when_a_new_record_joins_two_people_then_the_merge_is_logged(
    con: duckdb.DuckDBPyConnection,
) -> None:
    apart = [{"surname": "Married", "postcode": "M1 1AA", "nhs_number": NHS[0]}, {}]
    first = link(con, _tokens(*apart), settings=STRICT)
    joined = link(con, _tokens(*apart, {"nhs_number": NHS[0]}), previous=first.assignments, settings=STRICT)
    before = first.assignments.sort("rec_key")["person_uid"].to_list()
    assert joined.assignments["person_uid"].n_unique() == 1
    kept = joined.assignments["person_uid"][0]
    assert joined.changes.to_dicts() == [
        {
            "old_uid": next(u for u in before if u != kept),
            "new_uid": kept,
            "superseded_by": kept,
            "kind": "merge",
        }
    ]


def test_link_when_frame_is_empty_then_gives_empty_results(con: duckdb.DuckDBPyConnection) -> None:
    made = link(con, _tokens({}).clear())
    assert (made.assignments.height, made.changes.height, made.quality["n_people"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda t: t.drop("k7"), r"The tokens lack \[1\] columns that linkage reads, first \[k7\]"),
        (lambda t: pl.concat([t, t]), r"\[2\] records have a record key that another has"),
        (
            lambda t: t.with_columns(spec_version=pl.Series(["v1", "v2"])),
            r"of \[2\] versions of the specification",
        ),
    ],
)
def test_link_when_tokens_are_not_as_they_should_be_then_refuses(
    con: duckdb.DuckDBPyConnection, change, expected
) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=expected):
        link(con, change(_tokens({}, {})))


def test_link_when_it_ends_then_leaves_no_table_behind(con: duckdb.DuckDBPyConnection) -> None:
    link(con, _tokens({}, {"forename": "Eve"}))
    left = con.execute(
        "SELECT table_name FROM duckdb_tables() "
        "UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal"
    )
    assert left.fetchall() == []


@pytest.fixture(scope="module")
def world() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Invented records with the truth, and their tokens."""
    records = synthetic(2500, seed=4)
    identity = records.select("rec_key", "forename", "surname", "dob", "postcode", "nhs_number")
    tokens = tokenise(identity, role="victim", keys=sample_ring()).join(
        records.select("rec_key", "agency"), on="rec_key"
    )
    return records, tokens


@pytest.fixture(scope="module")
def whole(world: tuple[pl.DataFrame, pl.DataFrame]) -> LinkResult:
    """One whole run on them, which several tests look at."""
    records, tokens = world
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        return link(connection, tokens, attributes=records.select("rec_key", "ethnicity"))


def _pairs(frame: pl.DataFrame, *by: str) -> float:
    sizes = frame.group_by(by).len()["len"].cast(pl.Float64)
    return float((sizes * (sizes - 1) / 2).sum())


def test_link_when_people_are_known_then_estimates_are_near_the_truth(
    world: tuple[pl.DataFrame, pl.DataFrame], whole: LinkResult
) -> None:
    records, _ = world
    made = whole
    joined = records.join(made.assignments, on="rec_key")
    right, linked, true = (
        _pairs(joined, *by) for by in (("person_uid", "truth"), ("person_uid",), ("truth",))
    )
    strict = _pairs(joined, "strict_uid", "truth") / _pairs(joined, "strict_uid")
    assert strict > 0.995
    assert right / linked > 0.98
    assert right / true > _pairs(joined, "strict_uid", "truth") / true
    assert made.quality["estimated_precision"] == pytest.approx(right / linked, abs=0.02)
    assert made.quality["estimated_recall"] == pytest.approx(right / true, abs=0.05)
    assert (made.quality["precision_from"], made.quality["recall_from"]) == ("known pairs", "known pairs")
    # the interval is made of pairs of known identity: one of them more or less is no fault of the estimate
    one_pair = 1 / _pairs(records.drop_nulls("nhs_number"), "nhs_number")
    for name, true_value in (("precision", right / linked), ("recall", right / true)):
        low, high = (made.quality[f"estimated_{name}_{end}"] for end in ("low", "high"))
        assert low - one_pair <= true_value <= high + one_pair, (name, low, true_value, high)
    assert joined.group_by("strict_uid").agg(pl.col("person_uid").n_unique())["person_uid"].max() == 1
    by_ethnicity = made.by_group.filter(pl.col("attribute") == "ethnicity")
    assert by_ethnicity["group"].to_list() == ["A", "B", "C", "D", "E"]
    assert by_ethnicity["missed_share"].drop_nulls().is_between(0, 0.3).all()


def test_link_when_linkage_key_turns_then_people_are_the_same_people(
    con: duckdb.DuckDBPyConnection, world: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    _, tokens = world
    turned = rewrap(tokens, role="victim", keys=sample_ring().rotated("linkage"))
    first = link(con, tokens, settings=STRICT).assignments
    second = link(con, turned, settings=STRICT).assignments
    for column in ("person_uid", "strict_uid"):
        groups = [frozenset(g["rec_key"]) for f in (first, second) for _, g in f.group_by(column)]
        assert len(set(groups)) == first[column].n_unique() == second[column].n_unique()
    assert set(first["person_uid"]) & set(second["person_uid"]) == set()


def _f1(records: pl.DataFrame, made: LinkResult) -> float:
    joined = records.join(made.assignments, on="rec_key")
    right, linked, true = (
        _pairs(joined, *by) for by in (("person_uid", "truth"), ("person_uid",), ("truth",))
    )
    return 2 * right / (linked + true)


@pytest.fixture(scope="module")
def numbered() -> Callable[[str], tuple[pl.DataFrame, LinkResult]]:
    """Links of the world with another number per person, per case of three people, or with none; without
    NHS numbers. The police's is their own reference, everybody else's an unchecked identifier."""

    @functools.cache
    def made(whose: str) -> tuple[pl.DataFrame, LinkResult]:
        records = synthetic(2500, seed=4)
        number = {"person": pl.col("truth"), "case": pl.col("truth") // 3, "none": pl.lit(None)}[whose]
        digits = (number * 7_919_317 % 99_999_989).cast(pl.String)
        is_police = pl.col("agency") == "police"
        identity = records.select(
            "rec_key", "forename", "surname", "dob", "postcode",
            own_ref=pl.when(is_police).then("police|" + digits),
            other_id=pl.when(~is_police).then("N" + digits),
        )  # fmt: skip
        tokens = tokenise(identity, role="victim", keys=sample_ring())
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            return records, link(connection, tokens.join(records.select("rec_key", "agency"), on="rec_key"))

    return made


def test_link_when_a_number_is_shared_by_people_of_one_case_then_it_is_set_aside_and_said(
    numbered: Callable[[str], tuple[pl.DataFrame, LinkResult]],
) -> None:
    (records, case), (_, none) = numbered("case"), numbered("none")
    assert case.model["shared"] == {"other_id": True, "references": ["police"]}
    assert min(case.quality["shared_numbers"].values()) > MAX_SHARE
    assert _f1(records, case) == pytest.approx(_f1(records, none), abs=0.005)


def test_link_when_a_number_is_a_persons_own_then_it_is_believed_and_helps(
    numbered: Callable[[str], tuple[pl.DataFrame, LinkResult]],
) -> None:
    (records, person), (_, none) = numbered("person"), numbered("none")
    assert person.model["shared"] == {"other_id": False, "references": []}
    assert max(person.quality["shared_numbers"].values()) < MAX_SHARE / 5
    assert _f1(records, person) > _f1(records, none) + 0.01


def test_increment_when_numbers_were_set_aside_then_they_hold_nobody(
    con: duckdb.DuckDBPyConnection, numbered: Callable[[str], tuple[pl.DataFrame, LinkResult]]
) -> None:
    """Two forenames of one surname and birth, at two homes: nothing but the number holds them together."""
    shared = {"own_ref": "police|1", "other_id": "N1"}
    tokens = _tokens(shared, {**shared, "forename": "Bob", "postcode": "M1 1AA"})
    con.register("pair", tokens)
    con.register("old_one", pl.DataFrame({"rec_key": ["r0"], "person_uid": ["p"], "strict_uid": ["s"]}))
    con.register("new_one", pl.DataFrame({"rec_key": ["r1"]}))
    uids = {}
    for whose in ("case", "person"):
        model = {**numbered(whose)[1].model, "twins_apart": False}
        part = link_increment(con, tokens="pair", new="new_one", people="old_one", model=model)
        uids[whose] = part.assignments["strict_uid"].n_unique()
    assert uids == {"case": 2, "person": 1}


def test_increment_when_an_agency_has_joined_that_sends_case_numbers_then_they_are_set_aside_at_once(
    con: duckdb.DuckDBPyConnection, numbered: Callable[[str], tuple[pl.DataFrame, LinkResult]]
) -> None:
    """The whole run before knew no such agency, so that its model says nothing of it."""
    records, person = numbered("person")
    identity = records.select(
        "rec_key", "forename", "surname", "dob", "postcode",
        own_ref="housing|" + (pl.col("truth") // 3).cast(pl.String),
    )  # fmt: skip
    tokens = tokenise(identity, role="victim", keys=sample_ring()).with_columns(agency=pl.lit("housing"))
    con.register("joined", tokens)
    con.register("joined_keys", tokens.select("rec_key"))
    con.register("nobody", person.assignments.clear())
    part = link_increment(con, tokens="joined", new="joined_keys", people="nobody", model=person.model)
    assert part.quality["shared_numbers"]["housing"] > MAX_SHARE
    joined = records.join(part.assignments, on="rec_key")
    assert _pairs(joined, "strict_uid", "truth") / _pairs(joined, "strict_uid") > 0.99


def test_score_when_splink_weighs_the_same_pairs_then_the_bits_are_the_same(
    con: duckdb.DuckDBPyConnection, world: tuple[pl.DataFrame, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is Splink's: its own prediction is the reference of ours."""
    from splink import DuckDBAPI, Linker

    from anonymisation.linkage import link as room

    seen: dict[str, pl.DataFrame] = {}

    def kept(connection: duckdb.DuckDBPyConnection, model: dict[str, Any], *, at_least_bits: float) -> None:
        score(connection, model, at_least_bits=-1000.0)
        seen["ours"] = connection.sql("SELECT * FROM link_scored").pl()
        api = DuckDBAPI(connection)
        linker: Any = Linker(api.register("link_identity"), model, log_level=None, validate_settings=False)
        connection.execute(
            "CREATE TEMP TABLE blocked AS SELECT '0' AS match_key, iid_l AS join_key_l, iid_r AS join_key_r "
            "FROM link_level"
        )
        for column in EXACT_COLUMNS.values():
            connection.execute(
                f"CREATE TEMP TABLE share_{column} AS SELECT value AS {column}, share AS tf_{column} FROM "
                f"link_frequency_{column}"
            )
            linker.table_management.register_term_frequency_lookup(api.register(f"share_{column}"), column)
        linker.table_management.register_blocked_pairs_for_predict(api.register("blocked"))
        made = linker.inference.predict(threshold_match_weight=-1000, warning_mode="never")
        seen["splink"] = connection.sql(f"SELECT iid_l, iid_r, match_weight FROM {made.physical_name}").pl()
        score(connection, model, at_least_bits=at_least_bits)

    monkeypatch.setattr(room, "score", kept)
    link(con, world[1])
    both = seen["ours"].join(seen["splink"], on=["iid_l", "iid_r"])
    assert both.height == seen["ours"].height == seen["splink"].height > 1000
    assert (both["bits"] - both["match_weight"]).abs().max() < 1e-9  # type: ignore[operator]


def test_increment_when_a_quarter_is_added_then_agrees_with_a_whole_run_and_touches_little(
    con: duckdb.DuckDBPyConnection, world: tuple[pl.DataFrame, pl.DataFrame], whole: LinkResult
) -> None:
    records, tokens = world
    new_keys = records.sample(200, seed=1)["rec_key"].implode()
    old, new = (
        tokens.filter(~pl.col("rec_key").is_in(new_keys)),
        tokens.filter(pl.col("rec_key").is_in(new_keys)),
    )
    before = link(con, old)
    con.register("every_token", tokens)
    con.register("new_keys", new.select("rec_key"))
    con.register("old_people", before.assignments)
    part = link_increment(con, tokens="every_token", new="new_keys", people="old_people", model=before.model)
    assert set(new["rec_key"]) <= set(part.assignments["rec_key"])
    assert part.assignments.height < 0.6 * tokens.height
    everybody = pl.concat(
        [before.assignments.join(part.assignments, on="rec_key", how="anti"), part.assignments]
    )
    joined = records.join(everybody, on="rec_key")
    right, linked, true = (
        _pairs(joined, *by) for by in (("person_uid", "truth"), ("person_uid",), ("truth",))
    )
    at_once = records.join(whole.assignments, on="rec_key")
    whole_right, whole_linked = _pairs(at_once, "person_uid", "truth"), _pairs(at_once, "person_uid")
    assert right / linked == pytest.approx(whole_right / whole_linked, abs=0.01)
    assert right / true == pytest.approx(whole_right / true, abs=0.02)
    unchanged = part.assignments.join(before.assignments, on="rec_key", suffix="_before")
    assert (unchanged["person_uid"] == unchanged["person_uid_before"]).mean() > 0.97  # type: ignore[operator]


def test_increment_when_model_is_of_no_whole_run_then_refuses(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ValueError, match="The model is not that of a whole run"):
        link_increment(con, tokens="t", new="n", people="p", model={})


SEARCHED = {
    "k0": {"own_ref": "police|7"},
    "k1": {"nhs_number": NHS[0]},
    **{key: {} for key in MATCH_KEYS if key not in ("k0", "k1", "k11")},
    "k11": {"dob": "1991-05-07"},
}
FAR: dict[str, dict[str, Any]] = {
    "k0": {"forename": "Bo", "surname": "Quill", "dob": "1950-02-03", "postcode": "M1 1AA"},
    "k1": {"forename": "Bo", "surname": "Quill", "dob": "1950-02-03", "postcode": "M1 1AA"},
    "k2": {},
    "k3": {"postcode": "M1 1AA"},
    "k4": {"forename": "Norah", "postcode": "B15 1ZZ"},
    "k5": {"forename": "Nadezhda", "surname": "Exampletown", "postcode": "M1 1AA"},
    "k6": {"dob": "1950-02-03"},
    "k7": {"surname": "Quill"},
    "k8": {"forename": "Norah"},
    "k9": {"forename": "Exampleton", "surname": "Nadia", "postcode": "M1 1AA"},
    "k10": {"dob": "1991-02-03", "postcode": "B15 3ZZ"},
    "k11": {"dob": "1991-07-05", "postcode": "M1 1AA"},
    "k12": {"forename": "Nadea", "surname": "Eksampleton", "postcode": "B15 3ZZ"},
    "k13": {"dob": "1991-05-02", "postcode": "B15 3ZZ"},
    "k14": {"forename": "Norah", "surname": "Evergreen"},
    "k15": {"dob": "1950-05-17", "postcode": "B15 3ZZ"},
}
"""Of each match-key, as different a record as still shares it."""


@pytest.mark.parametrize("key", MATCH_KEYS)
def test_increment_when_a_new_record_shares_one_match_key_then_the_past_is_searched_by_it(
    con: duckdb.DuckDBPyConnection, whole: LinkResult, key: str
) -> None:
    tokens = _tokens(SEARCHED[key], {**SEARCHED[key], **FAR[key]})
    assert (tokens[key].n_unique(), tokens[key].null_count()) == (1, 0)
    con.register("pair", tokens)
    con.register("old_one", pl.DataFrame({"rec_key": ["r0"], "person_uid": ["p"], "strict_uid": ["s"]}))
    con.register("new_one", pl.DataFrame({"rec_key": ["r1"]}))
    part = link_increment(con, tokens="pair", new="new_one", people="old_one", model=whole.model)
    assert part.assignments["rec_key"].to_list() == ["r0", "r1"]


def test_increment_when_records_are_dirty_then_everybody_who_shares_a_match_key_is_touched(
    con: duckdb.DuckDBPyConnection, world: tuple[pl.DataFrame, pl.DataFrame], whole: LinkResult
) -> None:
    _, tokens = world
    new = tokens.sample(150, seed=4).select("rec_key")
    old = tokens.join(new, on="rec_key", how="anti")
    # everybody is a person of their own, so that whom the search misses is not brought by another record
    people = old.select("rec_key", person_uid="rec_key", strict_uid="rec_key")
    for name, frame in (("all", tokens), ("old", people), ("new", new)):
        con.register(f"dirty_{name}", frame)
    touched = link_increment(
        con, tokens="dirty_all", new="dirty_new", people="dirty_old", model=whole.model
    ).assignments["rec_key"]
    fresh = tokens.join(new, on="rec_key")
    for key in MATCH_KEYS:
        sharing = old.filter(pl.col(key).is_not_null()).join(fresh, on=key, how="semi")["rec_key"]
        assert set(sharing) <= set(touched), key


def _bridge(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    """Rows of (forename, role, day), one household, one birth."""
    frame = pl.DataFrame(
        [{"rec_key": f"b{i}", **BASE, "forename": name} for i, (name, _, _) in enumerate(rows)],
        schema={"rec_key": pl.String, **dict.fromkeys(BASE, pl.String)},
    ).drop("nhs_number", "own_ref")
    return bridge_tokens(frame, keys=sample_ring()).with_columns(
        role=pl.Series([role for _, role, _ in rows]),
        event_day=pl.Series([day for _, _, day in rows]).str.to_date(),
    )


def test_role_overlap_when_people_have_both_roles_then_counts_by_year_of_the_later_and_order(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.register(
        "bridge",
        _bridge(
            [
                ("Anna", "victim", "2024-03-01"),
                ("Anna", "suspect", "2025-02-01"),
                ("Anna", "suspect", "2025-06-01"),
                ("Boris", "suspect", "2024-01-05"),
                ("Boris", "victim", "2024-02-05"),
                ("Clara", "victim", "2025-01-01"),
                ("Clara", "suspect", "2025-01-01"),
                ("Dmitri", "victim", "2024-01-01"),
                ("Edith", "suspect", "2024-01-01"),
            ]
        ),
    )
    counts = {(y, o): n for y, o, n in role_overlap(con, "bridge", years=range(2024, 2026)).iter_rows()}
    expected = dict.fromkeys([(year, order) for year in (2024, 2025) for order in ROLE_ORDERS], 0)
    expected |= {(2025, "victim_first"): 1, (2024, "suspect_first"): 1, (2025, "same_day"): 1}
    assert counts == expected


def test_role_overlap_when_table_is_not_a_bridge_then_refuses(con: duckdb.DuckDBPyConnection) -> None:
    con.register("bridge", _bridge([("Anna", "child", "2024-03-01")]))
    with pytest.raises(ValueError, match=r"holds \[1\] rows of another role"):
        role_overlap(con, "bridge", years=range(2024, 2025))
    con.register("lacking", _bridge([("Anna", "victim", "2024-03-01")]).drop("k3"))
    with pytest.raises(ValueError, match=r"lacks \[1\] columns, first \[k3\]"):
        role_overlap(con, "lacking", years=range(2024, 2025))
