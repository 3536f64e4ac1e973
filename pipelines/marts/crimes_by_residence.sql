-- grain: quarter of the report, area of residence of the victim
-- unit: victimisation (crime and victim)
-- population: crimes recorded by the police and reported in the quarter
SELECT '' AS agency, links, period, area AS residence_area, count(*) AS n
FROM core_police_victims
GROUP BY ALL
