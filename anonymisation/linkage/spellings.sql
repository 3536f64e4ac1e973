-- How many spellings there are that say each thing. A spelling is what an identity says of name, birth and place: one person's
-- many equal records are one.
-- Grain: one row. Unit: spellings, estimated (HyperLogLog). Population: $tokens.
CREATE OR REPLACE TEMP TABLE link_spellings AS
WITH said AS (
    SELECT c_forename, c_surname, c_dob, c_pc_unit, hash(c_forename, c_surname, c_dob, c_pc_unit) AS spelling FROM $tokens
)
SELECT
    approx_count_distinct(spelling) FILTER (c_forename IS NOT NULL) AS n_c_forename,
    approx_count_distinct(spelling) FILTER (c_surname IS NOT NULL) AS n_c_surname,
    approx_count_distinct(spelling) FILTER (c_dob IS NOT NULL) AS n_c_dob,
    approx_count_distinct(spelling) FILTER (c_pc_unit IS NOT NULL) AS n_c_pc_unit
FROM said
