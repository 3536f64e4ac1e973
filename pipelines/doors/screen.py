"""``tessera screen FILE``: blaming words in an agency's own case records, shown to a person on the screen.

What belongs here: showing, asking, reading prepared answers, writing the counts. What does not: finding and
counting (``pipelines.inside.language``).

The text of a record is shown on a terminal only: where the output goes into a file or another program, no
text is shown and answers have to be prepared (``--blank-answers``, then ``--answers``).
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipelines.inside.language import Answer, Flag, Likely, counts, screen
from pipelines.inside.own_file import InsideError, read_own
from pipelines.intake.layout import letters
from pipelines.registers.entry import to_csv
from schemas.agencies import AGENCY_DIR, Agency, read_agencies
from schemas.codelists import codelist
from schemas.quarters import Quarter

OK = 0
_ANSWER_COLUMNS = ("row", "column", "term", "answer")
_KEYS = {"f": Answer.FALSE_ALARM, "a": Answer.AMENDED, "n": Answer.ANNOTATED, "l": Answer.TO_AMEND,
         "s": Answer.UNDECIDED}
_ASKED = "[f]alse alarm  [a]mended  a [n]ote added  amend [l]ater  [s]kip  [q]uit: "


def screen_command(
    file: Path, /, *, agency: str, quarter: str,
    column: Annotated[tuple[str, ...], Parameter(negative="", help="Columns to look into; all of them "
                                                                   "unless said.")] = (),
    answers: Annotated[Path | None, Parameter(help="Prepared answers: row, column, term, answer.")] = None,
    blank_answers: Annotated[Path | None, Parameter(help="Write the places to be answered, without any "
                                                         "text, and stop.")] = None,
    owner: Annotated[str, Parameter(help="Role that answers for the return.")] = "records_lead",
    out: Annotated[Path | None, Parameter(help="Where the counts go.")] = None,
    agencies: Annotated[tuple[Path, ...], Parameter(negative="")] = (),
) -> int:
    """Find blaming words in your own case records, judge each, and write nothing but counts."""
    asked = known_agency(agency, agencies)
    wanted = quarter_of(quarter)
    codelist("register_roles").check(owner)
    own = read_own(file)
    flagged = screen(own, [own.position(name) for name in column] or range(len(own.header)))
    flags = [flag for found in flagged.values() for flag in found]
    if blank_answers is not None:
        write_new(blank_answers, _blank(flags))
        print(f"[{len(flags)}] places in [{len(flagged)}] records, without their text: {blank_answers}. Fill "
              f"[answer] with one of [{', '.join(Answer)}].")
        return OK
    if answers is not None:
        given = prepared(answers, flags)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        given = ask(flags, show=print, read=input)
    else:
        raise InsideError("The text of records is shown on a terminal only. Run the command in one, or "
                          "prepare answers with --blank-answers and give them with --answers.")
    today = datetime.now(UTC).date()
    target = out or Path(f"language-screen_{asked.agency}_{wanted}.csv")
    entries = counts(flagged, given, agency=asked.agency, quarter=wanted, owner=owner, today=today)
    write_new(target, to_csv(entries))
    n_open = sum(answer is Answer.UNDECIDED for answer in given)
    print(f"[{len(flagged)}] records looked at, [{sum(bool(f) for f in flagged.values())}] flagged, "
          f"[{n_open}] flags not yet judged. Counts only: {target}")
    return OK


def known_agency(name: str, directories: Iterable[Path]) -> Agency:
    """The agency of that short name.

    Raises:
        InsideError: there is none.
    """
    agencies = read_agencies(AGENCY_DIR, *directories)
    if name not in agencies:
        raise InsideError(f"No agency is called [{name}]. Use one of [{', '.join(agencies)}].")
    return agencies[name]


def quarter_of(text: str) -> Quarter:
    """A quarter, such as ``2026-Q3``.

    Raises:
        InsideError: it is not written so.
    """
    try:
        return Quarter.parse(text)
    except ValueError:
        raise InsideError("The quarter is not written as [2026-Q3]. Write it so.") from None


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet.

    Raises:
        InsideError: it is there, or its folder is not.
    """
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise InsideError(f"[{path}] is there already and was not overwritten. Name another file.") from None
    except OSError as error:
        raise InsideError(f"[{path}] could not be written [{type(error).__name__}]. Name another "
                          "place.") from None


def _blank(flags: Sequence[Flag]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_ANSWER_COLUMNS)
    writer.writerows((flag.row, letters(flag.column), flag.term.code, "") for flag in flags)
    return out.getvalue().encode()


def prepared(path: Path, flags: Sequence[Flag]) -> list[Answer]:
    """Answers from a file, one for each flag; the same place twice is answered in order, an empty answer is
    ``undecided``.

    Raises:
        InsideError: the file cannot be read, or a line names no place that was flagged, or no answer.
    """
    try:
        lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InsideError(f"[{path.name}] could not be read [{type(error).__name__}]. Give a CSV in "
                          "UTF-8.") from None
    waiting: dict[tuple[str, str, str], list[Answer]] = {}
    for number, line in enumerate(lines, start=2):
        if not set(_ANSWER_COLUMNS) <= set(line):
            raise InsideError(f"[{path.name}]: the columns are not [{', '.join(_ANSWER_COLUMNS)}]. Start "
                              "from --blank-answers.")
        text = (line["answer"] or "").strip()
        if text and text not in set(Answer):
            raise InsideError(f"[{path.name}], row [{number}]: the answer is not one of "
                              f"[{', '.join(Answer)}]. Choose one.")
        key = (line["row"] or "", line["column"] or "", line["term"] or "")
        waiting.setdefault(key, []).append(Answer(text) if text else Answer.UNDECIDED)
    given = []
    for flag in flags:
        own = waiting.get((str(flag.row), letters(flag.column), flag.term.code), [])
        given.append(own.pop(0) if own else Answer.UNDECIDED)
    if left := sum(len(own) for own in waiting.values()):
        raise InsideError(f"[{path.name}]: [{left}] answers are of places that were not flagged. Prepare "
                          "them anew from this file with --blank-answers.")
    return given


def ask(flags: Sequence[Flag], *, show: Callable[[str], None], read: Callable[[str], str]) -> list[Answer]:
    """Show each flag on the screen and ask what it is; who quits leaves the rest undecided."""
    given: list[Answer] = []
    for number, flag in enumerate(flags, start=1):
        show(f"\n{number} of {len(flags)}, row {flag.row}, column {letters(flag.column)}: "
             f"{flag.term.term_class.replace('_', ' ')}")
        show(f"  …{flag.before}⟦{flag.found}⟧{flag.after}…".replace("\n", " "))
        show(f"  instead: {flag.term.better}   ({flag.term.source})")
        if flag.likely is not Likely.NOTHING:
            show(f"  perhaps a false alarm: it {flag.likely}")
        while (key := read(_ASKED).strip().lower()[:1]) not in (*_KEYS, "q"):
            show("  One of the letters in brackets.")
        if key == "q":
            break
        given.append(_KEYS[key])
    return given + [Answer.UNDECIDED] * (len(flags) - len(given))


