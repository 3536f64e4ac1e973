"""The generic register that the board's officer keeps: what is no record of an agency and still has to be
counted.

What belongs here: kinds, topics, statuses and columns of an entry, and the rules that a file of entries is
held to. What does not: reading a file (``pipelines.registers``), storing entries (``pipelines.store``) and
what a board sees of them (``dashboards``, ``schemas.measures``).

One register, not eleven tables: every entry has a kind, a reference, an agency, an owner (a role), a topic, a
status and days; some have two counts, of which the second is the base of the first. No personal data: the
columns are an allow-list, the owner is a role of a list, and the short title is screened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from schemas.codelists import codelist, rows
from schemas.rules import Rule, Severity

COLUMNS = (
    "kind", "ref", "title", "agency", "owner", "aim", "topic", "serves", "status", "due", "reviewed",
    "quarter", "indicator", "n", "of_n", "areas",
)
"""Every column that a file of entries may have, in the order in which it is written."""
REQUIRED = ("kind", "ref", "agency", "owner", "status", "reviewed")
"""Columns that a file must have and every entry must fill; a kind may need more (``register_kinds.csv``)."""
TITLE_LENGTH = 80
"""A title names a document or an action; what is longer tells a story (own judgement)."""
REF_PATTERN = r"[A-Z]{1,4}-[a-z0-9_]{1,31}-[0-9A-Za-z.\-]{1,24}"
"""Such as ``ACT-police-14``: letters of the kind, agency, number. No room for anybody's name."""
COUNT_LIMIT = 1_000_000
DATASET_PREFIX = "register_"
"""Before the name of a protected kind, where coverage names what an agency has returned."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of entry."""

    name: str
    title: str
    is_protected: bool
    """Whether its counts are of people, and so go through the protection of every cube."""
    needs: frozenset[str]
    """Columns that an entry of the kind must fill, beside ``REQUIRED``."""
    may: frozenset[str]
    """Further columns that it has room for."""
    n_means: str
    of_n_means: str
    topics: MappingProxyType[str, str]
    """Topic to label, in the order of a page."""
    statuses: MappingProxyType[str, str]
    states: MappingProxyType[str, str]
    """Status to ``open``, ``done`` or ``closed``."""

    @property
    def has_counts(self) -> bool:
        """Whether an entry may hold a count."""
        return bool(self.n_means)

    @property
    def has_base(self) -> bool:
        """Whether its count is of a base."""
        return bool(self.of_n_means)

    @property
    def dataset(self) -> str:
        """How coverage calls what an agency has returned of it."""
        return DATASET_PREFIX + self.name


@cache
def kinds() -> MappingProxyType[str, Kind]:
    """Every kind by its name, in the order of a page."""
    topics, statuses = rows("register_topics"), rows("register_statuses")
    return MappingProxyType({
        entry.code: Kind(
            name=entry.code, title=entry.label, is_protected=entry.attributes["is_protected"] == "yes",
            needs=frozenset(entry.attributes["needs"].split()),
            may=frozenset(entry.attributes["may"].split()),
            n_means=entry.attributes["n_means"], of_n_means=entry.attributes["of_n_means"],
            topics=MappingProxyType({t["topic"]: t["label"] for t in topics if t["kind"] == entry.code}),
            statuses=MappingProxyType(
                {s["status"]: s["label"] for s in statuses if s["kind"] == entry.code}),
            states=MappingProxyType({s["status"]: s["state"] for s in statuses if s["kind"] == entry.code}))
        for entry in codelist("register_kinds").entries})


def topic_pairs(kind: str) -> tuple[tuple[str, str], ...]:
    """(topic, label) pairs of one kind: the categories of its cube, the columns of its form."""
    return tuple((t["topic"], t["label"]) for t in rows("register_topics") if t["kind"] == kind)


def duties_of_kinds() -> MappingProxyType[str, frozenset[str]]:
    """Clause to the kinds whose topics name it."""
    found: dict[str, set[str]] = {}
    for topic in rows("register_topics"):
        for duty in topic["duties"].split():
            found.setdefault(duty, set()).add(topic["kind"])
    return MappingProxyType({duty: frozenset(names) for duty, names in found.items()})


def _r(rule_id: str, what: str, remedy: str) -> Rule:
    return Rule(rule_id=rule_id, severity=Severity.STOP, what=what, remedy=remedy)


_ALL = (
    _r("register_unreadable", "The file could not be read as a CSV in UTF-8.", "Save it as CSV, UTF-8."),
    _r("register_empty", "The file has no entry.", "Enter one, or take the file away."),
    _r("register_too_large", "The file is larger than any register.", "Send entries, not records."),
    _r("register_column_unknown", "A column is not one of the register's.",
       "Remove it; the columns are listed in docs/registers.md."),
    _r("register_column_repeated", "A column stands twice.", "Remove one."),
    _r("register_column_missing", "A needed column is not in the file.", "Add it."),
    _r("register_row_ragged", "The row has more or fewer cells than the first line.",
       "Put text that holds a comma in quotes."),
    _r("register_cell_missing", "A needed cell is empty.", "Fill it; the kind says which are needed."),
    _r("register_cell_not_of_kind", "The kind has no such column.", "Empty the cell."),
    _r("register_kind_unknown", "The kind is not in the list.", "Use a kind of register_kinds.csv."),
    _r("register_agency_unknown", "No agency is called so.", "Use an agency's short name, or [board]."),
    _r("register_owner_unknown", "The owner is not a role of the list; a person is never entered.",
       "Use a role of register_roles.csv."),
    _r("register_code_unknown", "The code is not in its list.",
       "Use a code of the list that docs/registers.md names for the column."),
    _r("register_ref_form", "The reference is not of the form [ACT-police-14].",
       "Write letters of the kind, the agency's short name and a number."),
    _r("register_ref_repeated", "The reference stands twice.", "Give each entry one of its own."),
    _r("register_date", "The day is not one that exists, written as 2026-07-14.", "Write it so."),
    _r("register_date_future", "The entry was reviewed after today.", "Enter the day of the last look."),
    _r("register_quarter", "The quarter is not written as 2026-Q3, or has not ended.",
       "Write it so; return it after the quarter."),
    _r("register_count", "The count is not a whole number of zero or more.",
       "Write the number itself; posts may have one decimal."),
    _r("register_count_over", "The first count is larger than its base.", "Check both counts."),
    _r("register_count_repeated", "Two entries count the same kind, topic, agency and quarter.",
       "Keep one, with the sum."),
    _r("register_title_long", f"The title has more than [{TITLE_LENGTH}] characters.", "Shorten it."),
    _r("register_title_character", "The title holds a character that no title needs.",
       "Use letters, digits, spaces and , . ( ) / & ' -"),
    _r("register_title_identifier", "The title holds what looks like a number, day, postcode or address of "
                                    "a person or record.", "Leave it out."),
    _r("register_title_name", "The title holds what looks like a person's name.",
       "Leave it out; write in sentence case, with capitals for agencies and places of the partnership."),
    _r("register_title_words", "The title holds a word that places blame or doubt.",
       "Use the better wording of docs/registers.md."),
)

REGISTER_RULES: MappingProxyType[str, Rule] = MappingProxyType({rule.rule_id: rule for rule in _ALL})
"""Every rule of a file of entries by its id. Each stops the file: the last good one stands."""
BOARD = "board"
"""Agency of an entry that belongs to the whole partnership."""
