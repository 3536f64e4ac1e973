-- grain: agency, quarter of the return, area of the service, age, sex
-- unit: new client, as the service counts
-- population: services that send counts
SELECT agency, '' AS links, period, area, age_band, sex, sum(n)::BIGINT AS n
FROM core_counts
WHERE count_measure = 'new_clients'
GROUP BY ALL
