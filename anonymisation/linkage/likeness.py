"""When two hashed identities are unlike, and when they may be kin: the conditions that vetoes are made of.

What belongs here: SQL conditions over the components of `l` and `r`. What does not: weights (model.py).
"""

from __future__ import annotations

from typing import Final

NAME_SURNAMES: Final = 5
"""Surnames beside which a forename must stand to be a name that people bear and not a slip (`is_name`)."""
SHORT_FORM_LETTERS: Final = 5
"""Letters that a short form has at most (Alex, Angie, Sam); its long form has more. A list of
near variants is one longer than the name."""

_SHORT_FORM: Final = f"""(
            least(len(l.c_forename_near), len(r.c_forename_near)) <= {SHORT_FORM_LETTERS + 1}
            AND len(l.c_forename_near) <> len(r.c_forename_near)
        )"""

NAMES_UNLIKE: Final = f"""(
            l.c_forename_first IS NOT NULL AND r.c_forename_first IS NOT NULL
            AND l.c_forename_first <> r.c_forename_first
            AND l.c_forename_canon <> r.c_forename_canon
            AND coalesce(l.c_forename_mp <> r.c_forename_mp, true)
            AND (l.c_fn3 <> r.c_fn3 OR (l.is_name AND r.is_name AND NOT {_SHORT_FORM}))
            AND NOT list_has_any(l.c_forename_near, r.c_forename_near)
            AND coalesce(l.c_forename_first <> r.c_surname, true)
        )"""
"""Two forenames, neither a spelling, a short form nor a slip of the other. Null on either side is not
unlike. One beginning makes them alike only where either is no name that people bear, or a short form: Joshua
is not a slip for Joseph."""

BIRTHS_UNLIKE: Final = """(
            l.c_dob IS NOT NULL AND r.c_dob IS NOT NULL
            AND (l.c_dob_y = r.c_dob_y)::TINYINT + (l.c_dob_m = r.c_dob_m)::TINYINT
                + (l.c_dob_d = r.c_dob_d)::TINYINT < 2
            AND coalesce(l.c_dob_sorted <> r.c_dob_sorted, true)
        )"""
"""Two dates of birth that share at most one of day, month and year, and are not the same with day and month
exchanged."""

_HOMES_DIFFER: Final = "coalesce(l.c_pc_unit <> r.c_pc_unit, true)"


def kin_like(*, is_nameless_apart: bool) -> str:
    """Condition that a pair could be kin and no more. `is_nameless_apart`: the data hold twins, and say
    forenames as a rule.

    What kin have in common says nothing of one person: surname and home are a household's, birth is twins'.
    So of one surname, weight alone joins nobody to an unlike forename; to no forename at all where the data
    hold twins, whose records say as much (elsewhere unless births are told); to a slip of a forename, if
    births are unlike, or if both are names that people bear and homes do not agree; to a mere beginning or
    sound of it, unless births are told and alike. One other identifier in common lifts it.
    """
    nameless = "true" if is_nameless_apart else "l.c_dob IS NULL OR r.c_dob IS NULL"
    return f"""(
            (
                l.c_surname = r.c_surname OR l.c_surname_canon = r.c_surname_canon
                OR l.c_surname_mp = r.c_surname_mp OR list_has_any(l.c_surname_near, r.c_surname_near)
            )
            AND NOT coalesce(l.c_oid = r.c_oid, false)
            AND CASE
                WHEN {NAMES_UNLIKE} THEN true
                WHEN l.c_fn1 IS NULL OR r.c_fn1 IS NULL THEN {nameless}
                WHEN l.c_forename_first = r.c_forename_first OR l.c_forename_canon = r.c_forename_canon
                    THEN false
                WHEN l.is_name AND r.is_name AND NOT {_SHORT_FORM} AND {_HOMES_DIFFER} THEN true
                WHEN list_has_any(l.c_forename_near, r.c_forename_near) THEN {BIRTHS_UNLIKE}
                ELSE l.c_dob IS NULL OR r.c_dob IS NULL OR {BIRTHS_UNLIKE}
            END
        )"""
