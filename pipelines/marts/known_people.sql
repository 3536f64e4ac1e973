-- grain: agency, quarter of the report, age, sex, ethnic group, disability, religion
-- unit: person as the agency knows them: its own references, nobody is linked
-- population: people with an incident recorded by the agency in the quarter
SELECT own_agency AS agency, '' AS links, period, age_band, sex, ethnicity5, disability, religion, count(*) AS n
FROM core_victim_quarters
WHERE links = 'own'
GROUP BY ALL
