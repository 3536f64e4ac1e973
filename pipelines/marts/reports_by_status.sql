-- grain: agency, quarter of the report, area of the offence, status
-- unit: report: an incident in whatever status
-- population: every incident in its latest version
SELECT agency, '' AS links, period, area, status, count(*) AS n
FROM core_incidents
GROUP BY ALL
