"""Are they harmed again? The entries: what is counted."""

from __future__ import annotations

from schemas.measures.cubes.cube import ALL_LINKS, STRICT_AND_ALL, Cube, untold

ENTRIES: tuple[Cube, ...] = (
    Cube(
        name="victims_repeat", title="Victims reported to the police again within twelve months",
        unit="police_victim",
        links=STRICT_AND_ALL, agency_kinds=("police",), dataset="victims", needs_history=True,
        population="Distinct people with a recorded crime reported in the quarter (RV-A, report-anchored)",
        dimensions=("area", "is_repeat"), area_basis="residence", duties=("H9", "H10", "W2"),
    ),
    Cube(
        name="incidents_repeat", title="Crimes against people already victimised within twelve months",
        # one reading only: both have the same total, and two roundings of it would meet in a narrower
        # interval
        unit="police_incident", links=ALL_LINKS, agency_kinds=("police",), dataset="victims",
        needs_history=True,
        population="Recorded crimes of the quarter, one per victim",
        dimensions=("area", "is_repeat"), area_basis="offence", duties=("H9", "H10"),
    ),
    Cube(
        name="victims_seen_again", title="Victims known to an agency again within twelve months",
        unit="victim", links=STRICT_AND_ALL, dataset="victims", needs_history=True,
        population="Distinct people with a recorded incident in the quarter, across agencies (RV-E): on a "
                   "second day, or at a second agency",
        dimensions=("is_seen_again",), duties=("H9",),
    ),
    *(
        Cube(
            name=f"victims_repeat_{name}", sql="victims_repeat_forms", title=title, unit="police_victim",
            links=ALL_LINKS, agency_kinds=("police",), dataset="victims", needs_history=True,
            population=f"Distinct people with a recorded crime reported in the quarter ({definition})",
            dimensions=("is_repeat", dimension),
            structural_zeros=((("is_repeat", "no"), (dimension, "yes")), *untold("is_repeat", dimension)),
            duties=("H9",),
        )
        for name, dimension, title, definition in (
            ("by_suspect", "is_same_suspect",
             "Victims reported again, by the same suspect or not", "RV-B-like"),
            ("by_offence", "is_same_offence",
             "Victims reported again, with the same offence group or not", "RV-C-like"),
        )
    ),
    Cube(
        # a unit of its own: who cannot be linked is counted in ``victims_repeat``, and would be here too
        name="victims_next_report", title="Time from a report to the next", unit="followed_police_victim",
        links=ALL_LINKS, agency_kinds=("police",), dataset="victims", follow_up_quarters=4,
        population="Distinct people who may be linked with a recorded crime reported in the quarter, "
                   "followed for 365 days from their first report in it",
        dimensions=("next_report",), duties=("H9",),
    ),
    Cube(
        name="crimes_repeat_flagged", sql="crimes_repeat_known", title="Repeat crimes that the police had "
                                                                       "flagged",
        unit="police_incident", links=ALL_LINKS, agency_kinds=("police",), dataset="victims",
        needs_history=True, population="Recorded crimes of the quarter, one per victim",
        dimensions=("is_repeat", "is_flagged_repeat"), duties=("H9",),
    ),
    Cube(
        name="crimes_repeat_referred", sql="crimes_repeat_known",
        title="From the report of a crime, and of a repeat crime, to a referral",
        unit="police_incident", links=ALL_LINKS, agency_kinds=("police",), dataset="victims",
        needs_history=True, follow_up_quarters=4,
        population="Recorded crimes of the quarter, one per victim; a referral by any agency",
        dimensions=("is_repeat", "referred_within"), duties=("H9", "H3"),
        structural_zeros=untold("is_repeat", "referred_within"),
    ),
    Cube(
        name="crimes_by_residence", title="Crimes by the area in which the victim lives",
        unit="police_incident", links=ALL_LINKS, agency_kinds=("police",), dataset="victims",
        population="Recorded crimes of the quarter, one per victim", dimensions=("residence_area",),
        duties=("H10",),
    ),
    *(
        Cube(
            name=f"victims_of_year_by_{name}", sql="victims_of_year", title=title,
            unit="police_victim_of_year", links=ALL_LINKS, agency_kinds=("police",), dataset="victims",
            period_kind="year", year_of="police_victim",
            population="Distinct people with a recorded crime reported in the calendar year",
            dimensions=(dimension,), area_basis=basis, duties=duties,
        )
        for name, dimension, basis, title, duties in (
            ("area", "area", "residence", "Victims of a year by area", ("H9", "H10")),
            ("crimes", "n_crimes", None, "Victims of a year by the number of crimes against them",
             ("H9", "H10")),
            # one-way: with the area it would come near to a neighbourhood
            ("deprivation", "deprivation_quintile", None,
             "Victims of a year by deprivation of the neighbourhood", ("W35",)),
        )
    ),
)
