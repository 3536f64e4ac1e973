-- grain: agency, quarter of the report, and yes/no for each of four overlapping flags
-- unit: incident
-- population: recorded crimes; a flag that the agency left empty is not recorded
SELECT agency, '' AS links, period, COLUMNS('^flag_'), count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
