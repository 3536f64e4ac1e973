-- grain: agency, quarter of the report, suspect identified, what had become of it a year later, exploitation
-- unit: incident
-- population: crimes recorded in the quarter; outcome by the end of the fourth quarter after it, else open
SELECT agency, '' AS links, period, has_suspect, cohort_outcome, flag_exploitation, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
