-- grain: agency, quarter of the report, area of the offence, status
-- unit: report that does not stand as a recorded crime
-- population: incidents whose latest version is cancelled, N100, transferred or of no recorded status
SELECT agency, '' AS links, period, area, status, count(*) AS n
FROM core_incidents
WHERE status <> 'recorded'
GROUP BY ALL
