-- How common each value of link_part is, as a share of the spellings in all records that say one.
-- Grain: value. Unit: spellings. Population: $tokens.
CREATE OR REPLACE TEMP TABLE link_frequency_$column AS
WITH wanted AS (
    SELECT DISTINCT $column FROM link_part WHERE $column IS NOT NULL
),
said AS (
    SELECT $column AS value, hash(c_forename, c_surname, c_dob, c_pc_unit) AS spelling
    FROM $tokens
    SEMI JOIN wanted USING ($column)
)
SELECT said.value, count(DISTINCT said.spelling) / any_value(whole.n_$column) AS share
FROM said
CROSS JOIN link_spellings AS whole
GROUP BY said.value
