-- grain: quarter of the report, repeat (RV-A), flagged by the police as a repeat, first referral within 28 days of the report
-- unit: victimisation (crime and victim)
-- population: crimes recorded by the police and reported in the quarter
SELECT '' AS agency, links, period, is_repeat, is_flagged_repeat, referred_within, count(*) AS n
FROM core_police_victims
GROUP BY ALL
