-- grain: quarter of the report, age, sex, ethnic group, repeat, two or more different victims
-- unit: person
-- population: people at the stage [convicted] in an incident of the quarter
SELECT '' AS agency, links, period, age_band, sex, ethnicity5, is_repeat, is_multiple, count(*) AS n
FROM core_suspect_quarters
WHERE at_stage = 'convicted'
GROUP BY ALL
