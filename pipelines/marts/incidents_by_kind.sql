-- grain: agency, quarter of the report, area of the offence, and yes/no for each of the fifteen overlapping kinds
-- unit: incident
-- population: recorded incidents
SELECT agency, '' AS links, period, area, COLUMNS('^kind_'), count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
