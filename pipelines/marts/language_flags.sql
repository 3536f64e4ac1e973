-- grain: agency, quarter of the return, term_class, is_confirmed
-- unit: language flag, as the agency returns it to the register
-- population: words found by the screen, and confirmed by a person or not
SELECT agency, '' AS links, period, topic AS term_class, answer AS is_confirmed, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'language_flags'
GROUP BY ALL
