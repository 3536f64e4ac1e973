"""The SQL of linkage: one file per statement, beside this one.

What belongs here: reading and filling the files. What does not: any SQL. Only names of columns and
relations are filled in, all of them ours; values are bound.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

_HERE = Path(__file__).parent


@cache
def _read(name: str) -> Template:
    return Template((_HERE / f"{name}.sql").read_text(encoding="utf-8"))


def statement(name: str, **names: str) -> str:
    """Text of `<name>.sql` with its `$placeholders` filled by names of columns or relations."""
    return _read(name).substitute(names)
