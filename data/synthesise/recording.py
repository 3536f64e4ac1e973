"""How what happened is written down: what is not recorded, how identity is spelt, faults of rows, deliveries.

What belongs here: every rate of the sample's records, with its source, or "assumed". What does not: how often
what happens (``rates.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

# ---- what is not recorded
ETHNICITY_MISSING: Final[Mapping[str, float]] = {
    "police": 0.31,
    "sarc": 0.07,
    "isva": 0.05,
    "housing": 0.18,
    "probation": 0.03,
}
"""Police: HMICFRS (Race and policing, 2023) found 61 % missing; the sample takes about half of it, so that
the tables can be read. Others assumed."""
MISSING_FACTOR: Final[Mapping[str, float]] = {
    "white": 1.0,
    "asian": 1.35,
    "black": 1.3,
    "mixed": 1.15,
    "other": 1.4,
}
"""Missing and misspelt values by ethnic group of five: linkage is known to be worse for minoritised groups
(IJPDS 1671). Values assumed."""
SEX_MISSING: Final = 0.02
AREA_MISSING: Final = 0.03
RELATIONSHIP_MISSING: Final = 0.12
DISABILITY_MISSING: Final[Mapping[str, float]] = {"police": 0.55, "sarc": 0.10, "isva": 0.08, "housing": 0.30}
PERSONAL_MISSING: Final = 0.15
"""Orientation, religion, gender identity at specialist services. Assumed, as the five above."""

# ---- how identity is written down (all assumed, within the range of the linkage study: typing slips 1.5 to
# 4.5 %, short
# names 4 to 16 %, other surnames 4 to 9 %, no date of birth 1 to 12 %, no postcode 6 to 35 %, NHS number in
# 0 to 85 %)
TYPING_SLIP: Final[Mapping[str, float]] = {"police": 0.03, "sarc": 0.015, "isva": 0.025, "probation": 0.015}
SHORT_NAME: Final[Mapping[str, float]] = {"police": 0.05, "sarc": 0.06, "isva": 0.12, "probation": 0.04}
OTHER_SPELLING: Final[Mapping[str, float]] = {"police": 0.08, "sarc": 0.06, "isva": 0.08, "probation": 0.05}
"""Another spelling of the same name, where the list has one (Mohammed, Muhammad)."""
OTHER_SURNAME: Final[Mapping[str, float]] = {"police": 0.5, "sarc": 0.5, "isva": 0.5, "probation": 0.5}
"""For people with two surnames: the chance that this agency holds the earlier one."""
SWAPPED_NAMES: Final = 0.006
BIRTH_MISSING: Final[Mapping[str, float]] = {"police": 0.05, "sarc": 0.02, "isva": 0.04, "probation": 0.004}
BIRTH_SLIP: Final[Mapping[str, float]] = {"police": 0.015, "sarc": 0.008, "isva": 0.012, "probation": 0.006}
BIRTH_FILLER: Final = 0.004
"""01/01/1900."""
POSTCODE_MISSING: Final[Mapping[str, float]] = {"police": 0.14, "sarc": 0.12, "isva": 0.18, "probation": 0.10}
POSTCODE_PARTIAL: Final = 0.01
POSTCODE_FILLER: Final = 0.004
NHS_KNOWN: Final[Mapping[str, float]] = {"sarc": 0.82, "isva": 0.38}
NHS_SLIP: Final = 0.006
PNC_KNOWN: Final[Mapping[str, float]] = {"police": 0.42, "probation": 0.95}
"""Police: people with a PNC id at the time; higher once arrested."""
PNC_SLIP: Final = 0.006
NAME_FILLER: Final = 0.004
"""Forename UNKNOWN."""
SAME_REFERENCE: Final[Mapping[str, float]] = {"police": 0.6, "sarc": 0.85, "isva": 0.85, "probation": 0.97}
"""A person who comes again is found under the reference that the agency already has."""
MAY_LINK: Final[Mapping[str, float]] = {"police": 0.985, "sarc": 0.93, "isva": 0.95}
"""Consent to linkage, or no objection to it."""

# ---- dirt: rows of one extract that are given a fault (a whole number is a count; below 1 a chance for
# each extract)
DIRT_PER_EXTRACT: Final[Mapping[str, Mapping[str, float]]] = {
    "police": {
        "row_ragged": 0.6,
        "reference_missing": 0.5,
        "required_missing": 0.6,
        "date_unreadable": 0.8,
        "date_after_quarter": 0.5,
        "occurrence_reversed": 1.0,
        "report_before_occurrence": 1.0,
        "record_conflicting": 0.6,
        "incident_absent": 0.8,
        "organisation_as_person": 0.8,
        "date_optional_future": 0.7,
        "date_optional_unreadable": 1.0,
        "age_against_birth": 3.0,
        "birth_after_event": 0.8,
        "sex_against_offence": 1.5,
        "age_against_offence": 1.2,
        "offence_as_date": 3.0,
        "offence_pair_unknown": 1.5,
        "offence_out_of_reach": 0.6,
        "reference_reused": 0.6,
        "cancelled_without_reason": 1.0,
        "text_damaged": 1.2,
        "code_unmapped": 5.0,
        "observed_as_self_defined": 4.0,
        "record_repeated": 3.0,
        "dates_out_of_order": 0.8,
        "fields_more_than_form": 0.7,
    },
    "sarc": {
        "required_missing": 0.3,
        "date_unreadable": 0.3,
        "contact_before_referral": 0.7,
        "occurrence_reversed": 0.4,
        "reference_missing": 0.2,
        "code_unmapped": 1.0,
        "record_repeated": 0.5,
    },
    "isva": {
        "contact_before_referral": 0.7,
        "end_before_start": 0.8,
        "score_out_of_range": 1.6,
        "date_unreadable": 0.4,
        "row_ragged": 0.3,
        "code_unmapped": 1.5,
        "date_optional_unreadable": 0.5,
        "record_repeated": 0.7,
        "required_missing": 0.3,
        "dates_out_of_order": 0.6,
        "fields_more_than_form": 0.4,
    },
    "housing": {
        "age_impossible": 0.8,
        "required_missing": 0.2,
        "code_unmapped": 1.2,
        "report_before_occurrence": 0.4,
        "record_repeated": 0.3,
    },
    "probation": {
        "required_missing": 0.2,
        "date_unreadable": 0.3,
        "record_repeated": 0.4,
        "code_unmapped": 0.4,
    },
    "counselling": {"number_suppressed": 0.5, "number_unreadable": 0.4, "record_repeated": 0.3},
}
"""All assumed; together fewer than 3 rows in 100 are left out."""
CODE_SPELT_OTHERWISE: Final = 0.04
"""Codes written in another of the agency's known spellings. Assumed."""
NOTHING_SPELT: Final = ("", "", "", "", "", "NK", "-", "Not known", "NR")
"""How a missing code is written. Assumed."""
TIME_IN_DATE: Final = 0.05
ISO_DATE: Final = 0.03
"""Police dates with a time, and dates in the other format. Assumed."""
DATE_AS_TEXT: Final = 0.04
"""Cells of a workbook in which a date was typed as text. Assumed."""

# ---- deliveries
HOUSING_JOINS: Final = "2023-Q4"
ISVA_GAP: Final = "2024-Q2"
PROBATION_NIL: Final = "2023-Q3"
PROBATION_PART: Final = "2024-Q4"
"""The registrations were not sent."""
COUNSELLING_LEAVES: Final = "2026-Q2"
SARC_LATE: Final = ("2026-Q1", date(2026, 6, 20))
POLICE_RESENT: Final = "2025-Q2"
LEFT_OUT_AT_FIRST: Final = 36
"""Crimes that the first delivery of the resent quarter lacked."""
