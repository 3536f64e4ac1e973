-- How common each value of link_identity is, as a share of the spellings in all records that say one (their number is estimated,
-- HyperLogLog).
-- Grain: value. Unit: spellings. Population: link_spelling.
CREATE OR REPLACE TEMP TABLE link_frequency_$column AS
WITH wanted AS (
    SELECT DISTINCT $column FROM link_identity WHERE $column IS NOT NULL
),
whole AS (
    SELECT approx_count_distinct(hash(c_forename, c_surname, c_dob, c_pc_unit)) AS n FROM link_spelling WHERE $column IS NOT NULL
)
SELECT $column AS value, count(*) / any_value(whole.n) AS share
FROM link_spelling
SEMI JOIN wanted USING ($column)
CROSS JOIN whole
GROUP BY $column
