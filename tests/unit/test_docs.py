"""The worked examples of the documents work, and what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from schemas.agencies import Agency
from schemas.codelists import codelist
from schemas.columns import COLUMNS, NOT_RECORDED, UNMAPPED
from schemas.measures.cubes import CUBES, Cube
from schemas.registers import COLUMNS as REGISTER_COLUMNS
from schemas.registers import kinds

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WRITTEN = ("adding-a-cube.md", "adding-an-agency.md", "decisions.md", "linkage.md",
           "registers.md", "security-properties.md")


def _block(document: str, language: str) -> str:
    match = re.search(rf"```{language}\n(.*?)```", (DOCS / document).read_text(encoding="utf-8"), re.DOTALL)
    assert match is not None
    return match[1]


def test_agency_example_when_read_then_it_is_a_complete_agency_whose_codes_are_ours() -> None:
    agency = Agency.model_validate(yaml.safe_load(_block("adding-an-agency.md", "yaml")))
    assert agency.feeds == {"referrals"}
    for name, field in agency.files["referrals"].feeds["referrals"].fields.items():
        codes = COLUMNS[name].codelist
        if codes is not None:
            used = {*agency.code_maps.get(field.codes or "", {}).values(),
                    *([field.value] if field.value else [])}
            assert used <= {*codelist(codes).codes, NOT_RECORDED, UNMAPPED}, name


def test_cube_example_when_read_then_the_entry_is_a_cube_and_its_sql_counts() -> None:
    cube = eval(_block("adding-a-cube.md", "python"), {"Cube": Cube})  # our own document
    assert isinstance(cube, Cube)
    assert cube.name not in CUBES
    core = (ROOT / "pipelines" / "marts" / "core" / "incidents.sql").read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE core_incidents AS SELECT * FROM (VALUES ('police', '2026-Q3', 'recorded', "
            "'E08000025', 'recent'), "
            "('police', '2026-Q3', 'recorded', 'E08000025', 'recent'), ('police', '2026-Q3', 'n100', "
            "'E08000025', 'recent'), "
            "('sarc', '2026-Q3', 'recorded', 'outside', 'non_recent')) AS rows(agency, period, status, area, "
            "recency)")
        result = connection.execute(_block("adding-a-cube.md", "sql"))
        names = [column[0] for column in result.description or ()]
        counted = sorted(result.fetchall())
    assert names == ["agency", "links", "period", *cube.columns, "n"]
    assert counted == [("police", "", "2026-Q3", "E08000025", "recent", 2),
                       ("sarc", "", "2026-Q3", "outside", "non_recent", 1)]
    assert not [name for name in ("agency", "period", "status", *cube.columns)
                if not re.search(rf"\b{name}\b", core)]


@pytest.mark.parametrize("document", WRITTEN)
def test_document_when_it_names_a_file_then_the_file_is_there(document: str) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    named = [name
             for name in inline
             if re.fullmatch(r"\.?(schemas|anonymisation|pipelines|dashboards|tests|docs)/[\w./-]+", name)]
    examples = ("pipelines/marts/incidents_recency_by_area.sql",)
    assert named
    assert [name for name in named if name not in examples and not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", [*WRITTEN, "data-dictionary.md"])
def test_document_when_read_then_it_blames_nobody_and_names_no_machine(document: str) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")
    assert not re.findall(r"failed to engage|dropped out|alleged|/home/|\.\./shared", text)


def test_register_document_when_read_then_every_kind_and_column_is_in_it_and_told_protected_or_not() -> None:
    text = (DOCS / "registers.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \|$", text, re.MULTILINE))
    assert told == {kind.name: "yes" if kind.is_protected else "no" for kind in kinds().values()}
    assert [column for column in REGISTER_COLUMNS if f"`{column}`" not in text] == []
