-- grain: agency, quarter of the report, setting
-- unit: incident
-- population: recorded incidents
SELECT agency, '' AS links, period, setting, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
