-- grain: agency, quarter in which support ended, and how it ended
-- unit: ended case
-- population: spells of support that have ended, latest version, as the agency records them
SELECT agency, '' AS links, period, COLUMNS(* EXCLUDE (agency, period)), count(*) AS n
FROM core_ended_cases
GROUP BY ALL
