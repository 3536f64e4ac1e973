"""Does support help? The entries: numbers over time."""

from __future__ import annotations

from schemas.measures.indicators.indicator import Indicator
from schemas.measures.questions import Aim, Direction, Question, cells

_CHOICE_OFFERED = ("no_preference", "met", "not_met_none_on_duty", "not_met_urgent", "not_met_other")
_WITHDREW = ("withdrew_before_charge", "withdrew_after_charge")

ENTRIES: tuple[Indicator, ...] = (
    Indicator(
        name="assessed_in_time",
        short="Assessed in time",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Cases in which needs were assessed by the start or within five working days of it",
        unit="cases",
        numerator=cells("cases_assessed", assessed_band=("by_start", "le_5_working_days")),
        denominator=cells("cases_assessed"),
        duties=("W8", "H14"),
        definition=(
        "Share of the cases that started in the quarter. The day of the start does not count "
        "among the working days."
        ),
    ),
    Indicator(
        name="reviewed_on_time",
        short="Reviewed on time",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Ended cases whose first review came in time",
        unit="cases",
        numerator=cells("ended_reviews", review_timing="on_time"),
        denominator=cells("ended_reviews", review_timing=("on_time", "late", "overdue")),
        duties=("W8",),
        definition=(
        "Share of the ended cases whose first review had fallen due."
        ),
    ),
    Indicator(
        name="confidentiality_explained",
        short="Confidentiality explained",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Cases in which the limits of confidentiality were explained",
        unit="cases",
        numerator=cells("cases_practice", "confidentiality", practice_confidentiality="yes"),
        denominator=cells("cases_practice", "confidentiality"),
        duties=("W24",),
        definition=(
        "Share of the cases that started in the quarter where the record says so; no record "
        "counts as no."
        ),
    ),
    Indicator(
        name="safe_contact_recorded",
        short="Safe contact recorded",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Cases with a safe way of making contact on record",
        unit="cases",
        numerator=cells("cases_practice", "safe_contact", practice_safe_contact="yes"),
        denominator=cells("cases_practice", "safe_contact"),
        duties=("H16",),
        definition=(
        "Share of the cases that started in the quarter where the record says so; no record "
        "counts as no."
        ),
    ),
    Indicator(
        name="choice_offered",
        short="Choice of service offered",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Cases in which a choice of service was offered",
        unit="cases",
        numerator=cells("cases_choice", service_choice=("offered", "offered_and_switched")),
        denominator=cells("cases_choice"),
        duties=("H15",),
        definition=(
        "Share of the cases that started in the quarter where the record says so; no record "
        "counts as no."
        ),
    ),
    Indicator(
        name="safeguarding_referred",
        short="Safeguarding referral made",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Cases with a safeguarding concern in which a referral was made",
        unit="cases",
        numerator=cells("cases_safeguarding", safeguarding=("le_2_working_days", "le_7_days", "later")),
        denominator=cells(
            "cases_safeguarding",
            safeguarding=("le_2_working_days", "le_7_days", "later", "not_referred"),
        ),
        duties=("W23",),
        definition=(
        "Share of the cases that started in the quarter in which a safeguarding concern was "
        "found."
        ),
    ),
    Indicator(
        name="unmet_need",
        short="A need not met",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Ended cases with a need that was not met",
        unit="cases",
        numerator=cells("ended_unmet_by_area", has_unmet_need="yes"),
        denominator=cells("ended_unmet_by_area", has_unmet_need=("yes", "no")),
        duties=("H2", "H18"),
        definition=(
            "Share of the ended cases that were scored at the start and the end. A first score of three or "
            "less is a need; it is met where the last score is four or more."
        ),
    ),
    Indicator(
        name="needs_paired",
        short="Scored at both ends",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Ended cases whose health need is known at the start and the end",
        unit="cases",
        numerator=cells("ended_needs", "health", need_health=("no_need", "met", "improved", "not_improved")),
        denominator=cells("ended_needs", "health"),
        duties=("H2", "W37"),
        definition=(
        "Share of the ended cases of which the need can be told. Where it is low, what is said of "
        "needs says little."
        ),
    ),
    Indicator(
        name="copes_better",
        short="Copes better",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Ended cases in which the person copes better",
        unit="cases",
        numerator=cells("ended_outcomes", "cope", support_outcome_cope="improved"),
        denominator=cells("ended_outcomes", "cope", support_outcome_cope=("improved", "not_improved")),
        duties=("H5", "H6"),
        definition=(
        "Share of the ended cases that were scored at the start and the end. Outcomes are very "
        "difficult to measure, and the service is not alone in what they show."
        ),
    ),
    Indicator(
        name="recovers_better",
        short="Recovers better",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Ended cases in which the person recovers better",
        unit="cases",
        numerator=cells("ended_outcomes", "recover", support_outcome_recover="improved"),
        denominator=cells("ended_outcomes", "recover", support_outcome_recover=("improved", "not_improved")),
        duties=("H5", "H6"),
        definition=(
        "Share of the ended cases that were scored at the start and the end. Outcomes are very "
        "difficult to measure, and the service is not alone in what they show."
        ),
    ),
    Indicator(
        name="case_survey_answered",
        short="Survey answered",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Ended cases in which the survey was answered",
        unit="cases",
        numerator=cells("ended_survey", "belief", survey_item_belief=("agrees", "does_not_agree")),
        denominator=cells("ended_asked", survey_sent="yes"),
        duties=("W22", "W30"),
        definition=(
        "Share of the ended cases in which the person was asked."
        ),
    ),
    Indicator(
        name="felt_believed",
        short="Felt believed",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Survey answers that the service conveyed belief",
        unit="answers",
        numerator=cells("ended_survey", "belief", survey_item_belief="agrees"),
        denominator=cells("ended_survey", "belief", survey_item_belief=("agrees", "does_not_agree")),
        duties=("D1", "W30"),
        definition=(
        "Share of the people who answered; those who did not answer may see it otherwise."
        ),
    ),
    Indicator(
        name="examiner_choice_offered",
        short="Choice of examiner offered",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Examinations at which a choice of the examiner was offered",
        unit="examinations",
        numerator=cells("attendances_examiner", examiner_choice=_CHOICE_OFFERED),
        denominator=cells("attendances_examiner", examiner_choice=(*_CHOICE_OFFERED, "not_offered")),
        duties=("W11",),
        definition=(
        "Share of the examinations of which this is recorded."
        ),
    ),
    Indicator(
        name="out_of_hours_seen",
        short="Seen out of hours",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Out-of-hours requests that were met then",
        unit="requests",
        numerator=cells("attendances_hours", out_of_hours="met"),
        denominator=cells("attendances_hours", out_of_hours=("met", "not_met")),
        duties=("W21",),
        definition=(
        "Share of the requests that came outside opening hours."
        ),
    ),
    Indicator(
        name="crisis_worker_in_4_hours",
        short="Seen in four hours",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Attendances with a crisis worker within four hours",
        unit="attendances",
        numerator=cells("attendances_crisis_worker", crisis_worker_wait=("le_1_hour", "le_4_hours")),
        denominator=cells(
            "attendances_crisis_worker",
            crisis_worker_wait=("le_1_hour", "le_4_hours", "le_24_hours", "over_24_hours", "not_seen"),
        ),
        duties=("W21",),
        definition=(
        "Share of the attendances of which the wait is recorded; the centre folds its own times."
        ),
    ),
    Indicator(
        name="told_of_charge_decision",
        short="Told of charge decision",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Victims told of the decision on a charge within five working days",
        unit="victims of crimes",
        numerator=cells(
            "victims_updates",
            "charge",
            update_stage_charge=("within_1_working_day", "within_5_working_days"),
        ),
        denominator=cells(
            "victims_updates",
            "charge",
            update_stage_charge=("within_1_working_day", "within_5_working_days", "later", "not_given"),
        ),
        duties=("H7",),
        definition=(
        "Share of the crimes of the quarter in which a decision was made and the day of telling "
        "is recorded. People with enhanced rights are to be told within 1 working day."
        ),
    ),
    Indicator(
        name="told_in_1_day_if_priority",
        short="Told within a day",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Victims with priority told of the decision on a charge within one working day",
        unit="victims of crimes",
        numerator=cells(
            "victims_updates",
            "charge",
            is_priority="yes",
            update_stage_charge="within_1_working_day",
        ),
        denominator=cells(
            "victims_updates",
            "charge",
            is_priority="yes",
            update_stage_charge=("within_1_working_day", "within_5_working_days", "later", "not_given"),
        ),
        duties=("H7", "H1"),
        definition=(
        "As above, for victims who are persistently targeted, vulnerable or intimidated."
        ),
    ),
    Indicator(
        name="enhanced_rights",
        short="Enhanced rights offered",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Victims with priority who were offered enhanced rights",
        unit="victims of crimes",
        numerator=cells("victims_rights", is_priority="yes", enhanced_rights_offered="yes"),
        denominator=cells("victims_rights", is_priority="yes"),
        duties=("H1",),
        definition=(
        "Share of the victims whom the force flagged as persistently targeted, vulnerable or "
        "intimidated."
        ),
    ),
    Indicator(
        name="specialist_interviews",
        short="Specialist interviews",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.HIGHER_IS_BETTER,
        title="Interviews of victims by a specialist",
        unit="interviews",
        numerator=cells("victims_interviewer", is_specialist_interview="yes"),
        denominator=cells("victims_interviewer", is_specialist_interview=("yes", "no")),
        duties=("W20",),
        definition=(
        "Share of the interviews of which this is recorded."
        ),
    ),
    Indicator(
        name="support_lost_same_officer",
        short="Support lost, same officer",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Crimes whose victim no longer supports the case, with one officer throughout",
        unit="victims of crimes",
        numerator=cells("victims_officers", officer_changes="0", victim_support=_WITHDREW),
        denominator=cells("victims_officers", officer_changes="0"),
        duties=("G4",),
        definition=(
        "Share of the crimes of the quarter in which the officer in the case never changed."
        ),
    ),
    Indicator(
        name="support_lost_new_officers",
        short="Support lost, officer changed",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.LOWER_IS_BETTER,
        title="Crimes whose victim no longer supports the case, with two changes of officer or more",
        unit="victims of crimes",
        numerator=cells("victims_officers", officer_changes=("2", "3_or_more"), victim_support=_WITHDREW),
        denominator=cells("victims_officers", officer_changes=("2", "3_or_more")),
        duties=("G4",),
        definition=(
        "Share of the crimes of the quarter in which the officer changed twice or more. A "
        "difference from cases without a change may have other causes."
        ),
    ),
    Indicator(
        name="restorative_offered",
        short="Restorative justice offered",
        question=Question.HELP,
        aim=Aim.PROTECT,
        direction=Direction.NEUTRAL,
        title="Victims to whom restorative justice was offered",
        unit="victims of crimes",
        numerator=cells("restorative_justice", restorative_stage=("offered", "accepted", "held")),
        duties=("H11",),
        definition=(
        "Crimes of the quarter in which it came as far as an offer to the victim."
        ),
    ),
)
