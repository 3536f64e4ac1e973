-- grain: agency, quarter of the return, follow_up, came_about
-- unit: person or household followed up, as the agency returns it to the register
-- population: those whose time of following up ended in the quarter
SELECT agency, '' AS links, period, topic AS follow_up, answer AS came_about, sum(n)::BIGINT AS n
FROM core_registers
WHERE kind = 'follow_ups'
GROUP BY ALL
