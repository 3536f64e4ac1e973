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
)
