-- grain: agency, quarter of the report, offence group, Home Office category
-- unit: incident
-- population: recorded crimes
SELECT agency, '' AS links, period, offence_group, offence_category, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
