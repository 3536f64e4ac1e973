-- grain: agency, quarter of the report, adult or child
-- unit: incident
-- population: recorded incidents; adult or child by the offence where the law fixes the age, else by the youngest victim
SELECT agency, '' AS links, period, victim_age_group, count(*) AS n
FROM core_incidents
WHERE status = 'recorded'
GROUP BY ALL
