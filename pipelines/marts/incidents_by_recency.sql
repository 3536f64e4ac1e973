-- grain: agency, quarter of the report, recency
-- unit: incident
-- population: recorded incidents
SELECT agency, '' AS links, period, recency, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
