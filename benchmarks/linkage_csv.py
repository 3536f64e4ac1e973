"""A CSV file of a stranger as a table of text: encoding, delimiter, header, rows that do not fit.

What belongs here: bytes → columns of text, and what is refused in words. What does not: which column is what,
dates and postcodes (linkage_files.py).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from pathlib import Path
from typing import Final

import polars as pl

MISSING_TEXT: Final = ("", "nan", "NaN", "NULL", "null", "None", "N/A", "<NA>", "-")
"""Not `NA`, which is a name as well: normalisation decides by the whole record."""
DELIMITERS: Final = (",", ";", "\t", "|")
MAX_CELL: Final = 1_000_000
"""Letters in one cell: more is a quotation mark that was never closed."""


class CaseProblem(Exception):
    """A case cannot be read; the text says why and what to do."""


def read_table(path: Path) -> pl.DataFrame:
    """Every cell as text, null where it is missing; a row that is too short lacks its last cells.

    Raises CaseProblem, in words, for a file that is no table of one header and records, or holds rows of more
    cells than the header: their cells may stand in the wrong columns.
    """
    text = _text(path)
    delimiter = max(DELIMITERS, key=text.splitlines()[0].count)
    csv.field_size_limit(MAX_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header, *rows = [row for row in reader if row]
    except csv.Error:
        raise CaseProblem(
            f"File [{path.name}] is not CSV: a quotation mark is not closed, or stands in the middle of a "
            "cell. Save it again with cells in quotation marks where they hold the delimiter."
        ) from None
    names = _names(path, header)
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    if not kept:
        raise CaseProblem(f"File [{path.name}] has a header row and no record. There is nothing to link.")
    too_long = [i for i, row in enumerate(rows, 2) if any(cell.strip() for cell in row[len(names) :])]
    if too_long:
        raise CaseProblem(
            f"File [{path.name}] has [{len(too_long)}] rows of more cells than its header, the first of them "
            f"row [{too_long[0]}]. Put cells that hold a [{delimiter}] in quotation marks."
        )
    blank = [""] * len(names)
    whole = [(row + blank)[: len(names)] for row in kept]
    frame = pl.DataFrame(dict(zip(names, map(list, zip(*whole, strict=True)), strict=True)))
    return frame.with_columns(pl.when(~pl.all().is_in(list(MISSING_TEXT))).then(pl.all()))


def _text(path: Path) -> str:
    if not path.is_file():
        raise CaseProblem(f"There is no file [{path.name}]. Give the path of a CSV file.")
    content = path.read_bytes()
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise CaseProblem(f"File [{path.name}] is neither UTF-8 nor Windows text. Save it as UTF-8 CSV.")
    if "\0" in text:
        raise CaseProblem(f"File [{path.name}] is not text. Save it as UTF-8 CSV.")
    if not text.strip():
        raise CaseProblem(f"File [{path.name}] is empty. Give a CSV file with a header row and records.")
    return text.lstrip("\r\n")


def _names(path: Path, header: list[str]) -> list[str]:
    """Names of the columns; one that has none is numbered."""
    names = [cell.strip() or f"column {i}" for i, cell in enumerate(header, 1)]
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        raise CaseProblem(
            f"File [{path.name}] has more than one column [{twice[0]}]. Give each column a name of its own."
        )
    return names
