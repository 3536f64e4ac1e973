"""Typed reader of ``duties.csv``: every clause of the partnership's documents that data can serve, and what
answers it.

What belongs here: the clauses, in our own short wording, and how far each is answered. What does not: the
counts (``measures/cubes``), the formulae (``measures/indicators``) and the documents themselves.

========== ===================================================================================================
status     meaning
========== ===================================================================================================
answered   the measures named under ``indicators`` answer the clause
registered no count answers it: a register that the product keeps does
========== ===================================================================================================

There is no third: a clause that is not counted, or counted in part, is work to do and no entry.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from schemas.measures.cubes import CUBES
from schemas.measures.indicators import BREAKDOWNS, INDICATORS
from schemas.registers import kinds

DUTIES_FILE = Path(__file__).parent / "duties.csv"
KEPT_REGISTERS = frozenset({
    "submissions ledger", "release folders", "crosswalk of referral forms",
    "words of every page, tested by a lint", *kinds(),
})
"""What the product keeps: its own ledgers, and every kind of entry of the board officer's register."""

_COLUMNS = ("id", "document", "clause", "indicators", "register", "status")


class DutyError(ValueError):
    """The file of duties cannot be used; the text names file, line, key and remedy."""


class Status(StrEnum):
    """How far a clause is answered."""

    ANSWERED = "answered"
    REGISTERED = "registered"


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One clause that data can serve."""

    duty_id: str
    """Letter of the document and number, such as ``W2``."""
    document: str
    clause: str
    """Our own short wording; the document's is never quoted."""
    indicators: tuple[str, ...]
    """Names of cubes, indicators and breakdowns that answer it."""
    registers: tuple[str, ...]
    """Registers that answer it: of the product, or kinds of the board officer's; empty where none is meant
    to."""
    status: Status

    def __post_init__(self) -> None:
        """Refuse a status that the other fields do not bear out.

        Raises:
            ValueError: says which field, and what to do.
        """
        if not self.clause or not self.document:
            raise ValueError("document or clause is empty. Fill both")
        known = measures_of(self.duty_id)
        if strangers := [name for name in self.indicators if name not in known]:
            raise ValueError(f"no measure [{strangers[0]}] names this clause. Add the clause to its duties, "
                             "or take it out here")
        if strangers := [name for name in self.registers if name not in KEPT_REGISTERS]:
            raise ValueError(f"no register is called [{strangers[0]}]. Use one of "
                             f"[{', '.join(sorted(KEPT_REGISTERS))}]")
        match self.status:
            case Status.ANSWERED:
                fits, remedy = bool(self.indicators), "name its measures"
            case Status.REGISTERED:
                fits, remedy = bool(self.registers) and not known, "name a register and no measure"
        if not fits:
            raise ValueError(f"status [{self.status}] does not fit the other columns: {remedy}")


def measures_of(duty_id: str) -> tuple[str, ...]:
    """Names of every cube, indicator and breakdown that names the clause, in the order of their files."""
    named = [(e.name, e.duties) for e in CUBES.values()]
    named += [(e.name, e.duties) for e in INDICATORS.values()]
    named += [(e.name, e.duties) for e in BREAKDOWNS.values()]
    return tuple(dict.fromkeys(name for name, its_duties in named if duty_id in its_duties))


def read_duties(path: Path = DUTIES_FILE) -> dict[str, Duty]:
    """Read the clauses, by id, in the order of the file.

    Raises:
        DutyError: the file is absent, a column is missing, an id stands twice, or a row contradicts itself.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = list(reader)
            header = tuple(reader.fieldnames or ())
    except FileNotFoundError:
        raise DutyError(f"[{path.name}]: no such file in [{path.parent.name}/]. Create it, or correct the "
                        "name.") from None
    if header != _COLUMNS:
        raise DutyError(
            f"[{path.name}]: the columns are not [{', '.join(_COLUMNS)}]. Correct the first line.")
    duties: dict[str, Duty] = {}
    for line, row in enumerate(rows, start=2):
        where = f"[{path.name}], line [{line}], id [{row['id']}]"
        if row["id"] in duties:
            raise DutyError(f"{where}: stands there twice. Keep one row.")
        if row["status"] not in set(Status):
            raise DutyError(f"{where}: status [{row['status']}] is not one of [{', '.join(Status)}]. Choose "
                            "one.")
        try:
            duties[row["id"]] = Duty(
                duty_id=row["id"], document=row["document"], clause=row["clause"],
                indicators=tuple(row["indicators"].split()),
                registers=tuple(part.strip() for part in row["register"].split(";") if part.strip()),
                status=Status(row["status"]),
            )
        except ValueError as error:
            raise DutyError(f"{where}: {error}.") from None
    return duties


@cache
def duties() -> MappingProxyType[str, Duty]:
    """Every clause of the package's own file, by id; read once.

    Raises:
        DutyError: as :func:`read_duties`.
    """
    return MappingProxyType(read_duties())


def coverage() -> dict[str, dict[Status, int]]:
    """Clauses by document and status, every status present, documents in the order of the file."""
    found = Counter((duty.document, duty.status) for duty in duties().values())
    documents = dict.fromkeys(duty.document for duty in duties().values())
    return {document: {status: found[document, status] for status in Status} for document in documents}


def coverage_table() -> str:
    """Coverage as a Markdown table: one row per document and one in total."""
    counted = coverage()
    total = {status: sum(row[status] for row in counted.values()) for status in Status}
    lines = [
        f"| Document | Clauses | {' | '.join(status.capitalize() for status in Status)} |",
        f"|---|{'---:|' * (len(Status) + 1)}",
    ]
    for name, row in (*counted.items(), ("All", total)):
        lines.append(
            f"| {name} | {sum(row.values())} | {' | '.join(str(row[status]) for status in Status)} |")
    return "\n".join(lines)
