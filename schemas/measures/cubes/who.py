"""Who is harmed? The entries: what is counted."""

from __future__ import annotations

from schemas.measures.cubes.cube import ALL_LINKS, Cube

ENTRIES: tuple[Cube, ...] = (
    Cube(
        name="victims_by_age_sex", title="Victims by age and sex", unit="victim", links=ALL_LINKS,
        dataset="victims",
        population="Distinct people with a recorded incident in the quarter, across agencies",
        dimensions=("area", "age_band", "sex"), area_basis="residence", duties=("W3", "W14", "W35"),
    ),
    Cube(
        name="victims_by_ethnicity", title="Victims by ethnic group", unit="victim", links=ALL_LINKS,
        dataset="victims",
        population="Distinct people with a recorded incident in the quarter, across agencies",
        dimensions=("area", "ethnicity5"), area_basis="residence", duties=("W3", "W14", "W15"),
    ),
    Cube(
        name="victims_by_disability", title="Victims by disability", unit="victim", links=ALL_LINKS,
        dataset="victims",
        population="Distinct people with a recorded incident in the quarter, across agencies",
        dimensions=("disability",), duties=("W3", "W14"),
    ),
    Cube(
        name="victims_by_religion", title="Victims by religion", unit="victim", links=ALL_LINKS,
        dataset="victims",
        population="Distinct people with a recorded incident in the quarter, across agencies",
        dimensions=("religion",), duties=("W3", "W14"),
    ),
    Cube(
        name="victims_by_relationship", title="Victims by relationship", unit="victim", links=ALL_LINKS,
        dataset="victims", population="Distinct people with a recorded incident in the quarter, across "
                                      "agencies",
        dimensions=("relationship", "sex"), duties=("W3", "D10", "G10"),
    ),
    Cube(
        name="clients_by_orientation", title="Clients of specialist services by sexual orientation",
        unit="client", links=ALL_LINKS, specialist_only=True, dataset="victims",
        population="Distinct people seen by specialist services in the quarter", dimensions=("orientation",),
        duties=("W3", "W14", "G10"),
    ),
    Cube(
        name="counted_clients", title="New clients of services that send counts", unit="new_client",
        by_agency=True,
        dataset="counts", population="New clients, as counted by the service itself",
        dimensions=("area", "age_band", "sex"), area_basis="service", duties=("W1", "W3"),
    ),
)
