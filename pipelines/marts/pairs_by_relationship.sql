-- grain: agency, quarter of the report, relationship of suspect to victim, sex of both
-- unit: pair of one victim and one suspect in one crime
-- population: recorded crimes with a suspect who is not eliminated
SELECT agency, '' AS links, period, relationship, sex_of_both, count(*) AS n
FROM core_pairs
GROUP BY ALL
