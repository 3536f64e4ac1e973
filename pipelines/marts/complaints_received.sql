-- grain: agency, quarter of the return, complaint_theme, is_upheld
-- unit: complaint, as the agency returns it to the register
-- population: complaints closed in the quarter, by their main theme
SELECT agency, '' AS links, period, topic AS complaint_theme, answer AS is_upheld, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'complaints'
GROUP BY ALL
