-- grain: agency, quarter of the release, and how it went
-- unit: release
-- population: releases from custody, latest version
SELECT agency, '' AS links, period, COLUMNS(* EXCLUDE (agency, period)), count(*) AS n
FROM core_releases
GROUP BY ALL
