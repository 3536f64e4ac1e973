"""The spreadsheet of tier counts: written from the schema, filled in, read back."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import python_calamine

from pipelines.intake.counts_template import write_template
from pipelines.intake.delivery import Intake
from schemas.agencies import Agency
from schemas.datasets import DATASETS
from schemas.template import SHEET, template_columns, words_of

from .conftest import QUARTER, workbook_bytes

Take = Callable[[Mapping[str, bytes]], Intake]


def test_template_when_written_then_its_columns_are_those_of_the_dataset(harbour: Agency) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(write_template(harbour, QUARTER)))

    assert book.sheet_names == ["Counts", "Lists", "Read me"]
    assert book.get_sheet_by_name(SHEET).to_python() == [["Measure", "Area", "Sex", "Age group", "Count"]]
    assert [c.column for c in template_columns(harbour.areas)] == list(DATASETS["counts"].columns)


def test_template_when_written_twice_then_it_has_the_same_bytes(harbour: Agency) -> None:
    assert write_template(harbour, QUARTER) == write_template(harbour, QUARTER)


def test_lists_when_written_then_they_offer_every_word_that_is_understood(harbour: Agency) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(write_template(harbour, QUARTER)))
    columns = list(zip(*book.get_sheet_by_name("Lists").to_python(), strict=True))

    offered = {column[0]: [word for word in column[1:] if word] for column in columns}
    assert set(offered["Area"]) == {
        words
        for words, code in words_of("service_area").items()
        if code in {"E08000025", "outside", "not_recorded"}
    }
    assert offered["Measure"] == list(words_of("count_measure"))
    assert offered["Sex"] == list(words_of("sex"))
    assert offered["Age group"] == list(words_of("age_band"))
    assert offered["Count"] == []


def test_template_when_filled_with_every_word_then_every_row_is_accepted_under_its_code(
    harbour: Agency, good: dict[str, bytes], take: Take
) -> None:
    measure, area, sex, age, _ = template_columns(harbour.areas)
    rows: list[list[object]] = [["Measure", "Area", "Sex", "Age group", "Count"]]
    for n, word in enumerate(measure.words):
        rows += [[word, a, s, g, n] for a in area.words for s in sex.words for g in age.words]
    intake = take(good | {"counts_2026-Q3.xlsx": workbook_bytes(SHEET, rows)})

    counts = intake.accepted["counts"]
    assert counts.height == len(rows) - 1
    assert intake.unmapped.is_empty()
    assert set(counts["count_measure"]) == set(words_of("count_measure").values())
    assert counts["n"].sum() == sum(int(str(row[4])) for row in rows[1:])
