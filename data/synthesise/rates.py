"""Every rate of what happens in the sample: how often, with its source, or "assumed".

What belongs here: numbers. What does not: how it is written down (``recording.py``), what is done with the
numbers. "Assumed" means: chosen by the authors so
that the pipeline is exercised; no statement about any real agency. Figures of published sources are
rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

SEED: Final = "tessera sample partnership 1"

FIRST_DAY: Final = date(2022, 10, 1)
LAST_DAY: Final = date(2026, 9, 30)
WARM_UP_FIRST_DAY: Final = date(2021, 4, 1)
"""People's histories start before the first quarter, so that repeats are as frequent at the start as later.
Assumed."""

# ---- how much
CHAINS: Final = 10_450
"""People who are harmed at least once between warm-up and the last day; gives about 540 new crimes a
quarter. Assumed."""
GROWTH_PER_YEAR: Final = 0.03
"""Assumed."""
STEP: Final = (date(2025, 10, 1), 1.12)
"""From this day on reports come 12 % more often: a change that a control chart should find. Assumed."""
SUMMER_FACTOR: Final = 1.07
"""May to August against the rest of the year. Assumed."""

# ---- again
AGAIN: Final = 0.43
"""Chance that a further incident follows a reported one; with the gaps below, 25 to 35 % of a quarter's
police victims had another report in the 365 days before. Assumed; published repeat rates of Marac are 29 to
33 % (SafeLives, 2018 to 2024)."""
AGAIN_BY_RELATION: Final[Mapping[str, float]] = {
    "partner": 1.35,
    "family": 1.15,
    "known": 0.85,
    "stranger": 0.55,
}
"""Factor on AGAIN. Repeats are commonest where the person is near. Assumed."""
MEAN_GAP_DAYS: Final = 100
"""Mean of the exponential gap to the next report: most repeats come soon (Farrell and Pease 1993). Assumed
value."""
SAME_SUSPECT: Final[Mapping[str, float]] = {"partner": 0.8, "family": 0.7, "known": 0.35, "stranger": 0.05}
"""Chance that a further incident is by the same person. Assumed."""
SERIAL_SUSPECT: Final = 0.09
"""Chance that a new suspect already harmed somebody else. Serial prevalence 4 to 20 % (Robinson and others,
2014)."""
SECOND_VICTIM: Final = 0.025
"""Crimes with two victims (one crime each is the counting rule; forces break it). Assumed."""
SECOND_SUSPECT: Final = 0.06
"""Assumed."""
SIBLING: Final = 0.04
"""A further person harmed is the brother or sister of one already harmed, at the same address. Assumed."""
TWIN: Final = 0.009
"""… is their twin. About 1.5 % of births are multiple (ONS); enriched a little, since twins test linkage."""
EXPLOITED: Final = 0.12
"""Incidents against 13 to 17 year olds in which exploitation is recorded. Assumed."""
EXPLOITED_AS_SUSPECT: Final = 0.35
"""Suspects of incidents with exploitation who were recorded as exploited themselves before. Assumed, high
enough that the yearly count of people in both roles can be shown."""

# ---- who
FEMALE_VICTIM: Final = 0.84
"""82 % of victims of police recorded sexual offences (ONS, year to March 2025); specialist services see
more."""
MALE_SUSPECT: Final = 0.94
"""Assumed."""
VICTIM_AGES: Final[Mapping[tuple[int, int], float]] = {
    (3, 12): 0.11,
    (13, 15): 0.15,
    (16, 17): 0.09,
    (18, 24): 0.24,
    (25, 34): 0.18,
    (35, 44): 0.12,
    (45, 54): 0.07,
    (55, 79): 0.04,
}
"""Age at the first report. 61 % of people referred to SARCs are under 25 (NHS England, 2024); the shape is
assumed."""
DISABLED: Final = 0.24
"""Above the census share of about 18 %: disabled people are harmed more often (Crime Survey). Value
assumed."""
GENDER_DIFFERENT: Final = 0.012
"""Above the census share of about 0.5 %. Assumed."""
ORIENTATIONS: Final[Mapping[str, float]] = {
    "straight": 0.87,
    "gay_or_lesbian": 0.045,
    "bisexual": 0.07,
    "other": 0.015,
}
"""Young women name themselves bisexual more often (census 2021). Values assumed."""
MOVES_PER_YEAR: Final = 0.16
"""Assumed; victims move more often than the tenth of all people who do in a year."""
MARRIED_NAME: Final = 0.10
"""Women over 20 who are known under two surnames. Assumed."""

# ---- which agency hears of it
POLICE_KNOWS: Final = 0.66
"""Assumed, far above the 15 % of the Crime Survey: the sample holds only what some agency knows."""
SARC_IF_POLICE: Final = 0.22
SARC_IF_NOT: Final = 0.15
"""Assumed, for recent incidents; 78 % of referrals to SARCs come from the police (NHS England, 2024)."""
ISVA_BY_OTHER_WAYS: Final = 0.36
"""Incidents that neither police nor SARC know. Assumed."""
ISVA_BESIDE: Final = 0.03
"""Self-referral although police or SARC know. Assumed."""
HOUSING_KNOWS: Final = 0.20
"""Incidents by partners or family of adults in the three councils. Assumed."""
NON_RECENT: Final = 0.22
"""Happened more than a year before the report. Assumed."""
PROBATION_FROM_ELSEWHERE: Final = 27
"""Sentences a quarter of people whom this police force never named. Assumed."""

# ---- what becomes of it
POLICE_STATUS: Final[Mapping[str, float]] = {
    "recorded": 0.925,
    "cancelled": 0.03,
    "n100": 0.03,
    "transferred": 0.015,
}
"""Assumed; 15 % of one force's rapes were no-crimed in 2010 (freedom of information answer), since then far
fewer."""
FIRST_OUTCOME: Final[Mapping[str, float]] = {
    "0": 0.32,
    "15": 0.15,
    "16": 0.24,
    "14": 0.05,
    "18": 0.11,
    "1": 0.06,
    "1A": 0.004,
    "3": 0.004,
    "8": 0.006,
    "10": 0.006,
    "11": 0.006,
    "12": 0.003,
    "13": 0.003,
    "17": 0.005,
    "20": 0.012,
    "21": 0.012,
    "22": 0.009,
}
"""As it stands in the first extract. 61 % of rape investigations closed as the victim did not support (CJS
scorecards, 2021)."""
CHANGED_LATER: Final = 0.15
"""Crimes that come again in a later extract, changed. Asked for by the brief of the sample."""
CONVICTED_IF_CHARGED: Final = 0.5
"""Assumed."""
REFERRAL_OFFERED: Final = 0.88
CONSENTED: Final = 0.60
"""Assumed. For sexual offences consent comes before a referral (Victims' Code)."""
NEVER_RECEIVED: Final = 0.08
"""Referrals that the police sent and the service never had. Assumed."""
SARC_ONWARD: Final = 0.46
"""Assumed."""

# ---- how people are met and helped (all assumed)
REVIEW_AFTER_DAYS: Final = 84
REVIEWED_ON_TIME: Final = 0.76
"""Of the reviews that are made."""
INTERPRETER: Final[Mapping[str, float]] = {
    "not_needed": 0.84, "professional": 0.075, "family_friend_or_child": 0.02, "none_provided": 0.015,
    "not_recorded": 0.05,
}
ADJUSTMENT: Final[Mapping[str, float]] = {
    "not_needed": 0.72, "met": 0.19, "not_met": 0.04, "not_recorded": 0.05}
INTERMEDIARY: Final[Mapping[str, float]] = {
    "not_needed": 0.86, "met": 0.06, "not_met": 0.03, "not_recorded": 0.05}
SAFEGUARDING_NEEDED: Final[Mapping[str, float]] = {"child": 0.48, "adult": 0.2}
SAFEGUARDING_REFERRED: Final = 0.93
CONFIDENTIALITY: Final[Mapping[str, float]] = {"yes": 0.9, "no": 0.05, "not_recorded": 0.05}
SAFE_CONTACT: Final[Mapping[str, float]] = {"yes": 0.87, "no": 0.06, "not_recorded": 0.07}
SERVICE_CHOICE: Final[Mapping[str, float]] = {
    "offered": 0.66, "offered_and_switched": 0.05, "not_offered": 0.19, "not_recorded": 0.1}
THERAPY_REFERRED: Final[Mapping[str, float]] = {"low": 0.55, "other": 0.18}
"""By the score of the need [health] at the start; low is 1 or 2."""
THERAPY_STARTED: Final = 0.78
ESCALATION: Final[Mapping[str, float]] = {
    "none": 0.8, "changed": 0.08, "not_changed": 0.06, "pending": 0.02, "not_recorded": 0.04}
HELP: Final[Mapping[str, float]] = {
    "emotional": 0.92, "practical": 0.55, "justice": 0.58, "compensation": 0.24, "safety": 0.47,
    "health": 0.38, "housing": 0.17, "advocacy": 0.34,
}
SURVEY_SENT: Final = 0.8
SURVEY_ANSWERED: Final = 0.46
BLAMED: Final[Mapping[str, float]] = {
    "nobody": 0.62, "this_service": 0.02, "another_service": 0.19, "somebody_else": 0.12,
    "not_recorded": 0.05,
}
CIRCUMSTANCES: Final[Mapping[str, float]] = {
    "mental_health": 0.47, "substance_use": 0.17, "care_and_support": 0.09, "complex_needs": 0.16,
    "insecure_immigration": 0.04, "sex_work": 0.03, "pregnancy": 0.04,
}
"""Mental health need is commonest (West Midlands standards say so without a figure)."""
CIRCUMSTANCE_MISSING: Final = 0.12
FORM: Final[Mapping[str, Mapping[str, float]]] = {
    "police": {"minimum": 0.5, "own_current": 0.34, "own_older": 0.12, "no_form": 0.04},
    "isva": {"minimum": 0.3, "own_current": 0.4, "own_older": 0.15, "no_form": 0.15},
    "housing": {"minimum": 0.2, "own_current": 0.35, "own_older": 0.4, "no_form": 0.05},
}
"""Kind of form by the agency that records the referral."""
FORM_FIELDS: Final[Mapping[str, int]] = {"minimum": 12, "own_current": 18, "own_older": 15}
FIELD_FILLED: Final[Mapping[str, float]] = {"minimum": 0.97, "own_current": 0.93, "own_older": 0.85}
EXAMINER_CHOICE: Final[Mapping[str, float]] = {
    "no_examination": 0.4, "not_offered": 0.05, "no_preference": 0.14, "met": 0.3,
    "not_met_none_on_duty": 0.04, "not_met_urgent": 0.02, "not_met_other": 0.01, "not_recorded": 0.04,
}
OUT_OF_HOURS: Final[Mapping[str, float]] = {
    "in_hours": 0.58, "met": 0.31, "not_met": 0.06, "not_recorded": 0.05}
CRISIS_WORKER: Final[Mapping[str, float]] = {
    "le_1_hour": 0.5, "le_4_hours": 0.27, "le_24_hours": 0.12, "over_24_hours": 0.04, "not_seen": 0.03,
    "not_recorded": 0.04,
}
DISCLOSURE_STAGE: Final[Mapping[str, float]] = {"early": 0.41, "crisis": 0.49, "not_recorded": 0.1}
SURVIVOR_TOLD: Final = 0.88
WISHES_RECORDED: Final[Mapping[str, float]] = {"yes": 0.82, "no": 0.1, "not_recorded": 0.08}
ACTED_AGAINST_WISHES: Final[Mapping[str, float]] = {
    "immediate_risk": 0.4, "safeguarding": 0.45, "legal_duty": 0.3, "other": 0.03}
"""By the basis on which the disclosure was shared."""
ABUSE_ACTION: Final[Mapping[str, float]] = {
    "none": 0.62, "warning": 0.14, "injunction": 0.08, "possession": 0.03, "moved": 0.04,
    "other_legal": 0.03, "not_recorded": 0.06,
}

# ---- where people live
DEPRIVATION: Final[Mapping[str, Mapping[str, float]]] = {
    area: dict(zip("12345", shares, strict=True))
    for area, shares in {
        "E08000025": (0.58, 0.20, 0.11, 0.07, 0.04), "E08000026": (0.36, 0.22, 0.18, 0.14, 0.10),
        "E08000027": (0.30, 0.23, 0.19, 0.16, 0.12), "E08000028": (0.57, 0.28, 0.10, 0.04, 0.01),
        "E08000029": (0.20, 0.10, 0.13, 0.20, 0.37), "E08000030": (0.48, 0.20, 0.13, 0.11, 0.08),
        "E08000031": (0.54, 0.23, 0.12, 0.07, 0.04), "outside": (0.2, 0.2, 0.2, 0.2, 0.2),
    }.items()
}
"""Share of people harmed who live in each fifth of England's neighbourhoods, the most deprived first.
Assumed: more in the most deprived ones, as in most of these places, and fewest in Solihull."""

# ---- how a case is run (all assumed)
OFFICER_CHANGES: Final[Mapping[int, float]] = {0: 0.46, 1: 0.28, 2: 0.15, 3: 0.07, 4: 0.03, 6: 0.01}
SENT_TO_CPS: Final[Mapping[str, float]] = {"1": 1.0, "1A": 1.0, "15": 0.35, "16": 0.08, "0": 0.06}
"""By outcome type; every charge of these offences follows a decision of the Crown Prosecution Service."""
WITHDREW_AFTER_CHARGE: Final = 0.14
"""20 % of victims stop supporting the case after a charge (CJS dashboard, July to September 2023); recent
charges have had less time."""
SUPPORT_MISSING: Final = 0.08
ENHANCED_OFFERED: Final[Mapping[str, float]] = {"entitled": 0.72, "other": 0.24}
TOLD: Final[Mapping[str, float]] = {
    "within_1_working_day": 0.46, "within_5_working_days": 0.28, "later": 0.12, "not_given": 0.06,
    "not_recorded": 0.08,
}
SPECIALIST_INTERVIEW: Final = 0.68
VENUE: Final[Mapping[str, float]] = {
    "not_interviewed": 0.16, "specialist_suite": 0.36, "referral_centre": 0.08, "police_station": 0.16,
    "home": 0.17, "other": 0.03, "not_recorded": 0.04,
}
RESTORATIVE: Final[Mapping[str, float]] = {"decided": 0.34, "other": 0.02}
"""Chance that restorative justice is looked at: where somebody was charged, cautioned or diverted; else."""
OFFENDER_FIRST: Final = 0.8
PROGRAMMES_A_QUARTER: Final = 34
RELEASES_A_QUARTER: Final = 26
ORDERS_A_QUARTER: Final = 44
BREACHED: Final = 0.24
