"""Where do they go, and how long do they wait? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import Indicator
from schemas.measures.questions import Aim, Direction, Question, cells

_CONTACT = ("contact_le_7_days", "contact_later", "waiting")
_SENT = ("sent_elsewhere", "not_received", "received", "started", "not_known")

ENTRIES: tuple[Indicator, ...] = (
    Indicator(
        name="referrals_made",
        short="Referrals",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals recorded",
        unit="referrals",
        numerator=cells("referrals_pathway"),
        duties=("W4", "W25"),
        is_key=True,
        definition="Referrals made in the quarter, in their latest version, as each agency records them.",
    ),
    Indicator(
        name="referrals_started",
        short="Support started",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Referrals after which support started",
        unit="referrals",
        numerator=cells("referrals_pathway", referral_status="started"),
        denominator=cells("referrals_pathway"),
        duties=("W4", "H4"),
        is_key=True,
        definition="Share of the referrals made in the quarter after which support has started. Those of the "
        "latest quarter "
        "are still moving: fewer have started than will.",
    ),
    Indicator(
        name="not_reported_to_police",
        short="Not reported to police",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        title="Referrals of people who had not reported to the police",
        unit="referrals",
        numerator=cells("referrals_police", reported_to_police="no"),
        denominator=cells("referrals_police"),
        duties=("H19",),
        definition="Share of referrals recorded as not reported to the police. Help does "
        "not depend on a report.",
    ),
    Indicator(
        name="contact_within_7_days",
        short="Contact within 7 days",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Referrals with first contact within 7 days of consent",
        unit="referrals",
        is_key=True,
        numerator=cells("referrals_wait", wait_band=("le_2_working_days", "le_7_days")),
        denominator=cells("referrals_wait"),
        duties=("W4", "H3", "W19"),
        definition="Share of referrals made in the quarter whose first contact came within 7 days of consent "
        "(within 2 working days included).",
    ),
    Indicator(
        name="still_waiting",
        short="Still waiting",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Referrals still waiting for first contact",
        unit="referrals",
        numerator=cells("referrals_wait", wait_band="still_waiting"),
        denominator=cells("referrals_wait"),
        duties=("W4", "H3", "W19"),
        definition="Share of referrals made in the quarter without a first contact by the cut-off.",
    ),
    Indicator(
        name="referrals_not_received",
        short="Sent, never received",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Referrals of the police that no service holds",
        unit="referrals",
        numerator=cells("referrals_chain", chain="not_received"),
        denominator=cells("referrals_chain", chain=("not_received", "received", "started")),
        duties=("W4", "H1b"),
        definition=(
        "Share of the referrals sent with consent to services that share records, net of people "
        "who cannot be linked, of quarters that the service has not sent, and of the last two "
        "months."
        ),
    ),
    Indicator(
        name="referrals_consented",
        short="Consent given",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        direction=Direction.NEUTRAL,
        title="Referrals offered to which the person consented",
        unit="referrals",
        numerator=cells("referrals_chain", chain=_SENT),
        denominator=cells("referrals_chain", chain=(*_SENT, "not_consented")),
        duties=("H4", "W4"),
        definition=(
        "Share of the referrals that the police offered."
        ),
    ),
    Indicator(
        name="forms_complete",
        short="Forms complete",
        question=Question.PATHWAYS,
        aim=Aim.PREPARE,
        direction=Direction.HIGHER_IS_BETTER,
        title="Referrals with every mandatory field filled",
        unit="referrals",
        numerator=cells("referrals_by_form", form_completeness="complete"),
        denominator=cells("referrals_by_form", form_completeness=("complete", "most", "fewer")),
        duties=("G5",),
        definition=(
        "Share of the referrals made on a form of which the mandatory fields are counted."
        ),
    ),
    Indicator(
        name="men_not_served",
        short="Men not served",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Referrals of men to services that do not take men",
        unit="referrals",
        numerator=cells("referrals_declined", decline_reason="male_not_served"),
        duties=("G9", "D9"),
        definition=(
        "Referrals of the quarter that a service declined since it does not take men, whether or not the "
        "form has a place for sex."
        ),
    ),
    Indicator(
        name="culture_not_met",
        short="Language, culture not met",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Referrals declined since a language, cultural or religious need could not be met",
        unit="referrals",
        numerator=cells("referrals_declined",
                        decline_reason=("cannot_meet_language", "cannot_meet_cultural")),
        duties=("W10",),
        definition="Referrals of the quarter that a service declined since it could not meet a need of "
        "language, of culture or of religion. Interpreting should be found before somebody is "
        "declined for it.",
    ),
    Indicator(
        name="men_contacted",
        short="Men contacted promptly",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Referrals of men with first contact within 7 days of consent",
        unit="referrals",
        numerator=cells("referrals_fate_by_sex", referral_fate="contact_le_7_days", sex="male"),
        denominator=cells("referrals_fate_by_sex", referral_fate=_CONTACT, sex="male"),
        duties=("G9", "D9"),
        definition="Of the referrals of men that lead or may still lead to contact, the share with a first "
        "contact within 7 days of consent. Sexual orientation is not crossed with it.",
    ),
    Indicator(
        name="sent_back",
        short="Sent back, not fitting",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Referrals sent back since they do not fit the service",
        unit="referrals",
        numerator=cells("referrals_fate_by_sex", referral_fate="not_fitting"),
        denominator=cells("referrals_fate_by_sex"),
        duties=("G3",),
        definition="Share of the referrals of the quarter that were returned to the referrer, or lie outside "
        "what the service may take for another reason than sex, area or age. Referrers may not have known "
        "what the service does.",
    ),
    Indicator(
        name="contact_unsafe",
        short="Contact not safe",
        question=Question.PATHWAYS,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Referrals stopped since no contact was safe",
        unit="referrals",
        numerator=cells("referrals_fate_by_sex", referral_fate="unsafe"),
        denominator=cells("referrals_fate_by_sex"),
        duties=("H16",),
        definition="Share of the referrals of the quarter that ended since no safe way of making contact was "
        "found, apart from every other end.",
    ),
    Indicator(
        name="referred_in_a_week",
        short="Referred within a week",
        question=Question.WAITING,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Crimes followed by a referral within 7 days of the report",
        unit="crimes",
        numerator=cells("crimes_repeat_referred", referred_within=("le_2_days", "le_7_days")),
        denominator=cells("crimes_repeat_referred",
                          referred_within=("le_2_days", "le_7_days", "le_28_days", "not_in_28_days")),
        duties=("H3",),
        definition="Of the crimes reported to the police in the quarter, the share after which any agency "
        "recorded a referral of the person on the day of the report or in the 7 days after it. Shown once "
        "the quarter has been followed for a year.",
    ),
)
