-- grain: agency, quarter in which the referral was made, destination, wait_band
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, destination, wait_band, count(*) AS n
FROM core_referrals
GROUP BY ALL
