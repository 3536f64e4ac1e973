"""Where do they go, and how long do they wait? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="sources",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals by source",
        unit="referrals",
        cells=cells("referrals_pathway"),
        dimension="source",
        duties=("W4",),
        definition="Who made the referral.",
    ),
    Breakdown(
        name="destinations",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals by destination",
        unit="referrals",
        cells=cells("referrals_pathway"),
        dimension="destination",
        duties=("W4", "W10", "D6"),
        definition="The type of service referred to; services are not named, since a by-and-for service "
        "tells who its clients are.",
    ),
    Breakdown(
        name="declined",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Why referrals were not taken up",
        unit="referrals",
        cells=cells("referrals_declined"),
        dimension="decline_reason",
        duties=("W4", "W10", "G9"),
        definition="The reason that the service recorded.",
        is_detail=True,
    ),
    Breakdown(
        name="waits",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        title="Waits from consent to first contact",
        unit="referrals",
        cells=cells("referrals_wait"),
        dimension="wait_band",
        duties=("W4", "H3", "W19"),
        definition="From consent to first contact. The 2 days are working days, as the Victims' Code counts "
        "them.",
    ),
    Breakdown(
        name="report_to_referral",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        title="From the report of a crime to a referral",
        unit="crimes",
        cells=cells("crimes_repeat_referred"),
        dimension="referred_within",
        duties=("H3",),
        definition="Days from the report to the police to the first referral of the person that any agency "
        "recorded, whole days. Who may not be linked is not in a band.",
    ),
    Breakdown(
        name="fates",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="What came of referrals",
        unit="referrals",
        cells=cells("referrals_fate_by_sex"),
        dimension="referral_fate",
        duties=("G3", "H16"),
        is_detail=True,
        definition="First why a referral ended, where it did; else how long the first contact took. One that "
        "was sent back does not fit the service, which a referrer could have known.",
    ),
    Breakdown(
        name="forms",
        question=Question.PATHWAYS,
        aim=Aim.PREPARE,
        title="Referrals by form",
        unit="referrals",
        cells=cells("referrals_by_form"),
        dimension="form_version",
        duties=("G5", "W25"),
        definition=(
            "Kind and version of the form; one minimum data set would make them agree."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="form_fields",
        question=Question.PATHWAYS,
        aim=Aim.PREPARE,
        title="How much of the form was filled",
        unit="referrals",
        cells=cells("referrals_by_form"),
        dimension="form_completeness",
        duties=("G5",),
        definition=(
            "Mandatory fields that hold something."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="by_and_for",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals to by-and-for services",
        unit="referrals",
        cells=cells("referrals_pathway", destination="by_and_for"),
        dimension="referral_status",
        duties=("D6", "W10"),
        definition=(
            "What became of referrals to services run by and for the communities they serve."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="by_and_for_ethnicity",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="People referred to by-and-for services, by ethnic group",
        unit="people",
        cells=cells("referred_by_and_for", is_by_and_for="yes"),
        dimension="ethnicity5",
        duties=("W10", "D6"),
        is_detail=True,
        definition="Distinct people with a referral to such a service in the latest full calendar year, by "
        "the ethnic group that any agency last recorded. All by-and-for services together: of "
        "one alone it would tell who its clients are. Offers to which the person did not "
        "consent are left out.",
    ),
    Breakdown(
        name="referred_ethnicity",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="People referred to any service, by ethnic group",
        unit="people",
        cells=cells("referred_by_and_for"),
        dimension="ethnicity5",
        duties=("W10",),
        is_detail=True,
        population="ethnicity5",
        definition="Distinct people with a referral to any service in the latest full calendar year, by "
        "the ethnic group that any agency last recorded: what the people referred to by-and-for "
        "services are to be set against.",
    ),
    Breakdown(
        name="men_referred",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="What came of referrals of men",
        unit="referrals",
        cells=cells("referrals_fate_by_sex", sex="male"),
        dimension="referral_fate",
        duties=("G9", "D9"),
        definition=(
            "Referrals of men: how soon contact came, or why none did."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="chain",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="How far referrals of the police could be followed",
        unit="referrals",
        cells=cells("referrals_chain"),
        dimension="chain",
        duties=("W4", "H1b", "H4", "G3"),
        definition=(
            "Each referral of the police looked for in the records of the services, by person and "
            "kind of service, within 60 days."
        ),
        is_detail=False,
    ),
)
