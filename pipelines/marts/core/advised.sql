-- grain: person harmed in one crime that the police recorded, latest version
-- unit: victimisation, as one force records it, followed through the records of the services
-- population: recorded crimes. has_adviser: a service holds a referral of the same linked person to an adviser (adult or child) with which
--       support started, made from 28 days before the report to 365 days after it (our own reading); a person who cannot be linked,
--       and a quarter of the report of which no such service has sent records, are not_recorded
WITH services AS (
    SELECT referral.agency, link.person_id, link.person_day, status.code_group = 'started' AS has_started
    FROM latest_referrals AS referral
    JOIN ref_agencies AS agency_of ON agency_of.agency = referral.agency AND agency_of.kind IN ('isva', 'voluntary')
    JOIN ref_service_types AS types ON types.code = referral.destination AND types.code_group = 'isva'
    LEFT JOIN ref_referral_status AS status ON status.code = referral.referral_status
    LEFT JOIN warehouse.links AS link
        ON link.record_id = referral.record_id AND link.links = 'all' AND link.role = 'victim'
),
sent_in AS (
    SELECT DISTINCT referral.extract_quarter
    FROM (SELECT DISTINCT agency FROM services) AS receiver
    JOIN latest_referrals AS referral USING (agency)
),
supported AS (
    SELECT DISTINCT victim.agency, victim.incident_id, victim.person_id
    FROM core_victims AS victim
    JOIN services
        ON services.person_id = victim.person_id
        AND services.has_started
        AND services.person_day BETWEEN victim.person_day - 28 AND victim.person_day + 365
    WHERE victim.links = 'all'
)
SELECT
    victim.agency,
    victim.period,
    crime.cohort_outcome,
    CASE
        WHEN victim.person_day IS NULL OR sent_in.extract_quarter IS NULL THEN 'not_recorded'
        WHEN supported.person_id IS NULL THEN 'no'
        ELSE 'yes'
    END AS has_adviser
FROM core_victims AS victim
JOIN core_incidents AS crime ON crime.agency = victim.agency AND crime.incident_id = victim.incident_id
LEFT JOIN sent_in ON sent_in.extract_quarter = victim.period
LEFT JOIN supported
    ON supported.agency = victim.agency AND supported.incident_id = victim.incident_id AND supported.person_id = victim.person_id
WHERE victim.links = 'all' AND victim.agency_kind = 'police'
