-- grain: quarter of the report, repeat (RV-A), flagged by the police as a repeat, referred within 28 days
-- unit: victimisation (crime and victim)
-- population: crimes recorded by the police and reported in the quarter
SELECT '' AS agency, links, period, is_repeat, is_flagged_repeat, is_referred, count(*) AS n
FROM core_police_victims
GROUP BY ALL
