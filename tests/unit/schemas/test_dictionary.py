"""The data dictionary: nothing is left out, nothing is out of date, and the check says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.agencies import read_agencies
from schemas.codelists import Role, codelist, sources
from schemas.columns import COLUMNS
from schemas.datasets import DATASETS
from schemas.definitions import DEFINITIONS, Definition, Topic
from schemas.dictionary import LONG_LIST, dictionary, main
from schemas.duties import coverage_table, duties
from schemas.fates import fate
from schemas.measures.cubes import CUBES
from schemas.measures.indicators import BREAKDOWNS, INDICATORS
from schemas.rules import RULES

COMMITTED = Path(__file__).parents[3] / "docs" / "data-dictionary.md"
TEXT = dictionary()


def test_dictionary_when_committed_then_it_says_what_the_code_says() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == TEXT, "run: make docs"


def _row_heads(heading: str) -> list[str]:
    """First cells of every table row under a heading of the second level."""
    part = TEXT.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    return [line.split("|")[1].strip().strip("`") for line in part.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize(("heading", "names"), [
    ("Columns", list(COLUMNS)), ("Rules", list(RULES)), ("Cubes", list(CUBES)),
    ("Indicators", [*INDICATORS, *BREAKDOWNS]),
    ("Clauses", list(duties())), ("Agencies", list(read_agencies())),
    ("Definitions", [d.name for d in DEFINITIONS]),
])
def test_dictionary_when_a_part_is_read_then_every_entry_has_a_row(heading: str, names: list[str]) -> None:
    assert set(names) <= set(_row_heads(heading))


def test_dictionary_when_datasets_and_lists_are_read_then_each_has_a_heading_with_its_source() -> None:
    assert not [name for name in (*DATASETS, *sources()) if f"\n### {name}\n" not in TEXT]
    assert not [name for name, source in sources().items()
                if source.publisher not in TEXT.split(f"\n### {name}\n")[-1]]


def test_dictionary_when_a_list_is_short_then_every_code_and_else_their_number() -> None:
    for name, source in sources().items():
        if source.role in (Role.MAP, Role.REFERENCE):
            continue
        part = TEXT.split(f"\n### {name}\n", 1)[1].split("\n### ", 1)[0]
        codes = codelist(name).codes
        if len(codes) > LONG_LIST:
            assert f"{len(codes):,} codes." in part
        else:
            assert [line.split("|")[1].strip().strip("`")
                    for line in part.splitlines() if line.startswith("| `")] == list(codes)


def test_dictionary_when_tables_are_read_then_every_row_has_the_cells_of_its_header() -> None:
    wanted = 0
    for line in TEXT.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line))
        if line.startswith("|---"):
            wanted = cells
        elif line.startswith("|") and wanted:
            assert cells == wanted, line
        elif not line.startswith("|"):
            wanted = 0


def test_dictionary_when_links_are_followed_then_each_heading_is_there() -> None:
    headings = {re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
                for line in TEXT.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings


def test_dictionary_when_written_then_coverage_stands_in_it_and_no_place_of_a_machine() -> None:
    assert coverage_table() in TEXT
    assert "/home/" not in TEXT
    assert "/work" not in TEXT


@pytest.mark.parametrize(("name", "words"), [
    ("surname", "Vault: keyed tokens. Warehouse: nothing"),
    ("person_ref", "Vault: a keyed token. Warehouse: a keyed hash of it, `agency_person_id`"),
    ("case_ref", "Vault: a keyed token. Warehouse: a keyed hash of it, `case_id`"),
    ("report_date", "Vault: the day, where it dates the record of a person who may be linked. "
                    "Warehouse: the month, `report_month`"),
    ("outcome_date", "Vault: nothing. Warehouse: the month, `outcome_month`"),
    ("kinds", "Warehouse: 15 yes/no columns, `kind_rape` to `kind_online`"),
    ("age", "Nothing; folded into `age_band`"),
    ("may_link", "Warehouse: the same. Where it is not yes, no identity goes to the vault"),
    ("sex", "Warehouse: the same"),
])
def test_fate_when_a_column_is_asked_then_what_becomes_of_it(name: str, words: str) -> None:
    assert fate(COLUMNS[name]) == words


def test_check_when_equal_then_silent_and_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "dictionary.md"
    assert main([str(path)]) == 0
    assert main(["--check", str(path)]) == 0
    assert capsys.readouterr() == ("", "")
    assert path.read_text(encoding="utf-8") == TEXT


def test_check_when_changed_then_one_sentence_with_the_line_and_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "dictionary.md"
    lines = TEXT.splitlines(keepends=True)
    path.write_text("".join([*lines[:4], "something else\n", *lines[5:]]), encoding="utf-8")
    assert main(["--check", str(path)]) == 1
    assert capsys.readouterr().err == (
        f"[{path}] is not what the code says, first at line [5]. Run: make docs\n"
    )
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    assert main(["--check", str(path)]) == 1
    assert capsys.readouterr().err == (
        f"[{path}] is not what the code says, first at line [{len(lines)}]. Run: make docs\n"
    )


def test_check_when_absent_then_one_and_no_folder_then_two(tmp_path: Path,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none" / "dictionary.md"
    assert main(["--check", str(path)]) == 1
    assert capsys.readouterr().err == f"[{path}] is not there. Run: make docs\n"
    assert main([str(path)]) == 2
    assert capsys.readouterr().err == (
        f"[{path.parent}] is no folder, so the dictionary cannot be written there. Make it, or name "
        "another.\n")


def test_definitions_when_listed_then_each_topic_and_the_competing_repeat_definitions() -> None:
    assert {d.topic for d in DEFINITIONS} == set(Topic)
    assert len({d.name for d in DEFINITIONS}) == len(DEFINITIONS)
    repeats = {d.name: d.is_used for d in DEFINITIONS if d.name.startswith("RV-")}
    assert repeats == {"RV-A": True, "RV-B": False, "RV-B0": False, "RV-C": False, "RV-D": False,
                       "RV-E": True}


def test_definition_when_without_source_then_refused() -> None:
    with pytest.raises(ValueError) as caught:
        Definition(topic=Topic.UNITS, name="Thing", meaning="A thing.", source="")
    assert str(caught.value) == "definition [Thing]: meaning or source is empty. Fill both"
