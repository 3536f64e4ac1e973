-- grain: quarter of the report, area, ethnicity5
-- unit: person
-- population: people with a recorded incident reported in the quarter, across agencies
SELECT '' AS agency, links, period, area, ethnicity5, count(*) AS n
FROM core_victim_quarters
GROUP BY ALL
