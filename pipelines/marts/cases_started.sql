-- grain: agency, quarter in which support started, and what was done at its start
-- unit: case
-- population: spells of support, latest version, as the agency records them
SELECT agency, '' AS links, period, COLUMNS(* EXCLUDE (agency, period)), count(*) AS n
FROM core_cases
GROUP BY ALL
