-- grain: agency, quarter of the report, and how the victim was met
-- unit: victimisation (person and crime)
-- population: people harmed in crimes that the police recorded
SELECT agency, '' AS links, period, COLUMNS(* EXCLUDE (agency, period)), count(*) AS n
FROM core_victimisations
GROUP BY ALL
