-- grain: calendar year, area of residence, deprivation of the neighbourhood, number of crimes in the year
-- unit: person
-- population: people with a crime recorded by the police and reported in the year
SELECT
    '' AS agency,
    links,
    year AS period,
    area,
    deprivation_quintile,
    CASE WHEN n_crimes >= 5 THEN '5_or_more' WHEN n_crimes >= 3 THEN '3_or_4' ELSE CAST(n_crimes AS VARCHAR) END AS n_crimes,
    count(*) AS n
FROM core_victim_years
GROUP BY ALL
