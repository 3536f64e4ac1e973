-- grain: quarter of the report, sexual orientation
-- unit: person
-- population: people with an incident at a specialist service in the quarter; one-way, never from the police
SELECT '' AS agency, links, period, orientation, count(*) AS n
FROM core_victim_quarters
WHERE is_specialist_client
GROUP BY ALL
