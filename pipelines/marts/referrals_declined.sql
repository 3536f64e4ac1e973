-- grain: agency, quarter in which the referral was made, destination, decline_reason
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, destination, decline_reason, count(*) AS n
FROM core_referrals
GROUP BY ALL
