-- grain: agency, quarter of the report, whether a suspect is identified (and not eliminated)
-- unit: incident
-- population: recorded crimes
SELECT agency, '' AS links, period, has_suspect, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
