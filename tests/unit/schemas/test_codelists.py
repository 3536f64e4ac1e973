"""Every code list: has a source, is well formed, and fits the lists it points to. And the reader's errors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from schemas import codelists
from schemas.areas import OUTSIDE, WITHHELD, areas_of_police_area, check_places, local_authorities
from schemas.codelists import CODES_DIR, CodeListError, Entry, Role, codelist, rows, source_of, sources
from schemas.columns import COLUMNS, NEEDS
from schemas.ethnicity import EthnicitySystem, source_list, to_five, to_nineteen

LISTS = tuple(sources())
CODE_LISTS = tuple(name for name, s in sources().items() if s.role in (Role.DIMENSION, Role.CODES))
DIMENSIONS = tuple(name for name, s in sources().items() if s.role is Role.DIMENSION)


# ------------------------------------------------------------------------------------------ every list


def test_lists_when_compared_with_sources_then_one_row_each() -> None:
    files = {path.stem for path in CODES_DIR.glob("*.csv")} - {"sources"}
    assert files == set(LISTS)


@pytest.mark.parametrize("name", LISTS)
def test_list_when_read_then_its_source_is_whole(name: str) -> None:
    source = source_of(name)
    assert source.name == name
    assert all((source.title, source.publisher, source.source, source.key))
    assert source.licence in {"Open Government Licence v3.0", "MIT"}
    assert date(2026, 11, 21) <= source.retrieved <= date(2026, 11, 28)
    assert source.valid_from is None or source.valid_to is None or source.valid_from <= source.valid_to
    assert rows(name), "a list without rows"


@pytest.mark.parametrize("name", LISTS)
def test_list_when_read_then_cells_have_no_outer_blanks(name: str) -> None:
    cells = [(i, column, cell) for i, row in enumerate(rows(name)) for column, cell in row.items()]
    assert [(i, column) for i, column, cell in cells if cell != " ".join(cell.split())] == []


@pytest.mark.parametrize("name", CODE_LISTS)
def test_codes_when_read_then_unique_labelled_and_numbered_without_gaps(name: str) -> None:
    entries = codelist(name).entries
    assert len({e.code for e in entries}) == len(entries)
    assert [e.order for e in entries] == list(range(1, len(entries) + 1))
    assert all(e.valid_from is None or e.valid_to is None or e.valid_from <= e.valid_to for e in entries)


@pytest.mark.parametrize("name", DIMENSIONS)
def test_dimension_when_read_then_labels_are_told_apart_and_not_recorded_is_last(name: str) -> None:
    codes = codelist(name)
    assert codes.codes[-1] == "not_recorded"
    assert len(set(codes.shorts.values())) == len(codes.codes)
    assert codes.enum() == pl.Enum(codes.codes)
    assert pl.Series(codes.codes, dtype=codes.enum()).sort().to_list() == list(codes.codes)


@pytest.mark.parametrize(
    "column", sorted(c.name for c in COLUMNS.values() if c.codelist is not None)
)
def test_column_when_it_names_a_list_then_the_list_can_be_read(column: str) -> None:
    name = COLUMNS[column].codelist
    assert name is not None
    assert codelist(name).codes


def test_lists_when_they_point_to_each_other_then_every_code_is_there() -> None:
    points = [
        ("outcomes", "group", "outcome_groups"), ("outcomes", "cohort_outcome", "cohort_outcomes"),
        ("relationship", "group", "relationship_groups"),
        ("ethnicity19", "ethnicity5", "ethnicity5"), ("cjs_offences", "family", "cjs_families"),
        *((f"ethnicity_{s}", "ethnicity19", "ethnicity19") for s in EthnicitySystem),
        *((f"ethnicity_{s}", "ethnicity5", "ethnicity5") for s in EthnicitySystem),
    ]
    lost = [
        (name, column, code)
        for name, column, target in points
        for code in codelist(name).attribute(column).values()
        if code and code not in codelist(target)
    ]
    assert lost == []


def test_source_codes_when_read_then_each_leads_to_a_code_of_its_list() -> None:
    assert [dict(r) for r in rows("source_codes") if r["code"] not in codelist(r["list"])] == []


def test_frame_when_asked_for_then_one_typed_row_per_code() -> None:
    frame = codelist("ethnicity5").frame()
    assert frame.schema == pl.Schema(
        {"code": pl.String, "label": pl.String, "short": pl.String, "order": pl.Int32, "valid_from": pl.Date,
         "valid_to": pl.Date}
    )
    assert frame.get_column("code").to_list() == list(codelist("ethnicity5").codes)
    assert codelist("outcomes").frame().columns[6:] == [
        "group", "in_denominator", "is_charge", "is_formal_caution", "victim_supports", "suspect_identified",
        "cohort_outcome",
    ]


def test_schemas_codelists_when_imported_then_no_heavy_package_is_loaded() -> None:
    program = (
        "import sys, schemas.codelists, schemas.offence_texts, schemas.population, schemas.areas\n"
        "print(sorted({'duckdb', 'dagster', 'pandera', 'pandas', 'plotly', 'splink'} & set(sys.modules)))"
    )
    root = Path(codelists.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# ------------------------------------------------------------------------------------------ what is in them


def test_kinds_when_read_then_fifteen_and_one_has_no_offence() -> None:
    kinds = codelist("kinds")
    assert len(kinds.codes) == 15
    assert kinds.where("has_offence", "no") == ("faith_or_belief",)
    assert {e.code for e in kinds.entries} - {r["kind"] for r in rows("scope")} == {"faith_or_belief"}


def test_needs_when_read_then_the_eight_by_their_exact_names() -> None:
    assert dict(codelist("needs").labels) == {
        "health": "Mental, physical and emotional health",
        "shelter": "Shelter and accommodation",
        "family": "Family, friends and children",
        "education": "Education, skills and employment",
        "drugs_alcohol": "Drugs and alcohol",
        "finance": "Finance and benefits",
        "outlook": "Outlook and attitudes",
        "social": "Social interactions",
    }
    assert codelist("needs").codes == NEEDS


def test_outcomes_when_read_then_types_0_to_22_with_their_two_variants() -> None:
    outcomes = codelist("outcomes")
    assert set(outcomes.codes) == {*map(str, range(23)), "1A", "3A", "not_recorded"}
    assert outcomes.where("in_denominator", "no") == ("0", "not_recorded")
    assert outcomes.where("is_charge", "yes") == ("1", "1A")
    assert outcomes.where("is_formal_caution", "yes") == ("2", "3", "3A")
    assert outcomes.where("victim_supports", "no") == ("14", "16")
    assert outcomes.where("victim_supports", "yes") == ("15",)
    assert outcomes.where("suspect_identified", "no") == ("14", "18")
    groups = {group: list(outcomes.where("group", group)) for group in codelist("outcome_groups").codes}
    assert groups == {
        "charged": ["1", "1A"], "formal": ["2", "3", "3A", "6"], "informal": ["7", "8"],
        "taken_into_consideration": ["4"], "prevented": ["5", "9", "10", "11", "12", "13", "17"],
        "evidential_supported": ["15"], "evidential_not_supported": ["14", "16"], "no_suspect": ["18"],
        "fraud_bureau": ["19"], "transferred": ["20"], "further_not_public_interest": ["21"],
        "diversion": ["22"],
        "not_yet_assigned": ["0"], "not_recorded": ["not_recorded"],
    }


def test_standard_age_bands_when_laid_together_then_every_age_lies_in_exactly_one() -> None:
    bands = codelist("age_bands")
    standard = [bands.entry(code) for code in bands.where("is_standard", "yes") if code != "not_recorded"]
    for age in range(121):
        held = [
            e.code for e in standard
            if int(e.attributes["lower_years"]) <= age <= int(e.attributes["upper_years"] or 999)
        ]
        assert len(held) == 1, age
    assert bands.where("is_wide", "yes") == ("u18", "u25", "25to44", "45to64", "65plus", "18plus")


def test_suspect_stages_when_published_then_three_rows_without_the_eliminated() -> None:
    stages = codelist("suspect_stage")
    published = set(stages.attribute("published_row").values())
    assert published == {"named", "charged", "convicted_or_cautioned", ""}
    assert stages.where("is_counted", "no") == ("eliminated",)
    assert stages.where("published_row", "convicted_or_cautioned") == ("convicted", "cautioned")


def test_incident_status_when_counted_then_recorded_crimes_only() -> None:
    assert codelist("incident_status").where("is_counted", "yes") == ("recorded",)


def test_referral_status_when_read_then_duplicates_and_ineligible_leave_the_denominator() -> None:
    status = codelist("referral_status")
    assert status.where("is_valid", "no") == ("duplicate", "ineligible", "consent_not_given")
    assert status.where("is_started", "yes") == ("accepted", "completed", "ended_early", "moved", "died")
    assert set(status.where("is_started", "yes")) < set(status.where("is_accepted", "yes"))
    assert set(status.where("is_accepted", "yes")) < set(status.where("is_received", "yes"))


def test_probation_registers_when_read_then_both_roles_are_told_apart() -> None:
    registers = codelist("probation_registers")
    assert registers.where("role", "victim") == ("ADVV", "CL2", "MSV", "CCE", "CUCK")
    assert registers.where("role", "perpetrator") == ("ADVP", "CL1", "MSP", "CSEP")


@pytest.mark.parametrize("name", DIMENSIONS)
def test_labels_when_read_then_no_word_puts_blame_on_people(name: str) -> None:
    banned = ("admitted", "claimed", "failed to engage", "refused", "dropped out", "disengaged", "alleged")
    said = {e.code: f"{e.label} {e.short}".lower() for e in codelist(name).entries}
    assert [(code, word) for code, text in said.items() for word in banned if word in text] == []


def test_missing_values_when_also_a_code_of_some_system_then_with_the_same_meaning() -> None:
    coded = [
        *((code, group) for system in EthnicitySystem for code, group in to_nineteen(system).items()),
        *((r["source_code"], r["code"]) for r in rows("source_codes")),
    ]
    meaning = codelist("missing_values").attribute("meaning")
    found = {(code.lower(), means) for code, means in coded if code.lower() in meaning}
    assert found == {(code, meaning[code]) for code, _ in found}
    assert {code for code, _ in found} >= {"ns", "z", "99", "u", "nk"}


def test_missing_values_when_an_offence_category_then_not_a_safe_default() -> None:
    safe = set(codelist("missing_values").where("is_safe_default", "yes")) - {"not recorded"}
    lists = ("offence_categories", "offence_codes", "outcomes")
    everywhere = {code.lower() for name in lists for code in codelist(name).codes}
    assert safe & everywhere == set()
    assert "99" in everywhere


# ------------------------------------------------------------------------------------------ ethnicity


@pytest.mark.parametrize("system", list(EthnicitySystem))
def test_ethnicity_when_mapped_then_five_groups_follow_from_nineteen(system: EthnicitySystem) -> None:
    own = source_list(system).attribute("ethnicity5")
    assert {code: to_five()[nineteen] for code, nineteen in to_nineteen(system).items()} == dict(own)


def test_ethnicity_when_chinese_in_any_system_then_asian() -> None:
    chinese = {
        (str(system), code): to_five()[group]
        for system in EthnicitySystem for code, group in to_nineteen(system).items()
        if group == "asian_chinese"
    }
    assert chinese == {
        ("sde_18_1", "A4"): "asian", ("sde_16_1", "O1"): "asian", ("nhs_ethnic", "R"): "asian",
        ("census_2021_19", "2"): "asian", ("ndelius", "A4"): "asian", ("ndelius", "O1"): "asian",
    }


def test_ethnicity_when_nobody_answered_then_not_stated_and_not_recorded_stay_apart() -> None:
    found = {
        (str(system), code): group
        for system in EthnicitySystem for code, group in to_nineteen(system).items()
        if group in ("not_stated", "not_recorded")
    }
    assert found == {
        ("sde_18_1", "NS"): "not_stated", ("sde_16_1", "NS"): "not_stated", ("ndelius", "NS"): "not_stated",
        ("nhs_ethnic", "Z"): "not_stated", ("nhs_ethnic", "99"): "not_recorded",
        ("census_2021_19", "-8"): "not_recorded",
        **{(s, n): "not_recorded" for s in ("sde_18_1", "sde_16_1") for n in ("N1", "N2", "N3")},
    }


def test_ethnicity_when_counted_by_system_then_as_many_groups_as_the_system_is_named_for() -> None:
    answered = {
        str(system): len({g for g in to_nineteen(system).values() if g not in ("not_stated", "not_recorded")})
        for system in EthnicitySystem
    }
    assert answered == {"sde_18_1": 18, "sde_16_1": 16, "nhs_ethnic": 16, "census_2021_19": 19, "ndelius": 18}
    assert source_of("ethnicity_sde_16_1").valid_to == date(2021, 1, 31)


def test_observed_ethnicity_when_read_then_no_column_leads_to_self_defined_groups() -> None:
    observed = codelist("ethnicity_observed")
    assert observed.codes == ("1", "2", "3", "4", "5", "6", "0", "9", "not_recorded")
    assert observed.entries[0].attributes == {}


# ------------------------------------------------------------------------------------------ areas


def test_areas_when_read_then_the_known_forces_hold_their_authorities() -> None:
    assert areas_of_police_area("E23000014") == tuple(f"E080000{n}" for n in range(25, 32))
    assert areas_of_police_area("E23000012") == tuple(f"E060000{n}" for n in range(10, 14))
    assert len(areas_of_police_area("E23000001")) == 32
    assert areas_of_police_area("E23000034") == ("E09000001",)
    assert len(local_authorities()) == 44
    assert {OUTSIDE, WITHHELD} <= set(codelist("areas").codes)
    birmingham = codelist("areas").entry("E08000025")
    assert birmingham == Entry(
        code="E08000025", label="Birmingham", short="Birmingham", order=5, valid_from=None, valid_to=None,
        attributes={
            "kind": "local_authority", "csp": "E22000335", "csp_name": "Birmingham",
            "police_area": "E23000014",
            "police_area_name": "West Midlands",
        },
    )


def test_areas_when_unknown_or_twice_then_refused_by_name() -> None:
    assert check_places(["E08000026", "E08000025"]) == ("E08000026", "E08000025")
    with pytest.raises(CodeListError) as caught:
        check_places(["E08000025", "outside", "E99"])
    assert str(caught.value) == (
        "codes/areas.csv: [outside, E99] is no local authority of the list. "
        "Use codes such as E08000025, or add the authority with its source"
    )
    with pytest.raises(CodeListError, match=r"an area is named twice\. Name each area once"):
        check_places(["E08000025", "E08000025"])
    region = r"no local authority of police area \[E12000005\]\. Use one of \[E23"
    with pytest.raises(CodeListError, match=region):
        areas_of_police_area("E12000005")
    with pytest.raises(CodeListError, match=r"no local authority of police area \[\]"):
        areas_of_police_area("")


# ------------------------------------------------------------------------------------------ the reader


def test_check_when_a_code_is_unknown_then_the_error_does_not_repeat_it() -> None:
    assert codelist("sex").check("female") == "female"
    with pytest.raises(CodeListError) as caught:
        codelist("sex").check("Jane Doe")
    assert str(caught.value) == (
        "codes/sex.csv: a code is not among its 4 codes. "
        "Map it in the agency's file, or add it to the list with its source"
    )
    with pytest.raises(CodeListError, match=r"codes/sex.csv: a code is not among its 4 codes"):
        codelist("sex").entry("Jane Doe")


def test_codelist_when_unknown_then_the_error_says_how_to_add_it() -> None:
    with pytest.raises(CodeListError) as caught:
        codelist("shoe_size")
    assert str(caught.value) == (
        "code list [shoe_size] is not in codes/sources.csv. Use a list that is, or add codes/shoe_size.csv "
        "and its row there"
    )


def test_codelist_when_the_file_is_a_map_then_sent_to_rows() -> None:
    with pytest.raises(CodeListError) as caught:
        codelist("scope")
    assert str(caught.value) == (
        "codes/scope.csv is of role [map], not a list of codes. Read it with rows()"
    )


def test_attribute_when_the_column_is_unknown_then_the_known_ones_are_named() -> None:
    with pytest.raises(CodeListError) as caught:
        codelist("relationship").attribute("colour")
    assert str(caught.value) == "codes/relationship.csv: column [colour] is not there. Use one of [group]"


def test_entry_when_it_has_dates_then_both_days_are_included() -> None:
    entry = codelist("offence_categories").entry("72")
    assert (entry.is_valid_on(date(2015, 7, 30)), entry.is_valid_on(date(2015, 7, 31))) == (True, False)
    entry = codelist("offence_categories").entry("19J")
    assert (entry.is_valid_on(date(2019, 3, 31)), entry.is_valid_on(date(2019, 4, 1))) == (False, True)


HEADER = "list,title,role,key,publisher,source,licence,valid_from,valid_to,retrieved,note"
SOURCE = f"{HEADER}\ncolours,Colours,dimension,code,Us,Own,MIT,,,2026-11-21,\n"
GOOD = "code,label,short,order\nred,Red,R,1\nnot_recorded,Not recorded,NR,2\n"


@pytest.fixture
def codes_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of lists of our own, with the reader's memory cleared before and after."""
    monkeypatch.setattr(codelists, "CODES_DIR", tmp_path)
    caches = (codelists.sources, codelists.rows, codelists.codelist)
    for cached in caches:
        cached.cache_clear()
    yield tmp_path
    for cached in caches:
        cached.cache_clear()


