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
    *(
        Cube(
            name=f"known_by_{name}", sql="known_people", title=f"People known to each agency by {words}",
            unit="known_person", by_agency=True, dataset="victims",
            population="People with an incident recorded by the agency in the quarter, as its own references "
                       "know them",
            dimensions=(dimension,), duties=duties,
        )
        for name, words, dimension, duties in (
            ("age", "age", "age_band", ("W3", "W15")), ("sex", "sex", "sex", ("W3", "W15", "D9")),
            ("ethnicity", "ethnic group", "ethnicity5", ("W3", "W14", "W15")),
            ("disability", "disability", "disability", ("W3", "W14", "W15")),
            ("religion", "religion", "religion", ("W3", "W14", "W15")),
        )
    ),
    *(
        # never linked, one-way, never from the police: of the same people as the tables above
        Cube(
            name=f"clients_by_{dimension}", title=f"Clients of specialist services by {words}",
            unit="known_person", by_agency=True, specialist_only=True, dataset="victims",
            population="People with an incident recorded by the service in the quarter, as its own "
                       "references know them",
            dimensions=(dimension,), duties=duties,
        )
        for dimension, words, duties in (
            ("orientation", "sexual orientation", ("W3", "W14", "G10")),
            ("gender_identity", "gender identity", ("W3", "W14")),
        )
    ),
    Cube(
        name="pairs_by_relationship", title="Victims and suspects by relationship and the sex of both",
        unit="pair", by_agency=True, agency_kinds=("police",), dataset="suspects",
        population="Pairs of a victim and a suspect, not eliminated, in a recorded crime",
        dimensions=("relationship", "sex_of_both"), duties=("D10", "G10"),
    ),
    Cube(
        name="crimes_by_offence_age", title="Crimes by the age at which they began", unit="police_incident",
        links=ALL_LINKS, agency_kinds=("police",), dataset="victims",
        population="Recorded crimes of the quarter, one per victim", dimensions=("offence_age_band",),
        duties=("W3", "W14"),
    ),
    Cube(
        name="referrals_by_age", title="Referrals by age", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("age_band",), duties=("W3", "W14"),
    ),
    Cube(
        name="counted_clients", title="New clients of services that send counts", unit="new_client",
        by_agency=True,
        dataset="counts", population="New clients, as counted by the service itself",
        dimensions=("area", "age_band", "sex"), area_basis="service", duties=("W1", "W3"),
    ),
)
