"""The data dictionary: the text of ``docs/data-dictionary.md``, written from the code so that it cannot say
anything else.

What belongs here: columns, datasets, code lists, rules, cubes, indicators, clauses and agencies turned into
words for an agency's data officer. What does not: any definition that another file holds. The few definitions
that only words can hold (units, repeat victimisation, people suspected) are in ``definitions.py``.

``python -m schemas.dictionary FILE`` writes it; ``python -m schemas.dictionary --check FILE`` ends with 1
where the file says something else.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from schemas.agencies import Agency, read_agencies
from schemas.codelists import Role, Source, codelist, rows, sources
from schemas.columns import COLUMNS, NOT_RECORDED, UNMAPPED, Disclosure
from schemas.crosswalk import coverage_of_forms, crosswalk
from schemas.datasets import DATASETS, Dataset
from schemas.definitions import DEFINITIONS, Topic
from schemas.duties import Duty, coverage_table, duties
from schemas.fates import WORKED_OUT, fate, values_of
from schemas.measures.cubes import CUBES, Cube
from schemas.measures.indicators import BREAKDOWNS, INDICATORS, Cells
from schemas.partnership import Partnership, read_partnership
from schemas.records import DERIVED, SYSTEM_COLUMNS, TABLES, table_name
from schemas.rules import RULES, Severity

LONG_LIST = 32
"""A code list with more codes than this is told by its number and its source only."""
OK, CHANGED, UNUSABLE = 0, 1, 2

_DISCLOSURE_WORDS = {
    Disclosure.IDENTIFIER: "identifier: names or numbers a person",
    Disclosure.QUASI: "quasi-identifier: may single a person out together with others",
    Disclosure.SENSITIVE: "sensitive: must not be learnt of a person or a group",
    Disclosure.PLAIN: "plain: tells nothing about a person",
}
_SEVERITY_WORDS = {
    Severity.STOP: "the file is not loaded; what was loaded before stands",
    Severity.FIX: "the row is left out until it is mended",
    Severity.CONFIRM: "the row is in; the value is set aside or kept as the rule says, and the sender is "
                      "asked",
    Severity.NOTE: "for information",
}


def _table(header: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table and the empty line after it."""
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in body]
    return [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}",
            *(f"| {' | '.join(row)} |" for row in cells), ""]


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _columns() -> Iterator[str]:
    yield from ("## Columns", "")
    yield (
        f"Every column that an extract can be mapped to: {len(COLUMNS)}. An agency sends its own column "
        "names and codes; "
        "its file says which is which. A column that is not in its file is refused at the door, free text "
        "always."
    )
    yield from ("", "How much a value could tell:", "")
    yield from (f"* **{words.split(':')[0]}**:{words.split(':')[1]}" for words in _DISCLOSURE_WORDS.values())
    yield ""
    yield from _table(
        ("Column", "Meaning", "Unit", "Values", "Disclosure class", "What becomes of it"),
        ((f"`{c.name}`", c.description, c.unit or "", values_of(c), c.disclosure.value, fate(c))
         for c in COLUMNS.values()),
    )


def _datasets() -> Iterator[str]:
    yield from ("## Datasets", "")
    yield "What extracts become. One row is one record; the latest version of a record of an agency counts."
    yield ""
    for dataset in DATASETS.values():
        yield from _dataset(dataset)


def _dataset(dataset: Dataset) -> Iterator[str]:
    given = {*dataset.key, *dataset.required}
    yield from (f"### {dataset.name}", "")
    yield f"* One row is one {dataset.grain}."
    yield f"* Key, within the agency: {_named(dataset.key)}."
    yield f"* Needed beside the key: {_named(c for c in dataset.required if c not in dataset.key)}."
    yield f"* May be sent: {_named(c.name for c in dataset.columns if c.name not in given)}."
    if dataset.role is not None:
        yield (
            f"* The person is a {dataset.role}: tokens are made in the {dataset.role}s' namespace, which no "
            "other can be "
            "joined with."
        )
    if dataset.event is not None:
        yield f"* Belongs to the quarter of its `{dataset.event}`."
    if dataset.parent is not None:
        yield (
            f"* Its `incident_ref` is one of `{dataset.parent}` in the same delivery, which lends its date; "
            "an agency "
            "without them sends `report_date`."
        )
    derived = DERIVED[dataset.name]
    if derived:
        yield f"* Worked out on arrival: {_named(derived)}."
    yield (
        f"* Kept in the warehouse as `{table_name(dataset.name)}`, {len(TABLES[table_name(dataset.name)])} "
        "columns."
    )
    yield ""


def _forms() -> Iterator[str]:
    yield from ("## Referral forms, field by field", "")
    yield (
        "What the form of each agency asks, against one minimum data set of referrals, so that forms can be "
        "made to agree. *Codes*: how many of the codes of our list the form's own words can say. How much of "
        "the forms is filled in is counted (`referrals_by_form`)."
    )
    yield ""
    yield from _table(("Form", "Asks, of the minimum", "Does not ask", "Cannot say in full"),
                      coverage_of_forms())
    yield from _table(*crosswalk())


