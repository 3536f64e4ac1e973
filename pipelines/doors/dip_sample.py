"""``tessera dip-sample``: a seeded sample of an agency's own cases, a blank audit form, and its counts.

What belongs here: arguments, CSV and XLSX, what is printed: counts alone. What does not: drawing and counting
(``pipelines.inside.dip_sample``).
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipelines.doors.screen import known_agency, quarter_of, write_new
from pipelines.inside.dip_sample import ANSWERS, draw, form, summarise
from pipelines.inside.own_file import InsideError, read_own
from pipelines.registers.entry import to_csv
from schemas.codelists import codelist

OK = 0
WIDTH_REFERENCE, WIDTH_STANDARD = 22, 18


def dip_sample_command(
    file: Path | None = None, /, *, agency: str,
    n: Annotated[int, Parameter(help="Cases to draw.")] = 30,
    seed: Annotated[int, Parameter(help="Any number; the same one draws the same cases again.")] = 1,
    by: Annotated[str | None, Parameter(help="Column that makes the strata.")] = None,
    reference: Annotated[str | None, Parameter(help="Column of the case reference; the first unless "
                                                    "said.")] = None,
    summarise_form: Annotated[Path | None, Parameter(name="--summarise", help="A filled-in form to be "
                                                                             "counted.")] = None,
    quarter: Annotated[str | None, Parameter(help="Quarter that the counts are returned for.")] = None,
    owner: Annotated[str, Parameter(help="Role that answers for the return.")] = "quality_lead",
    out: Annotated[Path | None, Parameter(help="CSV or XLSX; the form stays inside the agency.")] = None,
    agencies: Annotated[tuple[Path, ...], Parameter(negative="")] = (),
) -> int:
    """Draw a sample of your own cases and write a blank audit form; or count a filled-in one."""
    asked = known_agency(agency, agencies)
    if summarise_form is not None:
        if file is not None or quarter is None:
            raise InsideError("To count a form give --summarise FORM and --quarter, and no other file.")
        wanted = quarter_of(quarter)
        codelist("register_roles").check(owner)
        entries = summarise(read_own(summarise_form), agency=asked.agency, quarter=wanted, owner=owner,
                            today=datetime.now(UTC).date())
        target = out or Path(f"dip-sample_{asked.agency}_{wanted}.csv")
        write_new(target, to_csv(entries))
        print(f"[{len(entries)}] standards counted. Counts only: {target}")
        return OK
    if file is None or by is None:
        raise InsideError("Give the file of cases and --by COLUMN, or --summarise FORM.")
    own = read_own(file)
    place = 0 if reference is None else own.position(reference)
    sample = draw(own, n=n, seed=seed, by=own.position(by), reference=place)
    target = out or Path(f"audit-form_{asked.agency}_seed-{seed}.xlsx")
    lines = form(sample)
    write_new(target, _workbook(lines) if target.suffix.lower() == ".xlsx" else _csv(lines))
    strata = ", ".join(f"{drawn} of {held}" for held, drawn in sample.sizes)
    print(f"[{len(sample.cases)}] cases drawn from [{sum(held for held, _ in sample.sizes)}], by stratum: "
          f"{strata}; [{sample.n_repeated}] rows repeated a reference. Form: {target}. It stays inside the "
          "agency.")
    return OK


def _csv(lines: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue().encode("utf-8-sig")


def _workbook(lines: list[list[str]]) -> bytes:
    """The form with a list to choose from in each cell; the same bytes for the same sample."""
    import xlsxwriter  # type: ignore[import-untyped]  # ships no type information; remove when it does

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False,
                                      "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    sheet = book.add_worksheet("Audit")
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text, head if row == 0 else None)
    last = len(lines[0]) - 1
    sheet.set_column(0, 0, WIDTH_REFERENCE)
    sheet.set_column(2, last, WIDTH_STANDARD)
    sheet.freeze_panes(1, 1)
    sheet.data_validation(1, 2, max(1, len(lines) - 1), last, {"validate": "list", "source": list(ANSWERS)})
    book.close()
    return held.getvalue()
