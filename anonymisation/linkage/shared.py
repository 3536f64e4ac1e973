"""Numbers that several people share: a household's, a case's, a tenancy's, mapped as if they were a person's.

What belongs here: telling such numbers by the data, and setting them aside before anybody is held together by
them. What does not: checked identifiers (NHS number, PNC id), whose form says whose they are.

Two records of one person may differ in forename (another name, a short one) or in birth (a slip), hardly ever
in both. Of pairs that carry one number, those that differ in both are two people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import duckdb

from anonymisation.linkage.likeness import BIRTHS_UNLIKE, NAMES_UNLIKE
from anonymisation.linkage.settings import LinkSettings
from anonymisation.linkage.statements import statement
from anonymisation.tokens import MATCH_KEYS

MAX_SHARE: Final = 0.05
"""Share of two people among the pairs with one number, above which it is not believed. Of numbers of people
it is below 0.01 even in dirty data (FEBRL4 0.009, references of the sample 0.003), of numbers of households
0.14 where one person in seven has kin in the data, of case numbers more."""
MIN_PAIRS: Final = 50
"""Fewer pairs say nothing: the number is believed."""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Which numbers are set aside."""

    other_id: bool
    """The unchecked identifier."""
    references: tuple[str, ...]
    """Sources whose own references are."""
    shares: dict[str, float]
    """Share of two people among the pairs with one number: of `other_id`, and of the references of each
    source; without those that have too few pairs."""

    def facts(self) -> dict[str, Any]:
        """Fit for JSON."""
        return {"other_id": self.other_id, "references": list(self.references)}

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Shared:
        """What a run before has learnt, from its `facts`."""
        return cls(other_id=bool(facts["other_id"]), references=tuple(facts["references"]), shares={})

    def and_also(self, known: Shared) -> Shared:
        """What either sets aside: an agency may have joined since the last whole run."""
        return Shared(
            other_id=self.other_id or known.other_id,
            references=tuple(sorted({*self.references, *known.references})),
            shares={**known.shares, **self.shares},
        )


NOTHING_SHARED: Final = Shared(other_id=False, references=(), shares={})


def learn(con: duckdb.DuckDBPyConnection, settings: LinkSettings) -> Shared:
    """Which numbers of link_identity and link_member several people share."""
    rows = con.execute(
        statement(
            "shared_numbers",
            names_unlike=NAMES_UNLIKE,
            births_unlike=BIRTHS_UNLIKE,
            max_identities=str(settings.max_token_identities),
        )
    ).fetchall()
    shares = {(kind, source): n_two / n for kind, source, n, n_two in rows if n >= MIN_PAIRS}
    return Shared(
        other_id=shares.get(("other_id", None), 0.0) > MAX_SHARE,
        references=tuple(
            sorted(
                source or ""
                for (kind, source), share in shares.items()
                if kind == "reference" and share > MAX_SHARE
            )
        ),
        shares={source or kind: share for (kind, source), share in shares.items()},
    )


def set_aside(con: duckdb.DuckDBPyConnection, shared: Shared) -> None:
    """Take such numbers from link_identity and link_member: nobody is held together, kept apart or weighed by
    them."""
    if shared.other_id:
        keys = ", ".join(key for key in MATCH_KEYS if key not in ("k0", "k1"))
        con.execute(statement("shared_other_id", keys=keys))
    if shared.references:
        con.execute(
            "UPDATE temp.link_member SET k0 = NULL "
            "WHERE list_contains($sources::VARCHAR[], coalesce(source, ''))",
            {"sources": list(shared.references)},
        )
