"""Is the partnership keeping its word? The entries: what is counted.

What belongs here: counts of people that agencies return to the register (staff, cases, complaints, answers):
they are protected like any. What does not: entries that count nobody (``pipelines/release/registers.py``).
"""

from __future__ import annotations

from schemas.measures.cubes.cube import Cube

ENTRIES: tuple[Cube, ...] = (
    Cube(
        name="staff_training", title="Staff by level of training", unit="training_place", by_agency=True,
        dataset="register_training",
        population="Staff for whom a level of training is meant, as the agency returns it; a person "
        "stands once at each level meant for them",
        dimensions=("training_level", "is_trained"), duties=("W18", "C9"),
    ),
    Cube(
        name="audited_cases", title="Audited cases by standard", unit="audit_answer", by_agency=True,
        dataset="register_dip_samples",
        population="Cases of the agency's dip sample, once for each standard that applies to them",
        dimensions=("audit_standard", "is_met"), duties=("W26", "W27", "W20", "H6", "H17", "C4", "D1"),
    ),
    Cube(
        name="complaints_received", title="Complaints by theme", unit="complaint", by_agency=True,
        dataset="register_complaints",
        population="Complaints closed in the quarter, by their main theme",
        dimensions=("complaint_theme", "is_upheld"), duties=("W22", "C1"),
    ),
    Cube(
        name="surveys_returned", title="Feedback surveys", unit="survey", by_agency=True,
        dataset="register_survey_returns",
        population="Surveys sent in the quarter",
        dimensions=("survey", "is_returned"), duties=("W22", "W30", "G16"),
    ),
    Cube(
        name="survey_answers", title="Answers to feedback surveys", unit="survey_answer", by_agency=True,
        dataset="register_survey_answers",
        population="Questions answered in surveys returned in the quarter",
        dimensions=("survey_item", "is_agreed"), duties=("W30", "H5", "H6", "C1", "C6", "D1", "G16"),
    ),
    Cube(
        name="records_screened", title="Case records screened for blaming words", unit="screened_record",
        by_agency=True,
        dataset="register_language_screens",
        population="Case records that the agency has screened inside; nothing of their text leaves it",
        dimensions=("screen_result",), duties=("C4",),
    ),
    Cube(
        name="language_flags", title="Words flagged in case records", unit="language_flag", by_agency=True,
        dataset="register_language_flags",
        population="Words found by the screen, and confirmed by a person or not",
        dimensions=("term_class", "is_confirmed"), duties=("C4",),
    ),
    Cube(
        name="help_used", title="Help and services used", unit="use", by_agency=True,
        dataset="register_help_used",
        population="Uses of what the partnership offers beside support by name: a call, an attendance, a "
        "look, a statement; a person counts each time",
        dimensions=("use_of",), duties=("W0", "H8", "H12", "G6"),
    ),
    Cube(
        name="school_concerns", title="Concerns in schools, below the threshold of other schemes",
        unit="school_concern", by_agency=True, dataset="register_school_concerns",
        population="Concerns of sexism, misogyny or sexual harassment that schools recorded and that no "
        "other scheme took up; nothing of a pupil or a school",
        dimensions=("key_stage",), duties=("G1",),
    ),
    Cube(
        name="follow_ups", title="People followed up, and for how many it came about", unit="follow_up",
        by_agency=True, dataset="register_follow_ups",
        population="People or households whom an agency follows up in its own records; nobody is linked",
        dimensions=("follow_up", "came_about"),
        duties=("W22", "H7", "D4", "D5", "G7", "G8", "G11", "G12", "G14"),
    ),
)
