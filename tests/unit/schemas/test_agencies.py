"""Agency files: the six of the sample, and what is refused with which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.agencies import AGENCY_DIR, Agency, FieldMap, Legal, Tier, read_agencies, read_agency
from schemas.areas import check_places
from schemas.codelists import codelist
from schemas.columns import COLUMNS, NOT_RECORDED, UNMAPPED, Kind
from schemas.datasets import DATASETS
from schemas.documents import DocumentError
from schemas.quarters import Quarter

Change = Callable[[dict[str, Any]], object]


def _content() -> dict[str, Any]:
    """A small agency that is complete: one CSV of referrals without identity."""
    return {
        "agency": "harbour", "name": "Harbour Helpline", "kind": "voluntary", "is_specialist": True,
        "tier": "records",
        "legal": {
            "controller": "Harbour Helpline", "regime": "uk_gdpr", "article_6": "6(1)(f)",
            "article_9": "9(2)(g)",
            "article_10": "none held", "gateway": "agreement", "retention_months": 12,
            "agreement_ref": "HH-1",
            "agreement_signed": "2025-01-10", "agreement_review": "2027-01-10",
        },
        "joined": "2025-Q1", "areas": ["E08000025"],
        "delivery": {"day": 20, "contact": "Data desk, data@harbour.example"},
        "files": {"referrals": {
            "pattern": "referrals_{quarter}.csv", "format": "csv", "dropped": ["Notes ref"],
            "feeds": {"referrals": {"fields": {
                "referral_ref": {"column": "Ref"}, "person_ref": {"column": "Client"},
                "made_date": {"column": "Made", "dates": ["%d/%m/%Y"]},
                "source": {"column": "From", "codes": "source"},
                "destination": {"value": "helpline"},
                "referral_status": {"column": "State", "codes": "state"},
            }}},
        }},
        "code_maps": {"source": {"Police": "police"}, "state": {"Open": "made"}},
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    def _write(content: dict[str, Any], name: str = "harbour.yaml") -> Path:
        path = tmp_path / name
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path
    return _write


def test_agency_when_complete_then_whole_object_is_read(write: Callable[[dict[str, Any]], Path]) -> None:
    agency = read_agency(write(_content()))
    assert agency == Agency.model_validate(_content())
    assert (agency.tier, agency.joined, agency.left) == (Tier.RECORDS, Quarter.parse("2025-Q1"), None)
    assert agency.feeds == {"referrals"}
    assert agency.files["referrals"].permitted == {"Ref", "Client", "Made", "From", "State", "Notes ref"}


@pytest.mark.parametrize("field", list(Legal.model_fields))
def test_agency_when_a_legal_field_is_missing_then_refused_by_its_name(
    write: Callable[[dict[str, Any]], Path], field: str
) -> None:
    content = _content()
    del content["legal"][field]
    with pytest.raises(DocumentError) as caught:
        read_agency(write(content))
    assert str(caught.value) == f"[harbour.yaml], key [legal.{field}]: is missing. Add it."


@pytest.mark.parametrize("field", ["controller", "article_6", "article_9", "article_10", "gateway",
                                   "agreement_ref"])
def test_agency_when_a_legal_field_is_blank_then_refused_by_its_name(
    write: Callable[[dict[str, Any]], Path], field: str
) -> None:
    content = _content()
    content["legal"][field] = "   "
    with pytest.raises(DocumentError) as caught:
        read_agency(write(content))
    assert str(caught.value) == (
        f"[harbour.yaml], key [legal.{field}]: string should have at least 1 character."
    )


def _field(name: str, **to: object) -> Change:
    return lambda c: c["files"]["referrals"]["feeds"]["referrals"]["fields"].__setitem__(name, to)


_FIELDS = "files.referrals.feeds.referrals.fields"


@pytest.mark.parametrize(("change", "message"), [
    (lambda c: c.__setitem__("tier", "names"),
     "[harbour.yaml], key [tier]: input should be 'counts', 'records' or 'identified'."),
    (lambda c: c["legal"].__setitem__("agreement_review", "2024-01-10"),
     "[harbour.yaml], key [legal]: the review date stands before the signature. Enter the date of the next "
     "review."),
    (lambda c: c["legal"].__setitem__("retention_months", 0),
     "[harbour.yaml], key [legal.retention_months]: input should be greater than or equal to 1."),
    (lambda c: c.__setitem__("colour", "red"),
     "[harbour.yaml], key [colour]: is not a key we know. Remove it, or correct its spelling."),
    (lambda c: c.__setitem__("joined", "Q1 2025"),
     "[harbour.yaml], key [joined]: quarter [Q1 2025] is not of the form 2026-Q3 (calendar year, -Q, 1 to "
     "4). "
     "Write it in that form."),
    (lambda c: c.__setitem__("left", "2025-Q1"),
     "[harbour.yaml], key [(the whole file)]: left stands before joined. Enter the first quarter without "
     "records."),
    (lambda c: c["code_maps"]["state"].__setitem__(1, "made"),
     "[harbour.yaml], key [code_maps]: [state] has the key [1], which YAML reads as a int. "
     "Put it in quotes."),
    (lambda c: (c.__setitem__("is_specialist", False), _field("orientation", column="Notes ref")(c)),
     f"[harbour.yaml], key [(the whole file)]: {_FIELDS}.orientation: [orientation] is taken from specialist "
     "services alone. Remove it."),
    (lambda c: c["code_maps"].pop("state"),
     f"[harbour.yaml], key [(the whole file)]: {_FIELDS}.referral_status: no code map is called [state]. "
     "Add it under code_maps."),
    (_field("forename", column="First name"),
     f"[harbour.yaml], key [(the whole file)]: {_FIELDS}.forename: tier [records] sends no identity. "
     "Remove [forename] or change the tier."),
    (_field("made_date", column="Made"),
     "[harbour.yaml], key [files.referrals.feeds]: [referrals.made_date] is a date. Say its formats under "
     "dates."),
    (_field("source", column="From", split=";"),
     "[harbour.yaml], key [files.referrals.feeds]: [referrals.source] holds one value a row. Remove when and "
     "split."),
    (_field("source", column="From", value="police"),
     f"[harbour.yaml], key [{_FIELDS}.source]: give exactly one of column, value, when."),
    (lambda c: c["files"]["referrals"]["feeds"]["referrals"]["fields"].pop("made_date"),
     "[harbour.yaml], key [files.referrals.feeds]: [referrals] needs the column [made_date]. Map it, or give "
     "it a "
     "constant value."),
    (lambda c: c["files"]["referrals"].__setitem__("feeds", {"tickets": {"fields": {}}}),
     "[harbour.yaml], key [files.referrals.feeds]: [tickets] is not a dataset. Use one of "
     f"[{', '.join(DATASETS)}]."),
])
def test_agency_when_unusable_then_error_names_file_key_and_remedy(
    write: Callable[[dict[str, Any]], Path], change: Change, message: str
) -> None:
    content = _content()
    change(content)
    with pytest.raises(DocumentError) as caught:
        read_agency(write(content))
    assert str(caught.value) == message


def test_agency_when_a_column_is_not_of_the_dataset_then_the_known_ones_are_named(
    write: Callable[[dict[str, Any]], Path],
) -> None:
    content = _content()
    _field("pnc_id", column="PNC")(content)
    with pytest.raises(DocumentError,
                       match=r"\[referrals\] has no column \[pnc_id\]\. Use one of \[age, .*\]\.$"):
        read_agency(write(content))


def test_agency_when_file_has_another_name_then_refused(write: Callable[[dict[str, Any]], Path]) -> None:
    with pytest.raises(DocumentError) as caught:
        read_agency(write(_content(), "port.yaml"))
    assert str(caught.value) == (
        "[port.yaml], key [agency]: is [harbour] but the file is called [port]. Make them equal."
    )


def test_agencies_when_two_folders_name_the_same_then_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "harbour.yaml").write_text(yaml.safe_dump(_content()), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_agencies(tmp_path / "a", tmp_path / "b")
    assert str(caught.value) == (
        "[harbour.yaml], key [agency]: [harbour] is already taken. Choose another name."
    )


@pytest.mark.parametrize(("name", "kind"), [
    ("referrals_2026-Q3.csv", "referrals"), ("referrals_2026-Q2.csv", None), ("Referrals_2026-Q3.csv", None),
    ("x.csv", None),
])
def test_file_kind_when_asked_then_only_the_agreed_pattern_of_the_quarter_fits(name: str,
    kind: str | None) -> None:
    assert Agency.model_validate(_content()).file_kind(name, Quarter.parse("2026-Q3")) == kind


@pytest.mark.parametrize(("quarter", "is_member"), [
    ("2024-Q4", False), ("2025-Q1", True), ("2026-Q1", True), ("2026-Q2", False), ("2026-Q3", False),
])
def test_membership_when_at_its_edges_then_joined_is_in_and_left_is_out(quarter: str,
    is_member: bool) -> None:
    agency = Agency.model_validate({**_content(), "left": "2026-Q2"})
    assert agency.is_member(Quarter.parse(quarter)) is is_member


def test_field_when_it_reads_flags_then_its_sources_are_their_columns() -> None:
    assert FieldMap(when={"Faith": "faith_or_belief", "Online": "online"}).sources == ("Faith", "Online")
    assert FieldMap(column="Sex").sources == ("Sex",)
    assert FieldMap(value="helpline").sources == ()


def test_sample_agencies_when_read_then_six_in_three_tiers_and_real_areas() -> None:
    agencies = read_agencies()
    assert {name: agency.tier.value for name, agency in agencies.items()} == {
        "counselling": "counts", "housing": "records", "isva": "identified", "police": "identified",
        "probation": "identified", "sarc": "identified",
    }
    assert list(agencies) == sorted(path.stem for path in AGENCY_DIR.glob("*.yaml"))
    for agency in agencies.values():
        assert check_places(agency.areas) == agency.areas


@pytest.mark.parametrize("agency", read_agencies().values(), ids=lambda agency: agency.agency)
def test_sample_agency_when_it_maps_a_code_then_the_code_is_in_the_columns_list(agency: Agency) -> None:
    for spec in agency.files.values():
        for feed in spec.feeds.values():
            for name, field in feed.fields.items():
                column = COLUMNS[name]
                if column.kind not in (Kind.CODE, Kind.CODES) or column.codelist is None:
                    continue
                known = {*codelist(column.codelist).codes, NOT_RECORDED, UNMAPPED}
                used = {*agency.code_maps.get(field.codes or "", {}).values(), *field.when.values()}
                used |= {field.value} if field.value is not None else set()
                assert used <= known, f"{agency.agency}: {name}"


def test_sample_agencies_when_not_specialist_then_they_send_no_most_sensitive_characteristic() -> None:
    sent = {
        agency.agency: {n for spec in agency.files.values() for feed in spec.feeds.values()
                        for n in feed.fields}
        for agency in read_agencies().values() if not agency.is_specialist
    }
    assert {name: fields & {"orientation", "gender_identity"} for name, fields in sent.items() if fields} == {
        name: set() for name in sent
    }
