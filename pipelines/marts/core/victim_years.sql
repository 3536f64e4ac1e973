-- grain: person and calendar year, under one reading of the links
-- unit: person; n_crimes: crimes reported in the year that harmed them; area of residence, and fifth of England's neighbourhoods
--       by deprivation in which the person lives, as last recorded in the year
-- population: people with a crime recorded by the police and reported in the year; who may not be linked is the agency's own person
SELECT
    links,
    person_id,
    left(period, 4) AS year,
    count(DISTINCT incident_id) AS n_crimes,
    coalesce(arg_max(area, concat(position, area)) FILTER (area NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS area,
    coalesce(arg_max(deprivation_quintile, concat(position, deprivation_quintile))
        FILTER (deprivation_quintile NOT IN ('not_recorded', 'unmapped')), 'not_recorded') AS deprivation_quintile
FROM core_police_victims
GROUP BY ALL
