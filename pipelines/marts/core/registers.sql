-- grain: agency, quarter of the return, kind, topic, answer
-- unit: as the kind says: n of a base are [yes], the rest of the base [no]; where there is no base, all are [yes]
-- population: counted returns of agencies in the register, as it stood when the release was made
WITH returned AS (
    SELECT entry.agency, entry.quarter AS period, entry.kind, entry.topic, entry.n, entry.of_n
    FROM warehouse.register_entries AS entry
    JOIN ref_register_kinds AS listed ON listed.kind = entry.kind AND listed.is_protected
    JOIN ref_agencies AS known ON known.agency = entry.agency
)
SELECT agency, period, kind, topic, 'yes' AS answer, n::BIGINT AS n
FROM returned
UNION ALL
SELECT agency, period, kind, topic, 'no', (of_n - n)::BIGINT
FROM returned
WHERE of_n IS NOT NULL
