"""How alike two hashed identities are, field by field: the levels of agreement, and their first rates.

What belongs here: the levels of each comparison, in Splink's form (`_l` and `_r`), and the same conditions
for statements of our own. What does not: learning their rates (training.py), weighing with them (model.py).

Checked identifiers are not compared here: equal ones are match-key K1, different ones a veto. So every
weight is blind to them, and pairs in which both are known tell how good the weights are.
"""

from __future__ import annotations

import re
from typing import Final

Level = tuple[str, str, float, float]
"""Label, condition over `_l` and `_r`, first m, first u (used as they are when there is too little to learn
from)."""


def _guarded(guard: str, costly: str) -> str:
    """A condition over lists, looked at only where a cheap one holds that it implies."""
    return f"CASE WHEN {guard} THEN {costly} ELSE false END"


ONE_SLIP: Final = {
    "forename": _guarded(
        "c_fn1_l = c_fn1_r OR c_fn_tail_l = c_fn_tail_r", "list_has_any(c_forename_near_l, c_forename_near_r)"
    ),
    "surname": _guarded(
        "c_sn1_l = c_sn1_r OR c_sn_tail_l = c_sn_tail_r", "list_has_any(c_surname_near_l, c_surname_near_r)"
    ),
    "place": _guarded(
        "c_pc_district_l = c_pc_district_r OR c_pc_tail_l = c_pc_tail_r",
        "list_has_any(c_pc_near_l, c_pc_near_r)",
    ),
}
"""One slip of the keyboard: it leaves the beginning or the end as it was."""

SWAPPED: Final = _guarded(
    "(c_fn1_l = c_sn1_r OR c_fn_tail_l = c_sn_tail_r) AND (c_sn1_l = c_fn1_r OR c_sn_tail_l = c_fn_tail_r)"
    " AND c_surname_l <> c_surname_r",
    "list_has_any(c_forename_near_l, c_surname_near_r) AND list_has_any(c_surname_near_l, c_forename_near_r)",
)
"""Forename and surname in each other's place, each within one slip. Weighed once, with the surname."""

COMPARISONS: Final[dict[str, tuple[str, str | None, tuple[Level, ...]]]] = {
    "forename": (
        f"c_forename_l IS NULL OR c_forename_r IS NULL OR {SWAPPED}",
        "c_forename",
        (
            ("exact", "c_forename_l = c_forename_r", 0.72, 0.004),
            (
                "first or short form",
                "c_forename_first_l = c_forename_first_r OR c_forename_canon_l = c_forename_canon_r",
                0.08,
                0.004,
            ),
            ("one slip", ONE_SLIP["forename"], 0.08, 0.0008),
            ("sound or beginning", "c_forename_mp_l = c_forename_mp_r OR c_fn3_l = c_fn3_r", 0.05, 0.012),
            ("initial", "c_fn1_l = c_fn1_r", 0.02, 0.06),
            ("else", "ELSE", 0.04, 0.9152),
        ),
    ),
    "surname": (
        "c_surname_l IS NULL OR c_surname_r IS NULL",
        "c_surname",
        (
            ("exact", "c_surname_l = c_surname_r", 0.76, 0.002),
            ("variant", "c_surname_canon_l = c_surname_canon_r", 0.01, 0.0005),
            ("one slip", ONE_SLIP["surname"], 0.08, 0.0006),
            ("sound or beginning", "c_surname_mp_l = c_surname_mp_r OR c_sn3_l = c_sn3_r", 0.05, 0.01),
            ("swapped", SWAPPED, 0.005, 0.000003),
            ("one part", "list_has_any(c_surname_parts_l, c_surname_parts_r)", 0.01, 0.0005),
            ("else", "ELSE", 0.08, 0.9849),
        ),
    ),
    "birth": (
        "c_dob_l IS NULL OR c_dob_r IS NULL",
        "c_dob",
        (
            ("exact", "c_dob_l = c_dob_r", 0.88, 0.00005),
            (
                "two parts",
                "c_dob_sorted_l = c_dob_sorted_r OR (c_dob_y_l = c_dob_y_r)::TINYINT + (c_dob_m_l = "
                "c_dob_m_r)::TINYINT"
                " + (c_dob_d_l = c_dob_d_r)::TINYINT = 2",
                0.09,
                0.006,
            ),
            (
                "one part",
                "c_dob_y_l = c_dob_y_r OR c_dob_m_l = c_dob_m_r OR c_dob_d_l = c_dob_d_r",
                0.02,
                0.12,
            ),
            ("else", "ELSE", 0.01, 0.87315),
        ),
    ),
    "place": (
        "c_pc_district_l IS NULL OR c_pc_district_r IS NULL",
        "c_pc_unit",
        (
            ("unit", "c_pc_unit_l = c_pc_unit_r", 0.55, 0.0001),
            ("one slip", ONE_SLIP["place"], 0.06, 0.001),
            ("sector", "c_pc_sector_l = c_pc_sector_r", 0.05, 0.003),
            ("district", "c_pc_district_l = c_pc_district_r", 0.09, 0.012),
            ("else", "ELSE", 0.25, 0.9839),
        ),
    ),
    "other_id": (
        "c_oid_l IS NULL OR c_oid_r IS NULL",
        None,
        (
            ("exact", "c_oid_l = c_oid_r", 0.90, 0.00001),
            ("one slip", "list_has_any(c_oid_near_l, c_oid_near_r)", 0.06, 0.00005),
            ("else", "ELSE", 0.04, 0.99994),
        ),
    ),
}

COMPARED_COLUMNS: Final = {
    "forename": "c_forename", "surname": "c_surname", "birth": "c_dob", "place": "c_pc_district",
    "other_id": "c_oid",
}  # fmt: skip

EXACT_COLUMNS: Final = {
    "forename": "c_forename",
    "surname": "c_surname",
    "birth": "c_dob",
    "place": "c_pc_unit",
}
"""Column of which agreement is equality, where a rare value says more than a common one."""
NULL_LEVEL: Final = -1
"""Said of a comparison that lacks a value on either side: it weighs nothing."""

_SIDE = re.compile(r"\b(c_[a-z0-9_]+?)_([lr])\b")


def condition(splink_condition: str) -> str:
    """A condition in Splink's form over two rows `l` and `r` of a join."""
    return _SIDE.sub(r"\2.\1", splink_condition)


def level_sql(name: str) -> str:
    """Which level the pair `l`, `r` is at: 0 is the closest, NULL_LEVEL says nothing."""
    null, _, levels = COMPARISONS[name]
    cases = " ".join(f"WHEN {condition(c)} THEN {i}" for i, (_, c, _, _) in enumerate(levels) if c != "ELSE")
    return f"CASE WHEN {condition(null)} THEN {NULL_LEVEL} {cases} ELSE {len(levels) - 1} END"
