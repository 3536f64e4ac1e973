-- grain: agency, quarter in which the referral was made, source, destination, referral_status
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, source, destination, referral_status, count(*) AS n
FROM core_referrals
GROUP BY ALL
