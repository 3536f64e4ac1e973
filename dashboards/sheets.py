"""Spreadsheets of the figures on the pages: XLSX and ODS, accessible, the same bytes every time.

What belongs here: one sheet for each data file, with cover and contents. What does not: the figures
(``exhibit.Data``) and other open formats (``opendata.py``). The conventions are those of the Government
Analysis Function for releasing statistics in spreadsheets: one table a sheet, no merged cells, no blank
rows in a table, symbols in a marker column of their own.

gptables and odfdo are imported inside the functions that need them: they take longer than the pages.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from dashboards.context import Context
from dashboards.exhibit import Data
from dashboards.words import SYMBOLS

COVER_WIDTH = 85
"""Characters of the cover's one column."""
SHEET_NAME = 31
"""Longest name of a sheet that spreadsheet programs take."""
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""Time stamp of every file inside a workbook: the earliest that a zip archive can hold, so that bytes
repeat."""
_THUMBNAIL = "Thumbnails/thumbnail.png"
"""Picture of an empty sheet that odfdo's template brings along."""
_SYMBOL = re.compile(r"\[[\w\s]+\]")
"""A text that stands for a number: a column of numbers and such symbols is one of numbers."""
_NO_WORD = re.compile(r"[^a-zA-Z0-9]*")
"""What a reader who hears the sheet would be told nothing of."""
_DEFUSED = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be run as a formula by a spreadsheet program."""


def defused(value: str | int | None) -> str | int | None:
    """The value, with an apostrophe before a text that a spreadsheet program would run."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DEFUSED) else value


@dataclass(frozen=True, kw_only=True)
class Book:
    """What a workbook says beside its tables."""

    title: str
    about: tuple[str, ...]
    contact: str
    instructions: str
    language: str
    made_on: datetime
    headings: Mapping[str, str]
    """Column of a data file to its heading in words."""
    said: Mapping[str, str]
    """What stands on the cover and the list of contents beside titles."""

    def headings_of(self, data: Data) -> tuple[str, ...]:
        """Headings of one table."""
        return tuple(self.headings[column] for column in data.columns)

    @classmethod
    def of(cls, context: Context) -> Book:
        """The workbook of a release."""
        words, release = context.words, context.release
        return cls(
            title=f"{release.partnership}, {context.period}",
            about=_about(context),
            contact=words.say("footer.contact", contact=context.partnership.contact),
            instructions=" ".join(
                (context.base_note, *(f"{symbol} {words.say(f'symbol.{key}')}." for symbol, key in SYMBOLS))
            ),
            language=words.language,
            made_on=datetime.fromisoformat(release.created_on),
            headings=words.under("heading"),
            said=words.under("sheet"),
        )


def load_libraries() -> None:
    """Load what writes workbooks, which takes a second: a process that will be asked for them can begin with
    it."""
    for name in ("gptables", "odfdo", "pandas"):
        import_module(name)


def write_xlsx(path: Path, about: Book, data: Mapping[str, Data], titles: Mapping[str, str]) -> Path:
    """Write the workbook with gptables: cover, contents, one table a sheet."""
    import gptables  # type: ignore[import-untyped]  # ships no type information; remove when it does
    from gptables.core.wrappers import GPWorkbook  # type: ignore[import-untyped]
    from pandas import DataFrame  # type: ignore[import-untyped]  # stubs are another package

    names = [name for name in sorted(data) if data[name].rows]
    sheets = {  # what gptables asks of names and titles; the cells are written below
        name[:SHEET_NAME]: gptables.GPTable(
            table=DataFrame(columns=list(about.headings_of(data[name])), dtype=object),
            table_name=name,
            title=titles[name],
            subtitles=[],
            instructions=about.instructions,
        )
        for name in names
    }
    held = io.BytesIO()
    book = GPWorkbook(held, options={"in_memory": True})
    _write_cover(book.add_worksheet(about.said["cover"]), about)
    contents = book.make_table_of_contents(
        sheets,
        column_names=[about.said["name"], about.said["description"]],
        title=about.said["contents_title"],
        instructions=about.said["contents_note"],
    )
    book.add_worksheet(about.said["contents"]).write_gptable(contents, auto_width=True)
    for name, (label, table) in zip(names, sheets.items(), strict=True):
        _write_table(book.add_worksheet(label), table, about.headings_of(data[name]), data[name])
    book.set_properties({"title": about.title, "author": "", "comments": "", "created": about.made_on})
    book.close()
    path.write_bytes(same_bytes(held.getvalue()))
    return path


def _write_cover(sheet: Any, about: Book) -> None:
    """The cover in gptables' theme: its own has headings in English alone."""
    theme = sheet.theme
    lines = [
        (about.title, theme.cover_title_format),
        (about.said["intro"], theme.cover_subtitle_format),
        *((line, theme.cover_text_format) for line in about.about),
        (about.said["contact"], theme.cover_subtitle_format),
        (about.contact, theme.cover_text_format),
    ]
    for row, (text, form) in enumerate(lines):
        sheet.write(row, 0, text, sheet._workbook.add_format(form))
    sheet.set_column(0, 0, COVER_WIDTH)


