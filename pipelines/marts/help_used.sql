-- grain: agency, quarter of the return, use_of
-- unit: use of a service, as the agency returns it to the register; a person counts each time
-- population: calls, attendances, looks and statements of the quarter
SELECT agency, '' AS links, period, topic AS use_of, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'help_used'
GROUP BY ALL
