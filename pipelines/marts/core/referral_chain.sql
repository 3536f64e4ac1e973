-- grain: offer of a referral by the police, latest version, as one force records it
-- unit: offered referral, followed through the records of the services
-- population: every referral that a force records. Received: a service holds a referral of the same linked person from the police,
--       to the same group of services, made 0 to 60 days after; a person who cannot be linked, a quarter of which no such service
--       has sent records, and the last two months before the release are not_known, found or not, so that they are in no share
WITH services AS (
    SELECT
        referral.agency,
        coalesce(types.code_group, referral.destination) AS destination,
        link.person_id,
        link.person_day,
        coalesce(status.code_group, referral.referral_status) = 'started' AS has_started
    FROM latest_referrals AS referral
    JOIN ref_agencies AS agency_of ON agency_of.agency = referral.agency AND agency_of.kind <> 'police'
    LEFT JOIN ref_service_types AS types ON types.code = referral.destination
    LEFT JOIN ref_referral_status AS status ON status.code = referral.referral_status
    LEFT JOIN warehouse.links AS link
        ON link.record_id = referral.record_id AND link.links = 'all' AND link.role = 'victim'
    WHERE referral.source = 'police'
),
receivers AS (
    SELECT DISTINCT agency, destination FROM services
),
sent_in AS (
    SELECT DISTINCT receivers.destination, referral.extract_quarter
    FROM receivers
    JOIN latest_referrals AS referral ON referral.agency = receivers.agency
),
offered AS (
    SELECT
        referral.*,
        coalesce(types.code_group, referral.destination) AS to_group,
        link.person_id,
        link.person_day
    FROM latest_referrals AS referral
    JOIN ref_agencies AS agency_of ON agency_of.agency = referral.agency AND agency_of.kind = 'police'
    LEFT JOIN ref_service_types AS types ON types.code = referral.destination
    LEFT JOIN warehouse.links AS link
        ON link.record_id = referral.record_id AND link.links = 'all' AND link.role = 'victim'
),
found AS (
    SELECT offered.agency, offered.referral_id, bool_or(services.has_started) AS has_started
    FROM offered
    JOIN services
        ON services.person_id = offered.person_id
        AND services.destination = offered.to_group
        AND services.person_day BETWEEN offered.person_day AND offered.person_day + 60
    GROUP BY ALL
),
newest AS (
    SELECT max(extract_quarter) AS quarter FROM latest_referrals
)
SELECT
    offered.agency,
    offered.event_quarter AS period,
    CASE
        WHEN offered.consent_offered = 'no' THEN 'not_offered'
        WHEN offered.consent_given = 'no' THEN 'not_consented'
        WHEN offered.consent_given <> 'yes' THEN 'not_recorded'
        WHEN offered.to_group NOT IN (SELECT destination FROM receivers) THEN 'sent_elsewhere'
        -- what cannot be told yet comes first: counted once it is found and left out until then, it would make the share read low
        WHEN offered.person_id IS NULL THEN 'not_known'
        WHEN sent_in.destination IS NULL THEN 'not_known'
        WHEN offered.event_quarter = newest.quarter AND right(offered.event_month, 2)::INTEGER % 3 <> 1 THEN 'not_known'
        WHEN found.has_started THEN 'started'
        WHEN found.referral_id IS NOT NULL THEN 'received'
        ELSE 'not_received'
    END AS chain
FROM offered
CROSS JOIN newest
LEFT JOIN found ON found.agency = offered.agency AND found.referral_id = offered.referral_id
LEFT JOIN sent_in ON sent_in.destination = offered.to_group AND sent_in.extract_quarter = offered.event_quarter
