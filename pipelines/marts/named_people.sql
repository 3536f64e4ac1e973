-- grain: quarter of the report, age, sex, ethnic group, repeat, two or more different victims, outstanding
-- unit: person
-- population: people at the stage [named] in an incident of the quarter
SELECT '' AS agency, links, period, age_band, sex, ethnicity5, is_repeat, is_multiple, is_outstanding, count(*) AS n
FROM core_suspect_quarters
WHERE at_stage = 'named'
GROUP BY ALL
