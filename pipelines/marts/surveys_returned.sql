-- grain: agency, quarter of the return, survey, is_returned
-- unit: survey, as the agency returns it to the register
-- population: surveys sent in the quarter
SELECT agency, '' AS links, period, topic AS survey, answer AS is_returned, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'survey_returns'
GROUP BY ALL
