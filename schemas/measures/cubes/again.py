"""Are they harmed again? The entries: what is counted."""

from __future__ import annotations

from schemas.measures.cubes.cube import ALL_LINKS, STRICT_AND_ALL, Cube

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
)