def _kept() -> Iterator[str]:
    yield from ("## What every record of the warehouse carries", "")
    yield "No name, date of birth, number, postcode, calendar day or free text has a column in the warehouse."
    yield ""
    names = dict.fromkeys((*SYSTEM_COLUMNS, *(name for columns in DERIVED.values() for name in columns)))
    yield from _table(("Column", "Meaning"), ((f"`{name}`", WORKED_OUT[name]) for name in names))


def _definitions() -> Iterator[str]:
    yield from ("## Definitions", "")
    yield (
        "Where definitions compete, the one used is marked **used**. A mark says whether it was read in its "
        "source."
    )
    yield ""
    for topic in Topic:
        yield from (f"### {topic.value}", "")
        yield from _table(
            ("Name", "Meaning", "Source and date", "Here"),
            ((d.name, d.meaning, d.source + ("" if d.is_confirmed else " (not confirmed in the source)"),
              "**used**" + (f": {d.use}" if d.use else "") if d.is_used else d.use)
              for d in DEFINITIONS if d.topic is topic),
        )


def _cube(cube: Cube) -> tuple[str, ...]:
    who = (
        "each agency for itself" if cube.by_agency
        else f"distinct people across agencies; links: {', '.join(cube.links)}"
    )
    feeding = [f"dataset {cube.dataset}"]
    if cube.agency_kinds:
        feeding.append(f"kinds of agency: {', '.join(cube.agency_kinds)}")
    if cube.specialist_only:
        feeding.append("specialist services only")
    if cube.needs_history:
        feeding.append("after a year of history")
    if cube.follow_up_quarters:
        feeding.append(f"once followed for {cube.follow_up_quarters} quarters")
    dimensions = [*cube.dimensions]
    if cube.each is not None:
        dimensions.append(f"yes/no for each of {cube.each}")
    return (
        f"`{cube.name}`", cube.title, cube.unit, cube.population, ", ".join(dimensions),
        cube.area_basis or "no area", who, "; ".join(feeding), " ".join(cube.duties),
    )


def _cubes() -> Iterator[str]:
    yield from ("## Cubes: what is counted", "")
    yield (
        "Every table of counts, in every quarter, with all of its margins. Only counts are published, after "
        "protection. "
        "Counts of incidents and of referrals stand per agency, since what two agencies know may be one "
        "incident; they are "
        "never added up across agencies. *Area* says which area is meant: of the offence, of residence or of "
        "the service."
    )
    yield ""
    yield from _table(
        ("Cube", "Title", "Unit", "Population", "Dimensions", "Area", "Counted by", "Fed by", "Clauses"),
        (_cube(cube) for cube in CUBES.values()),
    )


def _cells(cells: Cells) -> str:
    return " and ".join([f"`{cells.table}`", *(f"{name} is {' or '.join(categories)}"
                                               for name, categories in cells.where)])


def _indicators() -> Iterator[str]:
    yield from ("## Indicators: what is computed from published counts", "")
    yield "A quotient is of two published counts, never of the counts behind them."
    yield ""
    yield from _table(
        ("Indicator", "Title", "Unit", "Formula", "Smallest base", "Definition", "Clauses"),
        ((f"`{i.name}`", i.title, i.unit,
          _cells(i.numerator) + (f" ÷ {_cells(i.denominator)}" if i.denominator is not None else ""),
          str(i.base_minimum) if i.denominator is not None else "", i.definition, " ".join(i.duties))
          for i in INDICATORS.values()),
    )
    yield from ("### Breakdowns of the latest quarter", "")
    yield from _table(
        ("Breakdown", "Title", "Unit", "Over", "Definition", "Clauses"),
        ((f"`{b.name}`", b.title, b.unit, b.dimension, b.definition, " ".join(b.duties))
         for b in BREAKDOWNS.values()),
    )


def _rules() -> Iterator[str]:
    yield from ("## Rules: what a file or a row can trip", "")
    yield "The receipt names rule, row and column, never the value."
    yield ""
    for severity in Severity:
        yield from (f"### {severity.value}: {_SEVERITY_WORDS[severity]}", "")
        yield from _table(
            ("Rule", "What is wrong", "How to mend it"),
            ((f"`{r.rule_id}`", r.what, r.remedy) for r in RULES.values() if r.severity is severity),
        )


def _validity(source: Source) -> str:
    if source.valid_from is None and source.valid_to is None:
        return "no limit of validity"
    since = f"from {source.valid_from}" if source.valid_from is not None else "from the beginning"
    return f"valid {since}" + (f" to {source.valid_to}" if source.valid_to is not None else "")


