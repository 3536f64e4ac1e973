-- grain: quarter of the report, disability
-- unit: person
-- population: people with a recorded incident reported in the quarter, across agencies
SELECT '' AS agency, links, period, disability, count(*) AS n
FROM core_victim_quarters
GROUP BY ALL
