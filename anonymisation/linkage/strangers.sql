-- How many pairs agree in two fields though they share at most one of year, month and day of birth.
-- Grain: one number. Unit: pairs of identities. Population: link_identity with both fields and a date of birth; one group of
-- values in $every. Pairs that share two parts of three are counted by inclusion and exclusion.
WITH said AS (
    SELECT $one AS one, $other AS other, c_dob, c_dob_y, c_dob_m, c_dob_d
    FROM link_identity
    WHERE NOT is_crowd AND $one IS NOT NULL AND $other IS NOT NULL AND c_dob IS NOT NULL AND hash($one, $other) % $every = 0
),
grouped AS (
    SELECT 1 AS sign, count(*) AS n FROM said GROUP BY one, other
    UNION ALL
    SELECT -1, count(*) FROM said GROUP BY one, other, c_dob_y, c_dob_m
    UNION ALL
    SELECT -1, count(*) FROM said GROUP BY one, other, c_dob_y, c_dob_d
    UNION ALL
    SELECT -1, count(*) FROM said GROUP BY one, other, c_dob_m, c_dob_d
    UNION ALL
    SELECT 2, count(*) FROM said GROUP BY one, other, c_dob
)
SELECT sum(sign * n * (n - 1) / 2) FROM grouped
