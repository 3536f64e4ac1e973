-- grain: agency, quarter in which support began, age
-- unit: person as the agency knows them; nobody is linked
-- population: clients whose support began in the quarter
SELECT agency, '' AS links, period, age_band, count(*) AS n
FROM core_new_clients
GROUP BY ALL
