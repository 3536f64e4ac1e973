-- grain: agency, quarter of the report, repeat, two or more different victims
-- unit: person as the agency's own references know them
-- population: people at the stage [named] in an incident of the quarter
SELECT own_agency AS agency, '' AS links, period, is_repeat, is_multiple, count(*) AS n
FROM core_suspect_quarters
WHERE at_stage = 'named' AND links = 'own'
GROUP BY ALL
