-- grain: agency, quarter in which the referral was made, not_taken_up, sex
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, not_taken_up, sex, count(*) AS n
FROM core_referrals
GROUP BY ALL
