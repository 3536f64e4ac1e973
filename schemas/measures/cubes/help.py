"""Does support help? The entries: what is counted.

Cases stand by the quarter in which they started or ended, which are two units; incidents and victimisations
by the quarter of the report. Everything stands per agency: nobody is linked, and nothing is crossed with a
characteristic of a person.
"""

from __future__ import annotations

from schemas.measures.cubes.cube import Cube, nobody


def _started(
    name: str, title: str, duties: tuple[str, ...], *dimensions: str, each: str | None = None,
    specialist_only: bool = False
) -> Cube:
    return Cube(
        name=name, sql="cases_started", title=title, unit="case", by_agency=True, dataset="cases", each=each,
        population="Spells of support that started in the quarter, latest version",
        specialist_only=specialist_only, dimensions=dimensions, duties=duties,
    )


def _ended(
    name: str, title: str, duties: tuple[str, ...], *dimensions: str, each: str | None = None
) -> Cube:
    return Cube(
        name=name, sql="cases_ended", title=title, unit="ended_case", by_agency=True, dataset="cases",
        each=each, population="Spells of support that ended in the quarter, latest version",
        dimensions=dimensions, duties=duties, area_basis="service" if "area" in dimensions else None,
    )


def _met(name: str, title: str, kind: str, duties: tuple[str, ...], *dimensions: str) -> Cube:
    return Cube(
        name=name, sql="incidents_met", title=title, unit="incident", by_agency=True, agency_kinds=(kind,),
        population="Recorded incidents", dimensions=dimensions, duties=duties,
    )


def _victims(
    name: str, title: str, duties: tuple[str, ...], *dimensions: str, each: str | None = None,
    structural_zeros: tuple[tuple[tuple[str, str], ...], ...] = ()
) -> Cube:
    return Cube(
        name=name, sql="victims_met", title=title, unit="victimisation", by_agency=True, dataset="victims",
        agency_kinds=("police",), each=each, dimensions=dimensions, duties=duties,
        structural_zeros=structural_zeros,
        population="People harmed in recorded crimes, one for each crime",
    )


ENTRIES: tuple[Cube, ...] = (
    _started("cases_assessed", "When needs were assessed", ("W8", "H14"), "assessed_band"),
    _started("cases_interpreter", "Who interpreted", ("W12", "W17"), "interpreter"),
    _started("cases_adjustment", "Reasonable adjustments", ("W17",), "adjustment"),
    _started("cases_intermediary", "Intermediaries", ("W17",), "intermediary"),
    _started("cases_safeguarding", "Referrals to safeguarding", ("W23",), "safeguarding"),
    _started("cases_choice", "Choice of service", ("H15",), "service_choice"),
    _started("cases_practice", "What every case should show", ("W24", "H16"), each="practices"),
    _started("cases_therapy", "Therapy and mental health care", ("W0", "W37"), "therapy",
             specialist_only=True),
    _started("cases_by_circumstance", "Clients by circumstance", ("W3", "W14", "W35", "W37"),
             each="circumstances", specialist_only=True),
    _ended("ended_needs", "Needs at the start and the end", ("H2", "W37"), each="needs"),
    _ended("ended_unmet_by_area", "Needs not met at the end, by area", ("H2", "H18", "W6"), "area",
           "has_unmet_need"),
    _ended("ended_outcomes", "Six outcomes of support", ("H5", "H6"), each="support_outcomes"),
    _ended("ended_survey", "Five things that survivors ask for", ("W30", "W22", "D1"), each="survey_items"),
    # whether the person was asked stands once, not in the table of every question
    _ended("ended_asked", "Whether the person was asked", ("W22",), "survey_sent"),
    _ended("ended_blamed", "Who made the person feel to blame", ("C1", "C6"), "blamed_by"),
    _ended("ended_help", "Kinds of help given", ("H20", "W0"), each="help_kinds"),
    _ended("ended_reason", "Why support ended, and how long the way to it was", ("H1b",), "end_reason",
           "way_length"),
    _ended("ended_escalation", "Decisions challenged for the person", ("C8",), "escalation"),
    _ended("ended_reviews", "Reviews in time", ("W8",), "review_timing"),
    _met("attendances_examiner", "Choice of the examiner's sex", "sarc", ("W11",), "examiner_choice"),
    _met("attendances_hours", "Out-of-hours requests", "sarc", ("W21",), "out_of_hours"),
    _met("attendances_crisis_worker", "Wait for a crisis worker", "sarc", ("W21",), "is_child_pathway",
         "crisis_worker_wait"),
    _met("disclosures_stage", "Stage of disclosures", "housing", ("D5",), "disclosure_stage"),
    _met("disclosures_basis", "On what basis disclosures were shared", "housing", ("D3", "W24"),
         "share_basis"),
    _met("disclosures_told", "Whether the survivor was told", "housing", ("D3",), "survivor_told"),
    _met("disclosures_wishes", "Wishes of survivors", "housing", ("D2",), "wishes_recorded"),
    _met("disclosures_acted", "Acting as the survivor wished", "housing", ("D2", "D7"), "wishes_basis"),
    _met("disclosures_action", "Action against the person who abused", "housing", ("D7",), "abuse_action"),
    _victims("victims_rights", "Enhanced rights", ("H1",), "is_priority", "enhanced_rights_offered"),
    _victims("victims_updates", "Being told at each stage", ("H7",), "is_priority", each="update_stages"),
    _victims("victims_interview", "Interviews", ("W20",), "interview_venue"),
    _victims("victims_interviewer", "Interviews by specialists", ("W20",), "is_specialist_interview"),
    _victims("victims_officers", "Changes of officer and support of the case", ("G4",), "officer_changes",
             "victim_support"),
    _victims("restorative_justice", "Restorative justice, and who was approached first", ("H11",),
             "restorative_stage", "first_approached",
             structural_zeros=nobody("restorative_stage", ("not_raised", "not_suitable"),
                                     "first_approached", "nobody")),
)
