-- grain: person and calendar year in which a referral of theirs was made, all links
-- unit: person; is_by_and_for: to a by-and-for service at least once in the year; ethnic group as any agency last recorded it by the
--       end of the year, in a referral or of somebody harmed
-- population: people referred, across agencies, where consent was not withheld; who may not be linked is the agency's own person
WITH referrals AS (
    SELECT
        left(referral.event_quarter, 4) AS year,
        coalesce(types.code_group, referral.destination) AS destination,
        referral.referral_status,
        coalesce(link.person_id, concat('own:', referral.agency, ':', referral.agency_person_id)) AS person_id,
        concat(referral.event_month, format('{:09d}', coalesce(link.person_day, 0) + 100000000), referral.agency, ':') AS position,
        coalesce(ethnic.ethnicity5, referral.ethnicity) AS ethnicity5
    FROM latest_referrals AS referral
    LEFT JOIN warehouse.links AS link
        ON link.record_id = referral.record_id AND link.links = 'all' AND link.role = 'victim'
    LEFT JOIN ref_service_types AS types ON types.code = referral.destination
    LEFT JOIN ref_ethnicity AS ethnic ON ethnic.ethnicity19 = referral.ethnicity
),
told AS (
    SELECT person_id, position, ethnicity5 FROM referrals
    UNION ALL
    SELECT person_id, position, ethnicity5 FROM core_victims WHERE links = 'all'
),
referred AS (
    SELECT
        person_id,
        year,
        CASE
            WHEN bool_or(destination = 'by_and_for') THEN 'yes'
            WHEN bool_or(destination IN ('not_recorded', 'unmapped')) THEN 'not_recorded'
            ELSE 'no'
        END AS is_by_and_for
    FROM referrals
    WHERE referral_status <> 'consent_not_given'
    GROUP BY ALL
)
SELECT
    referred.person_id,
    referred.year,
    referred.is_by_and_for,
    coalesce(arg_max(told.ethnicity5, concat(told.position, told.ethnicity5))
        FILTER (told.ethnicity5 NOT IN ('not_recorded', 'not_stated', 'unmapped')), 'not_recorded') AS ethnicity5
FROM referred
JOIN told ON told.person_id = referred.person_id AND left(told.position, 4) <= referred.year
GROUP BY ALL
