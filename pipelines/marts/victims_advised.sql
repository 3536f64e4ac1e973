-- grain: agency, quarter of the report, support by an adviser, what had become of the crime a year later
-- unit: victimisation (person and crime)
-- population: people harmed in crimes that the police recorded
SELECT agency, '' AS links, period, has_adviser, cohort_outcome, count(*) AS n
FROM core_advised
GROUP BY ALL
