-- grain: quarter of the report, known to an agency again (RV-E)
-- unit: person
-- population: people with a recorded incident reported in the quarter, across agencies; a second agency or a second day within 365 days
SELECT '' AS agency, links, period, is_seen_again, count(*) AS n
FROM core_victim_quarters
GROUP BY ALL