def _write(folder: Path, colours: str | None, sources_text: str = SOURCE) -> None:
    (folder / "sources.csv").write_text(sources_text, encoding="utf-8")
    if colours is not None:
        (folder / "colours.csv").write_text(colours, encoding="utf-8")


def test_codelist_when_well_formed_then_read_whole_and_kept(codes_dir: Path) -> None:
    _write(codes_dir, "code,label,short,order\nblue,Blue,,2\nred,Red,R,1\nnot_recorded,Not recorded,,3\n")
    read = codelist("colours")
    assert read.codes == ("red", "blue", "not_recorded")
    assert dict(read.shorts) == {"red": "R", "blue": "Blue", "not_recorded": "Not recorded"}
    assert codelist("colours") is read
    assert ("red" in read, "green" in read) == (True, False)


@pytest.mark.parametrize(
    ("colours", "message"),
    [
        (None, "codes/colours.csv is not there. Add the file, or remove its row from codes/sources.csv"),
        ("", "codes/colours.csv is empty. Add its header and rows"),
        ("label,short,order\nRed,R,1\n", "codes/colours.csv: column [code] is not there. Add it"),
        ("code,label\nred,Red\n", "codes/colours.csv: column [order, short] is not there. Add it"),
        ("code,label,short,order\nred,Red,R,1\n",
         "codes/colours.csv: the code [not_recorded] is not there. Add it: every dimension needs it"),
        (GOOD + "red,Again,A,3\n",
         "codes/colours.csv line 4: key [code] = [red] stands there twice. "
         "Remove one row, or widen the key in codes/sources.csv"),
        (GOOD + "blue,Blue\n",
        "codes/colours.csv line 4 has not 4 cells as its header. Quote cells with commas"),
        (GOOD + "blue,,B,3\n", "codes/colours.csv line 4: code or label is empty. Fill both"),
        (GOOD + "blue,Blue,B,last\n",
         "codes/colours.csv line 4: order [last] is not a whole number. Number the rows from 1"),
        ("code,label,short,order,valid_to\nred,Red,R,1,1/4/26\n",
         "codes/colours.csv line 2: valid_to [1/4/26] is not a day. Write it as 2026-04-01"),
        ('code,label,short,order\nred,"Red,R,1\n',
        "codes/colours.csv is not a UTF-8 CSV file. Save it as one"),
    ],
)
def test_codelist_when_its_file_is_broken_then_file_place_and_remedy_are_named(
    codes_dir: Path, colours: str | None, message: str
) -> None:
    _write(codes_dir, colours)
    with pytest.raises(CodeListError) as caught:
        codelist("colours")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SOURCE + SOURCE.splitlines()[1] + "\n",
         "codes/sources.csv line 3: list [colours] stands there twice. Keep one row"),
        (SOURCE.replace("dimension", "table"),
         "codes/sources.csv line 2: role [table] is not one of [dimension, codes, map, reference]. "
         "Choose one"),
        (SOURCE.replace(",MIT,", ",,"),
         "codes/sources.csv line 2: [licence] is empty. Say where the list comes from"),
        (SOURCE.replace("2026-11-21", ""),
         "codes/sources.csv line 2: [retrieved] is empty. Say where the list comes from"),
    ],
)
def test_sources_when_a_row_is_broken_then_line_and_remedy_are_named(
    codes_dir: Path, text: str, message: str
) -> None:
    _write(codes_dir, GOOD, text)
    with pytest.raises(CodeListError) as caught:
        sources()
    assert str(caught.value) == message
