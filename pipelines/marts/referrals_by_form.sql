-- grain: agency, quarter in which the referral was made, form_version, form_completeness
-- unit: referral
-- population: referrals in their latest version, as the agency records them
SELECT agency, '' AS links, period, form_version, form_completeness, count(*) AS n
FROM core_referrals
GROUP BY ALL
