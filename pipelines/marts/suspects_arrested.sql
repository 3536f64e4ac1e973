-- grain: agency, quarter of the report, arrest_band
-- unit: suspicion (person and crime)
-- population: people named in crimes that the police recorded and not eliminated
SELECT agency, '' AS links, period, arrest_band, count(*) AS n
FROM core_suspicions
GROUP BY ALL
