"""Where do they go, and how long do they wait? The entries: what is counted."""

from __future__ import annotations

from schemas.measures.cubes.cube import ALL_LINKS, Cube

ENTRIES: tuple[Cube, ...] = (
    Cube(
        name="referrals_pathway", title="Referral pathways", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("source", "destination", "referral_status"), duties=("W4", "W25", "G3", "G5"),
    ),
    Cube(
        name="referrals_wait", title="Waits from consent to first contact", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("destination", "wait_band"), duties=("W4", "H3", "W19"),
    ),
    Cube(
        name="referrals_by_area", title="Referrals by area", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("area", "destination"), area_basis="residence", duties=("W4", "W6"),
    ),
    Cube(
        name="referrals_declined", title="Why referrals were not taken up", unit="referral", by_agency=True,
        dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("destination", "decline_reason"), duties=("W4", "W10", "G9"),
    ),
    Cube(
        name="referrals_police", title="Referrals of people whose case is known to the police",
        unit="referral",
        by_agency=True, dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("reported_to_police",), duties=("H19",),
    ),
    Cube(
        name="referrals_by_form", title="Referrals by form, and how much of it was filled", unit="referral",
        by_agency=True, dataset="referrals",
        population="Referrals made in the quarter, latest version, as the agency records them",
        dimensions=("form_version", "form_completeness"), duties=("G5", "W25"),
    ),
    *(
        Cube(
            name=f"referrals_fate_by_{name}", sql="referrals_fate", unit="referral", by_agency=True,
            title=f"What came of referrals, by {words}", dataset="referrals",
            population="Referrals made in the quarter, latest version, as the agency records them",
            dimensions=("referral_fate", dimension), duties=duties,
        )
        for name, dimension, words, duties in (
            ("sex", "sex", "sex", ("D9", "G9", "G3", "H16", "C10")),
            ("ethnicity", "ethnicity5", "ethnic group", ("W10", "C10", "W35")),
        )
    ),
    Cube(
        # of a year, and of all such services together: few people of few services would tell who each one's
        # clients are; distinct people, since two agencies may hold one referral
        name="referred_by_and_for", title="People referred to by-and-for services, by ethnic group",
        unit="referred_person_of_year", links=ALL_LINKS, dataset="referrals", period_kind="year",
        population="Distinct people referred in the calendar year, across agencies, where consent was not "
                   "withheld",
        dimensions=("ethnicity5", "is_by_and_for"), duties=("W10", "D6"),
    ),
    Cube(
        name="referrals_chain", title="Referrals of the police, followed to the service",
        unit="offered_referral", by_agency=True, agency_kinds=("police",), dataset="referrals",
        population="Referrals offered or made in the quarter, followed through the records of the services",
        dimensions=("chain",), duties=("W4", "H1b", "H4", "G3"),
    ),
)
