-- grain: agency, quarter of the return, screen_result
-- unit: screened record, as the agency returns it to the register
-- population: case records that the agency has screened inside; nothing of their text leaves it
SELECT agency, '' AS links, period, topic AS screen_result, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'language_screens'
GROUP BY ALL
