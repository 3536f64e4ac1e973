-- grain: agency, quarter in which the referral was made, age at the referral
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, age_band, count(*) AS n
FROM core_referrals
GROUP BY ALL
