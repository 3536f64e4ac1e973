"""Who is harmed? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="victim_age",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by age",
        unit="people",
        cells=cells("victims_by_age_sex"),
        dimension="age_band",
        duties=("W3", "W14"),
        definition="Age at the report, in the latest record of the quarter. Age at the offence and at the "
        "referral are shown apart.",
    ),
    Breakdown(
        name="victim_sex",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by sex",
        unit="people",
        cells=cells("victims_by_age_sex"),
        dimension="sex",
        duties=("W3", "D9"),
        population="sex",
        definition="Sex as recorded; gender identity is asked apart.",
    ),
    Breakdown(
        name="victim_ethnicity",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by ethnic group",
        unit="people",
        cells=cells("victims_by_ethnicity"),
        dimension="ethnicity5",
        duties=("W3", "W14", "W15"),
        population="ethnicity5",
        definition="Self-defined ethnic group in five groups. What an officer observed is never counted "
        "here.",
    ),
    Breakdown(
        name="victim_disability",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by disability",
        unit="people",
        cells=cells("victims_by_disability"),
        dimension="disability",
        duties=("W3", "W14"),
        population="disability",
        definition="Disabled under the Equality Act 2010.",
    ),
    Breakdown(
        name="victim_religion",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims and survivors by religion",
        unit="people",
        cells=cells("victims_by_religion"),
        dimension="religion",
        duties=("W3", "W14"),
        is_detail=True,
        definition="Religion as the person gave it.",
    ),
    Breakdown(
        name="client_orientation",
        question=Question.WHO,
        aim=Aim.PROTECT,
        unit="people",
        title="Clients of specialist services by sexual orientation",
        cells=cells("clients_by_orientation"),
        dimension="orientation",
        duties=("W3", "W14", "G10"),
        is_detail=True,
        population="sexual_orientation",
        definition="Counted by specialist services alone, each for itself; never linked, and crossed with "
        "nothing. Residents are those aged 16 and over who answered the census or did not: were abuse as "
        "frequent in every relationship, clients would be divided as they are.",
    ),
    Breakdown(
        name="client_gender_identity",
        question=Question.WHO,
        aim=Aim.PROTECT,
        unit="people",
        title="Clients of specialist services by gender identity",
        cells=cells("clients_by_gender_identity"),
        dimension="gender_identity",
        duties=("W3", "W14"),
        is_detail=True,
        definition="Whether gender is the same as sex registered at birth. Counted by specialist services "
        "alone, each for itself; never linked, and crossed with nothing.",
    ),
    Breakdown(
        name="victim_deprivation",
        question=Question.WHO,
        aim=Aim.PROTECT,
        title="Victims of a year by deprivation of the neighbourhood",
        unit="people",
        cells=cells("victims_of_year_by_deprivation"),
        dimension="deprivation_quintile",
        duties=("W35",),
        is_detail=True,
        definition="Distinct people with a crime reported to the police in the latest full calendar year, "
        "by the fifth of England's neighbourhoods in which they live (Index of Multiple "
        "Deprivation 2025, neighbourhoods of about 1,500 residents). The force looks the fifth "
        "up and sends no neighbourhood. A fifth of England's neighbourhoods lie in each by "
        "definition; of those of a region more or fewer do, so that 20% is no yardstick here. "
        "It tells of a neighbourhood, not of a person's income.",
    ),
    *(
        Breakdown(
            name=f"known_{name}",
            question=Question.WHO,
            aim=Aim.PROTECT,
            unit="people",
            title=f"People known to each agency by {words}",
            cells=cells(f"known_by_{name}"),
            dimension=dimension,
            duties=duties,
            population=population,
            is_detail=True,
            definition="Each agency's own people, side by side. A group that specialist services "
            "know and the "
            "police do not may be one that does not report: its share may also differ by need, by "
            "area and by "
            "what is recorded.",
        )
        for name, words, dimension, duties, population in (
            ("age", "age", "age_band", ("W3", "W15"), None),
            ("sex", "sex", "sex", ("W3", "W15", "D9"), "sex"),
            ("ethnicity", "ethnic group", "ethnicity5", ("W3", "W14", "W15"), "ethnicity5"),
            ("disability", "disability", "disability", ("W3", "W14", "W15"), "disability"),
            ("religion", "religion", "religion", ("W3", "W14", "W15"), None),
        )
    ),
    *(
        Breakdown(
            name=f"pairs_{name}",
            question=Question.WHO,
            aim=Aim.PREVENT,
            unit="pairs of a victim and a suspect",
            title=f"{words} in recorded crimes, by the sex of both",
            cells=cells("pairs_by_relationship", relationship=relationship),
            dimension="sex_of_both",
            duties=("D10", "G10"),
            is_detail=True,
            definition="Pairs of a victim and a suspect who is not eliminated, of crimes that the police "
            "recorded. Sex as recorded, of which a person's orientation is never inferred.",
        )
        for name, words, relationship in (
            ("partner", "Partners and former partners", "partner_or_ex"),
            ("family", "Other family members", "other_family"),
        )
    ),
    Breakdown(
        name="offence_age",
        question=Question.WHO,
        aim=Aim.PROTECT,
        unit="crimes",
        title="Crimes by the victim's age when they began",
        cells=cells("crimes_by_offence_age"),
        dimension="offence_age_band",
        duties=("W3", "W14"),
        is_detail=True,
        definition="Age on the first day of the offence, where a date of birth is sent. Adults who report "
        "abuse of their childhood are children here and adults by age at the report.",
    ),
    Breakdown(
        name="referral_age",
        question=Question.WHO,
        aim=Aim.PROTECT,
        unit="referrals",
        title="Referrals by age at the referral",
        cells=cells("referrals_by_age"),
        dimension="age_band",
        duties=("W3", "W14"),
        is_detail=True,
        definition="Age on the day of the referral, as each agency records it.",
    ),
    Breakdown(
        name="relationship",
        question=Question.WHO,
        aim=Aim.PREVENT,
        unit="people",
        title="Victims and survivors by relationship to the suspect",
        cells=cells("victims_by_relationship"),
        dimension="relationship",
        duties=("W3", "D10", "G10"),
        is_detail=True,
        definition="Who the suspect was to the victim, in the latest record of the quarter.",
    ),
)
