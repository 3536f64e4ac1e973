-- grain: referral of one person to one service, latest version, as one agency records it
-- unit: referral
-- population: every referral made; who is still open and without contact waits still
SELECT
    referral.agency,
    referral.event_quarter AS period,
    coalesce(sources.code_group, referral.source) AS source,
    coalesce(services.code_group, referral.destination) AS destination,
    coalesce(status.code_group, referral.referral_status) AS referral_status,
    referral.decline_reason,
    referral.reported_to_police,
    coalesce(residence.area, 'outside') AS area,
    coalesce(band.age_band, 'not_recorded') AS age_band,
    referral.sex,
    referral.form_version,
    CASE
        WHEN referral.n_mandatory IS NULL OR referral.n_mandatory_filled IS NULL OR referral.n_mandatory = 0 THEN 'not_recorded'
        WHEN referral.n_mandatory_filled > referral.n_mandatory THEN 'not_recorded'
        WHEN referral.n_mandatory_filled = referral.n_mandatory THEN 'complete'
        -- nine of ten: our own line between a slip and a form that does not work
        WHEN 10 * referral.n_mandatory_filled >= 9 * referral.n_mandatory THEN 'most'
        ELSE 'fewer'
    END AS form_completeness,
    coalesce(ethnic.ethnicity5, referral.ethnicity) AS ethnicity5,
    -- what came of it: first why it ended, then how long contact took
    CASE
        WHEN referral.referral_status = 'unsafe_to_contact' THEN 'unsafe'
        -- who the service does not take (men, other areas or ages) was not sent to it by mistake
        WHEN referral.decline_reason IN ('male_not_served', 'out_of_area', 'age') THEN 'service'
        WHEN referral.referral_status IN ('ineligible', 'returned') THEN 'not_fitting'
        WHEN referral.decline_reason IN ('person_chose_other', 'already_supported') THEN 'person'
        WHEN referral.decline_reason NOT IN ('not_recorded', 'unmapped') THEN 'service'
        WHEN referral.referral_status IN ('consent_not_given', 'declined_by_person', 'no_response') THEN 'person'
        WHEN referral.referral_status = 'declined_by_service' THEN 'service'
        WHEN referral.contact_wait IN ('le_2_working_days', 'le_7_days') THEN 'contact_le_7_days'
        WHEN referral.contact_wait IS NOT NULL THEN 'contact_later'
        WHEN status.is_open THEN 'waiting'
        ELSE 'other'
    END AS referral_fate,
    CASE
        WHEN referral.contact_wait IS NOT NULL THEN referral.contact_wait
        WHEN status.is_open THEN 'still_waiting'
        ELSE 'not_known'
    END AS wait_band
FROM latest_referrals AS referral
LEFT JOIN ref_referral_status AS status ON status.code = referral.referral_status
LEFT JOIN ref_referral_source AS sources ON sources.code = referral.source
LEFT JOIN ref_service_types AS services ON services.code = referral.destination
LEFT JOIN ref_age_bands AS band ON band.age_band = referral.age_band AND band.is_standard
LEFT JOIN ref_ethnicity AS ethnic ON ethnic.ethnicity19 = referral.ethnicity
LEFT JOIN ref_areas AS residence
    ON residence.area = CASE WHEN referral.residence_area = 'not_recorded' THEN referral.service_area ELSE referral.residence_area END
