-- grain: agency, quarter of the return, survey_item, is_agreed
-- unit: survey answer, as the agency returns it to the register
-- population: questions answered in surveys returned in the quarter
SELECT agency, '' AS links, period, topic AS survey_item, answer AS is_agreed, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'survey_answers'
GROUP BY ALL
