"""When two hashed identities are unlike: the two conditions that vetoes are made of.

What belongs here: SQL conditions over the components of `l` and `r`. What does not: weights (model.py).
"""

from __future__ import annotations

from typing import Final

NAMES_UNLIKE: Final = """(
            l.c_forename_first IS NOT NULL AND r.c_forename_first IS NOT NULL
            AND l.c_forename_first <> r.c_forename_first
            AND l.c_forename_canon <> r.c_forename_canon
            AND coalesce(l.c_forename_mp <> r.c_forename_mp, true)
            AND l.c_fn3 <> r.c_fn3
            AND NOT list_has_any(l.c_forename_near, r.c_forename_near)
            AND coalesce(l.c_forename_first <> r.c_surname, true)
        )"""
"""Two forenames, neither a spelling, a short form nor a slip of the other. Null on either side is not
unlike."""

BIRTHS_UNLIKE: Final = """(
            l.c_dob IS NOT NULL AND r.c_dob IS NOT NULL
            AND (l.c_dob_y = r.c_dob_y)::TINYINT + (l.c_dob_m = r.c_dob_m)::TINYINT
                + (l.c_dob_d = r.c_dob_d)::TINYINT < 2
            AND coalesce(l.c_dob_sorted <> r.c_dob_sorted, true)
        )"""
"""Two dates of birth that share at most one of day, month and year, and are not the same with day and month
exchanged."""
