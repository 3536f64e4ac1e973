"""A file of the register: every rule has a file that breaks it, and what is right goes through whole."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.registers.checking import MAX_BYTES, Checker
from pipelines.registers.entry import Entry, to_csv
from pipelines.registers.title import TitleScreen
from schemas.codelists import codelist, rows
from schemas.duties import duties
from schemas.measures.questions import Aim
from schemas.registers import COLUMNS, REQUIRED, TITLE_LENGTH, kinds
from tests.conftest import SAMPLE

TODAY = date(2026, 11, 20)
TITLES = TitleScreen.of(["Bridgeford Police", "Tri-Rivers Sexual Violence Partnership"], ["E08000025"])
CHECKER = Checker(agencies=("police", "sarc"), titles=TITLES, today=TODAY)
HEADER = ",".join(COLUMNS)
ACTION = {"kind": "actions", "ref": "ACT-police-1", "title": "Review of waits", "agency": "police",
          "owner": "agency_lead", "aim": "protect", "topic": "plan", "status": "in_progress",
          "due": "2027-01-31", "reviewed": "2026-11-20"}
RETURN = {"kind": "complaints", "ref": "COM-sarc-1", "agency": "sarc", "owner": "quality_lead",
          "topic": "blame", "status": "returned", "reviewed": "2026-10-02", "quarter": "2026-Q3", "n": "2",
          "of_n": "5"}


def _file(*entries: dict[str, str]) -> bytes:
    return "\n".join([HEADER, *(",".join(e.get(c, "") for c in COLUMNS) for e in entries)]).encode()


def _broken(*entries: dict[str, str]) -> list[tuple[int | None, str, str]]:
    taken, findings = CHECKER.check("plan.csv", _file(*entries))
    assert not (taken and findings)
    return [(f.row, f.column, f.rule_id) for f in findings]


def test_file_when_right_then_typed_entries_and_the_same_bytes_again() -> None:
    taken, findings = CHECKER.check("plan.csv", _file(ACTION, RETURN))
    assert findings == []
    assert taken == [
        Entry(kind="actions", ref="ACT-police-1", title="Review of waits", agency="police",
              owner="agency_lead", aim="protect", topic="plan", serves="", status="in_progress",
              due=date(2027, 1, 31), reviewed=date(2026, 11, 20), quarter="", indicator="", n=None,
              of_n=None),
        Entry(kind="complaints", ref="COM-sarc-1", title="", agency="sarc", owner="quality_lead", aim="",
              topic="blame", serves="", status="returned", due=None, reviewed=date(2026, 10, 2),
              quarter="2026-Q3", indicator="", n=2.0, of_n=5.0)]
    assert CHECKER.check("plan.csv", to_csv(taken)) == (taken, [])


@pytest.mark.parametrize(("change", "column", "rule"), [
    ({"kind": "diary"}, "kind", "register_kind_unknown"),
    ({"agency": "navy"}, "agency", "register_agency_unknown"),
    ({"owner": "Jane Smith"}, "owner", "register_owner_unknown"),
    ({"ref": "Smith v Jones"}, "ref", "register_ref_form"),
    ({"aim": "ponder"}, "aim", "register_code_unknown"),
    ({"topic": "blame"}, "topic", "register_code_unknown"),
    ({"status": "signed"}, "status", "register_code_unknown"),
    ({"indicator": "happiness"}, "indicator", "register_code_unknown"),
    ({"due": "31/01/2027"}, "due", "register_date"),
    ({"due": "2027-02-30"}, "due", "register_date"),
    ({"reviewed": "2026-11-21"}, "reviewed", "register_date_future"),
    ({"due": ""}, "due", "register_cell_missing"),
    ({"owner": ""}, "owner", "register_cell_missing"),
    ({"serves": "men"}, "serves", "register_cell_not_of_kind"),
    ({"n": "4"}, "n", "register_cell_not_of_kind"),
    ({"title": "x" * (TITLE_LENGTH + 1)}, "title", "register_title_long"),
    ({"title": "=HYPERLINK(1)"}, "title", "register_title_character"),
])
def test_action_when_one_cell_is_wrong_then_that_rule_at_that_place(
    change: dict[str, str], column: str, rule: str
) -> None:
    assert _broken(ACTION | change) == [(2, column, rule)]


@pytest.mark.parametrize(("change", "column", "rule"), [
    ({"n": "6"}, "n", "register_count_over"),
    ({"n": "<5"}, "n", "register_count"),
    ({"n": "1.5"}, "n", "register_count"),
    ({"n": "-1"}, "n", "register_count"),
    ({"of_n": ""}, "of_n", "register_cell_missing"),
    ({"quarter": "2026-Q4"}, "quarter", "register_quarter"),
    ({"quarter": "Q3 2026"}, "quarter", "register_quarter"),
])
def test_return_when_one_cell_is_wrong_then_that_rule_at_that_place(
    change: dict[str, str], column: str, rule: str
) -> None:
    assert _broken(RETURN | change) == [(2, column, rule)]


def test_count_when_equal_to_its_base_then_taken_and_one_over_refused() -> None:
    assert _broken(RETURN | {"n": "5"}) == []
    assert _broken(RETURN | {"n": "6"}) == [(2, "n", "register_count_over")]


def test_title_when_at_its_length_then_taken() -> None:
    assert _broken(ACTION | {"title": "x" * TITLE_LENGTH}) == []


def test_reviewed_when_today_then_taken() -> None:
    assert _broken(ACTION | {"reviewed": TODAY.isoformat()}) == []


def test_posts_when_part_of_one_then_taken_with_one_decimal_only() -> None:
    service = {"kind": "directory", "ref": "DIR-sarc-1", "title": "Advisers", "agency": "sarc",
               "owner": "service_lead", "topic": "advocacy", "serves": "everyone", "status": "open",
               "reviewed": "2026-10-01", "n": "2.5", "of_n": "3"}
    taken, findings = CHECKER.check("d.csv", _file(service))
    assert findings == []
    assert (taken[0].n, taken[0].of_n) == (2.5, 3.0)
    assert _broken(service | {"n": "2.55"}) == [(2, "n", "register_count")]


def test_service_when_it_serves_some_areas_then_codes_of_areas_alone_are_taken() -> None:
    service = {"kind": "directory", "ref": "DIR-sarc-1", "title": "Advisers", "agency": "sarc",
               "owner": "service_lead", "topic": "advocacy", "serves": "everyone", "status": "open",
               "reviewed": "2026-10-01"}
    taken, findings = CHECKER.check("d.csv", _file(service | {"areas": "E08000025 E08000026"}))
    assert (findings, taken[0].areas) == ([], "E08000025 E08000026")
    assert _broken(service | {"areas": "E08000025 Elsewhere"}) == [(2, "areas", "register_code_unknown")]
    assert _broken(ACTION | {"areas": "E08000025"}) == [(2, "areas", "register_cell_not_of_kind")]


def test_campaign_when_it_is_for_a_group_then_it_may_say_so_and_no_kind_that_is_for_nobody() -> None:
    campaign = {"kind": "campaigns", "ref": "CAM-board-1", "title": "Ways to tell us", "agency": "board",
                "owner": "communications_lead", "topic": "reporting_options", "status": "done",
                "due": "2026-01-31", "reviewed": "2026-10-01", "serves": "men"}
    assert _broken(campaign) == []
    assert _broken(campaign | {"serves": "everybody"}) == [(2, "serves", "register_code_unknown")]


def test_entries_when_they_repeat_then_the_second_is_named() -> None:
    assert _broken(ACTION, ACTION) == [(3, "ref", "register_ref_repeated")]
    assert _broken(RETURN, RETURN | {"ref": "COM-sarc-2"}) == [(3, "n", "register_count_repeated")]


@pytest.mark.parametrize(("data", "rule", "row", "column"), [
    (b"", "register_empty", None, ""),
    (HEADER.encode(), "register_empty", None, ""),
    (b"\xff\xfek\x00", "register_unreadable", None, ""),
    (_file(ACTION).replace(b"title", b"story"), "register_column_unknown", 1, "3"),
    (_file(ACTION).replace(b"serves", b"title"), "register_column_repeated", 1, "8"),
    (_file(ACTION) + b",more", "register_row_ragged", 2, ""),
])
def test_file_when_not_of_the_form_then_refused_whole(
    data: bytes, rule: str, row: int | None, column: str
) -> None:
    taken, findings = CHECKER.check("plan.csv", data)
    assert taken == []
    assert [(f.rule_id, f.row, f.column) for f in findings] == [(rule, row, column)]


def test_column_when_missing_then_named() -> None:
    text = "\n".join(",".join(line.split(",")[1:]) for line in _file(ACTION).decode().splitlines())
    _, findings = CHECKER.check("plan.csv", text.encode())
    assert [(f.rule_id, f.column) for f in findings] == [("register_column_missing", "kind")]


@pytest.mark.parametrize("title", [
    "Review of Jane's case", "Plan for sarah and others", "Meeting with Mr khan", "Panel of J Okonkwo",
    "Letter to PC Barnes", "Support for MIRIAM", "Action on Delgado",
])
def test_title_when_it_looks_like_a_name_then_refused(title: str) -> None:
    assert TITLES.broken(title) == "register_title_name"


@pytest.mark.parametrize("title", [
    "Call 07700 900123", "Case 20CR/12345/26", "Visit on 3 March", "Visit on 2026-03-03", "Home at B12 8QX",
    "Record 12/394773H", "NHS 999 123 4567", "Visit 14 Mill Lane", "Card QQ123456C",
])
def test_title_when_it_looks_like_an_identifier_then_refused(title: str) -> None:
    assert TITLES.broken(title) == "register_title_identifier"


@pytest.mark.parametrize("title", [
    "Plan 2026/27 under the Victims' Code", "ISVA cover at Bridgeford Police", "24/7 crisis workers",
    "Sixteen days of action", "Victims' panel (yearly)", "Offer to 4 of 6 partners",
])
def test_title_when_it_names_a_document_then_it_stands(title: str) -> None:
    assert TITLES.broken(title) is None


def test_title_when_it_places_blame_then_refused() -> None:
    assert TITLES.broken("Women who failed to engage") == "register_title_words"


def test_findings_when_said_then_no_value_of_the_file_is_in_them() -> None:
    secret = "Zebedee Quillfeather"
    _, findings = CHECKER.check("plan.csv", _file(
        dict.fromkeys(COLUMNS, secret), ACTION | {"title": secret}))
    assert len({f.rule_id for f in findings}) >= 7
    assert not [f.text for f in findings if "Zebedee" in f.text or "Quillfeather" in f.text]
    assert all(f.text.endswith(f"[{f.rule_id}]") for f in findings)


def test_file_when_larger_than_any_register_then_unread() -> None:
    _, findings = CHECKER.check("plan.csv", b"x" * (MAX_BYTES + 1))
    assert [f.rule_id for f in findings] == ["register_too_large"]
    _, at_limit = CHECKER.check("plan.csv", b"x" * MAX_BYTES)
    assert [f.rule_id for f in at_limit] != ["register_too_large"]


def test_sample_when_checked_then_every_kind_and_nearly_every_topic_is_in_it() -> None:
    agencies = ("police", "sarc", "isva", "housing", "probation", "counselling")
    checker = Checker(agencies=agencies, titles=TitleScreen.of([], []), today=TODAY)
    entries = []
    for path in sorted((SAMPLE / "registers").glob("*.csv")):
        taken, findings = checker.check(path.name, path.read_bytes())
        assert [f.text for f in findings] == []
        entries += taken
    assert {entry.kind for entry in entries} == set(kinds())


def test_vocabulary_when_read_then_every_kind_has_topics_and_statuses_and_known_columns() -> None:
    for kind in kinds().values():
        assert kind.topics and kind.statuses, kind.name
        assert kind.needs <= set(COLUMNS) - set(REQUIRED), kind.name
        assert set(kind.states.values()) <= {"open", "done", "closed"}
        assert not kind.is_protected or {"quarter", "n"} <= kind.needs, kind.name
    assert {t["kind"] for t in rows("register_topics")} == set(kinds()) == {
        s["kind"] for s in rows("register_statuses")}
    assert not {duty for t in rows("register_topics") for duty in t["duties"].split()} - set(duties())
    assert set(Aim) == {"prepare", "prevent", "protect", "pursue"}
    assert "other" not in codelist("register_roles")


def test_count_of_people_when_it_is_the_board_s_then_refused() -> None:
    assert _broken(RETURN | {"agency": "board"}) == [(2, "agency", "register_agency_unknown")]
