-- grain: quarter of the report, age on the first day of the offence
-- unit: victimisation (crime and victim)
-- population: crimes recorded by the police and reported in the quarter
SELECT '' AS agency, links, period, offence_age_band, count(*) AS n
FROM core_police_victims
GROUP BY ALL
