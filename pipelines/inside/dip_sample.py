"""A dip sample of an agency's own cases: which to look at, a blank form, and counts of a filled-in one.

What belongs here: allocating and drawing, the form's columns, folding answers into counts. What does not:
reading and writing files (``own_file.py``, ``pipelines.doors.dip_sample``), the standards
(``schemas/codes/register_topics.csv``, which names their clauses).

Allocation is proportional to the stratum (largest remainders), with one case at least from each; the draw
depends on the references and the seed alone, not on the order of the file, so that anybody with both can
draw it again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.inside.own_file import InsideError, OwnFile
from pipelines.intake.layout import letters
from pipelines.registers.entry import Entry
from schemas.quarters import Quarter
from schemas.registers import topic_pairs

REFERENCE, STRATUM = "Case reference", "Stratum"
MET, NOT_MET, NOT_APPLICABLE = "met", "not met", "not applicable"
ANSWERS = (MET, NOT_MET, NOT_APPLICABLE)
_DEFUSED = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run as a formula by a spreadsheet program."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Sample:
    """A drawn sample. Has no ``repr``: references are the agency's own."""

    cases: tuple[tuple[str, int], ...] = field(repr=False)
    """(reference, number of its stratum from 1), in order of stratum and reference."""
    sizes: tuple[tuple[int, int], ...]
    """For each stratum: cases in the file, cases drawn. Strata are numbered in the order of their values."""
    n_repeated: int
    """Rows whose reference stood before: a case counts once."""


def allocate(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """How many of ``n`` fall on each stratum: proportional, at least one each, at most all of it.

    After one for each, the rest goes by largest remainder of ``n × size / total``; ties by name. Source: the
    usual proportional allocation (Cochran, Sampling Techniques, 1977, ch. 5) with a floor of one.

    Raises:
        InsideError: there are more strata than cases to draw.
    """
    total = sum(sizes.values())
    if n < len(sizes):
        raise InsideError(f"[{n}] cases cannot hold one of each of [{len(sizes)}] strata. Draw more, or "
                          "choose a column with fewer values.")
    if n >= total:
        return dict(sizes)
    drawn = {name: max(1, n * size // total) for name, size in sizes.items()}
    while (over := sum(drawn.values()) - n) != 0:
        def lacks(name: str) -> float:
            return n * sizes[name] / total - drawn[name]
        if over > 0:
            name = min((s for s in drawn if drawn[s] > 1), key=lambda s: (lacks(s), s))
            drawn[name] -= 1
        else:
            name = max((s for s in drawn if drawn[s] < sizes[s]), key=lambda s: (lacks(s), s))
            drawn[name] += 1
    return drawn


def draw(own: OwnFile, *, n: int, seed: int, by: int, reference: int) -> Sample:
    """Draw ``n`` cases, stratified by the column ``by``; columns are places from 0.

    A reference that stands on several rows is one case, in the stratum that comes first by value.

    Raises:
        InsideError: no row has a reference, or ``n`` is too small for one of each stratum.
    """
    if n < 1:
        raise InsideError("A sample has at least one case. Give --n a number above 0.")
    strata: dict[str, str] = {}
    rows = [(cells[reference].strip(), cells[by].strip()) for _, cells in own.rows
            if cells[reference].strip()]
    for ref, value in rows:
        strata[ref] = min(value, strata.get(ref, value))
    if not strata:
        raise InsideError("No row has a reference. Name its column with --reference.")
    members: dict[str, list[str]] = {}
    for ref in sorted(strata):
        members.setdefault(strata[ref], []).append(ref)
    quota = allocate({value: len(refs) for value, refs in sorted(members.items())}, n)
    cases: list[tuple[str, int]] = []
    for number, (value, refs) in enumerate(sorted(members.items()), start=1):
        chosen = random.Random(f"{seed}:{number}").sample(refs, quota[value])
        cases += [(ref, number) for ref in sorted(chosen)]
    return Sample(cases=tuple(cases), n_repeated=len(rows) - len(strata),
                  sizes=tuple((len(refs), quota[value]) for value, refs in sorted(members.items())))


def standards() -> tuple[tuple[str, str], ...]:
    """(topic, label) of every standard that a case can be held against: one column of the form each."""
    return topic_pairs("dip_samples")


def form(sample: Sample) -> list[list[str]]:
    """The blank form: a line of names, then one line for each case; nothing in it runs as a formula."""
    header = [REFERENCE, STRATUM, *(label for _, label in standards())]
    empty = [""] * len(standards())
    return [header, *([defused(ref), str(number), *empty] for ref, number in sample.cases)]


def defused(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet program would run."""
    return f"'{text}" if text.startswith(_DEFUSED) else text


def summarise(own: OwnFile, *, agency: str, quarter: Quarter, owner: str, today: date) -> list[Entry]:
    """Entries of the register from a filled-in form: for each standard, cases that met it of cases it applies
    to. Empty cells are not yet looked at and count nowhere.

    Raises:
        InsideError: a column is missing, a cell is none of ``ANSWERS`` (its place is said), a case stands
            twice or without its reference, or nothing is filled in.
    """
    _check_cases(own)
    places = {topic: own.position(label) for topic, label in standards()}
    entries = []
    for number, (topic, place) in enumerate(places.items(), start=1):
        answers = [(row, " ".join(cells[place].split()).casefold()) for row, cells in own.rows]
        for row, answer in answers:
            if answer and answer not in ANSWERS:
                raise InsideError(f"Row [{row}], column [{letters(place)}]: the answer is not one of "
                                  f"[{', '.join(ANSWERS)}]. Choose one, or leave it empty.")
        n_met = sum(answer == MET for _, answer in answers)
        n_applies = n_met + sum(answer == NOT_MET for _, answer in answers)
        if n_applies:
            entries.append(Entry(
                kind="dip_samples", ref=f"DIP-{agency}-{quarter}-{number}", title="", agency=agency,
                owner=owner, aim="", topic=topic, serves="", status="returned", due=None, reviewed=today,
                quarter=str(quarter), indicator="", n=float(n_met), of_n=float(n_applies)))
    if not entries:
        raise InsideError(f"The form holds no answer. Fill its columns with [{', '.join(ANSWERS)}].")
    return entries


def _check_cases(own: OwnFile) -> None:
    """Refuse a form in which a case would be counted twice, or cannot be told from another."""
    at = own.position(REFERENCE)
    first: dict[str, int] = {}
    for row, cells in own.rows:
        reference = cells[at].strip()
        if not reference and any(cell.strip() for cell in cells):
            raise InsideError(f"Row [{row}] holds answers and no case reference. Fill it in, or empty the "
                              "row.")
        if reference and first.setdefault(reference, row) != row:
            raise InsideError(f"Row [{row}]: its case stands on row [{first[reference]}] already, and would "
                              "be counted twice. Leave one of them.")
