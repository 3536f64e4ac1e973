-- grain: agency, quarter of the return, audit_standard, is_met
-- unit: audit answer, as the agency returns it to the register
-- population: cases of the agency's dip sample, once for each standard that applies to them
SELECT agency, '' AS links, period, topic AS audit_standard, answer AS is_met, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'dip_samples'
GROUP BY ALL
