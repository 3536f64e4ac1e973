-- grain: agency, quarter of the referral, and how far the programme went
-- unit: programme place
-- population: places on behaviour programmes, latest version
SELECT agency, '' AS links, period, COLUMNS(* EXCLUDE (agency, period)), count(*) AS n
FROM core_programmes
GROUP BY ALL
