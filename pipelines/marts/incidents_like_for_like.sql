-- grain: agency, quarter of the report, whether the offence was created on 31 January 2024
-- unit: incident
-- population: recorded crimes
SELECT agency, '' AS links, period, is_new_offence, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
