-- grain: agency, quarter in which the referral was made, referral_fate, sex, ethnic group
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, referral_fate, sex, ethnicity5, count(*) AS n
FROM core_referrals
GROUP BY ALL
