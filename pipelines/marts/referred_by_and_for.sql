-- grain: calendar year, ethnic group, whether to a by-and-for service
-- unit: person
-- population: people referred in the year, across agencies, all by-and-for services together
SELECT '' AS agency, 'all' AS links, year AS period, ethnicity5, is_by_and_for, count(*) AS n
FROM core_referred_years
GROUP BY ALL
