-- grain: agency, quarter in which the referral was made, reported_to_police
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, reported_to_police, count(*) AS n
FROM core_referrals
GROUP BY ALL
