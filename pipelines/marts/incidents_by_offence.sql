-- grain: agency, quarter of the report, area, offence group
-- unit: incident
-- population: recorded crimes
SELECT agency, '' AS links, period, area, offence_group, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
