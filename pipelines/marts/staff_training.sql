-- grain: agency, quarter of the return, training_level, is_trained
-- unit: training place, as the agency returns it to the register
-- population: staff for whom a level of training is meant, as the agency returns it; a person stands once at each level meant for them
SELECT agency, '' AS links, period, topic AS training_level, answer AS is_trained, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'training'
GROUP BY ALL
