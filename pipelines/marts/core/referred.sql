-- grain: referral of a person who may be linked, under one reading of the links
-- unit: referral, as any agency records it
-- population: referrals in their latest version, whatever became of them
SELECT link.links, link.person_id, link.person_day
FROM latest_referrals AS referral
JOIN warehouse.links AS link ON link.record_id = referral.record_id AND link.role = 'victim'
