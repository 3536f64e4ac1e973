"""By whom, again? And who is both harmed and suspected? The entries: how the latest counts divide."""

from __future__ import annotations

from schemas.measures.breakdowns.breakdown import Breakdown
from schemas.measures.questions import BY_WHOM, Aim, Question, cells

ENTRIES: tuple[Breakdown, ...] = (
    Breakdown(
        name="both_roles",
        question=Question.BY_WHOM,
        aim=Aim.PROTECT,
        unit="people",
        title="People harmed and suspected, where exploitation is recorded",
        cells=cells("both_roles"),
        dimension="role_order",
        duties=("G13",),
        definition="Victims of recorded exploitation who were also named as suspects, by which came first; "
        "one count a "
        "year for the whole partnership, worked out where no one's two roles can be read. People are coerced "
        "into crime.",
    ),
    *(
        Breakdown(
            name=f"{stage}_{name}",
            question=Question.BY_WHOM,
            aim=Aim.PURSUE,
            unit="people",
            title=f"People {words} by {by}",
            cells=cells(f"{stage}_by_{cube}"),
            dimension=dimension,
            duties=("W3", "W32"),
            definition=f"{meaning}, in an incident of the quarter.",
            is_detail=stage != "named",
        )
        for stage, _, words, meaning in BY_WHOM
        for name, by, cube, dimension in (
            ("age", "age", "age_band_sex", "age_band"),
            ("sex", "sex", "age_band_sex", "sex"),
            ("ethnicity", "ethnic group", "ethnicity", "ethnicity5"),
        )
    ),
    Breakdown(
        name="arrests",
        question=Question.BY_WHOM,
        aim=Aim.PURSUE,
        title="From being named to arrest",
        unit="people named in crimes",
        cells=cells("suspects_arrested"),
        dimension="arrest_band",
        duties=("G2",),
        definition=(
            "People named in crimes of the quarter, one for each crime; whole days."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="programmes",
        question=Question.BY_WHOM,
        aim=Aim.PREVENT,
        title="How far behaviour programmes went",
        unit="places",
        cells=cells("programmes_by_status"),
        dimension="programme_status",
        duties=("G11", "W32", "D7"),
        definition=(
            "Places by the quarter of the referral, as they stand now."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="programme_kinds",
        question=Question.BY_WHOM,
        aim=Aim.PREVENT,
        title="Kinds of behaviour programme",
        unit="places",
        cells=cells("programmes_by_kind"),
        dimension="programme_kind",
        duties=("G11", "W32"),
        definition=(
            "Kinds, never named programmes."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="programme_cohorts",
        question=Question.BY_WHOM,
        aim=Aim.PREVENT,
        title="For whom programmes are made",
        unit="places",
        cells=cells("programmes_by_cohort"),
        dimension="programme_cohort",
        duties=("G11",),
        definition=(
            "What the programme is made for; nothing is said of the person."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="first_times",
        question=Question.BY_WHOM,
        aim=Aim.PREVENT,
        title="After a first offence or incident",
        unit="places",
        cells=cells("programmes_by_first_time"),
        dimension="is_first_time",
        duties=("G11",),
        definition=(
            "Whether the referral followed a first offence or incident."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="releases_reported",
        question=Question.BY_WHOM,
        aim=Aim.PREVENT,
        title="Reported on time after release",
        unit="releases",
        cells=cells("releases_by_report"),
        dimension="reported_on_time",
        duties=("G17",),
        definition=(
            "Releases of the quarter, for the whole unit: an area may have a handful."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="releases_supported",
        question=Question.BY_WHOM,
        aim=Aim.PREVENT,
        title="Support offered on release",
        unit="releases",
        cells=cells("releases_by_support"),
        dimension="support_offered",
        duties=("G17",),
        definition=(
            "Releases of the quarter, for the whole unit."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="releases_housed",
        question=Question.BY_WHOM,
        aim=Aim.PREVENT,
        title="Accommodation on release",
        unit="releases",
        cells=cells("releases_by_home"),
        dimension="accommodation",
        duties=("G17",),
        definition=(
            "Releases of the quarter, for the whole unit."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="orders",
        question=Question.BY_WHOM,
        aim=Aim.PURSUE,
        title="Orders by kind",
        unit="orders",
        cells=cells("orders_by_kind"),
        dimension="order_type",
        duties=("W2",),
        definition=(
            "Orders made in the quarter."
        ),
        is_detail=True,
    ),
    Breakdown(
        name="breaches",
        question=Question.BY_WHOM,
        aim=Aim.PURSUE,
        title="Orders breached so far",
        unit="orders",
        cells=cells("orders_by_breach"),
        dimension="is_breached",
        duties=("W2",),
        definition=(
            "Orders made in the quarter and breached since; recent orders have had less time."
        ),
        is_detail=True,
    ),
)
