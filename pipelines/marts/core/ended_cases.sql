-- grain: spell of support of one person that has ended, latest version, as one agency records it
-- unit: ended case
-- population: spells with a recorded end, by the quarter in which it came
-- definitions (our own readings): a first score of 1 to 3 is a need; it is met where the last score is 4 or 5, and improved where that
--       is above the first; an answer of 4 or 5 agrees. What lacks one of its two scores is not_recorded, never guessed.
--       way_length: months from that of the latest referral of the person before support began, as the agency's own references know
--       them, to that of the end of support
WITH referred AS (
    SELECT support.record_id, max(referral.event_month) AS since
    FROM latest_cases AS support
    JOIN latest_referrals AS referral
        ON referral.agency = support.agency
        AND referral.agency_person_id = support.agency_person_id
        AND referral.event_month <= support.event_month
    GROUP BY support.record_id
),
ended AS (
    SELECT
        support.*,
        coalesce(places.area, 'outside') AS area,
        12 * (left(support.end_month, 4)::INTEGER - left(referred.since, 4)::INTEGER)
        + right(support.end_month, 2)::INTEGER - right(referred.since, 2)::INTEGER AS n_months,
        concat(left(support.end_month, 4), '-Q', (right(support.end_month, 2)::INTEGER + 2) // 3) AS period,
        -- who answered was asked
        CASE
            WHEN coalesce(
                support.survey_professionalism, support.survey_communication, support.survey_belief, support.survey_understanding,
                support.survey_priority) IS NULL THEN support.survey_sent
            ELSE 'yes'
        END AS was_asked
    FROM latest_cases AS support
    LEFT JOIN ref_areas AS places ON places.area = support.service_area
    LEFT JOIN referred ON referred.record_id = support.record_id
    WHERE support.end_month IS NOT NULL
),
scored AS (
    SELECT
    agency,
    period,
    area,
    review_timing,
    escalation,
    end_reason,
    blamed_by,
    was_asked AS survey_sent,
    CASE
        WHEN n_months IS NULL OR n_months < 0 THEN 'not_recorded'
        WHEN n_months <= 3 THEN 'le_3_months'
        WHEN n_months <= 6 THEN 'le_6_months'
        WHEN n_months <= 12 THEN 'le_12_months'
        ELSE 'over_12_months'
    END AS way_length,
    COLUMNS('^help_kind_'),
    CASE
        WHEN need_health_start >= 4 THEN 'no_need' WHEN need_health_start IS NULL OR need_health_end IS NULL THEN 'not_recorded'
        WHEN need_health_end >= 4 THEN 'met' WHEN need_health_end > need_health_start THEN 'improved' ELSE 'not_improved'
    END AS need_health,
    CASE
        WHEN need_shelter_start >= 4 THEN 'no_need' WHEN need_shelter_start IS NULL OR need_shelter_end IS NULL THEN 'not_recorded'
        WHEN need_shelter_end >= 4 THEN 'met' WHEN need_shelter_end > need_shelter_start THEN 'improved' ELSE 'not_improved'
    END AS need_shelter,
    CASE
        WHEN need_family_start >= 4 THEN 'no_need' WHEN need_family_start IS NULL OR need_family_end IS NULL THEN 'not_recorded'
        WHEN need_family_end >= 4 THEN 'met' WHEN need_family_end > need_family_start THEN 'improved' ELSE 'not_improved'
    END AS need_family,
    CASE
        WHEN need_education_start >= 4 THEN 'no_need' WHEN need_education_start IS NULL OR need_education_end IS NULL THEN 'not_recorded'
        WHEN need_education_end >= 4 THEN 'met' WHEN need_education_end > need_education_start THEN 'improved' ELSE 'not_improved'
    END AS need_education,
    CASE
        WHEN need_drugs_alcohol_start >= 4 THEN 'no_need' WHEN need_drugs_alcohol_start IS NULL OR need_drugs_alcohol_end IS NULL THEN 'not_recorded'
        WHEN need_drugs_alcohol_end >= 4 THEN 'met' WHEN need_drugs_alcohol_end > need_drugs_alcohol_start THEN 'improved' ELSE 'not_improved'
    END AS need_drugs_alcohol,
    CASE
        WHEN need_finance_start >= 4 THEN 'no_need' WHEN need_finance_start IS NULL OR need_finance_end IS NULL THEN 'not_recorded'
        WHEN need_finance_end >= 4 THEN 'met' WHEN need_finance_end > need_finance_start THEN 'improved' ELSE 'not_improved'
    END AS need_finance,
    CASE
        WHEN need_outlook_start >= 4 THEN 'no_need' WHEN need_outlook_start IS NULL OR need_outlook_end IS NULL THEN 'not_recorded'
        WHEN need_outlook_end >= 4 THEN 'met' WHEN need_outlook_end > need_outlook_start THEN 'improved' ELSE 'not_improved'
    END AS need_outlook,
    CASE
        WHEN need_social_start >= 4 THEN 'no_need' WHEN need_social_start IS NULL OR need_social_end IS NULL THEN 'not_recorded'
        WHEN need_social_end >= 4 THEN 'met' WHEN need_social_end > need_social_start THEN 'improved' ELSE 'not_improved'
    END AS need_social,
    CASE
        WHEN outcome_cope_start IS NULL OR outcome_cope_end IS NULL THEN 'not_recorded'
        WHEN outcome_cope_end > outcome_cope_start THEN 'improved' ELSE 'not_improved'
    END AS support_outcome_cope,
    CASE
        WHEN outcome_recover_start IS NULL OR outcome_recover_end IS NULL THEN 'not_recorded'
        WHEN outcome_recover_end > outcome_recover_start THEN 'improved' ELSE 'not_improved'
    END AS support_outcome_recover,
    CASE
        WHEN outcome_empowered_start IS NULL OR outcome_empowered_end IS NULL THEN 'not_recorded'
        WHEN outcome_empowered_end > outcome_empowered_start THEN 'improved' ELSE 'not_improved'
    END AS support_outcome_empowered,
    CASE
        WHEN outcome_control_start IS NULL OR outcome_control_end IS NULL THEN 'not_recorded'
        WHEN outcome_control_end > outcome_control_start THEN 'improved' ELSE 'not_improved'
    END AS support_outcome_control,
    CASE
        WHEN outcome_satisfied_start IS NULL OR outcome_satisfied_end IS NULL THEN 'not_recorded'
        WHEN outcome_satisfied_end > outcome_satisfied_start THEN 'improved' ELSE 'not_improved'
    END AS support_outcome_satisfied,
    CASE
        WHEN outcome_safe_start IS NULL OR outcome_safe_end IS NULL THEN 'not_recorded'
        WHEN outcome_safe_end > outcome_safe_start THEN 'improved' ELSE 'not_improved'
    END AS support_outcome_safe,
    CASE WHEN survey_professionalism >= 4 THEN 'agrees' WHEN survey_professionalism IS NOT NULL THEN 'does_not_agree' ELSE 'not_recorded' END AS survey_item_professionalism,
    CASE WHEN survey_communication >= 4 THEN 'agrees' WHEN survey_communication IS NOT NULL THEN 'does_not_agree' ELSE 'not_recorded' END AS survey_item_communication,
    CASE WHEN survey_belief >= 4 THEN 'agrees' WHEN survey_belief IS NOT NULL THEN 'does_not_agree' ELSE 'not_recorded' END AS survey_item_belief,
    CASE WHEN survey_understanding >= 4 THEN 'agrees' WHEN survey_understanding IS NOT NULL THEN 'does_not_agree' ELSE 'not_recorded' END AS survey_item_understanding,
    CASE WHEN survey_priority >= 4 THEN 'agrees' WHEN survey_priority IS NOT NULL THEN 'does_not_agree' ELSE 'not_recorded' END AS survey_item_priority
FROM ended
)
SELECT
    *,
    CASE
        WHEN list_has_any([need_health, need_shelter, need_family, need_education, need_drugs_alcohol, need_finance, need_outlook, need_social], ['improved', 'not_improved']) THEN 'yes'
        WHEN list_has_any([need_health, need_shelter, need_family, need_education, need_drugs_alcohol, need_finance, need_outlook, need_social], ['met', 'no_need']) THEN 'no'
        ELSE 'not_recorded'
    END AS has_unmet_need
FROM scored
