-- grain: spell of support of one person, latest version, as one agency records it
-- unit: case
-- population: every spell, by the quarter in which support started
-- definitions (our own readings): referred for safeguarding or to therapy counts from the start of support and from the referral;
--       a date that cannot be in order gives no wait
SELECT
    support.agency,
    support.event_quarter AS period,
    coalesce(support.assessed_wait, 'not_assessed') AS assessed_band,
    support.interpreter,
    support.adjustment,
    support.intermediary,
    CASE
        WHEN support.is_safeguarding_needed = 'no' THEN 'not_needed'
        WHEN support.is_safeguarding_needed <> 'yes' THEN 'not_recorded'
        WHEN support.safeguarding_month IS NULL THEN 'not_referred'
        WHEN support.safeguarding_wait IN ('le_2_working_days', 'le_7_days') THEN support.safeguarding_wait
        ELSE 'later'
    END AS safeguarding,
    support.service_choice,
    CASE
        WHEN support.therapy_referred_month IS NULL THEN 'not_referred'
        WHEN support.therapy_start_month IS NULL THEN 'waiting'
        WHEN support.therapy_wait IS NULL THEN 'not_recorded'
        WHEN support.therapy_wait IN ('le_2_working_days', 'le_7_days', 'le_28_days') THEN 'le_28_days'
        ELSE support.therapy_wait
    END AS therapy,
    support.confidentiality_explained AS practice_confidentiality,
    support.safe_contact AS practice_safe_contact,
    support.has_mental_health AS circumstance_mental_health,
    support.has_substance_use AS circumstance_substance_use,
    support.has_care_and_support AS circumstance_care_and_support,
    support.has_complex_needs AS circumstance_complex_needs,
    support.has_insecure_immigration AS circumstance_insecure_immigration,
    support.has_sex_work AS circumstance_sex_work,
    support.has_pregnancy AS circumstance_pregnancy
FROM latest_cases AS support