def _codelists() -> Iterator[str]:
    yield from ("## Code lists", "")
    yield (
        f"A code that an agency's map does not know is counted as `{UNMAPPED}`, apart from `{NOT_RECORDED}`. "
        "Lists of more "
        f"than {LONG_LIST} codes are told by number and source; they are in `schemas/codes/`."
    )
    yield ""
    for source in sources().values():
        yield from (f"### {source.name}", "")
        yield (
            f"{source.title}. {source.publisher}: {source.source.rstrip('.')} ({source.licence}; "
            f"{_validity(source)}; "
            f"carried over {source.retrieved}). {source.note}".rstrip()
        )
        yield ""
        if source.role in (Role.MAP, Role.REFERENCE):
            yield from (f"{len(rows(source.name)):,} rows ({source.role.value}), one for each "
                        f"{' × '.join(source.key)}.", "")
        elif len(codelist(source.name).codes) > LONG_LIST:
            yield from (f"{len(codelist(source.name).codes):,} codes.", "")
        else:
            yield from _table(("Code", "Label"), ((f"`{code}`", label)
                                                  for code, label in codelist(source.name).labels.items()))


def _agency(agency: Agency) -> tuple[str, ...]:
    stay = f"{agency.joined}" + (f" until before {agency.left}" if agency.left is not None else "")
    return (
        f"`{agency.agency}`", agency.name, agency.tier.value, ", ".join(sorted(agency.feeds)), stay,
        str(agency.delivery.day),
        agency.legal.gateway, str(agency.legal.retention_months), str(agency.legal.agreement_review),
    )


def _agencies(partnership: Partnership) -> Iterator[str]:
    yield from ("## Agencies", "")
    invented = " They are invented." if partnership.is_sample else ""
    yield f"{partnership.name}, {partnership.first_quarter} to {partnership.last_quarter}.{invented}"
    yield ""
    yield from _table(
        ("Agency", "Name", "Tier", "Datasets", "Member from", "Due, days after the quarter", "Gateway",
         "Received files kept, months", "Agreement reviewed by"),
        (_agency(agency) for agency in read_agencies().values()),
    )


def _duties() -> Iterator[str]:
    yield from ("## Clauses that data can serve", "")
    yield "Clauses of the partnership's documents, in our own words, and what answers each."
    yield from ("", coverage_table(), "")
    yield from _table(
        ("Clause", "Document", "What it asks", "Status", "Answered by"),
        ((duty.duty_id, duty.document, duty.clause, duty.status.value,
          _answers(duty))
         for duty in duties().values()),
    )


def _answers(duty: Duty) -> str:
    """Measures, then registers, that answer a clause."""
    registers = f"register: {', '.join(duty.registers)}" if duty.registers else ""
    measures = _named(duty.indicators) if duty.indicators else ""
    return "; ".join(part for part in (measures, registers) if part) or "nothing yet"


def dictionary() -> str:
    """The whole text, ending in one line end.

    Raises:
        schemas.codelists.CodeListError, schemas.documents.DocumentError, schemas.duties.DutyError: a file of
        the
            schemas cannot be used.
    """
    partnership = read_partnership()
    head = (
        "# Data dictionary", "",
        "Written from the code by `make docs`; edits here are lost. For the data officer of an agency: what "
        "we ask for, what it",
        "means, what becomes of it, and what is counted from it.", "",
        "Contents: [Definitions](#definitions) · [Datasets](#datasets) · [Columns](#columns) · "
        "[Referral forms](#referral-forms-field-by-field) ·",
        "[What the warehouse keeps](#what-every-record-of-the-warehouse-carries) · "
        "[Rules](#rules-what-a-file-or-a-row-can-trip) ·",
        "[Cubes](#cubes-what-is-counted) ·",
        "[Indicators](#indicators-what-is-computed-from-published-counts) ·",
        "[Clauses](#clauses-that-data-can-serve) · [Agencies](#agencies) · [Code lists](#code-lists)", "",
    )
    parts = (
        head, _definitions(), _datasets(), _columns(), _forms(), _kept(), _rules(), _cubes(), _indicators(),
        _duties(), _agencies(partnership), _codelists(),
    )
    return "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"


def _first_difference(said: str, is_so: str) -> int:
    pairs = zip(said.splitlines(), is_so.splitlines(), strict=False)
    shorter = min(len(said.splitlines()), len(is_so.splitlines()))
    return next((line for line, (a, b) in enumerate(pairs, start=1) if a != b), shorter + 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the file; 0 done or equal, 1 not equal, 2 the folder is not there."""
    parser = argparse.ArgumentParser(prog="python -m schemas.dictionary",
                                     description="Write or check the data dictionary.")
    parser.add_argument("--check", action="store_true",
                        help="write nothing; end with 1 where the file says something else")
    parser.add_argument("file", type=Path)
    asked = parser.parse_args(arguments)
    path: Path = asked.file
    text = dictionary()
    if not asked.check:
        if not path.parent.is_dir():
            print(f"[{path.parent}] is no folder, so the dictionary cannot be written there. Make it, or "
                  "name another.", file=sys.stderr)
            return UNUSABLE
        path.write_text(text, encoding="utf-8")
        return OK
    said = path.read_text(encoding="utf-8") if path.is_file() else None
    if said is None:
        print(f"[{path}] is not there. Run: make docs", file=sys.stderr)
        return CHANGED
    if said != text:
        print(f"[{path}] is not what the code says, first at line [{_first_difference(said, text)}]. Run: "
              "make docs", file=sys.stderr)
        return CHANGED
    return OK


if __name__ == "__main__":
    sys.exit(main())
