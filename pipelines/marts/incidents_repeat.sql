-- grain: quarter of the report, area of the offence, repeat
-- unit: victimisation (crime and victim)
-- population: crimes recorded by the police and reported in the quarter
SELECT '' AS agency, links, period, offence_area AS area, is_repeat, count(*) AS n
FROM core_police_victims
GROUP BY ALL
