-- grain: quarter of the report, area, age_band, sex
-- unit: person
-- population: people with a recorded incident reported in the quarter, across agencies
SELECT '' AS agency, links, period, area, age_band, sex, count(*) AS n
FROM core_victim_quarters
GROUP BY ALL
