-- grain: agency, quarter in which the referral was made, area, destination
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, area, destination, count(*) AS n
FROM core_referrals
GROUP BY ALL
