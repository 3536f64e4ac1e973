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
        duties=("W4", "H3"),
        definition="From consent to first contact. The 2 days are working days, as the Victims' Code counts "
        "them.",
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
        name="men_declined",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Why referrals of men were not taken up",
        unit="referrals",
        cells=cells("referrals_refused_by_sex", sex="male"),
        dimension="not_taken_up",
        duties=("G9", "D9"),
        definition=(
            "Referrals of men, in groups of reasons."
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