def _write_table(sheet: Any, table: Any, headings: tuple[str, ...], data: Data) -> None:
    """One table under its title, in gptables' theme and to its rules. Its own way, by a data frame of formats
    cell by cell, takes five times as long.

    Raises:
        ValueError: a row is empty, or a cell holds signs alone.
    """
    rows = [[None if v is None or v == "" else defused(v) for v in row] for row in data.rows]
    columns = list(zip(*rows, strict=True))
    texts = {value for column in columns for value in column if isinstance(value, str)}
    if any(all(value is None for value in row) for row in rows):
        raise ValueError(f"table [{table.table_name}]: a row is empty; leave it out")
    if any(_NO_WORD.fullmatch(text) for text in texts):
        raise ValueError(f"table [{table.table_name}]: a cell holds signs alone; write a word")
    theme, book = sheet.theme, sheet._workbook
    sheet.write(0, 0, table.title, book.add_format(theme.title_format))
    sheet.write(1, 0, table.instructions, book.add_format(theme.instructions_format))
    first, last = 2, 2 + len(rows)
    sides = [{"align": "right" if i and _is_of_numbers(c) else "left"} for i, c in enumerate(columns)]
    heads = [book.add_format(theme.column_heading_format | side) for side in sides]
    formats = [book.add_format(theme.data_format | side) for side in sides]
    for number, values in enumerate((headings, *rows), start=first):
        for place, value in enumerate(values):
            told = formats[place] if number > first else heads[place]
            if value is None:
                sheet.write_blank(number, place, None, told)
            else:
                sheet.write(number, place, value, told)
    for place, column in enumerate(columns):
        sheet.set_column_pixels(place, place, _width(sheet, headings[place], set(column)))
    told_by = [{"header": h, "header_format": f} for h, f in zip(headings, heads, strict=True)]
    sheet.add_table(
        first,
        0,
        last,
        len(columns) - 1,
        {
            "header_row": True,
            "autofilter": False,
            "columns": told_by,
            "style": None,
            "name": table.table_name.replace("-", "_"),
        },
    )  # a spreadsheet program takes no hyphen there


def _is_of_numbers(column: tuple[str | int | None, ...]) -> bool:
    """Whether all that a column tells are numbers, symbols in their stead aside."""
    return not any(isinstance(value, str) and not _SYMBOL.search(value) for value in set(column))


def _width(sheet: Any, heading: str, values: set[str | int | None]) -> int:
    """Pixels that the widest cell of a column takes, by gptables' measure; each value is measured once."""
    from gptables.core.wrappers import cell_autofit_width

    def width(value: str | int | None, form: dict[str, Any]) -> int:
        line = sheet._get_longest_line(value)
        factor: float = sheet._get_scaling_factor(form, line)
        return ceil(float(cell_autofit_width(line)) * factor)

    theme = sheet.theme
    return max([width(heading, theme.column_heading_format), *(width(v, theme.data_format) for v in values)])


def write_ods(path: Path, about: Book, data: Mapping[str, Data], titles: Mapping[str, str]) -> Path:
    """Write the same sheets as an open document spreadsheet."""
    from odfdo import Document, Element

    document = Document("spreadsheet")
    document.body.clear()
    document.meta.title = about.title
    document.meta.language = about.language
    document.meta.creation_date = document.meta.date = about.made_on
    document.meta.generator = "Tessera"

    def sheet(name: str, rows: list[tuple[str | int | None, ...]]) -> None:
        document.body.append(Element.from_tag(_table_xml(name[:SHEET_NAME], rows)))

    said = about.said
    sheet(said["cover"], [(about.title,), *((line,) for line in about.about)])
    names = [name for name in sorted(data) if data[name].rows]
    head = (said["name"], said["description"])
    sheet(said["contents"], [head, *((name[:SHEET_NAME], titles[name]) for name in names)])
    for name in names:
        sheet(name, [(titles[name],), (about.instructions,), about.headings_of(data[name]), *data[name].rows])
    document.manifest.del_full_path(_THUMBNAIL)
    held = io.BytesIO()
    document.save(held, pretty=False)
    path.write_bytes(same_bytes(held.getvalue()))
    return path


def _table_xml(name: str, rows: list[tuple[str | int | None, ...]]) -> str:
    """One sheet as markup: odfdo's own cells, made one by one, take ten times as long."""
    cells = ("".join(_cell_xml(defused(v)) for v in values) for values in rows)
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    return f"<table:table table:name={quoteattr(name)}>{lines}</table:table>"


def _cell_xml(value: str | int | None) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
            "</table:table-cell>"
        )
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def _about(context: Context) -> tuple[str, ...]:
    words, release = context.words, context.release
    return (
        *((words.say("banner.sample"),) if release.is_sample else ()),
        *((words.say("banner.not_attacked"),) if not release.is_attacked else ()),
        words.say("banner.content_note"),
        words.say("banner.management", audience=words.say(f"audience.{release.audience}")),
        words.say("methods.protection_1", base=context.partnership.thresholds.rounding_base),
        words.say("methods.protection_2", rate_base=context.partnership.thresholds.rate_base),
        words.say("header.release", release=release.number),
    )


def same_bytes(archive: bytes) -> bytes:
    """A zip archive with the same files in order of their names, all of one time stamp; ``mimetype`` first
    and plain."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "mimetype", n)):
            if name == _THUMBNAIL:
                continue
            info = zipfile.ZipInfo(name, date_time=FIXED_TIME)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()
