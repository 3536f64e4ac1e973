"""What becomes of a report? The entries: what is counted.

Two funnels that are never mixed: of a *cohort* (crimes recorded in a quarter, and what had become of each a
year later) and of a *period* (outcomes given in a quarter, whenever the crime was reported).
"""

from __future__ import annotations

from schemas.measures.cubes.cube import Cube

ENTRIES: tuple[Cube, ...] = (
    *(
        Cube(
            name=f"crimes_after_a_year_by_{name}", sql="crimes_after_a_year",
            title=f"What had become of crimes a year later, by {words}", unit="incident", by_agency=True,
            agency_kinds=("police",), follow_up_quarters=4,
            population="Crimes recorded in the quarter (cohort), with the outcome given by the end of the "
                       "fourth quarter after it; else open",
            dimensions=(dimension, "cohort_outcome"), duties=duties,
        )
        for name, dimension, words, duties in (
            ("suspect", "has_suspect", "whether a suspect is identified", ("W31", "G2")),
            ("exploitation", "flag_exploitation", "whether exploitation is recorded", ("W31", "G13")),
        )
    ),
    Cube(
        name="victims_after_a_year_by_ethnicity", sql="victims_met",
        title="What had become of the crime a year later, by the victim's ethnic group",
        unit="victimisation", by_agency=True, agency_kinds=("police",), dataset="victims",
        follow_up_quarters=4,
        population="People harmed in crimes recorded in the quarter (cohort), one for each crime, with the "
                   "outcome given by the end of the fourth quarter after it; else open",
        dimensions=("ethnicity5", "cohort_outcome"), duties=("C10", "W35"),
    ),
    Cube(
        name="victims_after_a_year_by_adviser", sql="victims_advised",
        title="What had become of the crime a year later, by support of an independent adviser",
        unit="victimisation", by_agency=True, agency_kinds=("police",), dataset="victims",
        follow_up_quarters=4,
        population="People harmed in crimes recorded in the quarter (cohort), one for each crime, followed "
                   "through the records of the adviser services for a year; with the outcome given by the "
                   "end of the fourth quarter after it, else open",
        dimensions=("has_adviser", "cohort_outcome"), duties=("W19",),
    ),
    *(
        Cube(
            name=f"outcomes_by_{name}", sql="outcomes_closed", title=title, unit="outcome", by_agency=True,
            agency_kinds=("police",),
            population="Recorded crimes to which an outcome was given in the quarter (period), whenever they "
                       "were reported; open crimes are not among them",
            dimensions=dimensions, duties=("W31",),
            # an outcome that is a charge is one of a crime with a charge
            structural_zeros=(
                ((("outcome_group", "charged"), ("has_charge", "no")),) if name == "group" else ()),
            # where an agency's records begin, long waits cannot have been seen yet
            needs_history=name == "days",
        )
        for name, dimensions, title in (
            ("group", ("outcome_group", "has_charge"), "Outcomes given, before and after a charge"),
            ("days", ("outcome_days",), "Outcomes given, by days since the report"),
        )
    ),
)
