"""How much, of what kind? The entries: what is counted."""

from __future__ import annotations

from schemas.measures.cubes.cube import Cube, parted

ENTRIES: tuple[Cube, ...] = (
    Cube(
        # recorded crimes are counted by the cubes below: the same count in two units would be rounded twice
        name="reports_by_status", title="Reports that do not stand as recorded crimes",
        unit="report_set_apart",
        by_agency=True, agency_kinds=("police",),
        population="Reports whose latest version is cancelled, N100, transferred or of no recorded status",
        dimensions=("area", "status"), area_basis="offence", duties=("W1", "G2"),
    ),
    Cube(
        name="incidents_by_kind", title="Incidents by kind", unit="incident", by_agency=True, each="kinds",
        population="Recorded incidents; an incident may be of several kinds",
        dimensions=("area",), area_basis="offence", duties=("W1",),
        # of a crime of the police, both are what its offence says, and stand where offences are counted
        counted_as=(("rape", "police", "incidents_by_offence", "offence_group", "rape"),
                    ("vulnerable_adults", "police", "incidents_by_category", "offence_category", "70")),
    ),
    Cube(
        name="incidents_by_offence", title="Recorded crimes by offence group", unit="incident",
        by_agency=True,
        agency_kinds=("police",), population="Recorded crimes",
        dimensions=("area", "offence_group"), area_basis="offence", duties=("W1",),
    ),
    Cube(
        # not by area: a category has few crimes of a quarter
        name="incidents_by_category", title="Recorded crimes by Home Office category", unit="incident",
        by_agency=True, agency_kinds=("police",),
        population="Recorded crimes; a crime of which only the code is known is of the category that alone "
                   "holds it",
        dimensions=("offence_group", "offence_category"), duties=("W1",),
        structural_zeros=parted("offence_group", "offence_category"),
    ),
    Cube(
        name="incidents_by_age_group", title="Incidents against adults and against children", unit="incident",
        by_agency=True, population="Recorded incidents; adult or child by the offence where the law fixes "
                                   "the age, else by the youngest victim",
        dimensions=("victim_age_group",), duties=("W1", "W3"),
    ),
    Cube(
        name="incidents_by_flag", title="Crimes by flag", unit="incident", by_agency=True, each="flags",
        agency_kinds=("police",), population="Recorded crimes; a crime may bear several flags",
        dimensions=(), duties=("W1", "H1a"),
    ),
    Cube(
        name="incidents_by_vulnerability", title="Crimes against people with a priority flag",
        unit="incident", by_agency=True, each="vulnerability", agency_kinds=("police",),
        population="Recorded crimes; flagged where any victim is, and a victim may bear several flags",
        dimensions=(), duties=("H1", "H1a"),
    ),
    Cube(
        name="incidents_by_recency", title="Recent and non-recent incidents", unit="incident", by_agency=True,
        population="Recorded incidents", dimensions=("recency",), duties=("W1", "H3"),
    ),
    Cube(
        name="incidents_by_setting", title="Incidents by setting", unit="incident", by_agency=True,
        population="Recorded incidents", dimensions=("setting",), duties=("W1",),
    ),
    Cube(
        name="incidents_like_for_like", title="Crimes with and without the offences created in January 2024",
        unit="incident", by_agency=True, agency_kinds=("police",), population="Recorded crimes",
        dimensions=("is_new_offence",), duties=("W1", "W31"),
    ),
    Cube(
        name="incidents_by_suspect", title="Crimes with an identified suspect", unit="incident",
        by_agency=True,
        agency_kinds=("police",), population="Recorded crimes", dimensions=("has_suspect",),
        duties=("W2", "G2"),
    ),
    Cube(
        name="new_clients", title="New clients of services that send records", unit="new_client",
        by_agency=True, dataset="cases",
        population="People, as the service knows them, whose support began in the quarter",
        dimensions=("age_band",), duties=("W1", "H4"),
    ),
)
