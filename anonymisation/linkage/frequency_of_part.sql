-- How common each value of link_part is, as a share of the spellings in all records that say one. A spelling is what an
-- identity says of name, birth and place: one person's many equal records do not make a name common.
-- Grain: value. Unit: spellings. Population: $tokens and $new.
CREATE OR REPLACE TEMP TABLE link_frequency_$column AS
WITH said AS (
    SELECT $column AS value, hash(c_forename, c_surname, c_dob, c_pc_unit) AS spelling FROM $tokens WHERE $column IS NOT NULL
    UNION ALL
    SELECT $column, hash(c_forename, c_surname, c_dob, c_pc_unit) FROM $new WHERE $column IS NOT NULL
),
whole AS (
    SELECT approx_count_distinct(spelling) AS n FROM said
),
wanted AS (
    SELECT DISTINCT $column AS value FROM link_part WHERE $column IS NOT NULL
)
SELECT said.value, count(DISTINCT said.spelling) / any_value(whole.n) AS share
FROM said
JOIN wanted ON wanted.value = said.value
CROSS JOIN whole
GROUP BY said.value
