-- grain: agency, quarter of the return, key_stage
-- unit: concern recorded by a school, as the agency that works with schools returns it to the register
-- population: concerns that no other scheme took up
SELECT agency, '' AS links, period, topic AS key_stage, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'school_concerns'
GROUP BY ALL
